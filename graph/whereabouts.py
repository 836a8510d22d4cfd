"""In which collection a thing is, by its id: that never changes, for an id is made of its collection and content."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from graph import cypher_team as cypher
from graph.connection import Connection

LABELS: Final = (
    "Document", "Chunk", "__Entity__", "Statement", "Job", "Merge", "Suggestion", "Correction", "Watch", "Rule",
    "Delivery", "Finding",
)  # fmt: skip
"""What has an id by which it can be asked for."""
_MOST: Final = 300_000
"""Ids that are remembered, at most: some tens of megabytes."""


class Whereabouts:
    """Remembers where things are, so that asking for the same again costs nothing."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._known: dict[tuple[str, str], str] = {}

    def of(self, label: str, ids: Collection[str]) -> dict[str, str]:
        """The collection of each of these ids; ids of nothing are left out."""
        unknown = [id_ for id_ in ids if (label, id_) not in self._known]
        if unknown:
            if len(self._known) + len(unknown) > _MOST:
                self._known.clear()
            # A label of the table above; none comes from outside.
            query = cypher.HOMES.replace("{label}", LABELS[LABELS.index(label)])
            for row in self._db.read(query, ids=unknown):
                self._known[label, row["id"]] = row["collection"]
        return {id_: known for id_ in ids if (known := self._known.get((label, id_))) is not None}
