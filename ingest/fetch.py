"""Fetching what a web address names: one page or file, into a temporary file, with limits on size, time and where to.

Whoever names an address could make this computer ask its neighbours. So a name is looked up once, every address it has
is checked, and the connection goes to a checked one: a name that changes its meaning in between gains nothing. Proxies
of the environment are not used, for they would look names up themselves. Robots are not asked: a person named the page.
"""

from __future__ import annotations

import email.message
import os
import re
import ssl
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlencode

import httpcore
import httpx

from ingest.files import MEGABYTE, clean_name, written
from ingest.inflate import Damaged, inflated
from ingest.web_connection import CheckedNetwork, Resolver, look_up
from ingest.web_errors import (
    AddressMalformed,
    AnswerDamaged,
    AnswerEmpty,
    AnswerTooLarge,
    AnswerUnexpected,
    CertificateBad,
    HostBusy,
    HostUnreachable,
    LoginNeeded,
    PageNotFound,
    TooManyRedirects,
    TooSlow,
)
from settings import Settings

SECONDS: Final = 300.0
"""The longest that one address may take, redirects included."""
WAIT_SECONDS: Final = 30.0
"""The longest silence of a server."""
CONNECT_SECONDS: Final = 10.0
MAX_REDIRECTS: Final = 5
USER_AGENT: Final = "Wunderkammer/0.1 (knowledge graph for scholars; fetches single pages that a person names)"
ANYTHING: Final = ("text/html", "application/xhtml+xml", "application/pdf;q=0.9", "image/*;q=0.8", "*/*;q=0.7")
_HOST: Final = re.compile(rb"[a-z0-9._-]+|[0-9a-f:.]+", re.I)
_TRUST: Final = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: the file it lies in, the address it came from in the end, and what the server said of it.

    `media_type` and `charset` are the server's words, in small letters, empty where it said nothing; what the file
    really is, its content says. `name` is fit to be shown.
    """

    path: Path
    final_url: str
    media_type: str
    charset: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class _Request:
    """What stays the same from redirect to redirect."""

    pool: httpcore.ConnectionPool
    accept: str
    path: Path
    max_mb: int
    begin: float
    form: bytes | None = None
    """What is sent along, as the fields of a form are; None: only the address is."""

    @property
    def waited(self) -> int:
        """Seconds so far."""
        return max(1, round(time.monotonic() - self.begin))


def is_address(given: object) -> bool:
    """Whether what somebody named is a web address rather than a file."""
    return isinstance(given, str) and given.strip().lower().startswith(("http://", "https://"))


@contextmanager
def fetch(
    url: str,
    settings: Settings,
    *,
    accept: Sequence[str] = ANYTHING,
    max_mb: int | None = None,
    seconds: float = SECONDS,
    form: Mapping[str, str] | None = None,
    resolve: Resolver = look_up,
) -> Iterator[Fetched]:
    """The page or file at an address, in a temporary file that is gone afterwards.

    Raises `ingest.web_errors`, and `NoSpaceForFile` where the disk is full. `accept` is asked of the server, which may
    answer with something else. At most `max_mb` (by default `settings.max_file_mb`) are read, also when unpacked.
    With a form its fields are sent along (POST), also to where a redirect leads, unless that asks for a page instead.
    """
    begin = time.monotonic()
    network = CheckedNetwork(resolve, settings.allow_private, begin + seconds)
    with (
        tempfile.TemporaryDirectory(prefix="wunderkammer-") as folder,
        httpcore.ConnectionPool(ssl_context=_trusted(*map(os.environ.get, _TRUST)), network_backend=network) as pool,
    ):
        limit = settings.max_file_mb if max_mb is None else max_mb
        sent = None if form is None else urlencode(form).encode()
        request = _Request(pool, ", ".join(accept), Path(folder) / "content", limit, begin, sent)
        yield _follow(url, request)


@lru_cache(maxsize=4)
def _trusted(*_named: str | None) -> ssl.SSLContext:
    """Whom certificates are believed from, as the environment names them; reading that takes longer than an answer."""
    return httpx.create_ssl_context()


def _follow(url: str, request: _Request) -> Fetched:
    """Ask, and go where the server sends us, each time checked anew."""
    address = _parsed(url)
    for _ in range(MAX_REDIRECTS + 1):
        found = _ask(address, request)
        if isinstance(found, Fetched):
            return found
        address, request = found
    raise TooManyRedirects(host=address.host, limit=MAX_REDIRECTS)


def _parsed(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """An address as it is asked for: http or https, with a host, without a login and without the part after #."""
    shown = clean_url(url)
    try:
        address = (base.join(url) if base else httpx.URL(url.strip())).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise AddressMalformed(url=shown) from None
    if not 0 < (address.port or 443) < 65536:
        raise AddressMalformed(url=shown)
    if address.scheme not in {"http", "https"} or not _HOST.fullmatch(address.raw_host) or address.userinfo:
        raise AddressMalformed(url=shown)
    return address


def clean_url(url: str) -> str:
    """An address as it may be shown: one line, not too long, without a login."""
    line = "".join(c for c in url if c.isprintable() and c != " ")[:300]
    scheme, mark, rest = line.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"


def _ask(address: httpx.URL, request: _Request) -> Fetched | tuple[httpx.URL, _Request]:
    """One request: what came, or what to ask instead, and where. What goes wrong on the way becomes ours."""
    host, name = address.host, _name(address, "")
    try:
        with request.pool.stream(
            "GET" if request.form is None else "POST",
            httpcore.URL(scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path),
            headers=_headers(address, request),
            content=request.form,
            extensions={
                "timeout": {"connect": CONNECT_SECONDS, "read": WAIT_SECONDS, "write": WAIT_SECONDS, "pool": 1.0}
            },
        ) as answer:
            headers = httpx.Headers(answer.headers)
            see_other = answer.status == 303
            if answer.status in _REDIRECTS and "location" in headers:
                return _parsed(headers["location"], address), replace(request, form=None) if see_other else request
            _check_status(answer.status, host)
            return _received(answer, headers, address, request)
    except httpcore.ConnectTimeout:
        raise HostUnreachable(host=host, detail="timeout") from None
    except httpcore.TimeoutException:
        raise TooSlow(host=host, name=name, seconds=request.waited) from None
    except (httpcore.ConnectError, httpcore.ReadError, httpcore.WriteError) as problem:
        raise _unreachable(host, problem) from None
    except (httpcore.RemoteProtocolError, httpcore.LocalProtocolError, Damaged) as problem:
        raise AnswerDamaged(host=host, name=name, detail=str(problem)[:200]) from None


def _headers(address: httpx.URL, request: _Request) -> list[tuple[bytes, bytes]]:
    said = [
        (b"Host", address.netloc),
        (b"User-Agent", USER_AGENT.encode()),
        (b"Accept", request.accept.encode()),
        (b"Accept-Encoding", b"gzip, deflate"),
        (b"Connection", b"close"),
    ]
    if request.form is not None:
        said.append((b"Content-Type", b"application/x-www-form-urlencoded"))
        said.append((b"Content-Length", str(len(request.form)).encode()))
    return said


def _check_status(status: int, host: str) -> None:
    if status == 200:
        return
    if status in {404, 410}:
        raise PageNotFound(host=host, status=status)
    if status in {401, 402, 403, 407, 451}:
        raise LoginNeeded(host=host, status=status)
    if status in {408, 425, 429} or status >= 500:
        raise HostBusy(host=host, status=status)
    raise AnswerUnexpected(host=host, status=status)


def _unreachable(host: str, problem: Exception) -> CertificateBad | HostUnreachable:
    cause: BaseException | None = problem
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLError):
        detail = getattr(cause, "verify_message", "") or cause.reason or "TLS"
        return CertificateBad(host=host, detail=str(detail))
    detail = (cause.strerror if isinstance(cause, OSError) else None) or "connection lost"
    return HostUnreachable(host=host, detail=detail)


def _received(answer: httpcore.Response, headers: httpx.Headers, address: httpx.URL, request: _Request) -> Fetched:
    """The body, written as it comes; a length that is announced is believed only where it is too large."""
    about = email.message.Message()
    about["Content-Type"] = headers.get("content-type", "")[:300]
    about["Content-Disposition"] = headers.get("content-disposition", "")[:1000]
    name, limit = _name(address, about.get_filename("") or ""), request.max_mb * MEGABYTE
    too_large = AnswerTooLarge(host=address.host, name=name, limit_mb=request.max_mb)
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise too_large
    size = 0
    with written(request.path, name) as file:
        for block in inflated(answer.iter_stream(), headers.get("content-encoding", "")):
            size += len(block)
            if size > limit:
                raise too_large
            file.write(block)
    if not size:
        raise AnswerEmpty(host=address.host)
    # Without a type the parser says text/plain; here it is nothing.
    media_type = about.get_content_type() if "/" in about["Content-Type"] else ""
    return Fetched(request.path, str(address), media_type, about.get_content_charset("") or "", name, size)


def _name(address: httpx.URL, given: str) -> str:
    """What to call what came: as the server calls it, else the last part of the path, else the host."""
    last = unquote(address.path.rstrip("/").rpartition("/")[2])
    return clean_name(given or last or address.host)
