"""The small graph behind an answer: the claims and entities that connect the pieces of evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from graph.types import Edge, Entity, Node, Subgraph

if TYPE_CHECKING:
    from llm.views import Graph

MAX_EDGES = 30
MAX_NODES = 30


def connecting_subgraph(graph: Graph, chunk_ids: Sequence[str], seeds: Mapping[str, float]) -> Subgraph:
    """Claims that the evidence makes, those about what was asked first; without claims, what shares a passage.

    At most 30 nodes and 30 edges; nodes carry the strength with which the question reached them.
    """
    if not chunk_ids:
        return Subgraph()
    order = {id_: rank for rank, id_ in enumerate(chunk_ids)}
    claims = sorted(graph.explore.claims_of_chunks(chunk_ids), key=lambda claim: order[claim.chunk])
    triples = graph.search.triples(list(dict.fromkeys(claim.statement for claim in claims)))
    if not triples:
        return _shared_passages(graph, chunk_ids, seeds)
    ranked = sorted(
        enumerate(triples),
        key=lambda pair: (-(seeds.get(pair[1].subject.id, 0.0) + seeds.get(pair[1].object.id, 0.0)), pair[0]),
    )
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for _, triple in ranked[:MAX_EDGES]:
        ends = (triple.subject, triple.object)
        if len(nodes.keys() | {e.id for e in ends}) > MAX_NODES:
            continue
        for entity in ends:
            nodes.setdefault(entity.id, _node(entity, seeds))
        edges.append(Edge(triple.subject.id, triple.object.id, triple.predicate, triple.id))
    return Subgraph(tuple(nodes.values()), tuple(edges))


def _shared_passages(graph: Graph, chunk_ids: Sequence[str], seeds: Mapping[str, float]) -> Subgraph:
    """Entities named in several pieces of evidence, or asked for, joined where they share a passage."""
    by_chunk = graph.explore.entities_of_chunks(chunk_ids)
    count: dict[str, int] = {}
    entities: dict[str, Entity] = {}
    for named in by_chunk.values():
        for entity in named:
            count[entity.id] = count.get(entity.id, 0) + 1
            entities[entity.id] = entity
    best = sorted(entities, key=lambda id_: (-seeds.get(id_, 0.0), -count[id_], entities[id_].name))[:15]
    weights: dict[tuple[str, str], int] = {}
    for named in by_chunk.values():
        here = sorted({entity.id for entity in named} & set(best))
        for i, a in enumerate(here):
            for b in here[i + 1 :]:
                weights[a, b] = weights.get((a, b), 0) + 1
    strongest = sorted(weights, key=lambda pair: (-weights[pair], pair))[:MAX_EDGES]
    edges = tuple(Edge(a, b, "CO_OCCURS", None, float(weights[a, b])) for a, b in strongest)
    return Subgraph(tuple(_node(entities[id_], seeds) for id_ in best), edges)


def _node(entity: Entity, seeds: Mapping[str, float]) -> Node:
    return Node(entity.id, entity.name, entity.type, seeds.get(entity.id, 0.0))
