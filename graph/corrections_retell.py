"""Writes anew what some passages say, as the rulings of people stand now; what follows from it is set right with it.

Called in the transaction that stores a correction, takes it back, or brings passages in: so each ends in the same
graph, in whatever order they come.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from graph import cypher
from graph import cypher_corrections as corrections
from graph import cypher_merges as merges
from graph.connection import Row, Transaction
from graph.corrections_facts import (
    ADD,
    RETRACT,
    Made,
    Named,
    Rules,
    Said,
    corrected,
    made,
    named,
    own_words,
    rules,
    source_traces,
    traces,
    words_of,
)
from graph.merge import to_said
from graph.moving import take_back_pairs
from graph.redirect import absorbed_by, follow
from graph.rows import entity_properties
from graph.settle import (
    create_statements,
    known_statements,
    label_entities,
    put_pairs,
    settle_entities,
    settle_statements,
    stored_pairs,
)
from graph.types import Entity, statement_id

BATCH = 1000


def ruled(tx: Transaction, collection: str, keys: Iterable[str], subjects: Iterable[str] = ()) -> list[Row]:
    """The rulings about claims, names or passages with these ids, and about claims of these subjects by any name.

    One short query where there are none at all.
    """
    if not tx.run(corrections.ANY_RULING, collection=collection):
        return []
    found = _looked_up(tx, corrections.RULINGS, keys)
    named = set(subjects)
    roots = {*named, *follow(tx, named).values()}
    found += _looked_up(tx, corrections.RULINGS_ABOUT[0], roots | absorbed_by(tx, roots))
    return list({each["id"]: each for each in found if each["collection"] == collection}.values())


def _looked_up(tx: Transaction, query: str, keys: Iterable[str]) -> list[Row]:
    wanted = sorted(set(keys))
    return [
        row["ruling"]
        for begin in range(0, len(wanted), BATCH)
        for row in tx.run(query, keys=wanted[begin : begin + BATCH])
    ]


def rules_now(tx: Transaction, collection: str, rulings: Sequence[Row], forms: Iterable[str]) -> Rules:
    """Rulings as they are applied now, to claims about names with these ids."""
    retracted = [each for each in rulings if each["kind"] == RETRACT]
    # A retracted claim may have been given to somebody else before.
    more = _looked_up(tx, corrections.RULINGS, [each["key"] for each in retracted]) if retracted else []
    by = rules(collection, {each["id"]: each for each in (*rulings, *more)}.values())
    ends = {
        (each["id"], side): by.end(each[side], each["key"], "") for each in retracted for side in ("subject", "object")
    }
    targets = {each["to"] for each in (*rulings, *more) if each.get("to")}
    to = follow(tx, {*forms, *ends.values(), *targets})
    now = {side: to.get(end, end) for side, end in ends.items()}
    placed = {
        statement_id(collection, now[each["id"], "subject"], each["predicate"], now[each["id"], "object"]): each["id"]
        for each in sorted(retracted, key=lambda ruling: (ruling["at"], ruling["id"]), reverse=True)
    }
    return replace(by, placed=placed, to=to)


def hold_again(tx: Transaction, entity_ids: Iterable[str], collection: str, labels: bool) -> None:
    """After names became one, or two again: what says now what a retracted claim says is held back, and no more."""
    if not tx.run(corrections.ANY_RULING, collection=collection):
        return
    forms = set(entity_ids) | absorbed_by(tx, entity_ids)
    found = [each for query in corrections.RULINGS_ABOUT for each in _looked_up(tx, query, forms)]
    rulings = {each["id"]: each for each in found if each["collection"] == collection}
    if rulings:
        by = rules_now(tx, collection, list(rulings.values()), ())
        chunks = {row["id"] for row in tx.run(corrections.CHUNKS_HELD_BY, ids=sorted(rulings))}
        chunks |= {row["id"] for row in tx.run(corrections.CHUNKS_STATING, ids=sorted(by.placed))}
        retell(tx, sorted(chunks), collection, labels)


def retell(tx: Transaction, chunk_ids: Sequence[str], collection: str, labels: bool, without: str = "") -> None:
    """Bring what these passages say in line with the rulings, and all that follows from it.

    `without` is a correction whose rulings hold no more: they are forgotten when what they held back has been read.
    """
    before = _read(tx, chunk_ids)
    if without:
        tx.run(corrections.DROP_HELD_OF, correction=without)
        tx.run(corrections.DROP_RULINGS, correction=without)
    own = {chunk: own_words(said) for chunk, said in before.items()}
    forms = {end for said in own.values() for claim in said.sources for end in (claim.subject, claim.object)}
    found = ruled(tx, collection, _keys(own, collection), {c.subject for said in own.values() for c in said.sources})
    added = [each for each in found if each["kind"] == ADD and each["key"] in own]
    for each in added:
        data = json.loads(each["data"])
        forms |= {data["subject"]["id"], data["object"]["id"]}
        found += ruled(tx, collection, (), [data["subject"]["id"]])
    by = rules_now(tx, collection, list({each["id"]: each for each in found}.values()), forms)
    after = {chunk: corrected(said, by) for chunk, said in own.items()}
    for each in added:
        after[each["key"]] += corrected(_added(each, after[each["key"]].words), by)
    changed = [chunk for chunk in before if before[chunk] != after[chunk]]
    if changed:
        _replace(tx, {chunk: before[chunk] for chunk in changed}, {c: after[c] for c in changed}, collection, labels)


def _keys(own: dict[str, Said], collection: str) -> set[str]:
    claims = {claim.key(collection) for said in own.values() for claim in said.sources}
    return claims | {mention.form for said in own.values() for mention in said.mentions} | own.keys()


def _read(tx: Transaction, chunk_ids: Sequence[str]) -> dict[str, Said]:
    ids = sorted(set(chunk_ids))
    found = {
        row["id"]: Said(words_of(row["text"] or ""), pairs=tuple(row["pairs"] or ()))
        for row in tx.run(corrections.PASSAGES, ids=ids)
    }
    for row in tx.run(corrections.MENTIONS, ids=ids):
        found[row["id"]] += Said("", (named(row["entity"], row["properties"]),))
    for row in tx.run(corrections.SOURCES, ids=ids):
        found[row["id"]] += Said("", sources=(_made(row),))
    for row in tx.run(corrections.HELD, ids=ids):
        found[row["id"]] += Said("", held=((row["ruling"], _made(row)),))
    return found


def _made(row: Row) -> Made:
    return made(row["subject"], row["predicate"], row["object"], row["properties"])


def _added(ruling: Row, words: str) -> Said:
    """What a person added to a passage, as if the passage said it."""
    data: dict[str, Any] = json.loads(ruling["data"])
    mark = {"correction": ruling["correction"]}
    ends = {each["id"]: each for each in (data["subject"], data["object"])}
    mentions = tuple(
        Named(id_, {name: value for name, value in each.items() if name != "id"} | {"count": 0} | mark)
        for id_, each in ends.items()
    )
    claim = Made(data["subject"]["id"], data["predicate"], data["object"]["id"], data["source"] | mark)
    return Said(words, mentions, (claim,))


def _replace(tx: Transaction, before: dict[str, Said], after: dict[str, Said], collection: str, labels: bool) -> None:
    ids = sorted(before)
    forms = {each.form for said in (*before.values(), *after.values()) for each in said.mentions}
    forms |= {end for said in (*before.values(), *after.values()) for claim in said.sources
              for end in (claim.subject, claim.object)}  # fmt: skip
    to = follow(tx, forms)
    take_back_pairs(tx, [{"pairs": said.pairs} for said in before.values()])
    for query in (corrections.DROP_MENTIONS, corrections.DROP_SOURCES, corrections.DROP_HELD):
        tx.run(query, ids=ids)
    tx.run(corrections.SET_PAIRS, rows=[{"id": id_, "pairs": list(after[id_].pairs)} for id_ in ids])
    _mention(tx, after, to, collection, labels)
    statements = _state(tx, after, to, collection)
    held = [
        # With the names in it, whatever they are part of: the ruling may be about the same claim under another name.
        {"ruling": ruling, "chunk": chunk, "properties": source_traces(claim, collection, ("", ""))}
        for chunk, said in after.items()
        for ruling, claim in said.held
    ]
    tx.batches(corrections.CREATE_HELD, held, BATCH)
    pairs = stored_pairs({"pairs": said.pairs} for said in after.values())
    put_pairs(tx, pairs, follow(tx, {id_ for a, b, _ in pairs for id_ in (a, b)}))
    settle_statements(tx, sorted(statements | _statements(before, to, collection)))
    settle_entities(tx, sorted({to.get(form, form) for form in forms}), labels)
    tx.run(merges.QUEUE_VECTORS, ids=sorted(statements))


def _mention(tx: Transaction, after: dict[str, Said], to: dict[str, str], collection: str, labels: bool) -> None:
    rows: list[Row] = []
    entities: dict[str, Entity] = {}
    for chunk, said in after.items():
        for each in said.mentions:
            id_ = to.get(each.form, each.form)
            rows.append({"entity": id_, "chunk": chunk, "properties": traces(each, id_)})
            # One that is new; what it is called is set right at the end.
            entities.setdefault(id_, Entity(id_, each.properties["name"], collection))
    new = [{"id": entity.id, "properties": entity_properties(entity)} for entity in entities.values()]
    made_ = tx.batches(cypher.MERGE_ENTITIES, sorted(new, key=lambda row: str(row["id"])), BATCH)
    if labels:
        types = {row["entity"]["id"]: row["entity"].get("type") or "Thing" for row in made_}
        label_entities(tx, cypher.LABEL_ENTITIES, [Entity(id_, "", collection, type_) for id_, type_ in types.items()])
    tx.batches(cypher.CREATE_MENTIONS, rows, BATCH)


def _state(tx: Transaction, after: dict[str, Said], to: dict[str, str], collection: str) -> set[str]:
    """Write the sources, and the statements that are not there yet; returns the ids of all of them."""
    rows: dict[str, Row] = {}
    sources: list[Row] = []
    for chunk, said in after.items():
        for claim in said.sources:
            ends = to.get(claim.subject, claim.subject), to.get(claim.object, claim.object)
            id_ = statement_id(collection, ends[0], claim.predicate, ends[1])
            properties = source_traces(claim, collection, ends)
            sources.append({"statement": id_, "chunk": chunk, "properties": properties})
            words = to_said(properties)
            said_of_it = {"text": words.text, "confidence": words.confidence, "model": words.model}
            rows[id_] = {
                "id": id_,
                "subject": ends[0],
                "object": ends[1],
                "properties": {"collection": collection, "predicate": claim.predicate, "state": "accepted",
                               "embedded": False} | said_of_it,
            }  # fmt: skip
    known = known_statements(tx, [*rows])
    create_statements(tx, [row for id_, row in rows.items() if id_ not in known])
    tx.batches(cypher.CREATE_SOURCES, sources, BATCH)
    return set(rows)


def _statements(said: dict[str, Said], to: dict[str, str], collection: str) -> set[str]:
    return {
        statement_id(
            collection, to.get(claim.subject, claim.subject), claim.predicate, to.get(claim.object, claim.object)
        )
        for each in said.values()
        for claim in each.sources
    }
