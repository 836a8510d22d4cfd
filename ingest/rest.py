"""Going on with documents that were not read to their end: what failed, and what an import that was stopped left."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graph.jobs import Job, Limits
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Coverage, Document, State
from graph.work import Work, now
from ingest.extractors import BY_MODEL
from ingest.limits import check_limits
from ingest.looks import reader
from settings import Settings

_OPEN = (State.PENDING, State.RUNNING)
_AT_ONCE = 500


def go_on(store: Store, known: Document, left: Work, new: Document) -> bool:
    """Go on with a document that was left off, as part of the import that brings it again; what is done stays done.

    Who reads its scans and describes its pictures is who was chosen now. False where somebody else has begun.
    """
    again = replace(known, job=new.job, failure=None)
    if left is not Work.EMBED:
        eyes = {"caption_model": new.caption_model, "caption_language": new.caption_language, "ocr": new.ocr}
        again = replace(again, **eyes)  # type: ignore[arg-type]
    return _take_up(store, again, left)


def _take_up(store: Store, document: Document, left: Work) -> bool:
    state = {Work.READ: State.PENDING, Work.EXTRACT: State.RUNNING}.get(left, document.state)
    if left is Work.EXTRACT and (document.caption_model is not None or reader(document) is not None):
        # Its claims follow what is seen in its pictures.
        left = Work.CAPTION
    return store.queue.take_up(replace(document, state=state), left)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What would be tried again or gone on with: documents, their passages that are still to be read, what stays out.

    `unknown` counts documents of which nobody knows yet how many passages they have; `out` are those that failed before
    there was a copy of them, so that they must be added again.
    """

    documents: tuple[Document, ...] = ()
    passages: int = 0
    characters: int = 0
    unknown: int = 0
    out: tuple[Document, ...] = ()

    @property
    def asks(self) -> tuple[str, ...]:
        """The ids of the models and services that may be asked, each once."""
        found = (id_ for each in self.documents for id_ in _asks(each))
        return tuple(dict.fromkeys(found))

    @property
    def asks_models(self) -> bool:
        """Whether a model or service is asked again; vectors alone are none of that."""
        return bool(self.asks) and bool(self.passages or self.unknown)


def _asks(document: Document) -> list[str]:
    claims = document.model if document.extractor in BY_MODEL and not document.claims else None
    return [id_ for id_ in (claims, document.caption_model, document.ocr) if id_]


def unfinished(
    store: Store, document_id: str | None = None, collections: Sequence[str] = (DEFAULT_COLLECTION,)
) -> Unfinished:
    """What `retry` would do of one document or of all; changes nothing."""
    found = Unfinished()
    for documents in _named(store, document_id, collections):
        left = store.queue.left_off([each.id for each in documents])
        for coverage in store.documents.coverage(documents):
            found = _with(found, store, coverage, left)
    return found


def _with(found: Unfinished, store: Store, coverage: Coverage, left: Mapping[str, Work]) -> Unfinished:
    document, total = coverage.document, sum(coverage.chunks.values())
    failed = coverage.chunks.get(State.FAILED, 0)
    if document.state is State.FAILED and not document.sha256 and not total:
        return replace(found, out=(*found.out, document))
    if not (document.state is State.FAILED or failed or document.id in left):
        return found
    passages = failed + sum(coverage.chunks.get(state, 0) for state in _OPEN)
    return replace(
        found,
        documents=(*found.documents, document),
        passages=found.passages + passages,
        characters=found.characters + (document.characters * passages // total if total else 0),
        unknown=found.unknown + int(not total),
    )


def job_for(store: Store, settings: Settings, again: Unfinished, limits: Limits) -> Job:
    """A new import that documents are tried again under, with limits of its own; raises what `check_limits` raises."""
    check_limits(limits, again.asks, store.embeddings.meta().embedding_model, settings)
    first = next((each for each in again.documents if each.extractor in BY_MODEL), again.documents[0])
    job = Job(uuid.uuid4().hex, first.collection, first.extractor, now(), first.model, limits=limits)
    store.queue.put_job(job)
    return job


def retry(
    store: Store,
    document_id: str | None,
    collections: Sequence[str] = (DEFAULT_COLLECTION,),
    job: Job | None = None,
) -> list[str]:
    """Queue again what failed or was left off, of one document or of all; returns these documents.

    The limits of `job` hold; without it, those of the import that brought each, and what that has spent counts.
    """
    queued: list[str] = []
    for documents in _named(store, document_id, collections):
        left = store.queue.left_off([each.id for each in documents])
        for document in documents:
            again = document if job is None else replace(document, job=job.id)
            if _failed_again(store, again) or (again.id in left and _take_up(store, again, left[again.id])):
                if again.job:
                    store.queue.reopen(again.job)
                queued.append(again.id)
    return queued


def _failed_again(store: Store, document: Document) -> bool:
    """Queue what failed of a document; False where nothing did, or there is no copy of it."""
    looking = document.caption_model is not None or reader(document) is not None
    # Both kinds are set back at once: what is extracted follows what is seen.
    failed, unseen = store.documents.reopen_failed(document.id), looking and store.looked.reopen_failed(document.id)
    if document.state is State.FAILED and document.sha256 and not store.documents.chunks(document.id, limit=1):
        again, work = replace(document, state=State.PENDING, failure=None), Work.READ
    elif unseen:
        again, work = replace(document, state=State.RUNNING, failure=None), Work.CAPTION
    elif failed or (document.state is State.FAILED and document.sha256):
        # One that failed before any passage was asked about, for want of a key, say, has all of them still open.
        again, work = replace(document, state=State.RUNNING, failure=None), Work.EXTRACT
    else:
        return False
    store.documents.update(again, work)
    return True


def _named(store: Store, document_id: str | None, collections: Sequence[str]) -> list[list[Document]]:
    """The one document, or all in parts; all are read before any is queued."""
    if document_id is None:
        found = list(store.documents.every(collections))
    else:
        found = [document for document in (store.documents.get(document_id),) if document]
    return [found[begin : begin + _AT_ONCE] for begin in range(0, len(found), _AT_ONCE)]
