"""Two entities side by side: what is claimed of both, and the ways that lead from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import streamlit as st

from graph.surroundings import joined
from graph.types import Entity, Node, SourcedStatement, Subgraph
from llm.paths import claims_between, ways
from pages.language import count, kind, say
from pages.parts import claim_lines
from pages.parts.cabinet import Cabinet
from pages.parts.glyphs import mark
from pages.parts.plain import escaped, shortened

_STEP = 2
"""Claims shown for each step of a way."""


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways from one entity to another: ids from end to end, claims of each step, and all of it as one graph."""

    ways: tuple[tuple[str, ...], ...]
    claims: dict[tuple[str, str], list[str]]
    graph: Subgraph


def between(cabinet: Cabinet, a: str, b: str) -> Ways:
    """At most three ways of claims from one to the other, the best first; none where there is none."""
    graph = cabinet.store.claimed.graph(cabinet.here)
    found = tuple(ways(graph, a, b))
    claims = {
        pair: [claim.id for claim in claims_between(graph, *pair, _STEP)] for way in found for pair in pairwise(way)
    }
    ids = list(dict.fromkeys(id_ for many in claims.values() for id_ in many))
    return Ways(found, claims, joined([cabinet.store.surroundings.claims(ids)]))


def show_claims(cabinet: Cabinet, a: Entity, b: Entity) -> None:
    """What is claimed of two entities, each claim with its places; or that they only stand in one sentence."""
    claims = cabinet.store.surroundings.between(a.id, b.id)
    st.html(
        f'<h2 class="wk-name">{_named(a.name, a.type)} <span class="wk-soft">–</span> {_named(b.name, b.type)}</h2>'
    )
    if not claims:
        st.html(f'<p class="wk-soft">{escaped(say("between.together"))}</p>')
        return
    st.subheader(count("held.statements", len(claims)))
    for claim in claims:
        claim_lines.show(claim)


def show_ways(cabinet: Cabinet, found: Ways, a: Entity, b: Entity) -> None:
    """The ways in words: station by station, each step with the claims that make it and where they stand."""
    st.html(f'<h2 class="wk-name">{escaped(say("between.way", a=a.name, b=b.name))}</h2>')
    if not found.ways:
        st.html(f'<p class="wk-soft">{escaped(say("between.none"))}</p>')
        return
    ids = [id_ for many in found.claims.values() for id_ in many]
    claims = cabinet.store.surroundings.sourced(ids)
    nodes = {node.id: node for node in found.graph.nodes}
    for n, way in enumerate(found.ways):
        if n:
            st.subheader(say("between.another"))
        _way(way, found, nodes, claims)


def _way(way: Sequence[str], found: Ways, nodes: dict[str, Node], claims: dict[str, SourcedStatement]) -> None:
    st.html(_station(nodes[way[0]]))
    for step in pairwise(way):
        for id_ in found.claims[step]:
            if id_ in claims:
                claim_lines.show(claims[id_])
        st.html(_station(nodes[step[1]]))


def _station(node: Node) -> str:
    said = f'{_named(node.label, node.type)} <span class="wk-soft">{escaped(kind(node.type))}</span>'
    return f'<div class="wk-station">{said}</div>'


def _named(name: str, type_: str) -> str:
    return f"{mark(type_)}<strong>{escaped(shortened(name, 80))}</strong>"
