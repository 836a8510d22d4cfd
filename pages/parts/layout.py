"""Where the entities of a drawn graph stand: linked ones near, separate groups side by side, no name on another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import rustworkx as rx

from graph.types import Subgraph
from pages.parts import layout_large

Position = tuple[float, float]
Places = npt.NDArray[np.float64]

WIDE, HIGH = 140.0, 62.0
"""Room that a glyph with its name under it takes, in pixels of the canvas."""
MANY = 160
"""Of so many that hang together the names cannot all be read at once: they stand closer (`layout_large`)."""
_RINGS = 60
_WIDTHS = 60
"""Widths that are tried for rows of separate groups."""


def positions(subgraph: Subgraph, aspect: float = 1.6, room: float = 1.5) -> dict[str, Position]:
    """A place for each entity in pixels, the same for the same graph, on a canvas `aspect` times as wide as high.

    `room` times what they need is taken at first, before those that stand on each other are moved apart.
    """
    graph: rx.PyGraph[str, None] = rx.PyGraph(multigraph=False)
    index = {node.id: graph.add_node(node.id) for node in subgraph.nodes}
    graph.add_edges_from([(index[e.source], index[e.target], None) for e in subgraph.edges])
    groups = sorted((sorted(group) for group in rx.connected_components(graph)), key=lambda g: (-len(g), g[0]))
    blocks = [_placed(graph.subgraph(group), aspect, room) for group in groups]
    packed = _packed(blocks, aspect)
    numbers = [number for group in groups for number in group]
    at = dict(zip(numbers, np.concatenate(packed), strict=True)) if packed else {}
    return {id_: (float(at[number][0]), float(at[number][1])) for id_, number in index.items()}


def near(
    places: Mapping[str, Position], new: Iterable[str], joined: Mapping[str, Sequence[str]]
) -> dict[str, Position]:
    """A free place for each new one beside those it is joined to and away from the middle; nothing else moves.

    The same input gives the same places; who is joined to nobody stands below all others.
    """
    taken = _Taken(places.values())
    found: dict[str, Position] = {}
    middle = taken.middle()
    for id_ in new:
        holders = [found.get(other) or places.get(other) for other in joined.get(id_, ())]
        at = next((place for place in holders if place is not None), None) or (middle[0], taken.lowest() + 2 * HIGH)
        outward = math.atan2(at[1] - middle[1], at[0] - middle[0]) if at != middle else 0.0
        found[id_] = taken.free(at, outward)
    return found


class _Taken:
    """Which places are taken, in cells as large as a glyph with its name."""

    def __init__(self, places: Iterable[Position]) -> None:
        self._cells: dict[tuple[int, int], list[Position]] = {}
        for place in places:
            self._take(place)

    def middle(self) -> Position:
        """The mean of all places."""
        every = [place for cell in self._cells.values() for place in cell] or [(0.0, 0.0)]
        return sum(x for x, _ in every) / len(every), sum(y for _, y in every) / len(every)

    def lowest(self) -> float:
        """The largest y of all."""
        return max((y for cell in self._cells.values() for _, y in cell), default=0.0)

    def free(self, at: Position, outward: float) -> Position:
        """The first free place on rings around `at`, those in the direction `outward` first; it is taken then."""
        place = at
        for ring in range(1, _RINGS):
            slots = 6 + 3 * ring
            turns = sorted(range(slots), key=lambda n, half=slots / 2: abs((n + half) % slots - half))  # type: ignore[misc]
            for n in turns:
                angle = outward + 2 * math.pi * n / slots
                place = (
                    round(at[0] + 0.95 * WIDE * ring * math.cos(angle), 1),
                    round(at[1] + 1.45 * HIGH * ring * math.sin(angle), 1),
                )
                if self._is_free(place):
                    self._take(place)
                    return place
        self._take(place)
        return place

    def _cell(self, place: Position) -> tuple[int, int]:
        return math.floor(place[0] / WIDE), math.floor(place[1] / HIGH)

    def _take(self, place: Position) -> None:
        self._cells.setdefault(self._cell(place), []).append(place)

    def _is_free(self, place: Position) -> bool:
        x, y = self._cell(place)
        around = (self._cells.get((x + dx, y + dy), ()) for dx in (-1, 0, 1) for dy in (-1, 0, 1))
        return all(
            abs(other[0] - place[0]) >= 0.9 * WIDE or abs(other[1] - place[1]) >= 0.9 * HIGH
            for cell in around
            for other in cell
        )


def _placed(graph: rx.PyGraph[str, None], aspect: float, room: float) -> Places:
    """The places of one connected group, shape (n, 2), from its top left corner."""
    count = graph.num_nodes()
    if count == 1:
        return np.zeros((1, 2))
    if count > MANY:
        large = layout_large.placed(np.array(graph.edge_list(), dtype=np.int64), count)
        return np.asarray(large - large.min(axis=0))
    found = rx.spring_layout(graph, k=1.6 / count**0.5, num_iter=300, seed=11, repulsive_exponent=2)
    places = np.array([found[n] for n in graph.node_indices()])
    spread = np.ptp(places, axis=0)
    side = count**0.5
    places = (places - places.min(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    side *= (room * WIDE * HIGH) ** 0.5
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
    widths = np.cumsum([w for w, _ in sizes])[:_WIDTHS]
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
