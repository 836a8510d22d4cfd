"""Passages as numbered evidence, collected while chains and themes are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from graph.types import Edge, Evidence, Source
from graph.ways import Named, Step

if TYPE_CHECKING:
    from llm.views import Claim, Graph


class Numbered:
    """Gives each passage a number when it is first needed, up to a limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._numbers: dict[str, int] = {}
        self._why: dict[str, dict[str, None]] = {}

    def number(self, chunk: str, why: str) -> int | None:
        """The number of a passage; None where there is no room for another."""
        if chunk not in self._numbers:
            if len(self._numbers) == self.limit:
                return None
            self._numbers[chunk] = len(self._numbers) + 1
        self._why.setdefault(chunk, {})[why] = None
        return self._numbers[chunk]

    def of(self, claim: Claim, text: str) -> tuple[int, str] | None:
        """Number and id of the passage that states a claim: one that has a number already before others."""
        known = [s.chunk for s in claim.sources if s.chunk in self._numbers]
        for chunk in [*known, *(s.chunk for s in claim.sources)][:1]:
            number = self.number(chunk, f"claim: {text}")
            return None if number is None else (number, chunk)
        return None

    def evidence(self, graph: Graph) -> tuple[Evidence, ...]:
        """All passages in the order of their numbers."""
        found = graph.search.chunks(list(self._numbers))
        return tuple(
            Evidence(self._numbers[f.chunk.id], f.chunk, f.title, f.media_type, 1 / n, tuple(self._why[f.chunk.id])[:3])
            for n, f in enumerate(found, start=1)
        )


def steps(graph: Graph, claims: Sequence[Claim], numbered: Numbered) -> dict[str, Step]:
    """Claims with their words, ends, and the number of the passage that states them; those without room are left out.

    Numbers are given in the order of the claims.
    """
    ids = [claim.id for claim in claims]
    triples = {triple.id: triple for triple in graph.search.triples(ids)}
    sources = graph.search.sources(ids)
    made: dict[str, Step] = {}
    for claim in claims:
        triple = triples.get(claim.id)
        place = numbered.of(claim, triple.text) if triple else None
        if triple is None or place is None:
            continue
        n, chunk = place
        ends = [Named(end.id, end.name, end.type) for end in (triple.subject, triple.object)]
        quote = _quote(sources.get(claim.id, ()), chunk)
        made[claim.id] = Step(claim.id, triple.text, ends[0], triple.predicate, ends[1], n, quote)
    return made


def edge_of(step: Step) -> Edge:
    """A claim as an edge of a small graph."""
    return Edge(step.subject.id, step.object.id, step.predicate, step.statement)


def _quote(sources: Iterable[Source], chunk: str) -> str:
    return next((s.quote for s in sources if s.chunk == chunk and s.quote), "")
