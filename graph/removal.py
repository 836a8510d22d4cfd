"""Removing a document removes exactly what only it said: afterwards the graph is as if it had never been imported.

Chunks go in batches, each in one transaction that also sets right whatever hangs on them. An interruption leaves a
smaller document that is removed by removing it again; nothing dangling is ever visible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from graph import cypher, cypher_arrivals
from graph.claims import rewrite_entities, rewrite_statements
from graph.connection import Connection, Row, Transaction
from graph.merge import Said, join_all, join_all_said, to_said
from graph.rows import to_entity
from graph.types import Entity

BATCH = 250


@dataclass(frozen=True, slots=True)
class Removed:
    """How much went with a document."""

    chunks: int = 0
    statements: int = 0
    entities: int = 0

    def __add__(self, other: Removed) -> Removed:
        return Removed(self.chunks + other.chunks, self.statements + other.statements, self.entities + other.entities)


class Removal:
    """Removes documents."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def preview(self, document_id: str) -> Removed:
        """How much would go with a document, without removing it."""
        counts = [
            int(self._db.read(query, document=document_id)[0]["n"])
            for query in (
                cypher.CHUNK_COUNT_OF_DOCUMENT,
                cypher.STATEMENTS_OF_ONE_DOCUMENT,
                cypher.ENTITIES_OF_ONE_DOCUMENT,
            )
        ]
        return Removed(*counts)

    def remove(self, document_id: str, collection: str) -> Removed:
        """Remove a document with its chunks and all that only they said; returns what went."""
        self._db.run(cypher.UPDATE_DOCUMENT, id=document_id, properties={"work": "none", "state": "pending"})
        total = Removed()
        while True:
            step = self._db.write(lambda tx: self._remove_some(tx, document_id, collection))
            total += step
            if step.chunks < BATCH:
                break
        # A place that is watched is remembered: a file whose document somebody removed does not come back by itself.
        self._db.run(cypher_arrivals.DROP_UNMARKED_ORIGINS, id=document_id)
        self._db.run(cypher.DELETE_DOCUMENT, id=document_id)
        return total

    def _remove_some(self, tx: Transaction, document_id: str, collection: str) -> Removed:
        rows = tx.run(cypher.SOME_CHUNKS, document=document_id, limit=BATCH)
        if not rows:
            return Removed()
        chunks = [row["id"] for row in rows]
        entities = [row["id"] for row in tx.run(cypher.ENTITIES_OF_CHUNKS, ids=chunks)]
        statements = [row["id"] for row in tx.run(cypher.STATEMENTS_OF_CHUNKS, ids=chunks)]
        subtract_pairs(tx, rows)
        tx.run(cypher.DELETE_CHUNKS, ids=chunks)
        gone_statements = settle_statements(tx, statements)
        gone_entities = settle_entities(tx, entities, self._db.dialect.labels_types)
        tx.run(cypher.TOUCH_COLLECTION, id=collection)
        return Removed(len(chunks), gone_statements, gone_entities)


def subtract_pairs(tx: Transaction, rows: list[Row]) -> None:
    """Take back what chunks said about who stands together; `rows` hold their `pairs`."""
    weights: dict[tuple[str, str], int] = {}
    for row in rows:
        for pair in row["pairs"] or ():
            a, b, weight = pair.split(" ")
            weights[a, b] = weights.get((a, b), 0) + int(weight)
    pairs = [{"a": a, "b": b, "weight": weight} for (a, b), weight in sorted(weights.items())]
    tx.batches(cypher.SUBTRACT_CO_OCCURRENCES, pairs)
    tx.batches(cypher.DELETE_SPENT_CO_OCCURRENCES, pairs)


def settle_statements(tx: Transaction, ids: list[str]) -> int:
    """Delete statements that no chunk makes any more; give the others the wording of their remaining sources."""
    remaining: dict[str, list[Said]] = {}
    for row in tx.run(cypher.SOURCES_OF_STATEMENTS, ids=ids):
        remaining.setdefault(row["id"], []).append(to_said(row))
    gone = [id_ for id_ in ids if id_ not in remaining]
    tx.run(cypher.DELETE_READABLE_EDGES, ids=gone)
    tx.run(cypher.DELETE_STATEMENTS, ids=gone)
    stored = {row["statement"]["id"]: row["statement"] for row in tx.run(cypher.KNOWN_STATEMENTS, ids=[*remaining])}
    rewrite_statements(tx, stored, {id_: join_all_said(said) for id_, said in remaining.items()})
    return len(gone)


def settle_entities(tx: Transaction, ids: list[str], labels: bool) -> int:
    """Delete entities that no chunk mentions any more; give the others the form their remaining mentions give them."""
    mentions = [
        Entity(row["id"], row["name"], "", row["type"], row["trust"], tuple(row["aliases"]), row["description"])
        for row in tx.run(cypher.MENTIONS_OF_ENTITIES, ids=ids)
    ]
    remaining = join_all(mentions)
    gone = [id_ for id_ in ids if id_ not in remaining]
    tx.run(cypher.DELETE_ENTITIES, ids=gone)
    changed: list[tuple[Entity, Entity]] = []
    for row in tx.run(cypher.ENTITIES_BY_ID, ids=[*remaining]):
        stored = to_entity(row["entity"])
        now = replace(remaining[stored.id], collection=stored.collection)
        if now != stored:
            changed.append((stored, now))
    rewrite_entities(tx, changed, labels)
    return len(gone)
