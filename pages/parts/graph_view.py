"""The one place that draws with streamlit-agraph, and that knows what must be kept from it.

The component puts a node's title into its page as HTML and takes ids for titles; so titles are removed and ids are
our own numbers. Places are computed here, because its own layout takes seconds. A graph is drawn up to 80 entities.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from graph.types import Edge, Node, Subgraph
from pages.language import relation
from pages.parts import glyphs
from pages.parts.layout import Position, positions
from pages.parts.plain import shortened

MAX_NODES = 80
MAX_EDGE_LABELS = 12
CO_OCCURS = "CO_OCCURS"


@dataclass(frozen=True, slots=True)
class Canvas:
    """Height in pixels, width by height."""

    height: int = 460
    aspect: float = 1.6


_CANVAS = Canvas()


def draw(
    subgraph: Subgraph,
    key: str,
    on_pick: Callable[[str], None],
    focus: Sequence[str] = (),
    canvas: Canvas = _CANVAS,
) -> int:
    """Draw the graph; `on_pick` gets the id of an entity that was clicked. Returns how many entities were left out.

    The same `key` keeps the picture in place while its content changes.
    """
    shown = limited(subgraph, focus)
    ids = [node.id for node in shown.nodes]
    st.session_state[f"{key}.ids"] = ids
    theme = st.context.theme.type or "light"
    content = {"nodes": _nodes(shown, focus, theme, canvas.aspect), "edges": _edges(shown, theme)}
    component: Any = importlib.import_module("streamlit_agraph")._agraph
    component(
        data=json.dumps(content),
        config=json.dumps(_options(canvas)),
        key=key,
        on_change=partial(_picked, key, on_pick),
    )
    return len(subgraph.nodes) - len(shown.nodes)


def _picked(key: str, on_pick: Callable[[str], None]) -> None:
    """Turn the number that was clicked into the entity it stood for when the picture was drawn."""
    ids: list[str] = st.session_state.get(f"{key}.ids", [])
    number = str(st.session_state.get(key) or "")
    if number.isdecimal() and int(number) < len(ids):
        on_pick(ids[int(number)])


def limited(subgraph: Subgraph, focus: Sequence[str] = (), limit: int = MAX_NODES) -> Subgraph:
    """The graph cut to `limit` entities: those in focus first, then the best connected; edges between them only."""
    degree: dict[str, float] = dict.fromkeys((node.id for node in subgraph.nodes), 0.0)
    for edge in subgraph.edges:
        for end in (edge.source, edge.target):
            degree[end] = degree.get(end, 0.0) + 1.0
    ranked = sorted(subgraph.nodes, key=lambda n: (n.id not in focus, -n.score, -degree[n.id], n.id))
    nodes = tuple(ranked[:limit])
    kept = {node.id for node in nodes}
    edges = tuple(e for e in subgraph.edges if e.source in kept and e.target in kept and e.source != e.target)
    return Subgraph(nodes, edges)


def _nodes(subgraph: Subgraph, focus: Sequence[str], theme: str, aspect: float) -> list[dict[str, Any]]:
    places = positions(subgraph, aspect)
    return [_node(n, node, places[node.id], node.id in focus, theme) for n, node in enumerate(subgraph.nodes)]


def _node(number: int, node: Node, place: Position, focused: bool, theme: str) -> dict[str, Any]:
    module: Any = importlib.import_module("streamlit_agraph")
    drawn = module.Node(
        id=str(number),
        label=shortened(node.label, 30),
        shape="image",
        widthConstraint={"maximum": 124},
        image=glyphs.image(node.type, theme, ring=focused),
        size=24 if focused else 13,
        x=round(place[0]),
        y=round(place[1]),
        font={
            "color": _ink(theme),
            "background": _ground(theme),
            "size": 17 if focused else 15,
            "face": "Source Sans 3, Helvetica, Arial, sans-serif",
        },
    )
    del drawn.title
    fields: dict[str, Any] = drawn.to_dict()
    return fields


def _edges(subgraph: Subgraph, theme: str) -> list[dict[str, Any]]:
    module: Any = importlib.import_module("streamlit_agraph")
    number = {node.id: str(n) for n, node in enumerate(subgraph.nodes)}
    named = len(subgraph.edges) <= MAX_EDGE_LABELS
    line = "#5a5348" if theme == "dark" else "#c3baa8"
    drawn = []
    for edge in subgraph.edges:
        together = edge.label == CO_OCCURS
        fields: dict[str, Any] = module.Edge(
            source=number[edge.source],
            target=number[edge.target],
            color=line,
            width=1,
            dashes=together,
            arrows="" if together else "to",
            label=_edge_label(edge) if named else "",
            font={
                "size": 12,
                "color": "#b3aa9a" if theme == "dark" else "#655e51",
                "strokeWidth": 4,
                "strokeColor": _ground(theme),
                "face": "Source Sans 3, Helvetica, Arial, sans-serif",
            },
        ).to_dict()
        drawn.append(fields)
    return drawn


def _edge_label(edge: Edge) -> str:
    return "" if edge.label == CO_OCCURS else shortened(relation(edge.label), 24)


def _ground(theme: str) -> str:
    return "#191714" if theme == "dark" else "#fcfbf8"


def _ink(theme: str) -> str:
    return "#ece7dc" if theme == "dark" else "#26231e"


def _options(canvas: Canvas) -> dict[str, Any]:
    module: Any = importlib.import_module("streamlit_agraph")
    config = module.Config(height=canvas.height, width=100, directed=True, physics=False)
    options: dict[str, Any] = {name: value for name, value in config.to_dict().items() if value is not None}
    options |= {
        "width": "100%",
        "edges": {"smooth": {"enabled": True, "type": "continuous", "roundness": 0.3}, "arrowStrikethrough": False},
        "interaction": {"hover": True, "zoomView": False},
        "nodes": {"shapeProperties": {"useBorderWithImage": False, "interpolation": False}},
    }
    return options
