"""The nouns of merging: a merge, a pair that may be one, what merging would do; and what can be wrong with a wish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.connection import Row
from graph.errors import WrongUse
from graph.types import Entity, make_id


class NoSuchEntity(WrongUse):
    en = "There is no person, place or thing {name!r} in this cabinet. Write its id or its exact name."
    de = "In diesem Kabinett gibt es {name!r} nicht. Bitte die Kennung oder den genauen Namen angeben."


class OneAlready(WrongUse):
    en = "{a} and {b} are one already."
    de = "{a} und {b} sind schon eins."


class DifferentCollections(WrongUse):
    en = "{a} and {b} are in different cabinets; only what is in one cabinet can be merged."
    de = "{a} und {b} stehen in verschiedenen Kabinetten; zusammengeführt wird nur, was in einem steht."


class NoSuchMerge(WrongUse):
    en = "There is no merge {name!r}, or it was undone before. `python -m graph merges` lists them."
    de = "Es gibt keine Zusammenführung {name!r}, oder sie ist schon rückgängig. `python -m graph merges` nennt sie."


@dataclass(frozen=True, slots=True)
class Merge:
    """That one name was found to be another; `reason` and `score` say why, `by` who: "rule" or "person"."""

    id: str
    kept: str
    absorbed: str
    kept_name: str
    absorbed_name: str
    collection: str
    reason: str
    score: float
    by: str
    at: str
    undone_at: str | None = None
    who: str = ""
    """The name of the person who decided so."""
    undone_by: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entities that may be one; the score is between 0 and 1, the reason a word that pages say in a sentence."""

    a: Entity
    b: Entity
    score: float
    reason: str

    @property
    def id(self) -> str:
        """The same two, in whatever order, are the same pair."""
        return make_id("pair", *sorted((self.a.id, self.b.id)))


@dataclass(frozen=True, slots=True)
class Weight:
    """How much is known of an entity: passages and documents that name it, claims about it."""

    passages: int = 0
    documents: int = 0
    claims: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What merging two entities would do: what each brings, and what comes of it.

    `same` are claims that both make, which become one; `loops` are claims of the one about the other, which would say
    something of a thing and itself; `entries` are other entries of one authority file.
    """

    kept: Weight
    absorbed: Weight
    claims_in_common: int
    after: Entity
    """What it will be: name, type, all other names."""
    same: tuple[str, ...] = ()
    loops: tuple[str, ...] = ()
    entries: tuple[tuple[str, str], ...] = ()


def pair_properties(pair: Pair, at: str) -> Mapping[str, object]:
    first, second = sorted((pair.a, pair.b), key=lambda entity: entity.id)
    return {
        "collection": pair.a.collection,
        "a": first.id,
        "b": second.id,
        "score": pair.score,
        "reason": pair.reason,
        "state": "open",
        "at": at,
    }


def merge_properties(merge: Merge) -> Mapping[str, object]:
    names = ("kept", "absorbed", "kept_name", "absorbed_name", "collection", "reason", "score", "by", "at", "who")
    return {name: getattr(merge, name) for name in names}


def to_merge(row: Row) -> Merge:
    return Merge(
        row["id"], row["kept"], row["absorbed"], row["kept_name"], row["absorbed_name"], row["collection"],
        row["reason"], row["score"], row["by"], row["at"], row.get("undone_at"), row.get("who") or "",
        row.get("undone_by"),
    )  # fmt: skip
