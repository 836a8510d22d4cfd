"""Explore: start from a name, see what it is connected with, go on by clicking; every claim leads to its page."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from graph.part import Part
from graph.surroundings import Surroundings
from graph.types import Entity
from pages import page
from pages.language import say
from pages.parts import (
    beginning,
    canvas,
    communities,
    connection,
    entity_panel,
    going,
    keep,
    narrowing,
    node_pictures,
    places_map,
    same,
    scene,
    seek,
    table_view,
    timeline,
    undrawn,
    unknown,
)
from pages.parts.cabinet import Cabinet
from pages.parts.canvas import Did, Drawing
from pages.parts.links import link
from pages.parts.narrowing import EXPLORE, Narrowed
from pages.parts.plain import escaped

VIEWS = ("picture", "groups", "table", "timeline", "map")
VIEW = "explore.view"
BEGINNINGS, BEGINNINGS_OF_PART = 2, 6
"""Around how many entities is drawn before anything was chosen; a part of the cabinet has less around each."""
_PICTURES = 200
"""Up to so many entities on the canvas, those that a picture shows are drawn as it."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What the address names: an entity, another one that it is seen with or that a way leads to, a community."""

    entity: Entity | None = None
    beside: Entity | None = None
    to: Entity | None = None
    group: str = ""


def main(cabinet: Cabinet) -> None:
    """The whole page."""
    st.title(say("explore.title"))
    start = cabinet.store.explore.most_connected(cabinet.here)
    narrowed = narrowing.from_address(EXPLORE)
    if not start:
        st.html(f'<p class="wk-lead">{escaped(say("explore.empty"))}</p>')
        link("add", say("welcome.add"), ":material/add_circle:")
        return
    looking = _looking(cabinet)
    unknown.told(cabinet, ("entity", "to", "with"))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        with st.container(horizontal=True, gap="small", key="explore.head"):
            seek.entity("explore.search", say("explore.search"), cabinet, _begin_with)
            view = _views()
        ways = connection.between(cabinet, looking.entity.id, looking.to.id) if looking.entity and looking.to else None
        drawing = None
        if view == "groups":
            _map_of_groups(cabinet)
        elif looking.group and (drawing := _members(cabinet, looking)):
            _show(cabinet, view, drawing)
        else:
            narrowing.draw_form(cabinet, narrowed, EXPLORE, _narrow)
            narrowing.said(cabinet, narrowed)
            graph, start = _part(cabinet, narrowed, start)
            _show(cabinet, view, _surroundings(graph, looking, start, ways))
    with right:
        if looking.group and looking.entity is None and drawing:
            beginning.members(drawing.drawing.graph.nodes, looking.group)
            return
        _panel(cabinet, looking, ways, start, bool(narrowed))


def _looking(cabinet: Cabinet) -> Looking:
    """What the address names; an entity that is not drawn yet is opened."""

    def named(parameter: str) -> Entity | None:
        wanted = st.query_params.get(parameter, "")
        return cabinet.store.explore.entity(wanted) if wanted else None

    entity, group = named("entity"), st.query_params.get("group", "")
    kept = scene.current()
    if entity is None and kept.opened and not group:
        kept.renew()
    if entity is not None and not group and entity.id not in kept.opened and entity.id not in kept.places:
        if not kept.opened:
            kept.renew()
        kept.open(entity.id)
    beside = named("with") if entity else None
    to = named("to") if entity and not beside else None
    return Looking(entity, beside, to, group)


def _go(**parameters: str) -> None:
    """Change what the address names; the view, what is narrowed to, and the language stay."""
    _keep_view()
    st.query_params.from_dict({**going.stays(), **parameters})


def _narrow(to: Narrowed) -> None:
    """Draw only what fits around what is opened, or, where nothing is, around what is claimed most of in it."""
    narrowing.to_address(to, EXPLORE)


def _begin_with(entity_id: str) -> None:
    scene.current().renew()
    scene.current().open(entity_id)
    if st.session_state.get(VIEW) == "groups":
        st.session_state[VIEW] = VIEWS[0]
    _go(entity=entity_id)
    st.rerun()


def _views() -> str:
    """The view that is chosen, or that the address names when the page is opened."""
    asked = st.query_params.get("view", "")
    st.session_state.setdefault(VIEW, asked if asked in VIEWS else VIEWS[0])
    views = {view: say(f"explore.view.{view}") for view in VIEWS}
    chosen = st.segmented_control(
        say("explore.view"),
        list(views),
        required=True,
        key=VIEW,
        format_func=views.__getitem__,
        label_visibility="collapsed",
        on_change=_keep_view,
    )
    return chosen or VIEWS[0]


def _keep_view() -> None:
    if st.session_state.get(VIEW, VIEWS[0]) == VIEWS[0]:
        st.query_params.pop("view", None)
    else:
        st.query_params["view"] = st.session_state[VIEW]


def _part(cabinet: Cabinet, narrowed: Narrowed, start: list[Entity]) -> tuple[Surroundings, list[Entity]]:
    """What is drawn from, and where to begin in it."""
    graph, filters = cabinet.store.surroundings, narrowed.filters()
    if not filters:
        return graph, start
    with st.spinner(say("narrow.working")):
        graph = graph.only(Part.of(cabinet.store.claimed, filters, cabinet.here))
        return graph, cabinet.store.search.entities(graph.beginnings(len(start)))


def _surroundings(
    graph: Surroundings, looking: Looking, start: list[Entity], ways: connection.Ways | None
) -> scene.Drawn:
    focus = looking.entity.id if looking.entity else ""
    first = [entity.id for entity in start[: BEGINNINGS if graph.whole else BEGINNINGS_OF_PART]]
    drawn = scene.draw(graph, scene.current(), first, [ways.graph] if ways else [], focus)
    if looking.entity and looking.beside:
        drawn = replace(drawn, drawing=replace(drawn.drawing, line=(looking.entity.id, looking.beside.id)))
    if ways is None:
        return drawn
    on_way = tuple(dict.fromkeys(id_ for way in ways.ways for id_ in way))
    return replace(drawn, drawing=replace(drawn.drawing, way=on_way))


def _members(cabinet: Cabinet, looking: Looking) -> scene.Drawn | None:
    """The members of the community that the address names, and how many of them are drawn."""
    every = st.session_state.get("explore.all_members") == looking.group
    limit = communities.MOST_MEMBERS if every else communities.FIRST_MEMBERS
    with st.spinner(say("groups.working")):
        found = communities.members(
            cabinet.store, looking.group, limit, looking.entity.id if looking.entity else "", cabinet.here
        )
    if found is None:
        return None
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(say("groups.back"), icon=":material/arrow_back:", key="explore.groups", on_click=_to_groups)
        drawn = len(found.drawing.graph.nodes)
        if drawn < found.total:
            st.html(f'<span class="wk-soft">{escaped(say("groups.some", n=drawn, total=found.total))}</span>')
            if not every:
                more = min(found.total, communities.MOST_MEMBERS)
                st.button(
                    say("groups.more", n=more), key="explore.members", on_click=_all_members, args=(looking.group,)
                )
    return scene.Drawn(found.drawing, {})


def _to_groups() -> None:
    st.session_state[VIEW] = "groups"
    _go()


def _all_members(group: str) -> None:
    st.session_state["explore.all_members"] = group


def _map_of_groups(cabinet: Cabinet) -> None:
    with st.spinner(say("groups.working")):
        found = communities.overview(cabinet.store, cabinet.here)
    if not found.drawing.graph.nodes:
        st.html(f'<p class="wk-lead">{escaped(say("groups.none"))}</p>')
        return
    canvas.show(found.drawing, "explore.canvas", _did)
    said = " ".join(filter(None, [say("groups.hint"), communities.told(found)]))
    st.caption(said)


def _show(cabinet: Cabinet, view: str, drawn: scene.Drawn) -> None:
    drawing = drawn.drawing
    if not drawing.graph.nodes:
        st.html(f'<p class="wk-lead">{escaped(say("narrow.empty"))}</p>')
    elif view == "table":
        table_view.show(cabinet, drawing.graph, _go)
    elif view == "timeline":
        timeline.show(cabinet, drawing.graph, _go)
    elif view == "map":
        places_map.show(cabinet, drawing.graph, _go)
    else:
        undrawn.told(drawn, _canvas(cabinet, drawing))
        keep.drawn(cabinet, drawing.graph)


def _canvas(cabinet: Cabinet, drawing: Drawing) -> int:
    ids = [node.id for node in drawing.graph.nodes]
    pictures, more = node_pictures.of(cabinet, ids) if len(ids) <= _PICTURES else ({}, 0)
    canvas.show(replace(drawing, pictures=pictures), "explore.canvas", _did)
    return more


def _did(did: Did) -> None:
    """What was done on the canvas, before the page runs anew."""
    (kept := scene.current()).apply(did)
    first, group = did.ids[0] if did.ids else "", st.query_params.get("group", "")
    if did.what == "select":
        _go(entity=first, **({"group": group} if group else {}))
    elif did.what == "open":
        if group:
            kept.renew()
        kept.open(first)
        _go(entity=first)
    elif did.what == "fold":
        _fold(kept, first)
    elif did.what == "edge" and len(did.ids) == 2:
        _go(entity=first, **{"with": did.ids[1]}, **({"group": group} if group else {}))
    elif did.what == "way" and len(did.ids) == 2:
        _go(entity=first, to=did.ids[1])
    elif did.what == "group":
        st.session_state[VIEW] = VIEWS[0]
        _go(group=first)


def _fold(kept: scene.Scene, entity_id: str) -> None:
    kept.fold(entity_id)
    if st.query_params.get("entity") == entity_id:
        _go(**({"entity": kept.opened[-1]} if kept.opened else {}))


def _panel(
    cabinet: Cabinet, looking: Looking, ways: connection.Ways | None, start: list[Entity], narrowed: bool
) -> None:
    entity = looking.entity
    if entity is None:
        beginning.offered(start)
        same.open_list(cabinet)
    elif looking.beside is not None:
        connection.show_claims(cabinet, entity, looking.beside)
        beginning.link_to(entity, say("between.back", name=entity.name), ":material/arrow_back:")
    elif looking.to is not None and ways is not None:
        connection.show_ways(cabinet, ways, entity, looking.to)
        beginning.link_to(entity, say("between.back", name=entity.name), ":material/arrow_back:")
    else:
        entity_panel.show(cabinet, entity, narrowed)
        st.subheader(say("between.find"))
        seek.entity("explore.to", say("between.to"), cabinet, lambda id_: _way_to(entity.id, id_))


def _way_to(entity_id: str, to: str) -> None:
    _go(entity=entity_id, to=to)
    st.rerun()


with page("explore") as opened_cabinet:
    main(opened_cabinet)
