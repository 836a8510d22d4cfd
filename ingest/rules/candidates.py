"""What the rules for one sentence hand to the rules for the document: words that may be a name, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Votes = tuple[tuple[str, int], ...]
"""(type of entity, weight) from what stands in and around a name."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that may be a name; `certain` ones are, the others need support from elsewhere in the document."""

    start: int
    end: int
    name: str
    votes: Votes = ()
    certain: bool = True
    support: int = 0
    """Signs around it that speak for a name (above 0) or for a common noun (below 0)."""
    owner: bool = False
    """Its last letter is an s and a noun follows: a German genitive."""
    german: bool = False
    """It stands in German text, where a last s may be a genitive."""

    @property
    def words(self) -> list[str]:
        return self.name.split()


def merged(*groups: Sequence[tuple[str, int]]) -> Votes:
    """Votes added up by type."""
    total: dict[str, int] = {}
    for group in groups:
        for kind, weight in group:
            total[kind] = total.get(kind, 0) + weight
    return tuple(total.items())
