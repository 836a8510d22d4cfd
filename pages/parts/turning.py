"""Turning pages in the reader by buttons, a number, keys; and what of a page is shown, its picture or its words."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from graph.types import Document
from pages.language import say
from pages.parts.here import in_address
from pages.parts.links import place
from pages.parts.place import from_address
from pages.parts.plain import escaped

PICTURE, BOTH, TEXT = "picture", "both", "text"
"""What of a page is shown; `as` in the address, where the first is not said."""


def view() -> str:
    """What of a page the address asks for."""
    asked = st.query_params.get("as")
    return asked if asked in (BOTH, TEXT) else PICTURE


def as_asked() -> dict[str, str]:
    """What an address must carry to show pages as this one does."""
    return {} if view() == PICTURE else {"as": view()}


def controls(document: Document, shown: int, last: int, part: bool = False) -> None:
    """Buttons to turn the page, and its number to type over; what the address asks for beyond the last is said."""
    at = from_address()
    if at.page is not None and at.page > last and at.span is None:
        st.info(say("reader.no_page", n=at.page, last=last, shown=shown), icon=":material/info:")
    if last == 1:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="reader.turn"):
        _turn(document, shown, last, "part" if part else "page")


def _turn(document: Document, shown: int, last: int, word: str) -> None:
    st.session_state["reader.number"] = shown
    st.button(
        say(f"reader.previous.{word}"),
        icon=":material/chevron_left:",
        disabled=shown <= 1,
        on_click=go_to,
        args=(document, shown - 1),
    )
    st.number_input(
        say(f"reader.number.{word}"),
        min_value=1,
        max_value=last,
        key="reader.number",
        label_visibility="collapsed",
        width=130,
        on_change=lambda: go_to(document, int(st.session_state["reader.number"])),
    )
    st.html(f'<span class="wk-soft">{escaped(say("reader.of", n=last))}</span>', width="content")
    st.button(
        say(f"reader.next.{word}"),
        icon=":material/chevron_right:",
        icon_position="right",
        disabled=shown >= last,
        on_click=go_to,
        args=(document, shown + 1),
    )


def views() -> None:
    """The choice of picture, words or both."""
    st.session_state["reader.view"] = view()
    st.segmented_control(
        say("reader.view"),
        (PICTURE, BOTH, TEXT),
        format_func=lambda each: say(f"reader.as.{each}"),
        key="reader.view",
        required=True,
        label_visibility="collapsed",
        on_change=_show_as,
    )


def _show_as() -> None:
    chosen = st.session_state["reader.view"]
    if chosen == PICTURE:
        st.query_params.pop("as", None)
    else:
        st.query_params["as"] = chosen


def go_to(document: Document, page: int) -> None:
    """Turn to a page; what was marked on another one is left behind."""
    st.query_params.from_dict(in_address() | place(document.id, page) | as_asked())


def turner(document: Document, last: int) -> Callable[[int], None]:
    """What turns to the page that a key asked for."""
    return lambda page: go_to(document, min(max(1, page), last))
