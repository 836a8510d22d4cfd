"""Moving what was said of one entity to another, and back: the only thing that merging and undoing a merge do.

Every mention, source and pair knows the ids that the passage's own words give, so what is derived from them can be
made anew for any state of the merges, and undoing the last or the first of a chain ends in the same graph as never
having merged. Sources: docs/graph.md; the idea of a forest of unions is Tarjan's (J. ACM 22, 1975), without the paths
pressed flat, for they must be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph import cypher
from graph import cypher_merges as merges
from graph.connection import Row, Transaction
from graph.redirect import follow, forms_of
from graph.rows import entity_properties, to_entity
from graph.settle import (
    create_statements,
    known_statements,
    label_entities,
    put_pairs,
    settle_entities,
    settle_statements,
    stored_pairs,
    subtract_pairs,
)
from graph.types import Entity, statement_id

BATCH = 1000
RULE = "rule"
"""`by` of what was merged without asking; a person's decisions bear another name."""


@dataclass(frozen=True, slots=True)
class Move:
    """All that some names say, on its way from the entity that they were part of to another."""

    source: str
    target: str
    forms: frozenset[str]
    """Ids of the names: that of the entity merged away, and those merged into it before."""

    def end(self, named: str, now: str) -> str:
        """Where a statement's end stands afterwards: `named` by the passage's words, `now` part of this entity."""
        return self.target if named in self.forms else now


def merge_in(tx: Transaction, kept: str, absorbed: str, labels: bool) -> None:
    """Make two entities one; what records it as a merge must be written after this."""
    move(tx, Move(absorbed, kept, frozenset(forms_of(tx, absorbed))), labels)


def undo_in(tx: Transaction, kept: str, absorbed: str, labels: bool) -> None:
    """Give what was merged away back to itself, with all that was merged into it; the record must stand until then."""
    now = follow(tx, [kept]).get(kept, kept)
    move(tx, Move(now, absorbed, frozenset(forms_of(tx, absorbed))), labels)


def move(tx: Transaction, what: Move, labels: bool) -> None:
    """Move mentions, claims and pairs, then bring both entities in line with what is left to them."""
    forms = sorted(what.forms)
    rows = tx.run(merges.MENTIONS_TO_MOVE, source=what.source, forms=forms)
    if not rows:
        # No passage names it any more: only the record changes, for names that come back.
        return
    _make(tx, what, labels)
    _move_pairs(tx, what, rows)
    tx.run(merges.DROP_MENTIONS, source=what.source, forms=forms)
    tx.batches(cypher.CREATE_MENTIONS, [_mention(what, row) for row in rows], BATCH)
    _move_claims(tx, what)
    settle_entities(tx, [what.source, what.target], labels)


def _make(tx: Transaction, what: Move, labels: bool) -> None:
    """The entity that is moved to, where there is none yet; what it is called is set right at the end."""
    (row,) = tx.run(cypher.ENTITIES_BY_ID, ids=[what.source])
    source = to_entity(row["entity"])
    new = Entity(what.target, source.name, source.collection)
    (made,) = tx.run(cypher.MERGE_ENTITIES, rows=[{"id": new.id, "properties": entity_properties(new)}])
    if labels:
        label_entities(tx, cypher.LABEL_ENTITIES, [to_entity(made["entity"])])


def _mention(what: Move, row: Row) -> Row:
    properties = dict(row["mention"])
    form = properties.pop("form", None) or what.source
    if form != what.target:
        properties["form"] = form
    return {"entity": what.target, "chunk": row["chunk"], "properties": properties}


def _move_pairs(tx: Transaction, what: Move, mentions: Sequence[Row]) -> None:
    by_chunk = {row["chunk"]: row for row in mentions}
    pairs = [pair for pair in stored_pairs(by_chunk.values()) if what.forms & {pair[0], pair[1]}]
    to = follow(tx, {id_ for a, b, _ in pairs for id_ in (a, b)})
    subtract_pairs(tx, pairs, to | dict.fromkeys(what.forms, what.source))
    put_pairs(tx, pairs, to | dict.fromkeys(what.forms, what.target))


def _move_claims(tx: Transaction, what: Move) -> None:
    forms = sorted(what.forms)
    rows = tx.run(merges.SOURCES_TO_MOVE, source=what.source, forms=forms)
    if not rows:
        return
    tx.run(merges.DROP_SOURCES, source=what.source, forms=forms)
    old = known_statements(tx, sorted({row["statement"] for row in rows}))
    moved = [_claim(what, row, old[row["statement"]]["collection"]) for row in rows]
    known = known_statements(tx, sorted({each["statement"] for each in moved}))
    new = {each["statement"]: each for each in moved if each["statement"] not in known}
    create_statements(tx, [_copied(each, old) for each in new.values()])
    tx.batches(cypher.CREATE_SOURCES, moved, BATCH)
    settle_statements(tx, sorted({*old, *(each["statement"] for each in moved)}))
    # Of two claims that become one, and back, one loses its vector.
    tx.run(merges.QUEUE_VECTORS, ids=sorted({each["statement"] for each in moved}))


def _claim(what: Move, row: Row, collection: str) -> Row:
    """A source with the statement that it is of afterwards."""
    properties = dict(row["source"])
    of = properties.pop("of", None) or row["statement"]
    named = properties.pop("subject", None) or row["subject"], properties.pop("object", None) or row["object"]
    ends = what.end(named[0], row["subject"]), what.end(named[1], row["object"])
    id_ = of
    if ends != named:
        id_ = statement_id(collection, ends[0], row["predicate"], ends[1])
        properties |= {"of": of, "subject": named[0], "object": named[1]}
    return {
        "statement": id_,
        "chunk": row["chunk"],
        "properties": properties,
        "from": row["statement"],
        "subject": ends[0],
        "object": ends[1],
    }


def _copied(moved: Row, old: dict[str, Row]) -> Row:
    """A statement as it was under another id, its vector with it; its wording is set right by what it is made of."""
    properties = {name: value for name, value in old[moved["from"]].items() if name != "id"}
    return {"id": moved["statement"], "subject": moved["subject"], "object": moved["object"], "properties": properties}


def take_back_pairs(tx: Transaction, rows: Sequence[Row]) -> None:
    """Take back what passages said about who stands together; `rows` have their `pairs`."""
    pairs = stored_pairs(rows)
    subtract_pairs(tx, pairs, follow(tx, {id_ for a, b, _ in pairs for id_ in (a, b)}))


def forms_of_chunks(tx: Transaction, chunk_ids: Sequence[str]) -> list[str]:
    """The ids that the names in these passages give by themselves, whatever they are part of now."""
    return [row["form"] for row in tx.run(merges.FORMS_OF_CHUNKS, ids=list(chunk_ids))]


def forget_moot(tx: Transaction, forms: Sequence[str], labels: bool) -> set[str]:
    """Undo and forget what was merged without asking for the sake of a name that no passage has any more.

    So removing a document also removes what followed from it alone. What people decided stays. Returns the ids that
    are two again.
    """
    found = {
        row["merge"]["id"]: row["merge"]
        for query in merges.RULE_MERGES_OF
        for begin in range(0, len(forms), BATCH)
        for row in tx.run(query, ids=list(forms[begin : begin + BATCH]))
    }
    apart: set[str] = set()
    if not found:
        return apart
    ends = sorted({merge[end] for merge in found.values() for end in ("absorbed", "kept")})
    to = follow(tx, ends)
    rows = [{"entity": to.get(end, end), "form": end} for end in ends]
    left = {row["form"] for row in tx.batches(merges.FORMS_LEFT, rows, BATCH)}
    for merge in sorted(found.values(), key=lambda merge: (merge["at"], merge["id"])):
        if not {merge["absorbed"], merge["kept"]} <= left:
            undo_in(tx, merge["kept"], merge["absorbed"], labels)
            tx.run(merges.FORGET_MERGE, id=merge["id"])
            apart |= {follow(tx, [merge["kept"]]).get(merge["kept"], merge["kept"]), merge["absorbed"]}
    # Entries in authority files go with the name that they were found for.
    settle_entities(tx, sorted(apart), labels)
    return apart
