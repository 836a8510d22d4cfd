"""A part of the graph: what some documents say, of some kinds, of a time, in a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.claimed import Claimed
from graph.ways import Filters


@dataclass(frozen=True, slots=True)
class Part:
    """What filters let through of some collections; `documents`: ids of those that may be used, None for all."""

    claimed: Claimed
    filters: Filters
    collections: tuple[str, ...]
    documents: frozenset[str] | None

    @classmethod
    def of(cls, claimed: Claimed, filters: Filters, collections: Sequence[str]) -> Part:
        """The part that these filters let through."""
        return cls(claimed, filters, tuple(collections), claimed.allowed_documents(filters, collections))

    @property
    def knows_pairs(self) -> bool:
        """Whether it has what only stands in one sentence: nobody says when that was."""
        return not self.filters.dated

    def claims(self, ids: Sequence[str]) -> list[str]:
        """Which of these claims belong to it, in their order."""
        return self.claimed.fitting_claims(ids, self.filters, self.documents)

    def has(self, *kinds: str) -> bool:
        """Whether something that joins such kinds belongs to it."""
        return not self.filters.types or bool(set(self.filters.types).intersection(kinds))

    def most_claimed(self, limit: int) -> list[str]:
        """The entities that its claims join to most others."""
        graph = self.claimed.graph(self.collections).only(self.filters, self.documents)
        return sorted(graph.around, key=lambda id_: (-graph.degree(id_), id_))[:limit]
