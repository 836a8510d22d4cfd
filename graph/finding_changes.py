"""What is new, gone and the same between a finding and its question asked again."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from graph.finding import Claim, Finding, Piece
from graph.ids import normalise

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference(Generic[T]):
    """What only the later one has, what only the earlier one had, what both have (as the later one has it)."""

    new: tuple[T, ...] = ()
    gone: tuple[T, ...] = ()
    same: tuple[T, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.gone)


@dataclass(frozen=True, slots=True)
class Changes:
    """Evidence is the same where its words are; claims are the same by what they claim."""

    evidence: Difference[Piece]
    claims: Difference[Claim]
    answer: bool
    """Whether the words of the answer differ."""

    def __bool__(self) -> bool:
        return bool(self.evidence) or bool(self.claims) or self.answer


def changes(earlier: Finding, later: Finding) -> Changes:
    """What became different from one finding to the other."""
    return Changes(
        # A document that was read anew has other passages by id: what counts are its words.
        _difference(earlier.evidence, later.evidence, lambda each: (each.title, normalise(each.quote))),
        _difference(earlier.claims, later.claims, lambda each: each.id),
        normalise(earlier.answer) != normalise(later.answer),
    )


def _difference(earlier: Iterable[T], later: Iterable[T], key: Callable[[T], Hashable]) -> Difference[T]:
    before, after = {key(each): each for each in earlier}, {key(each): each for each in later}
    return Difference(
        tuple(each for name, each in after.items() if name not in before),
        tuple(each for name, each in before.items() if name not in after),
        tuple(each for name, each in after.items() if name in before),
    )
