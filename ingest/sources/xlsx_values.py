"""Values of Excel's cells as people see them: dates as ISO 8601, percentages, numbers without the noise of floats."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from math import isfinite

from ingest.office_errors import ExpandsTooFar
from ingest.sources.base import Limits
from ingest.sources.elements import Element, inside, local, number
from ingest.sources.package import Package

_BUILT_IN = {
    9: "0%", 10: "0.00%", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm:ss"),
}  # fmt: skip
_NOT_SIGNS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|general|am/pm|a/p', re.I)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LAST_DAY = 2_958_466
"""The day after 9999-12-31."""


class Formats:
    """How the styles of a workbook show numbers."""

    def __init__(self, package: Package, main: str, since_1904: bool) -> None:
        part = package.related(main, "styles")
        root = package.tree(part) if part else None
        own = {number(f.get("numFmtId")): f.get("formatCode") or "" for f in inside(root, "numFmts")}
        self._codes = [
            _signs(own.get(number(style.get("numFmtId"))) or _BUILT_IN.get(number(style.get("numFmtId")), ""))
            for style in inside(root, "cellXfs")
        ]
        self._since_1904 = since_1904

    def shown(self, given: str, style: int) -> str:
        """A number as its style shows it; what is no number stays as it is."""
        try:
            value = float(given)
        except ValueError:
            return given
        if not isfinite(value):
            return given
        signs = self._codes[style] if 0 <= style < len(self._codes) else ""
        if set(signs) & set("dmyhs"):
            return moment(value, signs, self._since_1904) or plain(value)
        if "%" in signs:
            return f"{value * 100:.15g}%"
        if re.fullmatch(r"0{2,}", signs) and value == int(value) and value >= 0:
            return str(int(value)).zfill(len(signs))
        return plain(value)


def _signs(code: str) -> str:
    """A format without what it shows as it stands; its first part is for numbers above zero."""
    return _NOT_SIGNS.sub("", code[:255]).split(";")[0].lower()


def plain(value: float) -> str:
    """A number with the fifteen figures that Excel knows; whole numbers as they are."""
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return f"{value:.15g}"


def moment(value: float, signs: str, since_1904: bool) -> str | None:
    """A day, a time or both, as exact as the format shows it; None where no date is that late or early."""
    if not 0 <= value < _LAST_DAY:
        return None
    seconds = round(value * 86_400)
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}" + (f":{rest % 60:02d}" if rest % 60 else "")
    if "[" in signs:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if not set(signs) & set("dy") and set(signs) & set("hs"):
        return clock
    day = _day(days, since_1904)
    if day is None:
        return clock if days == 0 else None
    if set(signs) & set("hs"):
        return f"{day.isoformat()}T{clock}"
    if "d" not in signs and "y" in signs:
        return day.strftime("%Y-%m") if "m" in signs else str(day.year)
    return day.isoformat()


def _day(days: int, since_1904: bool) -> date | None:
    if since_1904:
        start = datetime(1904, 1, 1)
    else:
        # Excel believes that 1900 was a leap year: its day 60 never was.
        if days == 0 or days == 60:
            return None
        start = datetime(1899, 12, 31) if days < 60 else datetime(1899, 12, 30)
    try:
        return (start + timedelta(days=days)).date()
    except OverflowError:
        return None


def shared_strings(package: Package, main: str, limits: Limits) -> list[str]:
    """The words that cells refer to by number, without the reading aids of Japanese; raises `ExpandsTooFar`."""
    part = package.related(main, "sharedStrings")
    strings: list[str] = []
    characters = 0
    for element in package.children(part, "sst") if part else ():
        text = unescaped("".join(_words(element)))
        characters += len(text) + 50
        if characters > 4 * limits.max_characters:
            raise ExpandsTooFar(name=package.name, limit_mb=4 * limits.max_characters // 1_000_000)
        strings.append(text)
    return strings


def _words(item: Element) -> list[str]:
    words: list[str] = []
    for inner in item:
        if local(inner) == "t":
            words.append(inner.text or "")
        elif local(inner) == "r":
            words += [t.text or "" for t in inner if local(t) == "t"]
    return words


def unescaped(text: str) -> str:
    """Text with the characters that Excel writes as `_x000D_`."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda match: _character(int(match.group(1), 16)), text)


def _character(code: int) -> str:
    return " " if code < 32 or 0xD800 <= code < 0xE000 else chr(code)
