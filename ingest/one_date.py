"""One date of a German or English source, without anything around it, as EDTF; see `ingest.dates`."""

from __future__ import annotations

import re
from math import ceil
from typing import Final

from ingest import edtf
from ingest.date_words import APPROXIMATE, FILLERS, MONTHS, ORDINALS, PARTS, ROMAN_MONTHS, SEASONS, STRETCHES

BC: Final = re.compile(
    r"\s*(?:\b(?:v\.?\s?chr(?:\.|\b)|vor christus|v\.?\s?u\.?\s?z(?:\.|\b)|b\.?c\.?e\b\.?|b\.?c\b\.?))\s*"
)
AD: Final = re.compile(
    r"\s*(?:\b(?:n\.?\s?chr(?:\.|\b)|nach christus|n\.?\s?u\.?\s?z(?:\.|\b)|a\.?d\b\.?|c\.?e\b\.?))\s*"
)
MONTH: Final = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
_DAY: Final = r"(\d{1,2})(?:\.|st|nd|rd|th)?(?:\s+(?:of|day of))?"
_ORDERS: Final = (
    (re.compile(rf"{_DAY}\s*({MONTH})\.?,?(?:\s+of)?\s*(\d{{3,4}})"), "dmy"),
    (re.compile(rf"({MONTH})\.?\s+{_DAY},?\s+(\d{{3,4}})"), "mdy"),
    (re.compile(rf"(\d{{3,4}}),?\s+({MONTH})\.?\s+{_DAY}"), "ymd"),
    (re.compile(r"(\d{1,2})\.\s?(\d{1,2}|[ivx]{1,4})\.\s?(\d{3,4})"), "dmy"),
    (re.compile(rf"({MONTH})\.?,?(?:\s+(?:of|des jahres))?\s+(\d{{3,4}})"), "my"),
)
SEASON: Final = re.compile(rf"({'|'.join(SEASONS)})(?:\s+(?:of|des jahres))?,?\s+(\d{{3,4}})(?:\s*/\s*\d{{2,4}})?")
_CENTURY: Final = re.compile(
    r"(\d{1,2}|[ivx]{1,5})(?:\.|st|nd|rd|th)?[\s-]*(?:jahrhunderts?|jhdt?s?\.?|jhs?\.?|century|cent\.|centuries)"
)
_DECADE: Final = re.compile(r"(\d{3})0(?:er(?:[\s-]jahren?)?|s|’s|'s)")
MARKED: Final = re.compile(r"(\d{3}[-x_?]|\d{2}(?:--|xx|__|\?\?))")
_OLD_AND_NEW: Final = re.compile(r"(\d{1,2})\.?/(\d{1,2}\.?\s.*)")


def single(text: str) -> str | None:
    """One date without anything around it."""
    bare = BC.sub(" ", text).strip(" ,")
    if bare != text:
        return _century(bare, bc=True) or (edtf.year(1 - int(bare)) if re.fullmatch(r"\d{1,4}", bare) else None)
    bare = AD.sub(" ", text).strip(" ,")
    if bare != text and re.fullmatch(r"\d{1,4}", bare):
        return edtf.year(int(bare))
    if re.fullmatch(r"\d{3,4}", bare):
        return edtf.year(int(bare))
    return _day(bare) or _season(bare) or _century(bare) or _decade(bare) or _stretch(bare)


def in_both_calendars(text: str) -> bool:
    """Whether this is one day by the old calendar and by the new one, 10 to 13 days apart, and not two days."""
    found = _OLD_AND_NEW.fullmatch(text)
    day = single(found[2]) if found else None
    return bool(found and day and day.count("-") == 2 and 10 <= int(day[-2:]) - int(found[1]) <= 13)


def _day(text: str) -> str | None:
    old_and_new = _OLD_AND_NEW.fullmatch(text)
    text = old_and_new[2] if old_and_new else text
    for pattern, order in _ORDERS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        given = dict(zip(order, found.groups(), strict=True))
        month = MONTHS.get(given["m"]) or ROMAN_MONTHS.get(given["m"])
        month = month or (int(given["m"]) if given["m"].isdigit() else None)
        if month is None:
            return None
        made = f"{edtf.year(int(given['y']))}-{month:02d}"
        return f"{made}-{int(given['d']):02d}" if "d" in given else made
    return None


def _season(text: str) -> str | None:
    found = SEASON.fullmatch(text)
    return f"{edtf.year(int(found[2]))}-{SEASONS[found[1]]}" if found else None


def _century(text: str, bc: bool = False) -> str | None:
    """A century, or a half, third, quarter, beginning, middle or end of one."""
    for word, number in ORDINALS.items():
        text = re.sub(rf"\b{word}(?=[\s-]+(?:jahrhundert|jh|century|centuries))", f"{number}.", text)
    found = _CENTURY.search(text)
    if found is None or text[found.end() :].strip():
        return None
    number = int(found[1]) if found[1].isdigit() else _roman(found[1])
    if not 1 <= number <= 99:
        return None
    whole = f"{'-' if bc else ''}{number - 1:02d}XX"
    before = text[: found.start()].strip(" -")
    if not before:
        return whole
    low, high = sorted(int(whole.replace("X", digit)) for digit in "09")
    return _part(before, low, high)


def _part(words: str, low: int, high: int) -> str | None:
    """A part of some years: "erste hälfte des", "late"."""
    said = [word for word in re.split(r"[\s-]+", words) if word not in FILLERS and word not in APPROXIMATE]
    if len(said) == 1 and said[0] in STRETCHES:
        third = (high - low + 1) / 3
        at = STRETCHES[said[0]]
        begin, end = low + ceil(at * third), low + ceil((at + 1) * third) - 1
        return f"{edtf.year(begin)}~/{edtf.year(end)}~"
    if len(said) == 2 and said[1] in PARTS:
        of = PARTS[said[1]]
        which = ORDINALS.get(said[0]) or int(re.sub(r"\D", "", said[0]) or 0)
        which = of if which == -1 else which
        if 1 <= which <= of:
            size = (high - low + 1) / of
            return f"{edtf.year(low + ceil((which - 1) * size))}/{edtf.year(low + ceil(which * size) - 1)}"
    return None


def _decade(text: str) -> str | None:
    if MARKED.fullmatch(text):
        return re.sub(r"[-x_?]", "X", text)
    found = _DECADE.search(text)
    if found is None or text[found.end() :]:
        return None
    before, first = text[: found.start()].strip(" -"), int(found[1]) * 10
    return _part(before, first, first + 9) if before else f"{found[1]}X"


def _stretch(text: str) -> str | None:
    """The beginning, middle or end of a year or month."""
    first, _, rest = text.replace("mid-", "mid ").partition(" ")
    if first not in STRETCHES:
        return None
    for filler in ("des jahres ", "of ", "des ", "in "):
        rest = rest.removeprefix(filler)
    at = STRETCHES[first]
    if re.fullmatch(r"\d{3,4}", rest):
        whole = edtf.year(int(rest))
        return f"{whole}-{(1, 5, 9)[at]:02d}~/{whole}-{(4, 8, 12)[at]:02d}~"
    month = _day(rest)
    if month is None or month.count("-") != 1:
        return None
    last = (edtf.bounds(month) or (0, 0))[1] or 0
    return f"{month}-{(1, 11, 21)[at]:02d}~/{month}-{(10, 20, last % 100)[at]:02d}~"


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in text]
    return sum(-v if v < max(values[i:], default=0) else v for i, v in enumerate(values))
