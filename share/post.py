"""One request to a channel: what came of it, so that it can be told whether the message arrived, did not, or may have.

Names are looked up once and what was checked is connected to; proxies and redirects are not followed, for the address
is a secret of one host. Nothing of the address stands in what is returned.
"""

from __future__ import annotations

import email.utils
import os
import ssl
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import httpcore
import httpx

from graph.errors import WunderkammerError
from llm.web_connection import CheckedNetwork, Resolver, look_up
from share.errors import WebhookPrivate, WebhookUnknownHost

SECONDS: Final = 25.0
"""The longest that one request may take, well below the lease of a try."""
CONNECT_SECONDS: Final = 8.0
_TRUST: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_MOST_BYTES: Final = 4_096
"""Of an answer no more is read: it says yes or no."""
USER_AGENT: Final = "Wunderkammer/0.1"


class Why(StrEnum):
    """Why nothing was answered: a word for each, for what the network says may hold the address."""

    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    HOST = "host"
    REFUSED = "refused"
    LOST = "lost"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Answered:
    """The other side answered; `retry_after` is in seconds, where it said so."""

    status: int
    text: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing of the message has left this computer; `private` where the address leads where nothing is sent to."""

    why: Why
    private: bool = False


@dataclass(frozen=True, slots=True)
class Unclear:
    """The request went out, at least in part, and no answer came."""

    why: Why


class _Network(CheckedNetwork):
    unknown: type[WunderkammerError] = WebhookUnknownHost
    private: type[WunderkammerError] = WebhookPrivate


def post(
    address: str, body: str, allow_private: bool, seconds: float = SECONDS, resolve: Resolver = look_up
) -> Answered | NotSent | Unclear:
    """Send a body as JSON to an address; raises nothing that the network does."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return NotSent(Why.ADDRESS, private=True)
    content = body.encode("utf-8", "replace")
    headers = [
        (b"Host", url.netloc),
        (b"User-Agent", USER_AGENT.encode()),
        (b"Content-Type", b"application/json; charset=utf-8"),
        (b"Content-Length", str(len(content)).encode()),
        (b"Connection", b"close"),
    ]
    network = _Network(resolve, allow_private, time.monotonic() + seconds)
    timeout = {"connect": CONNECT_SECONDS, "read": seconds, "write": seconds, "pool": 1.0}
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    try:
        with (
            httpcore.ConnectionPool(
                ssl_context=_trusted(*map(os.environ.get, _TRUST)), network_backend=network
            ) as pool,
            pool.stream("POST", target, headers=headers, content=content, extensions={"timeout": timeout}) as answer,
        ):
            return _answered(answer)
    except (WebhookUnknownHost, WebhookPrivate) as error:
        return NotSent(Why.HOST, private=isinstance(error, WebhookPrivate))
    except (
        httpcore.ConnectError,
        httpcore.ConnectTimeout,
        httpcore.PoolTimeout,
        httpcore.UnsupportedProtocol,
    ) as error:
        return NotSent(_why(error))
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        return Unclear(_why(error))


def _answered(answer: httpcore.Response) -> Answered:
    """What was answered: the status counts also where the words after it do not come."""
    headers = httpx.Headers(answer.headers)
    text = bytearray()
    try:
        for block in answer.iter_stream():
            text += block
            if len(text) >= _MOST_BYTES:
                break
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError):
        text.clear()
    return Answered(
        answer.status, text[:_MOST_BYTES].decode("utf-8", "replace"), _after(headers.get("retry-after", ""))
    )


def _after(said: str) -> float | None:
    """Seconds to wait, from a number of them or a date."""
    if said.isascii() and said.strip().isdecimal() and len(said) < 10:
        return float(said)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _why(error: Exception) -> Why:
    """What kept it from being sent or answered, by what lies at the bottom of the error."""
    if isinstance(error, httpcore.TimeoutException):
        return Why.TIMEOUT
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLError):
        return Why.CERTIFICATE
    return Why.REFUSED if isinstance(cause, ConnectionRefusedError) else Why.LOST


@lru_cache(maxsize=4)
def _trusted(*_named: str | None) -> ssl.SSLContext:
    """Whom certificates are believed from, as the environment names them."""
    return httpx.create_ssl_context()
