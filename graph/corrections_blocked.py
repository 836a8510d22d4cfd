"""Which later correction builds on an earlier one, so that it must be undone first."""

from __future__ import annotations

from graph import cypher_corrections as corrections
from graph.connection import Row, Transaction
from graph.correction import NAME, Correction, to_correction
from graph.merges import Merge, to_merge
from graph.redirect import follow, forms_of
from graph.types import Entity


def blocking(tx: Transaction, made: Row) -> Correction | None:
    """The latest correction that builds on this one; None where it can be undone."""
    if made["kind"] == "retract":
        return None
    if made["kind"] in ("split", "add"):
        found = _naming(tx, made["entity"] if made["kind"] == "split" else made.get("makes") or "", made)
    else:
        rows = tx.run(corrections.LATER_OF_FIELD, entity=made["entity"], field=made["field"], at=made["at"])
        found = [to_correction(row["correction"]) for row in rows]
    return max(found, key=lambda each: each.at, default=None)


def _naming(tx: Transaction, entity: str, made: Row) -> list[Correction]:
    """Later corrections that name what this one made."""
    if not entity:
        return []
    rows = [row["correction"] for query in corrections.NAMING for row in tx.run(query, ids=[entity])]
    found = [to_correction(each) for each in rows if each["kind"] != "retract"]
    found += [
        of_merge(to_merge(row["merge"])) for query in corrections.MERGES_NAMING for row in tx.run(query, ids=[entity])
    ]
    return [each for each in found if each.at > made["at"]]


def blocking_merge(tx: Transaction, merge: Merge) -> Correction | None:
    """A later change of name that took a name from what was merged away: two of one name must not come of undoing."""
    ends = {merge.kept, follow(tx, [merge.kept]).get(merge.kept, merge.kept)}
    forms = set(forms_of(tx, merge.absorbed))
    for query_row in tx.run(corrections.FIELDS, ids=sorted(ends)):
        took = query_row["field"] == NAME and Entity.make_id(merge.collection, query_row["value"]) in forms
        if took and query_row["at"] > merge.at:
            return to_correction(tx.run(corrections.CORRECTION, id=query_row["correction"])[0]["correction"])
    return None


def of_merge(merge: Merge) -> Correction:
    """A merge as it stands among corrections."""
    return Correction(
        merge.id, "merge", merge.kept, merge.kept_name, merge.absorbed_name, merge.kept_name, merge.who, merge.at,
        merge.collection, merge.absorbed, merge.reason, merge.by == "rule", merge.undone_at, merge.undone_by,
    )  # fmt: skip
