"""Writes a made-up cabinet in the form in which an import leaves it, several times as fast: nothing is looked up.

`tests/test_latency.py` holds that it is the same. The vector indexes are made when all vectors are there: once, instead
of again and again while they grow.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bench.latency_cabinet import DIMENSIONS, MODEL, Cabinet, Passage
from graph import cypher
from graph.connection import Connection, Row, Transaction
from graph.embeddings import Embeddings
from graph.rows import chunk_properties, document_properties, entity_properties, source_properties
from graph.settle import create_statements, label_entities, put_pairs
from graph.types import Document, Entity, Mention, State, Statement
from graph.vocabulary import predicate_key

_AT_ONCE = 10
"""Documents in one transaction."""
_BATCH = 1000
_TOLD = 5000
_FIGURES = dict.fromkeys(
    ("chunks_failed", "unembedded", "waiting", "pages_failed", "pages_waiting", "pages_skipped", "attempts"), 0
)
"""What is counted of a document, when all of it has been read."""


class Filler:
    """Writes documents of a cabinet one after the other; remembers which names and claims are there."""

    def __init__(self, database: Connection, cabinet: Cabinet) -> None:
        self._db, self._cabinet = database, cabinet
        self._names: set[str] = set()
        self._claims: set[str] = set()

    def fill(self) -> float:
        """Write all of it into an empty database, or what is missing in one that was cut off in this; seconds."""
        began = time.perf_counter()
        for first in range(self._begin(), self._cabinet.documents, _AT_ONCE):
            numbers = range(first, min(first + _AT_ONCE, self._cabinet.documents))
            found = {number: list(self._cabinet.of_document(number)) for number in numbers}
            passages = [each for many in found.values() for each in many]
            self._db.write(lambda tx, found=found, passages=passages: self._put(tx, found, passages))  # type: ignore[misc]
            self._names.update(entity.id for each in passages for entity in each.names)
            self._claims.update(claim.id for each in passages for claim in each.claims)
            done = (first + _AT_ONCE) * 50
            if done % _TOLD == 0:
                print(f"{done} passages after {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        self.index()
        self._db.run(cypher.TOUCH_COLLECTION, id=self._cabinet.collection)
        return time.perf_counter() - began

    def _begin(self) -> int:
        """Prepare the database for vectors; the number of the first document that is not there yet."""
        here = self._cabinet.collection

        def ids(label: str) -> set[str]:
            query = f"MATCH (n:{label}) WHERE n.collection = $here RETURN n.id AS id"
            return {row["id"] for row in self._db.read(query, here=here)}

        if there := ids("Document"):
            self._names, self._claims = ids("__Entity__"), ids("Statement")
            return len(there)
        if self._db.read(cypher.META)[0]["meta"].get("dimensions"):
            return 0
        self._db.run(cypher.SET_META, properties={"embedding_model": MODEL, "dimensions": DIMENSIONS})
        dialect, database = self._db.dialect, (self._db.driver, self._db.database)
        # Made and dropped: the embedded engine then knows that vectors are of small floats.
        dialect.create_vector_indexes(*database, DIMENSIONS)
        dialect.drop_vector_indexes(*database)
        return 0

    def _put(self, tx: Transaction, found: dict[int, list[Passage]], passages: Sequence[Passage]) -> None:
        self._documents(tx, found)
        self._said(tx, passages)

    def index(self) -> None:
        """Make the vector indexes of what is there, and ask each: it answers when it is there, and is kept then."""
        self._db.dialect.create_vector_indexes(self._db.driver, self._db.database, DIMENSIONS)
        Embeddings(self._db).ask_indexes()

    def _documents(self, tx: Transaction, found: dict[int, list[Passage]]) -> None:
        """Documents as they are when all is done, with their passages in order."""
        made = {number: self._cabinet.document(number) for number in found}
        rows = [{"id": d.id, "properties": document_row(d, len(found[number]))} for number, d in made.items()]
        tx.batches(cypher.PUT_DOCUMENTS, rows, _BATCH)
        tx.batches(cypher.PUT_CHUNKS, [chunk_row(each) for many in found.values() for each in many], _BATCH)
        links = [(a.chunk.id, b.chunk.id) for many in found.values() for a, b in pairwise(many)]
        tx.batches(cypher.LINK_CHUNKS, [{"before": a, "after": b} for a, b in links], _BATCH)

    def _said(self, tx: Transaction, passages: Sequence[Passage]) -> None:
        """Names, mentions, claims with their sources, and who stands together."""
        names = {entity.id: entity for each in passages for entity in each.names if entity.id not in self._names}
        tx.batches(cypher.MERGE_ENTITIES, [{"id": i, "properties": entity_properties(e)} for i, e in names.items()])
        if self._db.dialect.labels_types:
            label_entities(tx, cypher.LABEL_ENTITIES, names.values())
        mentions = [mention_row(each, entity) for each in passages for entity in each.names]
        tx.batches(cypher.CREATE_MENTIONS, mentions, _BATCH)
        said = {claim.id: (claim, vector) for claim, vector in _with_vectors(passages)}
        create_statements(tx, [claim_row(*each) for id_, each in said.items() if id_ not in self._claims])
        again = [{"id": id_, "vector": vector} for id_, (_, vector) in said.items() if id_ in self._claims]
        tx.batches(cypher.SET_STATEMENT_EMBEDDINGS, again, _BATCH)
        sources = [source_row(claim) for each in passages for claim in {c.id: c for c in each.claims}.values()]
        tx.batches(cypher.CREATE_SOURCES, sources, _BATCH)
        put_pairs(tx, [(c.a, c.b, c.weight) for each in passages for c in each.together], {})


def _with_vectors(passages: Sequence[Passage]) -> Iterator[tuple[Statement, list[float]]]:
    for each in passages:
        yield from zip(each.claims, each.claim_vectors.tolist(), strict=True)


def document_row(document: Document, chunks: int) -> Row:
    """What is stored of a document of which all is done."""
    return document_properties(document) | _FIGURES | {"work": "none", "chunks": chunks}


def chunk_row(passage: Passage) -> Row:
    """A passage with its vector, as the database is given it."""
    done = {
        "pairs": [f"{c.a} {c.b} {c.weight}" for c in passage.together],
        "refused": [],
        "finished_at": time.time(),
        "embedding": passage.vector.tolist(),
        "embedded_at": time.time(),
    }
    chunk = replace(passage.chunk, state=State.DONE, embedded=True)
    return {"id": chunk.id, "document": chunk.document, "properties": chunk_properties(chunk) | done}


def mention_row(passage: Passage, entity: Entity) -> Row:
    """A name in a passage, as the database is given it."""
    mention = Mention(passage.chunk.id, entity)
    said = {
        "count": mention.count,
        "name": entity.name,
        "type": entity.type,
        "trust": entity.trust,
        "aliases": list(entity.aliases),
        "description": entity.description,
    }
    return {"entity": entity.id, "chunk": mention.chunk, "properties": said}


def claim_row(claim: Statement, vector: list[float]) -> Row:
    """A claim with its vector, as the database is given it."""
    said = {"text": claim.text, "confidence": claim.confidence, "model": claim.model, "collection": claim.collection}
    kept = {"predicate": predicate_key(claim.predicate), "state": "accepted", "embedded": True, "embedding": vector}
    return {"id": claim.id, "subject": claim.subject.id, "object": claim.object.id, "properties": said | kept}


def source_row(claim: Statement) -> Row:
    """Where a claim is stated, as the database is given it."""
    own = {"text": claim.text, "confidence": claim.confidence, "model": claim.model}
    return {"statement": claim.id, "chunk": claim.source.chunk, "properties": source_properties(claim.source) | own}
