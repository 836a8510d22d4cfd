"""Models: what can answer, what is missing and where to get it, where words go, what it costs and how much it takes."""

from __future__ import annotations

import streamlit as st

from llm.catalog import FAMILIES
from pages import page
from pages.language import say
from pages.parts import family_card, loaded, search_model
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped


def main(cabinet: Cabinet) -> None:
    """What is in memory now, then the families, then how passages are found."""
    st.title(say("models.title"))
    st.html(f'<p class="wk-lead">{escaped(say("models.lead"))}</p>')
    loaded.show()
    left, right = st.columns(2, gap="medium")
    for number, family in enumerate(FAMILIES):
        with right if number % 2 else left:
            family_card.show(cabinet, family)
    search_model.show(cabinet)


with page("models") as opened:
    main(opened)
