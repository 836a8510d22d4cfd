"""What the documents are about, as a whole: groups of what belongs together, each with its strongest claims.

Groups are found by Louvain's way (Blondel et al. 2008, networkx) among the best connected things, joined by claims and,
weakly, by standing in one sentence; the others go where they are joined most. The same graph gives the same groups.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.ways import Named, Theme
from llm.numbered import Numbered, steps

if TYPE_CHECKING:
    from llm.views import Claim, ClaimGraph, Graph

MOST_THEMES = 12
MOST_PASSAGES = 24
SMALLEST = 3
_CORE = 2500
"""So many things, the best connected, are grouped by each other; it keeps a large graph within seconds."""
_NAMES = 6
_TOGETHER = 0.1
"""Weight of one sentence in common against 1 of a claim."""

Ties = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Group:
    """Ids of what belongs together, the best connected first, with the claims among them, the strongest first."""

    entities: tuple[str, ...]
    claims: tuple[Claim, ...]


def groups(graph: ClaimGraph) -> list[Group]:
    """All groups of three things or more, those with most claims first; worked out once per state of the graph."""
    return graph.once("groups", lambda: _groups(graph))


def themes(
    graph: Graph, claims: ClaimGraph, numbered: Numbered, documents: frozenset[str] | None
) -> tuple[tuple[Theme, ...], int]:
    """At most twelve themes, largest first, and how many there was no room for."""
    found = groups(claims)
    shown = found[:MOST_THEMES]
    each = max(2, min(4, numbered.limit // max(1, len(shown))))
    wanted = {n: _telling(group, claims, each) for n, group in enumerate(shown)}
    made = steps(graph, [claim for many in wanted.values() for claim in many], numbered)
    ids = list(dict.fromkeys(id_ for group in shown for id_ in group.entities[:_NAMES]))
    entities = {entity.id: entity for entity in graph.search.entities(ids)}
    themed: list[Theme] = []
    for n, group in enumerate(shown):
        names = tuple(Named(e.id, e.name, e.type) for id_ in group.entities[:_NAMES] if (e := entities.get(id_)))
        stated = tuple(made[claim.id] for claim in wanted[n] if claim.id in made)
        passages = () if stated else _passages(graph, group, numbered, documents)
        if names and (stated or passages):
            themed.append(Theme(names, len(group.entities), stated, passages))
    return tuple(themed), len(found) - len(shown)


def _telling(group: Group, graph: ClaimGraph, most: int) -> list[Claim]:
    """Claims that are well borne out and join well connected things; no thing is the subject of all of them."""
    ranked = sorted(
        group.claims, key=lambda c: (-c.strength[0], -min(graph.degree(c.subject), graph.degree(c.object)), c.id)
    )
    told: list[Claim] = []
    for claim in [*ranked]:
        if len(told) < most and sum(claim.subject == other.subject for other in told) < 2:
            told.append(claim)
    return told


def _passages(graph: Graph, group: Group, numbered: Numbered, documents: frozenset[str] | None) -> tuple[int, ...]:
    found = graph.claimed.passages_of(group.entities[:_NAMES], 12)
    fitting = [chunk for chunk, document in found if documents is None or document in documents]
    numbers = [numbered.number(chunk, "graph") for chunk in fitting[:2]]
    return tuple(n for n in numbers if n is not None)


def _groups(graph: ClaimGraph) -> list[Group]:
    ties = _ties(graph)
    weight = {id_: sum(near.values()) for id_, near in ties.items()}
    order = sorted(ties, key=lambda id_: (-weight[id_], id_))
    home = _grouped(order[:_CORE], ties)
    for id_ in order:
        if id_ not in home:
            near = [(tie, other) for other, tie in ties[id_].items() if other in home]
            if near:
                home[id_] = home[max(near)[1]]
    members: dict[int, list[str]] = {}
    for id_ in order:
        if id_ in home:
            members.setdefault(home[id_], []).append(id_)
    inside: dict[int, list[Claim]] = {}
    for claim in graph.claims.values():
        if home.get(claim.subject, -1) == home.get(claim.object, -2):
            inside.setdefault(home[claim.subject], []).append(claim)
    found = [
        Group(tuple(many), tuple(sorted(inside.get(n, ()), key=lambda c: (c.strength, c.id), reverse=True)))
        for n, many in members.items()
        if len(many) > 1
    ]
    # Pairs count only where there is nothing larger.
    found = [group for group in found if len(group.entities) >= SMALLEST] or found
    return sorted(found, key=lambda g: (-len(g.claims), -len(g.entities), g.entities[0]))


def _ties(graph: ClaimGraph) -> Ties:
    ties: Ties = {}
    for claim in graph.claims.values():
        _tie(ties, claim.subject, claim.object, 1.0)
    for a, b, times in graph.together:
        _tie(ties, a, b, _TOGETHER * min(times, 10))
    return ties


def _tie(ties: Ties, a: str, b: str, weight: float) -> None:
    if a != b:
        for one, other in ((a, b), (b, a)):
            near = ties.setdefault(one, {})
            near[other] = near.get(other, 0.0) + weight


def _grouped(core: Sequence[str], ties: Mapping[str, Mapping[str, float]]) -> dict[str, int]:
    """The number of its group for each thing; by numbers, since the order of sets of words differs between runs."""
    import networkx

    number = {id_: n for n, id_ in enumerate(core)}
    joined = networkx.Graph()
    joined.add_nodes_from(range(len(core)))
    joined.add_weighted_edges_from(
        (n, number[other], weight)
        for id_, n in number.items()
        for other, weight in sorted(ties[id_].items())
        if number.get(other, -1) > n
    )
    found = networkx.community.louvain_communities(joined, seed=1)
    return {core[n]: min(group) for group in found for n in group}
