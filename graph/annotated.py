"""What people or other programs noted of a document's pages: passages that are added to those it has."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from graph import cypher, cypher_export
from graph.claims import put_extractions
from graph.connection import Connection, Transaction
from graph.figures import recount
from graph.rows import chunk_properties, text_properties
from graph.types import Chunk, Document, Extraction, State


class Annotated:
    """Adds passages to documents that were read, and knows the canvases of their pages."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def pages_of(self, canvases: Sequence[str], collections: Sequence[str]) -> dict[str, tuple[str, int]]:
        """The document and page of each IIIF canvas that is here."""
        rows = self._db.read(cypher_export.PAGES_OF_CANVASES, canvases=list(canvases), collections=list(collections))
        return {row["canvas"]: (row["document"], row["page"]) for row in rows}

    def stating(self, claims: Sequence[str]) -> dict[str, set[str]]:
        """The documents that state each of these claims; claims that are not here are left out."""
        found: dict[str, set[str]] = {}
        for row in self._db.read(cypher_export.DOCUMENTS_STATING, ids=list(claims)):
            found.setdefault(row["id"], set()).add(row["document"])
        return found

    def put(self, document: Document, chunks: Sequence[Chunk], found: Sequence[Extraction]) -> bool:
        """Add passages with what they say, in one transaction, and queue the document for vectors.

        False, and nothing stored, where the document is gone or is being worked on (its `work` is not none).
        """
        labels = self._db.dialect.labels_types
        return self._db.write(lambda tx: _put(tx, document, chunks, found, labels))


def _put(
    tx: Transaction, document: Document, chunks: Sequence[Chunk], found: Sequence[Extraction], labels: bool
) -> bool:
    properties = text_properties(document) | {"state": document.state.value}
    if not tx.run(cypher.CLAIM_QUIET_DOCUMENT, id=document.id, properties=properties):
        return False
    tx.run(cypher.TOUCH_COLLECTION, id=document.collection)
    last = tx.run(cypher.LAST_CHUNK, document=document.id, besides=chunks[0].id)
    for chunk in chunks:
        opened = chunk_properties(chunk) | {"state": State.PENDING.value}
        tx.run(cypher.PUT_CHUNK_ANEW, document=document.id, id=chunk.id, properties=opened)
    order = [*(row["id"] for row in last), *(chunk.id for chunk in chunks)]
    tx.run(cypher.LINK_CHUNKS, rows=[{"before": a, "after": b} for a, b in pairwise(order)])
    put_extractions(tx, found, document.collection, labels)
    for chunk in chunks:
        # Read it is, even where no name was found in it: its words are there to be searched.
        tx.run(cypher.PUT_CHUNK_ANEW, document=document.id, id=chunk.id, properties={"state": State.DONE.value})
    recount(tx, document.id)
    return True
