"""What providers over the network have in common: our error for a status, and streams that must say how they end."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from graph.errors import ModelError
from llm.endpoint import Endpoint
from llm.errors import (
    BadKey,
    BadRequest,
    ContextTooLong,
    Forbidden,
    Interrupted,
    Moved,
    NoSuchModel,
    ProviderFailed,
    QuotaExhausted,
    RateLimited,
    TimedOut,
    Unreachable,
    scrub,
)
from llm.patient import asked_wait, is_quota

LONGEST_ANSWER: Final = 4096
"""Tokens of one answer; a small model that repeats itself for ever is stopped there."""
UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError)
"""What SDKs raise for an answer that is not in the protocol's form."""
NO_KEY_NEEDED: Final = "not-needed"
"""Sent where no key is set: SDKs insist on one, and would otherwise look for another in the environment."""


def status_error(status: int, headers: Mapping[str, str], body: str, model: str, at: Endpoint) -> ModelError:
    """Our error for an answer with an HTTP status from 300 up; what it says is scrubbed of the key."""
    server = at.name
    if status in _PLAIN:
        kind = _PLAIN[status]
        return kind(server=server, model=model, variable=at.variable)
    if status == 429:
        if is_quota(body):
            return QuotaExhausted(server=server)
        return RateLimited(server=server, seconds=round(asked_wait(headers, time.time()) or 0))
    if status < 400:
        return Moved(server=server, variable=at.address)
    if status >= 500:
        return ProviderFailed(server=server, status=status)
    message, kind_of = _said(body)
    if kind_of == "invalid_model" or message.startswith("Invalid model"):
        return NoSuchModel(server=server, model=model)
    if "context" in message and ("length" in message or "window" in message):
        return ContextTooLong(model=model)
    return BadRequest(server=server, model=model, detail=scrub(message, at.key))


_PLAIN: dict[int, type[ModelError]] = {
    401: BadKey,
    402: QuotaExhausted,
    403: Forbidden,
    404: NoSuchModel,
    408: TimedOut,
    504: TimedOut,
}


def _said(body: str) -> tuple[str, str]:
    """What an error answer says in words, and its kind, in the forms that OpenAI, Mistral and FastAPI use."""
    try:
        told: Any = json.loads(body)
    except ValueError:
        return body, ""
    if isinstance(told, dict) and isinstance(told.get("error"), dict):
        told = told["error"]
    if not isinstance(told, dict):
        return body, ""
    words = told.get("message") or told.get("detail") or told.get("error") or body
    return (words if isinstance(words, str) else json.dumps(words)), str(told.get("type") or "")


class Watch:
    """Sees to it that a stream which began and then broke, or ended without saying why, is reported as Interrupted."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._begun = False
        self._ended = False

    def saw(self, finish_reason: object) -> None:
        """A piece of the stream has come, with its reason for ending if it has one."""
        self._begun = True
        self._ended = self._ended or bool(finish_reason)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if (isinstance(problem, Unreachable) and self._begun) or (problem is None and not self._ended):
            raise Interrupted(server=self._server) from None
