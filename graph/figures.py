"""How much of each document was read, and what a search of all of them can see: counted once, kept on the documents."""

from __future__ import annotations

from collections.abc import Sequence, Set

from graph import cypher_figures as cypher
from graph.connection import Connection, Row, Transaction
from graph.types import Searched


def counted(tx: Transaction, document_id: str) -> Row:
    """A document's passages and unread pages, as properties of it. A page is read when it has words."""
    figures = dict(tx.run(cypher.FIGURES_OF_CHUNKS, document=document_id)[0])
    unread = tx.run(cypher.UNREAD_PAGES, document=document_id)
    pages = sorted({row["page"] for row in unread if row["page"] is not None})
    read = {row["page"] for row in tx.run(cypher.PAGES_WITH_WORDS, document=document_id, pages=pages)} if pages else ()
    failed = {row["page"] for row in unread if row["state"] == "failed"}.difference(read)
    waiting = {row["page"] for row in unread if row["state"] == "waiting"}.difference(read, failed)
    skipped = {row["page"] for row in unread if row["state"] == "skipped"}.difference(read, failed, waiting)
    figures = {name: int(value or 0) for name, value in figures.items()}
    return figures | {"pages_failed": len(failed), "pages_waiting": len(waiting), "pages_skipped": len(skipped)}


def recount(tx: Transaction, document_id: str) -> None:
    """Count a document's passages and unread pages, and keep the figures on it."""
    tx.run(cypher.SET_FIGURES, document=document_id, figures=counted(tx, document_id))


def count_all(db: Connection) -> None:
    """Count every document anew: for databases from before the figures were kept."""
    for row in db.read(cypher.ALL_DOCUMENTS):
        _count(db, row["document"])


def recount_all(db: Connection) -> None:
    """Count anew what was counted: of a document that nobody has read yet there is nothing to count."""
    for row in db.read(cypher.COUNTED_DOCUMENTS):
        _count(db, row["document"])


def forget_embedded(db: Connection) -> None:
    """Note that no passage has a vector any more."""
    db.run(cypher.FORGET_EMBEDDED)


def count_queued(db: Connection) -> None:
    """Count the documents that wait for vectors: some of theirs may be there already."""
    for row in db.read(cypher.QUEUED_FOR_VECTORS):
        _count(db, row["document"])


def _count(db: Connection, document_id: str) -> None:
    db.write(lambda tx: recount(tx, document_id))


def searched(db: Connection, collections: Sequence[str], documents: Set[str] | None = None) -> Searched:
    """What a search of these collections can and cannot see, from the figures of their documents, or of these only."""
    total = Searched()
    among = {"collections": list(collections), "documents": None if documents is None else list(documents)}
    for row in db.read(cypher.SEARCHED if documents is None else cypher.SEARCHED_AMONG, **among):
        unread = row["pages_failed"] + row["pages_waiting"]
        gone = row["documents"] if row["failed"] else 0
        total += Searched(
            chunks=row["chunks"],
            documents=row["documents"] - gone,
            failed=gone + row["pages_failed"] + row["chunks_failed"],
            waiting=row["waiting"],
            unembedded=row["unembedded"],
            pages=row["pages"] - unread,
            pages_total=row["pages"],
            pages_failed=row["pages_failed"],
            documents_failed=gone,
            left_off=row["left_off"],
        )
    meanwhile = db.read(cypher.EMBEDDED_MEANWHILE, collections=list(collections))
    counted = [row for row in meanwhile if documents is None or row["document"] in documents]
    return total + Searched(unembedded=-sum(row["embedded"] - (row["known"] or 0) for row in counted))
