"""Years, dates, decades and centuries in German and English text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS_DE = "Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
_MONTHS_EN = "January|February|March|April|May|June|July|August|September|October|November|December"
_YEAR = r"(?:1\d{3}|20\d{2})"
_DATES = (
    rf"\d{{1,2}}\.\s?(?:{_MONTHS_DE})\s{_YEAR}",
    rf"\d{{1,2}}\.\d{{1,2}}\.{_YEAR}",
    rf"\d{{1,2}}(?:st|nd|rd|th)?\s(?:{_MONTHS_EN}),?\s{_YEAR}",
    rf"(?:{_MONTHS_EN})\s\d{{1,2}}(?:st|nd|rd|th)?,?\s{_YEAR}",
    rf"(?:{_MONTHS_EN}|{_MONTHS_DE}),?\s{_YEAR}",
    rf"(?:{_MONTHS_EN})\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d)",
    rf"\d{{1,2}}\.?\s(?:{_MONTHS_DE}|{_MONTHS_EN})(?![^\W\d_])",
)
_DATE = re.compile("|".join(rf"(?<![\w.]){form}(?!\w)" for form in _DATES))
_DECADE = re.compile(r"(?<!\w)(?:1\d\d|20\d)0(?:s|er[\s-]Jahren?)(?!\w)")
_CENTURY = re.compile(
    r"(?<![\w.])(\d{1,2})\.(?:\s(?:und|bis|oder|/)\s(\d{1,2})\.)?\s(?:Jahrhunderts?|Jh\.|Jhs\.|Jhd\.)"
    r"|(?<!\w)(\d{1,2}(?:st|nd|rd|th)|[a-z]+(?:first|second|third|fifth|eighth|ninth|enth|twelfth))(?:\s|-)centur(?:y|ies)(?!\w)"
)
_LONE_YEAR = re.compile(rf"(?<![\w.,/]){_YEAR}(?![\w%]|[.,]\d)")
_BEFORE = re.compile(
    r"(?:\b(?:in|im|seit|bis|von|um|vor|nach|ab|anno|Jahre?n?|zwischen|und|since|from|until|till|by|of|before|after|around|about|"
    r"circa|ca\.|c\.|between|and|to|the|year|year\sof|early|late|mid|Anfang|Mitte|Ende|Frühjahr|Sommer|Herbst|Winter|spring|summer|"
    r"autumn|fall|winter|born|died|geboren|gestorben|on|through|during|or|oder|dated|datiert|geb\.|gest\.|b\.|d\.|also|again|"
    r"erst|schon|noch|wieder|auch|dann|early\sin|erschien|starb|wurde)\s*|[(\[–—†*,;/-]\s*)$",
    re.I,
)
_AFTER = re.compile(
    r"\s*(?:[.,;:)\]–—/†!?*\"“”»«]|-|$|(?:in|bis|und|war|wurde|to|and|or|oder|by|at|he|she|it|was|were|when|as|with|on|the|nach|er|sie|es|ein\w*|die|der|das|den|dem|des|als|auf|aus|von|zu|zum|zur|im|"
    r"(?:ge|be|ver|er|ent|zer|hin|auf|aus|an|ab|ein|über|unter)[a-zäöüß]{2,}(?:t|en))\b)"
)
_UNITS = re.compile(
    r"\s*(?:km|m|cm|mm|kg|g|t|ha|ft|feet|miles?|metres?|meters?|people|inhabitants|students|men|soldiers|acres|pages|"
    r"objects|items|pieces|species|books|dollars|euros?|points|copies|members|employees|residents|votes|games|seats|units|"
    r"Stück\w*|Gulden|Taler|Dukaten|Mark|Euro|Meter|Kilometer|Objekte\w*|Bände\w*|Bücher\w*|Seiten|Einwohner\w*|Personen|Mann|Jahre[n]?)\b"
)
_MONEY = re.compile(r"[$€£#№§]\s*$|\b(?:S\.|p\.|pp\.|Nr\.|No\.|Inv\.|fol\.|Bl\.|Kat\.|Abb\.)\s*$")


@dataclass(frozen=True, slots=True)
class Date:
    """A date as it stands in the text, and its usual form."""

    start: int
    end: int
    name: str


def dates(text: str, start: int, end: int) -> list[Date]:
    """The dates between two offsets in order, not overlapping; a number that only may be a year is left out."""
    taken: list[Date] = []
    for date in (*_spelled(text, start, end), *_years(text, start, end)):
        if not any(date.start < other.end and other.start < date.end for other in taken):
            taken.append(date)
    return sorted(taken, key=lambda date: date.start)


def _spelled(text: str, start: int, end: int) -> Iterator[Date]:
    for match in _DATE.finditer(text, start, end):
        yield Date(match.start(), match.end(), " ".join(match.group().split()).replace(" ,", ","))
    for match in _DECADE.finditer(text, start, end):
        yield Date(match.start(), match.end(), re.sub(r"er[\s-]Jahren?$", "er Jahre", match.group()))
    for match in _CENTURY.finditer(text, start, end):
        first, second, english = match.groups()
        if english:
            yield Date(match.start(), match.end(), f"{english} century")
        else:
            yield Date(match.start() if not second else match.start(2), match.end(), f"{second or first}. Jahrhundert")
            if second:
                yield Date(match.start(), match.end(1) + 1, f"{first}. Jahrhundert")


def _years(text: str, start: int, end: int) -> Iterator[Date]:
    for match in _LONE_YEAR.finditer(text, start, end):
        before, after = (
            text[max(start, match.start() - 24) : match.start()],
            text[match.end() : min(end, match.end() + 24)],
        )
        if _MONEY.search(before) or _UNITS.match(after):
            continue
        opens = not before.strip()
        if opens or _BEFORE.search(before) or _AFTER.match(after):
            yield Date(match.start(), match.end(), match.group())
