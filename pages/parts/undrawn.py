"""What is not drawn on the canvas, and how to have it drawn."""

from __future__ import annotations

import streamlit as st

from graph import surroundings
from pages.language import count, say
from pages.parts import node_pictures, scene
from pages.parts.plain import escaped
from pages.parts.scene import Drawn


def told(drawn: Drawn, unpictured: int = 0) -> None:
    """Say it below the canvas, with a button where more can be drawn; `unpictured` have a picture that is not shown."""
    st.caption(say("explore.hint"))
    if drawn.left_out:
        st.caption(count("explore.hidden", drawn.left_out))
    if drawn.bare:
        st.caption(say("explore.bare"))
    if drawn.cut:
        st.caption(say("explore.cut", n=surroundings.MOST_AMONG))
    if unpictured:
        st.caption(count("explore.unpictured", unpictured, most=node_pictures.MOST))
    if scene.current().gave_way:
        st.caption(say("explore.gave_way", n=scene.MAX_OPEN))
    kept, names = scene.current(), {node.id: node.label for node in drawn.drawing.graph.nodes}
    for id_, total in drawn.totals.items():
        if total <= kept.limit(id_):
            continue
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            said = say("explore.some", n=kept.limit(id_), total=total, name=names.get(id_, "?"))
            st.html(f'<span class="wk-soft">{escaped(said)}</span>', width="content")
            st.button(say("explore.more"), key=f"more-{id_}", type="tertiary", on_click=kept.more, args=(id_,))
