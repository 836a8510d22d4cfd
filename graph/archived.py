"""All that a cabinet is, as rows: read a page at a time in one order, and written into an empty one.

What is left out belongs to the machine: who works on what, imports, watched folders, messages on their way. What
follows again from the rest is made anew: vectors (unless they are taken along), the readable edges.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph import cypher, cypher_archive
from graph.connection import Connection, Row, Transaction
from graph.errors import StoreError
from graph.figures import recount_all
from graph.rows import to_entity
from graph.schema import MIGRATIONS, read_meta, use_embedding_model
from graph.settle import label_entities
from graph.vocabulary import relationship_type

PAGE: Final = 500
NODES: Final = (
    "Collection", "ClaimSchema", "Document", "Origin", "Chunk", "__Entity__", "Statement", "Merge", "Suggestion",
    "Correction", "Ruling", "Finding",
)  # fmt: skip
EDGES: Final = (
    ("Chunk", "FROM_DOCUMENT", "Document"),
    ("Chunk", "NEXT_CHUNK", "Chunk"),
    ("Origin", "HOLDS", "Document"),
    ("Document", "REPLACES", "Document"),
    ("__Entity__", "FROM_CHUNK", "Chunk"),
    ("__Entity__", "CO_OCCURS", "__Entity__"),
    ("Statement", "SUBJECT", "__Entity__"),
    ("Statement", "OBJECT", "__Entity__"),
    ("Statement", "STATED_IN", "Chunk"),
    ("Ruling", "HELD_IN", "Chunk"),
)
VECTORS: Final = ("Chunk", "Statement")
SKIPPED: Final = frozenset(
    (
        *("embedding", "embedded", "embedded_at", "unembedded"),
        *("lease_owner", "lease_until", "attempts", "job", "work"),
        *("made_at", "made_by", "limits"),
    )
)
"""Properties that belong to this machine and its people, or to the vectors."""


class EdgesWithoutEnds(StoreError):
    en = "The archive joins things that it does not hold ({detail}). Get a fresh copy of it."
    de = "Das Archiv verbindet Dinge, die es nicht enthält ({detail}). Bitte neu besorgen."


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of node or edge; `name` is that of its file in an archive."""

    name: str
    label: str
    type: str = ""
    end: str = ""

    @property
    def is_edge(self) -> bool:
        return bool(self.type)

    def filled(self, query: str) -> str:
        """A query for this kind: the names are of the tables above, none comes from outside."""
        for name, value in (("label", self.label), ("start", self.label), ("type", self.type), ("end", self.end)):
            query = query.replace("{" + name + "}", value)
        return query


PARTS: Final = (
    *(Part(label.strip("_"), label) for label in NODES),
    *(Part(f"{start.strip('_')}-{type_}-{end.strip('_')}", start, type_, end) for start, type_, end in EDGES),
)


class Archived:
    """Reads everything of a database, and fills an empty one."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def stamps(self, collections: Sequence[str]) -> list[Row]:
        """Another whenever something changed."""
        return self._db.read(cypher.STAMPS, collections=list(collections))

    def rows(self, part: Part, collections: Sequence[str]) -> Iterator[Row]:
        """Everything of one kind, always in the same order: properties of nodes, or `a`, `b` and `r` of edges."""
        for ids in _pages(self._ids(part.label, collections)):
            if part.is_edge:
                rows = self._db.read(part.filled(cypher_archive.EDGES), ids=ids)
                found = [{"a": row["a"], "b": row["b"], "r": _kept(row["r"])} for row in rows]
            else:
                rows = self._db.read(part.filled(cypher_archive.NODES), ids=ids)
                found = [_kept(row["properties"]) for row in rows]
            yield from sorted(found, key=in_order)

    def vectors(self, label: str, collections: Sequence[str]) -> Iterator[tuple[str, list[float]]]:
        """The vectors of passages or claims, (id, vector)."""
        query = cypher_archive.VECTORS.replace("{label}", label)
        for ids in _pages(self._ids(label, collections)):
            for row in sorted(self._db.read(query, ids=ids), key=lambda row: str(row["id"])):
                yield row["id"], row["vector"]

    def counts(self, collections: Sequence[str]) -> dict[str, int]:
        """How much of each kind these collections hold."""
        query, names = cypher_archive.COUNT, list(collections)
        return {
            label: int(self._db.read(query.replace("{label}", label), collections=names)[0]["n"]) for label in NODES[1:]
        }

    def half_opened(self) -> list[str] | None:
        """The collections of an archive of which the opening was cut off; None where none was."""
        rows = self._db.read(cypher_archive.OPENING)
        return list(rows[0]["collections"]) if rows else None

    def begin(self, collections: Sequence[str]) -> None:
        """Note that an archive is being opened: what is cut off now is taken back by whoever opens the next."""
        self._db.run(cypher_archive.BEGIN_OPENING, collections=list(collections))

    def put(self, part: Part, rows: Iterable[Row]) -> int:
        """Write rows of one kind; raises EdgesWithoutEnds. Returns how many."""
        total = 0
        for some in _pages_of(rows):
            if part.is_edge:
                written = self._db.run(part.filled(cypher_archive.PUT_EDGES), rows=some)[0]["n"]
                if written != len(some):
                    raise EdgesWithoutEnds(detail=part.name)
            else:
                self._db.write(lambda tx, some=some: self._put_nodes(tx, part, some))  # type: ignore[misc]
            total += len(some)
        return total

    def put_readable(self, collections: Sequence[str]) -> None:
        """Make the readable edges of all claims."""
        for ids in _pages(self._ids("Statement", collections)):
            by_type: dict[str, list[Row]] = {}
            for row in self._db.read(cypher_archive.TRIPLES, ids=ids):
                by_type.setdefault(relationship_type(row["predicate"]), []).append(row)
            for relation, rows in by_type.items():
                self._db.run(cypher.CREATE_READABLE_EDGES.replace("{relation}", relation), rows=rows)

    def use_model(self, name: str, dimensions: int) -> None:
        """Make the vector indexes for a model; raises OtherEmbeddingModel."""
        use_embedding_model(self._db, name, dimensions)

    def finish(self, schema: int) -> None:
        """Bring what an archive of this schema held to the present one, count it, queue what has no vectors."""
        for step in MIGRATIONS[schema:]:
            step(self._db)
        recount_all(self._db)
        self._db.run(cypher.QUEUE_EMBEDDING)
        self._db.run(cypher_archive.END_OPENING)

    def wipe(self, collections: Sequence[str]) -> None:
        """Take back what was written of an archive; the collections themselves stay, empty."""
        for label in reversed(NODES[1:]):
            query = cypher_archive.WIPE.replace("{label}", label)
            while self._db.run(query, collections=list(collections), limit=PAGE)[0]["n"]:
                pass
        self._db.run(cypher_archive.END_OPENING)

    @property
    def schema(self) -> int:
        """The version of the database's schema."""
        return read_meta(self._db).version

    def _put_nodes(self, tx: Transaction, part: Part, rows: list[Row]) -> None:
        if part.label in VECTORS:
            rows = [row | {"embedded": False} for row in rows]
        elif part.label == "Document":
            # An import that was under way is one that was left off: nobody here works on it.
            rows = [row | {"work": "none"} for row in rows]
        tx.run(part.filled(cypher_archive.PUT_NODES), rows=rows)
        if part.label == "__Entity__" and self._db.dialect.labels_types:
            label_entities(tx, cypher.LABEL_ENTITIES, map(to_entity, rows))

    def _ids(self, label: str, collections: Sequence[str]) -> list[str]:
        query = cypher_archive.COLLECTION_IDS if label == "Collection" else cypher_archive.IDS
        return sorted(self._db.read(query.replace("{label}", label), collections=list(collections))[0]["ids"])


def canonical(row: Row) -> str:
    """A row as one line, always the same for the same row."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def in_order(row: Row) -> tuple[str, str, str]:
    """What rows of one kind are sorted by."""
    return (row["a"], row["b"], canonical(row)) if "a" in row and "r" in row else (row["id"], "", "")


def _kept(properties: dict[str, Any]) -> Row:
    return {name: value for name, value in properties.items() if value is not None and name not in SKIPPED}


def _pages(ids: Sequence[str]) -> Iterator[list[str]]:
    for begin in range(0, len(ids), PAGE):
        yield list(ids[begin : begin + PAGE])


def _pages_of(rows: Iterable[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in rows:
        some.append(row)
        if len(some) == PAGE:
            yield some
            some = []
    if some:
        yield some
