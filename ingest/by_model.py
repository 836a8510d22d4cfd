"""Steps that wait for the answers of models: claims of chunks, vectors from a server. Several documents at once.

All that one server is asked counts together, since it is the server that has a limit. A thread of its own feeds the
calls and stores what comes as soon as it is there, so that files are read meanwhile.
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
from graph.work import ORDER, Lease, Work
from ingest.calls import Calls, Done
from ingest.claim_schema import ExtractionSchema
from ingest.errors import Unexpected
from ingest.heartbeat import Heartbeat
from ingest.own_claims import with_own_claims
from ingest.pace import Pace
from llm.catalog import family, find_model, open_chat
from llm.embed import find_embedding
from llm.endpoint import endpoint
from settings import Settings

if TYPE_CHECKING:
    from ingest.extract import StatementExtractor
    from ingest.steps import Steps

Key = tuple[str, str]
"""A document and one of its chunks, or VECTORS."""
VECTORS: Final = "vectors"
VECTORS_AT_ONCE: Final = 4
"""Documents whose vectors are asked for at once: each asks for many in one request."""
MOST_DOCUMENTS: Final = 64
"""Documents that are worked on at once, where each has only a few passages."""
_WAIT: Final = 0.2
_LOOK_AGAIN: Final = 2.0
"""Seconds between two looks whether a document is still wanted."""

log = logging.getLogger("wunderkammer.by_model")


@dataclass(slots=True)
class _Asking:
    """A document on its way: which pieces were handed on, which of them are out, and whether there may be more.

    `extractor` is None where it is asked for vectors, which are one piece.
    """

    lease: Lease
    heartbeat: Heartbeat
    calls: Calls[Key, Extraction | bool]
    extractor: StatementExtractor | None = None
    text: str = ""
    handed: set[str] = field(default_factory=set)
    out: set[str] = field(default_factory=set)
    more: bool = True
    looked: float = 0.0

    @property
    def document(self) -> Document:
        return self.lease.document


class ByModel:
    """Documents that models are asked about. `add` and the questions are for one thread; another does the work."""

    def __init__(self, store: Store, settings: Settings, owner: str, steps: Steps) -> None:
        """`steps` knows a document's text, makes vectors, and is told how a document ended."""
        self._store, self._settings, self._owner, self._steps = store, settings, owner, steps
        self._asked: dict[str, _Asking] = {}
        self._calls: dict[str, Calls[Key, Extraction | bool]] = {}
        self._pieces: dict[Key, Chunk] = {}
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
        return bool(self._asked)

    def kinds(self) -> tuple[Work, ...]:
        """The kinds of work there is room for: more of what is asked of models only where a place would stay empty."""
        with self._lock:
            hungry = not self._calls or any(calls.hungry for calls in self._calls.values())
            vectors = sum(asking.extractor is None for asking in self._asked.values())
            full = {
                Work.EXTRACT: not hungry or len(self._asked) >= MOST_DOCUMENTS,
                Work.EMBED: vectors >= VECTORS_AT_ONCE,
            }
        return tuple(work for work in ORDER if not full.get(work))

    def trouble(self) -> StoreError | None:
        """What the database was in the way with since the last time; all documents were given back then."""
        found, self._trouble = self._trouble, None
        return found

    def add(self, lease: Lease) -> None:
        """Take a document on. Raises what opening its model raises, and what its text raises."""
        document = lease.document
        if lease.work is Work.EMBED:
            spec = find_embedding(self._steps.embedding())
            self._take_on(
                lease, self._calls_to(endpoint(spec.family, self._settings).name, self._settings.calls_at_once)
            )
            return
        # Only here: LangChain and the providers' packages take seconds to import, and the quick way does not need them.
        from ingest.extract import StatementExtractor

        model = find_model(document.model or "", self._settings)
        extractor = StatementExtractor(
            open_chat(model, self._settings), ExtractionSchema(), document.collection, model.id
        )
        text = self._steps.text_of(document)
        if family(model.family).here:
            calls = self._calls_to(model.id, 1)
        else:
            calls = self._calls_to(endpoint(model.family, self._settings).name, self._settings.calls_at_once)
        self._take_on(lease, calls, extractor, text)

    def _calls_to(self, server: str, most: int) -> Calls[Key, Extraction | bool]:
        with self._lock:
            if server not in self._calls:
                self._calls[server] = Calls(Pace(most))
            return self._calls[server]

    def _take_on(
        self,
        lease: Lease,
        calls: Calls[Key, Extraction | bool],
        extractor: StatementExtractor | None = None,
        text: str = "",
    ) -> None:
        asking = _Asking(lease, Heartbeat(self._store, lease, self._owner), calls, extractor, text)
        asking.heartbeat.start()
        with self._lock:
            self._asked[lease.document.id] = asking
        self._something.set()

    def _run(self) -> None:
        while not self._stopped:
            if not self._asked:
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
            asked, calls = list(self._asked.values()), list(self._calls.values())
            for asking in asked:
                self._feed(asking)
        done = [each for some in calls for each in some.done(_WAIT / len(calls))]
        self._keep(done)
        for asking in asked:
            self._look_after(asking)

    def _feed(self, asking: _Asking) -> None:
        """Hand on pieces of a document while there is room for them."""
        document = asking.document
        if not asking.more:
            return
        if asking.extractor is None:
            asking.more = False
            asking.out.add(VECTORS)
            asking.calls.add((document.id, VECTORS), self._vectors(asking))
            return
        if not asking.calls.hungry:
            return
        wanted = len(asking.out) + 64
        pieces = self._store.documents.open_chunks(document.id, limit=wanted)
        asking.more = len(pieces) == wanted
        for piece in pieces:
            if piece.id not in asking.handed:
                asking.handed.add(piece.id)
                asking.out.add(piece.id)
                self._pieces[document.id, piece.id] = piece
                asking.calls.add((document.id, piece.id), _claims(asking.extractor, document, piece, asking.text))

    def _vectors(self, asking: _Asking) -> Callable[[], bool]:
        return lambda: self._steps.embed(asking.document, asking.heartbeat.lost, once=True)

    def _keep(self, done: list[Done[Key, Extraction | bool]]) -> None:
        """Store what came: claims, or why there are none. Raises what the database raises."""
        by_collection: dict[str, list[Extraction]] = {}
        for key, result in ((each.key, each.result) for each in done):
            if isinstance(result, StoreError):
                raise result
            if key[1] == VECTORS:
                self._vectors_came(key[0], result)
            elif isinstance(result, Extraction):
                by_collection.setdefault(self._pieces[key].collection, []).append(result)
            else:
                self._store.documents.fail_chunk(key[1], _failure(result))
        for collection, extractions in by_collection.items():
            self._store.claims.put(extractions, collection)
        for document, piece in (each.key for each in done):
            self._pieces.pop((document, piece), None)
            if document in self._asked:
                self._asked[document].out.discard(piece)

    def _vectors_came(self, document: str, result: object) -> None:
        asking = self._asked.get(document)
        if asking is None:
            return
        if result is True:
            self._steps.embedded(asking.document)
        elif result is False:
            # One request more, as a call of its own: so it can be late, and others have their turn.
            asking.more = True
        else:
            self._steps.fail(asking.lease, _failure(result))

    def _look_after(self, asking: _Asking) -> None:
        """Let a document go when it is done, or when nobody wants it any more."""
        now = time.monotonic()
        if not asking.out and not asking.more:
            self._let_go(asking)
            if asking.extractor is not None:
                self._steps.extracted(asking.document)
        elif now - asking.looked > _LOOK_AGAIN:
            asking.looked = now
            if asking.heartbeat.lost():
                self._let_go(asking)

    def _let_go(self, asking: _Asking) -> None:
        with self._lock:
            self._asked.pop(asking.document.id, None)
        for piece in asking.out:
            asking.calls.drop((asking.document.id, piece))
            self._pieces.pop((asking.document.id, piece), None)
        asking.heartbeat.stop()

    def _give_back(self) -> None:
        """Give all documents back, as they are: the next who asks for work goes on with them."""
        for asking in list(self._asked.values()):
            self._let_go(asking)
            try:
                self._store.queue.release(asking.document.id, self._owner)
            except StoreError as error:
                # The lease ends by itself.
                log.warning("release: %s", error)


def _claims(extractor: StatementExtractor, document: Document, piece: Chunk, text: str) -> Callable[[], Extraction]:
    return lambda: with_own_claims(extractor.extract(piece, text), document, piece, text)


def _failure(problem: object) -> Failure:
    if isinstance(problem, WunderkammerError):
        return problem.failure()
    # A bug of ours must not stop the other chunks: it is logged in full and told on the chunk.
    log.error("asking a model", exc_info=problem if isinstance(problem, BaseException) else None)
    return Unexpected(detail=f"{type(problem).__name__}: {problem}"[:300], log="worker.log").failure()
