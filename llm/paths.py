"""How one thing is connected with another: the best few ways through claims, round the things that all is joined to.

What the rest of a way costs at least is worked out for all things at once, backwards from its end; so only what may lie
on one of the best ways is looked at (A*: Hart, Nilsson and Raphael, 1968).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from llm.views import Claim, ClaimGraph

MOST_STEPS = 6
MOST_WAYS = 3
_HUB = 0.25
"""What passing through a thing costs, in steps, for each doubling of what it is joined to."""
_USED = 1.5
"""What a step of a way that was found already costs more, so that the next one differs."""
_WORSE = 2.5
"""By how much more a further way may cost than the best."""

Way = tuple[str, ...]
"""Ids of entities from one end to the other."""


def ways(graph: ClaimGraph, begin: str, end: str, most: int = MOST_WAYS, steps: int = MOST_STEPS) -> list[Way]:
    """At most `most` ways of at most `steps` claims, the best first; none where there is none."""
    found: list[Way] = []
    used: dict[frozenset[str], float] = {}
    if begin not in graph.around or end not in graph.around:
        return [(begin,)] if begin == end else []
    net = _net(graph)
    rest = net.rest(end)
    for _ in range(most + 1):
        way = _best(graph, net, begin, end, steps, used, rest)
        if way is None or (found and _cost(graph, way) > _cost(graph, found[0]) + _WORSE):
            break
        if way not in found:
            found.append(way)
        for pair in pairwise(way):
            used[frozenset(pair)] = used.get(frozenset(pair), 0.0) + _USED
    return sorted(found, key=lambda each: (_cost(graph, each), each))[:most]


def claims_between(graph: ClaimGraph, a: str, b: str, most: int) -> Sequence[Claim]:
    """The strongest claims that join two things."""
    return graph.around[a][b][:most]


@dataclass(frozen=True, slots=True)
class _Net:
    """The claims as a matrix: rows by the ids of entities, their tolls, and what steps cost, backwards."""

    rows: Mapping[str, int]
    tolls: npt.NDArray[np.float64]
    back: sp.csr_matrix
    """In row a and column b what the step from b to a costs."""

    def rest(self, end: str) -> npt.NDArray[np.float64]:
        """For each row what a way from it to the end costs at least; shape (len(rows),), infinite where none is."""
        at = self.rows[end]
        costs: npt.NDArray[np.float64] = np.asarray(dijkstra(self.back, indices=at)) - self.tolls[at]
        costs[at] = 0.0
        return costs


def _net(graph: ClaimGraph) -> _Net:
    """The matrix of these claims, made once."""

    def made() -> _Net:
        rows = {id_: row for row, id_ in enumerate(graph.around)}
        counts = np.array([len(near) for near in graph.around.values()], dtype=np.int32)
        columns = np.fromiter((rows[other] for near in graph.around.values() for other in near), np.int32)
        tolls = _HUB * np.log2(1.0 + counts)
        begins = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        matrix = sp.csr_matrix((np.repeat(1.0 + tolls, counts), columns, begins), shape=(len(rows), len(rows)))
        return _Net(rows, tolls, matrix)

    return graph.once("net", made)


def _best(
    graph: ClaimGraph,
    net: _Net,
    begin: str,
    end: str,
    steps: int,
    used: Mapping[frozenset[str], float],
    rest: npt.NDArray[np.float64],
) -> Way | None:
    """The cheapest way, bounded in steps: a place is entered again where that took fewer of them."""
    fewest: dict[str, int] = {}
    # Sums of the same parts in another order differ in their last digits; ways that cost the same go by steps and ids.
    waiting: list[tuple[float, int, str, Way, float]] = [(0.0, 0, begin, (begin,), 0.0)]
    while waiting:
        _, length, at, way, cost = heapq.heappop(waiting)
        if at == end:
            return way
        if length == steps or fewest.get(at, steps + 1) <= length:
            continue
        fewest[at] = length
        for other in graph.around[at]:
            row = net.rows[other]
            if other in way or fewest.get(other, steps + 1) <= length + 1 or rest[row] == math.inf:
                continue
            more = 1.0 + used.get(frozenset((at, other)), 0.0) + (float(net.tolls[row]) if other != end else 0.0)
            least = round(cost + more + float(rest[row]), 9)
            heapq.heappush(waiting, (least, length + 1, other, (*way, other), cost + more))
    return None


def _toll(graph: ClaimGraph, entity: str) -> float:
    return _HUB * math.log2(1 + graph.degree(entity))


def _cost(graph: ClaimGraph, way: Way) -> float:
    return len(way) - 1 + sum(_toll(graph, each) for each in way[1:-1])
