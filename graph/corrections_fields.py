"""What people decided about an entity itself: its name, its type, its further names; above all that passages say.

A decision belongs to a name's own id, as merges do: while the name is part of another entity, what was decided of it
is one further name of that, and comes back with it. Entries in authority files are those of all names: what was
decided last of one of them holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from graph import cypher_corrections as cypher
from graph.connection import Transaction
from graph.correction import ALIAS, NAME, SAME_AS, TYPE
from graph.ids import normalise
from graph.types import Entity

TRUST = 4
"""Trust in a type that a person corrected: above a type that a person wrote into a file of claims."""
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Decided:
    """One field of what one name's id stands for."""

    field: str
    value: str
    at: str


def decided(tx: Transaction, forms: Iterable[str]) -> dict[str, list[Decided]]:
    """What was decided of these ids, the earliest first; of two decisions about one field the later holds."""
    wanted = sorted(set(forms))
    found: dict[str, dict[str, Decided]] = {}
    for begin in range(0, len(wanted), BATCH):
        for row in tx.run(cypher.FIELDS, ids=wanted[begin : begin + BATCH]):
            found.setdefault(row["id"], {})[row["field"]] = Decided(row["field"], row["value"], row["at"])
    return {form: sorted(fields.values(), key=lambda each: each.at) for form, fields in found.items()}


def as_decided(entity: Entity, by: Mapping[str, Sequence[Decided]], forms: Iterable[str]) -> Entity:
    """The entity with what was decided of its own id, and what that of its other forms adds to its names."""
    own = {each.field: each.value for each in by.get(entity.id, ())}
    others = sorted((each for form in forms if form != entity.id for each in by.get(form, ())), key=lambda e: e.at)
    if not own and not others:
        return entity
    types = [each.value for each in others if each.field == TYPE]
    name = own.get(NAME, entity.name)
    names = {entity.name, *entity.aliases} | {each.value for each in others if each.field == NAME}
    for field, value in (*((each.field, each.value) for each in others), *own.items()):
        if field.startswith(ALIAS):
            names = {each for each in names if normalise(each) != field.removeprefix(ALIAS)} | ({value} - {""})
    type_ = own.get(TYPE) or (types[-1] if types else "")
    changed = replace(entity, name=name, aliases=tuple(sorted(names - {name})))
    return replace(changed, type=type_, trust=TRUST) if type_ else changed


def identified(entity: Entity, by: Mapping[str, Sequence[Decided]], forms: Iterable[str]) -> Entity:
    """The entity with the entries in authority files that were found for any of its forms."""
    said = sorted((each for form in {entity.id, *forms} for each in by.get(form, ())), key=lambda each: each.at)
    holds = {each.field: each.value for each in said if each.field.startswith(SAME_AS)}
    return replace(entity, same_as=tuple(sorted(filter(None, holds.values()))))
