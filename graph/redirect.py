"""Which entity a name's own id leads to now: merges are followed, never copied, so there is one truth about them.

Merges make a forest: what was merged away points to what was kept, which may itself have been merged away later. So
ids of names stay what they are, and a document that is imported later lands where the name has gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from graph import cypher_merges as cypher
from graph.connection import Transaction

BATCH = 1000


def follow(tx: Transaction, ids: Iterable[str]) -> dict[str, str]:
    """For each id that was merged away the entity it is part of now; ids that were not are left out."""
    steps: dict[str, str] = {}
    wanted = sorted(set(ids))
    while wanted:
        found = _pairs(tx, cypher.REDIRECTS, wanted, "kept")
        steps.update(found)
        wanted = sorted({kept for _, kept in found} - steps.keys())
    return {id_: _end(steps, id_) for id_ in steps}


def _end(steps: dict[str, str], id_: str) -> str:
    while id_ in steps:
        id_ = steps[id_]
    return id_


def forms_of(tx: Transaction, entity_id: str) -> list[str]:
    """The id of an entity and of all that was merged into it, directly or by way of others."""
    return sorted({entity_id} | absorbed_by(tx, [entity_id]))


def absorbed_by(tx: Transaction, ids: Iterable[str]) -> set[str]:
    """The ids of all that was merged into any of these, directly or by way of others."""
    found: set[str] = set()
    wanted = sorted(set(ids))
    while wanted:
        below = {absorbed for _, absorbed in _pairs(tx, cypher.ABSORBED_BY, wanted, "absorbed")}
        wanted = sorted(below - found)
        found |= below
    return found


def absorbed_below(tx: Transaction, ids: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """For each key its ids with all that was merged into them, directly or by way of others."""
    found = {key: set(many) for key, many in ids.items()}
    holders: dict[str, set[str]] = {}
    for key, many in found.items():
        for id_ in many:
            holders.setdefault(id_, set()).add(key)
    wanted = sorted(holders)
    while wanted:
        below: dict[str, set[str]] = {}
        for kept, absorbed in _pairs(tx, cypher.ABSORBED_BY, wanted, "absorbed"):
            if new := holders[kept] - holders.get(absorbed, set()):
                holders.setdefault(absorbed, set()).update(new)
                below.setdefault(absorbed, set()).update(new)
        for id_, keys in below.items():
            for key in keys:
                found[key].add(id_)
        wanted = sorted(below)
    return found


def that_absorbed(tx: Transaction, ids: Iterable[str]) -> set[str]:
    """Those of these ids into which something was merged."""
    return {id_ for id_, _ in _pairs(tx, cypher.ABSORBED_BY, sorted(set(ids)), "absorbed")}


def _pairs(tx: Transaction, query: str, ids: list[str], end: str) -> list[tuple[str, str]]:
    return [
        (row["id"], row[end])
        for begin in range(0, len(ids), BATCH)
        for row in tx.run(query, ids=ids[begin : begin + BATCH])
    ]
