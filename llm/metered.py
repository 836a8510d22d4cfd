"""Calls that are counted: before each a meter is asked whether it may be made, and after it told what it used."""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult

from llm.cost import cost, estimate_tokens
from llm.spec import ModelSpec


class Meter(Protocol):
    """Who counts calls. Both may be called from any thread."""

    def before(self, model: str) -> None:
        """Whether the call may be made; raises what says why not."""

    def after(self, model: str, tokens_in: int, tokens_out: int, usd: float | None) -> None:
        """What a call has used; `usd` is None where its price is not known. A call that failed used what it was sent.

        A call that is given up counts as far as it came.
        """


class _Counting(BaseCallbackHandler):
    """Hears of each call of one model."""

    raise_error = True
    """A call that may not be made is not made."""
    run_inline = True

    def __init__(self, spec: ModelSpec, meter: Meter) -> None:
        self._spec, self._meter = spec, meter
        self._sent: dict[UUID, int] = {}
        self._came: dict[UUID, int] = {}

    def on_chat_model_start(
        self, serialized: dict[str, Any], messages: list[list[BaseMessage]], *, run_id: UUID, **more: Any
    ) -> None:
        self._meter.before(self._spec.id)
        self._sent[run_id] = estimate_tokens(sum(len(str(each.text)) for some in messages for each in some))

    def on_llm_new_token(self, token: Any, *, run_id: UUID, **more: Any) -> None:
        self._came[run_id] = self._came.get(run_id, 0) + len(str(token))

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **more: Any) -> None:
        self._tell(run_id, response)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
        if run_id in self._sent:
            self._tell(run_id, None)

    def _tell(self, run_id: UUID, response: LLMResult | None) -> None:
        read, written = self._sent.pop(run_id, 0), estimate_tokens(self._came.pop(run_id, 0))
        made = response.generations[0][0] if response and response.generations and response.generations[0] else None
        if isinstance(made, ChatGeneration):
            usage = getattr(made.message, "usage_metadata", None)
            if usage:
                read, written = usage["input_tokens"], usage["output_tokens"]
            else:
                written = written or estimate_tokens(len(str(made.message.text)))
        self._meter.after(self._spec.id, read, written, cost(self._spec, read, written))


def metered(chat: BaseChatModel, spec: ModelSpec, meter: Meter) -> BaseChatModel:
    """The same model, each call of which the meter knows of."""
    before = chat.callbacks if isinstance(chat.callbacks, list) else []
    chat.callbacks = [*before, _Counting(spec, meter)]
    return chat
