"""Where hundreds or thousands of entities stand: far ones far apart first (PivotMDS), then springs.

PivotMDS: Brandes and Pich 2006. The springs know only who stands near (a k-d tree). What hangs on one
other alone is set around it like the seeds of a sunflower (Vogel 1979), so a hub of thousands takes no time.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

Places = npt.NDArray[np.float64]
Pairs = npt.NDArray[np.int64]

SPACE = 44.0
"""Pixels between the middles of two glyphs at least, as far as the rounds suffice."""
LENGTH = 66.0
"""Pixels that a line wants to be long."""
_PIVOTS = 24
_ROUNDS = 36
_MANY = 1_200
"""Of more than so many the springs get half of the rounds."""
_APART = 24
_LAST = 16
_FEW = 300
"""Of so few every pair is looked at."""
_GOLDEN = 2.399963229728653
"""The angle that spreads points evenly however many there are."""


def placed(pairs: Pairs, count: int) -> Places:
    """Places of a connected graph in pixels, shape (count, 2); `pairs` are its edges by number, shape (edges, 2)."""
    degree = np.bincount(pairs.ravel(), minlength=count)
    leaf = degree == 1
    if count > 2 and not leaf[pairs].all(axis=1).any():
        core = np.flatnonzero(~leaf)
    else:
        core, leaf = np.arange(count), np.zeros(count, dtype=bool)
    number = np.full(count, -1)
    number[core] = np.arange(len(core))
    hanging = pairs[leaf[pairs].any(axis=1)]
    holders = np.where(leaf[hanging[:, 0]], hanging[:, 1], hanging[:, 0])
    leaves = np.where(leaf[hanging[:, 0]], hanging[:, 0], hanging[:, 1])
    held = np.bincount(number[holders], minlength=len(core))
    room = SPACE * (0.5 + 0.56 * np.sqrt(held) + 0.4 * (held > 0))
    places = np.zeros((count, 2))
    places[core] = _core(number[pairs[~leaf[pairs].any(axis=1)]], room)
    places[leaves] = places[holders] + _seeds(holders)
    return _apart(places, np.full(count, 0.5 * SPACE), _LAST)


def discs(pairs: Pairs, room: npt.NDArray[np.float64]) -> Places:
    """Places of discs of these radii, shape (n, 2), joined ones near, lonely ones beside the largest."""
    count = len(room)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    graph = csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count))
    groups, group = connected_components(graph, directed=False)
    largest = int(np.argmax(room))
    loose = [int(np.flatnonzero(group == n)[0]) for n in range(groups) if n != group[largest]]
    ties = np.array([(largest, each) for each in loose], dtype=np.int64).reshape(-1, 2)
    return _core(np.concatenate([pairs, ties]), room)


def _seeds(holders: Pairs) -> Places:
    """Where each leaf stands, from the one that holds it: the seeds of one sunflower for each holder."""
    order = np.argsort(holders, kind="stable")
    held = holders[order]
    first = np.concatenate([[True], held[1:] != held[:-1]]) if len(held) else np.zeros(0, dtype=bool)
    starts = np.maximum.accumulate(np.where(first, np.arange(len(held)), 0)) if len(held) else np.zeros(0)
    turn = np.arange(len(held)) - starts + 1.0
    at = np.empty((len(held), 2))
    radius = 0.56 * SPACE * np.sqrt(turn) + 0.45 * SPACE
    at[order] = radius[:, None] * np.stack([np.cos(turn * _GOLDEN), np.sin(turn * _GOLDEN)], axis=1)
    return at


def _core(pairs: Pairs, room: npt.NDArray[np.float64]) -> Places:
    """Places of those that hang together by more than one line; `room` is the radius that each takes, in pixels."""
    count = len(room)
    if count < 2:
        return np.zeros((count, 2))
    places = _spread(_pivots(pairs, count), room)
    degree = np.bincount(pairs.ravel(), minlength=count).astype(float)
    rounds = _ROUNDS if count <= _MANY else _ROUNDS // 2
    for step in range(rounds):
        places = places + _move(places, pairs, degree, room, 1.0 - step / rounds)
    places = places * max(1.0, _side(room) / (4 * float(places.std(axis=0).mean()) + 1e-9))
    return _apart(places, room, _APART)


def _apart(places: Places, room: npt.NDArray[np.float64], rounds: int) -> Places:
    """The places pushed from each other until nobody stands in another's room, or the rounds are over."""
    for _ in range(rounds):
        push = _push(places, room, 1.0)
        if not push.any():
            break
        places = places + push
    return places


def _spread(places: Places, room: npt.NDArray[np.float64]) -> Places:
    """The same spread evenly over as many pixels as all of them need."""
    count = len(places)
    side = _side(room)
    spread = np.empty_like(places)
    for axis in (0, 1):
        values = places[:, axis]
        width = max(float(np.ptp(values)), 1e-9)
        order = np.argsort(np.argsort(values, kind="stable"), kind="stable") / count
        spread[:, axis] = side * (0.4 * (values - values.min()) / width + 0.6 * order)
    return spread


def _side(room: npt.NDArray[np.float64]) -> float:
    """How broad the drawing is where each has its room and as much again, in pixels."""
    return 2.3 * float(np.sqrt((room**2).sum()))


def _move(
    places: Places, pairs: Pairs, degree: npt.NDArray[np.float64], room: npt.NDArray[np.float64], warmth: float
) -> Places:
    move = np.zeros_like(places)
    a, b = pairs[:, 0], pairs[:, 1]
    gap = places[b] - places[a]
    length = np.maximum(np.linalg.norm(gap, axis=1, keepdims=True), 1e-6)
    wanted = (LENGTH - SPACE + room[a] + room[b])[:, None]
    pull = 0.3 * gap * (1 - wanted / length)
    _add(move, a, pull / degree[a][:, None] ** 0.7)
    _add(move, b, -pull / degree[b][:, None] ** 0.7)
    size = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
    move *= np.minimum(1.0, 3 * SPACE * (0.1 + warmth) / size)
    return np.asarray(move + _push(places + move, room, 1.5))


def _push(places: Places, room: npt.NDArray[np.float64], more: float) -> Places:
    """How far each must go so that nobody stands in another's room, which is taken `more` times as large."""
    move = np.zeros_like(places)
    few = len(places) <= _FEW
    near = np.stack(np.triu_indices(len(places), 1), axis=1) if few else _near(places, 2 * SPACE * more)
    for each in () if few else np.flatnonzero(room > 2 * SPACE):
        others = np.flatnonzero(np.arange(len(places)) != each)
        close = others[np.linalg.norm(places[others] - places[each], axis=1) < (room[others] + room[each]) * more]
        near = np.concatenate([near, np.stack([np.full(len(close), each), close], axis=1)])
    if not len(near):
        return move
    gap = places[near[:, 1]] - places[near[:, 0]]
    length = np.linalg.norm(gap, axis=1, keepdims=True)
    angle = near.sum(axis=1) * _GOLDEN
    gap = np.where(length > 1e-6, gap / np.maximum(length, 1e-6), np.stack([np.cos(angle), np.sin(angle)], axis=1))
    push = 0.5 * gap * np.maximum((room[near].sum(axis=1) * more)[:, None] - length, 0.0)
    # Who stands in a crowd would be thrown out of it by all the others at once.
    crowd = np.bincount(near[push.any(axis=1)].ravel(), minlength=len(places)).clip(1)[:, None] ** 0.7
    _add(move, near[:, 0], -push / crowd[near[:, 0]])
    _add(move, near[:, 1], push / crowd[near[:, 1]])
    return move


def _pivots(pairs: Pairs, count: int) -> Places:
    """The two main directions of the distances to some far apart pivots."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    graph = csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count))
    nearest = np.full(count, np.inf)
    columns = []
    pivot = int(np.argmax(np.bincount(pairs.ravel(), minlength=count)))
    for _ in range(min(_PIVOTS, count)):
        far = dijkstra(graph, unweighted=True, indices=pivot)
        columns.append(far)
        nearest = np.minimum(nearest, far)
        pivot = int(np.argmax(nearest))
    squares = np.stack(columns, axis=1) ** 2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True) + squares.mean()
    _, axes = np.linalg.eigh(centred.T @ centred)
    return np.asarray(centred @ axes[:, [-1, -2]])


def _near(places: Places, radius: float) -> Pairs:
    return np.asarray(cKDTree(places).query_pairs(radius, output_type="ndarray"))


def _add(to: Places, rows: Pairs, values: Places) -> None:
    """Add values to rows, which may come several times; much faster than `np.add.at`."""
    for axis in (0, 1):
        to[:, axis] += np.bincount(rows, weights=values[:, axis], minlength=len(to))
