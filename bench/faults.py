"""Kills the worker and the database at random moments during an import, and counts what was lost or done twice.

`python -m bench.faults [--kills 20] [--seed 1] [--json]` imports a folder of texts once undisturbed, then again in a
new home while `kill -9` hits the worker and the database in turn, and compares the two graphs node by node.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import settings as configuration
from graph.embedded import server_status, stop_server
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, submit
from ingest.worker import ensure_worker, stop_worker, worker_pid
from settings import Settings

LONGEST = 900.0
_VOLATILE = {"added_at", "job", "lease_owner", "lease_until", "attempts", "uri", "finished_at", "embedded_at"}

Graph = Counter[str]


@dataclass(frozen=True, slots=True)
class Report:
    """What happened: kills done, whether everything finished, what the disturbed graph lacks or has too much."""

    worker_kills: int
    database_kills: int
    finished: bool
    missing: int
    extra: int
    violations: int
    documents: int
    seconds: float

    @property
    def sound(self) -> bool:
        return self.finished and not (self.missing or self.extra or self.violations)


def make_texts(folder: Path, documents: int, seed: int) -> None:
    """Write texts in which names recur across documents; the same seed writes the same texts."""
    dice = random.Random(seed)
    people = ("Ole Worm", "Rudolf II", "Athanasius Kircher", "Ferdinand II", "Adam Olearius", "Philipp Hainhofer")
    places = ("Prague", "Copenhagen", "Rome", "Ambras", "Gottorf", "Augsburg")
    things = ("a narwhal tusk", "a nautilus cup", "red coral", "an automaton", "a celestial globe", "a bezoar")
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(documents):
        paragraphs = []
        for _ in range(dice.randint(8, 16)):
            sentences = [
                f"{dice.choice(people)} of {dice.choice(places)} kept {dice.choice(things)} number "
                f"{dice.randint(1, 9999)} and wrote about it to {dice.choice(people)}."
                for _ in range(6)
            ]
            paragraphs.append(" ".join(sentences))
        (folder / f"inventory-{number:03d}.txt").write_text(f"Inventory {number}\n\n" + "\n\n".join(paragraphs))


def snapshot(store: Store) -> Graph:
    """Every node and relationship as a line of text, with how often it is there; times and owners left out.

    Questions about names are left out too: a few are asked of each, and which depends on what was read first.
    """
    found: Graph = Counter()
    for row in store.query(
        "MATCH (n) WHERE n.collection = $c AND NOT 'Job' IN labels(n) AND NOT 'Suggestion' IN labels(n) "
        "RETURN n AS node",
        c=DEFAULT_COLLECTION,
    ):
        found[_line(row["node"])] += 1
    edges = store.query(
        "MATCH (a)-[r]->(b) WHERE a.collection = $c RETURN a.id AS a, type(r) AS t, properties(r) AS p, b.id AS b",
        c=DEFAULT_COLLECTION,
    )
    for row in edges:
        found[f"{row['a']} {row['t']} {_line(row['p'])} {row['b']}"] += 1
    return found


def _line(properties: dict[str, Any]) -> str:
    kept = {k: v for k, v in properties.items() if k not in _VOLATILE and k != "embedding" and v is not None}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False)


def run(home: Path, texts: Path, kills: int, dice: random.Random, targets: Sequence[str]) -> tuple[Graph, Report]:
    """Import the texts in this home, killing as many times; returns the graph and what happened."""
    settings = configuration.read(dict(os.environ) | {"WUNDERKAMMER_HOME": str(home), "NEO4J_URI": ""})
    began = time.monotonic()
    done = Counter[str]()
    with Store(settings) as store:
        submit(store, settings, [texts], Options())
        ensure_worker(settings)
        next_kill = time.monotonic() + dice.uniform(0.3, 2.0)
        while store.queue.left() and time.monotonic() - began < LONGEST:
            ensure_worker(settings)
            if sum(done.values()) < kills and time.monotonic() >= next_kill:
                target = targets[sum(done.values()) % len(targets)]
                done[target] += _kill(settings, target)
                next_kill = time.monotonic() + dice.uniform(0.2, 3.0)
            time.sleep(0.1)
        finished = not store.queue.left()
        graph = snapshot(store)
        report = Report(
            done["worker"],
            done["database"],
            finished,
            0,
            0,
            sum(store.check().values()),
            store.stats((DEFAULT_COLLECTION,))["documents"],
            round(time.monotonic() - began, 1),
        )
    stop_worker(settings)
    stop_server(settings)
    return graph, report


def _kill(settings: Settings, target: str) -> int:
    status = server_status(settings)
    pid = worker_pid(settings) if target == "worker" else (status.server.pid if status.server else None)
    if pid is None:
        return 0
    os.kill(pid, signal.SIGKILL)
    return 1


def compare(documents: int, kills: int, seed: int, targets: Sequence[str] = ("worker", "database")) -> Report:
    """Import undisturbed and disturbed, and compare."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-faults-") as folder:
        texts = Path(folder) / "texts"
        make_texts(texts, documents, seed)
        expected, _ = run(Path(folder) / "calm", texts, 0, dice, targets)
        graph, report = run(Path(folder) / "storm", texts, kills, dice, targets)
    missing, extra = expected - graph, graph - expected
    for line in [*missing][:3]:
        print("missing:", line, file=sys.stderr)
    for line in [*extra][:3]:
        print("extra:", line, file=sys.stderr)
    return Report(
        report.worker_kills,
        report.database_kills,
        report.finished,
        missing.total(),
        extra.total(),
        report.violations,
        report.documents,
        report.seconds,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; 1 when anything was lost, doubled or left undone."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--documents", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20, help="of the worker and of the database each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report = compare(given.documents, 2 * given.kills, given.seed)
    print(json.dumps(asdict(report) | {"sound": report.sound}) if given.json else report)
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
