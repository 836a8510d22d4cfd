"""Where sentences end, in German and English: abbreviations, ordinals, regnal numbers and initials are not the end.

In a table the row is the sentence: its line, whatever signs stand in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.rules.words import words
from llm.sentences import CELLS

_ABBREVIATIONS = words("abbreviations")
_STARTERS = words("starters")
_ORDINAL_NOUNS = re.compile(
    r"(?:Jahrh|Jh|Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Kap|Aufl|Band|Bd|Tag|Jahr|Buch|Teil|Stück|Stock|Mal|Lebens|"
    r"Dynast|Korps|Klasse|Gener|Auflage|Abschnitt|Bezirk|Grad|Platz)"
)
_END = re.compile(r"(?:[.!?…]+[\"'»«”“’‘)\]]*)(?=\s)|[。！？]+[」』”）]*")
_TOKEN = re.compile(r"(\S+)$")
_NEXT = re.compile(r"\s*[\"'»«„“”‚‘’(\[*_–—-]*\s*(\w*)")
_ROMAN = re.compile(r"[IVXLCDM]+")
_PARAGRAPH = re.compile(r"#{1,6} [^\n]+|[^\s#][^\n]*(?:\n(?!\s*\n|#)[^\n]+)*")


def of_passage(text: str) -> list[tuple[int, int]]:
    """The sentences of a passage as spans; headings, written as in Markdown, are none."""
    spans: list[tuple[int, int]] = []
    for paragraph in _PARAGRAPH.finditer(text):
        if not paragraph.group().startswith("#"):
            spans += sentences(text, paragraph.start(), paragraph.end())
    return spans


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the sentences between two offsets, without the white space around them, nothing else left out."""
    while (cells := text.find(CELLS, start, end)) >= 0:
        row = max(start, text.rfind("\n", start, cells) + 1)
        stop = text.find("\n", cells, end)
        stop = end if stop < 0 else stop
        yield from _in_prose(text, start, row)
        yield from _trimmed(text, row, stop)
        start = stop
    yield from _in_prose(text, start, end)


def _in_prose(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = _forward(text, start, end)
    for match in _END.finditer(text, start, end):
        if match.end() > begin and _ends(text, begin, match, end):
            yield begin, match.end()
            begin = _forward(text, match.end(), end)
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    start = _forward(text, start, end)
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end


def _forward(text: str, position: int, end: int) -> int:
    while position < end and text[position].isspace():
        position += 1
    return position


def _ends(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    """Whether the sign at the match ends the sentence that began at `begin`."""
    sign = match.group()
    following = _NEXT.match(text, match.end(), end)
    after = following.group(1) if following else ""
    if not after:
        return True
    if after[0].islower():
        return sign[0] in "。！？" or (sign[0] in "!?" and sign[-1] not in "\"'»«”“’‘)]")
    if sign != ".":
        return True
    token = _TOKEN.search(text[max(begin, match.start() - 40) : match.start()])
    word = token.group(1).lstrip("\"'»«„“(*_[") if token else ""
    if not word:
        return True
    starts = after.lower() in _STARTERS
    if word.isdigit():
        if len(word) > 2:
            return True
        return not _ORDINAL_NOUNS.match(after) and (starts or after.isdigit()) and match.start() - len(word) > begin
    if _ROMAN.fullmatch(word) or (len(word) == 1 and word.isalpha()):
        return starts
    if "." in word:
        return starts and after.lower() not in {"i", "in", "a"}
    lowered = word.lower()
    if lowered in _ABBREVIATIONS:
        # After a title or a note comes a name or a number; "usw." and the like may well end a sentence.
        return starts and lowered in {
            "usw",
            "etc",
            "co",
            "inc",
            "ltd",
            "jr",
            "sr",
            "corp",
            "jh",
            "jhs",
            "chr",
            "al",
            "ff",
        }
    return True
