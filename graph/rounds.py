"""Work that is looked for again and again while a program runs, by one thread, which ends when there is none."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from graph.errors import StoreError

log = logging.getLogger("wunderkammer.rounds")


class Rounds:
    """A thread that calls `look` every so many seconds until that says that there is nothing to look after."""

    def __init__(self, name: str, seconds: float, look: Callable[[], bool]) -> None:
        self._name, self._seconds, self._look = name, seconds, look
        self._wake = threading.Event()
        self._guard, self._running = threading.Lock(), False

    @property
    def running(self) -> bool:
        """Whether the thread is there."""
        return self._running

    def ensure(self) -> None:
        """Have the thread running, and let it look soon; also where it was about to end."""
        self._wake.set()
        with self._guard:
            if not self._running:
                self._running = True
                threading.Thread(target=self._keep, name=self._name, daemon=True).start()

    def _keep(self) -> None:
        try:
            while self._goes_on():
                self._wake.wait(self._seconds)
        except (StoreError, OSError) as error:
            # The database, or its folder, is gone for good; the next page that is opened begins anew. Of the error only
            # its kind: an address that is a secret may stand in what it says.
            log.warning("%s ends: %s", self._name, type(error).__name__)
            self._running = False

    def _goes_on(self) -> bool:
        """One look. Where there was nothing to look after, and nobody has asked meanwhile, the thread ends."""
        while True:
            self._wake.clear()
            if self._look():
                return True
            with self._guard:
                if not self._wake.is_set():
                    self._running = False
                    return False
