"""What is drawn around entities: their best claims, claims among them, pictures and dates; always bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph import cypher, cypher_explore
from graph.connection import Connection, Row
from graph.part import Part
from graph.redirect import follow
from graph.rows import to_chunk
from graph.search import Search
from graph.settle import stored_pairs
from graph.types import Chunk, Edge, Node, SourcedStatement, Subgraph
from graph.when import When

MOST_AMONG = 4_000
"""Claims among the entities of a drawing that are read at most."""
MOST_PICTURES = 400
MOST_LOOKED_THROUGH = 2_000
"""Claims of an entity that are looked through, the surest first, for those of a part of the graph."""
MOST_PASSAGES = 500
"""Passages of an entity that are looked through for what stands in one sentence with it."""


@dataclass(frozen=True, slots=True)
class Depiction:
    """A passage about a picture in which an entity is seen, and the copy of the picture."""

    chunk: Chunk
    sha256: str
    media_type: str


class Surroundings:
    """Reads what a drawing of some entities needs: of the whole graph, or of a part of it."""

    def __init__(self, connection: Connection, search: Search, part: Part | None = None) -> None:
        self._db = connection
        self._search = search
        self._part = part

    @property
    def whole(self) -> bool:
        """Whether it is the whole graph."""
        return self._part is None

    def only(self, part: Part) -> Surroundings:
        """The same of a part alone."""
        return Surroundings(self._db, self._search, part)

    def _of_part(self, rows: Sequence[Row]) -> Sequence[Row]:
        if self._part is None:
            return rows
        fitting = frozenset(self._part.claims([row["id"] for row in rows]))
        return [row for row in rows if row["id"] in fitting]

    def beginnings(self, limit: int) -> list[str]:
        """Where to begin in this part: what is claimed most of, or named in most passages; ids."""
        if self._part is None:
            return []
        if found := self._part.most_claimed(limit):
            return found
        if self._part.documents is None or not self._part.knows_pairs:
            return []
        documents, kinds = sorted(self._part.documents), list(self._part.filters.types)
        rows = self._db.read(cypher_explore.MOST_NAMED_IN, documents=documents, kinds=kinds, limit=limit)
        return [row["id"] for row in rows]

    def of(self, entity_id: str, limit: int) -> Subgraph:
        """An entity's claims, the surest first, then, where room is left, what stands in one sentence with it."""
        most = limit if self._part is None else MOST_LOOKED_THROUGH
        rows = self._of_part(self._db.read(cypher_explore.CLAIMS_OF_ENTITY, id=entity_id, limit=most))
        claimed = _graph(rows[:limit])
        room = limit - len(claimed.edges)
        if room <= 0:
            return claimed
        near = {end for edge in claimed.edges for end in (edge.source, edge.target)}
        pairs = [pair for pair in self._together(entity_id, room) if pair[0].id not in {*near, entity_id}]
        nodes = (*claimed.nodes, *(other for other, _ in pairs))
        return Subgraph(nodes, (*claimed.edges, *(_pair(entity_id, other.id, weight) for other, weight in pairs)))

    def _together(self, entity_id: str, limit: int) -> list[tuple[Node, int]]:
        """What stands in one sentence with an entity, most often first, with how often."""
        part = self._part
        if part is None:
            return self._together_anywhere(entity_id, limit)
        if not part.knows_pairs:
            return []
        if part.documents is None:
            pairs = self._together_anywhere(entity_id, MOST_LOOKED_THROUGH)
        else:
            pairs = self._together_in(entity_id, sorted(part.documents))
        own = [node.type for node in self.nodes([entity_id]).values()]
        return [(node, times) for node, times in pairs if part.has(*own, node.type)][:limit]

    def _together_anywhere(self, entity_id: str, limit: int) -> list[tuple[Node, int]]:
        rows = self._db.read(cypher.CO_OCCURRENCES_AROUND, ids=[entity_id], limit=limit)
        return [(Node(row["b"], row["b_name"], row["b_type"] or "Thing"), row["weight"]) for row in rows]

    def _together_in(self, entity_id: str, documents: Sequence[str]) -> list[tuple[Node, int]]:
        """Counted anew from the passages of some documents."""
        query = cypher_explore.PAIRS_IN_DOCUMENTS
        pairs = stored_pairs(self._db.read(query, id=entity_id, documents=list(documents), limit=MOST_PASSAGES))
        to = self._db.look(lambda tx: follow(tx, {id_ for a, b, _ in pairs for id_ in (a, b)})) if pairs else {}
        often: Counter[str] = Counter()
        for a, b, weight in pairs:
            ends = {to.get(a, a), to.get(b, b)}
            if entity_id in ends:
                often.update(dict.fromkeys(ends - {entity_id}, weight))
        nodes = self.nodes(list(often))
        known = [(nodes[id_], times) for id_, times in often.items() if id_ in nodes]
        return sorted(known, key=lambda pair: (-pair[1], pair[0].id))

    def among(self, entity_ids: Sequence[str]) -> tuple[Subgraph, bool]:
        """Claims that join these entities with one another, and whether there are more than `MOST_AMONG`."""
        rows = self._db.read(cypher_explore.CLAIMS_AMONG, ids=list(entity_ids), limit=MOST_AMONG + 1)
        return _graph(self._of_part(rows[:MOST_AMONG])), len(rows) > MOST_AMONG

    def claims(self, statement_ids: Sequence[str]) -> Subgraph:
        """These claims as edges, with their ends."""
        return _graph(self._db.read(cypher_explore.CLAIMS_BY_ID, ids=list(statement_ids)))

    def counts(self, entity_ids: Sequence[str]) -> dict[str, int]:
        """How many claims there are about each entity; none for those without."""
        if self._part is None:
            rows = self._db.read(cypher_explore.CLAIM_COUNTS, ids=list(entity_ids))
            return {row["id"]: row["n"] for row in rows}
        claims = {row["id"]: row["claims"] for row in self._db.read(cypher_explore.CLAIM_IDS, ids=list(entity_ids))}
        fitting = frozenset(self._part.claims(sorted({id_ for many in claims.values() for id_ in many})))
        return {entity: n for entity, many in claims.items() if (n := len(fitting.intersection(many)))}

    def nodes(self, entity_ids: Sequence[str]) -> dict[str, Node]:
        """Names and types by id; unknown ids are left out."""
        rows = self._db.read(cypher_explore.NAMES, ids=list(entity_ids))
        return {row["id"]: Node(row["id"], row["name"], row["type"] or "Thing") for row in rows}

    def between(self, a: str, b: str, limit: int = 40) -> list[SourcedStatement]:
        """What is claimed of two entities together, each claim with its sources, the surest first."""
        return self._search.sourced(self._db.read(cypher_explore.CLAIMS_BETWEEN, a=a, b=b, limit=limit))

    def texts(self, statement_ids: Sequence[str]) -> dict[str, str]:
        """The words of these claims."""
        rows = self._db.read(cypher_explore.CLAIMS_BY_ID, ids=list(statement_ids))
        return {row["id"]: row["text"] for row in rows}

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


def _pair(a: str, b: str, weight: int) -> Edge:
    return Edge(a, b, "CO_OCCURS", None, float(weight))


def _graph(rows: Sequence[Row]) -> Subgraph:
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for row in rows:
        for end in ("subject", "object"):
            nodes.setdefault(row[end], Node(row[end], row[f"{end}_name"], row[f"{end}_type"] or "Thing"))
        edges.append(Edge(row["subject"], row["object"], row["predicate"], row["id"], row["confidence"] or 0.0))
    return Subgraph(tuple(nodes.values()), tuple(edges))
