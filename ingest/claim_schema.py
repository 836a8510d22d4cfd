"""Which types and predicates a model may use, as rules in words, as JSON Schema, and as the reader of what it wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass

from graph.vocabulary import PREDICATES, TYPES, predicate_key
from llm.prompts import prompt

EXTRACT_PROMPT = "extract"
FALLBACK_TYPE = "Thing"
_LONGEST_PREDICATE = 80
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


@dataclass(frozen=True, slots=True)
class ExtractionSchema:
    """The types and predicates to use; `free` lets a model use words of its own where no predicate fits."""

    types: tuple[str, ...] = TYPES
    predicates: tuple[str, ...] = PREDICATES
    free: bool = True

    def json_schema(self) -> dict[str, object]:
        """The form of the answer as JSON Schema, in the strict dialect that providers enforce."""
        text: dict[str, object] = {"type": "string"}
        kinds: dict[str, object] = {"type": "string", "enum": list(self.types)}
        predicate = text if self.free else {"type": "string", "enum": list(self.predicates)}
        fields = {
            "subject": text,
            "subject_type": kinds,
            "predicate": predicate,
            "object": text,
            "object_type": kinds,
            "quote": text,
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
        predicates = "one of " + ", ".join(self.predicates)
        if self.free:
            predicates += "; where none of them fits, one to four words of your own in the language of the passage"
        return prompt(EXTRACT_PROMPT).fill(types=", ".join(self.types), predicates=predicates)

    def type_of(self, name: str) -> str | None:
        """The type a model means, or None for one that is not in the schema."""
        known = {each.casefold(): each for each in self.types}
        return known.get(name.casefold()) or known.get(_OTHER_TYPE_NAMES.get(name.casefold(), "").casefold())

    def predicate_of(self, written: str) -> str | None:
        """The predicate of the schema that a model means, its own words where those are allowed, or None."""
        words = " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", written).replace("_", " ").split())
        key = predicate_key(words)
        if key in self.predicates:
            return key
        own = words.lower() if written.isupper() else words
        return own if self.free and len(own) <= _LONGEST_PREDICATE else None

    def in_words(self, predicate: str) -> str:
        """A predicate as it reads in a sentence."""
        return predicate.replace("_", " ").lower() if predicate in self.predicates else predicate
