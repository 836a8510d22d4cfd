"""What one worker has in hand: it takes leases and does their steps, one here and many that wait for models."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from graph.errors import Failure, StoreError, WunderkammerError
from graph.logged import about
from graph.store import Store
from graph.work import ORDER, Lease, owner_name
from ingest.budget import Halted
from ingest.by_model import ByModel
from ingest.errors import Unexpected
from ingest.files import FileStore
from ingest.hands import open_hands
from ingest.heartbeat import Heartbeat
from ingest.steps import Steps
from ingest.versions import settle_all, tidy_files
from settings import Settings

MAX_ATTEMPTS = 5
"""So many workers may die over one step of one document before it is set aside: some file crashes its parser."""

log = logging.getLogger("wunderkammer.worker")


class StoppedTheProgram(WunderkammerError):
    en = "Working on “{name}” stopped the program {attempts:time|times}. It was set aside; the log file is {log}."
    de = "Die Arbeit an „{name}“ hat das Programm {attempts}-mal beendet; es liegt nun beiseite. Protokoll: {log}."


class AtWork:
    """Does the steps of documents. Used by one thread, from `with` to its end."""

    def __init__(self, store: Store, settings: Settings, log_file: Path, ending: threading.Event) -> None:
        """When `ending` is set, a step gives its document back where it can be taken up again."""
        self._store, self._log_file, self._ending = store, str(log_file), ending
        self._owner = owner_name()
        self._hands = open_hands(settings)
        self._steps = Steps(store, settings, self._hands)
        self._heartbeat = Heartbeat(store, self._owner)
        self._by_model = ByModel(store, settings, self._owner, self._steps, self._heartbeat)
        self._running = ExitStack()
        self.trouble = 0
        """So many steps in a row met a database or a disk in trouble."""
        store.embeddings.resume()
        files = FileStore.of(settings)
        settle_all(store, files)
        tidy_files(store, files)
        store.spending.bury_dead(self._owner)

    def __enter__(self) -> AtWork:
        self._running.callback(self._hands.close)
        self._running.enter_context(self._heartbeat)
        self._running.enter_context(self._by_model)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def busy(self) -> bool:
        """Whether documents wait for the answers of models."""
        return self._by_model.busy

    def lease(self) -> Lease | None:
        """Take a document for its next step; None where nothing is left, or no room for what is."""
        return self._store.queue.lease(self._owner, self._by_model.kinds() if self.busy else ORDER)

    def wait(self, seconds: float) -> None:
        """Until there may be more to do: a document came back from the models, or so many seconds passed."""
        self._by_model.wait(seconds)

    def at_rest(self) -> bool:
        """Whether all is ready for questions, where nothing is left to do; what is not is made so meanwhile."""
        return self._steps.indexes.ready()

    def do(self, lease: Lease) -> None:
        """Do one step, or begin it where it waits for a model; what goes wrong is kept on the document."""
        if self._by_model.trouble() is not None:
            self.trouble += 1
        with about(job=lease.document.job or "", document=lease.document.id):
            if self._steps.asked_elsewhere(lease):
                # That it was taken on says nothing of how it goes on: what went wrong before stays counted.
                self.trouble += not self._try(lease, partial(self._by_model.add, lease))
            else:
                self.trouble = 0 if self._try(lease, partial(self._take, lease)) else self.trouble + 1

    def _take(self, lease: Lease) -> None:
        with self._heartbeat.holding(lease) as held:
            self._steps.take(lease, lambda: held.lost or self._ending.is_set())
        if held.lost or self._ending.is_set():
            # Only where it was halted is it still ours: whoever works after it goes on need not wait for the lease.
            self._store.queue.release(lease.document.id, self._owner)

    def _try(self, lease: Lease, step: Callable[[], None]) -> bool:
        """Do what belongs to a lease; False when the database or the disk was in the way and all stays as it was."""
        document = lease.document
        log.info("%s %s (%s)", lease.work, document.id, document.title)
        try:
            if lease.attempts >= MAX_ATTEMPTS:
                raise StoppedTheProgram(name=document.title, attempts=lease.attempts, log=self._log_file)
            step()
        except Halted:
            self._store.queue.release(document.id, self._owner)
        except StoreError as error:
            log.error("%s: %s", document.id, error)
            self._steps.trouble(lease, error)
            self._store.queue.release(document.id, self._owner)
            time.sleep(1)
            return False
        except WunderkammerError as error:
            self._steps.fail(lease, error.failure())
        except Exception as error:
            # A bug of ours must not stop the other documents: it is logged in full and told on the document.
            log.exception("%s", document.id)
            detail = f"{type(error).__name__}: {error}"[:300]
            failure: Failure = Unexpected(detail=detail, log=self._log_file).failure()
            self._steps.fail(lease, failure)
        return True
