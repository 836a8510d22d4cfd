"""Steps that wait for the answers of models: looks at pictures, claims of chunks, vectors. Several documents at once.

All that one server is asked counts together, since it is the server that has a limit. A thread of its own feeds the
calls and stores what comes as soon as it is there, so that files are read meanwhile.
"""

from __future__ import annotations

import logging
import threading
from typing import Final

from graph.errors import Failure, StoreError
from graph.store import Store
from graph.types import Extraction
from graph.work import ORDER, Lease, Work
from ingest import asked_vectors
from ingest.asked import AnyCalls, Asked, AskedForClaims, Key, failure
from ingest.asked_looks import AskedForLooks
from ingest.asked_names import AskedForNames
from ingest.asked_vectors import VECTORS, VectorsTogether
from ingest.budget import Halted
from ingest.calls import Calls, Done
from ingest.extractors import QUICK, open_extractor
from ingest.heartbeat import Heartbeat, Held
from ingest.looks import add_plates, open_looker
from ingest.pace import Pace
from ingest.steps import Steps
from llm.catalog import family, find_model
from llm.embed import find_embedding
from llm.endpoint import endpoint
from llm.errors import SAME_FOR_ALL
from llm.spec import ModelSpec
from settings import Settings

MOST_DOCUMENTS: Final = 64
"""Documents that are worked on at once, where each has only a few passages."""
SURPRISES: Final = 3
"""After so many errors of our own in a row the documents are set aside: one of them meets it again and again."""
_FED: Final = AskedForClaims, AskedForLooks, AskedForNames
"""Those whose pieces are handed on one by one."""
_WAIT: Final = 0.05
_NODES: Final = "the computers of the cluster"
"""Stands for a server's name where nobody is asked and only computed."""

log = logging.getLogger("wunderkammer.by_model")


class ByModel:
    """Documents that models are asked about. `add` and the questions are for one thread; another does the work."""

    def __init__(self, store: Store, settings: Settings, owner: str, steps: Steps, heartbeat: Heartbeat) -> None:
        """`steps` knows a document's text, makes vectors, and is told how a document ended."""
        self._store, self._settings, self._owner, self._steps = store, settings, owner, steps
        self._budget, self._heartbeat = steps.budget, heartbeat
        self._asked: dict[str, Asked] = {}
        self._calls: dict[str, AnyCalls] = {}
        self._vectors = VectorsTogether(steps)
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._moved = threading.Event()
        """Set where a document is let go, so that its next step is waited for by nobody."""
        self._stopped = False
        self._trouble: Exception | None = None
        self._surprises = 0
        self._thread = threading.Thread(target=self._run, name="by model", daemon=True)

    def __enter__(self) -> ByModel:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._something.set()
        self._thread.join()
        try:
            self._budget.close()
        except StoreError as error:
            # What was on its way stands in the database, and is counted by whoever asks next.
            log.warning("budget: %s", error)

    @property
    def busy(self) -> bool:
        """Whether any document is on its way."""
        return bool(self._asked)

    def wait(self, seconds: float) -> None:
        """Until a document was let go since the last time, or so many seconds passed."""
        self._moved.wait(seconds)
        self._moved.clear()

    def kinds(self) -> tuple[Work, ...]:
        """The kinds of work there is room for: more of what is asked of models only where a place would stay empty."""
        with self._lock:
            hungry = not self._calls or any(calls.hungry for calls in self._calls.values())
            vectors = sum(not isinstance(asked, _FED) for asked in self._asked.values())
            enough = not hungry or len(self._asked) >= MOST_DOCUMENTS
            full = {
                Work.CAPTION: enough,
                Work.EXTRACT: enough,
                Work.EMBED: vectors >= asked_vectors.DOCUMENTS,
            }
        return tuple(work for work in ORDER if not full.get(work))

    def trouble(self) -> Exception | None:
        """What was in the way since the last time, the database or a bug; all documents were given back then."""
        found, self._trouble = self._trouble, None
        return found

    def add(self, lease: Lease) -> None:
        """Take a document on. Raises what opening its model raises, and what its text raises."""
        self._budget.forget(lease.document.job)
        held = self._heartbeat.hold(lease)
        try:
            asked = self._to_ask(lease, held)
        except BaseException:
            self._heartbeat.let_go(held)
            raise
        with self._lock:
            self._asked[lease.document.id] = asked
        self._something.set()

    def _to_ask(self, lease: Lease, held: Held) -> Asked:
        self._steps.hands.ready()
        if lease.work is Work.EMBED:
            spec = find_embedding(self._steps.embedding())
            return Asked(lease, held, self._calls_to_nodes() if spec.here else self._calls_to_server(spec.family))
        if lease.work is Work.EXTRACT and lease.document.extractor == QUICK:
            return AskedForNames(lease, held, self._calls_to_nodes(), steps=self._steps)
        return self._for_looks(lease, held) if lease.work is Work.CAPTION else self._for_claims(lease, held)

    def _for_claims(self, lease: Lease, held: Held) -> AskedForClaims:
        document = lease.document
        model = find_model(document.model or "", self._settings)
        extractor = open_extractor(document, self._store, self._settings, self._budget, self._steps.hands)
        text = self._steps.text_of(document)
        return AskedForClaims(lease, held, self._calls_for(model), extractor=extractor, text=text)

    def _for_looks(self, lease: Lease, held: Held) -> AskedForLooks:
        document = lease.document
        looker = open_looker(document, self._settings, self._budget, self._steps.hands)
        add_plates(self._store, self._settings, document)
        # Where two models look, the calls of both count as those of the one that describes.
        calls = self._calls_for(find_model(document.caption_model or document.ocr or "", self._settings))
        return AskedForLooks(lease, held, calls, store=self._store, settings=self._settings, looker=looker)

    def _calls_for(self, model: ModelSpec) -> AnyCalls:
        here = family(model.family).here
        return self._calls_to(model.id, 1) if here else self._calls_to_server(model.family)

    def _calls_to_server(self, family_id: str) -> AnyCalls:
        return self._calls_to(endpoint(family_id, self._settings).name, self._settings.calls_at_once)

    def _calls_to_nodes(self) -> AnyCalls:
        """What is computed on other computers, as much at once as they have processors."""
        return self._calls_to(_NODES, self._steps.hands.places())

    def _calls_to(self, server: str, most: int) -> AnyCalls:
        with self._lock:
            if server not in self._calls:
                self._calls[server] = Calls(Pace(most))
            return self._calls[server]

    def _run(self) -> None:
        while not self._stopped:
            if not self._asked:
                self._something.wait()
                self._something.clear()
                continue
            try:
                self._step()
                self._surprises = 0
            except StoreError as error:
                log.error("%s", error)
                self._give_back()
                self._trouble = error
            except Exception as error:  # noqa: BLE001 - logged in full, and told
                # A bug of ours. If this thread ended, the worker would wait for it for ever.
                self._surprised(error)
        self._give_back()

    def _surprised(self, error: Exception) -> None:
        """Try again with what was at hand, but not for ever: then it is told on the documents."""
        log.exception("asking models")
        self._surprises += 1
        if self._surprises >= SURPRISES:
            self._surprises = 0
            self._set_aside(failure(error))
        self._give_back()
        self._trouble = error

    def _set_aside(self, why: Failure) -> None:
        for asked in list(self._asked.values()):
            try:
                self._steps.fail(asked.lease, why)
            except StoreError as error:
                log.warning("set aside: %s", error)

    def _step(self) -> None:
        with self._lock:
            on_their_way, calls = list(self._asked.values()), list(self._calls.values())
        ready = [each for each in on_their_way if each.ready and not self._budget.halted(each.document.job)]
        for asked in ready:
            if isinstance(asked, _FED):
                asked.feed(self._store)
        for_vectors = [each for each in ready if not isinstance(each, _FED)]
        self._vectors.feed([each for each in for_vectors if each.more and not each.out])
        done = [each for some in calls for each in some.done(_WAIT / len(calls))]
        self._budget.tend()
        self._keep(done)
        for asked in on_their_way:
            self._look_after(asked)

    def _keep(self, done: list[Done[Key, object]]) -> None:
        """Store what came: claims, or why there are none. Raises what the database raises."""
        by_collection: dict[str, list[Extraction]] = {}
        for (document, piece), result in ((each.key, each.result) for each in done):
            if piece == VECTORS:
                self._vectors.came(document, result)
            elif isinstance(result, StoreError):
                raise result
            elif isinstance(result, Halted):
                self._asked[document].again(piece)
            elif isinstance(asked := self._asked.get(document), AskedForLooks | AskedForNames):
                asked.came(piece, result)
            elif isinstance(result, Extraction):
                by_collection.setdefault(self._collection(document), []).append(result)
            else:
                self._store.documents.fail_chunk(piece, failure(result))
        for collection, extractions in by_collection.items():
            self._store.claims.put(extractions, collection)
        for document, piece in (each.key for each in done):
            if piece != VECTORS and document in self._asked:
                self._asked[document].out.discard(piece)
        self._give_up_hopeless(done)

    def _collection(self, document: str) -> str:
        return self._asked[document].document.collection

    def _give_up_hopeless(self, done: list[Done[Key, object]]) -> None:
        hopeless = {
            each.key[0]: each.result.failure()
            for each in done
            if each.key[1] != VECTORS and isinstance(each.result, SAME_FOR_ALL)
        }
        for document, why in hopeless.items():
            self._give_up(document, why)

    def _give_up(self, document: str, why: Failure) -> None:
        """Every other call of this model would end the same way: what is left of the document is not asked for."""
        asked = self._asked.get(document)
        if isinstance(asked, AskedForLooks):
            asked.give_up(why)
        elif asked is not None:
            asked.forget()
            asked.more = False
            self._store.documents.fail_open(document, why)

    def _look_after(self, asked: Asked) -> None:
        """Let a document go when it is done, or when nobody wants it any more."""
        job = asked.document.job
        if self._budget.halted(job):
            # What is on its way comes to its end and is kept.
            if not asked.out:
                self._hand_back(asked)
        elif not asked.out and not asked.more:
            self._budget.tend(job)
            if isinstance(asked, AskedForLooks):
                asked.keep(at_the_end=True)
                self._steps.looked(asked.document)
            elif isinstance(asked, AskedForClaims):
                self._steps.extracted(asked.document)
            self._let_go(asked)
        elif asked.held.lost:
            self._budget.tend(job)
            if not self._budget.halted(job):
                self._hand_back(asked)

    def _hand_back(self, asked: Asked) -> None:
        """Give a document back as it is."""
        self._let_go(asked)
        self._budget.tend(asked.document.job)
        self._store.queue.release(asked.document.id, self._owner)

    def _let_go(self, asked: Asked) -> None:
        with self._lock:
            # Its next step may have been taken on already.
            if self._asked.get(asked.document.id) is asked:
                del self._asked[asked.document.id]
        asked.forget()
        self._heartbeat.let_go(asked.held)
        self._moved.set()

    def _give_back(self) -> None:
        """Give all documents back, as they are: the next who asks for work goes on with them."""
        for asked in list(self._asked.values()):
            try:
                self._hand_back(asked)
            except StoreError as error:
                # The lease ends by itself.
                log.warning("release: %s", error)
