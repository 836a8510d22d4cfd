"""What is not drawn on the canvas, and how to have it drawn."""

from __future__ import annotations

import streamlit as st

from pages.language import count, say
from pages.parts import scene
from pages.parts.plain import escaped
from pages.parts.scene import Drawn


def told(drawn: Drawn) -> None:
    """Say it below the canvas, with a button where more can be drawn."""
    st.caption(say("explore.hint"))
    if drawn.left_out:
        st.caption(count("explore.hidden", drawn.left_out))
    if drawn.bare:
        st.caption(say("explore.bare"))
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
