"""Watches a chat model: each call is asked for at the import's budget before it is sent, and counted when it ends."""

from __future__ import annotations

import threading
import time
from typing import Any, Final
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult

from graph.jobs import Paid, Purpose, Use
from ingest.budget import Budget, Call
from ingest.cluster_errors import NodeLost
from ingest.limits import price
from llm.cost import estimate_tokens
from llm.errors import CutOff, NotUnderstood, Refused, TimedOut
from llm.replies import tokens
from llm.seeing import PICTURE_TOKENS
from llm.spec import ModelSpec

USUAL_ANSWER: Final = 350
"""Tokens of an answer, about, until it is there."""
LONGEST_ANSWER: Final = 8192
"""Tokens of one answer where nothing else bounds it: a limit of money needs to know what a call costs at most."""
_OVERHEAD: Final = 1000
"""Tokens beside the words: the form of the answer, what stands around each message."""
_CHARGED = (CutOff, Refused, NotUnderstood, TimedOut, NodeLost)
"""Errors after which a provider may still charge the call: it was, or may have been, answered."""


def metered(chat: BaseChatModel, spec: ModelSpec, budget: Budget, job: str | None, purpose: Purpose) -> BaseChatModel:
    """The same model, whose calls count on this job and raise what `Budget.begin` raises; unchanged without a job."""
    if job is None:
        return chat
    if getattr(chat, "max_tokens", 0) is None and spec.price_out is not None:
        chat.max_tokens = LONGEST_ANSWER  # type: ignore[attr-defined]
    most = getattr(chat, "max_tokens", None) or spec.max_output
    chat.callbacks = [_Meter(spec, budget, job, purpose, most)]
    return chat


class _Meter(BaseCallbackHandler):
    """LangChain tells it of each call; what it raises at a call's beginning keeps the call from being sent."""

    raise_error = True
    run_inline = True

    def __init__(self, spec: ModelSpec, budget: Budget, job: str, purpose: Purpose, most: int) -> None:
        self._spec, self._budget, self._job, self._most = spec, budget, job, most
        self._paid = Paid(purpose, spec.id)
        self._calls: dict[UUID, tuple[Call, float]] = {}
        self._lock = threading.Lock()

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID, **_: Any
    ) -> None:
        said = [message for each in messages for message in each]
        text = "".join(message.text for message in said)
        pictures = sum(_pictures(message) for message in said) * PICTURE_TOKENS
        expected = self._use(estimate_tokens(len(text)) + pictures, USUAL_ANSWER, len(text), estimated=True)
        # No tokenizer makes more tokens of a text than it has bytes.
        most = price(self._spec, len(text.encode("utf-8", "replace")) + pictures * 2 + _OVERHEAD, self._most)
        call = self._budget.begin(self._job, self._paid, expected, most)
        with self._lock:
            self._calls[run_id] = (call, time.monotonic())

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        call, took = self._ended(run_id)
        message = _message(response)
        told = tokens(message) if message else None
        written = estimate_tokens(len(message.text)) if message else USUAL_ANSWER
        tokens_in, tokens_out = told or (call.expected.tokens_in, written)
        call.used(self._use(tokens_in, tokens_out, call.expected.characters, told is None, took))
        self._budget.end(self._job, call)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        call, took = self._ended(run_id)
        if isinstance(error, _CHARGED):
            written = self._most if isinstance(error, CutOff) else USUAL_ANSWER
            call.used(self._use(call.expected.tokens_in, written, call.expected.characters, True, took))
        else:
            call.used(Use())
        self._budget.end(self._job, call)

    def _ended(self, run_id: UUID) -> tuple[Call, float]:
        with self._lock:
            call, began = self._calls.pop(run_id)
        return call, time.monotonic() - began

    def _use(self, tokens_in: int, tokens_out: int, characters: int, estimated: bool, took: float = 0.0) -> Use:
        usd = price(self._spec, tokens_in, tokens_out)
        return Use(1, tokens_in, tokens_out, usd or 0.0, took, characters, int(estimated), int(usd is None))


def _message(response: LLMResult) -> AIMessage | None:
    for generation in (each for some in response.generations for each in some):
        if isinstance(generation, ChatGeneration) and isinstance(generation.message, AIMessage):
            return generation.message
    return None


def _pictures(message: BaseMessage) -> int:
    return sum(isinstance(part, dict) and "image" in str(part.get("type")) for part in message.content)
