"""One question's way through the indexes: what is found by meaning and by words, and where the walk begins and ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from graph.types import Entity
from llm.embed import Embedder
from llm.found import ENOUGH, ENOUGH_BY_WORDS, shares, surely_about
from llm.reading import chances, read_on, scaled, what_they_say
from llm.together import ahead
from llm.views import Found, Graph, RankGraph, Triple
from llm.words import content_words, named_in

T = TypeVar("T")


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
_NAMES = 50
"""How many entities that share words with the question are looked at for those that it names."""


@dataclass(slots=True)
class Clock:
    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began


@dataclass(frozen=True, slots=True)
class _Stated:
    """The statements nearest to a question."""

    found: Found
    by_meaning: bool
    nearest: list[tuple[Triple, float]]
    """The very nearest with both ends, and how near they are among all that were found, above 0 to 1."""


class Lookup:
    """One question's way through the indexes; what is near in meaning is looked up beside the rest."""

    def __init__(
        self,
        graph: Graph,
        embedder: Embedder | None,
        question: str,
        collections: Sequence[str],
        weights: Weights,
        clock: Clock,
        most: int,
        walks: bool,
    ) -> None:
        """`most`: passages of the walk that are ranked; `walks`: whether there is to be one, `by_graph`."""
        self.graph, self.collections, self.weights, self.clock = graph, collections, weights, clock
        self.most = most
        self.question, self.embedder = question, embedder
        self.words = " ".join(content_words(question))
        self.why: dict[str, list[str]] = {}
        self.complete = True
        """Whether every passage has its vector; where not, to be told before `hybrid`."""
        self.unknown: Collection[str] = ()
        """Passages found by words that have no vector yet."""
        search, count = graph.search, weights.candidates
        self.vector: list[float] | None = None
        self.floor: float | None = None
        self.nearest = -1.0
        self._meaning: Future[Found] | None = None
        if embedder is not None:
            self.vector = vector = clock.time("embed", lambda: [float(x) for x in embedder.query(question)])
            self.floor = embedder.spec.floor
            self._meaning = self._ahead("meaning", lambda: search.chunks_by_meaning(vector, count, collections))
        self._stated = self._ahead("statements", self._look_up_statements)
        # Meanwhile, here, what takes less: with a thread for each of them a small cabinet would be slower than in turn.
        self._words = clock.time("words", lambda: search.chunks_by_words(self.words, count, collections))
        self._named = clock.time("names", self._look_up_names) if walks else ([], [])
        self._ranks = clock.time("graph", lambda: graph.ranking.graph(collections)) if walks else None

    def _ahead(self, name: str, work: Callable[[], T]) -> Future[T]:
        return ahead(lambda: self.clock.time(name, work))

    def hybrid(self) -> dict[str, float]:
        """Passages with a score from 0 to 1, by meaning and by words."""
        by_words = self._words
        by_meaning = self._meaning.result() if self._meaning is not None else []
        self.nearest = _cosine(by_meaning)
        for id_, _ in by_words:
            self.why.setdefault(id_, []).append("words")
        for id_, _ in by_meaning:
            self.why.setdefault(id_, []).append("meaning")
        share = self.weights.words if by_meaning else 1.0
        if by_meaning and not self.complete:
            ids = [id_ for id_, _ in by_words]
            self.unknown = self.clock.time("without vector", lambda: self.graph.search.without_vector(ids))
        # How near in meaning is what has no vector yet nobody knows: its words alone speak for it, and not against it.
        scores = {id_: (1.0 if id_ in self.unknown else share) * score for id_, score in scaled(by_words)}
        for id_, score in scaled(by_meaning):
            scores[id_] = scores.get(id_, 0.0) + (1.0 - share) * score
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
        ranks = self._ranks
        if ranks is None or not ranks.ids:
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
        # What is nearest to a passage that has no vector yet probably has none either: others would be read instead.
        best = [id_ for id_ in best if id_ not in self.unknown]
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
        for triple, score in self._stated.result().nearest:
            for entity in (triple.subject, triple.object):
                claimed[entity.id] = max(claimed.get(entity.id, 0.0), score)
        found, entities = self._named
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
        """The statements nearest to the question, by meaning where there are vectors, else by words."""
        return self._stated.result().found

    @property
    def by_meaning(self) -> bool:
        """Whether the statements were found by meaning."""
        return self._stated.result().by_meaning

    def about(self) -> tuple[str, ...]:
        """The statements that are about the question, nearest first: those that stand out, where one of them surely is.

        Something is always nearest: without one that surely is, all of them are about something else.
        """
        near = [id_ for id_, nearness in scaled(self.statements()) if nearness >= self.weights.near]
        if self.by_meaning and self.floor is None:
            return tuple(near)
        texts = {claim.id: claim.text for claim in self.graph.search.triples(near)}
        share = dict(zip(texts, shares(self.question, list(texts.values())), strict=True))
        cosines = {id_: 2 * score - 1 for id_, score in self.statements()} if self.by_meaning else {}
        if not any(surely_about(share[id_], cosines.get(id_), self.floor) for id_ in texts):
            return ()
        floor = self.floor or -1.0
        least = 0.0 if self.by_meaning else ENOUGH_BY_WORDS
        return tuple(
            id_
            for id_ in near
            if id_ in texts and ((cosines.get(id_, 1.0) >= floor and share[id_] >= least) or share[id_] >= ENOUGH)
        )

    def _look_up_statements(self) -> _Stated:
        count, search, found = self.weights.pool, self.graph.search, []
        if self.vector is not None:
            found = search.statements_by_meaning(self.vector, count, self.collections)
        by_meaning = bool(found)
        if not by_meaning:
            found = search.statements_by_words(self.words, count, self.collections)
        # How near one is is told against a wider pool, where all look alike.
        score = dict(scaled(found)[: self.weights.statements])
        triples = search.triples([id_ for id_, s in score.items() if s > 0])
        return _Stated(found, by_meaning, [(triple, score[triple.id]) for triple in triples])

    def _look_up_names(self) -> tuple[Found, Sequence[Entity]]:
        found = self.graph.search.entities_by_words(self.words, _NAMES, self.collections)
        return found, self.graph.search.entities([id_ for id_, _ in found])

    def _nothing_claimed(self) -> bool:
        """Whether not even the nearest statement is about the question: something always is nearest, and leads away."""
        nearest = _cosine(self.statements())
        return self.by_meaning and self.floor is not None and nearest < self.floor


def _rarer(weights: Mapping[str, float], ranks: RankGraph) -> dict[str, float]:
    """Weights of entities, each divided by the number of passages that name it, scaled to add up to 1."""
    rows = {id_: ranks.index[id_] for id_, weight in weights.items() if id_ in ranks.index and weight > 0}
    rare = {id_: weights[id_] / float(ranks.chunk_counts[row]) for id_, row in rows.items() if row < ranks.entities}
    total = sum(rare.values())
    return {id_: weight / total for id_, weight in rare.items()}


def _cosine(found: Found) -> float:
    """The cosine of the nearest; the indexes put it on a scale from 0 to 1."""
    return 2 * found[0][1] - 1 if found else -1.0
