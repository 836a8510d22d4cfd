"""Which language a text is in, from its small words; enough to choose between the few we have rules for."""

from __future__ import annotations

import re
from collections import Counter

from ingest.rules.words import sections
from llm.sentences import CELLS

_WORD = re.compile(r"[^\W\d_]+")
_LABEL = re.compile(r"(?:^|(?<= \| ))[^|\n:]{1,80}: ", re.MULTILINE)
SAMPLE = 20_000
_LEAST = 3
"""So many different small words of a language must stand in a text: "No." and "de" are no Spanish."""


def guess_language(text: str) -> str | None:
    """The BCP 47 code of a text's language (de, en, fr, it, es, nl, la), or None where the words do not say."""
    lines = text[:SAMPLE].split("\n")
    found = [(word, CELLS in line) for line in lines for word in _WORD.findall(_without_labels(line))]
    # In the cells of a table a capital is a name's or a label's (La Hire, No.), not the beginning of a sentence.
    words = Counter(word.lower() for word, in_cell in found if not (in_cell and word[0].isupper()))
    known = {language: small for language, small in sections("small_words").items() if language}
    scores = {language: sum(words[word] for word in small) for language, small in known.items()}
    (first, most), (_, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    different = sum(word in words for word in known[first])
    if different < _LEAST or most < 0.08 * len(found) or most < 1.2 * second:
        return None
    return first


def _without_labels(line: str) -> str:
    return _LABEL.sub("", line) if CELLS in line else line
