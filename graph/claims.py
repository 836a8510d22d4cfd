"""Writing what was found in chunks: entities, mentions, statements, co-occurrences, all or nothing per batch.

A chunk goes from open to done exactly once, in the transaction that stores what was found in it. So a crash, a second
worker or a second import can neither lose nor double anything, and edges may be created without looking for old ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from graph import cypher
from graph.connection import Connection, Row, Transaction
from graph.merge import Said, join_all, join_entities, join_said, said, to_said
from graph.rows import entity_properties, source_properties, to_entity
from graph.types import Entity, Extraction, Mention, State, Statement
from graph.vocabulary import TYPES, predicate_key, relationship_type

BATCH = 1000


class Claims:
    """Entities and statements, written chunk by chunk."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, extractions: Sequence[Extraction], collection: str) -> int:
        """Store what was found in these chunks and mark them done, in one transaction; returns how many were open.

        Chunks that are done already, or whose document was removed meanwhile, are passed over.
        """
        return self._db.write(lambda tx: put_extractions(tx, extractions, collection, self._db.dialect.labels_types))


def put_extractions(tx: Transaction, extractions: Sequence[Extraction], collection: str, labels: bool) -> int:
    """What `Claims.put` does, inside a transaction that does more."""
    rows = [
        {
            "id": x.chunk,
            "state": (State.DONE if x.mentions or x.statements else State.EMPTY).value,
            "pairs": [f"{c.a} {c.b} {c.weight}" for c in x.co_occurrences],
            "refused": list(x.refused),
        }
        for x in extractions
    ]
    taken = {row["id"] for row in tx.batches(cypher.FINISH_CHUNKS, rows, BATCH)}
    kept = [x for x in extractions if x.chunk in taken]
    mentions = [m for x in kept for m in _mentions(x)]
    _put_entities(tx, [m.entity for m in mentions], labels)
    tx.batches(cypher.CREATE_MENTIONS, [_mention_row(m) for m in mentions], BATCH)
    _put_statements(tx, [s for x in kept for s in _one_per_claim(x.statements)])
    pairs = [{"a": c.a, "b": c.b, "weight": c.weight} for x in kept for c in x.co_occurrences]
    tx.batches(cypher.ADD_CO_OCCURRENCES, _summed(pairs), BATCH)
    if kept:
        tx.run(cypher.TOUCH_COLLECTION, id=collection)
    return len(kept)


def _mentions(extraction: Extraction) -> list[Mention]:
    """One mention per entity of a chunk; subjects and objects that the text does not name literally count 0."""
    found: dict[str, Mention] = {}
    for mention in extraction.mentions:
        old = found.get(mention.entity.id)
        found[mention.entity.id] = (
            replace(old, entity=join_entities(old.entity, mention.entity), count=old.count + mention.count)
            if old
            else mention
        )
    for statement in extraction.statements:
        for entity in (statement.subject, statement.object):
            old = found.get(entity.id)
            found[entity.id] = (
                replace(old, entity=join_entities(old.entity, entity)) if old else Mention(extraction.chunk, entity, 0)
            )
    return list(found.values())


def _one_per_claim(statements: Iterable[Statement]) -> list[Statement]:
    """A chunk makes a claim once: of several quotes for it, one that was found in the text is kept."""
    best: dict[str, Statement] = {}
    for statement in statements:
        old = best.get(statement.id)
        if old is None or (statement.source.supported and not old.source.supported):
            best[statement.id] = statement
    return list(best.values())


def _mention_row(mention: Mention) -> Row:
    entity = mention.entity
    return {
        "entity": entity.id,
        "chunk": mention.chunk,
        "properties": {
            "count": mention.count,
            "name": entity.name,
            "type": entity.type,
            "trust": entity.trust,
            "aliases": list(entity.aliases),
            "description": entity.description,
        },
    }


def _put_entities(tx: Transaction, entities: Sequence[Entity], labels: bool) -> None:
    """Make new entities, join into existing ones what these mentions add; write only what changes."""
    new = join_all(entities)
    rows = [{"id": e.id, "properties": entity_properties(e)} for e in sorted(new.values(), key=lambda e: e.id)]
    changed: list[tuple[Entity, Entity]] = []
    for row in tx.batches(cypher.MERGE_ENTITIES, rows, BATCH):
        stored = to_entity(row["entity"])
        new[stored.id] = join_entities(stored, new[stored.id])
        if new[stored.id] != stored:
            changed.append((stored, new[stored.id]))
    rewrite_entities(tx, changed, labels)
    if labels:
        _label(tx, cypher.LABEL_ENTITIES, new.values())


def rewrite_entities(tx: Transaction, changes: Sequence[tuple[Entity, Entity]], labels: bool) -> None:
    """Turn stored entities into new ones, (stored, new) each; on Neo4j the type's label follows."""
    rows = [{"id": e.id, "properties": entity_properties(e)} for _, e in changes]
    tx.batches(cypher.SET_ENTITIES, rows, BATCH)
    if labels:
        retyped = [(old, new) for old, new in changes if old.type != new.type]
        _label(tx, cypher.UNLABEL_ENTITIES, [old for old, _ in retyped])
        _label(tx, cypher.LABEL_ENTITIES, [new for _, new in retyped])


def _label(tx: Transaction, query: str, entities: Iterable[Entity]) -> None:
    """Add or remove the type as a label, for types of the vocabulary: no other name is ever spliced."""
    by_type: dict[str, list[str]] = {}
    for entity in entities:
        if entity.type in TYPES:
            by_type.setdefault(entity.type, []).append(entity.id)
    for label, ids in by_type.items():
        tx.run(query.replace("{label}", label), ids=ids)


def _put_statements(tx: Transaction, statements: Sequence[Statement]) -> None:
    by_id: dict[str, list[Statement]] = {}
    for statement in statements:
        by_id.setdefault(statement.id, []).append(statement)
    known: dict[str, Row] = {}
    ids = list(by_id)
    for begin in range(0, len(ids), BATCH):
        for row in tx.run(cypher.KNOWN_STATEMENTS, ids=ids[begin : begin + BATCH]):
            known[row["statement"]["id"]] = row["statement"]
    joined = {id_: _joined(group, known.get(id_)) for id_, group in by_id.items()}
    new = [id_ for id_ in by_id if id_ not in known]
    tx.batches(cypher.CREATE_STATEMENTS, [_statement_row(id_, by_id[id_][0], joined[id_]) for id_ in new], BATCH)
    _create_readable_edges(tx, [by_id[id_][0] for id_ in new])
    rewrite_statements(tx, known, joined)
    tx.batches(cypher.CREATE_SOURCES, [_source_row(s) for s in statements], BATCH)


def _joined(group: Sequence[Statement], stored: Row | None) -> Said:
    result = said(group[0])
    for statement in group[1:]:
        result = join_said(result, said(statement))
    if stored is not None:
        result = join_said(result, to_said(stored))
    return result


def rewrite_statements(tx: Transaction, stored: dict[str, Row], joined: dict[str, Said]) -> None:
    """Store the new wording of existing statements where it changes; a new wording needs a new embedding."""
    rows = []
    for id_, row in stored.items():
        new = joined[id_]
        if to_said(row) != new:
            properties: Row = asdict(new)
            if row["text"] != new.text:
                properties["embedded"] = False
            rows.append({"id": id_, "properties": properties})
    tx.batches(cypher.SET_STATEMENTS, rows, BATCH)


def _statement_row(id_: str, statement: Statement, words: Said) -> Row:
    return {
        "id": id_,
        "subject": statement.subject.id,
        "object": statement.object.id,
        "properties": {
            "collection": statement.collection,
            "predicate": predicate_key(statement.predicate),
            "state": "accepted",
            "embedded": False,
        }
        | {name: value for name, value in asdict(words).items() if value is not None},
    }


def _create_readable_edges(tx: Transaction, statements: Sequence[Statement]) -> None:
    by_relation: dict[str, list[Row]] = {}
    for s in statements:
        row = {"id": s.id, "subject": s.subject.id, "object": s.object.id, "predicate": predicate_key(s.predicate)}
        by_relation.setdefault(relationship_type(s.predicate), []).append(row)
    for relation, rows in by_relation.items():
        tx.batches(cypher.CREATE_READABLE_EDGES.replace("{relation}", relation), rows, BATCH)


def _source_row(statement: Statement) -> Row:
    own = {"text": statement.text, "confidence": statement.confidence, "model": statement.model}
    return {
        "statement": statement.id,
        "chunk": statement.source.chunk,
        "properties": source_properties(statement.source) | own,
    }


def _summed(pairs: Iterable[Row]) -> list[Row]:
    """One row per pair: MERGE sees within one UNWIND what it has made, but fewer rows are fewer writes."""
    weights: dict[tuple[str, str], int] = {}
    for pair in pairs:
        key = (pair["a"], pair["b"])
        weights[key] = weights.get(key, 0) + pair["weight"]
    return [{"a": a, "b": b, "weight": weight} for (a, b), weight in sorted(weights.items())]
