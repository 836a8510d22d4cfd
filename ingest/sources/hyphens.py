"""Words that a line's end divides: whether they go on in the next line, and whether their hyphen belongs to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

HYPHENS = "-\u2010\u00ad\u00ac\u2e17="
"""What printers and transcribers put at a line's end: hyphen, soft hyphen, ¬ of Transkribus, ⸗ and = of old prints."""
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*")
_JOINERS = frozenset("und oder bzw sowie noch bis als wie and or to nor et e o y ou en".split())


class Join(Enum):
    """How a line that ends in a hyphen is followed by the next."""

    APART = "apart"
    """By a space, as any other: no word goes on."""
    KEPT = "kept"
    """At once; the hyphen belongs to the word."""
    ONE_WORD = "one word"
    """At once and without the hyphen."""


@dataclass(slots=True)
class Words:
    """How often the document writes a word; tells whether a hyphen at a line's end belongs to the word."""

    counts: Counter[str] = field(default_factory=Counter)

    def learn(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.counts.update(word.casefold() for word in _WORD.findall(text))

    def hyphenated(self, first: str, second: str) -> bool:
        """Whether the document writes the two parts with a hyphen elsewhere, and more often so than in one."""
        apart, joined = self.counts[f"{first}-{second}".casefold()], self.counts[(first + second).casefold()]
        return apart > joined

    def across(self, line: str, following: str) -> Join:
        """How a line whose last character is a hyphen goes on in the following one."""
        before, after = _last_word(line), _first_word(following)
        if not before or after.casefold() in _JOINERS or not following[:1].isalnum():
            return Join.APART
        return Join.ONE_WORD if after[:1].islower() and not self.hyphenated(before, after) else Join.KEPT


def _last_word(text: str) -> str:
    words = _WORD.findall(text[:-1])
    return words[-1] if words and text[:-1].endswith(words[-1]) else text[:-1][-1:].strip()


def _first_word(text: str) -> str:
    match = _WORD.match(text)
    return match.group() if match else ""
