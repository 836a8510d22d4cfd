"""Taking corrections back: what passages say is told anew without them, so nothing of them is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from graph import cypher_corrections as corrections
from graph import cypher_merges as merges
from graph.connection import Connection, Row, Transaction
from graph.correction import BuiltUpon, Correction, NoSuchCorrection, to_correction
from graph.corrections_blocked import blocking, of_merge
from graph.corrections_facts import ADD
from graph.corrections_retell import hold_again, retell
from graph.merges import NoSuchMerge
from graph.moving import undo_in as unmove
from graph.redirect import follow
from graph.resolution import Resolution
from graph.settle import settle_entities
from graph.types import Entity


def undo_in(db: Connection, resolution: Resolution, correction_id: str, who: str) -> Correction:
    """Take back a correction, a merge, or that two are not the same; raises NoSuchCorrection, BuiltUpon."""
    labels = db.dialect.labels_types

    def work(tx: Transaction) -> Correction | None:
        rows = tx.run(corrections.CORRECTION, id=correction_id)
        if not rows:
            return None
        tx.run(corrections.TOUCH, id=rows[0]["correction"]["collection"])
        made = tx.run(corrections.CORRECTION, id=correction_id)[0]["correction"]
        if made.get("undone_at"):
            raise NoSuchCorrection(name=correction_id)
        if later := blocking(tx, made):
            raise BuiltUpon(name=later.told)
        at = datetime.now(UTC).isoformat()
        tx.run(corrections.END_CORRECTION, id=correction_id, at=at, who=who)
        if made["kind"] in ("split", "add", "retract"):
            _forget_rulings(tx, made, labels)
        else:
            _forget_field(tx, made, at, who, labels)
        return replace(to_correction(made), undone_at=at, undone_by=who)

    undone = db.write(work)
    if undone is not None:
        return undone
    if resolution.reopen_pair(correction_id):
        return Correction(correction_id, "apart", "", "", "", "", who, "")
    try:
        return of_merge(resolution.undo(correction_id, who))
    except NoSuchMerge:
        raise NoSuchCorrection(name=correction_id) from None


def _forget_rulings(tx: Transaction, made: Row, labels: bool) -> None:
    rulings = [row["ruling"] for row in tx.run(corrections.RULINGS_OF, correction=made["id"])]
    chunks = {row["id"] for row in tx.run(corrections.CHUNKS_HELD, correction=made["id"])}
    chunks |= {ruling["key"] for ruling in rulings if ruling["kind"] == ADD}
    if made["kind"] == "split":
        tx.run(corrections.SAY_APART_NO_MORE, correction=made["id"])
        tx.run(corrections.DROP_PAIR_OF_SPLIT, correction=made["id"])
        now = follow(tx, [made["entity"]]).get(made["entity"], made["entity"])
        chunks |= {row["id"] for row in tx.run(corrections.GIVEN_BY_SPLIT, id=now)}
    # What they hold back is read first, and held by nothing when it is told anew.
    retell(tx, sorted(chunks), made["collection"], labels, without=made["id"])


def _forget_field(tx: Transaction, made: Row, at: str, who: str, labels: bool) -> None:
    if made["kind"] == "rename":
        own = Entity.make_id(made["collection"], made["value"])
        for row in tx.run(corrections.MERGE_OF_CORRECTION, absorbed=own, correction=made["id"]):
            unmove(tx, row["merge"]["kept"], row["merge"]["absorbed"], labels)
            tx.run(merges.END_MERGE, id=row["merge"]["id"], at=at, by=who)
            kept: str = row["merge"]["kept"]
            ends = [follow(tx, [kept]).get(kept, kept), row["merge"]["absorbed"]]
            hold_again(tx, ends, made["collection"], labels)
    entity: str = made["entity"]
    settle_entities(tx, [follow(tx, [entity]).get(entity, entity)], labels)
