"""The claims of a collection in memory, each with where it is stated: for chains, for themes, and to narrow both.

Read once per state of the collections (their change stamps) and shared by all questions; those of a large collection
are kept on disk besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph import cypher_ways
from graph.claim_graph import Claim, ClaimGraph, Stated
from graph.claimed_file import from_arrays, to_arrays
from graph.connection import Connection, Row
from graph.kept import QUESTION, Kept
from graph.kept_file import Arrays
from graph.long_read import LongRead
from graph.tallies import Tallies
from graph.ways import Filters

MOST_CLAIMS = 400_000
"""Claims, sources and pairs that are read at most; of more it is chance which."""


def _narrowed(filters: Filters) -> dict[str, Any]:
    return {
        "types": list(filters.types),
        "dated": filters.dated,
        "earliest": filters.earliest,
        "latest": filters.latest,
    }


def _arrays(db: Connection, collections: Sequence[str]) -> Arrays:
    return to_arrays(Claimed(db, Tallies(db)).graph(collections))


_CLAIMS = LongRead("claims", to_arrays, from_arrays, lambda graph: len(graph.claims), reading=_arrays)


class Claimed:
    """Keeps the claims of the collections asked for last, and reads them anew when they changed."""

    def __init__(self, connection: Connection, tallies: Tallies) -> None:
        self._db, self._tallies = connection, tallies
        self._kept: Kept[None, ClaimGraph] = Kept(connection, self._load, QUESTION)

    def graph(self, collections: Sequence[str], as_it_is: bool = False) -> ClaimGraph:
        """The claims of these collections; of a large database at most some seconds old, or `as_it_is`."""
        return self._kept.of(collections, None, as_it_is)

    def fitting_chunks(self, ids: Sequence[str], filters: Filters, documents: frozenset[str] | None) -> list[str]:
        """Which of these chunks fit, in their order: of the documents, with a claim of the time, naming such a kind.

        `documents`: None for all; what `filters` say of documents and languages is in there already.
        """
        kept = list(ids)
        if documents is not None:
            kept = self._those(cypher_ways.CHUNKS_OF_DOCUMENTS, kept, documents=sorted(documents))
        if filters.dated:
            kept = self._those(cypher_ways.CHUNKS_OF_A_TIME, kept, **_narrowed(filters))
        if filters.types:
            kept = self._those(cypher_ways.CHUNKS_NAMING_A_KIND, kept, types=list(filters.types))
        return kept

    def fitting_claims(self, ids: Sequence[str], filters: Filters, documents: frozenset[str] | None) -> list[str]:
        """Which of these claims fit, in their order; arguments as in `fitting_chunks`."""
        if documents is None and not filters.dated and not filters.types:
            return list(ids)
        of = None if documents is None else sorted(documents)
        return self._those(cypher_ways.FITTING_CLAIMS, ids, documents=of, **_narrowed(filters))

    def _those(self, query: str, ids: Sequence[str], **what: Any) -> list[str]:
        fitting = {row["id"] for row in self._db.read(query, ids=list(ids), **what)} if ids else set()
        return [id_ for id_ in ids if id_ in fitting]

    def allowed_documents(self, filters: Filters, collections: Sequence[str]) -> frozenset[str] | None:
        """Ids of the documents that filters let through; None for all."""
        documents = frozenset(filters.documents) if filters.documents else None
        if filters.language:
            rows = self._db.read(
                cypher_ways.DOCUMENTS_IN_LANGUAGE, language=filters.language, collections=list(collections)
            )
            spoken = frozenset(row["id"] for row in rows)
            documents = spoken if documents is None else documents & spoken
        return documents

    def languages(self, collections: Sequence[str]) -> list[str]:
        """The languages that documents have."""
        return list(self._tallies.words(collections).languages)

    def kinds(self, collections: Sequence[str], limit: int = 30) -> list[str]:
        """The kinds of people, places and things, the most frequent first."""
        return list(self._tallies.words(collections).kinds[:limit])

    def predicates(self, collections: Sequence[str], limit: int = 40) -> list[str]:
        """What is claimed of one thing and another, the most frequent first."""
        return list(self._tallies.words(collections).predicates[:limit])

    def passages_of(self, entity_ids: Sequence[str], limit: int) -> list[tuple[str, str]]:
        """Passages that name most of these entities, each with its document."""
        rows = self._db.read(cypher_ways.PASSAGES_OF_ENTITIES, ids=list(entity_ids), limit=limit)
        return [(row["chunk"], row["document"]) for row in rows]

    def _load(self, collections: Sequence[str], _: None) -> ClaimGraph:
        return _CLAIMS.of(self._db, collections, lambda: self._read(list(collections)))

    def _read(self, names: list[str]) -> ClaimGraph:
        known: dict[str, str] = {}

        def same(id_: str) -> str:
            """One text for all places where an id stands: there are ten of them to each claim."""
            return known.setdefault(id_, id_)

        def read(query: str) -> list[Row]:
            return self._db.read(query, collections=names, limit=MOST_CLAIMS)

        sources: dict[str, list[Stated]] = {}
        for row in read(cypher_ways.CLAIM_SOURCES):
            chunk, document = same(row["chunk"]), same(row["document"])
            for id_, supported, earliest, latest in row["said"]:
                sources.setdefault(same(id_), []).append(Stated(chunk, document, supported, earliest, latest))
        claims: dict[str, Claim] = {}
        for row in read(cypher_ways.CLAIMS):
            subject, type_ = same(row["subject"]), same(row["type"])
            for id_, object_, other, confidence in row["said"]:
                of = sources.get(id_, [])
                of.sort(key=lambda s: (not s.supported, s.document, s.chunk))
                ends = same(subject), same(object_), (type_, same(other))
                claims[same(id_)] = Claim(same(id_), *ends, confidence, tuple(of))
        together = [
            (same(row["a"]), same(b), weight) for row in read(cypher_ways.TOGETHER) for b, weight in row["others"]
        ]
        return ClaimGraph(dict(sorted(claims.items())), sorted(together, key=lambda pair: (-pair[2], *pair[:2])))
