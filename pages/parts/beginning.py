"""Links from one to another within Explore, and those to begin with where nobody is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.types import Entity
from pages.language import say
from pages.parts import going
from pages.parts.links import link
from pages.parts.plain import escaped


def link_to(entity: Entity, text: str = "", icon: str = "") -> None:
    """A link to an entity that takes along what the page is narrowed to and its view."""
    link("explore", text or entity.name, icon, going.stays() | {"entity": entity.id})


def offered(start: Sequence[Entity]) -> None:
    """The best connected ones; nothing where there are none."""
    if not start:
        return
    st.html(f'<p class="wk-soft">{escaped(say("explore.begin"))}</p>')
    with st.container(gap="small", key="explore.begin"):
        for entity in start:
            link_to(entity)
