"""Adding a claim while reading: first whom or what it is about, then the form with this place in it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.roles import Role
from graph.types import Document, Entity
from pages.language import say
from pages.parts import correct_add, seek
from pages.parts import correct_deed as deed
from pages.parts.cabinet import Cabinet
from pages.parts.place import Place
from pages.parts.plain import escaped, label

NAMED = 24
"""Names of the page that are offered; others are looked up."""
_ABOUT = "claim_here.about"
"""Session state: the entity that the claim is about."""


def show(cabinet: Cabinet, document: Document, page: int, named: Sequence[Entity], at: Place) -> None:
    """The button, what was added last, and the form once it is known whom or what the claim is about."""
    if not cabinet.may(Role.EDITOR):
        return
    here = f"{document.id}/{page}"
    deed.told(cabinet)
    st.button(
        say("correct.add"),
        icon=":material/add_comment:",
        type="tertiary",
        key="claim_here",
        on_click=_begin,
        args=(here,),
    )
    if not deed.opened(here):
        return
    about = cabinet.store.explore.entity(st.session_state.get(_ABOUT, ""))
    if about is None:
        _whom(cabinet, named)
    else:
        correct_add.add(cabinet, about, document.id, page, at.region)


def _begin(here: str) -> None:
    st.session_state.pop(_ABOUT, None)
    deed.open_("add", here)


def _whom(cabinet: Cabinet, named: Sequence[Entity]) -> None:
    """Ask for a name; the form comes in the place of the question."""

    def about(entity_id: str) -> None:
        st.session_state[_ABOUT] = entity_id
        st.rerun()

    @st.dialog(say("correct.add"), width="medium", on_dismiss=deed.close)
    def ask() -> None:
        st.html(f'<p class="wk-soft">{escaped(say("claim_here.whom"))}</p>')
        with st.container(horizontal=True, gap="small", key="claim_here.named"):
            for entity in named[:NAMED]:
                if st.button(label(entity.name, 40), key=f"claim_here-{entity.id}"):
                    about(entity.id)
        seek.entity("claim_here.seek", say("claim_here.seek"), cabinet, about)

    ask()
