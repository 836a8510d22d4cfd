"""Sending while the app runs: one loop in a thread, one program of this home at a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

import filelock

from graph.errors import StoreError, WunderkammerError
from graph.store import Store
from settings import Settings
from share.rules import follow
from share.sender import Sender, lock

SECONDS: Final = 10.0
"""Between two looks at the rules, and at what waits for later."""
_TRIES: Final = 30.0

log = logging.getLogger("wunderkammer.share")


class Keeper:
    """Sends what waits and follows the rules, from a thread that ends when there is nothing of either any more."""

    def __init__(self, store: Store, read: Callable[[], Settings]) -> None:
        """`read` gives the settings as they are at each look: a channel may be set up while the app runs."""
        self._store, self._read = store, read
        self._wake = threading.Event()
        self._guard, self._running = threading.Lock(), False

    @property
    def running(self) -> bool:
        """Whether the thread is there."""
        return self._running

    def ensure(self) -> None:
        """Have the thread running, and let it look soon."""
        self._wake.set()
        with self._guard:
            if not self._running:
                self._running = True
                threading.Thread(target=self._keep, name="sending", daemon=True).start()

    def _keep(self) -> None:
        try:
            while self._goes_on():
                self._look()
                self._wake.wait(SECONDS)
        except (StoreError, OSError) as error:
            # The database, or its folder, is gone for good; the next page that is opened begins anew.
            log.warning("sending ends: %s", type(error).__name__)
            self._running = False

    def _goes_on(self) -> bool:
        """Whether there is anything to do; where there is not, and nobody has asked meanwhile, the thread ends."""
        while True:
            self._wake.clear()
            if self._store.outbox.anything():
                return True
            with self._guard:
                if not self._wake.is_set():
                    self._running = False
                    return False

    def _look(self) -> None:
        settings = self._read()
        try:
            with lock(settings).acquire(timeout=0):
                follow(self._store, settings)
                Sender(self._store, settings).drain(_TRIES)
        except filelock.Timeout:
            # Another program of this home sends already.
            return
        except StoreError:
            raise
        except WunderkammerError as error:
            log.warning("nothing is sent now: %s", error)
