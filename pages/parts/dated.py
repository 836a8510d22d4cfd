"""When and where a claim holds, as its sources say it, to stand beside its words."""

from __future__ import annotations

from collections.abc import Iterable

from graph.types import Source
from pages.parts.plain import escaped, shortened

_LONGEST = 60


def when_where(text: str, sources: Iterable[Source]) -> str:
    """Dates and places, each once, but those that the claim's own words have already: "um 1650, Kopenhagen"."""
    said: dict[str, str] = {}
    for source in sources:
        for words in (source.when.words if source.when else "", source.place or ""):
            if words and words.casefold() not in text.casefold():
                said.setdefault(words.casefold(), shortened(words, _LONGEST))
    return ", ".join(said.values())


def beside(text: str, sources: Iterable[Source]) -> str:
    """The same as HTML, nothing where there is nothing to say."""
    words = when_where(text, sources)
    return f' <span class="wk-soft wk-when">{escaped(words)}</span>' if words else ""
