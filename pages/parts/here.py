"""Which cabinet a page is in: the one that its address names, else the one that was chosen in this session."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from graph.types import DEFAULT_COLLECTION, Collection
from pages import language
from pages.language import CHOSEN, say
from pages.parts.person import Person, nothing_open
from pages.parts.plain import escaped, label, shortened

PARAMETER = "cabinet"
"""In addresses: the id of the cabinet, which stays when it is renamed."""
_CHOSEN = "here.chosen"
_NOW = "here.now"
_NAMES = "here.names"
_SWITCH = "cabinet_switch"
_STAYS = (
    CHOSEN,
    "language_switch",
    _CHOSEN,
    _NOW,
    _NAMES,
    _SWITCH,
    "log.session",
    "pages.shown",
    "correct.who",
    "cabinets.begun",
)
"""Session state that belongs to the person; everything else belongs to the cabinet that it was made in."""


def choose(person: Person, every: list[Collection]) -> Collection:
    """The cabinet of this run of a page; the page ends where none is open to the person.

    An address that leads to a cabinet that is not open says no more than that, whether there is one or not.
    """
    may = {each.id: each for each in person.open_to(every)}
    if not may:
        nothing_open(person)
    asked, before = st.query_params.get(PARAMETER), st.session_state.get(_CHOSEN)
    wanted = [each for each in (asked, before, DEFAULT_COLLECTION) if each in may]
    chosen = may[wanted[0]] if wanted else next(iter(may.values()))
    if asked and asked not in may:
        _not_open(chosen)
    if st.session_state.get(_NOW, chosen.id) != chosen.id:
        _forget_the_other()
    st.session_state[_CHOSEN] = st.session_state[_NOW] = chosen.id
    if chosen.id != DEFAULT_COLLECTION and st.query_params.get(PARAMETER) != chosen.id:
        st.query_params[PARAMETER] = chosen.id
    return chosen


def _not_open(instead: Collection) -> NoReturn:
    """The page ends: what an address asks for in one cabinet must not be answered out of another."""
    st.title("Wunderkammer")
    st.warning(say("here.not_open"), icon=":material/lock:")
    name = label(shortened(instead.name, 60))
    st.button(say("here.instead", name=name), icon=":material/door_open:", on_click=go_to, args=(instead.id,))
    st.stop()


def in_address() -> dict[str, str]:
    """What links must carry: the language where the browser asks for another, the cabinet unless it is the first."""
    now = st.session_state.get(_NOW, DEFAULT_COLLECTION)
    return language.in_address() | ({} if now == DEFAULT_COLLECTION else {PARAMETER: now})


def switch(person: Person, every: list[Collection], now: Collection) -> None:
    """The choice among the cabinets that are open, in the sidebar; the name where one is open to who signed in."""
    may = person.open_to(every)
    if len(may) < 2:
        if person.signed_in:
            # To whom no other is open: which one they were let into.
            st.html(f'<span class="wk-soft">{escaped(say("here.switch"))}: {escaped(shortened(now.name, 60))}</span>')
        return
    st.session_state[_NAMES] = {each.id: each.name for each in may}
    st.session_state[_SWITCH] = now.id
    st.selectbox(
        say("here.switch"), [each.id for each in may], key=_SWITCH, on_change=_switched,
        format_func=st.session_state[_NAMES].get,
    )  # fmt: skip


def _switched() -> None:
    go_to(st.session_state[_SWITCH])


def go_to(collection: str) -> None:
    """Be in another cabinet from the next run on; what the address said of the one before is no more said."""
    st.session_state[_CHOSEN] = collection
    st.query_params.from_dict(
        language.in_address() | ({} if collection == DEFAULT_COLLECTION else {PARAMETER: collection})
    )


def _forget_the_other() -> None:
    for key in [key for key in st.session_state if key not in _STAYS]:
        del st.session_state[key]
