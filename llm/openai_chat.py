"""OpenAI, and any server that speaks its protocol: our request in, the provider's answer and our errors out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urlsplit

import openai
from langchain_core.exceptions import ContextOverflowError, LangChainException
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, PrivateAttr, SecretStr

from graph.errors import ModelError
from llm.endpoint import Endpoint, endpoint
from llm.errors import ContextTooLong, CutOff, NotUnderstood, Refused, TimedOut, Unreachable, scrub
from llm.patient import CONNECT_SECONDS, SILENCE_SECONDS, PatientAsyncClient, PatientClient
from llm.remote import LONGEST_ANSWER, NO_KEY_NEEDED, UNREADABLE, Watch, status_error
from llm.several import servers
from llm.spec import ModelSpec
from settings import Settings

_FOREIGN = (openai.OpenAIError, LangChainException, *UNREADABLE)


def open_chat(spec: ModelSpec, settings: Settings) -> OpenAIChat:
    """A chat model for a row of the catalog; nothing is sent before the first question."""
    at = endpoint(spec.family, settings)
    all_of, timeout = bases(at), openai.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    chat = OpenAIChat(
        model=spec.name,
        base_url=all_of[0] if all_of else None,
        api_key=SecretStr(at.key or NO_KEY_NEEDED),
        temperature=0.0 if spec.temperature_allowed else None,
        reasoning_effort=spec.reasoning,
        max_completion_tokens=None if spec.reasoning else min(spec.max_output, LONGEST_ANSWER),
        timeout=timeout,
        max_retries=0,
        stream_usage=True,
        use_responses_api=False,
        http_client=PatientClient(servers(all_of), timeout=timeout),
        http_async_client=PatientAsyncClient(servers(all_of), timeout=timeout),
        openai_proxy="",
        stream_chunk_timeout=SILENCE_SECONDS,
    )
    chat._at = at
    return chat


def bases(at: Endpoint) -> tuple[str, ...]:
    """The addresses as the SDK wants them: the protocol lives under /v1, which people leave out."""
    return tuple(url if urlsplit(url).path.strip("/") else f"{url}/v1" for url in at.urls)


class OpenAIChat(ChatOpenAI):
    """ChatOpenAI whose errors are ours, and whose stream may not end without saying why it ends."""

    _at: Endpoint = PrivateAttr()

    def _get_request_payload(self, *args: Any, **options: Any) -> dict[str, Any]:
        payload: dict[str, Any] = super()._get_request_payload(*args, **options)
        if self._at.place != "provider" and "max_completion_tokens" in payload:
            # The name that compatible servers know; some pass over OpenAI's newer one and never end.
            payload["max_tokens"] = payload.pop("max_completion_tokens")
        return payload

    def _generate(self, *args: Any, **options: Any) -> ChatResult:
        with self._translated():
            return _whole(super()._generate(*args, **options))

    async def _agenerate(self, *args: Any, **options: Any) -> ChatResult:
        with self._translated():
            return _whole(await super()._agenerate(*args, **options))

    def _stream(self, *args: Any, **options: Any) -> Iterator[ChatGenerationChunk]:
        watch = Watch(self._at.name)
        with watch, self._translated():
            for chunk in super()._stream(*args, **options):
                watch.saw((chunk.generation_info or {}).get("finish_reason"))
                yield chunk

    async def _astream(self, *args: Any, **options: Any) -> AsyncIterator[ChatGenerationChunk]:
        watch = Watch(self._at.name)
        with watch, self._translated():
            async for chunk in super()._astream(*args, **options):
                watch.saw((chunk.generation_info or {}).get("finish_reason"))
                yield chunk

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self.model_name, self._at)


def _whole(result: ChatResult) -> ChatResult:
    if not result.generations:
        raise ValueError("no answer in the reply")
    return result


@contextmanager
def translated(model: str, at: Endpoint) -> Iterator[None]:
    """Whatever the SDK raises inside leaves as one of our errors; the original is dropped, it may quote the key."""
    try:
        yield
    except _FOREIGN as problem:
        raise map_error(problem, model, at) from None


def map_error(problem: Exception, model: str, at: Endpoint) -> ModelError:
    """Our error for one of the SDK's; every text that comes from outside is scrubbed of the key."""
    server = at.name
    if isinstance(problem, openai.APITimeoutError | TimeoutError):
        return TimedOut(server=server)
    if isinstance(problem, openai.APIConnectionError):
        return Unreachable(server=server)
    if isinstance(problem, openai.ContentFilterFinishReasonError):
        return Refused(model=model)
    if isinstance(problem, openai.LengthFinishReasonError):
        return CutOff(model=model)
    if isinstance(problem, ContextOverflowError):
        return ContextTooLong(model=model)
    if isinstance(problem, openai.APIStatusError):
        return status_error(problem.status_code, problem.response.headers, problem.response.text, model, at)
    return NotUnderstood(model=model or server, detail=scrub(str(problem), at.key))


class _Vector(BaseModel):
    index: int
    embedding: list[float]


class _Vectors(BaseModel):
    """What is used of a server's answer with vectors."""

    data: list[_Vector]


def open_embeddings(
    family: str, name: str, dimensions: int, settings: Settings
) -> Callable[[list[str]], list[list[float]]]:
    """A function from texts to vectors as the server gives them, in order; `dimensions` is asked for unless it is 0."""
    at = endpoint(family, settings)
    all_of, timeout = bases(at), openai.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    client = openai.OpenAI(
        api_key=at.key or NO_KEY_NEEDED,
        base_url=all_of[0] if all_of else None,
        max_retries=0,
        timeout=timeout,
        http_client=PatientClient(servers(all_of), timeout=timeout),
    )

    def ask(texts: list[str]) -> list[list[float]]:
        with translated(name, at):
            # Read here: the SDK looks at every number of every vector by itself, which takes longer than the call.
            raw = client.embeddings.with_raw_response.create(
                model=name, input=texts, encoding_format="float", dimensions=dimensions or openai.omit
            )
            answer = _Vectors.model_validate_json(raw.content)
            vectors = [each.embedding for each in sorted(answer.data, key=lambda each: each.index)]
            if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
                raise ValueError(f"{len(vectors)} vectors for {len(texts)} texts")
            return vectors

    return ask
