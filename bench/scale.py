"""How import, questions and pages grow with the cabinet: the curves by which one chooses a machine and a database.

`python -m bench.scale [--sizes 1000 10000 100000] [--engine embedded|neo4j] [--questions 60] --keep DIR [--json]`
fills cabinets of these sizes as `bench.latency` does (kept in DIR, a million takes hours and 20 GB), and in each asks
questions, imports twenty short documents by the usual way with vectors made here, and runs each page again. What was
imported is taken out again.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.explore_pages import timed
from bench.faults import make_texts
from bench.latency import cabinet_of, measure, memory, opened
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, remove_document, submit
from ingest.worker import ensure_worker, stop_worker
from settings import Settings

SIZES = (1_000, 10_000, 100_000)
DOCUMENTS = 20
PAGES = ("ask", "library", "explore", "add", "findings", "history")
_LONGEST = 1800.0


@dataclass(frozen=True, slots=True)
class Scaled:
    """A cabinet of one size. Milliseconds of questions; seconds of pages (first run, again) and of the import."""

    engine: str
    passages: int
    p50: float
    p95: float
    first: float
    chain_p50: float
    import_seconds: float
    imported: int
    """Passages, by documents that are all new."""
    app_mb: int
    database_mb: int
    disk_mb: int
    pages: dict[str, tuple[float, float]] = field(default_factory=dict)


def scaled(engine: str, passages: int, count: int, kept: Path) -> Scaled:
    """Measure one size."""
    home = cabinet_of(engine, passages, kept)
    context = multiprocessing.get_context("spawn")
    with opened(engine, home, memory(passages)) as (settings, database):
        with ProcessPoolExecutor(1, mp_context=context) as apart:
            asked = apart.submit(measure, settings, passages, count, database, ("graph", "path")).result()
        seconds, imported = _import(settings)
        with ProcessPoolExecutor(1, mp_context=context) as apart:
            pages = apart.submit(_pages, settings).result()
    graph, path = asked.ways["graph"], asked.ways["path"]
    return Scaled(
        engine, passages, graph.p50, graph.p95, graph.first, path.p50, seconds, imported,
        asked.python_mb, asked.database_mb, asked.disk_mb, pages,
    )  # fmt: skip


def _import(settings: Settings) -> tuple[float, int]:
    """Seconds from handing twenty documents in until the last vector is stored, and how many passages they have."""
    os.environ |= _variables(settings)
    with tempfile.TemporaryDirectory() as folder, Store(settings) as store:
        make_texts(Path(folder) / "texts", DOCUMENTS, seed=7)
        began = time.monotonic()
        done = submit(store, settings, [Path(folder) / "texts"], Options())
        ensure_worker(settings)
        while store.queue.left() and time.monotonic() - began < _LONGEST:
            time.sleep(0.1)
        seconds = round(time.monotonic() - began, 1)
        imported = sum(len(store.documents.chunks(id_)) for id_ in done.queued)
        stop_worker(settings)
        for id_ in done.queued:
            remove_document(store, settings, id_)
    return seconds, imported


def _pages(settings: Settings) -> dict[str, tuple[float, float]]:
    os.environ |= _variables(settings)
    found = {page: timed(page, page) for page in PAGES}
    with Store(settings) as store:
        busiest = store.explore.most_connected([DEFAULT_COLLECTION], 1)[0].id
    found["explore, an entity"] = timed("explore, an entity", "explore", entity=busiest)
    return {name: (each.first, each.again) for name, each in found.items()}


def _variables(settings: Settings) -> dict[str, str]:
    return {
        "WUNDERKAMMER_HOME": str(settings.home),
        "NEO4J_URI": settings.neo4j_uri or "",
        "NEO4J_USERNAME": settings.neo4j_username or "",
        "NEO4J_PASSWORD": settings.neo4j_password or "",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--engine", choices=("embedded", "neo4j"), default="embedded")
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--keep", type=Path, required=True, help="where the filled cabinets are, or are to be")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    results = []
    for passages in given.sizes:
        results.append(scaled(given.engine, passages, given.questions, given.keep))
        print(results[-1], file=sys.stderr, flush=True)
    if given.json:
        print(json.dumps([asdict(each) for each in results]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
