"""Which types and predicates a model may use, as rules in words, as JSON Schema, and as the reader of what it wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graph.errors import WrongUse
from graph.types import make_id
from graph.vocabulary import PREDICATES, TYPES, predicate_key
from llm.prompts import prompt

EXTRACT_PROMPT = "extract"
FALLBACK_TYPE = "Thing"
FREE: Final = "free"
"""The name of the schema that is used where none was chosen."""
MOST_TYPES: Final = 60
MOST_PREDICATES: Final = 120
_LONGEST_PREDICATE = 80
_TYPE_NAME: Final = re.compile(r"[^\W\d_][\w \-]{0,39}")
_PREDICATE_NAME: Final = re.compile(r"[^\W\d_][\w \-]{0,59}")
_SCHEMA_NAME: Final = re.compile(r"[^\W_][\w .\-]{0,59}")
_OTHER_TYPE_NAMES = {
    "organization": "Organisation",
    "institution": "Organisation",
    "location": "Place",
    "city": "Place",
    "country": "Place",
    "artwork": "Work",
    "book": "Work",
    "year": "Date",
    "time": "Date",
    "idea": "Concept",
    "ort": "Place",
    "werk": "Work",
    "ereignis": "Event",
    "objekt": "Object",
    "sammlung": "Collection",
    "begriff": "Concept",
    "datum": "Date",
}


class SchemaUnusable(WrongUse):
    """`what` and `was` say in English and German what is wrong with kinds and relations of one's own."""

    en = "These kinds and relations cannot be used: {what}"
    de = "Diese Arten und Beziehungen sind nicht zu gebrauchen: {was}"


@dataclass(frozen=True, slots=True)
class ExtractionSchema:
    """The types and predicates to use; `free` lets a model use words of its own where none of them fits."""

    types: tuple[str, ...] = TYPES
    predicates: tuple[str, ...] = PREDICATES
    free: bool = True
    name: str = FREE

    @property
    def content(self) -> str:
        """All of it as JSON, the same for the same schema."""
        fields = {"name": self.name, "types": self.types, "predicates": self.predicates, "open": self.free}
        return json.dumps(fields, ensure_ascii=False, sort_keys=True)

    @property
    def id(self) -> str | None:
        """The hash that tells one schema from another; None for the one that is used where none was chosen."""
        return None if self == ExtractionSchema() else make_id("schema", self.content)

    def json_schema(self) -> dict[str, object]:
        """The form of the answer as JSON Schema, in the strict dialect that providers enforce."""
        text: dict[str, object] = {"type": "string"}
        kinds: dict[str, object] = {"type": "string", "enum": list(self.offered_types)}
        predicate = text if self.free else {"type": "string", "enum": list(self.predicates)}
        fields = {
            "subject": text,
            "subject_type": kinds,
            "predicate": predicate,
            "object": text,
            "object_type": kinds,
            "quote": text,
            "date": text,
            "place": text,
        }
        claim = {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}
        return {
            "title": "claims",
            "description": "The claims of one passage",
            "type": "object",
            "properties": {"statements": {"type": "array", "items": claim}},
            "required": ["statements"],
            "additionalProperties": False,
        }

    def instructions(self) -> str:
        """The rules for the model."""
        predicates = "one of " + ", ".join(self.predicates) if self.predicates else "one to four words"
        if self.free and self.predicates:
            predicates += "; where none of them fits, one to four words of your own in the language of the passage"
        types = ", ".join(self.offered_types)
        if self.free and self.types != TYPES:
            types += f" (take one of the first {len(self.types)} wherever it fits)"
        return prompt(EXTRACT_PROMPT).fill(types=types, predicates=predicates)

    @property
    def offered_types(self) -> tuple[str, ...]:
        """The types a model may choose from: behind one's own those of the vocabulary, unless only these are wanted."""
        return tuple(dict.fromkeys((*self.types, *TYPES))) if self.free else self.types

    def type_of(self, name: str) -> str | None:
        """The type a model means, or None for one that is not in the schema."""
        known = {each.casefold(): each for each in self.offered_types}
        return known.get(name.casefold()) or known.get(_OTHER_TYPE_NAMES.get(name.casefold(), "").casefold())

    def predicate_of(self, written: str) -> str | None:
        """The predicate of the schema that a model means, its own words where those are allowed, or None."""
        words = " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", written).replace("_", " ").split())
        key = predicate_key(words)
        for predicate in self.predicates:
            if key == predicate_key(predicate.replace("_", " ")):
                return predicate
        own = words.lower() if written.isupper() else words
        return own if self.free and len(own) <= _LONGEST_PREDICATE else None

    def in_words(self, predicate: str) -> str:
        """A predicate as it reads in a sentence."""
        capitals = predicate in self.predicates and predicate == predicate.upper()
        return predicate.replace("_", " ").lower() if capitals else predicate.replace("_", " ")


def is_type_name(name: str) -> bool:
    """Whether words may be the name of a type: begun by a letter, at most 40 letters, digits, spaces, `_`, `-`."""
    return _TYPE_NAME.fullmatch(" ".join(name.split())) is not None


def own_schema(types: Sequence[str], predicates: Sequence[str], free: bool, name: str) -> ExtractionSchema:
    """A schema of somebody's own; raises SchemaUnusable saying what is wrong with it."""
    names = " ".join(name.split())
    if not _SCHEMA_NAME.fullmatch(names):
        raise SchemaUnusable(what=f"“{names[:80]}” is no name for them.", was=f"„{names[:80]}“ ist kein Name dafür.")
    kinds = _checked(types, _TYPE_NAME, MOST_TYPES, "kind", "Arten")
    relations = _checked(predicates, _PREDICATE_NAME, MOST_PREDICATES, "relation", "Beziehungen")
    if not kinds:
        raise SchemaUnusable(what="there are no kinds. Name one.", was="Es gibt keine Arten. Nennen Sie eine.")
    if not relations and not free:
        raise SchemaUnusable(
            what="only these are wanted, but there are no relations. Name one.",
            was="Nur diese sind gewünscht, es gibt aber keine Beziehungen. Nennen Sie eine.",
        )
    return ExtractionSchema(kinds, relations, free, names)


def _checked(given: Sequence[str], form: re.Pattern[str], most: int, one: str, many: str) -> tuple[str, ...]:
    """The names without doubles; raises SchemaUnusable for too many or for one that is none."""
    seen: dict[str, str] = {}
    for each in given:
        name = " ".join(str(each).split())
        if not form.fullmatch(name):
            raise SchemaUnusable(
                what=f"“{name[:60]}” is no name for a {one}. Use letters, digits, spaces, hyphens; a letter first.",
                was=f"„{name[:60]}“ geht nicht als Name bei {many}: Buchstaben, Ziffern, Leerzeichen, Striche; "
                "zuerst ein Buchstabe.",
            )
        seen.setdefault(name.casefold().replace("_", " "), name)
    if len(seen) > most:
        raise SchemaUnusable(
            what=f"there are {len(seen)} {one}s; at most {most} are possible.",
            was=f"Es sind {len(seen)} {many}; höchstens {most} sind möglich.",
        )
    return tuple(seen.values())


def from_data(data: Mapping[str, Any], name: str) -> ExtractionSchema:
    """A schema from `{"name", "types", "predicates" or "relations", "open" or "strict"}`; raises SchemaUnusable."""
    lists = [data.get("types"), data.get("predicates", data.get("relations"))]
    for each in lists:
        if each is not None and not (isinstance(each, list | tuple) and all(isinstance(item, str) for item in each)):
            raise SchemaUnusable(
                what='“types” and “relations” must be lists of words, as in "types": ["Ship", "Harbour"].',
                was="„types“ und „relations“ müssen Listen von Wörtern sein.",
            )
    free = bool(data.get("open", not data.get("strict", False)))
    return own_schema(lists[0] or (), lists[1] or (), free, str(data.get("name") or name))
