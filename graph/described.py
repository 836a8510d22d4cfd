"""Words that a model writes about a page, such as a picture's description: a passage that can be written anew.

Other passages are read once and stay. This one replaces what it held before, with all that only its old words said,
in one transaction: the graph is then as if the old words had never been there.
"""

from __future__ import annotations

from graph import cypher, cypher_corrections
from graph.claims import put_extractions
from graph.connection import Connection, Transaction
from graph.corrections_retell import hold_again
from graph.figures import recount
from graph.moving import forget_moot, forms_of_chunks, take_back_pairs
from graph.rows import chunk_properties, text_properties
from graph.settle import settle_entities, settle_statements
from graph.types import Chunk, Document, Extraction, State


class Described:
    """Writes passages whose words come from a model."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, document: Document, chunk: Chunk, extraction: Extraction) -> bool:
        """Store a passage with what was found in it, in place of what it was, and queue the document for vectors.

        False, and nothing stored, where the document is gone or is being worked on (its `work` is not none).
        """
        labels = self._db.dialect.labels_types
        return self._db.write(lambda tx: _put(tx, document, chunk, extraction, labels))


def _put(tx: Transaction, document: Document, chunk: Chunk, extraction: Extraction, labels: bool) -> bool:
    properties = text_properties(document) | {"state": document.state.value}
    if not tx.run(cypher.CLAIM_QUIET_DOCUMENT, id=document.id, properties=properties):
        return False
    # First, so that nobody merges meanwhile: what is read below is what is set right.
    tx.run(cypher.TOUCH_COLLECTION, id=document.collection)
    pairs = tx.run(cypher.PAIRS_OF_CHUNK, id=chunk.id)
    forms = forms_of_chunks(tx, [chunk.id])
    entities = [row["id"] for row in tx.run(cypher.ENTITIES_OF_CHUNKS, ids=[chunk.id])]
    statements = [row["id"] for row in tx.run(cypher.STATEMENTS_OF_CHUNKS, ids=[chunk.id])]
    take_back_pairs(tx, pairs)
    tx.run(cypher.DROP_MENTIONS_OF_CHUNK, id=chunk.id)
    tx.run(cypher.DROP_SOURCES_OF_CHUNK, id=chunk.id)
    tx.run(cypher_corrections.DROP_HELD, ids=[chunk.id])
    opened = chunk_properties(chunk) | {"state": State.PENDING.value}
    tx.run(cypher.PUT_CHUNK_ANEW, document=document.id, id=chunk.id, properties=opened)
    if not pairs:
        for last in tx.run(cypher.LAST_CHUNK, document=document.id, besides=chunk.id):
            tx.run(cypher.LINK_CHUNKS, rows=[{"before": last["id"], "after": chunk.id}])
    put_extractions(tx, [extraction], document.collection, labels)
    # Read it is, even where no name was found in it: its words are there to be searched.
    tx.run(cypher.PUT_CHUNK_ANEW, document=document.id, id=chunk.id, properties={"state": chunk.state.value})
    # Only now: what the new words say as well stays the same entity and the same statement.
    settle_statements(tx, statements)
    settle_entities(tx, entities, labels)
    hold_again(tx, forget_moot(tx, forms, labels), document.collection, labels)
    recount(tx, document.id)
    return True
