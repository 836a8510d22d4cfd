"""Keeps the leases of all documents that this worker is at alive, and knows which of them were lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from graph.errors import StoreError
from graph.store import Store
from graph.work import Lease

SECONDS = 2.0
"""Seconds between two beats: so long a document that was removed or cancelled is worked on at most."""

log = logging.getLogger("wunderkammer.worker")


class Held:
    """A lease that is kept alive. `lost` says whether the work must stop: as it was at the last beat."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self._lost = threading.Event()

    @property
    def lost(self) -> bool:
        """Whether the lease was lost, its job halted or cancelled, the document removed."""
        return self._lost.is_set()

    def lose(self) -> None:
        """It is ours no more."""
        self._lost.set()


class Heartbeat:
    """One thread for all leases of an owner, and one question to the database for all of them."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store, self._owner = store, owner
        self._held: set[Held] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def hold(self, lease: Lease) -> Held:
        """Keep a lease alive from now on."""
        held = Held(lease)
        with self._lock:
            self._held.add(held)
        return held

    def let_go(self, held: Held) -> None:
        """Keep it no longer; the lease ends by itself unless it is released."""
        with self._lock:
            self._held.discard(held)

    @contextmanager
    def holding(self, lease: Lease) -> Iterator[Held]:
        """Keep a lease alive meanwhile."""
        held = self.hold(lease)
        try:
            yield held
        finally:
            self.let_go(held)

    def beat(self) -> None:
        """Renew all leases that are not lost. Raises what the database raises."""
        with self._lock:
            held = [each for each in self._held if not each.lost]
        if held:
            kept = self._store.queue.renew([each.lease for each in held], self._owner)
            for each in held:
                if each.lease.document.id not in kept:
                    each.lose()

    def _run(self) -> None:
        while not self._stop.wait(SECONDS):
            try:
                self.beat()
            except StoreError as error:
                # The step itself meets the same trouble and reports it; the beat only tries again.
                log.warning("heartbeat: %s", error)
