"""Extraction by chat models: chunks of several documents at once, each stored as soon as it is there.

A thread of its own feeds the calls and stores what comes, so that files are read and vectors made meanwhile.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from graph.errors import Failure, StoreError, WunderkammerError
from graph.store import Store
from graph.types import Chunk, Document, Extraction
from graph.work import Lease
from ingest.calls import Calls, Done
from ingest.claim_schema import ExtractionSchema
from ingest.errors import Unexpected
from ingest.heartbeat import Heartbeat
from ingest.pace import Pace
from llm.catalog import family, find_model, open_chat
from settings import Settings

if TYPE_CHECKING:
    from ingest.extract import StatementExtractor

MOST_DOCUMENTS: Final = 64
"""Documents that are worked on at once, where each has only a few passages."""
_WAIT: Final = 0.2
_LOOK_AGAIN: Final = 2.0
"""Seconds between two looks whether a document is still wanted."""

log = logging.getLogger("wunderkammer.by_model")


@dataclass(slots=True)
class _Reading:
    """A document on its way: which chunks were handed on, which of them are out, and whether there may be more."""

    lease: Lease
    text: str
    extractor: StatementExtractor
    heartbeat: Heartbeat
    handed: set[str] = field(default_factory=set)
    out: set[str] = field(default_factory=set)
    more: bool = True
    looked: float = 0.0

    @property
    def document(self) -> Document:
        return self.lease.document


class ByModel:
    """Documents that chat models read. `add` and the questions are for one thread; the work is done by another."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        owner: str,
        text_of: Callable[[Document], str],
        ended: Callable[[Document], None],
    ) -> None:
        """`ended` is told of each document all of whose chunks are done or failed."""
        self._store, self._settings, self._owner = store, settings, owner
        self._text_of, self._ended = text_of, ended
        self._readings: dict[str, _Reading] = {}
        self._calls: dict[str, Calls[tuple[str, str], Extraction]] = {}
        self._pieces: dict[tuple[str, str], Chunk] = {}
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._stopped = False
        self._trouble: StoreError | None = None
        self._thread = threading.Thread(target=self._run, name="by model", daemon=True)

    def __enter__(self) -> ByModel:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._something.set()
        self._thread.join()

    @property
    def busy(self) -> bool:
        """Whether any document is on its way."""
        return bool(self._readings)

    @property
    def room(self) -> bool:
        """Whether another document should be added, so that no place stays empty."""
        with self._lock:
            hungry = not self._calls or any(calls.hungry for calls in self._calls.values())
            return hungry and len(self._readings) < MOST_DOCUMENTS

    def trouble(self) -> StoreError | None:
        """What the database was in the way with since the last time; all documents were given back then."""
        found, self._trouble = self._trouble, None
        return found

    def add(self, lease: Lease) -> None:
        """Take a document on. Raises what opening its model raises, and what its text raises."""
        # Only here: LangChain and the providers' packages take seconds to import, and the quick way does not need them.
        from ingest.extract import StatementExtractor

        document = lease.document
        spec = find_model(document.model or "", self._settings)
        chat = open_chat(spec, self._settings)
        extractor = StatementExtractor(chat, ExtractionSchema(), document.collection, spec.id)
        text = self._text_of(document)
        heartbeat = Heartbeat(self._store, lease, self._owner)
        heartbeat.start()
        with self._lock:
            if spec.id not in self._calls:
                most = 1 if family(spec.family).here else self._settings.calls_at_once
                self._calls[spec.id] = Calls(Pace(most))
            self._readings[document.id] = _Reading(lease, text, extractor, heartbeat)
        self._something.set()

    def _run(self) -> None:
        while not self._stopped:
            if not self._readings:
                self._something.wait()
                self._something.clear()
                continue
            try:
                self._step()
            except StoreError as error:
                log.error("%s", error)
                self._give_back()
                self._trouble = error
        self._give_back()

    def _step(self) -> None:
        with self._lock:
            readings, calls = list(self._readings.values()), list(self._calls.values())
            for reading in readings:
                self._feed(reading)
        done = [each for some in calls for each in some.done(_WAIT / len(calls))]
        self._keep(done)
        for reading in readings:
            self._look_after(reading)

    def _feed(self, reading: _Reading) -> None:
        """Hand on chunks of a document while there is room for them."""
        document = reading.document
        calls = self._calls[find_model(document.model or "", self._settings).id]
        if not reading.more or not calls.hungry:
            return
        wanted = len(reading.out) + 64
        pieces = self._store.documents.open_chunks(document.id, limit=wanted)
        new = [piece for piece in pieces if piece.id not in reading.handed]
        reading.more = len(pieces) == wanted
        for piece in new:
            key = (document.id, piece.id)
            reading.handed.add(piece.id)
            reading.out.add(piece.id)
            self._pieces[key] = piece
            calls.add(key, _work(reading, piece))

    def _keep(self, done: list[Done[tuple[str, str], Extraction]]) -> None:
        """Store what came: claims, or why there are none."""
        by_collection: dict[str, list[Extraction]] = {}
        for each in done:
            piece = self._pieces.pop(each.key)
            if isinstance(each.result, Extraction):
                by_collection.setdefault(piece.collection, []).append(each.result)
            else:
                self._store.documents.fail_chunk(piece.id, _failure(each.result))
        for collection, extractions in by_collection.items():
            self._store.claims.put(extractions, collection)
        for document, chunk in (each.key for each in done):
            if document in self._readings:
                self._readings[document].out.discard(chunk)

    def _look_after(self, reading: _Reading) -> None:
        """Let a document go when it is done, or when nobody wants it any more."""
        now = time.monotonic()
        if not reading.out and not reading.more:
            self._let_go(reading)
            self._ended(reading.document)
        elif now - reading.looked > _LOOK_AGAIN:
            reading.looked = now
            if reading.heartbeat.lost():
                self._let_go(reading)

    def _let_go(self, reading: _Reading) -> None:
        with self._lock:
            self._readings.pop(reading.document.id, None)
        for chunk in reading.out:
            for calls in self._calls.values():
                calls.drop((reading.document.id, chunk))
            self._pieces.pop((reading.document.id, chunk), None)
        reading.heartbeat.stop()

    def _give_back(self) -> None:
        """Give all documents back, as they are: the next who asks for work goes on with them."""
        for reading in list(self._readings.values()):
            self._let_go(reading)
            try:
                self._store.queue.release(reading.document.id, self._owner)
            except StoreError as error:
                # The lease ends by itself.
                log.warning("release: %s", error)


def _work(reading: _Reading, piece: Chunk) -> Callable[[], Extraction]:
    return lambda: reading.extractor.extract(piece, reading.text)


def _failure(problem: BaseException) -> Failure:
    if isinstance(problem, WunderkammerError):
        return problem.failure()
    # A bug of ours must not stop the other chunks: it is logged in full and told on the chunk.
    log.error("extraction", exc_info=problem)
    return Unexpected(detail=f"{type(problem).__name__}: {problem}"[:300], log="worker.log").failure()
