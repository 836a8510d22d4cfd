"""What one person has on the canvas: opened entities, what is pinned or hidden, and where everything stands.

Kept in the session. Who is drawn stays where it is; who comes is put beside those it is joined to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from graph.surroundings import Surroundings, joined
from graph.types import Edge, Node, Subgraph
from pages.parts import layout
from pages.parts.canvas import Did, Drawing
from pages.parts.layout import Position

MAX_OPEN = 12
FIRST = 26
"""Relations drawn before anything was chosen: enough to invite, few enough to read."""
STEP = 40
"""Relations drawn around an opened entity at first, and how many more each time that more are asked for."""
MOST = 3_000
"""Entities on the canvas at most."""
ASPECT = 1.3
"""Width by height of what is laid out anew: about that of the canvas beside its panel."""
_READ = 400
"""Up to so many entities it is looked up how they are joined with each other and what of them is not drawn."""


@dataclass(slots=True)
class Scene:
    """A canvas in the making; `number` tells one from the next."""

    number: int = 0
    start: list[str] = field(default_factory=list)
    """What is drawn around while nothing is opened."""
    opened: list[str] = field(default_factory=list)
    gave_way: list[str] = field(default_factory=list)
    """What was folded when something was opened last, because there was too much."""
    limits: dict[str, int] = field(default_factory=dict)
    pinned: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    places: dict[str, Position] = field(default_factory=dict)

    def renew(self) -> None:
        """An empty canvas."""
        self.__init__(self.number + 1)  # type: ignore[misc]

    def open(self, entity_id: str) -> None:
        """Draw what is around an entity too; the one opened first is folded where there are too many."""
        if not self.opened and self.places:
            self.opened = [*self.start]
            self.limits = {id_: FIRST // len(self.start) for id_ in self.start}
        self.fold(entity_id)
        self.opened.append(entity_id)
        self.hidden.discard(entity_id)
        self.gave_way = self.opened[:-MAX_OPEN]
        del self.opened[:-MAX_OPEN]

    def fold(self, entity_id: str) -> None:
        """No longer draw what is around an entity."""
        if entity_id in self.opened:
            self.opened.remove(entity_id)
        self.limits.pop(entity_id, None)

    def more(self, entity_id: str) -> None:
        """Draw more of what is around an opened entity."""
        self.limits[entity_id] = min(MOST, max(2 * self.limit(entity_id), self.limit(entity_id) + STEP))

    def limit(self, entity_id: str) -> int:
        """How many relations of an opened entity are drawn."""
        return self.limits.get(entity_id, STEP)

    def apply(self, did: Did) -> None:
        """What was done on the canvas and concerns it alone: moving, pinning, hiding."""
        self.places.update(did.places)
        if did.what == "pin":
            (self.pinned.update if did.on else self.pinned.difference_update)(did.ids)
        elif did.what == "hide":
            self.hidden.update(did.ids)
        elif did.what == "unhide":
            self.hidden.clear()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing, with how many claims each opened entity has in all and how many entities there was no room for.

    `bare`: lines between those around an opened one were not looked for, and there may be some; `cut`: there are more
    of them than are read.
    """

    drawing: Drawing
    totals: Mapping[str, int]
    left_out: int = 0
    bare: bool = False
    cut: bool = False


def current() -> Scene:
    """The scene of this session."""
    scene: Scene = st.session_state.setdefault("explore.scene", Scene())
    return scene


def draw(
    graph: Surroundings, scene: Scene, start: Sequence[str], way: Sequence[Subgraph] = (), focus: str = ""
) -> Drawn:
    """All that is opened, or what is around `start` where nothing is, with the ways that are looked at."""
    scene.start = list(start)
    around = {id_: scene.limit(id_) for id_ in scene.opened} or {id_: FIRST // len(start) for id_ in start}
    fixed = graph.nodes([*around, *sorted(scene.pinned)])
    found = joined([Subgraph(tuple(fixed.values())), *way, *(graph.of(id_, limit) for id_, limit in around.items())])
    seen, left_out = _bounded(found)
    ids = [node.id for node in seen.nodes]
    cut = False
    if len(ids) <= _READ:
        among, cut = graph.among(ids)
        seen = joined([seen, among])
    totals = graph.counts(ids if len(ids) <= _READ else list(around))
    place(scene, seen)
    drawn = _degrees(seen)
    drawing = Drawing(
        seen,
        scene.places,
        scene=str(scene.number),
        focus=focus,
        opened=frozenset(scene.opened),
        pinned=frozenset(scene.pinned),
        hidden=frozenset(scene.hidden),
        more={id_: total - drawn.get(id_, 0) for id_, total in totals.items() if total > drawn.get(id_, 0)},
    )
    return Drawn(drawing, {id_: totals.get(id_, 0) for id_ in scene.opened}, left_out, len(ids) > _READ, cut)


def _bounded(graph: Subgraph) -> tuple[Subgraph, int]:
    kept = {node.id for node in graph.nodes[:MOST]}
    edges = tuple(edge for edge in graph.edges if edge.source in kept and edge.target in kept)
    return Subgraph(graph.nodes[:MOST], edges), max(0, len(graph.nodes) - MOST)


def _degrees(graph: Subgraph) -> dict[str, int]:
    found: dict[str, int] = {}
    for edge in graph.edges:
        if edge.statement:
            for end in {edge.source, edge.target}:
                found[end] = found.get(end, 0) + 1
    return found


def place(scene: Scene, graph: Subgraph) -> None:
    """Give everybody in the graph a place; who has one keeps it, and who left loses it unless pinned."""
    ids = {node.id for node in graph.nodes}
    kept = {id_: at for id_, at in scene.places.items() if id_ in ids}
    new = [node for node in graph.nodes if node.id not in kept]
    if not kept:
        found = layout.positions(_ordered(graph), ASPECT, 1.1)
    elif len(new) > layout.MANY:
        found = _beside(kept, layout.positions(_ordered(_only(graph, new)), ASPECT))
    else:
        found = layout.near(kept, [node.id for node in new], _holders(graph, kept, scene.opened))
    scene.places = kept | found


def _ordered(graph: Subgraph) -> Subgraph:
    """The same graph in an order of its own, so that places do not depend on that of the rows."""
    nodes = tuple(sorted((replace(node, label="", score=0.0) for node in graph.nodes), key=lambda n: n.id))
    pairs = sorted({(min(e.source, e.target), max(e.source, e.target)) for e in graph.edges if e.source != e.target})
    return Subgraph(nodes, tuple(Edge(a, b, "") for a, b in pairs))


def _only(graph: Subgraph, nodes: Sequence[Node]) -> Subgraph:
    ids = {node.id for node in nodes}
    return Subgraph(tuple(nodes), tuple(e for e in graph.edges if e.source in ids and e.target in ids))


def _beside(kept: Mapping[str, Position], found: Mapping[str, Position]) -> dict[str, Position]:
    """Many new ones as a drawing of their own, to the right of what is there."""
    right = max(x for x, _ in kept.values()) + 2 * layout.WIDE
    top = min(y for _, y in kept.values())
    left, upper = min(x for x, _ in found.values()), min(y for _, y in found.values())
    return {id_: (x - left + right, y - upper + top) for id_, (x, y) in found.items()}


def _holders(graph: Subgraph, kept: Mapping[str, Position], opened: Sequence[str]) -> dict[str, list[str]]:
    """For each new one those it is joined to: who was opened last first, then who has a place."""
    rank = {id_: -n for n, id_ in enumerate(opened, 1)}
    found: dict[str, set[str]] = {}
    for edge in graph.edges:
        for one, other in ((edge.source, edge.target), (edge.target, edge.source)):
            if one not in kept and one != other:
                found.setdefault(one, set()).add(other)
    return {id_: sorted(others, key=lambda o: (rank.get(o, 1), o not in kept, o)) for id_, others in found.items()}
