"""Questions about a made-up cabinet, with their vectors ready, so that what embedding takes is told apart."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.latency_cabinet import MODEL, PER_DOCUMENT, Cabinet, Passage
from llm.embed import EmbeddingSpec, find_embedding
from llm.words import content_words

FloatArray = npt.NDArray[np.float64]

_NEAR = 0.25
"""How much of a question's vector is not its passage's: its cosine to it is then about 0.97, as of a good question."""
_SEED = 23


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its vector, and the document that it is about ("" for one about nothing)."""

    text: str
    vector: FloatArray
    document: str = ""


def questions(cabinet: Cabinet, count: int) -> list[Question]:
    """Different questions, the same for the same cabinet.

    Of ten six are about a passage by a name and words of it, two by two names, one by the most frequent words and
    names, and one is about nothing that the cabinet has.
    """
    dice = np.random.default_rng(_SEED)
    return [_question(cabinet, number, dice) for number in range(count)]


def between(cabinet: Cabinet, count: int) -> list[Question]:
    """Questions how one thing is connected with another, one of the two well known in every other question."""
    dice = np.random.default_rng(_SEED + 1)
    made = []
    for number in range(count):
        known = int(dice.integers(min(40, cabinet.entities))) if number % 2 else int(dice.integers(cabinet.entities))
        ends = [cabinet.entity(each).name for each in (known, int(dice.integers(cabinet.entities)))]
        text = f"How is {ends[0]} connected with {ends[1]}?"
        made.append(Question(text, cabinet.vectors(number % 7, 1, dice)[0]))
    return made


def _question(cabinet: Cabinet, number: int, dice: np.random.Generator) -> Question:
    if number % 10 == 9:
        text = f"Which quux{number} is the xylophonic zeppelin{number} of tungstenium?"
        return Question(text, cabinet.elsewhere(dice))
    passage = _passage(cabinet, dice)
    names = [entity.name for entity in passage.names]
    if number % 10 == 8:
        words = [cabinet.vocabulary[n] for n in (40 + 10 * int(dice.integers(30)), 40 + 10 * int(dice.integers(30)))]
        text = f"What is said of {names[1]} and {names[2]}, {words[0]} or {words[1]}?"
    elif number % 10 >= 6:
        text = f"What did {names[0]} and {names[1]} have in common?"
    else:
        words = content_words(passage.chunk.text)
        drawn = [words[int(n)] for n in dice.integers(0, len(words), 3)]
        text = f"When was {names[number % 3]} with {drawn[0]} and {drawn[1]} at the {drawn[2]}?"
    vector = passage.vector + _NEAR * _noise(dice)
    return Question(text, vector / np.linalg.norm(vector), passage.chunk.document)


def _passage(cabinet: Cabinet, dice: np.random.Generator) -> Passage:
    passage = int(dice.integers(cabinet.passages))
    found = list(cabinet.of_document(passage // PER_DOCUMENT))
    return found[passage % PER_DOCUMENT]


def _noise(dice: np.random.Generator) -> FloatArray:
    drawn = dice.normal(size=384)
    return np.asarray(drawn / np.linalg.norm(drawn))


class Prepared:
    """An embedder that has its vectors ready; what is added to a question moves its vector a little."""

    def __init__(self, asked: Sequence[Question]) -> None:
        self._known = {question.text: question.vector for question in asked}
        self._begun = ""
        dice = np.random.default_rng(_SEED + 2)
        self._moves = [_noise(dice) for _ in range(200)]

    @property
    def spec(self) -> EmbeddingSpec:
        return find_embedding(MODEL)

    def query(self, text: str) -> npt.NDArray[np.float64]:
        self._begun = text
        return self._known[text]

    def queries(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        start = self._known[self._begun]
        moved = np.stack([start + 0.4 * self._moves[zlib.crc32(text.encode()) % 200] for text in texts])
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True))

    def passages(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        raise NotImplementedError("nothing is embedded while questions are asked")
