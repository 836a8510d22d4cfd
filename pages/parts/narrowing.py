"""What narrows a question or a drawing: documents, kinds, a time, a language, folded away, and kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import streamlit as st

from graph.ways import Filters
from pages.language import count, kind, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import distinct, escaped, shortened

LISTED = 400
"""Documents that are offered by name."""


class Page(NamedTuple):
    """Where something is narrowed: what its fields' keys begin with, and its names in the address."""

    prefix: str
    many: tuple[str, str]
    one: tuple[str, str, str]

    @property
    def address(self) -> tuple[str, ...]:
        """The names in the address, in the order of the fields."""
        return (*self.many, *self.one)


ASK = Page("ask.only.", ("only", "kind"), ("from", "to", "written"))
EXPLORE = Page("explore.only.", ("only", "kind"), ("since", "until", "written"))


@dataclass(frozen=True, slots=True)
class Narrowed:
    """As people chose and typed it; dates stay words."""

    documents: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    begin: str = ""
    end: str = ""
    language: str = ""

    def __bool__(self) -> bool:
        return self != Narrowed()

    def filters(self) -> Filters:
        """What search understands; a date that cannot be read narrows nothing, and `unread` names it."""
        return Filters(self.documents, self.kinds, _day(self.begin, 0), _day(self.end, 1), self.language)

    def backwards(self) -> bool:
        """Whether it is to begin after it ends."""
        begin, end = _day(self.begin, 0), _day(self.end, 1)
        return begin is not None and end is not None and begin > end

    def unread(self) -> str:
        """The first date that cannot be read; empty where there is none."""
        given = ((self.begin, 0), (self.end, 1))
        return next((text for text, end in given if text and _day(text, end) is None), "")


def _day(text: str, end: int) -> int | None:
    from ingest.dates import read_when

    when = read_when(text)
    return (when.earliest, when.latest)[end] if when else None


def from_address(page: Page = ASK) -> Narrowed:
    """Read the address."""
    given = st.query_params
    return Narrowed(
        tuple(given.get_all(page.many[0])[:LISTED]),
        tuple(given.get_all(page.many[1])[:30]),
        *(given.get(name, "").strip()[:60] for name in page.one),
    )


def to_address(narrowed: Narrowed, page: Page = ASK) -> None:
    """Write the address; what narrows nothing is left out."""
    for name, value in zip(page.address, (getattr(narrowed, each.name) for each in fields(narrowed)), strict=True):
        if value:
            st.query_params[name] = list(value) if isinstance(value, tuple) else value
        else:
            st.query_params.pop(name, None)


def take_over(narrowed: Narrowed, page: Page = ASK) -> None:
    """Fill the fields from what the address says."""
    for each in fields(narrowed):
        value = getattr(narrowed, each.name)
        st.session_state[page.prefix + each.name] = list(value) if isinstance(value, tuple) else value


def typed(page: Page = ASK) -> Narrowed:
    """What the fields say now."""
    state = st.session_state
    offered: Mapping[str, Sequence[str]] = state.get(f"{page.prefix}offered", {})

    def of(name: str) -> tuple[str, ...]:
        chosen = state.get(page.prefix + name, ())
        # Where the language of the page was changed just now, a field tells what it showed, in the other one.
        return tuple(each for each in chosen if each in offered.get(name, chosen))

    begin, end, language = (str(state.get(page.prefix + name) or "").strip() for name in ("begin", "end", "language"))
    return Narrowed(
        of("documents"), of("kinds"), begin, end, language if language in offered.get("language", (language,)) else ""
    )


def draw(cabinet: Cabinet, narrowed: Narrowed) -> None:
    """The folded row, inside the form of a question."""
    with st.expander(_title(narrowed), type="compact", key="ask-narrow"):
        _fields(cabinet, narrowed, ASK)


def draw_form(cabinet: Cabinet, narrowed: Narrowed, page: Page, on_change: Callable[[Narrowed], None]) -> None:
    """The folded row as a form of its own; `on_change` is told what is wanted before the page runs anew."""
    taken = f"{page.prefix}address"
    if st.session_state.get(taken) != narrowed:
        st.session_state[taken] = narrowed
        take_over(narrowed, page)
    row = st.expander(_title(narrowed), type="compact", key=f"{page.prefix}row")
    with row, st.form(f"{page.prefix}form", border=False):
        _fields(cabinet, narrowed, page)
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            st.form_submit_button(
                say("narrow.apply"),
                type="primary",
                key=f"{page.prefix}apply",
                on_click=lambda: on_change(typed(page)),
            )
            if narrowed:
                st.form_submit_button(
                    say("narrow.off"),
                    type="tertiary",
                    key=f"{page.prefix}off",
                    on_click=lambda: on_change(Narrowed()),
                )


def _title(narrowed: Narrowed) -> str:
    chosen = sum(1 for each in fields(narrowed) if getattr(narrowed, each.name))
    return count("narrow.chosen", chosen) if chosen else say("narrow.title")


def _titles(cabinet: Cabinet) -> Mapping[str, str]:
    """What documents are called, by id: read when something has changed, not at every run of a page."""
    whole = cabinet.whole

    def read(collections: Sequence[str], _: None) -> dict[str, str]:
        return {document.id: document.title for document in whole.documents.titled(collections, LISTED)}

    titles: Mapping[str, str] = cabinet.store.shown("titles", read).of(cabinet.here, None)
    return titles


def _fields(cabinet: Cabinet, narrowed: Narrowed, page: Page) -> None:
    titles = dict(_titles(cabinet))
    titles |= {id_: id_[:8] for id_ in narrowed.documents if id_ not in titles}
    kinds = list(dict.fromkeys((*cabinet.store.claimed.kinds(cabinet.here), *narrowed.kinds)))
    spoken = {language.split("-")[0] for language in cabinet.store.claimed.languages(cabinet.here)}
    languages = ["", *sorted(spoken | ({narrowed.language} - {""}))]
    st.session_state[f"{page.prefix}offered"] = {"documents": list(titles), "kinds": kinds, "language": languages}
    left, right = st.columns([3, 2], gap="small")
    left.multiselect(
        say("narrow.documents"),
        list(titles),
        key=f"{page.prefix}documents",
        format_func=distinct({id_: shortened(title, 60) for id_, title in titles.items()}).__getitem__,
        placeholder=say("narrow.all"),
    )
    right.multiselect(
        say("narrow.kinds"),
        kinds,
        key=f"{page.prefix}kinds",
        format_func=distinct({each: kind(each) for each in kinds}).__getitem__,
        placeholder=say("narrow.all"),
    )
    begin, end, language = st.columns([1, 1, 1], gap="small")
    help_ = say("narrow.dates.help")
    begin.text_input(say("narrow.begin"), key=f"{page.prefix}begin", placeholder="1580", max_chars=60, help=help_)
    end.text_input(say("narrow.end"), key=f"{page.prefix}end", placeholder="16XX", max_chars=60)
    language.selectbox(
        say("narrow.language"),
        languages,
        key=f"{page.prefix}language",
        format_func=distinct({id_: _language(id_) for id_ in languages}).__getitem__,
    )


def _language(id_: str) -> str:
    if id_ in ("de", "en"):
        return say(f"narrow.language.{id_}")
    return id_ or say("narrow.all")


def said(cabinet: Cabinet, narrowed: Narrowed) -> None:
    """What a result was narrowed to, as a line; nothing where it was not."""
    if unread := narrowed.unread():
        st.html(f'<p class="wk-soft">{escaped(say("narrow.unread", name=unread))}</p>')
    if narrowed.backwards():
        st.warning(say("narrow.backwards", a=narrowed.begin, b=narrowed.end), icon=":material/date_range:")
    if parts := list(_parts(cabinet, narrowed)):
        st.html(f'<div class="wk-soft">{escaped(say("narrow.only", names=" · ".join(parts)))}</div>')


def _parts(cabinet: Cabinet, narrowed: Narrowed) -> Iterator[str]:
    if narrowed.documents:
        known = cabinet.store.documents.by_ids(list(narrowed.documents[:4]))
        titles = {id_: shortened(document.title, 40) for id_, document in known.items()}
        gone = [say("narrow.gone", name=shortened(id_, 20)) for id_ in narrowed.documents[:4] if id_ not in titles]
        yield ", ".join((*titles.values(), *gone))
    if narrowed.kinds:
        yield ", ".join(kind(each) for each in narrowed.kinds)
    if narrowed.begin or narrowed.end:
        read = [text if _day(text, end) is not None else "…" for text, end in ((narrowed.begin, 0), (narrowed.end, 1))]
        if read != ["…", "…"]:
            yield " – ".join(read)
    if narrowed.language:
        yield _language(narrowed.language)
