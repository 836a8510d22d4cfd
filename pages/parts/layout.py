"""Where the entities of a drawn graph stand: linked ones near, separate groups side by side, no name on another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import rustworkx as rx

from graph.types import Subgraph

Position = tuple[float, float]
Places = npt.NDArray[np.float64]

WIDE, HIGH = 140.0, 62.0
"""Room that a glyph with its name under it takes, in pixels of the canvas."""


def positions(subgraph: Subgraph, aspect: float = 1.6) -> dict[str, Position]:
    """A place for each entity in pixels, the same for the same graph, on a canvas `aspect` times as wide as high."""
    graph: rx.PyGraph[str, None] = rx.PyGraph(multigraph=False)
    index = {node.id: graph.add_node(node.id) for node in subgraph.nodes}
    graph.add_edges_from([(index[e.source], index[e.target], None) for e in subgraph.edges])
    groups = sorted((sorted(group) for group in rx.connected_components(graph)), key=lambda g: (-len(g), g[0]))
    blocks = [_placed(graph.subgraph(group), aspect) for group in groups]
    packed = _packed(blocks, aspect)
    numbers = [number for group in groups for number in group]
    at = dict(zip(numbers, np.concatenate(packed), strict=True)) if packed else {}
    return {id_: (float(at[number][0]), float(at[number][1])) for id_, number in index.items()}


def _placed(graph: rx.PyGraph[str, None], aspect: float) -> Places:
    """The places of one connected group, shape (n, 2), from its top left corner."""
    count = graph.num_nodes()
    if count == 1:
        return np.zeros((1, 2))
    found = rx.spring_layout(graph, k=1.6 / count**0.5, num_iter=300, seed=11, repulsive_exponent=2)
    places = np.array([found[n] for n in graph.node_indices()])
    spread = np.ptp(places, axis=0)
    side = count**0.5
    places = (places - places.min(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    side *= (1.5 * WIDE * HIGH) ** 0.5
    places *= (side * aspect**0.5, side / aspect**0.5)
    places = _apart(places)
    return np.asarray(places - places.min(axis=0))


def _apart(places: Places, rounds: int = 120) -> Places:
    """The places pushed from each other until no name stands on another, or the rounds are over."""
    numbers = np.arange(len(places))
    order = np.where(numbers[:, None] < numbers, -1.0, 1.0)[..., None]
    for _ in range(rounds):
        gap = places[:, None, :] - places[None, :, :]
        room = np.array([WIDE, HIGH]) - np.abs(gap)
        both = (room > 0).all(axis=2) & ~np.eye(len(places), dtype=bool)
        if not both.any():
            break
        sideways = both & (room[:, :, 0] / WIDE < room[:, :, 1] / HIGH)
        upright = both & ~sideways
        sign = np.where(gap != 0, np.sign(gap), order)
        push = np.zeros_like(gap)
        push[..., 0] = np.where(sideways, sign[..., 0] * room[..., 0], 0.0)
        push[..., 1] = np.where(upright, sign[..., 1] * room[..., 1], 0.0)
        places = places + 0.3 * push.sum(axis=1)
    return places


def _packed(blocks: Sequence[Places], aspect: float) -> list[Places]:
    """The groups in rows beside one another, largest first, in the width that lets all be drawn largest."""
    sizes = [(float(b[:, 0].max()) + 1.2 * WIDE, float(b[:, 1].max()) + 1.6 * HIGH) for b in blocks]
    widths = np.cumsum([w for w, _ in sizes])
    rows = [_rows(sizes, max(float(width), max(w for w, _ in sizes))) for width in widths]
    corners = min(rows, key=lambda found: max(found[1][0] / aspect, found[1][1]), default=([], (0.0, 0.0)))[0]
    return [block + np.array(corner) for block, corner in zip(blocks, corners, strict=True)]


def _rows(sizes: Sequence[tuple[float, float]], width: float) -> tuple[list[Position], Position]:
    """The corners of boxes set in rows no wider than `width`, and the size of the whole."""
    corners: list[Position] = []
    x = y = row = widest = 0.0
    for w, h in sizes:
        if x > 0 and x + w > width + 1:
            x, y, row = 0.0, y + row, 0.0
        corners.append((x, y))
        x, row = x + w, max(row, h)
        widest = max(widest, x)
    return corners, (widest, y + row)
