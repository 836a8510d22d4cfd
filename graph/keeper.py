"""The keeper: a small process that starts the embedded server, and stops it cleanly when nobody uses it any more.

It runs in a session of its own (`python -m graph.keeper HOME IDLE HEAP`), so that Ctrl-C in one client takes the server
from no other. One keeper at a time: it holds `db/keeper.lock` as long as it lives. A server whose keeper was killed is
adopted by the next one.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import FrameType

import psutil
from filelock import FileLock, Timeout

from graph import arcade, record
from graph.errors import StoreError
from graph.launch import ServerFailed, server_log, start
from graph.record import Record
from settings import Settings

TICK = 1.0
NO_SPACE = errno.ENOSPC
"""Exit code of a keeper that cannot even write down why."""


def failure_path(settings: Settings) -> Path:
    """Where a keeper leaves the reason why it could not start the server."""
    return settings.run / "failure.json"


def adopt_or_start(settings: Settings) -> Record:
    """The server that the record names, with this process as its keeper, or a new one."""
    found = record.read(settings)
    known = found is not None and found.ready and record.alive(found.server.pid, found.born)
    if found is not None and known and arcade.answers(found.server):
        me = os.getpid()
        adopted = replace(found, keeper=me, keeper_born=record.born(me) or 0.0)
        record.write(settings, adopted)
        return adopted
    record.record_path(settings).unlink(missing_ok=True)
    return start(settings)


class Keeper:
    """Watches one server until it ends, is asked to stop it, or nobody has used it for a while."""

    def __init__(self, settings: Settings, entry: Record) -> None:
        self._settings = settings
        self._entry = entry
        self._process = psutil.Process(entry.server.pid)
        self._asked = False
        self._starts = FileLock(settings.run / "server.lock")

    def ask(self, _signal: int, _frame: FrameType | None) -> None:
        """Signal handler: stop the server at the next tick."""
        self._asked = True

    def watch(self) -> None:
        """Return when the server is gone and its record is removed."""
        last_used = time.monotonic()
        while not self._gone():
            if record.clients(self._settings):
                last_used = time.monotonic()
            unused = time.monotonic() - last_used >= self._settings.server_idle
            if self._asked or unused:
                self._retire()
            elif record.read(self._settings) != (fresh := record.refreshed(self._entry)):
                # Lost, damaged, or made stale by a corrected clock. On a full disk the next tick tries again.
                with contextlib.suppress(OSError):
                    record.private(self._settings.run)
                    record.write(self._settings, fresh)
        record.record_path(self._settings).unlink(missing_ok=True)

    def _gone(self) -> bool:
        return record.ends(self._process, TICK)

    def _retire(self) -> None:
        """Stop the server unless someone is about to use it."""
        try:
            with self._starts.acquire(timeout=0):
                record.record_path(self._settings).unlink(missing_ok=True)
                # A client registers before it reads the record: either it misses the record, or we see the client.
                if self._asked or not record.clients(self._settings):
                    arcade.end(self._process, self._entry.server)
        except Timeout:
            return


def _leave(settings: Settings, error: StoreError) -> int:
    """Leave the reason for the client that waits; returns the exit code."""
    try:
        record.write_private(failure_path(settings), json.dumps({"code": error.code, "params": error.params}))
    except OSError:
        return NO_SPACE
    return error.exit_code


def main(arguments: list[str]) -> int:
    """Keep the server of one home: 0 when it was stopped or another keeper is there, otherwise it did not start."""
    home, idle, heap = arguments
    settings = Settings(home=Path(home), server_idle=int(idle), heap=heap or None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lock = FileLock(settings.database / "keeper.lock")
    try:
        lock.acquire(timeout=5)
    except Timeout:
        return 0
    try:
        keeper = Keeper(settings, adopt_or_start(settings))
    except StoreError as error:
        return _leave(settings, error)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            return NO_SPACE
        return _leave(settings, ServerFailed(detail=str(error), log=str(server_log(settings))))
    signal.signal(signal.SIGTERM, keeper.ask)
    keeper.watch()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
