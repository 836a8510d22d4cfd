"""A page read by a vision model: its words in reading order, verbatim, with their places where the model gives them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from llm.caption import lines_of
from llm.errors import NotUnderstood, scrub
from llm.forms import Schema
from llm.ocr import OcrBlock
from llm.places import Measure, box_in, measure_of
from llm.prompts import prompt
from llm.seeing import ask_about, json_in
from llm.spec import ModelSpec

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

TRANSCRIBE_PROMPT: Final = "transcribe"
KINDS: Final = ("paragraph", "heading", "list", "table", "caption", "code")


def transcribe(
    chat: BaseChatModel, image: bytes, mime_type: str, size: tuple[int, int], spec: ModelSpec
) -> tuple[OcrBlock, ...]:
    """What stands on a page of `size` pixels; nothing where the model says that there are no words.

    Raises the errors of `llm.errors`: CutOff for an answer that is not whole, NotUnderstood for one that is no JSON.
    """
    measure = measure_of(spec, *size)
    schema = transcribe_schema(measure)
    rules = prompt(TRANSCRIBE_PROMPT).fill(where=measure.in_words, form=json.dumps(schema, ensure_ascii=False))
    return read_blocks(ask_about(chat, image, mime_type, rules, schema, spec).text, measure, spec.id)


def transcribe_schema(measure: Measure) -> Schema:
    """The form of an answer: what `read_blocks` reads."""
    block: dict[str, Schema] = {"kind": {"type": "string", "enum": list(KINDS)}, "text": {"type": "string"}}
    item = {
        "type": "object",
        "properties": block | {measure.field: measure.schema},
        "required": ["kind", "text"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"blocks": {"type": "array", "items": item}},
        "required": ["blocks"],
        "additionalProperties": False,
    }


def read_blocks(text: str, measure: Measure, model: str) -> tuple[OcrBlock, ...]:
    """The blocks in what a model wrote; raises NotUnderstood for what is no list of blocks."""
    value = json_in(text)
    blocks = value.get("blocks") if isinstance(value, dict) else value
    if not isinstance(blocks, list):
        raise NotUnderstood(model=model, detail=scrub(text[:80]) or "it is empty")
    return tuple(block for each in blocks if (block := _block(each, measure)) is not None)


def _block(value: Any, measure: Measure) -> OcrBlock | None:
    given = value if isinstance(value, dict) else {"text": value}
    words = lines_of(given.get("text"))
    if not words:
        return None
    kind = given.get("kind")
    return OcrBlock(kind if kind in KINDS else "paragraph", words, box_in(given.get(measure.field), measure))
