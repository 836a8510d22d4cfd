"""Describe: one picture, one model that sees, a form; the result as a form and as JSON, and into the library."""

from __future__ import annotations

import streamlit as st

from pages import page
from pages.language import say
from pages.parts import described, form_builder, picture_choice
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped


def main(cabinet: Cabinet) -> None:
    """Picture and model, the form, the result."""
    st.title(say("describe.title"))
    st.html(f'<p class="wk-lead">{escaped(say("describe.lead"))}</p>')
    # What came of it stands first: below the form nobody would see that it is there.
    result = st.container()
    left, right = st.columns([5, 8], gap="large")
    with left:
        picture = picture_choice.choose(cabinet)
    with right:
        spec = described.model(cabinet)
        form = form_builder.build()
        described.start(cabinet, picture, spec, form)
    with result:
        described.show(cabinet)


with page("describe") as opened:
    main(opened)
