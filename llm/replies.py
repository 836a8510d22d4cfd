"""What a chat model's reply says about itself, whoever the provider is."""

from __future__ import annotations

import re

from langchain_core.messages import AIMessage

from llm.errors import BadRequest, CutOff, Refused

_SCHEMA_WORDS = re.compile(r"response_format|json_schema|schema|grammar|structured", re.IGNORECASE)


def check_finish(message: AIMessage, model: str) -> None:
    """Raise CutOff or Refused where the reply is not whole: structured output is never trusted without this."""
    reason = str(message.response_metadata.get("finish_reason") or message.response_metadata.get("stop_reason") or "")
    if reason in {"length", "max_tokens", "model_length"}:
        raise CutOff(model=model)
    if reason == "content_filter" or message.additional_kwargs.get("refusal"):
        raise Refused(model=model)


def tokens(message: AIMessage) -> tuple[int, int] | None:
    """(tokens in, tokens out) as the provider counts them, or None where it does not say."""
    usage = message.usage_metadata
    return (usage["input_tokens"], usage["output_tokens"]) if usage and usage["input_tokens"] else None


def schema_refused(refused: BadRequest) -> bool:
    """Whether a server refused a request because of the form of the answer: then it can be asked in words."""
    return bool(_SCHEMA_WORDS.search(str(refused.params.get("detail", ""))))
