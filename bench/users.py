"""A workshop: thirty people at one app on one machine. How long each thing takes them, what breaks, what grows.

`python -m bench.users [--users 30] [--minutes 10] [--engine embedded|neo4j] [--think 8] [--passages 10000] [--seed 1]
[--apps 1] [--keep DIR] [--json]` starts the app as `make run` does, on a cabinet with the sample and made-up documents,
and lets people at it through Streamlit's own protocol (see `bench.users_client`): they ask without a model, explore,
read, keep, bring documents that are then imported, and think in between (exponential, `--think` seconds in the mean). A
page action lasts from what somebody does until the page has run. `--keep` keeps the filled cabinet for the next time,
`--apps` starts so many processes of the app, each with its share of the people, as a proxy with sticky sessions does.
Goal: 95 of 100 page actions within 1.5 s, no error, memory that does not grow. Ends with 1 where it is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from bench.users_acts import User
from bench.users_book import Book
from bench.users_home import Running, filled, running
from bench.users_report import Report, action, by_name, errors, lines, memory
from bench.users_watch import Watched, watch
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.worker import worker_pid

EVERY = 10.0
"""Seconds between two looks at memory."""
ARRIVING = 30.0
"""Seconds within which all have come."""
WARM = 0.2
"""The first part of a run, after which memory is compared."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.users", description=__doc__)
    parser.add_argument("--users", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--engine", choices=("embedded", "neo4j"), default="embedded")
    parser.add_argument("--think", type=float, default=8, help="seconds, in the mean")
    parser.add_argument("--passages", type=int, default=10_000, help="beside the sample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--apps", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-bench-") as folder:
        source = filled(given.engine, given.passages, given.keep or Path(folder))
        with running(given.engine, source, Path(folder) / "home", given.apps) as app:
            for url, process in app.apps.items():
                print(f"{url}, process {process}", file=sys.stderr, flush=True)
            report = asyncio.run(workshop(app, given))
    print(json.dumps(asdict(report), ensure_ascii=False, indent=1) if given.json else "\n".join(lines(report)))
    return 0 if report.met else 1


async def workshop(app: Running, given: argparse.Namespace) -> Report:
    """Let people at the app, and look at its processes meanwhile."""
    dice, book = random.Random(given.seed), Book()
    urls = [*app.apps]
    processes: dict[str, Callable[[], int | None]] = {
        f"app {n}": partial(app.apps.__getitem__, url) for n, url in enumerate(urls, 1)
    }
    processes |= {"database": lambda: app.database, "worker": lambda: worker_pid(app.settings)}
    watched = {name: Watched() for name in processes}
    before, spent, seconds = documents(app), time.process_time(), given.minutes * 60
    looking = asyncio.create_task(watch(processes, watched, EVERY))
    until = time.monotonic() + seconds

    async def one(number: int) -> None:
        await asyncio.sleep(dice.uniform(0, min(ARRIVING, seconds / 10)))
        await User(urls[number % len(urls)], book, app.names, given.seed * 1000 + number, given.think).work(until)

    came = await asyncio.gather(*(one(n) for n in range(given.users)), return_exceptions=True)
    looking.cancel()
    kept = {name: memory(each, seconds, seconds * WARM) for name, each in watched.items()}
    pages = [each for each in book.done if each.page]
    beside = [each for each in book.done if not each.page]
    return Report(
        store_name(app), given.users, given.minutes, given.think, (before, documents(app)), os.getloadavg(),
        action(pages), by_name(pages), by_name(beside), errors(book.done),
        {name: each for name, each in kept.items() if each}, round((time.process_time() - spent) / seconds, 2),
        [f"somebody broke down: {told(each)}" for each in came if isinstance(each, BaseException)],
    )  # fmt: skip


def told(error: BaseException) -> str:
    """An error with the line of ours that it comes from."""
    return f"{error!r} at {' < '.join(f'{f.name}:{f.lineno}' for f in traceback.extract_tb(error.__traceback__)[-3:])}"


def store_name(app: Running) -> str:
    """Which database it was."""
    return "neo4j" if app.settings.neo4j_uri else "embedded"


def documents(app: Running) -> int:
    """How many documents are in the cabinet."""
    with Store(app.settings) as store:
        return store.tallies.documents((DEFAULT_COLLECTION,))


if __name__ == "__main__":
    sys.exit(main())
