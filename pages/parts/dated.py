"""When and where a claim holds, as its sources say it, to stand beside its words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph.types import Source
from graph.when import When
from pages.language import date
from pages.parts.plain import escaped, shortened

_LONGEST = 60
_EXACT = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
"""A year, a month or a day in EDTF, of which nothing is open or in doubt."""


def said(when: When) -> str:
    """A day or month as the language of the page writes it, any other date in the words of its source."""
    exact = _EXACT.fullmatch(when.edtf)
    if exact is None or not exact[2]:
        return when.words or when.edtf
    day = date(f"{when.edtf if exact[3] else when.edtf + '-01'}T12:00:00+00:00")
    return (day if exact[3] else day.partition(" ")[2]) or when.words


def when_where(text: str, sources: Iterable[Source]) -> str:
    """Dates and places, each once, but those that the claim's own words have already: "um 1650, Kopenhagen"."""
    found: dict[str, str] = {}
    for source in sources:
        when = said(source.when) if source.when and not _stands(source.when, text) else ""
        for words in (when, source.place or ""):
            if words and words.casefold() not in text.casefold():
                found.setdefault(words.casefold(), shortened(words, _LONGEST))
    return ", ".join(found.values())


def _stands(when: When, text: str) -> bool:
    """Whether the text has the date already, perhaps in another language."""
    if when.words and when.words.casefold() in text.casefold():
        return True
    exact = _EXACT.fullmatch(when.edtf)
    if exact is None or (exact[2] and not exact[3]):
        return False
    numbers = {int(each) for each in re.findall(r"\d+", text)}
    return {int(exact[1]), *([int(exact[3])] if exact[3] else [])} <= numbers


def beside(text: str, sources: Iterable[Source]) -> str:
    """The same as HTML, nothing where there is nothing to say."""
    words = when_where(text, sources)
    return f' <span class="wk-soft wk-when">{escaped(words)}</span>' if words else ""
