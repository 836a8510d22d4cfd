"""Documents and their chunks: put, read, page through; coverage and what a search can see."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from graph import cypher
from graph.connection import Connection, Row, Transaction
from graph.corrections_retell import retell, ruled
from graph.errors import Failure, WrongUse
from graph.figures import counted, searched
from graph.kept import Kept
from graph.rows import chunk_properties, document_properties, failure_properties, to_chunk, to_document
from graph.types import Chunk, Collection, Coverage, Document, Searched, State

BATCH = 1000
AT_ONCE = 100
"""Chunks in one transaction. The lease of their document is renewed every few seconds, and where both write to its
record the embedded database undoes one of them: a transaction that takes longer than that would lose each time."""


class NoSuchDocument(WrongUse):
    en = "There is no document {name!r}. `python -m ingest status` lists them."
    de = "Es gibt kein Dokument {name!r}. `python -m ingest status` zählt sie auf."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something a model answered that was not kept: why (English, one of a few), and subject, predicate, object."""

    chunk: str
    page: int | None
    why: str
    what: tuple[str, ...]


class Titled(NamedTuple):
    """A document by what it is called and where it came from."""

    id: str
    title: str
    uri: str


class _Held(NamedTuple):
    """How many claims a document makes, how many without their quote, and how many names it has."""

    statements: int
    unsupported: int
    entities: int


def _why_and_what(text: str) -> tuple[str, tuple[str, ...]]:
    why, _, what = text.partition(": ")
    return why, tuple(what.split(" | ")) if what else ()


class Documents:
    """Documents and chunks of all collections."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._held: Kept[tuple[str, ...], dict[str, _Held]] = Kept(connection, self._count_held)

    def put_collection(self, collection: Collection) -> Collection:
        """Make the collection unless it exists; an existing name is kept."""
        row = self._db.run(cypher.PUT_COLLECTION, id=collection.id, name=collection.name)[0]
        return Collection(row["id"], row["name"])

    def put(self, documents: Sequence[Document], work: str) -> None:
        """Store documents with the work that is next for them: read, extract, embed or none."""
        rows = [{"id": d.id, "properties": document_properties(d) | {"work": work}} for d in documents]
        self._db.write(lambda tx: tx.batches(cypher.PUT_DOCUMENTS, rows, BATCH))

    def update(self, document: Document, work: str) -> None:
        """Store a document's new state together with the work that is next; a removed document stays removed."""
        properties = document_properties(document) | {"work": work}
        self._db.run(cypher.UPDATE_DOCUMENT, id=document.id, properties=properties)

    def get(self, document_id: str) -> Document | None:
        """The document, or None."""
        rows = self._db.read(cypher.DOCUMENT, id=document_id)
        return to_document(rows[0]["document"]) if rows else None

    def by_ids(self, ids: Sequence[str]) -> dict[str, Document]:
        """Documents by id; unknown ids are left out."""
        rows = self._db.read(cypher.DOCUMENTS_BY_ID, ids=list(ids))
        return {row["document"]["id"]: to_document(row["document"]) for row in rows}

    def find(self, name: str, collections: Sequence[str]) -> Document:
        """The one document with this id, beginning of an id, address or title; raises NoSuchDocument."""
        rows = self._db.read(cypher.FIND_DOCUMENTS, text=name, collections=list(collections), limit=2)
        if len(rows) != 1:
            raise NoSuchDocument(name=name)
        return to_document(rows[0]["document"])

    def listed(
        self,
        collections: Sequence[str],
        job: str | None = None,
        skip: int = 0,
        limit: int = 100,
        text: str = "",
        unread: bool = False,
    ) -> list[Document]:
        """A page of the documents, oldest first; with `text` those whose title, address or maker has all its words.

        `unread`: only those of which something failed, waits for a model that can see, was left unread when its import
        was stopped, or has no vectors.
        """
        rows = self._db.read(cypher.DOCUMENTS, **_wanted(collections, job, text, unread), skip=skip, limit=limit)
        return [to_document(row["document"]) for row in rows]

    def every(self, collections: Sequence[str]) -> Iterator[Document]:
        """All documents, oldest first, read in pages."""
        skip = 0
        while page := self.listed(collections, skip=skip, limit=BATCH):
            yield from page
            skip += len(page)

    def count(self, collections: Sequence[str], job: str | None = None, text: str = "", unread: bool = False) -> int:
        """How many documents there are; `text` and `unread` as for `listed`."""
        return int(self._db.read(cypher.DOCUMENT_COUNT, **_wanted(collections, job, text, unread))[0]["n"])

    def with_content(self, sha256: str) -> tuple[str, ...]:
        """Ids of the documents of any collection that share this content."""
        return tuple(row["id"] for row in self._db.read(cypher.DOCUMENTS_WITH_CONTENT, sha256=sha256))

    def advance(self, document: Document, step: str, work: str) -> bool:
        """Finish a step: store the document's state, set the next work, end the lease.

        False, and nothing stored, when the document was removed or its job cancelled meanwhile.
        """
        properties = document_properties(document) | {"work": work}

        def store(tx: Transaction) -> bool:
            # Counted first: the less time passes after the document was written to, the fewer others do so meanwhile.
            figures = counted(tx, document.id)
            return bool(tx.run(cypher.ADVANCE_DOCUMENT, id=document.id, step=step, properties=properties | figures))

        return self._db.write(store)

    def put_chunks(self, document: Document, chunks: Sequence[Chunk], step: str, work: str) -> bool:
        """Finish the step of reading: store all chunks, their order, and the document itself.

        Chunks that exist are left as they are, so that reading a document again loses no finished work; those of a long
        one come in several transactions, and only the last ends the step. False when the document was removed or its
        job cancelled meanwhile.
        """
        rows = [{"id": c.id, "document": c.document, "properties": chunk_properties(c)} for c in chunks]
        links = [{"before": a.id, "after": b.id} for a, b in pairwise(chunks)]
        properties = document_properties(document) | {"work": work}
        ids = [c.id for c in chunks]

        def some(tx: Transaction, first: int) -> bool:
            if not tx.run(cypher.DOCUMENT_AT_STEP, id=document.id, step=step):
                return False
            tx.run(cypher.PUT_CHUNKS, rows=rows[first : first + AT_ONCE])
            tx.run(cypher.LINK_CHUNKS, rows=links[max(0, first - 1) : first + AT_ONCE - 1])
            return True

        def end(tx: Transaction) -> bool:
            figures = counted(tx, document.id)
            corrected = ruled(tx, document.collection, ids)
            if not tx.run(cypher.ADVANCE_DOCUMENT, id=document.id, step=step, properties=properties | figures):
                return False
            tx.run(cypher.TOUCH_COLLECTION, id=document.collection)
            # Claims that people added come back with the document they were added to.
            if corrected:
                retell(tx, ids, document.collection, self._db.dialect.labels_types)
            return True

        if len(rows) <= AT_ONCE:
            return self._db.write(lambda tx: some(tx, 0) and end(tx))
        firsts = range(0, len(rows), AT_ONCE)
        return all(self._db.write(partial(some, first=first)) for first in firsts) and self._db.write(end)

    def chunks(self, document_id: str, after: int = -1, limit: int = 200) -> list[Chunk]:
        """A page of a document's chunks in order, from the one after index `after`."""
        rows = self._db.read(cypher.CHUNKS_OF_DOCUMENT, document=document_id, after=after, limit=limit)
        return [to_chunk(row["chunk"]) for row in rows]

    def all_chunks(self, document_id: str) -> Iterator[Chunk]:
        """All chunks of a document in order, read in pages."""
        after = -1
        while page := self.chunks(document_id, after, BATCH):
            yield from page
            after = page[-1].index

    def chunks_of_page(self, document_id: str, page: int) -> list[Chunk]:
        """The chunks of one page in order."""
        rows = self._db.read(cypher.CHUNKS_OF_PAGE, document=document_id, page=page)
        return [to_chunk(row["chunk"]) for row in rows]

    def open_chunks(self, document_id: str, limit: int = BATCH) -> list[Chunk]:
        """Chunks whose extraction is still to be done, in order."""
        rows = self._db.read(cypher.OPEN_CHUNKS, document=document_id, limit=limit)
        return [to_chunk(row["chunk"]) for row in rows]

    def fail_chunk(self, chunk_id: str, failure: Failure) -> None:
        """Mark a chunk as failed with its reason; one that is done stays done."""
        self._db.run(cypher.FAIL_CHUNK, id=chunk_id, now=time.time(), properties=failure_properties(failure))

    def fail_open(self, document_id: str, failure: Failure) -> None:
        """Mark all chunks of a document that are still open as failed, for one reason."""
        self._db.run(cypher.FAIL_OPEN_CHUNKS, document=document_id, properties=failure_properties(failure))

    def reopen_failed(self, document_id: str) -> int:
        """Set failed chunks back to pending; returns how many."""
        return int(self._db.run(cypher.REOPEN_FAILED_CHUNKS, document=document_id)[0]["n"])

    def problems(self, document_id: str, limit: int = 100) -> list[Chunk]:
        """Chunks that failed, wait for something or were skipped, in order."""
        rows = self._db.read(cypher.FAILED_CHUNKS, document=document_id, limit=limit)
        return [to_chunk(row["chunk"]) for row in rows]

    def refused(self, document_id: str, limit: int = 200) -> list[Refusal]:
        """What was answered about a document but not kept, in order, of at most `limit` passages."""
        return [
            Refusal(row["chunk"], row["page"], *_why_and_what(text))
            for row in self._db.read(cypher.REFUSED_OF_DOCUMENT, document=document_id, limit=limit)
            for text in row["refused"]
        ]

    def titled(self, collections: Sequence[str], limit: int) -> list[Titled]:
        """What documents are called, in their order, and nothing else of them."""
        rows = self._db.read(cypher.TITLES, collections=list(collections), limit=limit)
        return [Titled(row["id"], row["title"], row["uri"]) for row in rows]

    def coverage(self, documents: Sequence[Document], shown: bool = False) -> list[Coverage]:
        """How far each document is, in three queries whatever their number.

        `shown`: for a page, which does not wait until what was found in large documents is counted anew.
        """
        ids = [d.id for d in documents]
        found = {d.id: Coverage(d) for d in documents}
        for row in self._db.read(cypher.CHUNK_STATES, documents=ids):
            old = found[row["document"]]
            state = State(row["state"])
            chunks = old.chunks | {state: old.chunks.get(state, 0) + row["n"]}
            found[row["document"]] = replace(
                old,
                chunks=chunks,
                embedded=old.embedded + (row["n"] if row["embedded"] else 0),
                refused=old.refused + row["refused"],
            )
        collections = sorted({d.collection for d in documents})
        held = self._held.of(collections, tuple(ids)) if shown else self._count_held(collections, tuple(ids))
        for id_, (statements, unsupported, entities) in held.items():
            found[id_] = replace(found[id_], statements=statements, unsupported=unsupported, entities=entities)
        return [found[i] for i in ids]

    def _count_held(self, _: Sequence[str], ids: tuple[str, ...]) -> dict[str, _Held]:
        """What was found in each document."""
        named = self._db.read(cypher.ENTITIES_OF_DOCUMENTS, documents=list(ids))
        found = {row["document"]: _Held(0, 0, row["entities"]) for row in named}
        for row in self._db.read(cypher.CLAIMS_OF_DOCUMENTS, documents=list(ids)):
            entities = found.get(row["document"], _Held(0, 0, 0)).entities
            found[row["document"]] = _Held(row["statements"], row["unsupported"], entities)
        return found

    def searched(self, collections: Sequence[str], documents: Set[str] | None = None) -> Searched:
        """What a search of these collections can and cannot see, whatever the number of their chunks.

        Where it is narrowed to `documents`, of these only.
        """
        return searched(self._db, collections, documents)


def _wanted(collections: Sequence[str], job: str | None, text: str, unread: bool) -> Row:
    return {"collections": [*collections], "job": job, "words": text.lower().split(), "unread": unread}
