"""Keeps the lease of a document alive while somebody works on it."""

from __future__ import annotations

import logging
import threading

from graph.errors import StoreError
from graph.store import Store
from graph.work import Lease

SECONDS = 8.0

log = logging.getLogger("wunderkammer.worker")


class Heartbeat:
    """Keeps a lease alive from a thread of its own, and knows when it was lost."""

    def __init__(self, store: Store, lease: Lease, owner: str) -> None:
        self._store, self._lease, self._owner = store, lease, owner
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more; the lease ends by itself unless it is released."""
        self._stop.set()
        self._thread.join()

    def __enter__(self) -> Heartbeat:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def known_lost(self) -> bool:
        """Whether it was found lost before; asks nothing."""
        return self._lost.is_set()

    def lost(self) -> bool:
        """Whether the work must stop: lease lost, job cancelled, document removed. Asks the database now."""
        if not self._lost.is_set() and not self._store.queue.renew(self._lease, self._owner):
            self._lost.set()
        return self._lost.is_set()

    def _beat(self) -> None:
        while not self._stop.wait(SECONDS):
            try:
                if not self._store.queue.renew(self._lease, self._owner):
                    self._lost.set()
            except StoreError as error:
                # The step itself meets the same trouble and reports it; the beat only tries again.
                log.warning("heartbeat: %s", error)
