"""What a chat model's reply says about itself, whoever the provider is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage

from llm.errors import BadRequest, CutOff, Refused

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

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


def raw_only(held: Runnable[Any, Any]) -> Runnable[Any, Any]:
    """The model out of `with_structured_output(..., include_raw=True)`: held to the form, its message as it came.

    LangChain would parse it too, in threads of its own for every call; we read it ourselves, with what each claim
    lacks. What is built in another way is returned as it is.
    """
    from langchain_core.runnables import RunnableParallel, RunnableSequence

    first = held.first if isinstance(held, RunnableSequence) else None
    return first.steps__["raw"] if isinstance(first, RunnableParallel) and "raw" in first.steps__ else held
