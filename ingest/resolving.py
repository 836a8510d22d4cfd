"""After a document was read: which of its names are known already under another form, which may be.

Each new name is compared with those that an index finds alike, never with all. What is sure is merged, what may be is
kept as a question; what people decided is not touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from graph.errors import WrongUse
from graph.merges import Pair, Weight
from graph.moving import RULE
from graph.resolution import Resolution
from graph.types import Entity
from ingest.resolve import MERGE, SUGGEST, UNSURE, Score, compare

BATCH = 200
QUESTIONS = 5
"""Questions about one name at most: more are not answered, and the likeliest come first."""
NEVER = frozenset({"Date"})
"""Types whose names are compared by nobody: a day is what it says."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """How many names were merged without asking, how many pairs wait for somebody to decide."""

    merged: int = 0
    suggested: int = 0

    def __add__(self, other: Resolved) -> Resolved:
        return Resolved(self.merged + other.merged, self.suggested + other.suggested)


def resolve_document(graph: Resolution, document_id: str, stopped: Callable[[], bool] = lambda: False) -> Resolved:
    """Compare the names of a document that were not compared yet; can be stopped and taken up again."""
    total = Resolved()
    while not stopped() and (new := graph.unresolved(document_id, BATCH)):
        compared = [entity for entity in new if entity.type not in NEVER]
        likes = graph.like(compared)
        apart = graph.apart([entity.id for entity in compared])
        merged = 0
        questions: list[Pair] = []
        for entity in compared:
            others = [
                other
                for other in likes.get(entity.id, ())
                if other.type not in NEVER and frozenset((entity.id, other.id)) not in apart
            ]
            scored = _scored(graph, entity, others)
            done = _merged(graph, entity, scored)
            merged += len(done)
            questions += [
                Pair(entity, other, round(min(score.value, UNSURE), 3), score.reason)
                for other, score in scored
                if other.id not in done
            ][:QUESTIONS]
        total += Resolved(merged, _ask(graph, questions))
        graph.resolved([entity.id for entity in new])
    return total


def _merged(graph: Resolution, entity: Entity, scored: Sequence[tuple[Entity, Score]]) -> set[str]:
    """Merge an entity with those that it is without doubt; returns their ids."""
    sure = [other for other, score in scored if score.value >= MERGE]
    done: set[str] = set()
    if any(compare(a, b).value < MERGE for a, b in combinations(sure, 2)):
        # It fits several that are not one another: it may be either's, so people are asked.
        return done
    for other in sure:
        # Read anew: what was merged since brought its own names, which may contradict.
        now = graph.current([entity.id, other.id])
        if len({each.id for each in now}) == 2:
            first, second = now
            score = compare(first, second)
            if score.value >= MERGE and _merge(graph, first, second, score):
                done.add(other.id)
    return done


def _ask(graph: Resolution, questions: Sequence[Pair]) -> int:
    """Keep questions, each about what its two are part of now; returns how many are left."""
    left: dict[str, Pair] = {}
    for pair in questions:
        now = graph.current([pair.a.id, pair.b.id])
        if len({each.id for each in now}) == 2:
            asked = replace(pair, a=now[0], b=now[1])
            left.setdefault(asked.id, asked)
    graph.suggest(left.values())
    return len(left)


def _scored(graph: Resolution, entity: Entity, others: Sequence[Entity]) -> list[tuple[Entity, Score]]:
    """Those that may be the same, the likeliest first; company is looked at where it could matter."""
    scores = {other.id: compare(entity, other) for other in others}
    unsure = [other for other in others if SUGGEST - 0.1 <= scores[other.id].value < SUGGEST]
    if unsure:
        company = graph.company([entity.id, *(other.id for other in unsure)])
        for other in unsure:
            scores[other.id] = compare(entity, other, len(company[entity.id] & company[other.id]))
    likely = [(other, scores[other.id]) for other in others if scores[other.id].value >= SUGGEST]
    return sorted(likely, key=lambda each: (-each[1].value, each[0].name, each[0].id))


def _merge(graph: Resolution, a: Entity, b: Entity, score: Score) -> bool:
    weights = graph.weights([a.id, b.id])
    kept, absorbed = sorted((a, b), key=lambda each: _rank(each, weights[each.id]))
    try:
        graph.merge(kept.id, absorbed.id, score.reason, round(score.value, 3), RULE)
    except WrongUse:
        # Somebody else merged or removed one of them since it was read.
        return False
    return True


def _rank(entity: Entity, weight: Weight) -> tuple[int, bool, int, str]:
    """The better known name is kept; of equals one in its natural order, the fuller, the first of the alphabet."""
    return (-weight.passages, "," in entity.name, -len(entity.name), entity.name)
