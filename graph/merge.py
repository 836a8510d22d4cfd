"""How what several chunks say of the same thing becomes one thing: joins that do not depend on order.

Each join is associative, commutative and idempotent (a semilattice), so that importing in any order, twice, or
removing and importing again ends in the same graph. Tests hold these laws against random input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from graph.types import Entity, Statement


def join_entities(a: Entity, b: Entity) -> Entity:
    """One entity from two mentions of the same id: best written name, best founded type, all forms, fullest text."""
    name = min(a.name, b.name, key=_name_rank)
    type_, trust = min((a.type, a.trust), (b.type, b.trust), key=lambda pair: (-pair[1], pair[0]))
    forms = {a.name, b.name, *a.aliases, *b.aliases} - {name}
    description = max(a.description, b.description, key=lambda text: (len(text), text))
    same_as = tuple(sorted({*a.same_as, *b.same_as}))
    return replace(
        a, name=name, type=type_, trust=trust, aliases=tuple(sorted(forms)), description=description, same_as=same_as
    )


def join_all(entities: Iterable[Entity]) -> dict[str, Entity]:
    """Entities by id, those with the same id joined."""
    joined: dict[str, Entity] = {}
    for entity in entities:
        # Joined with itself first: a single mention must be in the same normal form as a joined one.
        joined[entity.id] = join_entities(joined.get(entity.id, entity), entity)
    return joined


def _name_rank(name: str) -> tuple[bool, bool, int, str]:
    """Ordinary writing before all small before all capitals; the shorter, then the alphabetically first."""
    return (name.isupper() and len(name) > 4, name.islower(), len(name), name)


@dataclass(frozen=True, slots=True)
class Said:
    """What the sources of one statement say about it: its wording, how sure, who extracted it, and when it holds.

    `earliest` and `latest` are bounds as in `graph.when`, over all sources that give one.
    """

    text: str
    confidence: float
    model: str
    earliest: int | None = None
    latest: int | None = None


def join_said(a: Said, b: Said) -> Said:
    """One wording from two sources: hand-made before models, then the shorter; the higher confidence."""
    best = min(a, b, key=lambda said: (said.model != "hand", len(said.text), said.text, said.model))
    earliest = min((x for x in (a.earliest, b.earliest) if x is not None), default=None)
    latest = max((x for x in (a.latest, b.latest) if x is not None), default=None)
    return Said(best.text, max(a.confidence, b.confidence), best.model, earliest, latest)


def join_all_said(said: Iterable[Said]) -> Said:
    """The join of one or more sources."""
    return reduce(join_said, said)


def said(statement: Statement) -> Said:
    """What this one source says."""
    when = statement.source.when
    bounds = (when.earliest, when.latest) if when else (None, None)
    return Said(statement.text, statement.confidence, statement.model, *bounds)


def to_said(row: Mapping[str, Any]) -> Said:
    """What a stored statement, or one of its sources, says."""
    return Said(row["text"], row["confidence"], row["model"], row.get("earliest"), row.get("latest"))
