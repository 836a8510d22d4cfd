"""What is taken out of the graph for an export: which things, and these read in pages, each once, in the order of ids.

In memory are only ids, a page of what they stand for, and what the documents are called: about 50 MB for a graph of
300,000 claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from graph import cypher, cypher_export
from graph.connection import Connection, Row
from graph.correction import Correction, to_correction
from graph.rows import to_chunk, to_document, to_entity, to_source
from graph.types import Chunk, Document, Entity, Region, Source

PAGE = 500
"""So many things are read at once."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be exported: all of the collections, or, where anything is named, only this with its sources.

    Of named entities the claims that join them with one another are taken too, of a document all that it says; of
    every claim its ends, and the passages and documents that state it.
    """

    collections: tuple[str, ...]
    entities: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    title: str = ""
    """What a report or annotations of it are called."""

    @property
    def whole(self) -> bool:
        return not (self.entities or self.claims or self.passages or self.documents)


@dataclass(frozen=True, slots=True)
class Told:
    """A source of a claim: who says so in which words, and where on which page this stands."""

    source: Source
    text: str
    model: str
    confidence: float
    document: str
    page: int | None
    canvas: str | None
    passage_region: Region | None
    added: bool = False
    """Whether a person added it by hand."""

    @property
    def region(self) -> Region | None:
        """The part of the page: what was drawn for the claim, or where its passage stands."""
        return self.source.region or self.passage_region


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it leaves the house: its ends, its wording, and everything that says so."""

    id: str
    subject: str
    predicate: str
    object: str
    text: str
    model: str
    confidence: float
    subject_name: str
    object_name: str
    collection: str
    earliest: int | None = None
    latest: int | None = None
    told: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """That a passage names an entity, by which name and how often."""

    passage: str
    entity: str
    name: str
    count: int


class Taken:
    """The things of a selection as they stand when it is made; what goes meanwhile is left out, with all it bears."""

    def __init__(self, connection: Connection, selection: Selection) -> None:
        self._db = connection
        self.selection = selection
        ids = self._all() if selection.whole else self._chosen()
        self.document_ids, self.passage_ids, self.entity_ids, self.claim_ids = ids
        self._entities, self._passages = frozenset(self.entity_ids), frozenset(self.passage_ids)
        self._stated: set[str] = set()
        self.counts: dict[str, int] = {}
        """How many of each kind were read so far."""

    def documents(self) -> Iterator[Document]:
        """The documents."""
        for row in self._pages(cypher.DOCUMENTS_BY_ID, self.document_ids, "documents"):
            yield to_document(row["document"])

    def passages(self) -> Iterator[Chunk]:
        """The passages, without their vectors."""
        for row in self._pages(cypher.CHUNKS_BY_ID, self.passage_ids, "passages"):
            yield to_chunk(row["chunk"])

    def entities(self) -> Iterator[Entity]:
        """Persons, places and things."""
        for row in self._pages(cypher.ENTITIES_BY_ID, self.entity_ids, "entities"):
            yield to_entity(row["entity"])

    def claims(self) -> Iterator[Claim]:
        """The claims, with all their sources."""
        for page in _pages(self.claim_ids):
            told: dict[str, list[Told]] = {}
            for row in self._db.read(cypher_export.SOURCES, ids=page):
                if row["chunk"] in self._passages:
                    told.setdefault(row["id"], []).append(_told(row))
            for row in self._db.read(cypher_export.CLAIMS, ids=page):
                if row["id"] in told and {row["subject"], row["object"]} <= self._entities:
                    self._count("claims")
                    self._stated.add(row["id"])
                    yield _claim(row, told[row["id"]])

    def ends(self) -> Iterator[Claim]:
        """The claims that `claims` gave, without their sources, which take the time; all, where it was not read."""
        if not self._stated:
            yield from self.claims()
            return
        for row in self._pages(cypher_export.CLAIMS, [id_ for id_ in self.claim_ids if id_ in self._stated]):
            if {row["subject"], row["object"]} <= self._entities:
                yield _claim(row, ())

    def mentions(self) -> Iterator[Named]:
        """Which passages name which entities; nothing of entities or passages that are not taken."""
        for row in self._pages(cypher_export.MENTIONS, self.passage_ids):
            if row["entity"] in self._entities:
                self._count("mentions")
                yield Named(row["chunk"], row["entity"], row["name"] or "", row["count"] or 0)

    def order(self) -> Iterator[tuple[str, str]]:
        """Passages that follow one another, (before, after)."""
        for row in self._pages(cypher_export.ORDER_OF_PASSAGES, self.passage_ids):
            if row["next"] in self._passages:
                yield row["id"], row["next"]

    def corrections(self) -> Iterator[Correction]:
        """What people corrected, the oldest first; of a whole collection only."""
        skip, names = 0, list(self.selection.collections)
        while self.selection.whole and (
            rows := self._db.read(cypher_export.CORRECTIONS, collections=names, skip=skip, limit=PAGE)
        ):
            yield from (to_correction(row["correction"]) for row in rows)
            skip += len(rows)

    def _pages(self, query: str, ids: Sequence[str], kind: str = "") -> Iterator[Row]:
        for page in _pages(ids):
            for row in self._db.read(query, ids=page):
                if kind:
                    self._count(kind)
                yield row

    def _count(self, kind: str) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def _all(self) -> tuple[list[str], list[str], list[str], list[str]]:
        found = []
        for label in ("Document", "Chunk", "__Entity__", "Statement"):
            query = cypher_export.ALL_IDS.replace("{label}", label)
            found.append(sorted(self._db.read(query, collections=list(self.selection.collections))[0]["ids"]))
        documents, passages, entities, claims = found
        return documents, passages, entities, claims

    def _chosen(self) -> tuple[list[str], list[str], list[str], list[str]]:
        wanted = self.selection
        entities, claims, passages = {*wanted.entities}, {*wanted.claims}, {*wanted.passages}
        among = {*wanted.entities}
        for row in self._pages(cypher_export.CLAIMS_AMONG, wanted.entities):
            if row["object"] in among:
                claims.add(row["id"])
        of_documents = self._ids(cypher_export.PASSAGES_OF_DOCUMENTS, wanted.documents)
        claims |= self._ids(cypher_export.CLAIMS_OF_PASSAGES, of_documents)
        entities |= self._ids(cypher_export.ENTITIES_OF_PASSAGES, of_documents)
        for row in self._pages(cypher_export.ENDS_OF_CLAIMS, sorted(claims)):
            entities |= {row["subject"], row["object"]}
        passages |= of_documents | self._ids(cypher_export.PASSAGES_OF_CLAIMS, claims)
        documents = {*wanted.documents} | self._ids(cypher_export.DOCUMENTS_OF_PASSAGES, passages)
        return sorted(documents), sorted(passages), sorted(entities), sorted(claims)

    def _ids(self, query: str, ids: Iterable[str]) -> set[str]:
        return {row["id"] for row in self._pages(query, sorted(ids))}


def _pages(ids: Sequence[str]) -> Iterator[list[str]]:
    for begin in range(0, len(ids), PAGE):
        yield list(ids[begin : begin + PAGE])


def _claim(row: Row, told: Iterable[Told]) -> Claim:
    ordered = sorted(told, key=lambda each: (each.document, each.source.start or 0, each.source.chunk))
    return Claim(
        row["id"], row["subject"], row["predicate"], row["object"], row["text"] or "", row["model"] or "",
        row["confidence"] or 0.0, row["subject_name"], row["object_name"], row["collection"], row["earliest"],
        row["latest"], tuple(ordered),
    )  # fmt: skip


def _told(row: Row) -> Told:
    return Told(
        to_source(row), row["text"] or "", row["model"] or "", row["confidence"] or 0.0, row["document"], row["page"],
        row["canvas"], Region.parse(row["passage_region"]) if row["passage_region"] else None, bool(row["correction"]),
    )  # fmt: skip
