"""Links from one to another within Explore, and those to begin with where nobody is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.types import Entity, Node
from pages.language import count, say
from pages.parts import going
from pages.parts.links import link
from pages.parts.plain import escaped

MEMBERS = 40
"""Members of a community that are listed; the picture has more."""


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


def members(nodes: Sequence[Node], group: str) -> None:
    """Who and what a community is: named after those that lead it, the best connected as links."""
    leading = ", ".join(node.label for node in nodes[:2])
    st.html(f'<h2 class="wk-name">{escaped(say("groups.name", names=leading))}</h2>')
    with st.container(gap="small", key="explore.members.list"):
        for node in nodes[:MEMBERS]:
            link("explore", node.label, parameters=going.stays() | {"entity": node.id, "group": group})
    if len(nodes) > MEMBERS:
        st.caption(count("more", len(nodes) - MEMBERS))
