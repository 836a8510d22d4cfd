"""One picture and one vision model: what the model sees, as JSON that keeps to a form, or in a form of its own.

A constrained answer is asked for first; a server that takes no schema is asked in words. What comes back is checked
against the form either way: data that does not keep to it is never returned.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from graph.errors import WrongUse
from llm.answer import Usage
from llm.errors import NotUnderstood, scrub
from llm.forms import Schema, problems, without_nulls
from llm.language import NAMES
from llm.prompts import prompt
from llm.seeing import Seen, ask_about, json_in
from llm.spec import ModelSpec, Text

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

DESCRIBE_PROMPT: Final = "describe"
_FREE: Final = (
    "Choose the fields yourself: a short name for everything worth telling, in the language you write in, and its "
    "value as text, number, true or false, or a list of texts."
)
_IN_WORDS: Final = Text(
    "The server does not take forms; the model was asked in words and its answer checked.",
    "Der Server nimmt keine Formulare an; das Modell wurde in Worten gefragt und die Antwort geprüft.",
)


class SeesNothing(WrongUse):
    en = "{model} cannot look at pictures. Choose one that can: {others}."
    de = "{model} kann keine Bilder ansehen. Wählen Sie eines, das es kann: {others}."


@dataclass(frozen=True, slots=True)
class Description:
    """What a model saw: `data` keeps to the schema that was asked for, `raw` is what the model wrote.

    `problems` tells, in the languages of the interface, what had to be set right on the way.
    """

    data: dict[str, Any]
    raw: str
    model: str
    prompt: str
    language: str | None = None
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    problems: tuple[Text, ...] = ()


def describe(
    chat: BaseChatModel,
    image_bytes: bytes,
    mime_type: str,
    schema: Schema | None,
    language: str | None,
    spec: ModelSpec,
) -> Description:
    """Ask one model about one picture. `schema` is one that `llm.forms` has checked, None lets the model choose.

    The bytes reach the model as they are (`ingest.for_model` makes them fit). Raises the errors of `llm.errors`:
    CutOff for an answer that is not whole, NotUnderstood for one that is no JSON or does not keep to the schema.
    """
    rules = prompt(DESCRIBE_PROMPT).fill(
        language=NAMES.get(language or "", "English"),
        form=_FREE
        if schema is None
        else f"The JSON must keep to this schema:\n{json.dumps(schema, ensure_ascii=False)}",
    )
    seen = ask_about(chat, image_bytes, mime_type, rules, schema, spec)
    data, more = _read(seen.text, schema, spec.id)
    return Description(
        data=data,
        raw=seen.text,
        model=spec.id,
        prompt=prompt(DESCRIBE_PROMPT).version,
        language=language,
        usage=seen.usage,
        seconds=seen.seconds,
        problems=(*_told(seen), *more),
    )


def _told(seen: Seen) -> tuple[Text, ...]:
    """What people are told of how a model was asked."""
    return (_IN_WORDS,) if seen.in_words else ()


def _read(text: str, schema: Schema | None, model: str) -> tuple[dict[str, Any], list[Text]]:
    """The data in what the model wrote, set right where its meaning is plain; raises NotUnderstood."""
    value = json_in(text)
    if isinstance(value, list) and schema is None:
        value = {"items": value}
    if not isinstance(value, dict) or not value:
        raise NotUnderstood(
            model=model, detail=scrub(f"no JSON object: {text[:80]}") if text.strip() else "it is empty"
        )
    if schema is None:
        return value, []
    data, told = _mended(without_nulls(value, schema), schema)
    wrong = problems(data, schema)
    if wrong:
        raise NotUnderstood(model=model, detail=scrub("; ".join(wrong[:3])))
    return data, told


def _mended(data: dict[str, Any], schema: Schema) -> tuple[dict[str, Any], list[Text]]:
    """The data with fields in the kind that was asked for where nothing is lost by it, and what was done."""
    told: list[Text] = []
    known: Mapping[str, Any] = schema["properties"]
    mended: dict[str, Any] = {}
    for name, value in data.items():
        if name not in known:
            if schema.get("additionalProperties") is False:
                told.append(
                    Text(f"Left out: {name[:60]}, not in the form.", f"Weggelassen: {name[:60]}, nicht gefragt.")
                )
                continue
            mended[name] = value
            continue
        mended[name] = _in_kind(value, known[name])
        if mended[name] != value:
            told.append(Text(f"Written in another way: {name[:60]}.", f"Anders geschrieben: {name[:60]}."))
    return mended, told


def _in_kind(value: Any, field_schema: Any) -> Any:
    kind = field_schema.get("type") if isinstance(field_schema, dict) else None
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if kind == "string" and isinstance(value, str) and "enum" in field_schema:
        same = (each for each in field_schema["enum"] if isinstance(each, str) and each.casefold() == value.casefold())
        return next(same, value)
    if kind == "array" and isinstance(value, str):
        return [value] if value.strip() else []
    if kind in {"number", "integer"} and isinstance(value, str):
        try:
            number = float(value.strip())
        except ValueError:
            return value
        return int(number) if number.is_integer() else number
    return value
