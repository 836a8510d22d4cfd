"""What the chat models that run in this process share: LangChain's interface over one `llm.local_run.Run`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable

from llm.local_run import Asked, Finished, Run
from llm.structured import with_schema

LONGEST_ANSWER: Final = 4096
"""Tokens of one answer; a small model that repeats itself for ever is stopped there."""


class LocalChat(BaseChatModel):
    """A model in this process, one answer at a time; whoever asks while it is busy waits.

    The answer is the likeliest one unless `temperature` is above 0, so that the same question gets the same answer.
    """

    model_name: str
    temperature: float = 0.0
    max_tokens: int = LONGEST_ANSWER

    @abstractmethod
    def _run(self, asked: Asked) -> Run[Any]:
        """One answer of this model."""

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "temperature": self.temperature, "max_tokens": self.max_tokens}

    def _asked(self, messages: list[BaseMessage], stop: list[str] | None, options: dict[str, Any]) -> Run[Any]:
        limit = options.get("max_tokens") or self.max_tokens
        asked = Asked(
            messages=tuple(messages),
            limit=max(1, min(limit, self.max_tokens)),
            stop=tuple(stop or ()),
            temperature=float(options.get("temperature", self.temperature)),
            schema=_schema(options.get("response_format")),
        )
        return self._run(asked)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        run = self._asked(messages, stop, options)
        return self._whole("".join(run.words()), run.finished)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        run = self._asked(messages, stop, options)
        return self._whole("".join([text async for text in run.awords()]), run.finished)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        run = self._asked(messages, stop, options)
        for text in run.words():
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))
        yield self._last(run.finished)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        run = self._asked(messages, stop, options)
        async for text in run.awords():
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))
        yield self._last(run.finished)

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **options: Any
    ) -> Runnable[Any, Any]:
        """The answer in the form of a JSON Schema, kept by a grammar while it is written."""
        return with_schema(self, schema, include_raw, **options)

    def _about(self, finished: Finished) -> dict[str, Any]:
        return {"model_name": self.model_name, "finish_reason": finished.reason}

    def _whole(self, text: str, finished: Finished) -> ChatResult:
        about = self._about(finished)
        message = AIMessage(content=text, usage_metadata=_usage(finished), response_metadata=about)
        return ChatResult(generations=[ChatGeneration(message=message, generation_info=about)])

    def _last(self, finished: Finished) -> ChatGenerationChunk:
        about = self._about(finished)
        message = AIMessageChunk(
            content="", usage_metadata=_usage(finished), response_metadata=about, chunk_position="last"
        )
        return ChatGenerationChunk(message=message, generation_info=about)


def _usage(finished: Finished) -> UsageMetadata:
    tokens_in, tokens_out = finished.tokens_in, finished.tokens_out
    usage = UsageMetadata(input_tokens=tokens_in, output_tokens=tokens_out, total_tokens=tokens_in + tokens_out)
    if finished.tokens_kept:
        usage["input_token_details"] = InputTokenDetails(cache_read=finished.tokens_kept)
    return usage


def _schema(form: Any) -> dict[str, Any] | None:
    """The schema in OpenAI's `response_format`, which is how one is asked for here too."""
    if form is None:
        return None
    wanted: dict[str, Any] = form["json_schema"]["schema"]
    return wanted
