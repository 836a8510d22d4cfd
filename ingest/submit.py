"""Handing documents in: what an import would take, before it runs; queueing it; taking documents out again.

Files are copied before anything else, so the original may be moved or the browser closed. A file that cannot be read
becomes a document that failed, with the reason; the rest of the batch goes on.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graph.errors import WrongUse
from graph.jobs import NO_LIMITS, Limits
from graph.removal import Removed
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document, State, make_id
from graph.work import Job, Work, now
from ingest.collect import Candidate, collect
from ingest.files import FileStore
from ingest.limits import check_limits
from llm.ocr import find_ocr, gap
from settings import Settings

BATCH = 100


class NothingGiven(WrongUse):
    en = "Nothing to import: name at least one file, folder or web address."
    de = "Nichts zu importieren: Bitte mindestens eine Datei, einen Ordner oder eine Webadresse angeben."


@dataclass(frozen=True, slots=True)
class Options:
    """How to import: extractor `quick` or `statements`, the chat model for it, the language where it is known.

    `ocr` names what reads pages without text; without it they wait for a vision model. `limits` are hard: before a call
    that could go over one, the import stops, and goes on where it was when the limit is raised.
    """

    extractor: str = "quick"
    model: str | None = None
    caption_model: str | None = None
    language: str | None = None
    collection: str = DEFAULT_COLLECTION
    ocr: str | None = None
    limits: Limits = NO_LIMITS


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was queued: the job, documents new to the graph, those it has already, those that failed at the door."""

    job: Job
    queued: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


def check_paths(paths: Sequence[Path | str]) -> None:
    """Raises NothingGiven for a request that names nothing."""
    if not paths:
        raise NothingGiven()


def submit(store: Store, settings: Settings, paths: Sequence[Path | str], options: Options) -> Submitted:
    """Copy the files, queue their documents as one job, and return at once; `ingest.worker` does the rest.

    Web addresses are fetched now, as files are copied. What is in the graph already, read the same way, is left alone.
    Raises NothingGiven, what is missing for the OCR that is wanted, what `check_limits` and the database raise.
    """
    check_paths(paths)
    embedding = store.embeddings.meta().embedding_model
    check_limits(options.limits, options.extractor, options.model, options.ocr, embedding, settings)
    if options.ocr and (missing := gap(find_ocr(options.ocr), settings)):
        raise missing
    files = FileStore(settings.files)
    job = Job(uuid.uuid4().hex, options.collection, options.extractor, now(), options.model, limits=options.limits)
    store.queue.put_job(job)
    queued: list[str] = []
    unchanged: list[str] = []
    failed: list[str] = []
    for part in _batches(collect(paths, files, settings), BATCH):
        documents = [_document(candidate, job, options) for candidate in part]
        known = store.documents.by_ids([d.id for d in documents])
        new = list({d.id: d for d in documents if not _same(known.get(d.id), d, store)}.values())
        for document in new:
            if document.id in known and known[document.id].state is not State.PENDING:
                store.removal.remove(document.id, document.collection)
        readable = [d for d in new if d.failure is None]
        broken = [d for d in new if d.failure is not None]
        store.documents.put(readable, Work.READ)
        store.documents.put(broken, Work.NONE)
        queued += [d.id for d in readable]
        failed += [d.id for d in broken]
        unchanged += [d.id for d in documents if d.id in known and d.id not in {n.id for n in new}]
    if not queued:
        store.queue.finish(job.id)
    return Submitted(job, tuple(queued), tuple(dict.fromkeys(unchanged)), tuple(failed))


def _document(candidate: Candidate, job: Job, options: Options) -> Document:
    """The document a file becomes: the same content is the same document, whatever it is called."""
    key = candidate.sha256 or candidate.uri
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
        job=job.id,
        claims=candidate.claims,
        ocr=options.ocr,
    )


def _same(known: Document | None, new: Document, store: Store) -> bool:
    """Whether the graph has this document already, read the same way; one that failed is tried again."""
    if known is None or known.state is State.FAILED:
        return False
    if new.ocr not in (None, known.ocr) and store.documents.coverage([known])[0].chunks.get(State.WAITING):
        return False
    return (known.extractor, known.model, known.claims) == (new.extractor, new.model, new.claims)


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
    removed = store.removal.remove(document.id, document.collection)
    if document.sha256 and not store.documents.with_content(document.sha256):
        FileStore(settings.files).remove(document.sha256)
    return removed


def retry(store: Store, document_id: str | None, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> int:
    """Queue again what failed, of one document or of all; returns how many documents."""
    documents = (
        [d for d in (store.documents.get(document_id),) if d] if document_id else store.documents.every(collections)
    )
    count = 0
    for document in documents:
        if document.state is State.FAILED and document.sha256 and not store.documents.chunks(document.id, limit=1):
            again, work = replace(document, state=State.PENDING, failure=None), Work.READ
        elif store.documents.reopen_failed(document.id):
            again, work = replace(document, state=State.RUNNING, failure=None), Work.EXTRACT
        elif document.state is State.PENDING:
            again, work = document, Work.READ
        else:
            continue
        store.documents.update(again, work)
        if document.job:
            store.queue.reopen(document.job)
        count += 1
    return count
