"""What the description of a picture says: as lines of text, and, for fields whose meaning is known, as claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from graph.types import Chunk, Document, Entity, Extraction, Mention, Source, Statement, normalise
from ingest.when_where import dated_by

CONFIDENCE: Final = 0.5
"""A model's look at a picture is less than words that stand in a source."""
TRUST: Final = 2
_SUBJECT_TYPE: Final = "Object"
_LONGEST_NAME: Final = 120
_BETWEEN: Final = " › "
_YES_NO: Final = {"de": ("ja", "nein")}
_TITLES: Final = frozenset({"title", "titel"})
_NOTHING_WORDS = """
unknown unbekannt none keine keiner keins nothing nichts null nan unclear unklar unidentified unleserlich illegible
anonymous anonym undated undatiert
"""
_NOTHING: Final = frozenset({*_NOTHING_WORDS.split(), "n/a", "not visible", "nicht sichtbar", "not known"})
_MEANINGS: Final[dict[tuple[str, str], str]] = {
    ("MADE_BY", "Person"): (
        "maker makers artist artists creator author painter engraver photographer printer cartographer "
        "hersteller künstler künstlerin urheber maler stecher autor verfasser drucker fotograf kartograph"
    ),
    ("DATED", "Date"): "date dates dated year datierung datum jahr",
    ("LOCATED_IN", "Place"): "place location ort standort",
    ("MADE_OF", "Material"): "material materials materialien werkstoff werkstoffe",
    ("INSTANCE_OF", "Concept"): "kind kind_of_object object_type kind_of_document objektart dokumentart gattung",
    ("DEPICTS", "Person"): "person_shown sitter dargestellte_person dargestellte_personen persons_shown",
    ("DEPICTS", "Place"): "area_shown gezeigtes_gebiet",
    ("DESCRIBES", "Person"): "people persons names_of_people personen",
    ("DESCRIBES", "Place"): "places orte",
    ("PART_OF", "Collection"): "collection sammlung",
    ("OWNED_BY", "Person"): "owner owners besitzer eigentümer",
}
MEANINGS: Final[dict[str, tuple[str, str]]] = {
    name.replace("_", " "): meaning for meaning, names in _MEANINGS.items() for name in names.split()
}
"""Name of a field, in small letters: the predicate it stands for, and the type of what is written in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a description: `Name: value, value` at `start` of its text."""

    name: str
    values: tuple[str, ...]
    start: int

    @property
    def text(self) -> str:
        return f"{self.name}: {', '.join(self.values)}"


def lines(data: Mapping[str, Any], language: str | None = None) -> tuple[Line, ...]:
    """A description line by line, in its order; fields without a value are left out."""
    made: list[Line] = []
    start = 0
    for name, values in _flat(data, "", _YES_NO.get(language or "", ("yes", "no"))):
        line = Line(_one_line(name), values, start)
        made.append(line)
        start += len(line.text) + 1
    return tuple(made)


def in_words(described: tuple[Line, ...]) -> str:
    """The text of a description."""
    return "\n".join(line.text for line in described)


def claims(
    described: tuple[Line, ...],
    document: Document,
    chunk: Chunk,
    model: str,
    subject: Entity | None = None,
    meanings: Mapping[str, tuple[str, str]] = MEANINGS,
    confidence: float = CONFIDENCE,
) -> Extraction:
    """What a description claims about its picture; each claim rests on the line of the passage that says it.

    Without a `subject` it is what the description or the document has as its title.
    """
    subject = subject or _subject(described, document)
    statements: dict[str, Statement] = {}
    for line in described:
        meaning = meanings.get(normalise(line.name))
        for value in line.values if meaning else ():
            statement = _statement(subject, meaning or ("", ""), value, line, document, chunk, model, confidence)
            if statement is not None:
                statements.setdefault(statement.id, statement)
    if not statements:
        return Extraction(chunk.id)
    entities = {entity.id: entity for each in statements.values() for entity in (each.subject, each.object)}
    mentions = tuple(Mention(chunk.id, each, _times(each.name, chunk.text)) for each in entities.values())
    return Extraction(chunk.id, mentions, tuple(statements.values()))


def _subject(described: tuple[Line, ...], document: Document) -> Entity:
    """What is described: by the title the description gives it, else by the document's."""
    titles = (line.values[0] for line in described if normalise(line.name) in _TITLES)
    name = next((title for title in titles if _is_name(title)), "") or document.title
    return Entity(Entity.make_id(document.collection, name), name, document.collection, _SUBJECT_TYPE, 1)


def _statement(
    subject: Entity,
    meaning: tuple[str, str],
    value: str,
    line: Line,
    document: Document,
    chunk: Chunk,
    model: str,
    confidence: float,
) -> Statement | None:
    predicate, kind = meaning
    if not _is_name(value):
        return None
    object_ = Entity(Entity.make_id(document.collection, value), value, document.collection, kind, TRUST)
    if object_.id == subject.id:
        return None
    start = chunk.start + line.start
    return Statement(
        subject=subject,
        predicate=predicate,
        object=object_,
        # In the words of the form: they read well in its language, whichever that is.
        text=f"{subject.name}, {line.name}: {value}",
        source=dated_by(Source(chunk.id, line.text, start, start + len(line.text), True), object_),
        collection=document.collection,
        confidence=confidence,
        model=model,
    )


def _is_name(value: str) -> bool:
    """Whether a value can name something: short, with letters or digits, not a word for nothing."""
    return (
        len(value) <= _LONGEST_NAME
        and any(character.isalnum() for character in value)
        and normalise(value).strip(".?!()[]- ") not in _NOTHING
    )


def _times(name: str, text: str) -> int:
    return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE))


def _flat(data: Mapping[str, Any], before: str, yes_no: tuple[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, values) of each field; fields inside of fields are named with what they are in."""
    for name, value in data.items():
        path = f"{before}{_BETWEEN}{name}" if before else str(name)
        if isinstance(value, Mapping):
            yield from _flat(value, path, yes_no)
            continue
        items = value if isinstance(value, list) else [value]
        plain = tuple(text for each in items if (text := _plain(each, yes_no)))
        if plain:
            yield path, plain
        for number, each in enumerate(items, 1):
            if isinstance(each, Mapping):
                yield from _flat(each, f"{path} {number}", yes_no)


def _plain(value: Any, yes_no: tuple[str, str]) -> str:
    if isinstance(value, bool):
        return yes_no[not value]
    if isinstance(value, list):
        return ", ".join(filter(None, (_plain(each, yes_no) for each in value)))
    return _one_line(str(value)) if isinstance(value, str | int | float) else ""


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
