"""Claims in memory, each with where it is stated, as a graph of the things that they join."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from graph.ways import Filters

T = TypeVar("T")
_KEPT = 12
"""Narrowed graphs that are kept beside the whole one."""


class Stated(NamedTuple):
    """A place where a claim is made."""

    chunk: str
    document: str
    supported: bool
    earliest: int | None
    latest: int | None


class Claim(NamedTuple):
    """A claim by the ids of its ends, with its sources, the supported ones first."""

    id: str
    subject: str
    object: str
    types: tuple[str, str]
    confidence: float
    sources: tuple[Stated, ...]

    @property
    def strength(self) -> tuple[int, int, float]:
        """How well it is borne out: documents that support it, sources, how sure its maker was."""
        return len({s.document for s in self.sources if s.supported}), len(self.sources), self.confidence

    def other(self, end: str) -> str:
        return self.object if end == self.subject else self.subject


@dataclass(frozen=True)
class ClaimGraph:
    """Claims by id, and pairs of entities that stand in one sentence with how often they do."""

    claims: Mapping[str, Claim]
    together: Sequence[tuple[str, str, int]] = ()
    kept: dict[Any, Any] = field(default_factory=dict)
    """What was worked out from it, by what it is; it goes with the graph. Read and filled by `once` alone."""
    _working: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    def once(self, key: Any, work: Callable[[], T]) -> T:
        """What `work` makes, made once for all who ask for this key, at the same moment too."""
        with self._working:
            if key not in self.kept:
                made = work()
                if len(self.kept) > _KEPT:
                    self.kept.clear()
                self.kept[key] = made
            found: T = self.kept[key]
            return found

    @cached_property
    def around(self) -> Mapping[str, Mapping[str, tuple[Claim, ...]]]:
        """For each entity its neighbours, with the claims that join them, the strongest first."""
        found: dict[str, dict[str, list[Claim]]] = {}
        with without_collecting():
            for claim in sorted(self.claims.values(), key=lambda each: each.strength, reverse=True):
                if claim.subject == claim.object:
                    continue
                for end in (claim.subject, claim.object):
                    found.setdefault(end, {}).setdefault(claim.other(end), []).append(claim)
            return {end: {other: tuple(many) for other, many in near.items()} for end, near in found.items()}

    def degree(self, entity: str) -> int:
        """How many other entities claims join this one to."""
        return len(self.around.get(entity, ()))

    def only(self, filters: Filters, documents: frozenset[str] | None) -> ClaimGraph:
        """The claims that filters let through, with the sources that they let through; `documents`: None for all."""
        if not filters and documents is None:
            return self
        return self.once(("only", filters, documents), lambda: self._only(filters, documents))

    def _only(self, filters: Filters, documents: frozenset[str] | None) -> ClaimGraph:
        kept: dict[str, Claim] = {}
        for claim in self.claims.values():
            if filters.types and not set(filters.types) & set(claim.types):
                continue
            sources = tuple(s for s in claim.sources if _passes(s, filters, documents))
            if sources:
                kept[claim.id] = claim._replace(sources=sources)
        return ClaimGraph(kept)


def _passes(stated: Stated, filters: Filters, documents: frozenset[str] | None) -> bool:
    if documents is not None and stated.document not in documents:
        return False
    if not filters.dated:
        return True
    if stated.earliest is None and stated.latest is None:
        return False
    begins = filters.latest is None or stated.earliest is None or stated.earliest <= filters.latest
    ends = filters.earliest is None or stated.latest is None or stated.latest >= filters.earliest
    return begins and ends


@contextmanager
def without_collecting() -> Iterator[None]:
    """While very much is made at once: else Python looks through all of it again and again, and throws nothing away."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
