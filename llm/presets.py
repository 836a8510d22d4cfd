"""Forms to begin with when a picture is described; people change them as they like."""

from __future__ import annotations

from dataclasses import dataclass

from graph.errors import Language
from llm.forms import Field, FieldKind
from llm.spec import NOTHING, Text


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a ready form, in the languages of the interface."""

    name: Text
    hint: Text = NOTHING
    kind: FieldKind = FieldKind.TEXT
    required: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready form."""

    id: str
    title: Text
    lines: tuple[Line, ...]

    def fields(self, language: Language) -> tuple[Field, ...]:
        """The form in one language."""
        return tuple(
            Field(line.name.say(language), line.kind, line.hint.say(language), line.required) for line in self.lines
        )


_TITLE = Text("Title", "Titel")
_SHOWN = Line(
    Text("Description", "Beschreibung"),
    Text("What can be seen, in two or three sentences", "Was zu sehen ist, in zwei oder drei Sätzen"),
    required=True,
)
_MAKER = Line(Text("Maker", "Hersteller"), Text("Only if the picture itself says so", "Nur wenn es im Bild steht"))
_DATE = Line(Text("Date", "Datierung"), Text("As it is written in the picture", "Wie es im Bild geschrieben steht"))
_INSCRIPTIONS = Line(
    Text("Inscriptions", "Inschriften"),
    Text("Every word that can be read, letter for letter", "Jedes lesbare Wort, Buchstabe für Buchstabe"),
    FieldKind.TEXTS,
)
_PLACES = Line(
    Text("Places", "Orte"), Text("Places that are named or shown", "Orte, die genannt oder gezeigt werden"),
    FieldKind.TEXTS,
)  # fmt: skip

PRESETS: tuple[Preset, ...] = (
    Preset(
        "object",
        Text("Object in a collection", "Objekt einer Sammlung"),
        (
            Line(_TITLE, Text("A short name for the object", "Ein kurzer Name für das Objekt"), required=True),
            Line(Text("Kind of object", "Objektart"), Text("Such as goblet, shell, book", "Etwa Pokal, Muschel, Buch")),
            _SHOWN,
            Line(Text("Materials", "Materialien"), kind=FieldKind.TEXTS),
            _MAKER,
            _DATE,
            Line(Text("Place", "Ort"), Text("Where it is or comes from, if written", "Wo es ist, falls es da steht")),
            _INSCRIPTIONS,
        ),
    ),
    Preset(
        "portrait",
        Text("Portrait", "Porträt"),
        (
            Line(_TITLE, Text("A short name for the picture", "Ein kurzer Name für das Bild"), required=True),
            Line(
                Text("Person shown", "Dargestellte Person"),
                Text("Only if the picture names the person", "Nur wenn das Bild die Person nennt"),
            ),
            _SHOWN,
            Line(Text("Clothing", "Kleidung")),
            Line(
                Text("Attributes", "Attribute"),
                Text("What the person holds or wears as a sign", "Was die Person als Zeichen trägt oder hält"),
                FieldKind.TEXTS,
            ),
            Line(Text("Artist", "Künstler"), _MAKER.hint),
            _DATE,
            _INSCRIPTIONS,
        ),
    ),
    Preset(
        "page",
        Text("Document page", "Dokumentseite"),
        (
            Line(
                Text("Transcription", "Abschrift"),
                Text("All text, line by line, spelled as it stands", "Aller Text, Zeile für Zeile, buchstabengetreu"),
                required=True,
            ),
            Line(Text("Kind of document", "Dokumentart"), Text("Such as letter, list", "Etwa Brief, Liste")),
            Line(Text("Handwritten", "Handschriftlich"), kind=FieldKind.YES_NO),
            Line(Text("Language of the text", "Sprache des Textes")),
            _DATE,
            Line(Text("People", "Personen"), Text("People who are named", "Genannte Personen"), FieldKind.TEXTS),
            _PLACES,
        ),
    ),
    Preset(
        "map",
        Text("Map", "Karte"),
        (
            Line(_TITLE, Text("As it stands on the map", "Wie er auf der Karte steht"), required=True),
            Line(Text("Area shown", "Gezeigtes Gebiet")),
            _SHOWN,
            _PLACES,
            Line(Text("Scale", "Maßstab"), _DATE.hint),
            _MAKER,
            _DATE,
        ),
    ),
)  # fmt: skip


def preset(id: str) -> Preset:
    """The ready form of that id; raises KeyError for one that is not there."""
    return {each.id: each for each in PRESETS}[id]
