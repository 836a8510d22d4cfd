"""From a question to evidence, without any model at question time.

`hybrid` fuses what is near by meaning with what shares words. `graph` links the question to the statements nearest in
meaning, starts a personalised PageRank at their entities and, weakly, at the passages found by `hybrid`, and ranks
passages by where the walk ends (after HippoRAG 2, arXiv 2502.14802, without its model call). `auto` takes `graph` where
there is one. The weights were chosen on `multihop-dev` (see bench/retrieval.py), nowhere else.
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
from llm.found import APART, ENOUGH, ENOUGH_BY_WORDS, LITERAL, shares
from llm.views import Graph, RankGraph, Triple
from llm.words import content_words

T = TypeVar("T")
Found = list[tuple[str, float]]


class ModeNotHere(WrongUse):
    en = "The mode {mode!r} is not part of this version. Choose auto, hybrid or graph."
    de = "Den Modus {mode!r} gibt es in dieser Version nicht. Wählen Sie auto, hybrid oder graph."


class EmptyQuestion(WrongUse):
    en = "The question is empty. Write what you want to know."
    de = "Die Frage ist leer. Schreiben Sie, was Sie wissen möchten."


@dataclass(frozen=True, slots=True)
class Weights:
    """Settings of the ranking. Chosen on multihop-dev; see docs/retrieval.md for what else was tried."""

    statements: int = 5
    """How many statements nearest in meaning give seeds."""
    pool: int = 30
    """Over how many statements their nearness is scaled to 0..1; in a small graph most of them then weigh little."""
    passage: float = 0.05
    """How much a passage found by `hybrid` seeds, against 1 for an entity of a seed statement."""
    damping: float = 0.5
    words: float = 0.5
    """Share of words against meaning in `hybrid`, both scaled to 0..1."""
    candidates: int = 100


WEIGHTS = Weights()
_LITERAL_AMONG = 12
PLACE = 1
"""Where among the best a passage is put that alone has the question's words: after the one that the walk puts first."""


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
) -> Retrieved:
    """Evidence for a question, best first, at most `limit` passages, with the claims that connect it.

    Raises EmptyQuestion, ModeNotHere, and what the database raises.
    """
    if not question.strip():
        raise EmptyQuestion()
    if mode not in (Mode.AUTO, Mode.HYBRID, Mode.GRAPH):
        raise ModeNotHere(mode=mode.value)
    clock = _Clock()
    searched = clock.time("searched", lambda: graph.documents.searched(collections))
    lookup = _Lookup(graph, _usable(graph, embedder), question, collections, weights, clock)
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
    best = sorted(scores, key=lambda id_: (-scores[id_], id_))
    if chosen is Mode.GRAPH and (literal := lookup.literal()) is not None and literal in best[1:]:
        # The walk knows well connected names; a thing that one passage alone names has no connections yet.
        best.remove(literal)
        best.insert(PLACE, literal)
    best = best[:limit]
    found = clock.time("read", lambda: graph.search.chunks(best))
    evidence = tuple(
        Evidence(n, f.chunk, f.title, f.media_type, float(scores[f.chunk.id]), tuple(why.get(f.chunk.id, ("graph",))))
        for n, f in enumerate(found, start=1)
    )
    subgraph = clock.time("subgraph", lambda: connecting_subgraph(graph, [e.chunk.id for e in evidence], seeds))
    nearest = tuple(id_ for id_, _ in lookup.statements()) if evidence else ()
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
    ) -> None:
        self.graph, self.collections, self.weights, self.clock = graph, collections, weights, clock
        self.question = question
        self.words = " ".join(content_words(question))
        self.vector = (
            clock.time("embed", lambda: [float(x) for x in embedder.query(question)]) if embedder is not None else None
        )
        self.floor = embedder.spec.floor if embedder is not None else None
        self.nearest = -1.0
        self.why: dict[str, list[str]] = {}
        self.complete = True
        """Whether every passage has its vector."""
        self.by_words: list[str] = []
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
        self.by_words = [id_ for id_, _ in by_words]
        for id_, _ in by_words:
            self.why.setdefault(id_, []).append("words")
        for id_, _ in by_meaning:
            self.why.setdefault(id_, []).append("meaning")
        share = self.weights.words if by_meaning else 1.0
        scores: dict[str, float] = {}
        for found, weight in ((by_words, share), (by_meaning, 1.0 - share)):
            for id_, score in _scaled(found):
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
        found = self.clock.time("about", lambda: self.graph.search.chunks(list(passages)))
        texts = [f"{f.title} {f.chunk.heading or ''} {f.chunk.text}" for f in found]
        return dict(zip((f.chunk.id for f in found), shares(self.question, texts), strict=True))

    def literal(self) -> str | None:
        """The one passage that has what the question asks about in its own words, where only one has."""
        ranked = sorted(self.shares(self.by_words[:_LITERAL_AMONG]).items(), key=lambda each: -each[1])
        if not ranked or ranked[0][1] < LITERAL:
            return None
        apart = len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= APART
        return ranked[0][0] if apart else None

    def by_graph(self, passages: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        """Passages by the walk's probability, and the entities it started from; empty where there is no graph."""
        ranks = self.clock.time("graph", lambda: self.graph.ranking.graph(self.collections))
        if not ranks.ids:
            return {}, {}
        entities = self._entity_seeds(ranks)
        seeds = dict(entities)
        for id_, score in passages.items():
            seeds[id_] = self.weights.passage * score
        walk = self.clock.time("walk", lambda: ranks.pagerank(seeds, self.weights.damping))
        scores = {ranks.ids[row]: float(walk[row]) for row in range(ranks.entities, len(ranks.ids)) if walk[row] > 0}
        # Passages that no entity is named in are not in the matrix: the walk leaves them what they were given.
        total = sum(seeds.values()) or 1.0
        for id_ in passages:
            if id_ not in scores:
                scores[id_] = (1 - self.weights.damping) * seeds[id_] / total
        return scores, entities

    def _entity_seeds(self, ranks: RankGraph) -> dict[str, float]:
        """Entities of the statements nearest to the question, each the weaker the more passages name it."""
        triples = self._nearest_statements()
        seeds: dict[str, float] = {}
        for triple, score in triples:
            for entity in (triple.subject, triple.object):
                row = ranks.index.get(entity.id)
                if row is not None and row < ranks.entities:
                    seeds[entity.id] = max(seeds.get(entity.id, 0.0), score / float(ranks.chunk_counts[row]))
        if not seeds:
            found = self.graph.search.entities_by_words(self.words, self.weights.statements, self.collections)
            for id_, score in _scaled(found):
                row = ranks.index.get(id_)
                if row is not None:
                    seeds[id_] = score / float(ranks.chunk_counts[row])
        return seeds

    def statements(self) -> Found:
        """The statements nearest to the question, by meaning where there are vectors, else by words; looked up once."""
        if self._statements is None:
            self._statements = self.clock.time("statements", self._look_up_statements)
        return self._statements

    def _look_up_statements(self) -> Found:
        count = self.weights.pool
        if self.vector is not None:
            found = self.graph.search.statements_by_meaning(self.vector, count, self.collections)
            if found:
                self.by_meaning = True
                return found
        return self.graph.search.statements_by_words(self.words, count, self.collections)

    def _nearest_statements(self) -> list[tuple[Triple, float]]:
        """The statements nearest to the question; how near is told against a wider pool, where all look alike."""
        score = dict(_scaled(self.statements())[: self.weights.statements])
        triples = self.graph.search.triples([id_ for id_, s in score.items() if s > 0])
        return [(triple, score[triple.id]) for triple in triples]


def _cosine(found: Found) -> float:
    """The cosine of the nearest; the indexes put it on a scale from 0 to 1."""
    return 2 * found[0][1] - 1 if found else -1.0


def _scaled(found: Found) -> Found:
    """Scores stretched to 0..1, so that those of different indexes can be added; one alone is 1."""
    if not found:
        return []
    low, high = min(s for _, s in found), max(s for _, s in found)
    span = high - low
    return [(id_, (score - low) / span if span > 0 else 1.0) for id_, score in found]
