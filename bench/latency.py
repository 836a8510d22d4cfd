"""How long a question takes, and how that grows with the cabinet: retrieval without a model, its vectors ready.

`python -m bench.latency [--sizes 1000 10000 100000] [--engine embedded|neo4j] [--questions 200] [--keep DIR] [--json]`
makes a cabinet of each size (passages; half as many names, three times as many claims), opens it in a process of its
own, asks each way, and prints the milliseconds of the first question, of the others and of their second half, processor
time, and the memory of this process and of the database. `--engine neo4j` starts a server of its own, `--keep` keeps
the filled cabinets.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import psutil

from bench import latency_bulk
from bench.latency_cabinet import Cabinet
from bench.latency_fill import Filler
from bench.latency_questions import Prepared, Question, between, questions
from graph.connection import Connection
from graph.embedded import release_server, server_status, stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Mode, Retrieved
from graph.ways import Filters
from llm.modes import find
from settings import Settings

SIZES = (1_000, 10_000, 100_000)
GOAL_MS, GOAL_GROWTH = 150, 3.0
LIMIT = 8
_FEW = 10
"""One in so many questions is asked in the ways that are not the goal's."""
_FILLED = "filled.json"
_NEO4J = {"heap_mb": 2048, "pages_mb": 1024}
_LARGE = {"heap_mb": 4096, "pages_mb": 4096}
BULK = 50_000
"""From so many passages on a Neo4j is filled by its own bulk import, and has more memory."""

Ask = Callable[[Question], Retrieved]


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds of the questions asked in one way; the first apart, which reads what is kept in memory."""

    questions: int
    first: float
    p50: float
    p95: float
    most: float
    late_p50: float
    """Of the second half of the questions, when the database has compiled what it is asked often."""
    late_p95: float
    python_cpu: float
    """Milliseconds of processor time of this process, the mean over the questions; then the database's."""
    database_cpu: float
    found: float
    """Pieces of evidence, the mean over the questions."""
    steps: dict[str, float] = field(default_factory=dict)
    """Median milliseconds of the steps that are told."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A cabinet of one size: what is in it, each way of asking, and megabytes of memory after all of them."""

    engine: str
    passages: int
    stats: dict[str, int]
    ways: dict[str, Timed]
    python_before_mb: int
    python_mb: int
    database_mb: int
    disk_mb: int


def _ways(
    store: Store, asked: Sequence[Question], ends: Sequence[Question]
) -> dict[str, tuple[Sequence[Question], Ask]]:
    """Questions and how they are asked, by the name of the way."""
    embedder = Prepared([*asked, *ends])
    names = (DEFAULT_COLLECTION,)
    some = [question for question in asked if question.document][::_FEW]

    def by(mode: Mode) -> Ask:
        return lambda q: find(store, embedder, q.text, mode, LIMIT, names)

    def narrowed(question: Question) -> Retrieved:
        return find(store, embedder, question.text, Mode.GRAPH, LIMIT, names, Filters(documents=(question.document,)))

    return {
        "graph": (asked, by(Mode.GRAPH)),
        "hybrid": (asked[:: _FEW // 2], by(Mode.HYBRID)),
        "by words": (asked[1 :: _FEW // 2], lambda q: find(store, None, q.text, Mode.GRAPH, LIMIT, names)),
        "path": (ends, by(Mode.PATH)),
        "narrowed": (some, narrowed),
    }


def _timed(asked: Sequence[Question], ask: Ask, database: psutil.Process) -> Timed:
    """Ask all in turn. The first question counts apart."""
    times, steps, found = [], [], []
    began_here, began_there = time.process_time(), _processor(database)
    for number, question in enumerate(asked):
        if number == 1:
            began_here, began_there = time.process_time(), _processor(database)
        began = time.perf_counter()
        retrieved = ask(question)
        times.append((time.perf_counter() - began) * 1000)
        steps.append(retrieved.timings)
        found.append(len(retrieved.evidence))
    here, there = time.process_time() - began_here, _processor(database) - began_there
    rest, late, count = np.array(times[1:]), np.array(times[(len(times) + 1) // 2 :]), max(1, len(asked) - 1)
    told = {name for each in steps[1:] for name in each}
    return Timed(
        questions=len(asked),
        first=round(times[0], 1),
        p50=round(float(np.percentile(rest, 50)), 1),
        p95=round(float(np.percentile(rest, 95)), 1),
        most=round(float(rest.max()), 1),
        late_p50=round(float(np.percentile(late, 50)), 1),
        late_p95=round(float(np.percentile(late, 95)), 1),
        python_cpu=round(here * 1000 / count, 1),
        database_cpu=round(there * 1000 / count, 1),
        found=round(float(np.mean(found)), 1),
        steps={n: round(float(np.median([s[n] for s in steps[1:] if n in s])) * 1000, 1) for n in sorted(told)},
    )


def _processor(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def measure(settings: Settings, passages: int, count: int, database: int | None, only: Sequence[str]) -> Measured:
    """Ask a filled cabinet; `database` is the id of its server's process, None for the embedded one."""
    cabinet = Cabinet(passages)
    asked, ends = questions(cabinet, count), between(cabinet, max(2, count // _FEW))
    here = psutil.Process()
    with Store(settings) as store:
        server = psutil.Process(database or server_status(settings).server.pid)  # type: ignore[union-attr]
        before = here.memory_info().rss
        every = _ways(store, asked, ends)
        ways = {name: _timed(some, ask, server) for name, (some, ask) in every.items() if not only or name in only}
        return Measured(
            store.engine, passages, store.stats((DEFAULT_COLLECTION,)), ways, _mb(before),
            _mb(here.memory_info().rss), _mb(server.memory_info().rss), _mb(_size(settings.home)),
        )  # fmt: skip


def _mb(count: int) -> int:
    return round(count / 2**20)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@contextmanager
def opened(engine: str, home: Path, memory: Mapping[str, int] = _NEO4J) -> Iterator[tuple[Settings, int | None]]:
    """A running database in a folder: settings that reach it, and the id of its process where it is not embedded."""
    if engine == "embedded":
        settings = Settings(home=home)
        try:
            yield settings, None
        finally:
            stop_server(settings)
            release_server(settings)
        return
    from tests.servers import start_neo4j

    server = start_neo4j(home / "server", **memory)
    try:
        settings = Settings(home, server.uri, server.user, server.password)
        yield settings, server.process.pid
    finally:
        server.stop()


def memory(passages: int) -> Mapping[str, int]:
    """Megabytes that a Neo4j with so many passages gets."""
    return _LARGE if passages >= BULK else _NEO4J


def cabinet_of(engine: str, passages: int, kept: Path) -> Path:
    """The folder of a filled cabinet of this size; made where it is not there yet, to its end where it was cut off."""
    home = kept / f"{engine}-{passages}"
    if not (home / _FILLED).exists():
        home.mkdir(parents=True, exist_ok=True)
        if engine == "neo4j" and passages >= BULK:
            seconds = latency_bulk.fill(home, Cabinet(passages), memory(passages))
        else:
            with opened(engine, home) as (settings, _), Store(settings):
                database = Connection(settings)
                seconds = Filler(database, Cabinet(passages)).fill()
                database.close()
        (home / _FILLED).write_text(json.dumps({"seconds": round(seconds)}), encoding="utf-8")
    return home


def run(engine: str, sizes: Sequence[int], count: int, kept: Path, only: Sequence[str] = ()) -> list[Measured]:
    """Make, open and ask a cabinet of each size, in a process of its own each."""
    results = []
    for passages in sizes:
        home = cabinet_of(engine, passages, kept)
        with opened(engine, home, memory(passages)) as (settings, database):
            context = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(1, mp_context=context) as apart:
                results.append(apart.submit(measure, settings, passages, count, database, only).result())
        print(_shown(results[-1]), file=sys.stderr, flush=True)
    return results


def growth(results: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """By way of asking, how many times as long the largest cabinet takes as the smallest."""
    first, last = results[0].ways, results[-1].ways
    return {
        name: {"p50": round(last[name].p50 / first[name].p50, 2), "p95": round(last[name].p95 / first[name].p95, 2)}
        for name in first
    }


def _shown(result: Measured) -> str:
    held = f"{result.python_before_mb} -> {result.python_mb} MB here, {result.database_mb} MB database"
    lines = [f"{result.engine}, {result.passages} passages, {result.stats}; {held}, {result.disk_mb} MB on disk"]
    for name, t in result.ways.items():
        cpu = f"processor {t.python_cpu} + {t.database_cpu}"
        times = f"p50 {t.p50:6} p95 {t.p95:6} most {t.most:7}, later p50 {t.late_p50:6} p95 {t.late_p95:6} ms"
        lines.append(f"  {name:9} first {t.first:8} | {times} | {cpu}")
        lines.append(f"            {t.steps}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.latency", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--engine", choices=("embedded", "neo4j"), default="embedded")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--only", nargs="+", default=(), help="ways of asking, such as graph")
    parser.add_argument("--keep", type=Path, help="keep the filled cabinets in this folder and use them again")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-latency-") as temporary:
        results = run(given.engine, given.sizes, given.questions, given.keep or Path(temporary), given.only)
    grown = growth(results)
    if given.json:
        print(json.dumps({"measured": [asdict(result) for result in results], "growth": grown}))
    else:
        print("\n".join([*map(_shown, results), *(f"growth {name}: {times}" for name, times in grown.items())]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
