"""A full disk, a clock that jumps, little memory, while an import writes and somebody asks: what is said, what is lost.

`python -m bench.straits disk|clock|memory [--engine embedded|neo4j] [--json]`. The real things, so Linux and root are
needed: a small disk of memory is mounted and filled up (`disk`), libfaketime moves the clock of the process that
imports (`clock`; `pip install libfaketime`), a control group limits the memory of app, worker and database (`memory`).
Where an import was disturbed its graph is compared node by node with that of an undisturbed one.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.faults import Graph, make_texts, snapshot
from bench.outages import Asking, Database, Disturbed, opened
from bench.straits_memory import Small, small
from graph.errors import WunderkammerError
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, remove_document, submit
from ingest.worker import ensure_worker, stop_worker
from settings import Settings

LONGEST = 900.0
DISK_MB = 3000
FULL_FOR = 20.0
"""Seconds that the disk stays full."""
JUMPS = ("+1h", "-3h", "+400d", "-1d", "+0")
"""What the clock of the importing process says, one after the other, against the others'."""
LATE = "handed-in-late.txt"
EACH = 4.0
"""Seconds between two jumps."""


@dataclass(slots=True)
class Report(Disturbed):
    """What was said while it was so (class of error: how often)."""

    strait: str = ""
    said: list[str] = field(default_factory=list)
    """To who hands in a document meanwhile, and on the documents that wait."""
    calm_seconds: float = 0.0


Trouble = Callable[[Settings, Store, Report], None]


def imported(settings: Settings, texts: Path, report: Report, trouble: Trouble | None) -> Graph:
    """Import the texts, with this trouble once the import runs, and wait for the end; returns the graph."""
    began = time.monotonic()
    with Store(settings) as store:
        submit(store, settings, [texts], Options())
        ensure_worker(settings)
        asking = Asking(settings)
        asking.start()
        try:
            if trouble is not None:
                time.sleep(2.0)
                trouble(settings, store, report)
            while store.queue.left() and time.monotonic() - began < LONGEST:
                ensure_worker(settings)
                time.sleep(0.2)
        finally:
            asking.over.set()
            asking.join(60)
        report.finished = not store.queue.left()
        report.questions, report.unclear = dict(asking.came), asking.unclear[:10]
        report.seconds = round(time.monotonic() - began, 1)
        for each in store.documents.listed([DEFAULT_COLLECTION], limit=1000):
            if each.uri.endswith(LATE):
                remove_document(store, settings, each.id)
        report.violations = sum(store.check().values())
        return snapshot(store)


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A disk of this size, gone with all that is on it afterwards."""
    with tempfile.TemporaryDirectory(prefix="wunderkammer-disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def full_disk(disk: Path, database: Database) -> Trouble:
    """Fill the disk to its last byte for a while; somebody hands in a document meanwhile.

    Neo4j then wants to be started again, which whoever runs it does once there is room.
    """

    def trouble(settings: Settings, store: Store, report: Report) -> None:
        filler = disk / "filler"
        with filler.open("wb") as file:
            _fill(file.fileno())
            until = time.monotonic() + FULL_FOR
            while time.monotonic() < until:
                _fill(file.fileno())
                _hand_in(settings, store, report)
                time.sleep(1.0)
        report.said += _waiting(store)
        filler.unlink()
        if database.settings.neo4j_uri:
            database.stop(politely=True)
            database.start()

    return trouble


def _fill(descriptor: int) -> None:
    for size in (1 << 24, 1 << 16, 1 << 12):
        try:
            while os.write(descriptor, b"\0" * size):
                pass
        except OSError:
            continue


def _hand_in(settings: Settings, store: Store, report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        late = Path(folder) / LATE
        late.write_text("Handed in while the disk was full. " * 400)
        try:
            done = submit(store, settings, [late], Options())
            said = [f"handed in: {each.failure.code}" for each in done.refused if each.failure]
            said += ["handed in: taken"] * len(done.queued) + ["handed in: kept as failed"] * len(done.failed)
        except WunderkammerError as error:
            said = [f"handed in: {type(error).__name__}: {error}"]
    report.said = list(dict.fromkeys([*report.said, *said]))


def _waiting(store: Store) -> list[str]:
    """What the documents say that were kept waiting."""
    try:
        documents = store.documents.listed([DEFAULT_COLLECTION], limit=200)
    except WunderkammerError as error:
        return [f"list: {type(error).__name__}"]
    told = Counter(f"document: {each.failure.code}" for each in documents if each.failure)
    return [f"{text} ({times})" for text, times in told.items()]


def moved_clock(times: Path) -> Trouble:
    """Let the clock of the process that imports jump, hours and days, ahead and back."""

    def trouble(settings: Settings, store: Store, report: Report) -> None:
        for jump in JUMPS:
            times.write_text(jump + "\n")
            until = time.monotonic() + EACH
            while time.monotonic() < until and store.queue.left():
                ensure_worker(settings)
                time.sleep(0.2)
            left = {step.value: n for step, n in store.queue.left().items()}
            report.said.append(f"{jump}: left {left}")

    return trouble


@contextmanager
def faked_clock(times: Path) -> Iterator[None]:
    """Programs that are started now take their time from this file; Python's own seconds since the start stay true."""
    found = importlib.util.find_spec("libfaketime")
    if found is None or found.origin is None:
        sys.exit("The clock cannot be moved: `pip install libfaketime` first.")
    times.write_text("+0\n")
    library = next(Path(found.origin).parent.rglob("libfaketime*.so*"))
    extra = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(times),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    os.environ.update(extra)
    try:
        yield
    finally:
        for name in extra:
            os.environ.pop(name, None)


def disturbed(strait: str, engine: str, documents: int, seed: int) -> Report:
    """Import in peace and in this trouble, and compare."""
    random.seed(seed)
    report, calm = Report(engine, strait=strait), Report(engine)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-straits-") as folder, small_disk(DISK_MB) as disk:
        texts = Path(folder) / "texts"
        make_texts(texts, documents, seed)
        with opened(engine, Path(folder) / "calm") as database:
            expected = imported(database.settings, texts, calm, None)
        home = disk / "home" if strait == "disk" else Path(folder) / "storm"
        with opened(engine, home) as database:
            # Whoever starts the embedded database gives it its own clock: it is up before the clock is moved.
            with Store(database.settings):
                pass
            if strait == "disk":
                graph = imported(database.settings, texts, report, full_disk(disk, database))
            else:
                with faked_clock(Path(folder) / "times"):
                    graph = imported(database.settings, texts, report, moved_clock(Path(folder) / "times"))
                    stop_worker(database.settings)
    report.calm_seconds = calm.seconds
    report.compare(expected, graph)
    return report


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; 1 where anything was lost, doubled, left undone or unclear."""
    parser = argparse.ArgumentParser(prog="python -m bench.straits", description=__doc__)
    parser.add_argument("strait", choices=("disk", "clock", "memory"))
    parser.add_argument("--engine", choices=("embedded", "neo4j"), default="embedded")
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--megabytes", type=int, default=2000, help="of memory, for `memory`")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report: Report | Small
    if given.strait == "memory" and given.engine == "neo4j":
        parser.error("`memory` is tried with the embedded database: how much Neo4j may take is set where it runs.")
    if given.strait == "memory":
        report = small(given.megabytes, given.documents, given.seed)
    else:
        report = disturbed(given.strait, given.engine, given.documents, given.seed)
    print(json.dumps(asdict(report) | {"sound": report.sound}, ensure_ascii=False) if given.json else report)
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
