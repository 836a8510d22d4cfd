"""Sending while the app runs: one loop in a thread, one program of this home at a time."""

from __future__ import annotations

import logging
import threading
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

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()

    def use(self, settings: Settings) -> None:
        """Work with these settings from now on: a key or channel may be typed while the app runs."""
        self._settings = settings

    def ensure(self) -> None:
        """Have the thread running, and let it look soon."""
        self._wake.set()
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._keep, name="sending", daemon=True)
            self._thread.start()

    def _keep(self) -> None:
        try:
            while self._store.outbox.anything():
                self._look()
                self._wake.wait(SECONDS)
                self._wake.clear()
        except (StoreError, OSError) as error:
            # The database, or its folder, is gone for good; the next page that is opened begins anew.
            log.warning("sending ends: %s", type(error).__name__)

    def _look(self) -> None:
        try:
            with lock(self._settings).acquire(timeout=0):
                follow(self._store, self._settings)
                Sender(self._store, self._settings).drain(_TRIES)
        except filelock.Timeout:
            # Another program of this home sends already.
            return
        except StoreError:
            raise
        except WunderkammerError as error:
            log.warning("nothing is sent now: %s", error)
