"""Where documents were found: a file or a web address is a place that holds one document now, and another one later.

A place may carry a mark, by which a watched file is known to be unchanged without being read. A document that no place
holds any more was replaced; `graph.versions` takes over what is still true of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from graph import cypher_arrivals as cypher
from graph.connection import Connection, Transaction
from graph.rows import to_document
from graph.types import Document, make_id


@dataclass(frozen=True, slots=True)
class Origin:
    """A place below a watched folder: its mark, and the document it holds, None for a file that is none by itself."""

    uri: str
    mark: str | None
    document: str | None


def origin_id(collection: str, uri: str) -> str:
    """The id of a place in a collection."""
    return make_id("origin", collection, uri)


def is_place(uri: str) -> bool:
    """Whether an address leads to the thing itself again: a web address or a whole path, not the name of an upload."""
    return uri.startswith(("http://", "https://")) or is_path(uri)


def is_path(uri: str) -> bool:
    """Whether an address is the whole path of a file on a computer."""
    return PurePosixPath(uri).is_absolute() or PureWindowsPath(uri).is_absolute()


class Origins:
    """The places of all documents."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def at(self, collection: str, uris: Sequence[str]) -> dict[str, str]:
        """The id of the document that each place holds; places that hold none are left out."""
        ids = [origin_id(collection, uri) for uri in dict.fromkeys(uris)]
        return {row["uri"]: row["document"] for row in self._db.read(cypher.DOCUMENTS_AT, ids=ids)}

    def put(self, collection: str, held: Mapping[str, str]) -> None:
        """Let each place (its address) hold this document (its id), and no other."""
        self._db.write(lambda tx: put_origins(tx, collection, held))

    def of(self, documents: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The places that hold each document; a document without one is left out."""
        found: dict[str, tuple[str, ...]] = {}
        for row in self._db.read(cypher.ORIGINS_OF_DOCUMENTS, ids=list(documents)):
            found[row["document"]] = (*found.get(row["document"], ()), row["uri"])
        return found

    def latest_upload(self, collection: str, name: str) -> Document | None:
        """The document that was sent under this name last and that no place holds, or None."""
        rows = self._db.read(cypher.UNHELD_WITH_URI, collection=collection, uri=name)
        return to_document(rows[0]["document"]) if rows else None

    def move(self, document: str, uri: str) -> None:
        """Say from now on that a document comes from here."""
        self._db.run(cypher.SET_URI, id=document, uri=uri)

    def below(self, collection: str, prefix: str) -> list[Origin]:
        """The places whose address begins so, in order."""
        rows = self._db.read(cypher.MARKS_BELOW, collection=collection, prefix=prefix)
        return [Origin(row["uri"], row["mark"], row["document"]) for row in rows]

    def mark(self, collection: str, marks: Mapping[str, str]) -> None:
        """Remember how each file (its address) looked when it was taken in."""
        rows = [
            {"id": origin_id(collection, uri), "uri": uri, "collection": collection, "mark": mark}
            for uri, mark in marks.items()
        ]
        self._db.write(lambda tx: tx.batches(cypher.SET_MARKS, rows))

    def forget(self, collection: str, uris: Sequence[str]) -> None:
        """These places are no more; the documents that they held stay."""
        self._db.run(cypher.DROP_ORIGINS, ids=[origin_id(collection, uri) for uri in uris])


def put_origins(tx: Transaction, collection: str, held: Mapping[str, str]) -> None:
    """What `Origins.put` does, inside a transaction."""
    rows = [
        {"id": origin_id(collection, uri), "uri": uri, "collection": collection, "document": document}
        for uri, document in held.items()
    ]
    tx.batches(cypher.PUT_ORIGINS, rows)
    tx.batches(cypher.DROP_HOLDS, rows)
    tx.batches(cypher.PUT_HOLDS, rows)
