"""The database stopped and started again while an import writes and somebody asks: what is said, what is lost.

`python -m bench.outages [--engine embedded|neo4j] [--stops 10] [--documents 40] [--seed 1] [--json]` imports texts once
undisturbed, then again in a new home while the database is ended (in turn politely and by `kill -9`) and, if it is a
Neo4j, started again after some seconds; somebody asks all the while. Both graphs are compared node by node, and every
question must be answered or refused with one of our errors.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import settings as configuration
from bench.faults import Graph, make_texts, snapshot
from graph.embedded import server_status, stop_server
from graph.errors import WunderkammerError
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, submit
from ingest.worker import ensure_worker, stop_worker
from llm.retrieve import retrieve
from settings import Settings

LONGEST = 1200.0
QUESTIONS = ("Who kept a narwhal tusk in Prague?", "What did Ole Worm write about?", "Wem schrieb Rudolf II?")


class Database(Protocol):
    """A database that can be taken away."""

    settings: Settings

    def stop(self, politely: bool) -> None:
        """End it."""

    def start(self) -> None:
        """Have it back; nothing where it comes back by itself."""


class Embedded:
    """The embedded database: whoever needs it starts it again."""

    def __init__(self, home: Path) -> None:
        self.settings = configuration.read(dict(os.environ) | {"WUNDERKAMMER_HOME": str(home), "NEO4J_URI": ""})

    def stop(self, politely: bool) -> None:
        status = server_status(self.settings)
        if politely:
            stop_server(self.settings)
        elif status.server is not None:
            os.kill(status.server.pid, 9)

    def start(self) -> None:
        """It comes back by itself."""


class Neo4j:
    """A Neo4j server of our own, always at the same address."""

    def __init__(self, home: Path) -> None:
        from tests.servers import start_neo4j

        self._home, self._start = home, start_neo4j
        self._server = start_neo4j(home / "server")
        login = {"NEO4J_USERNAME": self._server.user, "NEO4J_PASSWORD": self._server.password}
        where = {"WUNDERKAMMER_HOME": str(home), "NEO4J_URI": self._server.uri}
        self.settings = configuration.read(dict(os.environ) | where | login)

    def stop(self, politely: bool) -> None:
        if politely:
            self._server.stop()
        else:
            self._server.process.kill()
            self._server.process.wait()

    def start(self) -> None:
        self._server = self._start(self._home / "server", port=urlsplit(self._server.uri).port)


@contextmanager
def opened(engine: str, home: Path) -> Iterator[Database]:
    """A new database in a folder, ended at last."""
    database = Embedded(home) if engine == "embedded" else Neo4j(home)
    try:
        yield database
    finally:
        stop_worker(database.settings)
        database.stop(politely=True)


@dataclass(slots=True)
class Disturbed:
    """Of an import that was disturbed: questions by what came of them, what the graph lacks or has too much."""

    engine: str
    questions: dict[str, int] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    """Errors that are none of ours."""
    finished: bool = False
    missing: int = 0
    extra: int = 0
    violations: int = 0
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        return self.finished and not (self.missing or self.extra or self.violations or self.unclear)

    def compare(self, expected: Graph, graph: Graph) -> None:
        """Note by how much the graph differs from that of an undisturbed import; tells a few of the lines."""
        self.missing, self.extra = (expected - graph).total(), (graph - expected).total()
        for line in [*(expected - graph)][:2] + [*(graph - expected)][:2]:
            print("differs:", line[:300], file=sys.stderr)


@dataclass(slots=True)
class Report(Disturbed):
    """How often the database was stopped, and the seconds from each start to the next answer."""

    stops: int = 0
    recovered: list[float] = field(default_factory=list)


class Asking(threading.Thread):
    """Somebody who asks again and again with one open store, as a page does."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="asking", daemon=True)
        self.over = threading.Event()
        self.came: Counter[str] = Counter()
        self.unclear: list[str] = []
        self.last_answer = 0.0
        self._settings = settings

    def run(self) -> None:
        number = 0
        with Store(self._settings) as store:
            while not self.over.wait(0.2):
                number += 1
                try:
                    retrieve(store, None, QUESTIONS[number % len(QUESTIONS)])
                    self.came["answered"] += 1
                    self.last_answer = time.monotonic()
                except WunderkammerError as error:
                    self.came[type(error).__name__] += 1
                except Exception as problem:  # noqa: BLE001 - what must not happen is what is counted here
                    self.unclear.append(f"{type(problem).__name__}: {problem}"[:300])


def run(database: Database, texts: Path, stops: int, dice: random.Random, report: Report) -> Graph:
    """Import the texts while the database is stopped so often; returns the graph."""
    settings, began = database.settings, time.monotonic()
    with Store(settings) as store:
        submit(store, settings, [texts], Options())
    ensure_worker(settings)
    asking = Asking(settings)
    asking.start()
    try:
        for number in range(stops):
            _wait(dice.uniform(1.0, 5.0), settings)
            database.stop(politely=number % 2 == 0)
            _wait(dice.uniform(0.5, 6.0), settings)
            database.start()
            started = time.monotonic()
            while asking.last_answer < started and time.monotonic() < started + 120:
                time.sleep(0.05)
            report.stops += 1
            report.recovered.append(round(time.monotonic() - started, 1))
            print(f"stop {number + 1}: answers again after {report.recovered[-1]} s", file=sys.stderr, flush=True)
        with Store(settings) as store:
            while store.queue.left() and time.monotonic() - began < LONGEST:
                _wait(0.5, settings)
            report.finished = not store.queue.left()
    finally:
        asking.over.set()
        asking.join(60)
    report.questions, report.unclear = dict(asking.came), asking.unclear[:20]
    report.seconds = round(time.monotonic() - began, 1)
    with Store(settings) as store:
        report.violations = sum(store.check().values())
        print(store.stats((DEFAULT_COLLECTION,)), file=sys.stderr)
        return snapshot(store)


def _wait(seconds: float, settings: Settings) -> None:
    """Let time pass; a worker that ended is started again, as the app does it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ensure_worker(settings)
        time.sleep(0.2)


def compare(engine: str, documents: int, stops: int, seed: int) -> Report:
    """Import undisturbed and disturbed, and compare."""
    dice, report = random.Random(seed), Report(engine)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-outages-") as folder:
        texts = Path(folder) / "texts"
        make_texts(texts, documents, seed)
        with opened(engine, Path(folder) / "calm") as database:
            expected = run(database, texts, 0, dice, Report(engine))
        with opened(engine, Path(folder) / "storm") as database:
            graph = run(database, texts, stops, dice, report)
    report.compare(expected, graph)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; 1 where anything was lost, doubled, left undone or unclear."""
    parser = argparse.ArgumentParser(prog="python -m bench.outages", description=__doc__)
    parser.add_argument("--engine", choices=("embedded", "neo4j"), default="neo4j")
    parser.add_argument("--stops", type=int, default=10)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report = compare(given.engine, given.documents, given.stops, given.seed)
    print(json.dumps(asdict(report) | {"sound": report.sound}) if given.json else report)
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
