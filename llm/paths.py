"""How one thing is connected with another: the best few ways through claims, round the things that all is joined to."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from itertools import pairwise

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
    for _ in range(most + 1):
        way = _best(graph, begin, end, steps, used)
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


def _best(graph: ClaimGraph, begin: str, end: str, steps: int, used: dict[frozenset[str], float]) -> Way | None:
    """Dijkstra's way, bounded in steps: a place is entered again where that took fewer of them."""
    fewest: dict[str, int] = {}
    waiting: list[tuple[float, int, str, Way]] = [(0.0, 0, begin, (begin,))]
    while waiting:
        cost, length, at, way = heapq.heappop(waiting)
        if at == end:
            return way
        if length == steps or fewest.get(at, steps + 1) <= length:
            continue
        fewest[at] = length
        for other in graph.around.get(at, ()):
            if other in way or fewest.get(other, steps + 1) <= length + 1:
                continue
            more = 1.0 + used.get(frozenset((at, other)), 0.0) + (_toll(graph, other) if other != end else 0.0)
            heapq.heappush(waiting, (cost + more, length + 1, other, (*way, other)))
    return None


def _toll(graph: ClaimGraph, entity: str) -> float:
    return _HUB * math.log2(1 + graph.degree(entity))


def _cost(graph: ClaimGraph, way: Way) -> float:
    return len(way) - 1 + sum(_toll(graph, each) for each in way[1:-1])
