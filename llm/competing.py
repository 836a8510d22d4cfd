"""Claims of the evidence that cannot all be true: of one subject, in a relation that has one value, another value.

Most relations have many objects (collected, met, wrote), and those never compete. Who was born in 1599 was not born in
1603; but 1599 and "14 May 1599" are the same, "about 1600" is near enough, and Geisa in Hesse is Hesse where a claim
says that it lies there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graph.types import Claimed, Competing, Retrieved, Source

if TYPE_CHECKING:
    from llm.views import Graph, Triple

_ONE_VALUE = re.compile(
    r"(?:(?:WAS|IS|WURDE|IST)_)?(?:BORN|DIED|BURIED|BAPTI[SZ]ED|FOUNDED|DATED|DATES|"
    r"GEBOREN|GESTORBEN|STARB|BEGRABEN|GETAUFT|GEGRÜNDET|DATIERT)(?:_(?:IN|ON|AT|TO|FROM|AM|IM|AUF|BEI|UM))?"
)
"""Relations that have one value: one day and one place each."""
_AT_ONE_TIME = re.compile(r"(?:IS_|WAS_)?(?:LOCATED|KEPT)_(?:IN|AT)")
"""Relations that have one value at a time."""
_INSIDE = re.compile(r"(?:IS_)?(?:PART_OF|LOCATED_IN)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_IN_GERMAN = {"mär": "mar", "mai": "may", "okt": "oct", "dez": "dec"}
_YEAR = re.compile(r"(?<!\d)\d{3,4}(?!\d)")
_CENTURY = re.compile(r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th)?\s*(?:jahrhundert|jh|century|cent)", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
_ABOUT = re.compile(
    r"\b(?:um|ca|circa|c|etwa|gegen|vermutlich|wohl|vielleicht|about|around|perhaps|probably)\b|[~?]", re.I
)
_NEAR = 5
"""Years that "about" may be off."""

_NEAREST = 12
"""Claims so near to the question that a contradiction about them belongs to it."""

Days = tuple[int, int]
"""First and last day that a date may mean, as year * 10000 + month * 100 + day."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A claim of the evidence with the numbers of the evidence that makes it."""

    triple: Triple
    numbers: tuple[int, ...]
    sources: tuple[Source, ...]

    def claimed(self) -> Claimed:
        return Claimed(self.triple.id, self.triple.object.name, self.triple.text, self.numbers)


def with_competing(graph: Graph, retrieved: Retrieved) -> Retrieved:
    """The same with the claims of its evidence that contradict each other, those near to the question only."""
    return replace(retrieved, competing=tuple(_competing(graph, retrieved))) if retrieved.evidence else retrieved


def _competing(graph: Graph, retrieved: Retrieved) -> Iterator[Competing]:
    made = _made(graph, retrieved)
    inside = {(m.triple.subject.id, m.triple.object.id) for m in made if _INSIDE.fullmatch(_key(m.triple.predicate))}
    groups: dict[tuple[str, str, bool], list[_Made]] = defaultdict(list)
    for each in made:
        key = _key(each.triple.predicate)
        if _ONE_VALUE.fullmatch(key) or _AT_ONE_TIME.fullmatch(key):
            groups[each.triple.subject.id, key, days(each.triple.object.name) is not None].append(each)
    near = set(retrieved.nearest[:_NEAREST])
    for group in groups.values():
        sides = [m for m in group if any(_contradict(m, other, inside) for other in group if other is not m)]
        if sides and (not near or any(side.triple.id in near for side in sides)):
            first = sides[0].triple
            yield Competing(first.subject.name, first.predicate, tuple(side.claimed() for side in sides))


def _made(graph: Graph, retrieved: Retrieved) -> list[_Made]:
    number = {piece.chunk.id: piece.n for piece in retrieved.evidence}
    numbers: dict[str, list[int]] = defaultdict(list)
    sources: dict[str, list[Source]] = defaultdict(list)
    for claim in graph.explore.claims_of_chunks(list(number)):
        numbers[claim.statement].append(number[claim.chunk])
        sources[claim.statement].append(claim.source)
    triples = graph.search.triples(list(numbers))
    return [_Made(t, tuple(sorted(set(numbers[t.id]))), tuple(sources[t.id])) for t in triples]


def _key(predicate: str) -> str:
    return "_".join(predicate.split()).upper()


def _contradict(one: _Made, other: _Made, inside: set[tuple[str, str]]) -> bool:
    """Whether two claims with the same subject and relation cannot both be true."""
    a, b = one.triple.object, other.triple.object
    held, other_held = _held(one.sources), _held(other.sources)
    if _AT_ONE_TIME.fullmatch(_key(one.triple.predicate)):
        at_once = held is not None and other_held is not None and _meet(held, other_held)
        return at_once and not _same_place(a.id, a.name, b.id, b.name, inside)
    if a.id == b.id:
        return False
    first, second = days(a.name), days(b.name)
    if first and second:
        return not _meet(first, second)
    return not _same_place(a.id, a.name, b.id, b.name, inside)


def _same_place(a: str, name: str, b: str, other: str, inside: set[tuple[str, str]]) -> bool:
    """Whether two names may be the same place, or one lies in the other as far as the evidence says."""
    words, others = (set(re.findall(r"\w+", each.casefold())) for each in (name, other))
    return a == b or words <= others or others <= words or (a, b) in inside or (b, a) in inside


def _held(sources: Iterable[Source]) -> Days | None:
    """When a claim holds by its sources, where all that say so have both bounds."""
    known = [(s.when.earliest, s.when.latest) for s in sources if s.when]
    bounds = [(low, high) for low, high in known if low is not None and high is not None]
    return (min(low for low, _ in bounds), max(high for _, high in bounds)) if bounds else None


def _meet(a: Days, b: Days) -> bool:
    return a[0] <= b[1] and b[0] <= a[1]


def days(text: str) -> Days | None:
    """The days that a date in words may mean, or None for what is no date."""
    if century := _CENTURY.search(text):
        last = int(century.group(1)) * 100
        return (last - 99) * 10_000, last * 10_000 + 1231
    years = [int(year) for year in _YEAR.findall(text)]
    if not years:
        return None
    if _ABOUT.search(text):
        return (min(years) - _NEAR) * 10_000, (max(years) + _NEAR) * 10_000 + 1231
    month, day = _month(text), _DAY.search(_YEAR.sub(" ", text))
    if len(years) > 1 or month is None:
        return min(years) * 10_000, max(years) * 10_000 + 1231
    at = years[0] * 10_000 + month * 100
    return (at + int(day.group(1)), at + int(day.group(1))) if day else (at, at + 31)


def _month(text: str) -> int | None:
    for word in re.findall(r"[^\W\d_]{3,}", text.casefold()):
        start = _IN_GERMAN.get(word[:3], word[:3])
        if start in _MONTHS:
            return _MONTHS.index(start) + 1
    return None


def lines(competing: Sequence[Competing]) -> Iterator[str]:
    """Each contradiction as a line for a model or a terminal: "Olearius, born on: 1599 [1]; 1603 [2]"."""
    for each in competing:
        sides = "; ".join(f"{side.value} {''.join(f'[{n}]' for n in side.evidence)}" for side in each.sides)
        yield f"{each.subject}, {each.predicate.replace('_', ' ').lower()}: {sides}"
