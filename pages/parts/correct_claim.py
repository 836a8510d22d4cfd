"""Taking a claim out."""

from __future__ import annotations

import streamlit as st

from graph.roles import Role
from graph.types import SourcedStatement
from pages.language import say
from pages.parts import correct_deed as deed
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, shortened


def offer(cabinet: Cabinet, claim: SourcedStatement) -> None:
    """A small button beside a claim."""
    if not cabinet.may(Role.EDITOR):
        return
    if st.button(
        say("correct.retract"),
        key=f"retract-{claim.id}",
        type="tertiary",
        icon=":material/delete:",
    ):
        deed.open_("retract", claim.id)
    if deed.opened(claim.id):
        retract(cabinet, claim)


def retract(cabinet: Cabinet, claim: SourcedStatement) -> None:
    """Ask whether a claim is to be taken out, and why."""

    @st.dialog(say("correct.retract.ask"), on_dismiss=deed.close)
    def ask() -> None:
        st.html(f'<p class="wk-quote">{escaped(shortened(claim.text, 400))}</p>')
        st.html(f'<p class="wk-soft">{escaped(say("correct.retract.about"))}</p>')
        why = deed.note()
        if deed.confirmed(say("correct.retract"), ":material/delete:"):
            deed.done(cabinet, lambda who: cabinet.store.corrections.retract(claim.id, who, why))

    ask()
