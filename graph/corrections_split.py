"""Splitting: some claims and passages of an entity are about somebody or something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graph import cypher
from graph import cypher_corrections as corrections
from graph.connection import Row, Transaction
from graph.correction import NAME, AllPicked, Correction, NameTaken, NoSuchClaim, NothingPicked
from graph.corrections_facts import CLAIM, PASSAGE, made, named, words_of
from graph.corrections_retell import retell
from graph.corrections_write import put, put_rulings
from graph.redirect import follow
from graph.types import Entity, make_id


def split_in(
    tx: Transaction,
    entity: Entity,
    correction: Correction,
    claims: Sequence[str],
    chunks: Sequence[str],
    labels: bool,
) -> Correction:
    """Do it, and store it; `correction.after` is the name of what the claims and passages are about."""
    if not claims and not chunks:
        raise NothingPicked()
    target = Entity.make_id(entity.collection, correction.after)
    if follow(tx, [target]).get(target, target) == entity.id:
        raise NameTaken(name=correction.after)
    rulings, passages = _of_claims(tx, entity, claims, target)
    more = _of_passages(tx, entity, chunks, target)
    stored = replace(correction, entity=target, name=correction.after, other=entity.id)
    # First: what is made now is called so.
    put(tx, stored, field=NAME, value=correction.after)
    put_rulings(tx, stored, [*rulings, *more])
    pair = make_id("pair", *sorted((entity.id, target)))
    said: Row = {"collection": entity.collection, "a": min(entity.id, target), "b": max(entity.id, target)}
    said |= {"score": 0.0, "reason": "hand", "at": correction.at}
    tx.run(corrections.SAY_APART, id=pair, properties=said, correction=stored.id, who=stored.who, at=stored.at)
    retell(tx, [*passages, *chunks], entity.collection, labels)
    if not tx.run(cypher.ENTITIES_BY_ID, ids=[entity.id]):
        raise AllPicked(name=entity.name)
    return stored


def _of_claims(tx: Transaction, entity: Entity, claims: Sequence[str], target: str) -> tuple[list[Row], list[str]]:
    """Rulings for claims, by the ids that passages give them in their own words; and the passages."""
    rows = tx.run(corrections.SOURCES_OF_CLAIMS, ids=list(claims)) if claims else []
    if {row["id"] for row in rows} != set(claims):
        raise NoSuchClaim()
    rulings: dict[tuple[str, str], Row] = {}
    for row in rows:
        claim = made(row["subject"], row["predicate"], row["object"], row["properties"])
        ends = (
            (row["subject"], claim.said_subject or claim.subject),
            (row["object"], claim.said_object or claim.object),
        )
        forms = [form for end, form in ends if end == entity.id]
        if not forms:
            raise NoSuchClaim()
        key = claim.key(entity.collection)
        rulings |= {(key, form): {"kind": CLAIM, "key": key, "form": form, "to": target} for form in forms}
    return list(rulings.values()), [row["chunk"] for row in rows]


def _of_passages(tx: Transaction, entity: Entity, chunks: Sequence[str], target: str) -> list[Row]:
    """Rulings for what the entity is called in passages, by the words of these."""
    rows = tx.run(corrections.MENTIONS_OF, chunks=list(chunks), id=entity.id) if chunks else []
    if {row["chunk"] for row in rows} != set(chunks):
        raise NoSuchClaim()
    rulings: dict[tuple[str, str], Row] = {}
    for row in rows:
        mention = named(entity.id, row["properties"])
        form, words = mention.said or mention.form, words_of(row["text"] or "")
        rulings[form, words] = {"kind": PASSAGE, "key": form, "form": form, "words": words, "to": target}
    return list(rulings.values())
