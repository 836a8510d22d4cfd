"""The embedded server of a home: found, started when nobody has yet, shared by all processes, stopped."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from graph import arcade, record
from graph.errors import StoreError, WunderkammerError
from graph.keeper import NO_SPACE, failure_path
from graph.launch import ATTEMPTS, START_SECONDS, DiskFull, ServerFailed, ServerKilled, ServerSlow, server_log
from graph.record import Record, Server
from settings import Settings

__all__ = ["Server", "Status", "ensure_server", "release_server", "require_space", "server_status", "stop_server"]

NEEDED_BYTES = 100 * 2**20
"""Free space without which the server is not started: it would stop in the middle of a write."""


class FolderNotWritable(StoreError):
    en = "The folder {folder} cannot be written: {detail}. Correct its rights or set WUNDERKAMMER_HOME to another one."
    de = (
        "In den Ordner {folder} kann nicht geschrieben werden: {detail}. "
        "Berichtigen Sie seine Rechte oder setzen Sie WUNDERKAMMER_HOME auf einen anderen."
    )


@dataclass(frozen=True, slots=True)
class Status:
    """What runs for a home at this moment; `clients` are the ids of the processes that use it."""

    running: bool
    server: Server | None
    keeper: int | None
    clients: tuple[int, ...]
    memory: int
    """Bytes of memory that the server holds."""


def ensure_server(settings: Settings) -> Server:
    """The server of this home, started if need be; it can be used at once, and counts this process as its client.

    Raises FolderNotWritable, DiskFull, EngineMissing, DatabaseHeld, TooLittleMemory, ServerFailed, ServerSlow.
    """
    _prepare(settings)
    found = _usable(settings)
    if found is not None and record.alive(found.keeper, found.keeper_born):
        return found.server
    try:
        with FileLock(settings.run / "server.lock", timeout=START_SECONDS):
            return _start(settings).server
    except Timeout:
        raise ServerSlow(seconds=START_SECONDS, log=str(server_log(settings))) from None


def release_server(settings: Settings) -> None:
    """Say that this process no longer uses the server; it happens by itself when the process ends."""
    record.unregister(settings)


def server_status(settings: Settings) -> Status:
    """What runs for this home; starts and changes nothing."""
    found = _usable(settings)
    if found is None:
        return Status(running=False, server=None, keeper=None, clients=(), memory=0)
    try:
        memory = psutil.Process(found.server.pid).memory_info().rss
    except psutil.NoSuchProcess:
        memory = 0
    keeper = found.keeper if record.alive(found.keeper, found.keeper_born) else None
    return Status(True, found.server, keeper, tuple(record.clients(settings)), memory)


def stop_server(settings: Settings) -> bool:
    """Stop the server of this home cleanly; False when none was running. Clients that still use it start a new one."""
    if not settings.run.is_dir():
        return False
    try:
        with FileLock(settings.run / "server.lock", timeout=START_SECONDS):
            return _stop(settings)
    except Timeout:
        raise ServerSlow(seconds=START_SECONDS, log=str(server_log(settings))) from None


def require_space(settings: Settings, needed: int = 2**20) -> None:
    """Raise DiskFull when the database's disk has less free space; the engine's own words for that tell nobody."""
    if shutil.disk_usage(settings.database).free < needed:
        raise DiskFull(folder=str(settings.database))


def _stop(settings: Settings) -> bool:
    found = record.read(settings)
    running = found is not None and record.alive(found.server.pid, found.born)
    if found is not None and running:
        process = psutil.Process(found.server.pid)
        running = arcade.is_server_of(settings, process)
        if running:
            arcade.end(process, found.server)
            _wait_for_keeper(found)
    record.record_path(settings).unlink(missing_ok=True)
    return running


def _wait_for_keeper(found: Record) -> None:
    """The keeper notices by itself; after this nothing of the server is left."""
    deadline = time.monotonic() + 5
    while record.alive(found.keeper, found.keeper_born) and time.monotonic() < deadline:
        time.sleep(0.02)


def _prepare(settings: Settings) -> None:
    try:
        # Documents are nobody else's business: of a home that is made here, others cannot even see what is in it.
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (settings.run, settings.database, settings.logs):
            record.private(folder)
        record.register(settings)
        if record.read(settings) is None:
            require_space(settings, NEEDED_BYTES)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(folder=str(settings.database)) from error
        raise FolderNotWritable(folder=str(settings.home), detail=error.strerror or str(error)) from error


def _usable(settings: Settings) -> Record | None:
    found = record.read(settings)
    if found is None or not found.ready or not record.alive(found.server.pid, found.born):
        return None
    return found if arcade.answers(found.server) else None


_keepers: list[subprocess.Popen[bytes]] = []
"""Keepers that this process started; looked at now and then so that none stays behind as a zombie."""


def _start(settings: Settings) -> Record:
    """Start a keeper and wait until its server, or that of a keeper who was faster, can be used. Needs the lock."""
    arcade.find_engine()
    deadline = time.monotonic() + START_SECONDS + 10
    keeper: subprocess.Popen[bytes] | None = None
    killed = 0
    while time.monotonic() < deadline:
        found = _usable(settings)
        if found is not None and record.alive(found.keeper, found.keeper_born):
            return found
        if keeper is None:
            keeper = _spawn(settings)
        elif keeper.poll() is not None:
            killed += keeper.returncode < 0
            if keeper.returncode > 0 or killed == ATTEMPTS:
                raise _failure(settings, keeper.returncode)
            keeper = None
        time.sleep(0.02)
    raise ServerSlow(seconds=START_SECONDS, log=str(server_log(settings)))


def _spawn(settings: Settings) -> subprocess.Popen[bytes]:
    _keepers[:] = [keeper for keeper in _keepers if keeper.poll() is None]
    failure_path(settings).unlink(missing_ok=True)
    root = Path(__file__).resolve().parents[1]
    with _keeper_log(settings).open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "graph.keeper", str(settings.home), str(settings.server_idle), settings.heap or ""],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            start_new_session=True,
            creationflags=arcade.no_window(),
        )
    _keepers.append(keeper)
    return keeper


def _keeper_log(settings: Settings) -> Path:
    return settings.logs / "keeper.log"


def _failure(settings: Settings, code: int) -> WunderkammerError:
    """The error that the keeper left for us, or that it broke."""
    if code < 0:
        return ServerKilled(signal=-code)
    if code == NO_SPACE:
        return DiskFull(folder=str(settings.database))
    try:
        reason = json.loads(failure_path(settings).read_text(encoding="utf-8"))
        return WunderkammerError.known[reason["code"]](**reason["params"])
    except (OSError, ValueError, KeyError):
        return ServerFailed(detail=f"exit code {code}", log=str(_keeper_log(settings)))
