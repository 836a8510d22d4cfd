"""Claims that cannot all be true, as they stand beside each other; `llm.competing` finds them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claimed:
    """One side of a contradiction: the value claimed, the claim in words, and the numbers of the evidence."""

    statement: str
    value: str
    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Competing:
    """Claims about one subject that cannot all be true."""

    subject: str
    predicate: str
    sides: tuple[Claimed, ...]
