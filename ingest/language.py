"""Which language a text is in, from its small words; enough to choose between the few we have rules for."""

from __future__ import annotations

import re
from collections import Counter

from ingest.rules.words import sections

_WORD = re.compile(r"[^\W\d_]+")
SAMPLE = 20_000


def guess_language(text: str) -> str | None:
    """The BCP 47 code of a text's language (de, en, fr, it, es, nl, la), or None where the words do not say."""
    words = Counter(word.lower() for word in _WORD.findall(text[:SAMPLE]))
    known = {language: small for language, small in sections("small_words").items() if language}
    scores = {language: sum(words[word] for word in small) for language, small in known.items()}
    (first, most), (_, second) = sorted(scores.items(), key=lambda item: -item[1])[:2]
    if most < 3 or most < 0.08 * sum(words.values()) or most < 1.2 * second:
        return None
    return first
