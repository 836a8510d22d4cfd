"""Compare: one question put to two to four models or ways of searching, side by side, with time, tokens and cost."""

from __future__ import annotations

import streamlit as st

from pages import page
from pages.language import say
from pages.parts import columns, comparing
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped


def main(cabinet: Cabinet) -> None:
    """The question with its columns, and below them what each model makes of it."""
    st.title(say("compare.title"))
    if not cabinet.store.tallies.documents(cabinet.here):
        st.html(f'<p class="wk-lead">{escaped(say("compare.empty"))}</p>')
        link("ask", say("compare.to_ask"), ":material/inventory_2:")
        return
    st.html(f'<p class="wk-lead">{escaped(say("compare.lead"))}</p>')
    comparing.form(cabinet)
    if running := comparing.running():
        columns.show(cabinet, running)


with page("compare") as opened:
    main(opened)
