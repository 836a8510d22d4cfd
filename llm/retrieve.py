"""From a question to evidence, without any model at question time but the embedding.

`hybrid` fuses what is near by meaning with what shares words. `graph` reads on from the best of these (`llm.reading`),
starts a personalised PageRank at what it found so, at the entities of the statements nearest to the question and at
those that the question names, and ranks passages by where the walk ends (after HippoRAG 2, arXiv 2502.14802, without
its model call). `auto` takes `graph` where there is one. docs/retrieval.md says how the weights were chosen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from graph.errors import WrongUse
from graph.types import DEFAULT_COLLECTION, Evidence, Mode, Retrieved
from llm.connect import connecting_subgraph
from llm.embed import Embedder
from llm.found import ENOUGH, ENOUGH_BY_WORDS, shares
from llm.reading import chances, read_on, scaled, what_they_say
from llm.views import Found, Graph, RankGraph, Triple
from llm.words import content_words, named_in

T = TypeVar("T")


class ModeNotHere(WrongUse):
    en = "The mode {mode!r} is not part of this version. Choose auto, hybrid or graph."
    de = "Den Modus {mode!r} gibt es in dieser Version nicht. Wählen Sie auto, hybrid oder graph."


class EmptyQuestion(WrongUse):
    en = "The question is empty. Write what you want to know."
    de = "Die Frage ist leer. Schreiben Sie, was Sie wissen möchten."


@dataclass(frozen=True, slots=True)
class Weights:
    """Settings of the ranking. None of them is at a peak: docs/retrieval.md has what their neighbours reach."""

    words: float = 0.5
    """Share of words against meaning in `hybrid`, both scaled to 0..1."""
    candidates: int = 100
    sharpness: float = 8.0
    """The best passage has e to this power times the chance of the worst candidate."""
    read: int = 3
    """How many of the best passages are read on from; 0: none."""
    claims: int = 2
    """How many claims of a passage say what it says."""
    half: float = 0.5
    """What is found by reading on counts so much of what is found at once."""
    statements: int = 5
    """How many statements nearest in meaning give seeds."""
    pool: int = 30
    """Over how many statements their nearness is scaled to 0..1; in a small graph most of them then weigh little."""
    passages: float = 2 / 3
    """Share of the walks that begin at passages; the others begin at entities."""
    damping: float = 0.75
    astray: float = 0.5
    """What statements count that are nearest and yet not about the question: something always is nearest."""
    near: float = 0.5
    """Scaled nearness of the statements that are told to be about the question."""


WEIGHTS = Weights()
_WALKED = 200
"""Passages of the ranking that are looked at where not all of them may be shown."""
_NAMES = 50
"""How many entities that share words with the question are looked at for those that it names."""


@dataclass(slots=True)
class _Clock:
    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


def retrieve(
    graph: Graph,
    embedder: Embedder | None,
    question: str,
    mode: Mode = Mode.AUTO,
    limit: int = 8,
    collections: Sequence[str] = (DEFAULT_COLLECTION,),
    weights: Weights = WEIGHTS,
    fitting: Callable[[Sequence[str]], Sequence[str]] | None = None,
) -> Retrieved:
    """Evidence for a question, best first, at most `limit` passages, with the claims that connect it.

    `fitting` tells which ids, in order, may be shown. Raises EmptyQuestion, ModeNotHere, what the database raises.
    """
    if not question.strip():
        raise EmptyQuestion()
    if mode not in (Mode.AUTO, Mode.HYBRID, Mode.GRAPH):
        raise ModeNotHere(mode=mode.value)
    clock = _Clock()
    searched = clock.time("searched", lambda: graph.documents.searched(collections))
    most = limit if fitting is None else _WALKED
    lookup = _Lookup(graph, _usable(graph, embedder), question, collections, weights, clock, most)
    lookup.complete = not searched.unembedded
    scores, why = lookup.hybrid(), lookup.why
    if not lookup.is_about(scores):
        scores = {}
    seeds: dict[str, float] = {}
    chosen = Mode.HYBRID
    if mode is not Mode.HYBRID and scores:
        ranked, seeds = lookup.by_graph(scores)
        if ranked:
            scores, chosen = ranked, Mode.GRAPH
    best = sorted(scores, key=lambda id_: (-scores[id_], id_))[:most]
    best = list(best if fitting is None else fitting(best))[:limit]
    found = clock.time("read", lambda: graph.search.chunks(best))
    evidence = tuple(
        Evidence(n, f.chunk, f.title, f.media_type, float(scores[f.chunk.id]), tuple(why.get(f.chunk.id, ("graph",))))
        for n, f in enumerate(found, start=1)
    )
    subgraph = clock.time("subgraph", lambda: connecting_subgraph(graph, [e.chunk.id for e in evidence], seeds))
    nearest = lookup.about() if evidence else ()
    return Retrieved(
        question, mode if mode is Mode.HYBRID else chosen, evidence, subgraph, searched, clock.seconds, nearest
    )


def _usable(graph: Graph, embedder: Embedder | None) -> Embedder | None:
    """The embedder if the stored vectors are its own: vectors of different models never mix."""
    if embedder is None:
        return None
    return embedder if graph.embeddings.meta().embedding_model == embedder.spec.id else None


class _Lookup:
    """One question's way through the indexes."""

    def __init__(
        self,
        graph: Graph,
        embedder: Embedder | None,
        question: str,
        collections: Sequence[str],
        weights: Weights,
        clock: _Clock,
        most: int,
    ) -> None:
        self.graph, self.collections, self.weights, self.clock = graph, collections, weights, clock
        self.most = most
        self.question, self.embedder = question, embedder
        self.words = " ".join(content_words(question))
        self.vector = (
            clock.time("embed", lambda: [float(x) for x in embedder.query(question)]) if embedder is not None else None
        )
        self.floor = embedder.spec.floor if embedder is not None else None
        self.nearest = -1.0
        self.why: dict[str, list[str]] = {}
        self.complete = True
        """Whether every passage has its vector."""
        self._statements: Found | None = None
        self.by_meaning = False
        """Whether the statements were found by meaning."""

    def hybrid(self) -> dict[str, float]:
        """Passages with a score from 0 to 1, by meaning and by words."""
        count = self.weights.candidates
        by_words = self.clock.time(
            "words", lambda: self.graph.search.chunks_by_words(self.words, count, self.collections)
        )
        by_meaning: Found = []
        if self.vector is not None:
            vector = self.vector
            by_meaning = self.clock.time(
                "meaning", lambda: self.graph.search.chunks_by_meaning(vector, count, self.collections)
            )
            self.nearest = _cosine(by_meaning)
        for id_, _ in by_words:
            self.why.setdefault(id_, []).append("words")
        for id_, _ in by_meaning:
            self.why.setdefault(id_, []).append("meaning")
        share = self.weights.words if by_meaning else 1.0
        scores: dict[str, float] = {}
        for found, weight in ((by_words, share), (by_meaning, 1.0 - share)):
            for id_, score in scaled(found):
                scores[id_] = scores.get(id_, 0.0) + weight * score
        return scores

    def is_about(self, passages: Mapping[str, float]) -> bool:
        """Whether anything found is about the question: see `llm.found`."""
        if self.vector is not None:
            # Of a model that nobody has measured, whatever is nearest counts.
            if self.floor is None or self.nearest >= self.floor:
                return bool(passages)
            if _cosine(self.statements()) >= self.floor and self.by_meaning:
                return bool(passages)
        # What has no vector yet cannot be near in meaning: until all have one, few words are enough.
        enough = ENOUGH if self.nearest > -1.0 and self.complete else ENOUGH_BY_WORDS
        return max(self.shares(passages).values(), default=0.0) >= enough

    def shares(self, passages: Iterable[str]) -> dict[str, float]:
        """For each passage the share of the question's words that it has, rare words weighing more."""
        texts = self.clock.time("about", lambda: self.graph.search.texts(list(passages)))
        return dict(zip(texts, shares(self.question, list(texts.values())), strict=True))

    def by_graph(self, passages: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        """Passages by the walk's probability, and the entities it started from; empty where there is no graph."""
        ranks = self.clock.time("graph", lambda: self.graph.ranking.graph(self.collections))
        if not ranks.ids:
            return {}, {}
        read = self.clock.time("read on", lambda: self._read_on(passages))
        entities = self._entity_seeds(ranks)
        share, damping = self.weights.passages if entities else 1.0, self.weights.damping
        seeds = {id_: (1 - share) * weight for id_, weight in entities.items()}
        seeds |= {id_: share * chance for id_, chance in read.items()}
        walk = self.clock.time("walk", lambda: ranks.pagerank(seeds, damping))
        known = sum(weight for id_, weight in seeds.items() if id_ in ranks.index)
        scores = {id_: known * score for id_, score in ranks.best_chunks(walk, self.most).items()}
        # A passage in which no name was found is ranked as one with a single name that stands nowhere else.
        scores |= {id_: seeds[id_] / (1 + damping) for id_ in read if id_ not in ranks.index}
        return scores, entities

    def _read_on(self, passages: Mapping[str, float]) -> dict[str, float]:
        """The chances of passages, at once and after reading on from the best of them."""
        weights, embedder, vector = self.weights, self.embedder, self.vector
        first = chances(passages, weights.sharpness)
        if embedder is None or vector is None:
            return first
        best = sorted(first, key=lambda id_: (-first[id_], id_))[: weights.read]
        search = self.graph.search
        said = what_they_say(search, self.question, vector, best, weights.claims)
        return read_on(
            first,
            self.question,
            said,
            embedder,
            lambda near: search.chunks_by_meaning(near, weights.candidates, self.collections),
            weights.sharpness,
            weights.half,
        )

    def _entity_seeds(self, ranks: RankGraph) -> dict[str, float]:
        """Entities of the nearest statements and those that the question names, half and half; weights add up to 1.

        Each is the weaker the more passages name it. Statements that are not about the question count `astray`.
        """
        claimed: dict[str, float] = {}
        for triple, score in self._nearest_statements():
            for entity in (triple.subject, triple.object):
                claimed[entity.id] = max(claimed.get(entity.id, 0.0), score)
        search = self.graph.search
        found = self.clock.time("names", lambda: search.entities_by_words(self.words, _NAMES, self.collections))
        entities = search.entities([id_ for id_, _ in found])
        named = dict.fromkeys(named_in(self.question, {e.id: (e.name, *e.aliases) for e in entities}), 1.0)
        astray = self._nothing_claimed()
        if not named and (astray or not claimed):
            named = dict(scaled(found[: self.weights.statements]))
        shares = ((_rarer(claimed, ranks), self.weights.astray if astray else 1.0), (_rarer(named, ranks), 1.0))
        whole = sum(share for kind, share in shares if kind)
        seeds: dict[str, float] = {}
        for kind, share in shares:
            for id_, weight in kind.items():
                seeds[id_] = seeds.get(id_, 0.0) + weight * share / whole
        return seeds

    def statements(self) -> Found:
        """The statements nearest to the question, by meaning where there are vectors, else by words; looked up once."""
        if self._statements is None:
            self._statements = self.clock.time("statements", self._look_up_statements)
        return self._statements

    def about(self) -> tuple[str, ...]:
        """The statements that stand out as near to the question, nearest first."""
        return tuple(id_ for id_, nearness in scaled(self.statements()) if nearness >= self.weights.near)

    def _look_up_statements(self) -> Found:
        count = self.weights.pool
        if self.vector is not None:
            found = self.graph.search.statements_by_meaning(self.vector, count, self.collections)
            if found:
                self.by_meaning = True
                return found
        return self.graph.search.statements_by_words(self.words, count, self.collections)

    def _nothing_claimed(self) -> bool:
        """Whether not even the nearest statement is about the question: something always is nearest, and leads away."""
        nearest = _cosine(self.statements())
        return self.by_meaning and self.floor is not None and nearest < self.floor

    def _nearest_statements(self) -> list[tuple[Triple, float]]:
        """The statements nearest to the question; how near is told against a wider pool, where all look alike."""
        score = dict(scaled(self.statements())[: self.weights.statements])
        triples = self.graph.search.triples([id_ for id_, s in score.items() if s > 0])
        return [(triple, score[triple.id]) for triple in triples]


def _rarer(weights: Mapping[str, float], ranks: RankGraph) -> dict[str, float]:
    """Weights of entities, each divided by the number of passages that name it, scaled to add up to 1."""
    rows = {id_: ranks.index[id_] for id_, weight in weights.items() if id_ in ranks.index and weight > 0}
    rare = {id_: weights[id_] / float(ranks.chunk_counts[row]) for id_, row in rows.items() if row < ranks.entities}
    total = sum(rare.values())
    return {id_: weight / total for id_, weight in rare.items()}


def _cosine(found: Found) -> float:
    """The cosine of the nearest; the indexes put it on a scale from 0 to 1."""
    return 2 * found[0][1] - 1 if found else -1.0
