"""A new version of a document takes over, passage by passage, what was found in the one it replaces.

What is taken over is what stands in both word for word: vectors, and claims with their quotes moved to where the words
stand now. It is copied, so that the old version can be removed like any other document, taking along what only it said.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from graph import cypher as all_cypher
from graph import cypher_arrivals as cypher
from graph import cypher_corrections as corrections
from graph.bolt import exceptions as bolt
from graph.claims import BATCH as ROWS
from graph.connection import Connection, Row, Transaction
from graph.corrections_add import reseat
from graph.redirect import follow
from graph.settle import put_pairs, stored_pairs

BATCH = 100


@dataclass(frozen=True, slots=True)
class Same:
    """A passage that stands in both versions: the ids of its chunks, and by how many characters it moved."""

    old: str
    new: str
    moved: int


class Versions:
    """Which document replaces which, and what it takes over."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, replaced: Sequence[tuple[str, str]]) -> None:
        """Note that documents replace others: (new id, old id) each."""
        rows = [{"new": new, "old": old} for new, old in replaced if new != old]
        self._db.write(lambda tx: tx.batches(cypher.PUT_REPLACES, rows))

    def drop(self, new: str, old: str) -> None:
        """The older document stays beside the new one after all."""
        self._db.run(cypher.DROP_REPLACES, new=new, old=old)

    def replaced_by(self, documents: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Ids of the documents that each of these replaces, oldest first; one that replaces none is left out."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self._db.read(cypher.REPLACED_BY, ids=list(documents)):
            found[row["new"]] = (*found.get(row["new"], ()), row["old"])
        return found

    def unsettled(self) -> list[str]:
        """Ids of documents that have been read and still stand beside what they replace."""
        return [row["id"] for row in self._db.read(cypher.READ_AND_REPLACING)]

    def carry_vectors(self, same: Sequence[Same]) -> int:
        """Give passages the vectors of the same words; returns how many had none before."""
        rows = [{"old": each.old, "new": each.new} for each in same]
        return len(self._db.write(lambda tx: tx.batches(cypher.CARRY_VECTORS, rows, BATCH)))

    def carry_added(self, old: str, new: str) -> None:
        """Let the claims that people added to a version stand in the one that replaces it."""
        self._db.write(lambda tx: reseat(tx, old, new, self._db.dialect.labels_types))

    def carry_claims(self, same: Sequence[Same], collection: str) -> int:
        """Let passages say what the same words said before; returns how many were still to be asked about."""
        taken = 0
        for begin in range(0, len(same), BATCH):
            part = same[begin : begin + BATCH]
            taken += self._db.write(lambda tx, part=part: _carry(tx, part, collection))  # type: ignore[misc]
        return taken


def _carry(tx: Transaction, same: Sequence[Same], collection: str) -> int:
    by_old = {each.old: each for each in same}
    rows = [
        {"id": by_old[row["id"]].new, "state": row["state"], "pairs": row["pairs"] or [], "refused": row["refused"]}
        for row in tx.run(cypher.FINDINGS_OF_CHUNKS, ids=[*by_old])
    ]
    taken = {row["id"] for row in tx.batches(all_cypher.FINISH_CHUNKS, rows, ROWS, now=time.time())}
    kept = [each.old for each in same if each.new in taken]
    if not kept:
        return 0
    named = tx.run(cypher.MENTIONS_IN_CHUNKS, ids=kept)
    mentions = [
        {"entity": row["entity"], "chunk": by_old[row["id"]].new, "properties": row["properties"]} for row in named
    ]
    sources = [
        {
            "statement": row["statement"],
            "chunk": by_old[row["id"]].new,
            "properties": _moved(row["properties"], by_old[row["id"]].moved),
        }
        for row in tx.run(cypher.SOURCES_IN_CHUNKS, ids=kept)
    ]
    tx.batches(all_cypher.CREATE_MENTIONS, mentions, ROWS)
    tx.batches(all_cypher.CREATE_SOURCES, sources, ROWS)
    held = [
        {
            "ruling": row["ruling"],
            "chunk": by_old[row["id"]].new,
            "properties": _moved(row["properties"], by_old[row["id"]].moved),
        }
        for row in tx.run(corrections.HELD, ids=kept)
    ]
    tx.batches(corrections.CREATE_HELD, held, ROWS)
    pairs = stored_pairs(row for row in rows if row["id"] in taken)
    put_pairs(tx, pairs, follow(tx, {id_ for a, b, _ in pairs for id_ in (a, b)}))
    tx.run(all_cypher.TOUCH_COLLECTION, id=collection)
    if _of_whom(tx.run(cypher.MENTIONS_IN_CHUNKS, ids=kept)) != _of_whom(named):
        # Something of it was merged, or a merge undone, meanwhile: all is rolled back and tried again.
        raise bolt.TransientError("entities were merged while what passages say was being carried over")
    return len(kept)


def _of_whom(mentions: Sequence[Row]) -> set[tuple[str, str]]:
    return {(row["id"], row["entity"]) for row in mentions}


def _moved(properties: Row, by: int) -> Row:
    return {
        name: value + by if name in ("start", "end") and value is not None else value
        for name, value in properties.items()
    }
