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

from llm.words import content_words

ENOUGH: Final = 0.5
"""Share of the question's words, by weight, that one passage must have where its meaning is too far off."""
ENOUGH_BY_WORDS: Final = 0.3
"""The same where nothing is known of meaning: a passage in another language has few of the question's words."""
_SMALL: Final = 100
_WORD: Final = re.compile(r"\w+", re.UNICODE)


def covered(question: str, texts: Sequence[str]) -> float:
    """The largest share, 0 to 1, of the question's words that one of the texts has, rare words weighing more.

    Words are compared without their endings, so that Kunstkammern and Kunstkammer are the same.
    """
    wanted = {_stem(word) for word in content_words(question)}
    stems = [{_stem(word) for word in _WORD.findall(text.casefold())} for text in texts]
    # In a small library every word looks rare or common; and a word nobody uses weighs no more than a rare one.
    size = max(len(stems), _SMALL)
    weights = {word: math.log((size + 1) / (max(1, sum(word in has for has in stems)) + 0.5)) for word in wanted}
    whole = sum(weights.values())
    if not stems or whole <= 0:
        return 0.0
    return max(sum(weights[word] for word in wanted & has) for has in stems) / whole


def _stem(word: str) -> str:
    """The beginning of a word: at least four letters, without the last two of a longer one, never more than seven."""
    return word if len(word) <= 4 else word[: max(4, min(len(word) - 2, 7))]
