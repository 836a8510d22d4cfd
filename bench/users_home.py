"""A filled cabinet for `bench.users`, and the app on a copy of it, started as `make run` starts it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.latency import opened
from bench.latency_cabinet import Cabinet
from bench.latency_fill import Filler
from graph.connection import Connection
from graph.embedded import server_status
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.sample import submit_sample
from ingest.worker import stop_worker, work
from settings import VARIABLES, Settings

ROOT = Path(__file__).resolve().parents[1]
_READY = "filled"
_NEO4J = {"heap_mb": 1024, "pages_mb": 512}
_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Running:
    """The app with the processes that serve it, by the address of each; the worker comes and goes."""

    apps: dict[str, int]
    settings: Settings
    database: int
    names: tuple[str, ...]
    """Of those that most is claimed of in the cabinet."""


def filled(engine: str, passages: int, kept: Path) -> Path:
    """The folder of a cabinet with the sample and so many made-up passages; made where it is not there yet."""
    home = kept / f"users-{engine}-{passages}"
    if not (home / _READY).exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        with opened(engine, home, _NEO4J) as (settings, _):
            if passages:
                with Store(settings):
                    database = Connection(settings)
                    Filler(database, Cabinet(passages)).fill()
                    database.close()
            with Store(settings) as store:
                submit_sample(store, settings)
                work(settings, idle=0.1)
        (home / _READY).touch()
    return home


@contextmanager
def running(engine: str, source: Path, home: Path, apps: int = 1) -> Iterator[Running]:
    """The app, as so many processes, on a copy of a filled cabinet; afterwards nothing of it runs any more."""
    shutil.copytree(source, home, ignore=shutil.ignore_patterns("run", "logs"))
    with opened(engine, home, _NEO4J) as (settings, database):
        with Store(settings) as store:
            names = tuple(each.name for each in store.explore.most_connected([DEFAULT_COLLECTION], 30))
            pid = database or _pid(settings)
        with ExitStack() as started:
            started.callback(stop_worker, settings)
            served = dict(started.enter_context(_app(settings, home, f"app{n}.out")) for n in range(apps))
            yield Running(served, settings, pid, names)


def _pid(settings: Settings) -> int:
    server = server_status(settings).server
    assert server is not None, "the store has just started it"
    return server.pid


@contextmanager
def _app(settings: Settings, home: Path, log: str) -> Iterator[tuple[str, int]]:
    named = {
        "WUNDERKAMMER_HOME": str(home), "NEO4J_URI": settings.neo4j_uri or "",
        "NEO4J_USERNAME": settings.neo4j_username, "NEO4J_PASSWORD": settings.neo4j_password or "",
        "STREAMLIT_SERVER_HEADLESS": "true", "PORT": str(free_port()),
    }  # fmt: skip
    environment = os.environ | dict.fromkeys(VARIABLES.values(), "") | named
    url = f"http://localhost:{named['PORT']}"
    with (home / log).open("wb") as out:
        command = [sys.executable, "-m", "scripts.app"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        _wait_for(f"{url}/_stcore/health")
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    """A port of the loopback address that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait_for(address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)
