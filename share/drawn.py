"""Where the nodes of a small graph are drawn, the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import rustworkx

from graph.types import Edge, Node

_SIDES, _TOP, _BOTTOM = 70, 30, 50
"""Pixels around the drawing, for names."""


@dataclass(frozen=True, slots=True)
class Place:
    """The number of a node, and where it stands in pixels."""

    n: int
    x: int
    y: int


def placed(nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[dict[str, Place], int, int]:
    """The place of each node by its id, and width and height of the drawing."""
    number = {node.id: n for n, node in enumerate(nodes)}
    graph: rustworkx.PyGraph[str, None] = rustworkx.PyGraph()
    graph.add_nodes_from([node.id for node in nodes])
    ends = [(number[e.source], number[e.target]) for e in edges if e.source in number and e.target in number]
    graph.add_edges_from_no_data(ends)
    side = round(240 + 80 * sqrt(max(1, len(nodes))))
    width, height = round(side * 1.5), side
    spots = rustworkx.spring_layout(graph, seed=7, num_iter=120)
    xs, ys = ([float(spots[n][axis]) for n in range(len(nodes))] for axis in (0, 1))
    found = {
        id_: Place(n, _scaled(xs[n], xs, _SIDES, width - _SIDES), _scaled(ys[n], ys, _TOP, height - _BOTTOM))
        for id_, n in number.items()
    }
    return found, width, height


def _scaled(value: float, among: Sequence[float], low: int, high: int) -> int:
    least, most = min(among), max(among)
    return round((low + high) / 2 if most == least else low + (value - least) / (most - least) * (high - low))
