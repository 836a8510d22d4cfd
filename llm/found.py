"""Whether a search found anything about the question at all: the nearest passage is always near to something.

A passage counts when its meaning is as near as only related texts are (`EmbeddingSpec.floor`, measured), or when it has
enough of the question's words, each weighing as much as it is rare among what was found. Chosen so that no answerable
question was lost; docs/retrieval.md has the figures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

import Stemmer

from llm.words import content_words

ENOUGH: Final = 0.5
"""Share of the question's words, by weight, that one passage must have where its meaning is too far off."""
ENOUGH_BY_WORDS: Final = 0.3
"""The same where nothing is known of meaning: a passage in another language has few of the question's words."""
_SMALL: Final = 100
_LANGUAGES: Final = ("english", "german")
_WORD: Final = re.compile(r"\w+", re.UNICODE)


def covered(question: str, texts: Sequence[str]) -> float:
    """The largest share, 0 to 1, of the question's words that one of the texts has, rare words weighing more."""
    return max(shares(question, texts), default=0.0)


def shares(question: str, texts: Sequence[str]) -> list[float]:
    """For each text the share, 0 to 1, of the question's words that it has, rare words weighing more.

    Words are compared without their endings (Snowball's, German and English), so that Kunstkammern is Kunstkammer.
    """
    # Not one for all threads: a stemmer keeps the words it has seen.
    stemmers = [Stemmer.Stemmer(language) for language in _LANGUAGES]
    wanted = {tuple(stemmer.stemWord(word) for stemmer in stemmers) for word in content_words(question)}
    stems = []
    for text in texts:
        words = list(set(_WORD.findall(text.casefold())))
        stems.append([set(stemmer.stemWords(words)) for stemmer in stemmers])
    # In a small library every word looks rare or common; and a word nobody uses weighs no more than a rare one.
    size = max(len(stems), _SMALL)
    weights = {word: math.log((size + 1) / (max(1, sum(_has(each, word) for each in stems)) + 0.5)) for word in wanted}
    whole = sum(weights.values())
    if whole <= 0:
        return [0.0] * len(stems)
    return [sum(weight for word, weight in weights.items() if _has(each, word)) / whole for each in stems]


def _has(stems: Sequence[set[str]], word: Sequence[str]) -> bool:
    """Whether a text has the word in any of the languages."""
    return any(stem in has for stem, has in zip(word, stems, strict=True))
