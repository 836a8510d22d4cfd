"""What a language model writes when it was asked for claims: read as far as it can be read, the rest refused by name.

Models wrap the list in an object of their own, write prose around it, one object a line, triples as lists, names as
objects, null for a type they do not know. All of that is understood; nothing is made up, nothing is dropped silently.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

_SUBJECT = ("subject", "head", "source", "from", "subject_name", "source_node", "source_node_id", "node_1", "start")
_PREDICATE = ("predicate", "relation", "relationship", "relation_type", "relationship_type", "type", "label", "edge")
_OBJECT = ("object", "tail", "target", "to", "object_name", "target_node", "target_node_id", "node_2", "end")
_SUBJECT_TYPE = ("subject_type", "head_type", "source_type", "source_node_type", "subject_label")
_OBJECT_TYPE = ("object_type", "tail_type", "target_type", "target_node_type", "object_label")
_QUOTE = ("quote", "evidence", "source_text", "sentence", "text", "span")
_DATE = ("date", "when", "time", "year")
_PLACE = ("place", "where", "location")
_NAME = ("name", "id", "text", "label", "value")
_LISTS = ("statements", "relations", "relationships", "triples", "triplets", "claims", "facts", "edges", "items")
_AROUND = ("data", "result", "output", "response", "answer", "graph", "knowledge_graph")
_OPENING = re.compile(r"[\[{]")
_TRIES = 200
_MOST_COMBINED = 8
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class RawClaim:
    """A claim as the model wrote it; all but subject, predicate and object may be empty."""

    subject: str
    predicate: str
    object: str
    subject_type: str = ""
    object_type: str = ""
    quote: str = ""
    date: str = ""
    place: str = ""


def read_reply(text: str) -> tuple[list[RawClaim], list[str]] | None:
    """(claims, what was refused and why), or None where there is no list of claims in the text at all."""
    found = _items(text)
    if found is None:
        return None
    items, refused = found
    claims: list[RawClaim] = []
    for item in items:
        try:
            claims += _claims(item)
        except ValueError as reason:
            refused.append(f"{reason}: {_shown(item)}")
    return claims, refused


def _items(text: str) -> tuple[list[object], list[str]] | None:
    """The first list of claims in a text, whatever stands around it; single objects where there is no whole list."""
    decoder = json.JSONDecoder()
    singles: list[object] = []
    broken: list[str] = []
    empty = False
    at = 0
    for _ in range(_TRIES):
        opening = _OPENING.search(text, at)
        if opening is None:
            break
        try:
            value, at = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            at = opening.end()
            broken = ["not a whole list, read as far as it goes"]
            continue
        found = _list_in(value)
        if found:
            return found, []
        empty = empty or found is not None
        if isinstance(value, dict) and _first(value, _SUBJECT) is not None:
            singles.append(value)
    if singles:
        return singles, broken
    return ([], []) if empty else None


def _list_in(value: object) -> list[object] | None:
    """The claims in a decoded value: a list of objects or triples, bare or wrapped."""
    if isinstance(value, list):
        return value if all(isinstance(item, dict | list) for item in value) else None
    if not isinstance(value, dict):
        return None
    for key in _LISTS:
        if isinstance(value.get(key), list):
            return list(value[key])
    for key in _AROUND:
        if (inner := _list_in(value.get(key))) is not None:
            return inner
    return None


def _claims(item: object) -> Iterator[RawClaim]:
    """The claims of one item: several where a model put a list in the place of a name."""
    if isinstance(item, list):
        item = dict(zip(("subject", "predicate", "object", "quote"), item, strict=False))
    if not isinstance(item, dict):
        raise ValueError("not a claim")
    predicate = _first(item, _PREDICATE)
    if not isinstance(predicate, str) or not any(letter.isalpha() for letter in predicate):
        raise ValueError("no predicate")
    subjects = list(_names(_first(item, _SUBJECT), "no subject"))
    objects = list(_names(_first(item, _OBJECT), "no object"))
    if len(subjects) * len(objects) > _MOST_COMBINED:
        raise ValueError("too many names in one claim")
    subject_type, object_type = _text(_first(item, _SUBJECT_TYPE)), _text(_first(item, _OBJECT_TYPE))
    rest = [_text(_first(item, keys)) for keys in (_QUOTE, _DATE, _PLACE)]
    for (subject, its_type), (object_, that_type) in product(subjects, objects):
        yield RawClaim(subject, predicate.strip(), object_, its_type or subject_type, that_type or object_type, *rest)


def _names(value: object, missing: str) -> Iterator[tuple[str, str]]:
    """(name, type) of each name a model wrote in one place."""
    if isinstance(value, list) and value:
        for each in value:
            yield from _names(each, missing)
        return
    if isinstance(value, dict):
        name, kind = _text(_first(value, _NAME)), _text(_first(value, ("type", "labels", "kind", "entity_type")))
    else:
        name, kind = _text(value), ""
    if not any(character.isalnum() for character in name):
        raise ValueError(missing)
    yield name, kind


def _text(value: object) -> str:
    """A value as text: numbers are written out, anything that is neither is nothing."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _first(item: dict[str, object], keys: tuple[str, ...]) -> object:
    """The value of the first key that is there, in any capitals."""
    lowered = {str(key).casefold(): value for key, value in item.items()}
    return next((lowered[key] for key in keys if lowered.get(key) is not None), None)


def _shown(item: object) -> str:
    written = json.dumps(item, ensure_ascii=False, default=str)
    return written if len(written) <= _SHOWN else written[: _SHOWN - 1] + "…"
