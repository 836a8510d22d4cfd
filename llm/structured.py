"""Structured output for chat models that take `response_format`: the reply beside what it says, or the error."""

from __future__ import annotations

import json
from typing import Any

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable, RunnableLambda


def with_schema(
    chat: BaseChatModel,
    schema: dict[str, Any] | type,
    include_raw: bool = False,
    strict: bool | None = True,
    method: str = "json_schema",
) -> Runnable[LanguageModelInput, Any]:
    """The chat, asked with `response_format` in OpenAI's form for a JSON Schema, its reply read as JSON.

    With `include_raw` the result is `{"raw", "parsed", "parsing_error"}`; without it, the value, or
    OutputParserException. Raises ValueError for anything but a JSON Schema, or for another method.
    """
    if not isinstance(schema, dict) or method != "json_schema":
        raise ValueError("only a JSON Schema is taken, by the method json_schema")
    wanted = {"name": schema.get("title") or "answer", "schema": schema, "strict": strict is not False}
    asked = chat.bind(response_format={"type": "json_schema", "json_schema": wanted})
    return asked | RunnableLambda(_beside_raw if include_raw else _value)


def _value(reply: BaseMessage) -> Any:
    try:
        return json.loads(reply.text)
    except ValueError as problem:
        raise OutputParserException(f"not JSON: {problem}", llm_output=reply.text) from None


def _beside_raw(reply: BaseMessage) -> dict[str, Any]:
    try:
        return {"raw": reply, "parsed": _value(reply), "parsing_error": None}
    except OutputParserException as problem:
        return {"raw": reply, "parsed": None, "parsing_error": problem}
