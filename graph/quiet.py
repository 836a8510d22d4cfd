"""A time in which nobody writes, so that what is read meanwhile is of one state: asked for in the database itself.

Every program at the database looks before it writes, at most twice a second, and waits while somebody wants quiet. What
only says who works on what (leases, heartbeats) goes on. Whoever wants quiet says so again and again; where that stops,
because the program died, quiet ends by itself.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from graph import cypher
from graph.errors import StoreError

PATIENCE: Final = 30.0
"""Seconds that people's writing waits for quiet to end."""
_HELD: Final = 20.0
"""Seconds for which quiet is asked; so long nobody writes after who asked for it has died."""
_AGAIN: Final = 5.0
_LOOK: Final = 0.5
"""Seconds for which it is believed that nobody wants quiet."""
_UNDER_WAY: Final = 1.0
"""Seconds that are left to what is being written when quiet begins."""
_PAUSE: Final = 0.25


class BackupRuns(StoreError):
    en = "A backup is being written, and nothing can be changed meanwhile. Try again in a minute."
    de = "Gerade wird eine Sicherung geschrieben; solange lässt sich nichts ändern. Versuchen Sie es in einer Minute."


class Quiet:
    """Of one connection: whether somebody wants quiet, and asking for it. For threads."""

    def __init__(self, read: Callable[..., list[dict[str, Any]]], run: Callable[..., list[dict[str, Any]]]) -> None:
        """`read` and `run` put one query to the database; `run` is not kept waiting by this."""
        self._read, self._run = read, run
        self._by = uuid.uuid4().hex
        self._asked = False
        self._open_until = 0.0
        self.patience = PATIENCE
        """Seconds that writing waits; a program that nobody waits for may wait for ever (`math.inf`)."""

    def wait(self) -> None:
        """Returns when one may write; raises BackupRuns where quiet lasts longer than `patience`."""
        if self._asked or time.monotonic() < self._open_until:
            return
        deadline = time.monotonic() + self.patience
        while self._wanted():
            if time.monotonic() > deadline:
                raise BackupRuns()
            time.sleep(_PAUSE)
        self._open_until = time.monotonic() + _LOOK

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Nobody writes meanwhile but who uses this connection; raises BackupRuns where somebody else has it quiet.

        What was begun before may still be written: what was read must be checked by its stamps.
        """
        if not self._ask():
            raise BackupRuns()
        over = threading.Event()

        def go_on() -> None:
            while not over.wait(_AGAIN):
                self._ask()

        asking = threading.Thread(target=go_on, name="quiet", daemon=True)
        self._asked = True
        try:
            asking.start()
            time.sleep(_LOOK + _UNDER_WAY)
            yield
        finally:
            over.set()
            asking.join()
            self._run(cypher.END_QUIET, by=self._by)
            self._asked = False

    def _ask(self) -> bool:
        moment = time.time()
        return bool(self._run(cypher.ASK_QUIET, now=moment, until=moment + _HELD, by=self._by))

    def _wanted(self) -> bool:
        rows = self._read(cypher.QUIET)
        return bool(rows) and (rows[0]["until"] or 0) > time.time() and rows[0]["by"] != self._by
