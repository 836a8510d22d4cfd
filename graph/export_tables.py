"""The graph as tables of nodes and edges in the names that it has in the database: what CSV and Cypher scripts hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from graph.leaving import public_address
from graph.rows import source_properties
from graph.taken import Claim, Taken
from graph.types import Chunk, Document, Entity
from graph.vocabulary import TYPES, relationship_type

Value = str | int | float | bool | tuple[str, ...] | None
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Node:
    """A node: all its labels, and what it says of itself."""

    id: str
    labels: tuple[str, ...]
    values: Values


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge between two nodes; where there may be several of one type between them, `key` tells them apart."""

    start: str
    type: str
    end: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Nodes:
    """A table of nodes; `columns` are names of properties and their types as Neo4j's import calls them."""

    name: str
    label: str
    columns: Mapping[str, str]
    read: Callable[[Taken], Iterable[Node]]


@dataclass(frozen=True, slots=True)
class Edges:
    """A table of edges from nodes of one label to nodes of another.

    `key` is the property that tells edges of one type between the same two nodes apart, "" where there is one at most.
    """

    name: str
    start: str
    end: str
    columns: Mapping[str, str]
    read: Callable[[Taken], Iterable[Edge]]
    key: str = ""


DOCUMENT: Final = {
    "id": "string", "collection": "string", "title": "string", "uri": "string", "media_type": "string",
    "sha256": "string", "language": "string", "rights": "string", "attribution": "string", "pages": "long",
    "characters": "long", "state": "string", "added_at": "string",
}  # fmt: skip
CHUNK: Final = {
    "id": "string", "collection": "string", "document": "string", "index": "long", "text": "string", "start": "long",
    "end": "long", "kind": "string", "page": "long", "canvas": "string", "region": "string", "heading": "string",
    "state": "string", "written_by": "string",
}  # fmt: skip
ENTITY: Final = {
    "id": "string", "collection": "string", "name": "string", "type": "string", "description": "string",
    "aliases": "string[]", "sameAs": "string[]",
}  # fmt: skip
STATEMENT: Final = {
    "id": "string", "collection": "string", "text": "string", "predicate": "string", "confidence": "double",
    "model": "string", "earliest": "long", "latest": "long",
}  # fmt: skip
STATED_IN: Final = {
    "source": "long", "quote": "string", "start": "long", "end": "long", "supported": "boolean", "dated": "string",
    "edtf": "string", "earliest": "long", "latest": "long", "place": "string", "region": "string", "text": "string",
    "confidence": "double", "model": "string",
}  # fmt: skip


def _documents(taken: Taken) -> Iterator[Node]:
    return (Node(each.id, ("Document",), _of_document(each)) for each in taken.documents())


def _of_document(of: Document) -> Values:
    return {
        "id": of.id, "collection": of.collection, "title": of.title, "uri": public_address(of.uri),
        "media_type": of.media_type, "sha256": of.sha256, "language": of.language, "rights": of.rights,
        "attribution": of.attribution, "pages": of.pages, "characters": of.characters, "state": of.state.value,
        "added_at": of.added_at,
    }  # fmt: skip


def _chunks(taken: Taken) -> Iterator[Node]:
    return (Node(each.id, ("Chunk",), _of_chunk(each)) for each in taken.passages())


def _of_chunk(of: Chunk) -> Values:
    return {
        "id": of.id, "collection": of.collection, "document": of.document, "index": of.index, "text": of.text,
        "start": of.start, "end": of.end, "kind": of.kind.value, "page": of.page, "canvas": of.canvas,
        "region": str(of.region) if of.region else None, "heading": of.heading,
        "state": of.state.value, "written_by": of.written_by,
    }  # fmt: skip


def _entities(taken: Taken) -> Iterator[Node]:
    for each in taken.entities():
        # A type of the vocabulary is a label too, as the store has it on Neo4j; no other word ever is one.
        labels = ("__Entity__", each.type) if each.type in TYPES else ("__Entity__",)
        yield Node(each.id, labels, _of_entity(each))


def _of_entity(of: Entity) -> Values:
    return {
        "id": of.id, "collection": of.collection, "name": of.name, "type": of.type, "description": of.description,
        "aliases": of.aliases, "sameAs": of.same_as,
    }  # fmt: skip


def _statements(taken: Taken) -> Iterator[Node]:
    return (Node(each.id, ("Statement",), _of_claim(each)) for each in taken.claims())


def _of_claim(of: Claim) -> Values:
    return {
        "id": of.id, "collection": of.collection, "text": of.text, "predicate": of.predicate,
        "confidence": of.confidence, "model": of.model, "earliest": of.earliest, "latest": of.latest,
    }  # fmt: skip


def _from_document(taken: Taken) -> Iterator[Edge]:
    return (Edge(each.id, "FROM_DOCUMENT", each.document) for each in taken.passages())


def _next(taken: Taken) -> Iterator[Edge]:
    return (Edge(before, "NEXT_CHUNK", after) for before, after in taken.order())


def _mentions(taken: Taken) -> Iterator[Edge]:
    for each in taken.mentions():
        yield Edge(each.entity, "FROM_CHUNK", each.passage, {"name": each.name, "count": each.count})


def _subjects(taken: Taken) -> Iterator[Edge]:
    return (Edge(each.id, "SUBJECT", each.subject) for each in taken.ends())


def _objects(taken: Taken) -> Iterator[Edge]:
    return (Edge(each.id, "OBJECT", each.object) for each in taken.ends())


def _sources(taken: Taken) -> Iterator[Edge]:
    for claim in taken.claims():
        for number, told in enumerate(claim.told):
            said = {"source": number, "text": told.text, "confidence": told.confidence, "model": told.model}
            yield Edge(claim.id, "STATED_IN", told.source.chunk, source_properties(told.source) | said)


def _readable(taken: Taken) -> Iterator[Edge]:
    for each in taken.ends():
        values = {"statement": each.id, "predicate": each.predicate}
        yield Edge(each.subject, relationship_type(each.predicate), each.object, values)


NODES: Final = (
    Nodes("documents", "Document", DOCUMENT, _documents),
    Nodes("passages", "Chunk", CHUNK, _chunks),
    Nodes("entities", "__Entity__", ENTITY, _entities),
    Nodes("claims", "Statement", STATEMENT, _statements),
)
EDGES: Final = (
    Edges("passage_of_document", "Chunk", "Document", {}, _from_document),
    Edges("next_passage", "Chunk", "Chunk", {}, _next),
    Edges("named_in", "__Entity__", "Chunk", {"name": "string", "count": "long"}, _mentions, "name"),
    Edges("subject", "Statement", "__Entity__", {}, _subjects),
    Edges("object", "Statement", "__Entity__", {}, _objects),
    Edges("stated_in", "Statement", "Chunk", STATED_IN, _sources, "source"),
    Edges("relations", "__Entity__", "__Entity__", {"statement": "string", "predicate": "string"}, _readable,
          "statement"),
)  # fmt: skip
"""All of the graph but what follows from it again: vectors, who stands in one sentence with whom."""
