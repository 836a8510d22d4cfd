"""One picture shown to one model with rules and a form: what it wrote, whole, and what that took."""

from __future__ import annotations

import json
import re
import time
from base64 import b64encode
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from llm.answer import Usage
from llm.cost import cost, estimate_tokens
from llm.errors import BadRequest
from llm.forms import Schema, strict
from llm.spec import ModelSpec

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable

PICTURE_TOKENS: Final = 1_000
"""About what a picture counts where nobody counts for us."""
_OPENING = re.compile(r"[\[{]")
_BEGINNINGS: Final = 100
"""Brackets at which JSON is looked for: each may be read to the end, and a model that loops writes thousands."""
_FENCE = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model wrote about a picture; `in_words` where its server took no form, so that it was asked in words."""

    text: str
    usage: Usage
    seconds: float
    in_words: bool = False


def ask_about(
    chat: BaseChatModel, image: bytes, mime_type: str, rules: str, schema: Schema | None, spec: ModelSpec
) -> Seen:
    """Show a picture to a model: held to the form where that can be done, else in words; the bytes go as they are.

    Raises the errors of `llm.errors`, CutOff for an answer that is not whole.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    from llm.replies import check_finish

    began = time.perf_counter()
    picture = {"type": "image", "base64": b64encode(image).decode("ascii"), "mime_type": mime_type}
    messages = [SystemMessage(rules), HumanMessage([{"type": "text", "text": "The picture:"}, picture])]
    message, in_words = held(chat, messages, schema)
    check_finish(message, spec.id)
    return Seen(message.text, _usage(message, messages, spec), time.perf_counter() - began, in_words)


def json_in(text: str) -> object:
    """The first JSON object or list in a text, bare, fenced, or with words around it; None where there is none."""
    fenced = _FENCE.fullmatch(text)
    text = fenced.group(1) if fenced else text
    decoder = json.JSONDecoder(parse_constant=_no_number)
    for opening in islice(_OPENING.finditer(text), _BEGINNINGS):
        try:
            value: object = decoder.raw_decode(text, opening.start())[0]
            return value
        except (ValueError, RecursionError):
            continue
    return None


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def held(chat: BaseChatModel, messages: list[BaseMessage], schema: Schema | None) -> tuple[AIMessage, bool]:
    """The message of a model held to a form where it can be, and whether it had to be asked in words instead."""
    from llm.replies import schema_refused

    constrained = None if schema is None else _constrained(chat, schema)
    if constrained is not None:
        try:
            return _message(constrained.invoke(messages)), False
        except BadRequest as refused:
            if not schema_refused(refused):
                raise
    return chat.invoke(messages), schema is not None


def _constrained(chat: BaseChatModel, schema: Schema) -> Runnable[Any, Any] | None:
    """The model held to the schema, or None where it cannot be held to any."""
    try:
        return chat.with_structured_output(strict(schema), method="json_schema", include_raw=True, strict=True)
    except (NotImplementedError, ValueError, TypeError):
        return None


def _message(reply: object) -> AIMessage:
    from langchain_core.messages import AIMessage

    message = reply.get("raw") if isinstance(reply, dict) else reply
    assert isinstance(message, AIMessage)
    return message


def _usage(message: AIMessage, messages: list[BaseMessage], spec: ModelSpec) -> Usage:
    from llm.replies import tokens

    counted = tokens(message)
    asked = sum(len(each.text) for each in messages)
    tokens_in, tokens_out = counted or (estimate_tokens(asked) + PICTURE_TOKENS, estimate_tokens(len(message.text)))
    return Usage(tokens_in, tokens_out, counted is None, cost(spec, tokens_in, tokens_out))
