"""Whether a search found anything about the question at all: the nearest passage is always near to something.

A passage counts when its meaning is as near as only related texts are (`EmbeddingSpec.floor`, measured), or when it has
enough of the question's words, each weighing as much as it is rare among what was found. Chosen so that no answerable
question was lost; docs/retrieval.md has the figures.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import Stemmer

from llm.words import content_words

ENOUGH: Final = 0.5
"""Share of the question's words, by weight, that one passage must have where its meaning is too far off."""
ENOUGH_BY_WORDS: Final = 0.3
"""The same where nothing is known of meaning: a passage in another language has few of the question's words."""
SURELY: Final = 0.04
"""How much nearer than the floor a claim is that is about the question whatever its words."""
RATHER: Final = 0.015
"""How much nearer a claim is that is about the question where it has `ENOUGH` of its words as well."""
NEARLY_ALL: Final = 0.75
"""Share of the question's words that a claim has which is about it however near in meaning."""
_SMALL: Final = 100
_LANGUAGES: Final = ("english", "german")
_WORD: Final = re.compile(r"\w+", re.UNICODE)


def surely_about(share: float, cosine: float | None, floor: float | None) -> bool:
    """Whether a claim with this share of the question's words, so near in meaning, is about the question.

    None: nothing is known of its meaning, or of what a cosine of this model says; then its words alone decide.
    """
    if cosine is None or floor is None:
        return share >= ENOUGH
    return cosine >= floor + SURELY or share >= NEARLY_ALL or (cosine >= floor + RATHER and share >= ENOUGH)


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
    words = [set(_WORD.findall(text.casefold())) for text in texts]
    forms = _forms(wanted, set().union(*words), stemmers)
    has = [{stems for word in here & forms.keys() for stems in forms[word]} for here in words]
    # In a small library every word looks rare or common; and a word nobody uses weighs no more than a rare one.
    size = max(len(texts), _SMALL)
    times = Counter(stems for each in has for stems in each)
    weights = {stems: math.log((size + 1) / (max(1, times[stems]) + 0.5)) for stems in wanted}
    whole = sum(weights.values())
    if whole <= 0:
        return [0.0] * len(texts)
    # In the order of the question's words: the same question has the same sums.
    return [sum(weight for stems, weight in weights.items() if stems in each) / whole for each in has]


def _forms(
    wanted: Iterable[tuple[str, ...]], words: Iterable[str], stemmers: Sequence[Stemmer.Stemmer]
) -> dict[str, list[tuple[str, ...]]]:
    """The words that are forms of wanted ones in any of the languages, with what they are forms of."""
    every = list(words)
    forms: dict[str, list[tuple[str, ...]]] = {}
    for language, stemmer in enumerate(stemmers):
        of: dict[str, list[tuple[str, ...]]] = {}
        for stems in wanted:
            of.setdefault(stems[language], []).append(stems)
        for word, stem in zip(every, stemmer.stemWords(every), strict=True):
            if stem in of:
                forms.setdefault(word, []).extend(of[stem])
    return forms
