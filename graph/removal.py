"""Removing a document removes exactly what only it said: afterwards the graph is as if it had never been imported.

Chunks go in batches, each in one transaction that also sets right whatever hangs on them. An interruption leaves a
smaller document that is removed by removing it again; nothing dangling is ever visible.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph import cypher, cypher_arrivals
from graph.connection import Connection, Transaction
from graph.corrections_retell import hold_again
from graph.moving import forget_moot, forms_of_chunks, take_back_pairs
from graph.settle import settle_entities, settle_statements

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
        # First, so that nobody merges meanwhile: what is read below is what is set right.
        tx.run(cypher.TOUCH_COLLECTION, id=collection)
        rows = tx.run(cypher.SOME_CHUNKS, document=document_id, limit=BATCH)
        if not rows:
            return Removed()
        chunks = [row["id"] for row in rows]
        labels = self._db.dialect.labels_types
        entities = [row["id"] for row in tx.run(cypher.ENTITIES_OF_CHUNKS, ids=chunks)]
        statements = [row["id"] for row in tx.run(cypher.STATEMENTS_OF_CHUNKS, ids=chunks)]
        forms = forms_of_chunks(tx, chunks)
        take_back_pairs(tx, rows)
        tx.run(cypher.DELETE_CHUNKS, ids=chunks)
        gone_statements = settle_statements(tx, statements)
        gone_entities = settle_entities(tx, entities, labels)
        hold_again(tx, forget_moot(tx, forms, labels), collection, labels)
        return Removed(len(chunks), gone_statements, gone_entities)
