"""Sentences of an answer, each with the citations that stand at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

CELLS = " | "
"""What stands between the cells of a table: a line that has it is a row, and each row is a sentence of its own."""
MARKER = re.compile(r"\[(\d{1,3})\]")
_END = re.compile(
    r"(?P<sign>[.!?…]+)[\"'“”’»«)]*(?P<cited>(?:\s{0,2}\[\d{1,3}\])*)(?=\s+[^\sa-zäöü]|\s*\Z)|\n\s*\n|(?P<line>\n)"
)
_ABBREVIATIONS = """
abb anm bd bde bzw ca chr dr etc evtl fig fol geb gest hg hl hrsg inkl jh kap mr mrs ms nr nrn no od prof resp sog st
str tab tl u usw vgl vol vols vs z zit
"""
_SHORT = frozenset(_ABBREVIATIONS.split())
_LAST_WORD = re.compile(r"(\w+)\Z")


def sentences(text: str, line_ends: bool = True) -> Iterator[tuple[int, int]]:
    """Spans of the sentences, without white space around them; `line_ends` says whether each line ends one."""
    begin = 0
    for end in _END.finditer(text):
        if not _ends(text, begin, end, line_ends):
            continue
        yield from _trimmed(text, begin, end.end())
        begin = end.end()
    yield from _trimmed(text, begin, len(text))


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines of a text that are not empty."""
    for line in re.finditer(r"[^\n]*\S[^\n]*", text):
        yield line.span()


def without_markers(text: str) -> str:
    """The words of a sentence alone."""
    return MARKER.sub("", text)


def _ends(text: str, begin: int, end: re.Match[str], line_ends: bool) -> bool:
    if end.group("line"):
        return line_ends or CELLS in _line(text, end.start()) or CELLS in _line(text, end.end())
    if end.group("sign"):
        return CELLS not in _line(text, end.start()) and _is_end(text[begin : end.start()], end)
    return True


def _line(text: str, position: int) -> str:
    """The line of a text that a place stands in."""
    return text[text.rfind("\n", 0, position) + 1 :].partition("\n")[0]


def _is_end(before: str, end: re.Match[str]) -> bool:
    """Whether a sign ends the sentence: not after an abbreviation, initial or ordinal, unless a citation follows."""
    if end.group("sign") != "." or end.group("cited"):
        return True
    word = _LAST_WORD.search(before)
    if word is None:
        return True
    last = word.group(1)
    return not (last.casefold() in _SHORT or (len(last) == 1 and last.isalpha()) or (last.isdigit() and len(last) < 3))


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    if part.strip():
        yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())
