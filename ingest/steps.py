"""The steps of a document on its way into the graph: read, extract, embed. Each can be stopped and taken up again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace

from graph.errors import Failure, Missing, ModelError, StoreError, WrongUse, WunderkammerError
from graph.store import Store
from graph.types import Document, Extraction, State
from graph.work import Lease, Work, owner_name
from ingest.budget import Budget
from ingest.chunk import chunk
from ingest.embedding import Around, embed_document, embed_some
from ingest.extractors import BY_MODEL, QUICK
from ingest.files import FileStore, name_in
from ingest.hand import hand_extractions
from ingest.hands import Hands, Here
from ingest.iiif_json import IIIF
from ingest.iiif_pages import keep_sources
from ingest.indexes import Indexes
from ingest.lines import LineIndex
from ingest.looks import to_look_at
from ingest.ocr import with_ocr
from ingest.own_claims import with_own_claims
from ingest.resolving import resolve_document
from ingest.sources import read
from ingest.sources.base import Limits
from ingest.sources.statements import read_statements
from ingest.texts import document_text, hash_of
from ingest.vectors import vectors_paid
from ingest.versions import settle
from llm.embed import DEFAULT_EMBEDDING, Embedder, EmbeddingSpec, find_embedding
from llm.ocr import is_service
from settings import Settings

STORE_BATCH = 200
"""Chunks whose findings are stored in one transaction: about half a second of work to lose at most."""

Stopped = Callable[[], bool]
"""Answers whether the work must stop: lease lost, job cancelled, document removed."""


class UnknownExtractor(WrongUse):
    en = "There is no extractor {name!r}; choose quick, statements or transformer."
    de = "Es gibt keine Auswertung {name!r}; möglich sind quick, statements und transformer."


class Steps:
    """Does the work of leases; one instance per worker, so that models are loaded once."""

    def __init__(self, store: Store, settings: Settings, hands: Hands | None = None) -> None:
        self._store, self._settings = store, settings
        self.hands = hands or Here(settings)
        self._files = FileStore.of(settings)
        self._embedder: Embedder | None = None
        self.budget = Budget(store.spending, owner_name())
        self.indexes = Indexes(store)

    def take(self, lease: Lease, stopped: Stopped) -> None:
        """Do one step of one document; raises our errors, having stored what was done before."""
        if lease.work is Work.READ:
            self._read(lease.document, stopped)
        elif lease.work is Work.EXTRACT:
            self._extract(lease.document, stopped)
        elif lease.work is Work.RESOLVE:
            self._resolve(lease.document, stopped)
        elif lease.work is Work.EMBED and self.embed(lease.document, stopped):
            self.embedded(lease.document)

    def asked_elsewhere(self, lease: Lease) -> bool:
        """Whether a step waits for the answers of models: `ingest.by_model` then takes it on, with others."""
        document = lease.document
        if lease.work is Work.EMBED:
            spec = find_embedding(self.embedding())
            return not spec.here or self.hands.computes(spec)
        if lease.work is Work.CAPTION:
            return True
        by_others = document.extractor in BY_MODEL or (self.hands.elsewhere and document.extractor == QUICK)
        return lease.work is Work.EXTRACT and document.claims is None and by_others

    def embedding(self) -> str:
        """The id of the model that makes the vectors."""
        return self._store.embeddings.meta().embedding_model or DEFAULT_EMBEDDING

    def fail(self, lease: Lease, failure: Failure) -> None:
        """Store why a document could not go on; what was stored of it before stays and can be found."""
        document = replace(lease.document, failure=failure)
        if lease.work is Work.CAPTION:
            self._nobody_looks(document, failure)
            return
        if lease.work in (Work.RESOLVE, Work.EMBED):
            # Words find it all the same, so the document is not lost, only what makes it easier to find is missing.
            following = Work.EMBED if lease.work is Work.RESOLVE else Work.NONE
            self._store.documents.advance(document, lease.work, following)
        else:
            self._store.documents.advance(replace(document, state=State.FAILED), lease.work, Work.NONE)
        self._finish_job(document)

    def trouble(self, lease: Lease, error: StoreError) -> None:
        """Tell on the document what keeps it waiting, if the database can take it; the work stays open."""
        document = self._store.documents.get(lease.document.id)
        if document is not None and document.state is not State.FAILED:
            self._store.documents.update(replace(document, failure=error.failure()), lease.work)

    def _read(self, document: Document, stopped: Stopped) -> None:
        assert document.sha256 is not None
        path = self._files.original(document.sha256)
        content = read(path, name_in(document.uri, path.suffix), Limits.of(self._settings))
        if is_service(document.ocr):
            self.budget.forget(document.job)
            seen = with_ocr(content, document, self._files, self._settings, stopped, self.budget)
            if seen is None:
                return
            content = seen
        text_sha256 = self._write_text(document, content.text)
        if content.media_type == IIIF:
            keep_sources(self._files, document.sha256)
        if content.lines:
            self._files.write(self._files.lines_path(document.sha256), LineIndex(content.lines).dumps())
        document = replace(
            document,
            title=document.title if document.claims and document.title else content.title,
            media_type=content.media_type,
            language=document.language or content.language,
            rights=document.rights or content.rights,
            attribution=document.attribution or content.attribution,
            pages=len(content.pages),
            characters=max(len(content.text), self._store.looked.end(document.id).characters),
            text_sha256=text_sha256,
            state=State.RUNNING,
            failure=content.failure,
            left_out=content.left_out,
        )
        chunks = chunk(content, document)
        state, work = State.RUNNING, Work.EXTRACT
        if to_look_at(document, chunks):
            work = Work.CAPTION
        elif not any(c.state is State.PENDING for c in chunks):
            state = State.WAITING if any(c.state is State.WAITING for c in chunks) else State.EMPTY
            # Claims made by hand may be about a picture that nothing has described yet.
            work = Work.EXTRACT if document.claims else Work.NONE
        if self._store.documents.put_chunks(replace(document, state=state), chunks, Work.READ, work):
            settle(self._store, self._files, document)
        if work is Work.NONE:
            self._finish_job(document)

    def _write_text(self, document: Document, text: str) -> str:
        """Keep a document's text, and behind it what models saw in its pictures, if it was read before; its hash."""
        assert document.sha256 is not None
        shared = self._store.documents.with_content(document.sha256) != (document.id,)
        needed = shared or self._store.looked.end(document.id).index >= 0
        known = document_text(self._files, document, newest=True) if needed else ""
        if known and known.startswith(text):
            return hash_of(known)
        return self._files.write_text(document.sha256, text)

    def _nobody_looks(self, document: Document, failure: Failure) -> None:
        """No picture of a document can be looked at: each says why, and its text goes on without them."""
        self._store.looked.fail_waiting(document.id, failure)
        self.looked(document)

    def looked(self, document: Document) -> None:
        """Nothing of a document waits to be looked at any more: go on to its claims."""
        known = self._store.documents.get(document.id)
        self._store.documents.advance(replace(known or document, state=State.RUNNING), Work.CAPTION, Work.EXTRACT)

    def _extract(self, document: Document, stopped: Stopped) -> None:
        if document.claims:
            self._extract_by_hand(document, stopped)
        elif document.extractor == QUICK:
            self.put(document, self.names(document), stopped)
        else:
            raise UnknownExtractor(name=document.extractor)

    def _extract_by_hand(self, document: Document, stopped: Stopped) -> None:
        assert document.claims is not None
        content = read_statements(self._files.original(document.claims))
        chunks = list(self._store.documents.all_chunks(document.id))
        text = document_text(self._files, document)
        self.put(document, hand_extractions(content, document, chunks, text), stopped)

    def names(self, document: Document) -> list[Extraction]:
        """The names in a document and, for a picture, what its file says of it."""
        # All chunks are looked at even after an interruption: names are understood across the whole document.
        chunks = [c for c in self._store.documents.all_chunks(document.id) if c.text]
        found = self.hands.names(chunks, document.language, document.collection)
        if document.media_type.startswith("image/"):
            text = document_text(self._files, document)
            found = [with_own_claims(each, document, c, text) for each, c in zip(found, chunks, strict=True)]
        return found

    def put(self, document: Document, extractions: Sequence[Extraction], stopped: Stopped) -> None:
        """Store what was found in a document and go on with it; what is stopped is found again."""
        for begin in range(0, len(extractions), STORE_BATCH):
            if stopped():
                return
            self._store.claims.put(extractions[begin : begin + STORE_BATCH], document.collection)
        self.extracted(document)

    def text_of(self, document: Document) -> str:
        """The text that a document's offsets count in."""
        return document_text(self._files, document)

    def extracted(self, document: Document) -> None:
        """Nothing of a document is left to be extracted: say how it went, and go on to who is who in it."""
        counts = self._store.documents.coverage([document])[0].chunks
        state = State.DONE
        if counts.get(State.FAILED) and not counts.get(State.DONE):
            state = State.FAILED
        elif counts.get(State.WAITING) and not counts.get(State.DONE):
            state = State.WAITING
        elif not counts.get(State.DONE) and not counts.get(State.EMPTY):
            state = State.EMPTY
        failure = document.failure
        if state is State.FAILED:
            failure = next(
                (c.failure for c in self._store.documents.problems(document.id) if c.state is State.FAILED), None
            )
        self._store.documents.advance(replace(document, state=state, failure=failure), Work.EXTRACT, Work.RESOLVE)

    def _resolve(self, document: Document, stopped: Stopped) -> None:
        """See which of a document's names are known ones, before claims that become one get their vectors."""
        resolve_document(self._store.resolution, document.id, stopped)
        if not stopped():
            self._store.documents.advance(document, Work.RESOLVE, Work.EMBED)

    def embed(self, document: Document, stopped: Stopped) -> bool:
        """Give a document its vectors; False when stopped before the end."""
        embedder = self._open_embedder()
        paid = self._paid(embedder.spec, document.job, stopped)
        return embed_document(self._store, embedder, document.id, stopped, paid)

    def embed_together(self, documents: Sequence[Document]) -> dict[str, bool]:
        """Give documents of one job vectors, as many as fit into one request; by id, whether one has all of its own.

        Raises Halted where the job is.
        """
        embedder = self._open_embedder()
        paid = self._paid(embedder.spec, documents[0].job)
        return embed_some(self._store, embedder, [each.id for each in documents], paid)

    def _paid(self, spec: EmbeddingSpec, job: str | None, stopped: Stopped = lambda: False) -> Around:
        """Asks and counts a request for vectors around it; those that are made here cost nothing."""
        if spec.here:
            return nullcontext
        return lambda texts: vectors_paid(self.budget, job, spec, texts, self._settings, stopped)

    def _open_embedder(self) -> Embedder:
        name = self._store.embeddings.resume().embedding_model or DEFAULT_EMBEDDING
        embedder = self._embedder
        if embedder is None or embedder.spec.id != name:
            embedder = self._embedder = self.hands.embedder(name)
        return embedder

    def embedded(self, document: Document) -> None:
        """All of a document has its vectors: it is done."""
        self.indexes.grown()
        self._store.documents.advance(_without_trouble(document), Work.EMBED, Work.NONE)
        self._finish_job(document)

    def _finish_job(self, document: Document) -> None:
        if document.job and not self._store.queue.left(document.job):
            self._store.queue.finish(document.job)


def _without_trouble(document: Document) -> Document:
    """The document without what a model or its provider kept it from before; trouble with the file itself stays."""
    kind = WunderkammerError.known.get(document.failure.code) if document.failure else None
    passed = kind is not None and issubclass(kind, ModelError | Missing | StoreError)
    return replace(document, failure=None) if passed and document.state is not State.FAILED else document
