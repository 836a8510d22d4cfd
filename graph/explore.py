"""Looking around in the graph: what is known about an entity, its neighbourhood, what a chunk says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph import cypher, cypher_explore
from graph.connection import Connection
from graph.kept import Kept
from graph.redirect import follow
from graph.rows import to_chunk, to_entity, to_source
from graph.search import Search
from graph.types import Chunk, Entity, Source, SourcedStatement

MOST_BEGINNINGS = 30


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A place where an entity is named."""

    chunk: Chunk
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class ClaimOfChunk:
    """A statement that a chunk makes, with the words that make it."""

    chunk: str
    statement: str
    text: str
    source: Source


class Explore:
    """Reads around entities and chunks, always bounded."""

    def __init__(self, connection: Connection, search: Search) -> None:
        self._db = connection
        self._search = search
        self._beginnings: Kept[None, list[str]] = Kept(connection, self._load_beginnings)

    def entity(self, entity_id: str) -> Entity | None:
        """The entity, or what it was merged into; None where there is neither."""
        found = self._search.entities([entity_id])
        if not found:
            found = self._search.entities([*self._db.look(lambda tx: follow(tx, [entity_id])).values()])
        return found[0] if found else None

    def statements_of(self, entity_id: str, limit: int = 100) -> list[SourcedStatement]:
        """What is claimed about an entity, as subject or object, each claim with its sources."""
        rows = self._db.read(cypher.STATEMENTS_AROUND, ids=[entity_id], limit=limit)
        rows.sort(key=lambda row: (row["subject"] != entity_id, row["predicate"], row["text"]))
        return self._search.sourced(rows)

    def mentions_of(self, entity_id: str, limit: int = 50) -> list[Mentioned]:
        """Where an entity is named, most often first."""
        rows = self._db.read(cypher.CHUNKS_OF_ENTITY, id=entity_id, limit=limit)
        return [Mentioned(to_chunk(row["chunk"]), row["title"], row["n"]) for row in rows]

    def entities_of_chunks(self, chunk_ids: Sequence[str]) -> dict[str, list[Entity]]:
        """The entities that each chunk names, most often first."""
        found: dict[str, list[Entity]] = {}
        for row in self._db.read(cypher.ENTITIES_OF_CHUNK_IDS, ids=list(chunk_ids)):
            found.setdefault(row["chunk"], []).append(to_entity(row["entity"]))
        return found

    def claims_of_chunks(self, chunk_ids: Sequence[str]) -> list[ClaimOfChunk]:
        """The claims that chunks make, in the order of the text."""
        return [
            ClaimOfChunk(row["chunk"], row["id"], row["text"], to_source(row))
            for row in self._db.read(cypher.STATEMENTS_OF_CHUNK_IDS, ids=list(chunk_ids))
        ]

    def entries(self, entity_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The entries in authority files that these entities are; those without any are left out."""
        rows = self._db.read(cypher_explore.ENTRIES, ids=list(entity_ids))
        return {row["id"]: tuple(row["same_as"]) for row in rows}

    def of_kind(self, collections: Sequence[str], kind: str, skip: int = 0, limit: int = 100) -> list[Entity]:
        """Entities of a kind ("" for any), those that most passages name first."""
        rows = self._db.read(cypher_explore.OF_KIND, collections=list(collections), kind=kind, skip=skip, limit=limit)
        return [to_entity(row["entity"]) for row in rows]

    def most_connected(self, collections: Sequence[str], limit: int = 12) -> list[Entity]:
        """The entities with most claims, or with most mentions where there are no claims: where to begin.

        At most `MOST_BEGINNINGS`; counted in the background, for it looks at every claim.
        """
        # Nothing is no answer to keep: whoever just added a document waits for the first names.
        found = self._beginnings.of(collections, None) or self._load_beginnings(collections, None)
        return self._search.entities(found[:limit])

    def _load_beginnings(self, collections: Sequence[str], _: None) -> list[str]:
        names = list(collections)
        rows = self._db.read(cypher.MOST_CONNECTED, collections=names, limit=MOST_BEGINNINGS)
        if not rows:
            rows = self._db.read(cypher.MOST_MENTIONED, collections=names, limit=MOST_BEGINNINGS)
        return [row["id"] for row in rows]
