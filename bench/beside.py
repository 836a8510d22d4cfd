"""A small cabinet beside a huge one in one database: does a question there find what it would find alone, how soon?

`python -m bench.beside [--small 500 5000] [--large 100000] [--engine embedded|neo4j] [--questions 40] [--keep DIR]`.
The indexes span all cabinets, so the nearest vectors and the best words of the whole may all be the other's. Each
question is asked in a database that has the small cabinet alone, and in the one that has both. `--keep` is as in
`bench.latency`: the large cabinet is copied from there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from bench.latency import cabinet_of, opened
from bench.latency_cabinet import Cabinet
from bench.latency_fill import Filler
from bench.latency_questions import Prepared, Question, questions
from graph.connection import Connection
from graph.store import Store
from graph.types import Mode
from llm.modes import find
from settings import Settings

LIMIT = 8
SMALL = "a small one"


@dataclass(frozen=True, slots=True)
class Beside:
    """Of what a question finds alone how much it finds beside the large cabinet, and milliseconds there."""

    engine: str
    small: int
    large: int
    way: str
    same: float
    """The mean over the questions, 0 to 1."""
    nothing: int
    """Questions that found something alone and nothing there."""
    p50: float
    p95: float
    alone_p50: float
    alone_p95: float


Asked = dict[str, list[tuple[list[str], float]]]


def ask(settings: Settings, cabinet: Cabinet, asked: Sequence[Question]) -> Asked:
    """Ask each question three ways; the chunks found and the milliseconds of each. The first of each way warms up."""
    found: Asked = {}
    with Store(settings) as store:
        for way, mode, embedder in (
            ("meaning and words", Mode.HYBRID, Prepared(asked)),
            ("graph", Mode.GRAPH, Prepared(asked)),
            ("words", Mode.GRAPH, None),
        ):
            find(store, embedder, asked[0].text, mode, LIMIT, (cabinet.collection,))
            for question in asked:
                began = time.perf_counter()
                retrieved = find(store, embedder, question.text, mode, LIMIT, (cabinet.collection,))
                took = (time.perf_counter() - began) * 1000
                found.setdefault(way, []).append(([each.chunk.id for each in retrieved.evidence], took))
    return found


def fill(settings: Settings, cabinet: Cabinet) -> None:
    """Write a cabinet beside what is there."""
    with Store(settings):
        database = Connection(settings)
        Filler(database, cabinet).fill()
        database.close()


def compare(engine: str, small: int, large: int, count: int, kept: Path, folder: Path) -> list[Beside]:
    """Ask alone and beside."""
    cabinet = Cabinet(small, SMALL)
    # Those about nothing and about words that stand everywhere tell nothing here.
    asked = [each for each in questions(cabinet, count * 2) if each.document][:count]
    with opened(engine, folder / "alone") as (settings, _):
        fill(settings, cabinet)
        alone = ask(settings, cabinet, asked)
    both = folder / "both"
    shutil.copytree(cabinet_of(engine, large, kept), both)
    with opened(engine, both) as (settings, _):
        fill(settings, cabinet)
        beside = ask(settings, cabinet, asked)
    return [_compared(Beside(engine, small, large, way, 0, 0, 0, 0, 0, 0), alone[way], beside[way]) for way in alone]


def _compared(
    result: Beside, alone: Sequence[tuple[list[str], float]], beside: Sequence[tuple[list[str], float]]
) -> Beside:
    pairs = [(set(a), set(b)) for (a, _), (b, _) in zip(alone, beside, strict=True) if a]
    p50, p95 = np.percentile([took for _, took in beside], (50, 95))
    alone_p50, alone_p95 = np.percentile([took for _, took in alone], (50, 95))
    return replace(
        result,
        same=round(float(np.mean([len(a & b) / len(a) for a, b in pairs])), 3),
        nothing=sum(not b for _, b in pairs),
        p50=round(p50, 1), p95=round(p95, 1), alone_p50=round(alone_p50, 1), alone_p95=round(alone_p95, 1),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.beside", description=__doc__)
    parser.add_argument("--small", type=int, nargs="+", default=(500, 5_000))
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--engine", choices=("embedded", "neo4j"), default="embedded")
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--keep", type=Path, help="where bench.latency keeps its filled cabinets")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    results = []
    for small in given.small:
        with tempfile.TemporaryDirectory(prefix="wunderkammer-beside-") as temporary:
            folder = Path(temporary)
            kept = given.keep or folder / "kept"
            results += compare(given.engine, small, given.large, given.questions, kept, folder)
        for each in results[-3:]:
            print(each, file=sys.stderr, flush=True)
    if given.json:
        print(json.dumps([asdict(each) for each in results]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
