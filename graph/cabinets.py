"""Cabinets: collections as people know them. Their names can change, their ids cannot, for all ids are made of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from graph import cypher_archive
from graph import cypher_team as cypher
from graph.connection import Connection
from graph.errors import WrongUse
from graph.ids import normalise
from graph.types import DEFAULT_COLLECTION, Collection
from graph.work import now

LONGEST: Final = 80
"""Characters of a name."""
COUNTED: Final = ("Document", "Finding", "__Entity__", "Statement")
_ALL: Final = (
    "ClaimSchema", "Rule", "Delivery", "Watch", "Job", "Membership", "DayUse", "Finding", "Ruling", "Correction",
    "Suggestion", "Merge", "Statement", "__Entity__", "Chunk", "Origin", "Document",
)  # fmt: skip
"""What goes with a cabinet; the log of what was done in it stays."""
_AT_ONCE: Final = 500


class NoSuchCabinet(WrongUse):
    en = "There is no cabinet {name!r}. `python -m graph cabinets` lists them."
    de = "Es gibt kein Kabinett {name!r}. `python -m graph cabinets` zählt sie auf."


class CabinetNameTaken(WrongUse):
    en = "There is a cabinet of that name already: {name}. Choose another name."
    de = "Ein Kabinett dieses Namens gibt es schon: {name}. Bitte einen anderen Namen wählen."


class CabinetNameMissing(WrongUse):
    en = "A cabinet needs a name of at most {most} characters."
    de = "Ein Kabinett braucht einen Namen mit höchstens {most} Zeichen."


class CabinetHoldsThings(WrongUse):
    en = "The cabinet {name} is not empty ({documents} documents, {findings} findings). Nothing was deleted."
    de = "Das Kabinett {name} ist nicht leer ({documents} Dokumente, {findings} Fundstücke). Nichts wurde gelöscht."


class FirstCabinetStays(WrongUse):
    en = "The first cabinet stays: it is the one that opens where no other is named. Rename it, or empty it."
    de = "Das erste Kabinett bleibt: Es öffnet sich, wo kein anderes genannt ist. Es lässt sich umbenennen."


@dataclass(frozen=True, slots=True)
class Held:
    """How much a cabinet holds."""

    documents: int
    findings: int
    entities: int
    claims: int

    @property
    def nothing(self) -> bool:
        return not (self.documents or self.findings)


class Cabinets:
    """Makes, lists, renames and deletes cabinets."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def listed(self) -> list[Collection]:
        """All cabinets by name."""
        return [Collection(row["id"], row["name"]) for row in self._db.read(cypher.CABINETS)]

    def find(self, text: str) -> Collection:
        """The cabinet of this id or name; raises NoSuchCabinet."""
        every = self.listed()
        named = [each for each in every if each.id == text] or [
            each for each in every if normalise(each.name) == normalise(text)
        ]
        if len(named) != 1:
            raise NoSuchCabinet(name=text[:LONGEST])
        return named[0]

    def make(self, name: str, by: str) -> Collection:
        """A new, empty cabinet; raises CabinetNameMissing, CabinetNameTaken."""
        named = self._free(name)
        id_ = secrets.token_hex(6)
        self._db.run(cypher.MAKE_CABINET, id=id_, name=named, at=now(), by=by)
        return Collection(id_, named)

    def rename(self, collection: str, name: str) -> Collection:
        """Call a cabinet otherwise; raises NoSuchCabinet, CabinetNameMissing, CabinetNameTaken."""
        named = self._free(name, besides=collection)
        if not self._db.run(cypher.RENAME_CABINET, id=collection, name=named):
            raise NoSuchCabinet(name=collection)
        return Collection(collection, named)

    def held(self, collection: str) -> Held:
        """How much it holds."""
        counts = [
            int(self._db.read(cypher.HELD.replace("{label}", label), collection=collection)[0]["n"])
            for label in COUNTED
        ]
        return Held(*counts)

    def remove(self, collection: str, with_all: bool = False) -> None:
        """Delete a cabinet, `with_all` that is in it; raises CabinetHoldsThings, FirstCabinetStays, NoSuchCabinet."""
        named = self.check_removal(collection, with_all)
        for label in _ALL:
            query = cypher_archive.WIPE.replace("{label}", label)
            while self._db.run(query, collections=[named.id], limit=_AT_ONCE)[0]["n"]:
                pass
        self._db.run(cypher.DELETE_CABINET, id=named.id)

    def check_removal(self, collection: str, with_all: bool = False) -> Collection:
        """The cabinet that would be deleted; raises as `remove` does, and changes nothing."""
        named = self.find(collection)
        if named.id == DEFAULT_COLLECTION:
            raise FirstCabinetStays()
        held = self.held(named.id)
        if not held.nothing and not with_all:
            raise CabinetHoldsThings(name=named.name, documents=held.documents, findings=held.findings)
        return named

    def _free(self, name: str, besides: str = "") -> str:
        named = " ".join(name.split())
        if not named or len(named) > LONGEST:
            raise CabinetNameMissing(most=LONGEST)
        for each in self.listed():
            if each.id != besides and normalise(each.name) == normalise(named):
                raise CabinetNameTaken(name=each.name)
        return named
