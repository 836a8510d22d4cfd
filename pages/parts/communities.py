"""The whole as a map: what belongs together drawn as one disc each, and the members of one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from graph.claim_graph import ClaimGraph
from graph.store import Store
from graph.surroundings import joined
from graph.types import DEFAULT_COLLECTION, Edge, Node, Subgraph
from llm.themes import Group, groups
from pages.language import count, number
from pages.parts import layout, layout_large
from pages.parts.canvas import Drawing
from pages.parts.layout import Position
from pages.parts.plain import shortened

MOST_GROUPS = 100
"""Discs on the map; more would be dots."""
FIRST_MEMBERS = 300
MOST_MEMBERS = 3_000
_NAMES = 2
_LINES = 400
_LABELLED = 800
"""Up to so many claims among members it is looked up what they say; of more, only that there are some."""
_SMALLEST, _LARGEST = 140, 260
"""Diameters of discs in pixels."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Overview:
    """The map of communities, how many there was no room for, and how many entities stand alone."""

    drawing: Drawing
    left_out: int
    alone: int


@dataclass(frozen=True, slots=True)
class Members:
    """Members of one community, the best connected ones, and how many it has in all."""

    drawing: Drawing
    total: int


@dataclass(frozen=True, slots=True)
class _Discs:
    """What the map is drawn from, worked out once per state of the graph."""

    lines: tuple[Edge, ...]
    sizes: Mapping[str, int]
    places: Mapping[str, Position]
    names: Mapping[str, Node]
    kinds: Mapping[str, str]
    alone: int


@dataclass(frozen=True, slots=True)
class _Whole:
    """The claims of one state of the collections, and the map of them."""

    graph: ClaimGraph
    discs: _Discs


def overview(store: Store, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> Overview:
    """The communities, those with most claims first."""
    whole = _whole(store, collections)
    found, discs = groups(whole.graph), whole.discs
    shown = found[:MOST_GROUPS]
    nodes = tuple(Node(g.entities[0], _title(g, discs.names), discs.kinds[g.entities[0]]) for g in shown)
    drawing = Drawing(Subgraph(nodes, discs.lines), discs.places, scene="groups", kind="groups", sizes=discs.sizes)
    return Overview(drawing, len(found) - len(shown), discs.alone)


def _whole(store: Store, here: Sequence[str]) -> _Whole:
    """The communities as they were worked out last: in a large cabinet that takes long, and nobody waits for it."""

    def work_out(collections: Sequence[str], _: None) -> _Whole:
        graph = store.claimed.graph(collections, as_it_is=True)
        return _Whole(graph, _discs(store, graph, groups(graph)))

    whole: _Whole = store.shown("communities", work_out).of(here, None)
    return whole


def _discs(store: Store, graph: ClaimGraph, found: Sequence[Group]) -> _Discs:
    shown = found[:MOST_GROUPS]
    lines, sizes, kinds = _lines(graph, shown), _sizes(shown), _kinds(graph)
    return _Discs(
        lines,
        sizes,
        _places(shown, lines, sizes),
        store.surroundings.nodes([id_ for group in shown for id_ in group.entities[:_NAMES]]),
        {group.entities[0]: _main_kind(group, kinds) for group in shown},
        max(0, len(graph.around) - sum(len(group.entities) for group in found)),
    )


def members(
    store: Store,
    group_id: str,
    limit: int,
    focus: str = "",
    collections: Sequence[str] = (DEFAULT_COLLECTION,),
) -> Members | None:
    """The best connected members of the community that an entity leads, with the claims among them."""
    graph = _whole(store, collections).graph
    group = next((each for each in groups(graph) if each.entities[0] == group_id), None)
    if group is None:
        return None
    shown = group.entities[: min(limit, MOST_MEMBERS)]
    within = set(shown)
    claims = [claim for claim in group.claims if claim.subject in within and claim.object in within]
    pairs = tuple(Edge(claim.subject, claim.object, "", claim.id) for claim in claims)
    bare = Subgraph(tuple(Node(id_, "", "") for id_ in sorted(within)), pairs)
    places = _once(graph, ("places of members", group_id, len(shown)), lambda: layout.positions(bare, 1.3, 1.1))
    named = store.surroundings.nodes(shown)
    nodes = tuple(named[id_] for id_ in shown if id_ in named)
    said = store.surroundings.claims([claim.id for claim in claims]) if len(claims) <= _LABELLED else Subgraph()
    drawn = joined([Subgraph(nodes), said]) if said.edges else Subgraph(nodes, pairs)
    drawing = Drawing(drawn, places, scene=f"group {group_id} {len(shown)}", focus=focus)
    return Members(drawing, len(group.entities))


def _once(graph: ClaimGraph, key: tuple[object, ...], make: Callable[[], T]) -> T:
    """What is kept with the graph under a key, made when first asked for."""
    if key not in graph.kept:
        graph.kept[key] = make()
    kept: T = graph.kept[key]
    return kept


def _lines(graph: ClaimGraph, shown: Sequence[Group]) -> tuple[Edge, ...]:
    """How many claims lead from one community to another; the strongest lines."""
    home = {id_: group.entities[0] for group in shown for id_ in group.entities}
    counted: Counter[tuple[str, str]] = Counter()
    for claim in graph.claims.values():
        a, b = home.get(claim.subject), home.get(claim.object)
        if a and b and a != b:
            counted[min(a, b), max(a, b)] += 1
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:_LINES]
    return tuple(Edge(a, b, "", weight=float(n)) for (a, b), n in ranked)


def _sizes(shown: Sequence[Group]) -> dict[str, int]:
    largest = max((len(group.entities) for group in shown), default=1)
    return {
        group.entities[0]: round(_SMALLEST + (_LARGEST - _SMALLEST) * (len(group.entities) / largest) ** 0.5)
        for group in shown
    }


def _places(shown: Sequence[Group], lines: Sequence[Edge], sizes: Mapping[str, int]) -> dict[str, Position]:
    if not shown:
        return {}
    index = {group.entities[0]: n for n, group in enumerate(shown)}
    pairs = np.array([(index[e.source], index[e.target]) for e in lines], dtype=np.int64).reshape(-1, 2)
    room = np.array([sizes[id_] / 2 + 10.0 for id_ in index])
    places = layout_large.discs(pairs, room) * (1.25, 1.0)
    return {id_: (float(places[n][0]), float(places[n][1])) for id_, n in index.items()}


def _title(group: Group, names: Mapping[str, Node]) -> str:
    """The names that lead it, one a line, and how many there are."""
    leading = [shortened(names[id_].label, 18) for id_ in group.entities[:_NAMES] if id_ in names]
    return "\n".join([*leading, number(len(group.entities))])


def _kinds(graph: ClaimGraph) -> dict[str, str]:
    found: dict[str, str] = {}
    for claim in graph.claims.values():
        found[claim.subject], found[claim.object] = claim.types
    return found


def _main_kind(group: Group, kinds: Mapping[str, str]) -> str:
    counted = Counter(kinds.get(id_, "Thing") for id_ in group.entities)
    return min(counted, key=lambda kind: (-counted[kind], kind))


def told(overview_: Overview) -> str:
    """What the map does not show, in words; empty where it shows everything."""
    said = [count("groups.left_out", overview_.left_out)] if overview_.left_out else []
    said += [count("groups.alone", overview_.alone)] if overview_.alone else []
    return " ".join(said)
