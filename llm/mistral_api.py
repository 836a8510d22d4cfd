"""Mistral's SDK behind one door: a client that waits as ours do, and the provider's errors made ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
from mistralai.client import Mistral
from mistralai.client.errors import MistralError, NoResponseError
from mistralai.extra.exceptions import MistralClientException

from graph.errors import ModelError
from llm.endpoint import Endpoint, endpoint
from llm.errors import Interrupted, NotUnderstood, TimedOut, Unreachable, scrub
from llm.patient import PatientAsyncClient, PatientClient, timeout
from llm.remote import NO_KEY_NEEDED, UNREADABLE, status_error
from settings import Settings

FAMILY = "mistral"
_FOREIGN = (
    MistralError,
    NoResponseError,
    MistralClientException,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    *UNREADABLE,
)


def mistral_endpoint(settings: Settings) -> Endpoint:
    """Where Mistral is asked, by the settings."""
    return endpoint(FAMILY, settings)


def open_client(at: Endpoint, http: httpx2.Client | None = None, waiting: httpx2.AsyncClient | None = None) -> Mistral:
    """A client of the SDK without retries of its own; `waiting` sends what is awaited.

    An address may end in /v1 or not. The key is always given: the SDK would look for one in the environment.
    """
    client = Mistral(
        api_key=at.key or NO_KEY_NEEDED,
        server_url=(at.url or "").removesuffix("/v1"),
        client=http or PatientClient(timeout=timeout()),
        async_client=waiting or PatientAsyncClient(timeout=timeout()),
    )
    # With MISTRAL_DEBUG set, the SDK writes headers and whole documents to the log.
    client.sdk_configuration.debug_logger = _Silent()
    return client


class _Silent:
    """A log that keeps nothing."""

    def debug(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Drops it."""


@contextmanager
def translated(model: str, at: Endpoint) -> Iterator[None]:
    """Whatever the SDK raises inside leaves as one of our errors; the original is dropped, it may quote the key."""
    try:
        yield
    except _FOREIGN as problem:
        raise map_error(problem, model, at) from None


def map_error(problem: Exception, model: str, at: Endpoint) -> ModelError:
    """Our error for one of the SDK's or of its transport; every text from outside is scrubbed of the key."""
    server = at.name
    if isinstance(problem, httpx2.TimeoutException | TimeoutError):
        return TimedOut(server=server)
    if isinstance(problem, httpx2.HTTPError | httpx2.InvalidURL | httpx2.StreamError | NoResponseError):
        return Unreachable(server=server)
    if isinstance(problem, MistralError):
        if problem.status_code >= 300:
            return status_error(problem.status_code, problem.headers, problem.body, model, at)
        if _is_error_event(problem.body):
            return Interrupted(server=server)
    return NotUnderstood(model=model or server, detail=scrub(str(problem), at.key))


def _is_error_event(body: str) -> bool:
    """Whether this is an error told in the middle of a stream that began well."""
    try:
        told = json.loads(body)["data"]
        return "choices" not in told and bool(told.get("error") or told.get("message") or told.get("object") == "error")
    except (ValueError, LookupError, TypeError, AttributeError):
        return False
