"""Latin titles that stand in a text without quotation marks: Mundus subterraneus, Ars magna lucis et umbrae."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.rules.words import sections, words

_BEGIN = re.compile(r"(?<![\w'’.-])[A-Z][a-z]{2,}(?=\s[a-z])")
_NEXT = re.compile(r"\s([A-Za-z]+)(?![\w'’-])")
_LATIN = re.compile(
    r"[a-z]{2,}(?:orum|arum|ibus|entum|ae|us|um|is|ata|ima|gna|toria|ssima|tura|ica|alia)|[a-z]*(?:libri|rerum)"
)
_LINKS = frozenset("et seu sive de in ad cum liber sex tres duo".split())
_NUMBERS = {"sex", "tres", "duo"}
_LISTS = sections("latin")
_OTHERS = _LISTS["loans"] | words("starters") | words("frequent_en")


def latin_titles(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans between two offsets in which a capital is followed by Latin words, without loans such as museum."""
    for begin in _BEGIN.finditer(text, start, end):
        stop = position = begin.end()
        found = 0
        while (match := _NEXT.match(text, position, end)) is not None:
            word, position = match.group(1), match.end()
            if word in _LINKS:
                stop = position if found and word in _NUMBERS else stop
                continue
            lowered = word.lower()
            if not _LATIN.fullmatch(lowered) or lowered in _OTHERS or (word != lowered and not found):
                break
            found, stop = found + (word == lowered), position
        if found and begin.group().lower() not in _OTHERS:
            yield begin.start(), stop
