"""The places on the canvas on a map, where coordinates are known: claimed, or of a place with that name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from graph.types import Node, Subgraph
from pages.language import count, say
from pages.parts import going, outline
from pages.parts.cabinet import Cabinet
from pages.parts.canvas import PALETTES
from pages.parts.glyphs import known_as
from pages.parts.outline import Frame, Point
from pages.parts.plain import escaped, shortened

COORDINATES = ("COORDINATES", "HAS_COORDINATES", "COORDINATE_LOCATION")
"""Predicates whose object is "latitude, longitude"."""
_WIDE, _HIGH = 0.16, 0.045
"""Room that a name takes, as shares of the map."""
_LISTED = 60


@dataclass(frozen=True, slots=True)
class Placed:
    """A place with its coordinates; `claimed`: a source says so, otherwise they are those of a place of that name."""

    node: Node
    point: Point
    claimed: bool
    lines: int


def show(cabinet: Cabinet, graph: Subgraph, on_go: Callable[..., None]) -> None:
    """The map, and in words which places have no coordinates; `on_go` is told which place is to be looked at."""
    places = [node for node in graph.nodes if known_as(node.type) == "Place"]
    found = placed(graph, places, _names(cabinet, places))
    if not found:
        st.html(f'<p class="wk-lead">{escaped(say("map.none" if places else "map.no_places"))}</p>')
        return
    frame = outline.around([each.point for each in found])
    st.html(_map(found, frame))
    going.listen("wk-map", on_go)
    said = [say("map.hint")] + ([say("map.by_name")] if any(not each.claimed for each in found) else [])
    st.caption(" ".join(said))
    known = {each.node.id for each in found}
    missing = [node.label for node in places if node.id not in known]
    if missing:
        names = ", ".join(shortened(name, 40) for name in sorted(missing)[:_LISTED])
        st.html(f'<p class="wk-soft">{escaped(count("map.missing", len(missing), names=names))}</p>')


def _names(cabinet: Cabinet, places: Sequence[Node]) -> dict[str, tuple[str, ...]]:
    """All names of each place."""
    found = cabinet.store.search.entities([node.id for node in places])
    return {entity.id: (entity.name, *entity.aliases) for entity in found}


def placed(graph: Subgraph, places: Sequence[Node], names: dict[str, tuple[str, ...]]) -> list[Placed]:
    """The places whose coordinates are known, the best connected first."""
    labels = {node.id: node.label for node in graph.nodes}
    claimed: dict[str, Point] = {}
    lines = dict.fromkeys(labels, 0)
    for edge in graph.edges:
        for end in (edge.source, edge.target):
            lines[end] = lines.get(end, 0) + 1
        point = outline.read(labels.get(edge.target, "")) if edge.label in COORDINATES else None
        if point:
            claimed.setdefault(edge.source, point)
    found = []
    for node in places:
        point = claimed.get(node.id) or outline.by_name(names.get(node.id, (node.label,)))
        if point:
            found.append(Placed(node, point, node.id in claimed, lines[node.id]))
    return sorted(found, key=lambda each: (-each.lines, each.node.label))


def _map(found: Sequence[Placed], frame: Frame) -> str:
    palette = PALETTES[st.context.theme.type or "light"]
    picture = outline.land(frame, palette["panel"], palette["line"])
    taken: list[Point] = []
    points = []
    for each in found:
        x, y = frame.at(each.point)
        named = all(abs(x - a) > _WIDE or abs(y - b) > _HIGH for a, b in taken)
        if named:
            taken.append((x, y))
        points.append(_point(each, x, y, named))
    label = escaped(say("map.label", n=len(found)))
    return (
        f'<div class="wk-map" role="group" aria-label="{label}" style="aspect-ratio:{frame.aspect:.3f}">'
        f'<img src="{picture}" alt=""/>{"".join(points)}</div>'
    )


def _point(placed_: Placed, x: float, y: float, named: bool) -> str:
    address = going.address({"entity": placed_.node.id})
    kind = "" if placed_.claimed else " wk-guessed"
    side = " wk-left" if x > 0.82 else ""
    name = escaped(shortened(placed_.node.label, 40))
    shown = f"<span>{name}</span>" if named else f'<span class="wk-quiet">{name}</span>'
    size = 9 + min(9, round(2 * placed_.lines**0.5))
    return (
        f'<a class="wk-point{kind}{side}" href="{escaped(address)}" target="_self" title="{name}" '
        f'style="left:{100 * x:.2f}%;top:{100 * y:.2f}%;--size:{size}px"><i></i>{shown}</a>'
    )
