"""Where the nodes of a small graph are drawn, the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import networkx

from graph.types import Edge, Node


@dataclass(frozen=True, slots=True)
class Place:
    """The number of a node, and where it stands in pixels."""

    n: int
    x: int
    y: int


def placed(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[dict[str, Place], int, int]:
    """The place of each node by its id, and width and height of the drawing."""
    graph: networkx.Graph = networkx.Graph()
    graph.add_nodes_from(node.id for node in nodes)
    graph.add_edges_from((e.source, e.target) for e in edges if e.source in graph and e.target in graph)
    side = round(220 + 90 * sqrt(max(1, len(nodes))))
    spots = networkx.spring_layout(graph, seed=7, k=2.2 / sqrt(max(1, len(nodes))), iterations=80) if nodes else {}
    width, height = round(side * 1.5), side
    found = {
        node.id: Place(
            number,
            round(70 + (float(spots[node.id][0]) + 1) / 2 * (width - 140)),
            round(30 + (float(spots[node.id][1]) + 1) / 2 * (height - 80)),
        )
        for number, node in enumerate(nodes)
    }
    return found, width, height
