"""A field that completes names across spellings; a click on one of them does what the page says."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from graph.types import Entity
from pages.language import kind, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label


@st.fragment
def entity(key: str, asked: str, cabinet: Cabinet, on_found: Callable[[str], None]) -> None:
    """The field; `on_found` gets the id of the entity that was chosen and runs the page anew."""
    chosen: str = st.session_state.pop(f"{key}.chosen", "")
    if chosen:
        on_found(chosen)
    wanted = st.text_input(asked, key=key, type="search", live=True, placeholder=asked, label_visibility="collapsed")
    if not wanted or not wanted.strip():
        return
    found = cabinet.store.search.complete(wanted, 8, cabinet.here)
    if not found:
        st.html(f'<p class="wk-soft">{escaped(say("explore.nothing", name=wanted))}</p>')
    with st.container(gap="xsmall", key=f"{key}.found"):
        for each in found:
            st.button(_named(each), key=f"{key}-{each.id}", type="tertiary", on_click=_choose, args=(key, each.id))


def _choose(key: str, entity_id: str) -> None:
    """What was chosen closes the list."""
    st.session_state[f"{key}.chosen"] = entity_id
    st.session_state[key] = ""


def _named(found: Entity) -> str:
    """Name, type and the first other spellings, as a label."""
    others = [alias for alias in found.aliases if alias != found.name][:3]
    also = f" · {label(', '.join(others), 60)}" if others else ""
    return f"**{label(found.name, 60)}** · {label(kind(found.type))}{also}"
