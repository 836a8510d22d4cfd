"""Whether a text is German or English, from its small words; only a hint, so it stays silent when it is not sure."""

from __future__ import annotations

import re

from llm.words import ENGLISH, GERMAN

_WORD = re.compile(r"[^\W\d_]+")
NAMES = {"de": "German", "en": "English"}
_ONLY_GERMAN = GERMAN - ENGLISH
_ONLY_ENGLISH = ENGLISH - GERMAN


def guess(text: str) -> str | None:
    """ "de", "en", or None where the words do not say."""
    words = [word.casefold() for word in _WORD.findall(text) if len(word) > 1]
    german = sum(word in _ONLY_GERMAN for word in words)
    english = sum(word in _ONLY_ENGLISH for word in words)
    if german == english:
        return None
    return "de" if german > english else "en"
