"""What merging two entities would do, without doing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graph import cypher
from graph import cypher_merges as merges
from graph.connection import Connection
from graph.identifiers import differing
from graph.merge import join_entities
from graph.merges import NoSuchEntity, Preview, Weight
from graph.rows import to_entity
from graph.settle import called

Triple = tuple[str, str, str]


def weights(db: Connection, entity_ids: Sequence[str]) -> dict[str, Weight]:
    """How much is known of each of these entities."""
    found = {id_: Weight() for id_ in entity_ids}
    for row in db.read(merges.WEIGHT, ids=list(entity_ids)):
        found[row["id"]] = Weight(row["passages"], row["documents"])
    for id_, triples in _triples(db, entity_ids).items():
        found[id_] = replace(found[id_], claims=len(triples))
    return found


def foreseen(db: Connection, kept: str, absorbed: str) -> Preview:
    """See `graph.resolution.Resolution.preview`."""
    known = {
        row["entity"]["id"]: to_entity(row["entity"]) for row in db.read(cypher.ENTITIES_BY_ID, ids=[kept, absorbed])
    }
    for id_ in (kept, absorbed):
        if id_ not in known:
            raise NoSuchEntity(name=id_)
    triples = _triples(db, [kept, absorbed])
    # Compared as they would be afterwards, with the one in the place of the other.
    after = {
        id_: {_renamed(triple, absorbed, kept): text for triple, text in triples.get(id_, {}).items()}
        for id_ in (kept, absorbed)
    }
    loops = {text for many in after.values() for (subject, _, object_), text in many.items() if subject == object_}
    common = [triple for triple in after[kept] if triple in after[absorbed]]
    same = sorted(text for triple in common if (text := after[kept][triple]) not in loops)
    each = weights(db, [kept, absorbed])
    joined = join_entities(known[kept], replace(known[absorbed], id=kept))
    return Preview(
        each[kept],
        each[absorbed],
        len(common),
        called(joined, known[kept]),
        tuple(same),
        tuple(sorted(loops)),
        tuple(differing(known[kept].same_as, known[absorbed].same_as)),
    )


def _renamed(triple: Triple, old: str, new: str) -> Triple:
    subject, predicate, object_ = triple
    return (new if subject == old else subject, predicate, new if object_ == old else object_)


def _triples(db: Connection, entity_ids: Sequence[str]) -> dict[str, dict[Triple, str]]:
    """The claims around each entity by their ends, with their words."""
    found: dict[str, dict[Triple, str]] = {}
    for row in db.read(merges.TRIPLES_AROUND, ids=list(entity_ids)):
        found.setdefault(row["id"], {})[row["subject"], row["predicate"], row["object"]] = row["text"]
    return found
