"""What a vision model says of a picture: a caption, what is seen, its parts with their places, the writing in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from llm.answer import Usage
from llm.errors import NotUnderstood, scrub
from llm.forms import Schema
from llm.language import NAMES
from llm.places import Box, Measure, box_in, measure_of, points_in, without_marks
from llm.prompts import prompt
from llm.seeing import ask_about, json_in
from llm.spec import ModelSpec

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

CAPTION_PROMPT: Final = "caption"
KINDS: Final = ("person", "animal", "object", "place", "other")
MOST: Final = 80
"""Parts or pieces of writing of one picture that are kept apart; a model that lists more has lost the thread."""
_LONGEST_NAME: Final = 80
_CODE: Final = re.compile(r"[a-z]{2,3}")
_TEXT: Final[Schema] = {"type": "string"}


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody or something in a picture: its name as in an index, one of KINDS, a sentence, its place if known."""

    name: str
    kind: str
    about: str = ""
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Writing:
    """Text in a picture, verbatim; the code of its language and its place, where they are known."""

    text: str
    language: str | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Caption:
    """What a model saw. `language` is the one it wrote in; nothing at all where the picture shows nothing."""

    caption: str
    seen: str = ""
    parts: tuple[Part, ...] = ()
    writing: tuple[Writing, ...] = ()
    uncertain: tuple[str, ...] = ()
    language: str = "en"
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing was seen."""
        return not (self.caption or self.seen or self.parts or self.writing)


def caption(
    chat: BaseChatModel, image: bytes, mime_type: str, size: tuple[int, int], language: str, spec: ModelSpec
) -> Caption:
    """Ask one model to describe one picture of `size` pixels; the bytes reach it as they are.

    Raises the errors of `llm.errors`: CutOff for an answer that is not whole, NotUnderstood for one that is no JSON.
    """
    measure = measure_of(spec, *size)
    schema = caption_schema(measure)
    rules = prompt(CAPTION_PROMPT).fill(
        language=NAMES.get(language, "English"), where=measure.in_words, form=json.dumps(schema, ensure_ascii=False)
    )
    seen = ask_about(chat, image, mime_type, rules, schema, spec)
    return read_caption(seen.text, measure, language, spec.id, seen.usage, seen.seconds)


def caption_schema(measure: Measure) -> Schema:
    """The form of an answer: what `read_caption` reads."""
    place = {measure.field: measure.schema}
    part = {"name": _TEXT, "kind": {"type": "string", "enum": list(KINDS)}, "about": _TEXT} | place
    writing = {"text": _TEXT, "language": _TEXT} | place
    fields = {
        "caption": _TEXT,
        "seen": _TEXT,
        "parts": {"type": "array", "items": _object(part, ["name", "kind", "about"])},
        "writing": {"type": "array", "items": _object(writing, ["text"])},
        "uncertain": {"type": "array", "items": _TEXT},
    }
    return _object(fields, list(fields))


def read_caption(
    text: str, measure: Measure, language: str, model: str, usage: Usage | None = None, seconds: float = 0.0
) -> Caption:
    """What a model wrote, as far as it has a meaning; raises NotUnderstood for what is no JSON object of ours."""
    value = json_in(text)
    if not isinstance(value, dict) or not value.keys() & {"caption", "seen", "parts", "writing"}:
        raise NotUnderstood(model=model, detail=scrub(text[:80]) or "it is empty")
    return Caption(
        caption=one_line(value.get("caption")),
        seen=one_line(value.get("seen")),
        parts=tuple(_parts(value.get("parts"), measure)),
        writing=tuple(_writing(value.get("writing"), measure)),
        uncertain=tuple(filter(None, (one_line(each) for each in _listed(value.get("uncertain"))))),
        language=language,
        model=model,
        usage=usage or Usage(),
        seconds=seconds,
    )


def one_line(value: object) -> str:
    """A text of a model as one clean line; nothing for what is no text."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(c if c.isprintable() else " " for c in without_marks(value)).split())


def lines_of(value: object) -> str:
    """A text of a model line by line, without control characters; nothing for what is no text."""
    if not isinstance(value, str):
        return ""
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cleaned = ("".join(c if c.isprintable() else " " for c in line).rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(cleaned)).strip()


def _parts(value: object, measure: Measure) -> Iterator[Part]:
    for each in _listed(value)[:MOST]:
        if not isinstance(each, dict) or not (name := one_line(each.get("name"))):
            continue
        kind = each.get("kind")
        pointed = points_in(f"{each.get('name')} {each.get('about')}")
        box = box_in(each.get("box") or each.get("point") or each.get("bbox_2d"), measure) or next(iter(pointed), None)
        yield Part(name[:_LONGEST_NAME], kind if kind in KINDS else "other", one_line(each.get("about")), box)


def _writing(value: object, measure: Measure) -> Iterator[Writing]:
    for each in _listed(value)[:MOST]:
        given = each if isinstance(each, dict) else {"text": each}
        if text := lines_of(given.get("text")):
            code = str(given.get("language") or "").strip().casefold()
            box = box_in(given.get("box") or given.get("point") or given.get("bbox_2d"), measure)
            yield Writing(text, code if _CODE.fullmatch(code) else None, box)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) and value.strip() else []


def _object(properties: dict[str, Schema], required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
