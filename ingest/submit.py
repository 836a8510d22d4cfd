"""Handing documents in: what an import would take, before it runs; queueing it; taking documents out again.

Files are copied before anything else, so the original may be moved or the browser closed. A file that cannot be read
becomes a document that failed, with the reason; what is no document at all (nothing there, no answer, empty) is refused
and told of, and no more than that; the rest of the batch goes on.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from graph.errors import WrongUse
from graph.jobs import NO_LIMITS, Arrivals, Limits, Refused
from graph.origins import is_path, is_place
from graph.removal import Removed
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document, State, make_id
from graph.work import Job, Work, now
from ingest.claim_schema import ExtractionSchema
from ingest.collect import Candidate, collect
from ingest.extractors import BY_MODEL, QUICK, check_reader, default_schema, keep
from ingest.files import FileStore
from ingest.known import Standing, compare
from ingest.limits import check_limits
from ingest.looks import check_eyes, look_again
from ingest.rest import go_on
from ingest.unpack import INSIDE
from ingest.versions import remove, settle
from llm.language import NAMES
from settings import Settings

BATCH = 100
NOTHING_REPLACED: Mapping[str, str] = MappingProxyType({})


class NothingGiven(WrongUse):
    en = "Nothing to import: name at least one file, folder or web address."
    de = "Nichts zu importieren: Bitte mindestens eine Datei, einen Ordner oder eine Webadresse angeben."


@dataclass(frozen=True, slots=True)
class Options:
    """How to import: extractor `quick`, `statements` or `transformer`, the chat model for it, the language if known.

    `caption_model` describes pictures, in `caption_language` (de or en; without it the documents' language where that
    is one of them). `ocr` names the service or the vision model that reads pages without text. Without them they wait.
    `schema` says which kinds and relations a model may use; without it, those that the collection used last.
    `limits` are hard: before a call that could go over one, the import stops, and goes on when the limit is raised.
    """

    extractor: str = "quick"
    model: str | None = None
    caption_model: str | None = None
    language: str | None = None
    collection: str = DEFAULT_COLLECTION
    ocr: str | None = None
    schema: ExtractionSchema | None = None
    limits: Limits = NO_LIMITS
    caption_language: str | None = None
    quick_again: bool = False
    """Whether `quick` also counts for documents that a model has read: its claims would be lost."""

    @property
    def asks(self) -> tuple[str, ...]:
        """The ids of the chat models and the service that are asked."""
        claims = self.model if self.extractor != QUICK else None
        return tuple(filter(None, (claims, self.caption_model, self.ocr)))

    @property
    def described_in(self) -> str | None:
        """The language in which pictures are described; None where nobody describes them."""
        if self.caption_model is None:
            return None
        known = (each for each in (self.caption_language, self.language) if each in NAMES)
        return next(known, "en")


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was queued: the job, documents to be read, those the graph has already, those that failed at the door.

    Of the queued ones those are `updated` that replace another version of themselves, are read in another way, or to
    their end, which an import that was stopped did not reach.
    `refused` is what is no document: it was stored nowhere.
    """

    job: Job
    queued: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    refused: tuple[Document, ...] = ()


def check_paths(paths: Sequence[Path | str]) -> None:
    """Raises NothingGiven for a request that names nothing."""
    if not paths:
        raise NothingGiven()


def submit(
    store: Store,
    settings: Settings,
    paths: Sequence[Path | str],
    options: Options,
    instead: Mapping[str, str] = NOTHING_REPLACED,
) -> Submitted:
    """Copy the files, queue their documents as one job, and return at once; `ingest.worker` does the rest.

    Web addresses are fetched now, as files are copied. What is in the graph already, read the same way, is left alone;
    a file or address with other content than before becomes a new version, which replaces the old one once it is read.
    An upload has no place: `instead` says which document (its id) it is a new version of, by the name it was sent with.
    Raises NothingGiven, what is missing for who is to read or describe, what `check_limits` and the database raise.
    """
    check_paths(paths)
    store = store.for_adding()
    for id_ in filter(None, (options.ocr, options.caption_model)):
        check_eyes(id_, settings, reads=id_ is options.ocr)
    check_limits(options.limits, options.asks, store.embeddings.meta().embedding_model, settings)
    check_reader(options.extractor, options.model, settings)
    job = Job(uuid.uuid4().hex, options.collection, options.extractor, now(), options.model, limits=options.limits)
    store.queue.put_job(job)
    taken = _Taken(store, FileStore.of(settings), job, options, _schema(store, options), dict(instead))
    try:
        for part in _batches(collect(paths, taken.files, settings), BATCH):
            taken.take(part)
    finally:
        # Also where it was broken off halfway: what was queued is read, and an import of nothing is over.
        store.queue.arrived(job.id, taken.arrivals())
        if not taken.queued:
            store.queue.finish(job.id)
    return Submitted(
        job,
        tuple(taken.queued),
        tuple(taken.left()),
        tuple(taken.failed),
        (*taken.changed, *taken.again, *taken.rest),
        tuple(taken.refused),
    )


@dataclass(slots=True)
class _Taken:
    """What became of the candidates of one request, so far."""

    store: Store
    files: FileStore
    job: Job
    options: Options
    schema: str | None
    instead: dict[str, str]
    queued: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    refused: list[Document] = field(default_factory=list)

    def take(self, part: Sequence[Candidate]) -> None:
        """Store the documents of some candidates, and which versions they replace, before anybody reads them."""
        store, collection = self.store, self.options.collection
        every = [document_of(candidate, self.job.id, self.options, self.schema) for candidate in part]
        self.refused += [d for d in every if d.failure and d.failure.no_document]
        documents = [d for d in every if not (d.failure and d.failure.no_document)]
        found = compare(store, collection, documents, self.instead, self.options.quick_again)
        new, replaced = found.new, found.replaced
        for document in new.values():
            known = found.known.get(document.id)
            if known is not None and (known.state is not State.PENDING or known.id in found.left):
                store.removal.remove(document.id, document.collection)
        readable = [d for d in new.values() if d.failure is None]
        store.documents.put([d for d in readable if d.id in replaced], Work.NONE)
        store.documents.put([d for d in new.values() if d.failure is not None], Work.NONE)
        store.documents.put([d for d in readable if d.id not in replaced], Work.READ)
        store.origins.put(collection, found.places)
        store.versions.put([(id_, old) for id_, olds in replaced.items() for old in olds])
        store.documents.put([d for d in readable if d.id in replaced], Work.READ)
        for document in documents:
            if document.id in found.known and document.id not in new:
                self._leave(found.known[document.id], document, document.id in replaced, found.left.get(document.id))
        self._drop_unopened(documents)
        self.queued += [d.id for d in readable]
        self.failed += [id_ for id_, d in new.items() if d.failure is not None]
        self.changed += [d.id for d in readable if found.standing(d) is Standing.CHANGED]
        self.again += [d.id for d in readable if found.standing(d) is Standing.AGAIN]

    def _drop_unopened(self, documents: Sequence[Document]) -> None:
        """An archive that failed as a whole goes where a sound one has taken its place."""
        outer = {d.uri.partition(INSIDE)[0] for d in documents if INSIDE in d.uri and is_place(d.uri)}
        held = self.store.origins.at(self.options.collection, sorted(outer))
        for old in self.store.documents.by_ids(sorted({*held.values()} - {d.id for d in documents})).values():
            if old.state is State.FAILED and self.store.origins.of([old.id])[old.id] == (old.uri,):
                remove(self.store, self.files, old)

    def arrivals(self) -> Arrivals:
        """What became of what was named, to be kept with the job."""
        refused = [Refused(d.title, d.uri, d.failure) for d in self.refused if d.failure]
        return Arrivals(len(self.left()), len(self.changed), len(self.again) + len(self.looked), tuple(refused))

    def left(self) -> list[str]:
        """What the graph has already and stays as it is, each once."""
        return [id_ for id_ in dict.fromkeys(self.unchanged) if id_ not in self.queued]

    def _leave(self, known: Document, new: Document, replaces: bool, left: Work | None) -> None:
        """What the graph has already stays as it is; only where it comes from, who looks at it, or a rest may be news.

        The same file may be named twice: it is gone on with once.
        """
        uri = new.uri
        if known.id in self.queued:
            pass
        elif look_again(self.store, known, new):
            self.queued.append(known.id)
            self.looked.append(known.id)
        elif left is not None and go_on(self.store, known, left, new):
            self.queued.append(known.id)
            self.rest.append(known.id)
        else:
            self.unchanged.append(known.id)
        if replaces and (known.state is not State.PENDING or left not in (None, Work.READ)):
            settle(self.store, self.files, known)
        if uri != known.uri and is_place(uri) and is_path(known.uri) and not os.path.lexists(known.uri):
            self.store.origins.move(known.id, uri)
            self.store.origins.forget(known.collection, [known.uri])


def _schema(store: Store, options: Options) -> str | None:
    """The id of the schema to read by; one that was chosen is what the collection uses from now on."""
    if options.extractor in BY_MODEL and options.schema is not None:
        return keep(store, options.schema, options.collection)
    return schema_id(store, options)


def schema_id(store: Store, options: Options) -> str | None:
    """The id of the schema that an import would read by."""
    if options.extractor not in BY_MODEL:
        return None
    return (options.schema or default_schema(store, options.collection)).id


def document_of(candidate: Candidate, job: str | None, options: Options, schema: str | None) -> Document:
    """The document a file becomes: the same content is the same document, whatever it is called."""
    key = candidate.sha256 or candidate.key or candidate.uri
    about = candidate.about
    return Document(
        id=make_id("document", options.collection, key),
        title=(about.title if about else None) or candidate.name,
        uri=candidate.uri,
        media_type=candidate.media_type,
        collection=options.collection,
        sha256=candidate.sha256,
        size=candidate.size,
        language=(about.language if about else None) or options.language,
        rights=about.rights if about else None,
        attribution=about.attribution if about else None,
        state=State.FAILED if candidate.failure else State.PENDING,
        failure=candidate.failure,
        added_at=now(),
        extractor="hand" if candidate.claims else options.extractor,
        model=None if candidate.claims else options.model,
        job=job,
        claims=candidate.claims,
        ocr=options.ocr,
        schema=None if candidate.claims else schema,
        caption_model=options.caption_model,
        caption_language=options.described_in,
    )


def _batches(candidates: Iterator[Candidate], size: int) -> Iterator[list[Candidate]]:
    batch: list[Candidate] = []
    for candidate in candidates:
        batch.append(candidate)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def remove_document(store: Store, settings: Settings, document_id: str) -> Removed:
    """Take a document out of the graph with all that only it said, and its copy where no other document shares it."""
    document = store.documents.get(document_id)
    if document is None:
        return Removed()
    return remove(store, FileStore.of(settings), document)
