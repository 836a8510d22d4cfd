"""How much there is of everything, for pages to show each time they run: counted in the background, not by them.

Counting looks at every passage, name and claim; in a large collection what is told here may be some seconds old.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph import cypher, cypher_ways
from graph.connection import Connection
from graph.kept import Kept, state

MOST = 100
"""Kinds and predicates that are told apart."""


@dataclass(frozen=True, slots=True)
class Words:
    """What there are words for: kinds, predicates, languages, the most frequent first."""

    kinds: tuple[str, ...]
    predicates: tuple[str, ...]
    languages: tuple[str, ...]


class Tallies:
    """Counts kept in memory, each as of one state of the collections."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._counts: Kept[None, dict[str, int]] = Kept(connection, self._count)
        self._words: Kept[None, Words] = Kept(connection, self._read_words)

    def state(self, collections: Sequence[str]) -> tuple[object, ...]:
        """Something that is another whenever what can be found in these collections is."""
        return self.documents(collections), state(self._db, collections)

    def documents(self, collections: Sequence[str]) -> int:
        """How many documents there are now."""
        return int(self._db.read(cypher.COUNTS["documents"], collections=list(collections))[0]["n"])

    def counts(self, collections: Sequence[str]) -> dict[str, int]:
        """As `Store.stats`: documents as of now, the rest as it was counted last."""
        return {"documents": self.documents(collections), **self._counts.of(collections, None)}

    def words(self, collections: Sequence[str]) -> Words:
        """Kinds, predicates and languages."""
        return self._words.of(collections, None)

    def _count(self, collections: Sequence[str], _: None) -> dict[str, int]:
        rest = {name: query for name, query in cypher.COUNTS.items() if name != "documents"}
        return {name: int(self._db.read(query, collections=list(collections))[0]["n"]) for name, query in rest.items()}

    def _read_words(self, collections: Sequence[str], _: None) -> Words:
        def read(query: str, what: str, **more: object) -> tuple[str, ...]:
            rows = self._db.read(query, collections=list(collections), **more)
            return tuple(row[what] for row in rows if row[what])

        return Words(
            read(cypher_ways.KINDS, "type", limit=MOST),
            read(cypher_ways.USED_PREDICATES, "predicate", limit=MOST),
            read(cypher_ways.LANGUAGES, "language"),
        )
