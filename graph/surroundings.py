"""What is drawn around entities: their best claims, claims among them, pictures and dates; always bounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph import cypher, cypher_explore
from graph.connection import Connection, Row
from graph.rows import to_chunk
from graph.search import Search
from graph.types import Chunk, Edge, Node, SourcedStatement, Subgraph
from graph.when import When

MOST_AMONG = 4_000
"""Claims among the entities of a drawing that are read at most."""
MOST_PICTURES = 400


@dataclass(frozen=True, slots=True)
class Depiction:
    """A passage about a picture in which an entity is seen, and the copy of the picture."""

    chunk: Chunk
    sha256: str
    media_type: str


class Surroundings:
    """Reads what a drawing of some entities needs."""

    def __init__(self, connection: Connection, search: Search) -> None:
        self._db = connection
        self._search = search

    def of(self, entity_id: str, limit: int) -> Subgraph:
        """An entity's claims, the surest first, then, where room is left, what stands in one sentence with it."""
        claimed = _graph(self._db.read(cypher_explore.CLAIMS_OF_ENTITY, id=entity_id, limit=limit))
        room = limit - len(claimed.edges)
        if room <= 0:
            return claimed
        near = {end for edge in claimed.edges for end in (edge.source, edge.target)}
        nodes, edges = list(claimed.nodes), list(claimed.edges)
        for row in self._db.read(cypher.CO_OCCURRENCES_AROUND, ids=[entity_id], limit=room):
            if row["b"] not in near and row["b"] != entity_id:
                nodes.append(Node(row["b"], row["b_name"], row["b_type"] or "Thing"))
                edges.append(Edge(row["a"], row["b"], "CO_OCCURS", None, float(row["weight"])))
        return Subgraph(tuple(nodes), tuple(edges))

    def among(self, entity_ids: Sequence[str]) -> Subgraph:
        """Claims that join these entities with one another."""
        return _graph(self._db.read(cypher_explore.CLAIMS_AMONG, ids=list(entity_ids), limit=MOST_AMONG))

    def claims(self, statement_ids: Sequence[str]) -> Subgraph:
        """These claims as edges, with their ends."""
        return _graph(self._db.read(cypher_explore.CLAIMS_BY_ID, ids=list(statement_ids)))

    def counts(self, entity_ids: Sequence[str]) -> dict[str, int]:
        """How many claims there are about each entity; none for those without."""
        rows = self._db.read(cypher_explore.CLAIM_COUNTS, ids=list(entity_ids))
        return {row["id"]: row["n"] for row in rows}

    def nodes(self, entity_ids: Sequence[str]) -> dict[str, Node]:
        """Names and types by id; unknown ids are left out."""
        rows = self._db.read(cypher_explore.NAMES, ids=list(entity_ids))
        return {row["id"]: Node(row["id"], row["name"], row["type"] or "Thing") for row in rows}

    def between(self, a: str, b: str, limit: int = 40) -> list[SourcedStatement]:
        """What is claimed of two entities together, each claim with its sources, the surest first."""
        return self._search.sourced(self._db.read(cypher_explore.CLAIMS_BETWEEN, a=a, b=b, limit=limit))

    def sourced(self, statement_ids: Sequence[str]) -> dict[str, SourcedStatement]:
        """These claims with their sources."""
        rows = self._db.read(cypher_explore.CLAIMS_BY_ID, ids=list(statement_ids))
        return {claim.id: claim for claim in self._search.sourced(rows)}

    def depictions(self, entity_ids: Sequence[str]) -> dict[str, Depiction]:
        """For each entity that a picture shows, one passage that says so."""
        found: dict[str, Depiction] = {}
        for row in self._db.read(cypher_explore.DEPICTIONS, ids=list(entity_ids), limit=MOST_PICTURES):
            if row["sha256"]:
                found.setdefault(row["id"], Depiction(to_chunk(row["chunk"]), row["sha256"], row["media_type"]))
        return found

    def dates(self, statement_ids: Sequence[str]) -> dict[str, list[When]]:
        """When claims hold, as their sources say it."""
        found: dict[str, list[When]] = {}
        for row in self._db.read(cypher_explore.DATES_OF_CLAIMS, ids=list(statement_ids)):
            when = When(row["dated"] or "", row["edtf"] or "", row["earliest"], row["latest"])
            found.setdefault(row["id"], []).append(when)
        return found


def joined(graphs: Iterable[Subgraph]) -> Subgraph:
    """Several graphs as one: each entity and each claim once, in the order in which they come."""
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str, str], Edge] = {}
    for graph in graphs:
        for node in graph.nodes:
            nodes.setdefault(node.id, node)
        for edge in graph.edges:
            edges.setdefault((edge.statement or edge.label, edge.source, edge.target), edge)
    return Subgraph(tuple(nodes.values()), tuple(edges.values()))


def _graph(rows: Sequence[Row]) -> Subgraph:
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for row in rows:
        for end in ("subject", "object"):
            nodes.setdefault(row[end], Node(row[end], row[f"{end}_name"], row[f"{end}_type"] or "Thing"))
        edges.append(Edge(row["subject"], row["object"], row["predicate"], row["id"], row["confidence"] or 0.0))
    return Subgraph(tuple(nodes.values()), tuple(edges))
