"""Storing corrections and the rulings that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from graph import cypher_corrections as corrections
from graph.connection import Row, Transaction
from graph.correction import Correction
from graph.types import make_id

_NOT_STORED = ("id", "by_rule", "blocked", "held", "undone_at", "undone_by")


def put(tx: Transaction, made: Correction, field: str | None = None, value: str = "", makes: str = "") -> None:
    """Store a correction; with a field it decides what that is (`graph.corrections_fields`).

    `makes` is an entity that there is only for its sake.
    """
    properties: Row = {name: each for name, each in asdict(made).items() if name not in _NOT_STORED}
    if field is not None:
        properties |= {"field": field, "value": value}
    if makes:
        properties["makes"] = makes
    tx.run(corrections.PUT_CORRECTION, id=made.id, properties=properties)


def put_rulings(tx: Transaction, made: Correction, rulings: Sequence[Row]) -> None:
    """Store what a correction says of single claims, names and passages."""
    rows = [
        {
            "id": make_id("ruling", made.id, each["kind"], each["key"], each.get("form"), each.get("words")),
            "properties": {"correction": made.id, "collection": made.collection, "at": made.at, **each},
        }
        for each in rulings
    ]
    tx.batches(corrections.PUT_RULINGS, rows)
