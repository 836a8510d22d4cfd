"""Writing what was found in chunks: entities, mentions, statements, co-occurrences, all or nothing per batch.

A chunk goes from open to done exactly once, in the transaction that stores what was found in it. So a crash, a second
worker or a second import can neither lose nor double anything, and edges may be created without looking for old ones.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from graph import cypher
from graph.bolt import exceptions as bolt
from graph.connection import Connection, Row, Transaction
from graph.corrections_fields import decided
from graph.corrections_retell import retell, ruled
from graph.merge import Said, join_all, join_all_said, join_entities, join_said, said, to_said
from graph.redirect import follow, that_absorbed
from graph.rows import entity_properties, source_properties, to_entity
from graph.settle import (
    create_statements,
    known_statements,
    label_entities,
    put_pairs,
    rewrite_entities,
    rewrite_statements,
    settle_entities,
)
from graph.types import Entity, Extraction, Mention, State, Statement, statement_id
from graph.vocabulary import predicate_key

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
    taken = {row["id"] for row in tx.batches(cypher.FINISH_CHUNKS, rows, BATCH, now=time.time())}
    kept = [x for x in extractions if x.chunk in taken]
    mentions = [m for x in kept for m in _mentions(x)]
    named = {m.entity.id for m in mentions} | {id_ for x in kept for c in x.co_occurrences for id_ in (c.a, c.b)}
    to = follow(tx, named)
    entities = join_all(_at(m.entity, to) for m in mentions)
    _make_entities(tx, entities, labels)
    tx.batches(cypher.CREATE_MENTIONS, [_mention_row(m, to) for m in mentions], BATCH)
    statements = _put_statements(tx, [_Placed.of(s, to) for x in kept for s in _one_per_claim(x.statements)])
    put_pairs(tx, [(c.a, c.b, c.weight) for x in kept for c in x.co_occurrences], to)
    if kept:
        tx.run(cypher.TOUCH_COLLECTION, id=collection)
        if follow(tx, named) != to:
            # Something was merged, or a merge undone, meanwhile: all is rolled back and tried again.
            raise bolt.TransientError("entities were merged while their names were being stored")
        # Only now: whoever stores something from here on has to wait, so nobody's words for it are overwritten.
        _join_entities(tx, entities, labels)
        _join_statements(tx, statements)
        # How an entity of several names, or one that somebody corrected, is called does not depend on what comes last.
        if merged := {*to.values(), *that_absorbed(tx, named), *(to.get(id_, id_) for id_ in decided(tx, named))}:
            settle_entities(tx, sorted(merged), labels)
        keys = named | {s.id for x in kept for s in x.statements} | taken
        if ruled(tx, collection, keys, {s.subject.id for x in kept for s in x.statements}):
            retell(tx, sorted(taken), collection, labels)
    return len(kept)


def _at(entity: Entity, to: Mapping[str, str]) -> Entity:
    return replace(entity, id=to.get(entity.id, entity.id))


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


def _mention_row(mention: Mention, to: Mapping[str, str]) -> Row:
    entity = mention.entity
    moved = {"form": entity.id} if entity.id in to else {}
    return {
        "entity": to.get(entity.id, entity.id),
        "chunk": mention.chunk,
        "properties": {
            "count": mention.count,
            "name": entity.name,
            "type": entity.type,
            "trust": entity.trust,
            "aliases": list(entity.aliases),
            "description": entity.description,
        }
        | moved,
    }


def _make_entities(tx: Transaction, new: Mapping[str, Entity], labels: bool) -> None:
    """Make those entities that are not there yet."""
    rows = [{"id": e.id, "properties": entity_properties(e)} for e in sorted(new.values(), key=lambda e: e.id)]
    stored = [to_entity(row["entity"]) for row in tx.batches(cypher.MERGE_ENTITIES, rows, BATCH)]
    if labels:
        label_entities(tx, cypher.LABEL_ENTITIES, stored)


def _join_entities(tx: Transaction, new: Mapping[str, Entity], labels: bool) -> None:
    """Join what these mentions say into what is stored; write only what changes."""
    changed: list[tuple[Entity, Entity]] = []
    ids = sorted(new)
    for begin in range(0, len(ids), BATCH):
        for row in tx.run(cypher.ENTITIES_BY_ID, ids=ids[begin : begin + BATCH]):
            stored = to_entity(row["entity"])
            joined = join_entities(stored, new[stored.id])
            if joined != stored:
                changed.append((stored, joined))
    rewrite_entities(tx, changed, labels)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A statement with the entities that its subject and object are part of now, and the id that this gives it."""

    statement: Statement
    id: str
    subject: str
    object: str

    @classmethod
    def of(cls, statement: Statement, to: Mapping[str, str]) -> _Placed:
        named = statement.subject.id, statement.object.id
        subject, object_ = (to.get(id_, id_) for id_ in named)
        same = (subject, object_) == named
        id_ = statement.id if same else statement_id(statement.collection, subject, statement.predicate, object_)
        return cls(statement, id_, subject, object_)

    @property
    def moved(self) -> bool:
        return (self.subject, self.object) != (self.statement.subject.id, self.statement.object.id)


def _put_statements(tx: Transaction, statements: Sequence[_Placed]) -> dict[str, Said]:
    """Make those statements that are not there yet, and all sources; returns what these say, by statement."""
    by_id: dict[str, list[_Placed]] = {}
    for placed in statements:
        by_id.setdefault(placed.id, []).append(placed)
    told = {id_: join_all_said(said(placed.statement) for placed in group) for id_, group in by_id.items()}
    known = known_statements(tx, list(by_id))
    new = [by_id[id_][0] for id_ in by_id if id_ not in known]
    create_statements(tx, [_statement_row(placed, told[placed.id]) for placed in new])
    tx.batches(cypher.CREATE_SOURCES, [_source_row(placed) for placed in statements], BATCH)
    return told


def _join_statements(tx: Transaction, told: Mapping[str, Said]) -> None:
    """Join what these sources say into what is stored; write only what changes."""
    known = known_statements(tx, list(told))
    rewrite_statements(tx, known, {id_: join_said(told[id_], to_said(row)) for id_, row in known.items()})


def _statement_row(placed: _Placed, words: Said) -> Row:
    statement = placed.statement
    return {
        "id": placed.id,
        "subject": placed.subject,
        "object": placed.object,
        "properties": {
            "collection": statement.collection,
            "predicate": predicate_key(statement.predicate),
            "state": "accepted",
            "embedded": False,
        }
        | {name: value for name, value in asdict(words).items() if value is not None},
    }


def _source_row(placed: _Placed) -> Row:
    statement, source = placed.statement, placed.statement.source
    own = {"text": statement.text, "confidence": statement.confidence, "model": statement.model}
    named = {"of": statement.id, "subject": statement.subject.id, "object": statement.object.id}
    return {
        "statement": placed.id,
        "chunk": source.chunk,
        "properties": source_properties(source) | own | (named if placed.moved else {}),
    }
