"""What was corrected, the latest first, and what keeps one of them from being undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graph import cypher_corrections as corrections
from graph.connection import Connection, Row, Transaction
from graph.correction import Correction, NoSuchCorrection, to_correction
from graph.corrections_blocked import blocking, blocking_merge, of_merge
from graph.merges import to_merge
from graph.redirect import forms_of
from graph.rows import to_entity

_FOUND_AMONG = ("Correction", "Merge", "Suggestion")


def history(db: Connection, collections: Sequence[str], entity: str, rules: bool, limit: int) -> list[Correction]:
    """See `graph.corrections.Corrections.history`."""
    return db.look(lambda tx: _history(tx, list(collections), entity, rules, limit))


def _history(tx: Transaction, collections: list[str], entity: str, rules: bool, limit: int) -> list[Correction]:
    if entity:
        forms = forms_of(tx, entity)
        made = [row["correction"] for query in corrections.NAMING_EVER for row in tx.run(query, ids=forms)]
        merged = [row["merge"] for query in corrections.MERGES_EVER for row in tx.run(query, ids=forms)]
    else:
        made = [row["correction"] for row in tx.run(corrections.CORRECTIONS, collections=collections, limit=limit)]
        merged = [row["merge"] for row in tx.run(corrections.MERGES, collections=collections, rules=rules, limit=limit)]
    rows = {each["id"]: each for each in (*made, *merged) if each["collection"] in collections}
    found = [to_correction(rows[each["id"]]) for each in made if each["id"] in rows]
    found += [of_merge(to_merge(rows[each["id"]])) for each in merged if each["id"] in rows]
    found = [each for each in {one.id: one for one in found}.values() if rules or not each.by_rule]
    if not entity:
        found += _apart(tx, collections, limit)
    found.sort(key=lambda each: (each.at, each.id), reverse=True)
    shown = found[:limit]
    return _with_held(tx, [replace(each, blocked=_blocked(tx, each, rows.get(each.id))) for each in shown])


def _blocked(tx: Transaction, made: Correction, row: Row | None) -> Correction | None:
    if made.undone_at or row is None:
        return None
    return blocking_merge(tx, to_merge(row)) if made.kind == "merge" else blocking(tx, row)


def _apart(tx: Transaction, collections: list[str], limit: int) -> list[Correction]:
    """That two are not the same, as somebody decided; what undoing a merge made so is told by that."""
    rows = [row["suggestion"] for row in tx.run(corrections.SAID_APART, collections=collections, limit=limit)]
    found: list[Correction] = []
    for each in rows:
        if names := _names(tx, each):
            who, at = each.get("by") or "", each.get("decided_at") or ""
            found.append(Correction(each["id"], "apart", each["a"], *names, "", who, at, each["collection"], each["b"]))
    return found


def _names(tx: Transaction, pair: Row) -> tuple[str, str] | None:
    rows = tx.run(corrections.ENTITIES, ids=[pair["a"], pair["b"]])
    known = {row["entity"]["id"]: to_entity(row["entity"]).name for row in rows}
    return (known[pair["a"]], known[pair["b"]]) if len(known) == 2 else None


def _with_held(tx: Transaction, found: list[Correction]) -> list[Correction]:
    ids = [each.id for each in found if each.kind == "retract" and not each.undone_at]
    held = {row["id"]: row["n"] for row in tx.run(corrections.HELD_NOW, ids=ids)} if ids else {}
    return [replace(each, held=held.get(each.id, 0)) for each in found]


def find(db: Connection, text: str, collections: Sequence[str]) -> str:
    """See `graph.corrections.Corrections.find`."""
    rows = [
        row["id"]
        for label in _FOUND_AMONG
        for row in (
            db.read(corrections.FIND.replace("{label}", label), text=text, collections=list(collections))
            if text
            else ()
        )
    ]
    if len(rows) != 1:
        raise NoSuchCorrection(name=text)
    return str(rows[0])
