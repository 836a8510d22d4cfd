"""The page that `bench.explore` opens: one graph of `?n=` entities, drawn by `?by=` canvas, agraph or pyvis.

All three draw the same graph. agraph gets places from the server and no physics, as the app uses it; pyvis is used as
its documentation does. Beyond `WHOLE` entities the canvas is the map of communities, as on the page Explore.
"""

from __future__ import annotations

import importlib
import random
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import streamlit as st

from graph.claim_graph import Claim, ClaimGraph, Stated
from graph.store import Store
from graph.types import Edge, Node, Subgraph
from graph.vocabulary import TYPES
from pages.parts import canvas, communities, layout

WHOLE = 3_000
_NEIGHBOURHOOD = 60
"""So many entities know mostly each other: documents are about something."""


@cache
def sample(count: int) -> Subgraph:
    """A connected graph as documents make them: some hubs, many that are named once, groups; always the same."""
    dice = random.Random(7)
    nodes = tuple(Node(f"e{n:05}", f"Entity {n}", TYPES[dice.randrange(len(TYPES))]) for n in range(count))
    edges = []
    for n in range(1, count):
        first = n - n % _NEIGHBOURHOOD
        # The square draws towards the first of a group, which becomes its hub.
        near = first + int((n - first) * dice.random() ** 2) if n > first else dice.randrange(first)
        edges.append(Edge(nodes[n].id, nodes[near].id, "MET"))
        if n % 4 == 0:
            edges.append(Edge(nodes[n].id, nodes[dice.randrange(n)].id, "VISITED"))
    return Subgraph(nodes, tuple(edges))


def by_canvas(count: int) -> None:
    """Our component: the whole graph, or its communities where it is too large."""
    graph = sample(count)
    if count <= WHOLE:
        places = layout.positions(graph, 1.1)
        drawing = canvas.Drawing(graph, places, scene=f"bench {count}")
    else:
        drawing = communities.overview(cast(Store, _store(graph))).drawing
    canvas.show(drawing, "bench", lambda did: None)


def _store(graph: Subgraph) -> Any:
    """As much of a store as the map of communities asks for."""
    stated = (Stated("c", "d", True, None, None),)
    kinds = {node.id: node.type for node in graph.nodes}
    claims = {
        str(n): Claim(str(n), e.source, e.target, (kinds[e.source], kinds[e.target]), 1.0, stated)
        for n, e in enumerate(graph.edges)
    }
    by_id = {node.id: node for node in graph.nodes}
    return SimpleNamespace(
        claimed=SimpleNamespace(graph=lambda collections, as_it_is: ClaimGraph(claims)),
        shown=lambda name, load: SimpleNamespace(of=load),
        surroundings=SimpleNamespace(nodes=lambda ids: {id_: by_id[id_] for id_ in ids}),
    )


def by_agraph(count: int) -> None:
    """streamlit-agraph with places from the server and physics off."""
    module: Any = importlib.import_module("streamlit_agraph")
    graph = sample(count)
    places = layout.positions(graph, 1.1)
    nodes = [module.Node(id=n.id, label=n.label, size=12, x=places[n.id][0], y=places[n.id][1]) for n in graph.nodes]
    edges = [module.Edge(source=e.source, target=e.target) for e in graph.edges]
    module.agraph(nodes=nodes, edges=edges, config=module.Config(width=700, height=560, physics=False))


def by_pyvis(count: int) -> None:
    """pyvis as it comes, its scripts in the page."""
    network: Any = importlib.import_module("pyvis.network").Network(height="560px", cdn_resources="in_line")
    graph = sample(count)
    for node in graph.nodes:
        network.add_node(node.id, label=node.label)
    for edge in graph.edges:
        network.add_edge(edge.source, edge.target)
    st.iframe(network.generate_html(notebook=False), height=580)


def main() -> None:
    """Draw what the address asks for."""
    st.set_page_config(layout="wide")
    draw = {"canvas": by_canvas, "agraph": by_agraph, "pyvis": by_pyvis}
    draw[st.query_params.get("by", "canvas")](int(st.query_params.get("n", "50")))
    st.html('<p class="drawn">drawn</p>')
