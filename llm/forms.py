"""What a description is to contain: a form built by people, or a JSON Schema of theirs, made fit for models."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from graph.errors import WrongUse

Schema = dict[str, Any]
"""A JSON Schema whose root is an object with properties."""

MOST_FIELDS: Final = 60
LONGEST_SCHEMA: Final = 60_000
TITLE: Final = "description"
"""The name a schema goes by with providers, which take letters, digits, `_` and `-` only."""
_NAME = re.compile(r"[^\W_](?:[\w \-]{0,62}[\w])?")
_LONGEST_HINT = 500
_DROPPED = frozenset({"default", "examples", "$schema", "$id", "$comment", "title"})
"""Keywords that strict modes refuse and that say nothing to a model."""
_NESTED = ("properties", "$defs", "definitions")
_LISTED = ("anyOf", "oneOf", "allOf")


class FormUnusable(WrongUse):
    """`what` and `was` say in English and German what is wrong with a form or a schema."""

    en = "This form cannot be used: {what}"
    de = "Dieses Formular ist nicht zu gebrauchen: {was}"


class FieldKind(StrEnum):
    """What is written into a field."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    TEXTS = "texts"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; `choices` belong to the kind CHOICE alone. One that is not required may stay empty."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    description: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()


def form_schema(fields: Sequence[Field]) -> Schema:
    """The JSON Schema of a form; raises FormUnusable for one without fields, with wrong or equal names."""
    if not fields:
        raise FormUnusable(what="it has no fields. Add one.", was="Es hat keine Felder. Fügen Sie eines hinzu.")
    if len(fields) > MOST_FIELDS:
        raise FormUnusable(
            what=f"it has {len(fields)} fields; at most {MOST_FIELDS} are possible.",
            was=f"Es hat {len(fields)} Felder; höchstens {MOST_FIELDS} sind möglich.",
        )
    seen: set[str] = set()
    for field in fields:
        _check_field(field, seen)
        seen.add(field.name.casefold())
    return {
        "title": TITLE,
        "type": "object",
        "properties": {field.name: _property(field) for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _check_field(field: Field, seen: set[str]) -> None:
    name = field.name
    if not _NAME.fullmatch(name):
        raise FormUnusable(
            what=f"“{name[:80]}” is no name for a field. Use letters, digits, spaces and hyphens, at most 64.",
            was=f"„{name[:80]}“ ist kein Name für ein Feld: Buchstaben, Ziffern, Leerzeichen, Striche, höchstens 64.",
        )
    if name.casefold() in seen:
        raise FormUnusable(what=f"two fields are called “{name}”.", was=f"Zwei Felder heißen „{name}“.")
    if field.kind is FieldKind.CHOICE and len(set(field.choices)) < 2:
        raise FormUnusable(
            what=f"“{name}” is a choice and needs two answers or more to choose from.",
            was=f"„{name}“ ist eine Auswahl und braucht mindestens zwei Antworten.",
        )


def _property(field: Field) -> Schema:
    made: Schema
    if field.kind is FieldKind.TEXTS:
        made = {"type": "array", "items": {"type": "string"}}
    elif field.kind is FieldKind.CHOICE:
        made = {"type": "string", "enum": list(dict.fromkeys(field.choices))}
    else:
        made = {"type": {FieldKind.NUMBER: "number", FieldKind.YES_NO: "boolean"}.get(field.kind, "string")}
    if hint := " ".join(field.description.split())[:_LONGEST_HINT]:
        made["description"] = hint
    return made


def read_schema(text: str) -> Schema:
    """A JSON Schema that somebody wrote; raises FormUnusable saying what is wrong with it."""
    if len(text) > LONGEST_SCHEMA:
        raise FormUnusable(
            what=f"the schema has more than {LONGEST_SCHEMA:,} characters.",
            was=f"Das Schema hat mehr als {LONGEST_SCHEMA} Zeichen.",
        )
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as problem:
        detail = " ".join(str(problem).split())[:120]
        raise FormUnusable(what=f"it is not JSON ({detail}).", was=f"Das ist kein JSON ({detail}).") from None
    return checked_schema(value)


def checked_schema(value: object) -> Schema:
    """The value, if it is a JSON Schema of an object with properties that needs no other file; else FormUnusable."""
    # Only here: the package takes a tenth of a second to load, and most commands describe nothing.
    from jsonschema import SchemaError
    from jsonschema.validators import Draft202012Validator, validator_for

    if not isinstance(value, dict) or value.get("type") != "object" or not isinstance(value.get("properties"), dict):
        raise FormUnusable(
            what='a JSON Schema with "type": "object" and "properties" is wanted.',
            was='Gewünscht ist ein JSON-Schema mit "type": "object" und "properties".',
        )
    if not value["properties"]:
        raise FormUnusable(what="it has no fields. Add one.", was="Es hat keine Felder. Fügen Sie eines hinzu.")
    try:
        validator_for(value, default=Draft202012Validator).check_schema(value)
        elsewhere = next((ref for ref in _references(value) if not ref.startswith("#")), None)
    except SchemaError as problem:
        detail = " ".join(problem.message.split())[:160]
        raise FormUnusable(
            what=f"the schema is not valid: {detail}", was=f"Das Schema ist ungültig: {detail}"
        ) from None
    except RecursionError:
        raise FormUnusable(what="it is nested too deeply.", was="Es ist zu tief verschachtelt.") from None
    if elsewhere is not None:
        raise FormUnusable(
            what=f"it refers to {elsewhere[:80]}. Other files are not followed: put everything into one.",
            was=f"Es verweist auf {elsewhere[:80]}. Anderen Dateien wird nicht gefolgt: Schreiben Sie alles in eine.",
        )
    return value


def _references(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in {"$ref", "$dynamicRef"} and isinstance(each, str):
                yield each
            else:
                yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def strict(schema: Schema) -> Schema:
    """The schema in the dialect that providers enforce: its fields only, all of them, the optional ones or null."""
    made: Schema = _strict(deepcopy(schema))
    made["title"] = TITLE
    return made


def _strict(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    made = {key: value for key, value in node.items() if key not in _DROPPED}
    for key in _NESTED:
        if isinstance(made.get(key), dict):
            made[key] = {name: _strict(each) for name, each in made[key].items()}
    for key in _LISTED:
        if isinstance(made.get(key), list):
            made[key] = [_strict(each) for each in made[key]]
    if "items" in made:
        made["items"] = _strict(made["items"])
    if isinstance(made.get("properties"), dict):
        required = set(made.get("required") or ())
        made["properties"] = {
            name: each if name in required else _nullable(each) for name, each in made["properties"].items()
        }
        made["required"] = list(made["properties"])
        made["additionalProperties"] = False
    return made


def _nullable(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    kind = node.get("type")
    if kind is None:
        return {"anyOf": [node, {"type": "null"}]}
    made = node | {"type": list(dict.fromkeys([*([kind] if isinstance(kind, str) else kind), "null"]))}
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    return made


def without_nulls(data: Any, schema: Mapping[str, Any]) -> Any:
    """The data without the empty fields that `strict` had to ask for and that the schema itself may not have."""
    if isinstance(data, list) and isinstance(schema.get("items"), dict):
        return [without_nulls(each, schema["items"]) for each in data]
    properties = schema.get("properties")
    if not isinstance(data, dict) or not isinstance(properties, dict):
        return data
    required = set(schema.get("required") or ())
    kept: dict[str, Any] = {}
    for name, value in data.items():
        field = properties.get(name)
        if value is None and name not in required and isinstance(field, dict) and not _allows_null(field):
            continue
        kept[name] = without_nulls(value, field) if isinstance(field, dict) else value
    return kept


def _allows_null(field: Mapping[str, Any]) -> bool:
    kind = field.get("type")
    return kind == "null" or (isinstance(kind, list) and "null" in kind)


def problems(data: dict[str, Any], schema: Schema) -> list[str]:
    """What in the data does not keep to the schema, each with its place; empty where all does."""
    from jsonschema.validators import Draft202012Validator, validator_for
    from referencing import Registry

    # An empty registry: without one, references would be fetched from the web.
    validator = validator_for(schema, default=Draft202012Validator)(schema, registry=Registry())
    found = sorted(validator.iter_errors(data), key=lambda error: [str(part) for part in error.absolute_path])
    return [f"{'/'.join(str(p) for p in each.absolute_path) or 'it'}: {each.message}"[:200] for each in found]
