"""The process that does the work: takes leases, reads, extracts, embeds, and ends when nothing is left.

Started by `ensure_worker` from the app or the command line, detached, so that closing either changes nothing. One
worker per home, held by a file lock; several machines on one Neo4j share the work by leases.
"""

from __future__ import annotations

import json
import logging
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import psutil

import settings as configuration
from graph import logged
from graph.record import alive, born, ends, kill, private, unregister, write_private
from graph.store import Store
from graph.work import Lease
from ingest import worker_marks
from settings import Settings

if TYPE_CHECKING:
    from ingest.at_work import AtWork

IDLE_SECONDS = 15.0
_LOOK_AGAIN = 0.25
"""Seconds between two looks for something to do, where nothing said that there is."""
_LOOK_IDLE = 0.1
"""The same where nothing is on its way: somebody may wait for the first answer."""
TROUBLE_ROUNDS = 5
"""After so many steps in a row that met a database or disk in trouble the worker ends; it is started again later."""
SENDING_SECONDS = 120
"""So long what an import has sent may be tried, where the app does not run."""
PATIENCE = 20.0
"""Seconds that a worker may take to give back what it is at, when it is to end."""

_ending = threading.Event()
"""Set when this process was told to end: what it is at is given back where it can be taken up again."""


def ensure_worker(settings: Settings) -> None:
    """See to it that a worker runs for this home that works as these settings say; returns soon.

    One that was started with others gives back what it is at, and ends; the next goes on with it. So this is for who
    has handed in work: two programs that both wait for theirs must not end each other's worker again and again.
    """
    _ensure(settings, as_wanted=True)


def keep_worker(settings: Settings) -> None:
    """Start a worker unless one runs for this home, whatever its settings; returns at once."""
    _ensure(settings, as_wanted=False)


def _ensure(settings: Settings, as_wanted: bool) -> None:
    private(settings.run)
    # A worker needs seconds until it holds its own lock; its note keeps others from being started meanwhile.
    with _changing(settings):
        if worker_pid(settings) is not None:
            if not as_wanted or _works_as_wanted(settings):
                return
            stop_worker(settings)
        process = _start(settings)
        note = {"pid": process.pid, "born": born(process.pid)}
        write_private(_note(settings), json.dumps(note | worker_marks.marks(settings)))


def _works_as_wanted(settings: Settings) -> bool:
    try:
        return worker_marks.serves(json.loads(_note(settings).read_text(encoding="utf-8")), settings)
    except (OSError, ValueError, TypeError, KeyError):
        return False


def worker_pid(settings: Settings) -> int | None:
    """The process id of this home's worker, None when none lives."""
    try:
        noted = json.loads(_note(settings).read_text(encoding="utf-8"))
        pid = int(noted["pid"])
        return pid if alive(pid, float(noted["born"])) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def stop_worker(settings: Settings) -> bool:
    """End this home's worker and wait until it is gone; what it was at is taken up by the next. False: none lived."""
    pid = worker_pid(settings)
    if pid is None:
        return False
    process = psutil.Process(pid)
    process.terminate()
    if not ends(process, PATIENCE):
        # It is deep in one long page or file; the next worker notices that this one is dead.
        kill(process, PATIENCE)
    return True


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    settings.logs.mkdir(parents=True, exist_ok=True)
    with (settings.logs / "worker.out").open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "ingest.worker"],
            cwd=Path(__file__).resolve().parent.parent,
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def _environment(settings: Settings) -> dict[str, str]:
    """The worker may use all cores, since it gives way to everything else (see `main`)."""
    cores = {"OMP_NUM_THREADS": str(os.cpu_count() or 1)}
    return cores | os.environ | worker_marks.variables(settings)


def _lock(settings: Settings) -> filelock.FileLock:
    return filelock.FileLock(settings.run / "worker.lock")


def _note(settings: Settings) -> Path:
    return settings.run / "worker.json"


def _changing(settings: Settings) -> filelock.FileLock:
    """Held while a worker is started, and while one decides to end."""
    return filelock.FileLock(settings.run / "worker.starting")


def work(settings: Settings, idle: float = IDLE_SECONDS) -> None:
    """Work until nothing was left for `idle` seconds. Returns at once when another worker holds the lock."""
    private(settings.run)
    lock = _lock(settings)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        return
    try:
        _work_until_idle(settings, idle, lock)
    finally:
        lock.release()


def _work_until_idle(settings: Settings, idle: float, lock: filelock.FileLock) -> None:
    # Only here: whoever merely starts a worker need not load what reads and extracts.
    from ingest.at_work import AtWork

    with Store(settings) as store, AtWork(store, settings, log_path(settings), _ending) as at_work:
        # Nobody waits for it: while a backup is written, so does the worker.
        store.quiet.patience = math.inf
        while at_work.trouble < TROUBLE_ROUNDS and not _ending.is_set():
            if at_work.busy:
                lease = at_work.lease()
            elif (lease := _next(at_work, settings, idle, lock)) is None:
                if store.outbox.anything():
                    _tell(settings)
                return
            if lease is not None:
                at_work.do(lease)
            else:
                at_work.wait(_LOOK_AGAIN)


def _tell(settings: Settings) -> None:
    """Have sent what the end of an import sends; a program of its own does it, where the app does not run."""
    command = [sys.executable, "-m", "share", "queue", "--send", str(SENDING_SECONDS)]
    with (settings.logs / "sending.out").open("wb") as out:
        subprocess.Popen(
            command,
            cwd=Path(__file__).resolve().parent.parent,
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=out,
            start_new_session=True,
        )


def _next(at_work: AtWork, settings: Settings, idle: float, lock: filelock.FileLock) -> Lease | None:
    """The next step, waited for; None when there was none for so long, and then this process is no worker any more."""
    since = time.monotonic()
    while not _ending.is_set():
        if lease := at_work.lease():
            return lease
        if not at_work.at_rest():
            since = time.monotonic()
        if time.monotonic() - since < idle:
            time.sleep(min(_LOOK_IDLE, idle))
            continue
        try:
            with _changing(settings).acquire(timeout=_LOOK_AGAIN):
                # Whoever queues a document now either is seen here, or finds no worker and starts the next one.
                if lease := at_work.lease():
                    return lease
                lock.release()
                if worker_pid(settings) == os.getpid():
                    _note(settings).unlink(missing_ok=True)
                return None
        except filelock.Timeout:
            # Who holds it may be waiting for this process to end, so it is not waited for.
            continue
    return None


def log_path(settings: Settings) -> Path:
    """The worker's log file."""
    return settings.logs / "worker.log"


def main() -> None:
    """Entry of the worker process."""
    signal.signal(signal.SIGTERM, lambda *_: _ending.set())
    settings = configuration.read()
    if hasattr(os, "nice"):
        # A tenth of what a page gets on the same core: where many people work, an import takes what they leave.
        os.nice(10)
    # Many threads wait for models and databases: the one that may go on should not have to wait for another's turn.
    sys.setswitchinterval(0.001)
    settings.logs.mkdir(parents=True, exist_ok=True)
    settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    logging.basicConfig(level=logging.INFO, handlers=logged.handlers(log_path(settings), settings, 2_000_000, 3))
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    for name in ("httpx", "botocore", "aiobotocore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    work(settings)
    if _ending.is_set():
        # Python would wait for calls on their way, a minute or more. They stand in the database as paid.
        unregister()
        logging.shutdown()
        os._exit(0)


if __name__ == "__main__":
    main()
