"""Dates as German and English sources write them, read into EDTF: "um 1650" is 1650~, "1596/97" is 1596/1597.

Only what can be read without guessing: 03/05/1654 may be two days and is none here. A century is the hundred years
that share their first digits ("16. Jh." is 15XX), its parts are parts of that; BC years are counted as astronomers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from graph.when import When
from ingest import edtf
from ingest.date_words import AFTER, APPROXIMATE, BEFORE, FILLERS, UNCERTAIN, WEEKDAYS
from ingest.one_date import AD, BC, MARKED, MONTH, SEASON, in_both_calendars, single

LONGEST: Final = 100
"""Characters that the words of a date may have."""
_DASHES: Final = re.compile(r"\s*[\u2010-\u2015\u2212]\s*")
_LONG: Final = "–"
_LONELY: Final = {"before": BEFORE, "after": AFTER}
_SIGNS: Final = ((APPROXIMATE, "~"), (UNCERTAIN, "?"))
_BETWEEN: Final = re.compile(r"(?:zwischen|between)\s+(.+?)\s+(?:und|and)\s+(.+)")
_FROM: Final = re.compile(
    r"(?:(?:von|vom|from)\s+)?(.+?)\s+(?:bis(?:\s+(?:zum|zur))?|to|until|till|through|oder|or)\s+(.+)"
)
_MONTH_DAYS: Final = re.compile(rf"({MONTH})\.?\s+(\d{{1,2}})\s*[-/–]\s*(\d{{1,2}}),?\s+(\d{{3,4}})")


def read_when(words: str) -> When | None:
    """The date that some words give, kept with the words; without EDTF where they cannot be read, None for no words.

    Never raises.
    """
    kept = " ".join(words.split())
    if not kept or len(kept) > LONGEST or not any(character.isalnum() for character in kept):
        return None
    made = to_edtf(kept)
    earliest, latest = (edtf.bounds(made) if made else None) or (None, None)
    return When(kept, made or "", earliest, latest)


def to_edtf(words: str) -> str | None:
    """The words as EDTF, None where they cannot be read; never raises."""
    if len(words) > LONGEST:
        return None
    text = " ".join(words.split())
    own = re.sub(r"[T ]\d\d:\d\d.*$", "", text)
    if edtf.bounds(own):
        return own
    try:
        made = _read(_plain(text))
    except ValueError:
        return None
    return made if made and edtf.bounds(made) else None


def _plain(text: str) -> str:
    """Small letters, one kind of long dash, no brackets, no weekdays."""
    text = _DASHES.sub(_LONG, text.casefold().replace("ß", "ss"))
    text = re.sub(rf"\b(?:{'|'.join(WEEKDAYS)}),?\s", "", text)
    text = " ".join(re.sub(r"[\[\]()<>†*]", " ", text).split()).strip(" ,;:")
    return re.sub(r"(?<=\d{3})\.$", "", text)


def _read(text: str) -> str | None:
    """A date with whatever stands before and behind it."""
    sign = ""
    if text.endswith("?") and not MARKED.fullmatch(text):
        text, sign = text[:-1].strip(), "?"
    while (opened := _opening(text)) is not None:
        new, text = opened
        if new in _LONELY:
            return _open(new, _read(text), sign)
        if new:
            sign = new if sign in ("", new) else "%"
    made = _range(text) or single(text)
    return edtf.qualified(made, sign) if made else None


def _opening(text: str) -> tuple[str, str] | None:
    """What the first words do ("~", "?", "before", "after"; "" where they say nothing), and the words behind them."""
    for words, sign in _SIGNS:
        for word in words:
            if text.startswith(word) and re.match(r"[\s\d]", text[len(word) :]):
                return sign, text[len(word) :].strip()
    for word in FILLERS:
        if text.startswith(f"{word} "):
            return "", text[len(word) :].strip()
    if _range(text) is None and not re.match(r"v(?:or)?\.?\s?chr", text):
        for which, words in _LONELY.items():
            for word in words:
                if text.startswith(f"{word} "):
                    return which, text[len(word) :].strip()
    return None


def _open(which: str, made: str | None, sign: str) -> str | None:
    if made is None or ".." in made:
        return None
    ends = made.split("/")
    return edtf.qualified(f"../{ends[0]}" if which == "before" else f"{ends[-1]}/..", sign)


def _range(text: str) -> str | None:
    """From one date to another, in the many short forms that there are."""
    if found := _BETWEEN.fullmatch(text) or _FROM.fullmatch(text):
        return _both(found[1], found[2])
    if found := _MONTH_DAYS.fullmatch(text):
        return _both(f"{found[2]} {found[1]} {found[4]}", f"{found[3]} {found[1]} {found[4]}")
    if SEASON.fullmatch(text):
        return None
    if in_both_calendars(text):
        return None
    for separator in (_LONG, "/", "-"):
        for at in [i for i, each in enumerate(text) if each == separator]:
            if made := _both(text[:at].strip(), text[at + 1 :].strip()):
                return made
    return None


def _both(left: str, right: str) -> str | None:
    """Two dates of which one may lack what the other says: "1596" and "97", "3." and "5. Mai 1654"."""
    if not left or not right:
        return None
    if left.isdigit() and right.isdigit() and len(right) < len(left) and len(left) > 2:
        right = left[: len(left) - len(right)] + right
    end = _end(right)
    if end is None:
        return None
    # The era stands once, behind the second.
    begins = (_end(each) for each in _completed(left, right))
    return next((made for begin in begins if begin and (made := edtf.span(begin, end))), None)


def _end(text: str) -> str | None:
    """One end of a range, which may be about or uncertain by itself."""
    sign = ""
    if text.endswith("?"):
        text, sign = text[:-1].strip(), "?"
    while opened := _opening_of_end(text):
        new, text = opened
        sign = new or sign
    made = single(text)
    return edtf.qualified(made, sign) if made else None


def _opening_of_end(text: str) -> tuple[str, str] | None:
    for words, sign in (*_SIGNS, (FILLERS, "")):
        for word in words:
            if text.startswith(f"{word} "):
                return sign, text[len(word) :].strip()
    return None


def _completed(left: str, right: str) -> Iterator[str]:
    """The first of two dates with what only the second says, the shortest addition that may be meant first."""
    if BC.search(right) and not (BC.search(left) or AD.search(left)):
        yield f"{left} v. chr."
        return
    yield left
    words = right.split()
    for at in range(len(words) - 1, 0, -1):
        yield " ".join([left, *words[at:]])
