"""Mistral's chat models over its own SDK: our request in, the provider's answer and our errors out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from mistralai.client import Mistral
from mistralai.client.models import CompletionChunk, UsageInfo
from pydantic import PrivateAttr

from llm.endpoint import Endpoint
from llm.errors import Interrupted
from llm.mistral_api import mistral_endpoint, open_client, translated
from llm.patient import PatientAsyncClient, PatientClient, timeout
from llm.remote import LONGEST_ANSWER, Watch
from llm.spec import ModelSpec
from llm.structured import with_schema
from settings import Settings

_ERROR = "error"


def open_chat(spec: ModelSpec, settings: Settings) -> MistralChat:
    """A chat model for a row of the catalog; nothing is sent before the first question."""
    at = mistral_endpoint(settings)
    chat = MistralChat(
        model_name=spec.name,
        temperature=0.0 if spec.temperature_allowed else None,
        max_tokens=min(spec.max_output, LONGEST_ANSWER),
        reasoning_effort=spec.reasoning,
    )
    chat._at, chat._http = at, PatientClient(timeout=timeout())
    chat._client = open_client(at, chat._http)
    return chat


class MistralChat(BaseChatModel):
    """A chat model of Mistral's platform, or of a server with its protocol; may be shared by threads and loops."""

    model_name: str
    temperature: float | None = 0.0
    max_tokens: int = LONGEST_ANSWER
    reasoning_effort: str | None = None
    _at: Endpoint = PrivateAttr()
    _http: PatientClient = PrivateAttr()
    _client: Mistral = PrivateAttr()

    @property
    def _llm_type(self) -> str:
        return "mistral"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name, "temperature": self.temperature, "max_tokens": self.max_tokens}

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **options: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """A JSON Schema that the provider keeps to; see `llm.structured`."""
        return with_schema(self, schema, include_raw, **options)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        with translated(self.model_name, self._at):
            return self._result(self._client.chat.complete(**self._request(messages, stop, options)))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        with translated(self.model_name, self._at):
            async with self._waiting() as http:
                client = open_client(self._at, self._http, http)
                return self._result(await client.chat.complete_async(**self._request(messages, stop, options)))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        watch = Watch(self._at.name)
        with (
            watch,
            translated(self.model_name, self._at),
            closing(self._client.chat.stream(**self._request(messages, stop, options))) as events,
        ):
            for event in events:
                chunk = self._chunk(event.data)
                watch.saw(chunk.message.response_metadata.get("finish_reason"))
                yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        watch = Watch(self._at.name)
        with watch, translated(self.model_name, self._at):
            async with self._waiting() as http:
                client = open_client(self._at, self._http, http)
                async with await client.chat.stream_async(**self._request(messages, stop, options)) as events:
                    async for event in events:
                        chunk = self._chunk(event.data)
                        watch.saw(chunk.message.response_metadata.get("finish_reason"))
                        yield chunk

    def _waiting(self) -> PatientAsyncClient:
        """Connections for one call: kept ones belong to the event loop that made them, which may be gone."""
        return PatientAsyncClient(timeout=timeout())

    def _request(self, messages: Sequence[BaseMessage], stop: list[str] | None, options: dict[str, Any]) -> Any:
        asked: dict[str, Any] = {
            "model": self.model_name,
            "messages": [_message(each) for each in messages],
            "max_tokens": options.get("max_tokens", self.max_tokens),
        }
        for name, value in (
            ("temperature", options.get("temperature", self.temperature)),
            ("reasoning_effort", options.get("reasoning_effort", self.reasoning_effort)),
            ("response_format", options.get("response_format")),
            ("stop", stop),
        ):
            if value is not None:
                asked[name] = value
        return asked

    def _result(self, answer: Any) -> ChatResult:
        choice = answer.choices[0]
        message = AIMessage(
            content=_text(choice.message.content),
            response_metadata=self._about(choice.finish_reason),
            usage_metadata=_usage(answer.usage),
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _chunk(self, part: CompletionChunk) -> ChatGenerationChunk:
        """A piece of the answer; one without a choice brings the usage alone."""
        choice = part.choices[0] if part.choices else None
        reason = choice.finish_reason if choice else None
        message = AIMessageChunk(
            content=_text(choice.delta.content) if choice else "",
            # Only once: the words of several pieces are joined, those of their metadata too.
            response_metadata=self._about(reason) if reason else {},
            usage_metadata=_usage(part.usage) if part.usage else None,
        )
        return ChatGenerationChunk(message=message)

    def _about(self, finish_reason: object) -> dict[str, Any]:
        if finish_reason == _ERROR:
            raise Interrupted(server=self._at.name)
        return {"model_name": self.model_name, "finish_reason": str(finish_reason)}


def _message(message: BaseMessage) -> dict[str, Any]:
    if isinstance(message, SystemMessage):
        return {"role": "system", "content": message.text}
    if isinstance(message, AIMessage):
        return {"role": "assistant", "content": message.text}
    if not isinstance(message, HumanMessage):
        raise TypeError(f"a message of the kind {message.type} cannot be sent")
    if isinstance(message.content, str):
        return {"role": "user", "content": message.content}
    return {"role": "user", "content": [_part(block) for block in message.content]}


def _part(block: str | dict[str, Any]) -> dict[str, Any]:
    """A piece of a question; a picture goes as it is, its bytes in a data URL."""
    if isinstance(block, str):
        return {"type": "text", "text": block}
    if block.get("type") == "text":
        return {"type": "text", "text": block["text"]}
    if block.get("type") == "image" and "base64" in block:
        return {"type": "image_url", "image_url": f"data:{block['mime_type']};base64,{block['base64']}"}
    raise TypeError(f"a part of the kind {block.get('type')} cannot be sent")


def _text(content: Any) -> str:
    """The words of an answer, without what a reasoning model thinks aloud."""
    if not content:
        return ""
    if isinstance(content, str):
        return content
    return "".join(str(part.text) for part in content if part.type == "text")


def _usage(usage: UsageInfo) -> UsageMetadata:
    words_in, words_out = usage.prompt_tokens or 0, usage.completion_tokens or 0
    return UsageMetadata(input_tokens=words_in, output_tokens=words_out, total_tokens=words_in + words_out)
