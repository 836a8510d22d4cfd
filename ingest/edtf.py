"""Dates in EDTF (ISO 8601-2, level 1): writing them, checking them, and the first and last day they may mean."""

from __future__ import annotations

import re
from calendar import monthrange
from typing import Final

_ONE: Final = re.compile(r"(-?\d{4}|-?\d{3}X|-?\d{2}XX)(?:-(\d\d))?(?:-(\d\d))?([?~%])?")
_SEASON_DAYS: Final = {21: (301, 620), 22: (601, 922), 23: (901, 1220), 24: (101, 10320)}
"""First and last day as month * 100 + day; a winter may be that at the beginning or that at the end of its year."""

Bounds = tuple[int | None, int | None]


def year(number: int) -> str:
    """A year; BC ones as astronomers count them (44 BC is -43). Raises ValueError beyond four digits."""
    if abs(number) > 9999:
        raise ValueError("a year beyond four digits")
    return f"{'-' if number < 0 else ''}{abs(number):04d}"


def bounds(edtf: str) -> Bounds | None:
    """First and last day as `graph.when` counts them, None on an open side; None alone for what is not EDTF."""
    first, slash, last = edtf.partition("/")
    begin, end = _bounds(first), _bounds(last) if slash else None
    if begin is None or (slash and end is None) or edtf in ("..", "../.."):
        return None
    if end is None:
        return begin
    if begin[0] is not None and end[1] is not None and begin[0] > end[1]:
        return None
    return begin[0], end[1]


def _bounds(one: str) -> Bounds | None:
    if one == "..":
        return None, None
    match = _ONE.fullmatch(one)
    if match is None:
        return None
    written, month, day, _ = match.groups()
    if "X" in written and month:
        return None
    ends = sorted(int(written.replace("X", digit)) for digit in "09")
    try:
        return _day(ends[0], month, day, 0), _day(ends[1], month, day, 1)
    except ValueError:
        return None


def _day(number: int, month: str | None, day: str | None, end: int) -> int:
    """One day, the last possible for `end`; raises ValueError for a day that no calendar has."""
    if month is None:
        return number * 10000 + (101, 1231)[end]
    if int(month) in _SEASON_DAYS and day is None:
        return number * 10000 + _SEASON_DAYS[int(month)][end]
    if not 1 <= int(month) <= 12:
        raise ValueError("no such month")
    # Any year with the same leap days: the calendar module counts from year 1 on.
    length = monthrange(number % 400 + 2000, int(month))[1]
    if day is not None and not 1 <= int(day) <= length:
        raise ValueError("no such day")
    return number * 10000 + int(month) * 100 + (int(day) if day is not None else (1, length)[end])


def qualified(edtf: str, sign: str) -> str:
    """The date with `?` (uncertain), `~` (about) or `%` (both) on each of its ends; "" leaves it as it is."""
    if not sign:
        return edtf
    if "X" in edtf and "/" not in edtf:
        # Level 1 has no sign for such a one, but has for its years.
        low, high = sorted((edtf.replace("X", "0"), edtf.replace("X", "9")), key=int)
        edtf = f"{low}/{high}"
    return "/".join(end if end == ".." else _with(end, sign) for end in edtf.split("/"))


def _with(one: str, sign: str) -> str:
    if one[-1] in "?~%":
        return one if one[-1] == sign else f"{one[:-1]}%"
    return one + sign


def span(begin: str, end: str) -> str | None:
    """From the beginning of one date to the end of another; None where that is no stretch of time."""
    first, last = begin.split("/")[0], end.split("/")[-1]
    made = f"{first}/{last}"
    return made if first != ".." and last != ".." and bounds(made) else None
