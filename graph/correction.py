"""The nouns of correcting: a correction, a claim to be added; and what can be wrong with a wish."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from graph.errors import WrongUse
from graph.types import DEFAULT_COLLECTION, Region

LONGEST_NAME: Final = 200
LONGEST_TYPE: Final = 60
LONGEST_NOTE: Final = 1000

NAME, TYPE, ALIAS, SAME_AS = "name", "type", "alias ", "same_as "
"""Fields that can be corrected; that of a further name is followed by the name as it is compared, that of an entry in
an authority file by its address."""


class NameMissing(WrongUse):
    en = "Write a name: what is there now is empty."
    de = "Bitte einen Namen schreiben: Das Feld ist leer."


class TooLong(WrongUse):
    en = "This is {n} characters long; {most} are the most. Shorten it."
    de = "Das sind {n} Zeichen, höchstens {most} gehen. Bitte kürzen."


class NothingToChange(WrongUse):
    en = "It is so already: {name}."
    de = "Das ist schon so: {name}."


class NameTaken(WrongUse):
    en = "There is a “{name}” already. If it is the same, merge the two; if not, choose a name that tells them apart."
    de = (
        "„{name}“ gibt es schon. Ist es dasselbe, führen Sie beide zusammen; "
        "sonst wählen Sie einen Namen, der sie unterscheidet."
    )


class ChangedMeanwhile(WrongUse):
    en = "Somebody changed this meanwhile; it is “{name}” now. Look again before you change it."
    de = "Das hat inzwischen jemand geändert; es heißt jetzt „{name}“. Bitte noch einmal ansehen."


class NoSuchClaim(WrongUse):
    en = "This claim is not there any more: it was changed or taken out meanwhile. Look again."
    de = "Diese Aussage gibt es nicht mehr: Sie wurde inzwischen geändert oder herausgenommen. Bitte neu ansehen."


class NothingPicked(WrongUse):
    en = "Nothing is chosen: choose the claims or passages that are about somebody or something else."
    de = "Nichts ist ausgewählt: Wählen Sie die Aussagen oder Stellen, in denen jemand oder etwas anderes gemeint ist."


class AllPicked(WrongUse):
    en = "Everything is chosen, so nothing would be left of “{name}”. To call it otherwise, change its name."
    de = "Alles ist ausgewählt, von „{name}“ bliebe nichts. Soll es nur anders heißen, ändern Sie den Namen."


class QuoteNotThere(WrongUse):
    en = "These words do not stand there. Copy them from the page as they are, or leave the field for them empty."
    de = "Diese Wörter stehen dort nicht. Kopieren Sie sie von der Seite, oder lassen Sie das Feld dafür leer."


class PageNotThere(WrongUse):
    en = "“{name}” has no page {n}, or it was not read yet. Choose another page."
    de = "„{name}“ hat keine Seite {n}, oder sie ist noch nicht gelesen. Wählen Sie eine andere Seite."


class BadRegion(WrongUse):
    en = "A region is x,y,w,h in whole pixels of the page, with a width and a height."
    de = "Ein Ausschnitt ist x,y,w,h in ganzen Pixeln der Seite, mit einer Breite und einer Höhe."


class WasRetracted(WrongUse):
    en = "This claim was taken out by {name}. Undo that in the history to bring it back."
    de = "Diese Aussage hat {name} herausgenommen. Machen Sie das im Verlauf rückgängig, um sie zurückzuholen."


class NoSuchCorrection(WrongUse):
    en = "There is no correction {name!r}, or it was undone before. `python -m graph history` lists them."
    de = "Es gibt keine Korrektur {name!r}, oder sie ist schon rückgängig. `python -m graph history` nennt sie."


class BuiltUpon(WrongUse):
    en = "A later correction builds on this one. Undo that first: {name}."
    de = "Eine spätere Korrektur baut darauf auf. Machen Sie zuerst diese rückgängig: {name}."


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody changed: who, when, what it was before and after.

    `kind` is rename, retype, alias, unalias, identify, unidentify (entries in authority files, by their addresses),
    split, retract, add, merge or apart. `entity` is what it is about (of a
    split what was made), `other` what else it names: what was split, the object of a claim, what was merged away.
    """

    id: str
    kind: str
    entity: str
    name: str
    before: str
    after: str
    who: str
    at: str
    collection: str = DEFAULT_COLLECTION
    other: str = ""
    note: str = ""
    by_rule: bool = False
    undone_at: str | None = None
    undone_by: str | None = None
    blocked: Correction | None = None
    """The later correction that must be undone before this one can be."""
    held: int = 0
    """Of a retracted claim: in how many passages it stands, also of documents that came later."""

    @property
    def told(self) -> str:
        """What was changed in few words that all languages share."""
        parts = [each for each in (self.before, self.after) if each]
        arrow = " → ".join(parts)
        return arrow if self.name in parts else f"{self.name}: {arrow}"


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A claim that a person makes, with where it is to be read.

    `object` is the name or id of something known or new; `page` None means the whole document. A quote must stand
    there; a region is in pixels of the page as everywhere (`graph.types.Region`).
    """

    subject: str
    predicate: str
    object: str
    document: str
    page: int | None = None
    quote: str = ""
    region: Region | None = None
    object_type: str = "Thing"
    text: str = ""


def to_correction(row: dict[str, Any]) -> Correction:
    """A correction from its node's properties."""
    return Correction(
        row["id"], row["kind"], row["entity"], row["name"], row["before"], row["after"], row["who"], row["at"],
        row["collection"], row.get("other") or "", row.get("note") or "",
        undone_at=row.get("undone_at"), undone_by=row.get("undone_by"),
    )  # fmt: skip


def on_one_line(text: str) -> str:
    """The text without line breaks and other letters that steer, or that no database takes."""
    kept = (" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in text)
    return " ".join("".join(kept).split())


def cleaned(text: str, most: int = LONGEST_NAME) -> str:
    """A name on one line; raises NameMissing, TooLong."""
    line = on_one_line(text)
    if not line:
        raise NameMissing()
    if len(line) > most:
        raise TooLong(n=len(line), most=most)
    return line
