"""Backups taken while an import writes: is each of one moment, and can it be opened?

`python -m bench.backups [--rounds 20] [--engine embedded|neo4j] [--seed 1] [--json]` imports folder after folder of
texts and writes the whole cabinet to a file at random moments meanwhile; each file is opened in a new home, where
`graph check` must find nothing and all must be as the file says. At the end the imports must be done, nothing of them
lost by having waited.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import settings as configuration
from bench.faults import make_texts
from graph.embedded import stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, submit
from ingest.worker import ensure_worker, stop_worker
from settings import Settings
from share.cabinet import content_of, write_cabinet
from share.cabinet_open import open_cabinet

LONGEST = 1800.0
DOCUMENTS = 40


@dataclass(slots=True)
class Report:
    """What came of the backups: how many are sound, the seconds that each took, the documents in each."""

    engine: str
    rounds: int
    sound: int = 0
    during_writes: int = 0
    """Backups while the import had still something to do when they were done."""
    seconds: list[float] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    imported: int = 0
    expected: int = 0
    violations: int = 0


def _settings(home: Path, **variables: str) -> Settings:
    return configuration.read(dict(os.environ) | {"WUNDERKAMMER_HOME": str(home), "NEO4J_URI": ""} | variables)


@contextmanager
def _source(engine: str, home: Path) -> Iterator[Settings]:
    if engine == "embedded":
        settings = _settings(home)
        try:
            yield settings
        finally:
            stop_worker(settings)
            stop_server(settings)
        return
    from tests.servers import start_neo4j

    server = start_neo4j(home / "server")
    settings = _settings(home, NEO4J_URI=server.uri, NEO4J_USERNAME=server.user, NEO4J_PASSWORD=server.password)
    try:
        yield settings
    finally:
        stop_worker(settings)
        server.stop()


def run(engine: str, rounds: int, seed: int, folder: Path) -> Report:
    """Import, and back up at random moments; each backup is opened once all are made."""
    dice, report = random.Random(seed), Report(engine, rounds)
    backups = [folder / f"backup-{number}.zip" for number in range(rounds)]
    with _source(engine, folder / "source") as settings, Store(settings) as store:
        made = 0
        contents = []
        for out in backups:
            if len(store.queue.left()) == 0 or sum(store.queue.left().values()) < DOCUMENTS // 2:
                made += 1
                make_texts(folder / f"texts-{made}", DOCUMENTS, seed + made)
                submit(store, settings, [folder / f"texts-{made}"], Options())
            ensure_worker(settings)
            time.sleep(dice.uniform(0.2, 3.0))
            began = time.perf_counter()
            written = write_cabinet(store, settings, out)
            report.seconds.append(round(time.perf_counter() - began, 2))
            report.during_writes += bool(store.queue.left())
            contents.append(written.content)
            print(f"backup {out.name}: {written.counts}, {report.seconds[-1]} s", file=sys.stderr, flush=True)
        until = time.monotonic() + LONGEST
        while store.queue.left() and time.monotonic() < until:
            ensure_worker(settings)
            time.sleep(0.2)
        report.imported = store.stats((DEFAULT_COLLECTION,))["documents"] if not store.queue.left() else -1
        report.expected = made * DOCUMENTS
        report.violations = sum(store.check().values())
    for out, content in zip(backups, contents, strict=True):
        report.sound += _is_sound(out, content, folder / out.stem, report)
    return report


def _is_sound(out: Path, content: str, home: Path, report: Report) -> bool:
    """Whether a backup opens in a new home and is there what it was."""
    settings = _settings(home)
    try:
        with Store(settings) as store:
            open_cabinet(store, settings, out)
            collections = [each.id for each in store.cabinets.listed()]
            violations = {name: count for name, count in store.check().items() if count}
            report.documents.append(store.stats(collections)["documents"])
            same = content_of(store, collections) == content
    finally:
        stop_server(settings)
    if violations or not same:
        print(f"{out.name}: {violations}, the same: {same}", file=sys.stderr)
    return same and not violations


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; 1 where any backup is not sound, or the imports lost anything."""
    parser = argparse.ArgumentParser(prog="python -m bench.backups", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--engine", choices=("embedded", "neo4j"), default="embedded")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-backups-") as folder:
        report = run(given.engine, given.rounds, given.seed, Path(folder))
    if given.json:
        print(json.dumps(asdict(report)))
    else:
        print(
            f"{report.engine}: {report.sound} of {report.rounds} backups sound, {report.during_writes} of them while "
            f"writing; {report.documents[0]} to {report.documents[-1]} documents; median "
            f"{statistics.median(report.seconds)} s, longest {max(report.seconds)} s; imported {report.imported} of "
            f"{report.expected}, {report.violations} violations"
        )
    whole = report.imported == report.expected and not report.violations
    return 0 if report.sound == report.rounds and whole else 1


if __name__ == "__main__":
    sys.exit(main())
