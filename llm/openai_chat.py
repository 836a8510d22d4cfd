"""OpenAI, and any server that speaks its protocol: our request in, the provider's answer and our errors out."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import openai
from langchain_core.exceptions import ContextOverflowError, LangChainException
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr, SecretStr

from graph.errors import ModelError
from llm import catalog
from llm.errors import (
    BadKey,
    BadRequest,
    ContextTooLong,
    CutOff,
    Forbidden,
    Interrupted,
    NoSuchModel,
    NotUnderstood,
    ProviderFailed,
    QuotaExhausted,
    RateLimited,
    Refused,
    TimedOut,
    Unreachable,
    scrub,
)
from llm.patient import CONNECT_SECONDS, SILENCE_SECONDS, PatientAsyncClient, PatientClient, asked_wait, is_quota
from settings import Settings

_NO_KEY_NEEDED = "not-needed"
LONGEST_ANSWER = 4096
"""Tokens of one answer; a small model that repeats itself for ever is stopped there."""
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What langchain-openai raises for an answer that is not in the protocol's form."""
_FOREIGN = (openai.OpenAIError, LangChainException, *_UNREADABLE)


def open_chat(spec: catalog.ModelSpec, settings: Settings) -> OpenAIChat:
    """A chat model for a row of the catalog; nothing is sent before the first question."""
    timeout = openai.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    chat = OpenAIChat(
        model=spec.name,
        base_url=catalog.base_url(settings),
        api_key=SecretStr(settings.openai_api_key or _NO_KEY_NEEDED),
        temperature=0.0 if spec.temperature_allowed else None,
        reasoning_effort=spec.reasoning,
        max_completion_tokens=None if spec.reasoning else min(spec.max_output, LONGEST_ANSWER),
        timeout=timeout,
        max_retries=0,
        stream_usage=True,
        use_responses_api=False,
        http_client=PatientClient(timeout=timeout),
        http_async_client=PatientAsyncClient(timeout=timeout),
        openai_proxy="",
        stream_chunk_timeout=SILENCE_SECONDS,
    )
    chat._server = catalog.server_name(settings)
    return chat


def server_models(settings: Settings) -> tuple[str, ...]:
    """The names of the models a server offers, sorted; raises the errors of `llm.errors`."""
    key = settings.openai_api_key or _NO_KEY_NEEDED
    with translated("", catalog.server_name(settings), key):
        timeout = openai.Timeout(5.0)
        with PatientClient(timeout=timeout) as http:
            client = openai.OpenAI(
                api_key=key, base_url=catalog.base_url(settings), max_retries=0, timeout=timeout, http_client=http
            )
            return tuple(sorted(model.id for model in client.models.list()))


class OpenAIChat(ChatOpenAI):
    """ChatOpenAI whose errors are ours, and whose stream may not end without saying why it ends."""

    _server: str = PrivateAttr(default="OpenAI")

    def _generate(self, *args: Any, **options: Any) -> ChatResult:
        with self._translated():
            return _whole(super()._generate(*args, **options))

    async def _agenerate(self, *args: Any, **options: Any) -> ChatResult:
        with self._translated():
            return _whole(await super()._agenerate(*args, **options))

    def _stream(self, *args: Any, **options: Any) -> Iterator[ChatGenerationChunk]:
        watch = _Watch(self._server)
        with watch, self._translated():
            for chunk in super()._stream(*args, **options):
                watch.saw(chunk)
                yield chunk

    async def _astream(self, *args: Any, **options: Any) -> AsyncIterator[ChatGenerationChunk]:
        watch = _Watch(self._server)
        with watch, self._translated():
            async for chunk in super()._astream(*args, **options):
                watch.saw(chunk)
                yield chunk

    def _translated(self) -> AbstractContextManager[None]:
        key = self.openai_api_key
        return translated(self.model_name, self._server, key.get_secret_value() if isinstance(key, SecretStr) else None)


def _whole(result: ChatResult) -> ChatResult:
    if not result.generations:
        raise ValueError("no answer in the reply")
    return result


class _Watch:
    """Sees to it that a stream which began and then broke, or ended without saying why, is reported as Interrupted."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._begun = False
        self._ended = False

    def saw(self, chunk: ChatGenerationChunk) -> None:
        self._begun = True
        self._ended = self._ended or bool((chunk.generation_info or {}).get("finish_reason"))

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if (isinstance(problem, Unreachable) and self._begun) or (problem is None and not self._ended):
            raise Interrupted(server=self._server) from None


@contextmanager
def translated(model: str, server: str, key: str | None) -> Iterator[None]:
    """Whatever the SDK raises inside leaves as one of our errors; the original is dropped, it may quote the key."""
    try:
        yield
    except _FOREIGN as problem:
        raise map_error(problem, model, server, key) from None


def map_error(problem: Exception, model: str, server: str, key: str | None = None) -> ModelError:
    """Our error for one of the SDK's; every text that comes from outside is scrubbed of the key."""
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
        return _map_status(problem, model, server, key)
    return NotUnderstood(model=model or server, detail=scrub(str(problem), key))


def _map_status(problem: openai.APIStatusError, model: str, server: str, key: str | None) -> ModelError:
    """Our error for an answer with an HTTP status from 300 up."""
    status = problem.status_code
    if status == 401:
        return BadKey(server=server, variable="OPENAI_API_KEY")
    if status == 402 or (status == 429 and is_quota(_body(problem))):
        return QuotaExhausted(server=server)
    if status == 403:
        return Forbidden(server=server, model=model)
    if status == 404:
        return NoSuchModel(server=server, model=model)
    if status == 429:
        return RateLimited(server=server, seconds=round(asked_wait(problem.response.headers, time.time()) or 0))
    if status in {408, 504}:
        return TimedOut(server=server)
    if status >= 500 or status < 400:
        return ProviderFailed(server=server, status=status)
    if "context" in problem.message and ("length" in problem.message or "window" in problem.message):
        return ContextTooLong(model=model)
    return BadRequest(server=server, model=model, detail=scrub(problem.message, key))


def _body(problem: openai.APIStatusError) -> str:
    return problem.response.text


def open_embeddings(name: str, dimensions: int, settings: Settings) -> Callable[[list[str]], list[list[float]]]:
    """A function from texts to vectors as the server gives them, in order; `dimensions` is asked for unless it is 0."""
    key = settings.openai_api_key or _NO_KEY_NEEDED
    timeout = openai.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    client = openai.OpenAI(
        api_key=key,
        base_url=catalog.base_url(settings),
        max_retries=0,
        timeout=timeout,
        http_client=PatientClient(timeout=timeout),
    )

    def ask(texts: list[str]) -> list[list[float]]:
        with translated(name, catalog.server_name(settings), key):
            answer = client.embeddings.create(
                model=name, input=texts, encoding_format="float", dimensions=dimensions or openai.omit
            )
            vectors = [each.embedding for each in sorted(answer.data, key=lambda each: each.index)]
            if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
                raise ValueError(f"{len(vectors)} vectors for {len(texts)} texts")
            return vectors

    return ask
