"""What is derived from what passages say: kept in step with it, after anything was added, moved or taken away.

Mentions, sources and pairs are what passages say; entities, statements and the edges between entities follow from
them. These functions bring the second in line with the first, inside the transaction that changed the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace

from graph import cypher
from graph.connection import Row, Transaction
from graph.corrections_fields import as_decided, decided, identified
from graph.merge import Said, join_all, join_all_said, to_said
from graph.redirect import absorbed_below
from graph.rows import entity_properties, to_entity
from graph.types import Entity
from graph.vocabulary import TYPES, relationship_type

BATCH = 1000


def rewrite_entities(tx: Transaction, changes: Sequence[tuple[Entity, Entity]], labels: bool) -> None:
    """Turn stored entities into new ones, (stored, new) each; on Neo4j the type's label follows."""
    rows = [{"id": e.id, "properties": entity_properties(e)} for _, e in changes]
    tx.batches(cypher.SET_ENTITIES, rows, BATCH)
    if labels:
        retyped = [(old, new) for old, new in changes if old.type != new.type]
        label_entities(tx, cypher.UNLABEL_ENTITIES, [old for old, _ in retyped])
        label_entities(tx, cypher.LABEL_ENTITIES, [new for _, new in retyped])


def label_entities(tx: Transaction, query: str, entities: Iterable[Entity]) -> None:
    """Add or remove the type as a label, for types of the vocabulary: no other name is ever spliced."""
    by_type: dict[str, list[str]] = {}
    for entity in entities:
        if entity.type in TYPES:
            by_type.setdefault(entity.type, []).append(entity.id)
    for label, ids in by_type.items():
        tx.run(query.replace("{label}", label), ids=ids)


def known_statements(tx: Transaction, ids: Sequence[str]) -> dict[str, Row]:
    """The stored properties of those of these statements that there are."""
    known: dict[str, Row] = {}
    for begin in range(0, len(ids), BATCH):
        for row in tx.run(cypher.KNOWN_STATEMENTS, ids=list(ids[begin : begin + BATCH])):
            known[row["statement"]["id"]] = row["statement"]
    return known


def create_statements(tx: Transaction, rows: Sequence[Row]) -> None:
    """Make statements, each with its readable edge; rows of id, subject, object and properties."""
    tx.batches(cypher.CREATE_STATEMENTS, rows, BATCH)
    by_relation: dict[str, list[Row]] = {}
    for row in rows:
        predicate = row["properties"]["predicate"]
        edge = {"id": row["id"], "subject": row["subject"], "object": row["object"], "predicate": predicate}
        by_relation.setdefault(relationship_type(predicate), []).append(edge)
    for relation, edges in by_relation.items():
        tx.batches(cypher.CREATE_READABLE_EDGES.replace("{relation}", relation), edges, BATCH)


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


Pair = tuple[str, str, int]
"""Two names' own ids and how often they stand in one sentence."""


def put_pairs(tx: Transaction, pairs: Iterable[Pair], to: Mapping[str, str]) -> None:
    """Add what passages say about who stands together, between the entities that the names lead to."""
    tx.batches(cypher.ADD_CO_OCCURRENCES, _summed(pairs, to), BATCH)


def subtract_pairs(tx: Transaction, pairs: Iterable[Pair], to: Mapping[str, str]) -> None:
    """Take back what passages said about who stands together."""
    rows = _summed(pairs, to)
    tx.batches(cypher.SUBTRACT_CO_OCCURRENCES, rows, BATCH)
    tx.batches(cypher.DELETE_SPENT_CO_OCCURRENCES, rows, BATCH)


def _summed(pairs: Iterable[Pair], to: Mapping[str, str]) -> list[Row]:
    """One row per pair of entities: fewer rows are fewer writes. Two names of one entity are no pair."""
    weights: dict[tuple[str, str], int] = {}
    for a, b, weight in pairs:
        first, second = sorted((to.get(a, a), to.get(b, b)))
        if first != second:
            weights[first, second] = weights.get((first, second), 0) + weight
    return [{"a": a, "b": b, "weight": weight} for (a, b), weight in sorted(weights.items())]


def stored_pairs(rows: Iterable[Row]) -> list[Pair]:
    """The pairs that passages hold; `rows` have their `pairs`."""
    # What follows the number are the passage's own words, where a split changed them.
    split = (pair.split(" ") for row in rows for pair in row["pairs"] or ())
    return [(a, b, int(weight)) for a, b, weight, *_ in split]


def settle_statements(tx: Transaction, ids: list[str]) -> int:
    """Delete statements that no chunk makes any more; give the others the wording of their remaining sources."""
    remaining: dict[str, list[Said]] = {}
    for row in tx.run(cypher.SOURCES_OF_STATEMENTS, ids=ids):
        remaining.setdefault(row["id"], []).append(to_said(row))
    gone = [id_ for id_ in ids if id_ not in remaining]
    tx.run(cypher.DELETE_READABLE_EDGES, ids=gone)
    tx.run(cypher.DELETE_STATEMENTS, ids=gone)
    stored = {row["statement"]["id"]: row["statement"] for row in tx.run(cypher.KNOWN_STATEMENTS, ids=[*remaining])}
    rewrite_statements(tx, stored, {id_: join_all_said(said) for id_, said in remaining.items()})
    return len(gone)


def settle_entities(tx: Transaction, ids: list[str], labels: bool) -> int:
    """Delete entities that no chunk mentions any more; give the others the form their remaining mentions give them."""
    own: list[Entity] = []
    merged: list[Entity] = []
    forms: dict[str, set[str]] = {}
    for row in tx.run(cypher.MENTIONS_OF_ENTITIES, ids=ids):
        forms.setdefault(row["id"], {row["id"]}).add(row["form"] or row["id"])
        said = Entity(row["id"], row["name"], "", row["type"], row["trust"], tuple(row["aliases"]), row["description"])
        if row["said"]:
            # Split off: what was known of the whole, beyond what this passage calls it, is not known of this part.
            said = replace(said, aliases=(), description="")
        (merged if row["form"] else own).append(said)
    remaining = join_all([*own, *merged])
    kept = join_all(own)
    gone = [id_ for id_ in ids if id_ not in remaining]
    tx.run(cypher.DELETE_ENTITIES, ids=gone)
    # A name that no passage has any more still says which entries in authority files were found for it.
    parts = absorbed_below(tx, {id_: forms[id_] for id_ in remaining})
    by = decided(tx, {form for many in parts.values() for form in many})
    changed: list[tuple[Entity, Entity]] = []
    for row in tx.run(cypher.ENTITIES_BY_ID, ids=[*remaining]):
        stored = to_entity(row["entity"])
        now = replace(remaining[stored.id], collection=stored.collection)
        now = as_decided(called(now, kept.get(stored.id, now)), by, forms[stored.id])
        now = identified(now, by, parts[stored.id])
        if now != stored:
            changed.append((stored, now))
    rewrite_entities(tx, changed, labels)
    return len(gone)


def called(entity: Entity, kept: Entity) -> Entity:
    """The entity with the name of the one that was kept, whatever was merged into it.

    Its type, too, is that of the one that was kept, unless what was merged into it has a better founded one.
    """
    forms = {entity.name, *entity.aliases} - {kept.name}
    type_ = kept.type if kept.trust >= entity.trust else entity.type
    return replace(entity, name=kept.name, type=type_, aliases=tuple(sorted(forms)))
