"""What the pages say, in English and German: texts by key, numbers, dates, sizes and prices in the language's form."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from graph import wording
from ingest.schemas import words
from pages.language import de, en, exports, findings, team
from pages.language.relations import RELATIONS

LANGUAGES: dict[str, str] = {"en": "English", "de": "Deutsch"}
TEXTS: dict[str, dict[str, str]] = {
    "en": en.TEXTS | findings.EN | exports.EN | team.EN,
    "de": de.TEXTS | findings.DE | exports.DE | team.DE,
}
PARAMETER = "lang"
CHOSEN = "language_chosen"
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTHS_DE = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)


def of_browser() -> str:
    """The language that the browser asks for, as far as we have it."""
    locale = (st.context.locale or "en").lower()
    return "de" if locale.split("-")[0] == "de" else "en"


def current() -> str:
    """The language of this page: chosen in this session, named in the address, or the browser's."""
    chosen = st.session_state.get(CHOSEN) or st.query_params.get(PARAMETER)
    return chosen if chosen in LANGUAGES else of_browser()


def in_address() -> dict[str, str]:
    """What links must carry so that they open in this language: nothing where the browser asks for it anyway."""
    language = current()
    return {} if language == of_browser() else {PARAMETER: language}


def say(key: str, /, **values: object) -> str:
    """The text with its values filled in; whole numbers are grouped as the language does."""
    return TEXTS[current()][key].format(**{name: _shown(value) for name, value in values.items()})


def count(key: str, n: int, /, **values: object) -> str:
    """The text for `n` things: `KEY.one` for one, `KEY.many` otherwise; `{n}` is the number."""
    return say(f"{key}.one" if n == 1 else f"{key}.many", n=n, **values)


def _shown(value: object) -> object:
    return number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def number(value: int) -> str:
    """A whole number, grouped by thousands: 12,345 or 12.345."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if current() == "de" else grouped


def decimal(value: float, places: int = 1) -> str:
    """A number with decimals: 3.5 or 3,5."""
    return wording.decimal(value, places, current())


def size(bytes_: int) -> str:
    """A file size in the unit that reads best."""
    if bytes_ < 1_000_000:
        return f"{number(max(1, round(bytes_ / 1000)))} kB"
    return f"{decimal(bytes_ / 1_000_000)} MB"


def date(moment: str) -> str:
    """The day of an ISO moment: 24 November 2026 or 24. November 2026; empty for what is no moment."""
    try:
        when = datetime.fromisoformat(moment).astimezone(UTC)
    except ValueError:
        return ""
    month = (_MONTHS_DE if current() == "de" else _MONTHS_EN)[when.month - 1]
    return f"{when.day}. {month} {when.year}" if current() == "de" else f"{when.day} {month} {when.year}"


def money(usd: float) -> str:
    """A price in US dollars; amounts below a cent keep what tells them from nothing."""
    return wording.money(usd, current())


def duration(seconds: float) -> str:
    """A time as people say it: under a second, 12 s, 3 min."""
    if seconds < 1:
        return say("time.moment")
    if seconds < 90:
        return say("time.seconds", n=round(seconds))
    if seconds < 5400:
        return say("time.minutes", n=round(seconds / 60))
    return say("time.hours", n=decimal(seconds / 3600))


def relation(predicate: str) -> str:
    """A predicate in words: BORN_IN is "born in"; one that we do not know is shown in small letters."""
    language = current()
    known = RELATIONS[language].get(predicate) or words(language).get(predicate)
    return known or (predicate.replace("_", " ").lower() if predicate.isupper() else predicate)


def kind(type_: str) -> str:
    """The type of an entity in words; a type that we do not know is shown as it is."""
    language = current()
    return TEXTS[language].get(f"type.{type_}") or words(language).get(type_, type_)
