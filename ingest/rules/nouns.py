"""Which capitalised German words are common nouns: by a list, by their ending, by the last part of a compound."""

from __future__ import annotations

from functools import lru_cache

from ingest.rules.words import sections

_LISTS = sections("nouns_de")
_NOUNS = frozenset(word.lower() for word in _LISTS["people"] | _LISTS["things"])
_ENDINGS = tuple(sorted(_LISTS["endings"], key=len, reverse=True))
_NOT_LAST = _LISTS["not_endings"]
_INFLECTIONS = ("", "e", "en", "n", "s", "es", "er", "ern", "nen", "se", "sen", "ses")
_UMLAUTS = str.maketrans("äöü", "aou")


@lru_cache(maxsize=100_000)
def is_common_noun(word: str) -> bool:
    """Whether a capitalised word of German text is an ordinary noun rather than a name."""
    lowered = word.lower()
    last = lowered.replace("\u2010", "-").rsplit("-", 1)[-1]
    if not last:
        return False
    if _listed(last):
        return True
    for form in (last, last.removesuffix("es"), last.removesuffix("s")):
        if len(form) > 6 and any(form.endswith(ending) and len(form) - len(ending) >= 3 for ending in _ENDINGS):
            return True
    return any(_listed(last[cut:], whole=False) for cut in range(3, len(last) - 3))


def _listed(word: str, whole: bool = True) -> bool:
    """Whether a word, or what is left when an ending of the plural or genitive is taken off, is in the list."""
    for ending in _INFLECTIONS:
        if not word.endswith(ending) or len(word) - len(ending) < 3:
            continue
        stem = word[: len(word) - len(ending)]
        for form in (stem, stem.translate(_UMLAUTS)):
            if form in _NOUNS and (whole or (len(form) >= 4 and form not in _NOT_LAST)):
                return True
    return False
