"""Our own graph component: what is sent to the browser, and what comes back from it, checked.

The scripts are in `static/canvas` (cytoscape.js draws); Streamlit's part is a loader of three lines, since it is sent
with every run. Names are sent as data and drawn as text. Places come from here, so nothing is laid out in the browser.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import streamlit as st

from graph.types import Subgraph
from pages.language import kind, relation, say
from pages.parts import glyphs
from pages.parts.layout import Position
from pages.parts.plain import shortened

CO_OCCURS = "CO_OCCURS"
EVENTS = ("select", "open", "fold", "edge", "way", "hide", "unhide", "pin", "group")
PALETTES = {
    "light": {
        "ground": "#fcfbf8",
        "panel": "#f3f0e8",
        "ink": "#26231e",
        "soft": "#655e51",
        "line": "#b9af9b",
        "accent": "#1f5f63",
    },
    "dark": {
        "ground": "#191714",
        "panel": "#24211d",
        "ink": "#ece7dc",
        "soft": "#b3aa9a",
        "line": "#675f53",
        "accent": "#8fcdce",
    },
}
WORDS = (
    "found joined more seek tools kinds help fold open way pin unpin hide only several file out in fit lasso names eye "
    "png svg full"
).split()
_STATIC = Path(__file__).parents[2] / "static" / "canvas"
_LOADER = """export default async function (component) {
  const { base, version } = component.data;
  const module = await import(`${location.origin}${base}/canvas.js?${version}`);
  return module.show(component);
}"""
_LONGEST = 30
_FULL = 300


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is on the canvas. `scene` names it: another one is fitted into view, the same one stays where it is."""

    graph: Subgraph
    places: Mapping[str, Position]
    scene: str
    kind: str = "graph"
    """"graph", or "groups" for a map of communities, whose nodes have `sizes`."""
    focus: str = ""
    opened: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    way: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    """The two ends of the line that is told of beside it."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    more: Mapping[str, int] = field(default_factory=dict)
    """How many claims of an entity are not drawn."""
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Did:
    """What somebody did on the canvas: ids that were drawn, and places of what was moved by hand."""

    what: str
    ids: tuple[str, ...] = ()
    on: bool = True
    places: Mapping[str, Position] = field(default_factory=dict)


def show(drawing: Drawing, key: str, on_did: Callable[[Did], None], height: int = 620) -> None:
    """Draw it; `on_did` is called with what people do, before the page runs anew."""
    st.session_state[f"{key}.ids"] = frozenset(node.id for node in drawing.graph.nodes)
    _component()(key=key, data=content(drawing, height), height="content", on_did_change=partial(_told, key, on_did))


def content(drawing: Drawing, height: int) -> dict[str, Any]:
    """All that the browser gets, as it is sent."""
    theme = st.context.theme.type or "light"
    types = sorted({node.type for node in drawing.graph.nodes}, key=lambda type_: (glyphs.rank(type_), type_))
    number = {type_: n for n, type_ in enumerate(types)}
    edges = _edges(drawing.graph, short=drawing.kind == "groups")
    return {
        "base": f"{_root()}/app/static/canvas",
        "version": _version(),
        "kind": drawing.kind,
        "scene": drawing.scene,
        "height": height,
        "palette": PALETTES[theme],
        "types": [
            {"word": kind(type_), "path": glyphs.glyph(type_).path, "colour": glyphs.glyph(type_).colour(theme)}
            for type_ in types
        ],
        "nodes": [_node(drawing, n, number) for n in range(len(drawing.graph.nodes))],
        "edges": edges,
        "focus": drawing.focus,
        "way": list(drawing.way),
        "line": list(drawing.line),
        "pictures": dict(drawing.pictures),
        "words": {word: say(f"canvas.{word}") for word in WORDS}
        | {"canvas": say("canvas.label", n=len(drawing.graph.nodes), total=len(edges))},
    }


def _root() -> str:
    """Below which path of its host the app is; empty for the host's own."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def _node(drawing: Drawing, at: int, number: Mapping[str, int]) -> dict[str, Any]:
    """A node; what is false or empty is left out, for there may be thousands."""
    node = drawing.graph.nodes[at]
    x, y = drawing.places[node.id]
    groups = drawing.kind == "groups"
    name = node.label if groups else shortened(node.label, _LONGEST)
    full = node.label if groups else shortened(node.label, _FULL)
    optional = {
        "full": full if full != name else "",
        "opened": node.id in drawing.opened,
        "pinned": node.id in drawing.pinned,
        "hidden": node.id in drawing.hidden,
        "size": drawing.sizes.get(node.id, 0),
        "more": drawing.more.get(node.id, 0),
    }
    fixed = {"id": node.id, "label": name, "type": number[node.type], "x": round(x), "y": round(y)}
    return fixed | {name: value for name, value in optional.items() if value}


def _edges(graph: Subgraph, short: bool) -> list[dict[str, Any]]:
    """One line for each two entities and direction, whatever is claimed of them; its label names the relations."""
    number = {node.id: n for n, node in enumerate(graph.nodes)}
    lines: dict[tuple[int, int], dict[str, None]] = {}
    weight: dict[tuple[int, int], float] = {}
    for edge in graph.edges:
        ends = number.get(edge.source), number.get(edge.target)
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            continue
        pair = (ends[0], ends[1])
        lines.setdefault(pair, {})[edge.label] = None
        weight[pair] = weight.get(pair, 0.0) + (edge.weight if short else 1.0)
    words = {label: relation(label) for label in {edge.label for edge in graph.edges} - {CO_OCCURS}}
    made = []
    for (a, b), labels in lines.items():
        line = {"id": f"{a}-{b}" if short else f"{graph.nodes[a].id}>{graph.nodes[b].id}", "from": a, "to": b}
        line["label"] = "" if short else shortened(", ".join(words[each] for each in labels if each != CO_OCCURS), 40)
        if short or set(labels) == {CO_OCCURS}:
            line["together"] = True
        if weight[a, b] > 1:
            line["weight"] = round(weight[a, b])
        made.append(line)
    return made


def _told(key: str, on_did: Callable[[Did], None]) -> None:
    """Read what the browser says; what was not drawn is not believed."""
    state = st.session_state.get(key)
    did = read(state.get("did") if state is not None else None, st.session_state.get(f"{key}.ids", frozenset()))
    if did is not None:
        on_did(did)


def read(said: Any, drawn: frozenset[str]) -> Did | None:
    """What was done, or None for what is none of `EVENTS` or names something that is not drawn."""
    if not isinstance(said, Mapping) or said.get("what") not in EVENTS:
        return None
    one = said.get("id")
    ids = [one] if isinstance(one, str) else said.get("ids")
    known = tuple(id_ for id_ in ids if isinstance(id_, str) and id_ in drawn) if isinstance(ids, Sequence) else ()
    if not known and said["what"] != "unhide":
        return None
    return Did(said["what"], known, bool(said.get("on", True)), _places(said.get("places"), drawn))


def _places(said: Any, drawn: frozenset[str]) -> dict[str, Position]:
    found: dict[str, Position] = {}
    for id_, place in said.items() if isinstance(said, Mapping) else ():
        if id_ in drawn and isinstance(place, Sequence) and len(place) == 2:
            x, y = place
            if all(isinstance(each, (int, float)) and abs(each) < 1e6 for each in (x, y)):
                found[id_] = (float(x), float(y))
    return found


@cache
def _component() -> Any:
    return st.components.v2.component(
        "wunderkammer_canvas", js=_LOADER, css=(_STATIC / "canvas.css").read_text(encoding="utf-8")
    )


@cache
def _version() -> str:
    """Changes when a script does: browsers keep what they loaded."""
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(_STATIC.glob("*.js")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
