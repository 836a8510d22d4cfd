"""The process that does the work: takes leases, reads, extracts, embeds, and ends when nothing is left.

Started by `ensure_worker` from the app or the command line, detached, so that closing either changes nothing. One
worker per home, held by a file lock; several machines on one Neo4j share the work by leases.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

import filelock
import psutil

import settings as configuration
from graph.errors import Failure, StoreError, WunderkammerError
from graph.record import alive, born, private, write_private
from graph.store import Store
from graph.work import Lease, owner_name
from ingest.errors import Unexpected
from ingest.heartbeat import Heartbeat
from settings import Settings

if TYPE_CHECKING:
    from ingest.steps import Steps

IDLE_SECONDS = 15.0
_LOOK_AGAIN = 0.1
TROUBLE_ROUNDS = 5
"""After so many steps in a row that met a database or disk in trouble the worker ends; it is started again later."""
MAX_ATTEMPTS = 5
"""So many workers may die over one step of one document before it is set aside: some file crashes its parser."""

log = logging.getLogger("wunderkammer.worker")


class StoppedTheProgram(WunderkammerError):
    en = "Working on “{name}” stopped the program {attempts} times. It was set aside; the log file is {log}."
    de = "Die Arbeit an „{name}“ hat das Programm {attempts}-mal beendet; es liegt nun beiseite. Protokoll: {log}."


def ensure_worker(settings: Settings) -> None:
    """Start a worker unless one runs for this home; returns at once."""
    private(settings.run)
    # A worker needs seconds until it holds its own lock; its note keeps others from being started meanwhile.
    with _changing(settings):
        if worker_pid(settings) is not None:
            if _knows_keys(settings):
                return
            # What it was at is taken up by the next one, which knows the key that was typed meanwhile.
            stop_worker(settings)
        process = _start(settings)
        note = {"pid": process.pid, "born": born(process.pid), "salt": (salt := secrets.token_hex(8))}
        write_private(_note(settings), json.dumps(note | {"keys": _marks(salt)}))


def _marks(salt: str) -> dict[str, str]:
    """A mark for each key that was typed into this program: it tells whether a worker has it, and not what it is."""
    return {
        name: hashlib.blake2b(value.encode(), key=salt.encode()).hexdigest()
        for name, value in configuration.typed.items()
    }


def _knows_keys(settings: Settings) -> bool:
    """Whether the running worker was given every key that was typed here."""
    if not configuration.typed:
        return True
    try:
        noted = json.loads(_note(settings).read_text(encoding="utf-8"))
        return bool(_marks(str(noted["salt"])).items() <= noted["keys"].items())
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
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
    process.wait(timeout=30)
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
    return cores | os.environ | configuration.typed | {"WUNDERKAMMER_HOME": str(settings.home)}


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
    from ingest.by_model import ByModel
    from ingest.files import FileStore
    from ingest.steps import Steps
    from ingest.versions import settle_all

    with Store(settings) as store:
        steps = Steps(store, settings)
        store.embeddings.resume()
        settle_all(store, FileStore(settings.files))
        owner = owner_name()
        with ByModel(store, settings, owner, steps) as by_model:
            trouble = 0
            while trouble < TROUBLE_ROUNDS:
                if by_model.trouble() is not None:
                    trouble += 1
                if by_model.busy:
                    lease = store.queue.lease(owner, by_model.kinds())
                elif (lease := _next(store, settings, owner, idle, lock)) is None:
                    return
                if lease is None:
                    time.sleep(_LOOK_AGAIN)
                elif steps.asked_elsewhere(lease):
                    _try(store, settings, steps, lease, owner, partial(by_model.add, lease))
                else:
                    trouble = 0 if _take(store, settings, steps, lease, owner) else trouble + 1


def _next(store: Store, settings: Settings, owner: str, idle: float, lock: filelock.FileLock) -> Lease | None:
    """The next step, waited for; None when there was none for so long, and then this process is no worker any more."""
    since = time.monotonic()
    while time.monotonic() - since < idle:
        if lease := store.queue.lease(owner):
            return lease
        time.sleep(min(0.3, idle))
    with _changing(settings):
        # Whoever queues a document now either is seen here, or finds no worker and starts the next one.
        if lease := store.queue.lease(owner):
            return lease
        lock.release()
        if worker_pid(settings) == os.getpid():
            _note(settings).unlink(missing_ok=True)
    return None


def _take(store: Store, settings: Settings, steps: Steps, lease: Lease, owner: str) -> bool:
    """Do one step; False when the database or the disk was in the way and the document stays as it was."""

    def step() -> None:
        with Heartbeat(store, lease, owner) as heartbeat:
            steps.take(lease, heartbeat.lost)

    return _try(store, settings, steps, lease, owner, step)


def _try(store: Store, settings: Settings, steps: Steps, lease: Lease, owner: str, step: Callable[[], None]) -> bool:
    """Do what belongs to a lease, and keep what goes wrong on its document."""
    document = lease.document
    log.info("%s %s (%s)", lease.work, document.id, document.title)
    try:
        if lease.attempts >= MAX_ATTEMPTS:
            raise StoppedTheProgram(name=document.title, attempts=lease.attempts, log=str(log_path(settings)))
        step()
    except StoreError as error:
        log.error("%s: %s", document.id, error)
        steps.trouble(lease, error)
        store.queue.release(document.id, owner)
        time.sleep(1)
        return False
    except WunderkammerError as error:
        steps.fail(lease, error.failure())
    except Exception as error:
        # A bug of ours must not stop the other documents: it is logged in full and told on the document.
        log.exception("%s", document.id)
        detail = f"{type(error).__name__}: {error}"[:300]
        failure: Failure = Unexpected(detail=detail, log=str(log_path(settings))).failure()
        steps.fail(lease, failure)
    return True


def log_path(settings: Settings) -> Path:
    """The worker's log file."""
    return settings.logs / "worker.log"


def main() -> None:
    """Entry of the worker process."""
    settings = configuration.read()
    if hasattr(os, "nice"):
        os.nice(5)
    settings.logs.mkdir(parents=True, exist_ok=True)
    settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    handler = RotatingFileHandler(log_path(settings), maxBytes=2_000_000, backupCount=3, encoding="utf-8")
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    work(settings)


if __name__ == "__main__":
    main()
