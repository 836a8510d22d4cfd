"""HTTP clients for the providers' SDKs that wait when a server asks them to, but not for long, and never for nothing.

The SDKs' own retries wait up to two minutes each, try again after an exhausted quota and triple every time-out.
So they are switched off, and these clients decide instead. They follow no redirection: words and keys go to the
address that was named and nowhere else.
"""

from __future__ import annotations

import asyncio
import email.utils
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final

import httpx2
from httpx2 import Request, Response

from llm.several import Round, Servers

CONNECT_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 60.0
"""Seconds a server may be silent between two bytes."""
LONGEST_WAIT: Final = 20.0
"""Seconds we wait by ourselves when asked to; a longer wait is reported as RateLimited instead."""
ATTEMPTS: Final = 3


_attempts: ContextVar[int] = ContextVar("attempts", default=ATTEMPTS)


@contextmanager
def impatient() -> Iterator[None]:
    """What this thread sends meanwhile is tried once: whoever calls many times at once decides about waiting itself."""
    token = _attempts.set(1)
    try:
        yield
    finally:
        _attempts.reset(token)


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds a server asks to wait, by `retry-after-ms` or `retry-after` (seconds or a date); None if it does not."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    if value is None:
        return None
    seconds = _number(value)
    if seconds is not None:
        return seconds
    try:
        then: float = email.utils.parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, then - now)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 <= number < 10**7 else None


def is_quota(body: str) -> bool:
    """Whether a 429 says that the credit is used up, which no waiting changes."""
    try:
        error = json.loads(body)["error"]
        return "insufficient_quota" in (error.get("code"), error.get("type"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def pause(status: int, headers: Mapping[str, str], body: str, attempt: int, now: float) -> float | None:
    """Seconds to wait before trying again after the `attempt`-th answer (from 1); None: do not try again."""
    if attempt >= _attempts.get() or (status != 429 and status < 500) or is_quota(body):
        return None
    wanted = asked_wait(headers, now)
    if wanted is None:
        return 0.5 * attempt
    return wanted if wanted <= LONGEST_WAIT else None


def timeout(silence: float | None = None) -> httpx2.Timeout:
    """How long to wait for a connection, and between two bytes of an answer."""
    return httpx2.Timeout(silence or SILENCE_SECONDS, connect=CONNECT_SECONDS)


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The authorities this computer trusts, read once: that takes longer than all the rest of making a client."""
    return httpx2.create_ssl_context()


class PatientClient(httpx2.Client):
    """Sends again after 429 and 5xx as `pause` says; a lost connection or a time-out is reported at once.

    Of several `servers` the first is the one that requests are written for.
    """

    def __init__(self, servers: Servers | None = None, **options: Any) -> None:
        super().__init__(**{"verify": _trusted()} | options)
        self._servers = servers

    def send(self, request: Request, **options: Any) -> Response:
        # An SDK may have put one number for everything here, five minutes for a connection among it.
        request.extensions["timeout"] = self.timeout.as_dict()
        for attempt in range(1, ATTEMPTS + 1):
            response = self._ask(request, **options)
            if response.status_code < 400:
                break
            body = response.read().decode("utf-8", "replace")
            wait = pause(response.status_code, response.headers, body, attempt, time.time())
            if wait is None:
                break
            time.sleep(wait)
        return response

    def _ask(self, request: Request, **options: Any) -> Response:
        """The answer of the server, or of the first of several that has one."""
        if self._servers is None:
            return super().send(request, **options)
        way = Round(self._servers, request)
        while True:
            try:
                response = super().send(way.next(), **options)
            except httpx2.TransportError as problem:
                if not way.failed(problem):
                    raise
                continue
            if not way.goes_on(response):
                return response
            response.close()


class PatientAsyncClient(httpx2.AsyncClient):
    """The same for `await`."""

    def __init__(self, servers: Servers | None = None, **options: Any) -> None:
        super().__init__(**{"verify": _trusted()} | options)
        self._servers = servers

    async def send(self, request: Request, **options: Any) -> Response:
        request.extensions["timeout"] = self.timeout.as_dict()
        for attempt in range(1, ATTEMPTS + 1):
            response = await self._ask(request, **options)
            if response.status_code < 400:
                break
            body = (await response.aread()).decode("utf-8", "replace")
            wait = pause(response.status_code, response.headers, body, attempt, time.time())
            if wait is None:
                break
            await asyncio.sleep(wait)
        return response

    async def _ask(self, request: Request, **options: Any) -> Response:
        if self._servers is None:
            return await super().send(request, **options)
        way = Round(self._servers, request)
        while True:
            try:
                response = await super().send(way.next(), **options)
            except httpx2.TransportError as problem:
                if not way.failed(problem):
                    raise
                continue
            if not way.goes_on(response):
                return response
            await response.aclose()
