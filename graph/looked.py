"""What models saw in pictures and read off scans: waiting chunks get their words, and new ones stand beside them.

All of a look is stored in one transaction, so that an interruption leaves a picture either waiting or described.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from graph import cypher, cypher_looks
from graph.claims import put_extractions
from graph.connection import Connection, Transaction
from graph.errors import Failure
from graph.rows import chunk_properties, failure_properties, text_properties, to_chunk
from graph.types import Chunk, Document, Extraction
from graph.work import Work


@dataclass(frozen=True, slots=True)
class End:
    """Where a document's passages end: characters of its text that they cover, the last index."""

    characters: int = 0
    index: int = -1


class Looked:
    """Reads and writes the chunks that stand for pictures."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def waiting(self, document_id: str, limit: int) -> list[Chunk]:
        """Chunks that wait for a model to look at their page, in order."""
        rows = self._db.read(cypher_looks.WAITING_CHUNKS, document=document_id, limit=limit)
        return [to_chunk(row["chunk"]) for row in rows]

    def end(self, document_id: str) -> End:
        """Where the passages of a document end."""
        row = self._db.read(cypher_looks.END_OF_TEXT, document=document_id)[0]
        return End() if row["last"] is None else End(row["end"], row["last"])

    def put(
        self, document: Document, chunks: Sequence[Chunk], found: Sequence[Extraction], step: Work = Work.CAPTION
    ) -> bool:
        """Store chunks, those that waited and new ones, and what is known to be in some of them already.

        Chunks with an extraction are done, the others keep their state. False, and nothing stored, where the document
        was removed or is not at that step; for Work.NONE nobody may work on it, and it is queued for vectors.
        """
        labels = self._db.dialect.labels_types
        return self._db.write(lambda tx: _put(tx, document, chunks, found, step, labels))

    def fail(self, chunk_id: str, failure: Failure) -> None:
        """Mark a waiting chunk as failed with its reason."""
        self._db.run(cypher_looks.FAIL_WAITING_CHUNK, id=chunk_id, properties=failure_properties(failure))

    def fail_waiting(self, document_id: str, failure: Failure) -> None:
        """Mark all waiting chunks of a document as failed, for one reason."""
        self._db.run(cypher_looks.FAIL_WAITING_CHUNKS, document=document_id, properties=failure_properties(failure))

    def reopen_failed(self, document_id: str) -> int:
        """Set pictures and pages that no model could look at back to waiting; returns how many."""
        return int(self._db.run(cypher_looks.REOPEN_FAILED_PICTURES, document=document_id)[0]["n"])


def _put(
    tx: Transaction,
    document: Document,
    chunks: Sequence[Chunk],
    found: Sequence[Extraction],
    step: Work,
    labels: bool,
) -> bool:
    if step is Work.NONE:
        properties = text_properties(document) | {"state": document.state.value}
        held = tx.run(cypher.CLAIM_QUIET_DOCUMENT, id=document.id, properties=properties)
    else:
        held = tx.run(cypher_looks.HOLD_LOOKED_AT, id=document.id, step=step.value, **text_properties(document))
    if not held:
        return False
    last = tx.run(cypher_looks.END_OF_TEXT, document=document.id)[0]["last"]
    new = [each for each in chunks if last is None or each.index > last]
    before = tx.run(cypher.LAST_CHUNK, document=document.id, besides="")
    rows = [{"id": c.id, "document": c.document, "properties": chunk_properties(c)} for c in chunks]
    tx.batches(cypher_looks.PUT_LOOKED_AT, rows)
    ids = [*(row["id"] for row in before), *(each.id for each in new)]
    tx.batches(cypher.LINK_CHUNKS, [{"before": a, "after": b} for a, b in pairwise(ids)])
    put_extractions(tx, found, document.collection, labels)
    tx.run(cypher.TOUCH_COLLECTION, id=document.collection)
    return True
