"""Saying that somebody or something is the same as another, found by name."""

from __future__ import annotations

import streamlit as st

from graph.merges import Pair
from graph.types import Entity
from pages.language import say
from pages.parts import same
from pages.parts.cabinet import Cabinet
from pages.parts.correct_deed import close
from pages.parts.correct_names import found
from pages.parts.plain import escaped


def merge(cabinet: Cabinet, entity: Entity) -> None:
    """Look for the other, see what would change, and decide."""

    @st.dialog(say("correct.merge"), width="medium", on_dismiss=close)
    def ask() -> None:
        st.html(f'<p class="wk-soft">{escaped(say("correct.merge.about", name=entity.name))}</p>')
        other = found(cabinet, entity, f"correct.merge.{entity.id}", say("correct.merge.with"))
        if other is not None:
            same.decide(cabinet, Pair(entity, other, 1.0, "hand"))

    ask()
