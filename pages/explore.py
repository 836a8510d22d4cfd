"""Explore: start from a name, see what it is connected with, go on by clicking; every claim leads to its page."""

from __future__ import annotations

import streamlit as st

from graph.types import Entity, Subgraph
from pages import page
from pages.language import count, in_address, relation, say
from pages.parts import entity_panel, glyphs, graph_view, same
from pages.parts.cabinet import COLLECTIONS, Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped, label

OPEN = "explore.open"
"""Session state: ids of the entities whose surroundings are drawn, the one looked at last."""
MAX_OPEN = 6
NEIGHBOURS = 60
FIRST_NEIGHBOURS = 26
"""Relations drawn before anything was chosen: enough to invite, few enough to read."""


def main(cabinet: Cabinet) -> None:
    """The whole page."""
    st.title(say("explore.title"))
    start = cabinet.store.explore.most_connected(COLLECTIONS)
    if not start:
        st.html(f'<p class="wk-lead">{escaped(say("explore.empty"))}</p>')
        link("add", say("welcome.add"), ":material/add_circle:")
        return
    focus = _focus(cabinet)
    if focus is None:
        _search(cabinet)
        _beginnings(start)
        same.open_list(cabinet)
        _canvas(cabinet, [entity.id for entity in start[:2]], [], graph_view.Canvas(540, 1.8, zoom=True))
        return
    left, right = st.columns([7, 4], gap="large")
    with left:
        _search(cabinet)
        opened: list[str] = st.session_state[OPEN]
        _opened(cabinet, opened)
        _canvas(cabinet, opened, [focus.id], graph_view.Canvas(540, 1.1, zoom=True))
    with right:
        entity_panel.show(cabinet, focus)


def _focus(cabinet: Cabinet) -> Entity | None:
    """The entity that the address names; it joins those that are drawn."""
    wanted = st.query_params.get("entity", "")
    found = cabinet.store.explore.entity(wanted) if wanted else None
    opened: list[str] = st.session_state.setdefault(OPEN, [])
    if found is None:
        opened.clear()
        return None
    if found.id not in opened:
        opened.append(found.id)
        del opened[:-MAX_OPEN]
    return found


def _look_at(entity_id: str) -> None:
    """Look at an entity: it is drawn beside those that are drawn already."""
    st.query_params.from_dict(in_address() | {"entity": entity_id})


@st.fragment
def _search(cabinet: Cabinet) -> None:
    wanted = st.text_input(
        say("explore.search"),
        key="explore.search",
        type="search",
        live=True,
        placeholder=say("explore.search"),
        label_visibility="collapsed",
    )
    if not wanted or not wanted.strip():
        return
    found = cabinet.store.search.complete(wanted, 8, COLLECTIONS)
    if not found:
        st.html(f'<p class="wk-soft">{escaped(say("explore.nothing", name=wanted))}</p>')
    with st.container(gap="xsmall", key="explore.found"):
        for entity in found:
            if st.button(_named(entity), key=f"found-{entity.id}", type="tertiary"):
                st.session_state[OPEN] = []
                _look_at(entity.id)
                st.rerun()


def _named(entity: Entity) -> str:
    """Name, type and the first other spellings, as a label."""
    from pages.language import kind

    others = [alias for alias in entity.aliases if alias != entity.name][:3]
    also = f" · {label(', '.join(others), 60)}" if others else ""
    return f"**{label(entity.name, 60)}** · {label(kind(entity.type))}{also}"


def _beginnings(start: list[Entity]) -> None:
    st.html(f'<p class="wk-soft">{escaped(say("explore.begin"))}</p>')
    with st.container(horizontal=True, gap="small", key="explore.begin"):
        for entity in start:
            link("explore", entity.name, parameters={"entity": entity.id})


def _opened(cabinet: Cabinet, opened: list[str]) -> None:
    """The entities that are drawn with their surroundings; each can be folded again."""
    if len(opened) < 2:
        return
    names = {entity.id: entity.name for entity in cabinet.store.search.entities(opened)}
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="explore.opened"):
        st.html(f'<span class="wk-soft">{escaped(say("explore.opened"))}</span>', width="content")
        for id_ in opened:
            st.button(
                label(names.get(id_, "?"), 40),
                key=f"fold-{id_}",
                icon=":material/close:",
                icon_position="right",
                help=say("explore.fold"),
                on_click=_fold,
                args=(id_,),
            )


def _fold(entity_id: str) -> None:
    opened: list[str] = st.session_state[OPEN]
    if entity_id in opened:
        opened.remove(entity_id)
    if st.query_params.get("entity") == entity_id and opened:
        _look_at(opened[-1])


def _canvas(cabinet: Cabinet, around: list[str], focus: list[str], canvas: graph_view.Canvas) -> None:
    limit = NEIGHBOURS if focus else FIRST_NEIGHBOURS
    graph = cabinet.store.explore.neighbourhood(around, limit=limit)
    views = {view: say(f"explore.view.{view}") for view in ("picture", "table")}
    as_table = st.segmented_control(
        say("explore.view"),
        list(views),
        default="picture",
        required=True,
        key="explore.view",
        format_func=views.__getitem__,
        label_visibility="collapsed",
    )
    if as_table == "table":
        _table(graph)
        return
    st.html(glyphs.legend({node.type for node in graph.nodes}))
    hidden = graph_view.draw(graph, "explore.graph", _look_at, focus, canvas)
    said = say("explore.hint")
    st.caption(f"{said} {count('explore.hidden', hidden)}" if hidden > 0 else said)


def _table(graph: Subgraph) -> None:
    names = {node.id: node.label for node in graph.nodes}
    edges = [edge for edge in graph.edges if edge.source in names and edge.target in names]
    st.dataframe(
        {
            say("table.subject"): [names[edge.source] for edge in edges],
            say("table.relation"): [
                say("table.together") if edge.label == graph_view.CO_OCCURS else relation(edge.label) for edge in edges
            ],
            say("table.object"): [names[edge.target] for edge in edges],
        },
        hide_index=True,
        height=560,
        alt=say("explore.view.table"),
    )


with page("explore") as opened_cabinet:
    main(opened_cabinet)
