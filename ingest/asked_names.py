"""A document whose names are found on another computer: all its passages at once, for they explain each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from graph.store import Store
from ingest.asked import Asked, failure
from ingest.steps import Steps

NAMES: Final = "names"
"""Stands for the one piece that is out of a document."""


@dataclass(slots=True, eq=False)
class AskedForNames(Asked):
    """A document whose passages are on their way to whoever finds the names in them."""

    steps: Steps = field(kw_only=True)

    def feed(self, store: Store) -> None:
        """Hand it on, where there is room."""
        if self.more and self.calls.hungry:
            self.more = False
            self.out.add(NAMES)
            self.calls.add((self.document.id, NAMES), lambda: self.steps.names(self.document))

    def forget(self) -> None:
        """Nobody wants the names any more."""
        for piece in self.out:
            self.calls.drop((self.document.id, piece))
        self.out.clear()

    def came(self, piece: str, result: object) -> None:
        """Store the names, or tell on the document why there are none. Raises what the database raises."""
        if isinstance(result, list):
            self.steps.put(self.document, result, lambda: self.held.lost)
        else:
            self.steps.fail(self.lease, failure(result))
