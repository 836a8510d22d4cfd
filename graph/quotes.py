"""Finding quoted words in a source: exact first, then up to what copying changes.

What copying changes: white space and line breaks, hyphenation, the form of quotation marks and dashes, upper and lower
case, ligatures and composed letters (Unicode NFKC). Nothing else is forgiven: a changed word or number is not a quote.
Spans are always in the text as it was given. The time needed grows with the length of the text, not with its square.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_DASHES = "-\u00ad\u058a\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2e3a\u2e3b\u00ac\u2e17=\ufe58\ufe63\uff0d"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_QUOTE_MARKS = "\"'`´‘’‚‛“”„‟«»‹›「」『』＂＇"
_WORD = re.compile(rf"[^\s{re.escape(_DASHES + _INVISIBLE)}]+")
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:\.{3,}|…)\s*\]|\(\s*(?:\.{3,}|…)\s*\)|\.{3,}|…)\s*")
_SAME_MARK = {ord(mark): "'" for mark in _QUOTE_MARKS}
_EDGES = _QUOTE_MARKS + _DASHES + _INVISIBLE + ".,;:…" + " \t\r\n\u00a0"
_NO_WORD_SPACES = 0x0E00
"""From Thai upwards scripts run words together, so the edge of a word cannot be seen in them."""

_CLEAR_WITHOUT_EDGES = 20
"""Folded characters from which a quote may begin or end inside a word: nothing that long stands there by chance."""
_SHORTEST_PART = 8
_WIDEST_GAP = 300
_TRIES = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """Where a quote stands: `text[start:end]`; `exact` when these are the very characters that were quoted."""

    start: int
    end: int
    exact: bool


def locate_quote(text: str, quote: str, within: tuple[int, int] | None = None) -> Found | None:
    """The place of a quote in `text`, looked for inside `within` only, or None; never raises for any two strings.

    A quote with an ellipsis is found when its parts follow each other closely; the span then covers what was left out.
    """
    low, high = within or (0, len(text))
    low, high = max(0, low), min(len(text), high)
    wanted = quote.strip()
    if not wanted or low >= high:
        return None
    at = _exact(text, wanted, low, high)
    if at is not None:
        return Found(at, at + len(wanted), True)
    source = folded(text[low:high])
    for candidate in dict.fromkeys((wanted, wanted.strip(_EDGES))):
        span = source.find(candidate)
        if span:
            start, end = low + span[0], low + span[1]
            return Found(start, end, text[start:end] == wanted)
    span = _elided(source, wanted)
    return Found(low + span[0], low + span[1], False) if span else None


def fold(text: str) -> str:
    """The form in which quotes are compared: no white space or hyphens (but between digits), one case, one mark."""
    return folded(text).skeleton


def on_word_edges(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` neither begins nor ends inside a word, as far as its script shows words."""
    return not (_inside_word(text, start) or _inside_word(text, end))


def _inside_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and _is_word(text[at - 1]) and _is_word(text[at])


def _is_word(character: str) -> bool:
    return character.isalnum() and ord(character) < _NO_WORD_SPACES


def _exact(text: str, wanted: str, low: int, high: int) -> int | None:
    at = text.find(wanted, low, high)
    for _ in range(_TRIES):
        if at < 0 or on_word_edges(text, at, at + len(wanted)):
            break
        at = text.find(wanted, at + 1, high)
    return at if at >= 0 and on_word_edges(text, at, at + len(wanted)) else None


def _elided(source: Folded, quote: str) -> tuple[int, int] | None:
    parts = [part for part in _ELLIPSIS.split(quote.strip(_EDGES)) if part]
    if len(parts) < 2 or any(len(fold(part)) < _SHORTEST_PART for part in parts):
        return None
    spans: list[tuple[int, int]] = []
    for part in parts:
        after = spans[-1][1] if spans else 0
        span = source.find(part.strip(_EDGES), after)
        if not span or (spans and span[0] - after > _WIDEST_GAP):
            return None
        spans.append(span)
    return spans[0][0], spans[-1][1]


@dataclass(frozen=True, slots=True)
class Folded:
    """A text, its comparable skeleton, and pieces that lead from one to the other (three lists of equal length)."""

    text: str
    skeleton: str
    at: list[int]
    starts: list[int]
    ends: list[int]

    def find(self, quote: str, after: int = 0) -> tuple[int, int] | None:
        """Span in the text of a quote that begins at or behind `after`, on the edges of words unless it is long."""
        wanted = folded(quote).skeleton
        if not wanted:
            return None
        low = self._skeleton_position(after)
        loose: tuple[int, int] | None = None
        for _ in range(_TRIES):
            low = self.skeleton.find(wanted, low)
            if low < 0:
                break
            span = self._start(low), self._end(low + len(wanted) - 1)
            if span[0] >= after and on_word_edges(self.text, *span):
                return span
            if loose is None and span[0] >= after:
                loose = span
            low += 1
        return loose if len(wanted) >= _CLEAR_WITHOUT_EDGES else None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Span in the text of the skeleton from `start` to `end`."""
        return self._start(start), self._end(end - 1)

    def _skeleton_position(self, offset: int) -> int:
        piece = bisect_right(self.starts, offset) - 1
        return self.at[piece] if piece >= 0 else 0

    def _start(self, position: int) -> int:
        piece = bisect_right(self.at, position) - 1
        return self.starts[piece] + (position - self.at[piece] if self._is_one_to_one(piece) else 0)

    def _end(self, position: int) -> int:
        piece = bisect_right(self.at, position) - 1
        if self._is_one_to_one(piece):
            return self.starts[piece] + position - self.at[piece] + 1
        return self.ends[piece]

    def _is_one_to_one(self, piece: int) -> bool:
        until = self.at[piece + 1] if piece + 1 < len(self.at) else len(self.skeleton)
        return until - self.at[piece] == self.ends[piece] - self.starts[piece]


@lru_cache(maxsize=16)
def folded(text: str) -> Folded:
    out: list[str] = []
    at: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    length = 0
    for kept, start, end in _pieces(text):
        if kept:
            out.append(kept)
            at.append(length)
            starts.append(start)
            ends.append(end)
            length += len(kept)
    return Folded(text, "".join(out), at, starts, ends)


def _pieces(text: str) -> Iterator[tuple[str, int, int]]:
    """(folded, start, end) of what is kept; between two digits a gap is kept too, because 1 2 is not 12."""
    before = ""
    behind = 0
    for match in _WORD.finditer(text):
        word, start = match.group(), match.start()
        if before.isdigit() and word[0].isdigit():
            yield " ", behind, start
        before, behind = word[-1], match.end()
        if word.isascii():
            yield word.lower().translate(_SAME_MARK), start, behind
        elif unicodedata.is_normalized("NFKC", word) and len(word.casefold()) == len(word):
            yield word.casefold().translate(_SAME_MARK), start, behind
        else:
            yield from _clusters(word, start)


def _clusters(word: str, offset: int) -> Iterator[tuple[str, int, int]]:
    """The same letter by letter, each with the marks that stand on it."""
    start = 0
    for end in range(1, len(word) + 1):
        if end < len(word) and unicodedata.combining(word[end]):
            continue
        cluster = unicodedata.normalize("NFKC", word[start:end].translate(_SAME_MARK))
        plain = unicodedata.normalize("NFKC", cluster.casefold())
        yield "".join(plain.split()), offset + start, offset + end
        start = end
