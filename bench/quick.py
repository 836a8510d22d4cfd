"""The quick path on a PDF of 200 pages: seconds from handing it in until every page can be found, and until all vectors
are there. `python -m bench.quick [--pages 200] [--runs 3] [--json]`; goal: searchable in under 20 s.

The worker is a process of its own, as in real use, started cold; the database runs already.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import settings as configuration
from graph.embedded import stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from graph.work import Work
from ingest.submit import Options, submit
from ingest.worker import ensure_worker, stop_worker
from tests.make_files import book


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds, and the run's figures. `found_meanwhile`: a page was found by words before all vectors were there."""

    pages: int
    chunks: int
    entities: int
    searchable: float
    complete: float
    pages_per_second: float
    found_meanwhile: bool


def once(pages: int) -> Result:
    """Import a new book into a new home."""
    with tempfile.TemporaryDirectory(prefix="wunderkammer-bench-") as folder:
        path = book(Path(folder) / "book.pdf", pages)
        settings = configuration.read(dict(os.environ) | {"WUNDERKAMMER_HOME": str(Path(folder) / "home")})
        with Store(settings) as store:
            began = time.perf_counter()
            submit(store, settings, [path], Options())
            ensure_worker(settings)
            while set(store.queue.left()) & {Work.READ, Work.EXTRACT}:
                time.sleep(0.1)
            searchable = time.perf_counter() - began
            searched = store.documents.searched((DEFAULT_COLLECTION,))
            some = store.query("MATCH (c:Chunk {index: 500}) RETURN c.id AS id, c.text AS text")[0]
            found = store.search.chunks_by_words(some["text"], 5, (DEFAULT_COLLECTION,))
            meanwhile = some["id"] in {id_ for id_, _ in found} and searched.unembedded > 0
            while store.queue.left():
                ensure_worker(settings)
                time.sleep(0.2)
            complete = time.perf_counter() - began
            entities = store.stats((DEFAULT_COLLECTION,))["entities"]
        stop_worker(settings)
        if not settings.neo4j_uri:
            stop_server(settings)
    rate = round(pages / searchable, 1)
    return Result(pages, searched.chunks, entities, round(searchable, 1), round(complete, 1), rate, meanwhile)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.quick", description=__doc__)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    results = sorted((once(given.pages) for _ in range(given.runs)), key=lambda r: r.searchable)
    middle = results[len(results) // 2]
    spread = [r.searchable for r in results]
    print(json.dumps(asdict(middle) | {"all": spread}) if given.json else f"{middle}\nall runs: {spread}")
    if len(spread) > 1:
        print(f"median {statistics.median(spread)} s", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
