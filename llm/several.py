"""Several servers of one protocol as if they were one: models on more than one machine, with one setting.

A request goes where the fewest are on their way (join the shortest queue). A server that cannot be reached, breaks off
or says that it is overloaded is left out for a while, longer each time, and its request goes on to the next; one that
has not got a model is passed over for that model.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import httpx2
from httpx2 import Request, Response

FIRST_REST: Final = 5.0
LONGEST_REST: Final = 60.0
"""Seconds for which a server is left out after its first failure, and at most; each failure in a row doubles them."""
LACKS: Final = 300.0
"""Seconds for which a server is passed over for a model that it did not have."""
_DOWN: Final = frozenset({502, 503, 504})
"""What gateways and overloaded servers answer; 500 may be due to the request, which then fails everywhere."""


@dataclass(eq=False, slots=True)
class Server:
    """One of them, with what is known of it; `base` is the address that requests are written for."""

    base: httpx2.URL
    running: int = 0
    failures: int = 0
    """How often in a row it failed."""
    rests_until: float = 0.0
    used: int = 0
    """The number of the request that it got last."""
    lacks: dict[str, float] = field(default_factory=dict)
    """Models that it has not got, and until when that is believed."""

    def name(self) -> str:
        """Host and port, never with a password."""
        return f"{self.base.host}:{self.base.port}" if self.base.port else self.base.host


class Servers:
    """The servers of some addresses, shared by all requests of this process; for threads. Times are of `clock`."""

    def __init__(self, bases: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        self.all = tuple(Server(httpx2.URL(base)) for base in bases)
        self._clock, self._lock, self._requests = clock, threading.Lock(), 0

    def begin(self, model: str, tried: Sequence[Server]) -> Server | None:
        """The server for a request that these have failed; it counts as running there. None: all were tried."""
        with self._lock:
            now, left = self._clock(), [each for each in self.all if each not in tried]
            if not left:
                return None
            best = min(left, key=lambda each: self._rank(each, model, now))
            self._requests += 1
            best.running, best.used = best.running + 1, self._requests
            return best

    @staticmethod
    def _rank(server: Server, model: str, now: float) -> tuple[object, ...]:
        """Whatever comes first is asked. Of those that rest the one that has rested longest: it may be well again."""
        rests = server.rests_until if server.rests_until > now else 0.0
        # One that failed last gets one request to prove itself, not as many as the others.
        on_trial = server.failures > 0 and server.running > 0
        return server.lacks.get(model, 0.0) > now, rests, on_trial, server.running, server.used

    def ended(self, server: Server, well: bool | None) -> None:
        """A request is over: it went well, the server failed, or None where that says nothing of the server."""
        with self._lock:
            server.running -= 1
            if well:
                server.failures, server.rests_until = 0, 0.0
            elif well is False:
                rest = min(LONGEST_REST, FIRST_REST * 2**server.failures)
                server.failures, server.rests_until = server.failures + 1, self._clock() + rest

    def lacks(self, server: Server, model: str) -> None:
        """A request is over: this server has not got the model."""
        with self._lock:
            server.running -= 1
            server.lacks[model] = self._clock() + LACKS


@lru_cache(maxsize=16)
def servers(bases: tuple[str, ...]) -> Servers | None:
    """What is shared of these addresses; None where there is but one."""
    return Servers(bases) if len(bases) > 1 else None


class Round:
    """The way of one request from server to server. In turn: `next`, then what came of it by `failed` or `goes_on`."""

    def __init__(self, of: Servers, request: Request) -> None:
        self._of, self._request, self._model = of, request, _model(request)
        self._tried: list[Server] = []
        self._at: Server | None = None

    def next(self) -> Request:
        """The request as it goes to the best server that was not tried yet."""
        self._at = self._of.begin(self._model, self._tried)
        assert self._at is not None, "only asked for while there is one"
        return self._moved(self._at)

    def failed(self, problem: httpx2.TransportError) -> bool:
        """The server could not be reached or broke off; whether another one may be asked.

        A time-out is not tried again at once: it took long enough.
        """
        self._end(well=False)
        slow = isinstance(problem, httpx2.ReadTimeout | httpx2.PoolTimeout)
        return not slow and len(self._tried) < len(self._of.all)

    def goes_on(self, response: Response) -> bool:
        """Whether another server should be asked instead of taking this answer."""
        assert self._at is not None
        status, others = response.status_code, len(self._tried) + 1 < len(self._of.all)
        if status == 404:
            self._of.lacks(self._at, self._model)
            self._tried.append(self._at)
            return others
        if status == 429 or status >= 500:
            self._end(well=False if status in _DOWN else None)
            return others
        self._counted(response, self._at)
        return False

    def _end(self, well: bool | None) -> None:
        assert self._at is not None
        self._of.ended(self._at, well)
        self._tried.append(self._at)

    def _counted(self, response: Response, at: Server) -> None:
        """An answer that streams is on its way until it was read or given up."""
        if response.is_closed:
            self._of.ended(at, well=True)
            return
        of, inner = self._of, response.stream
        kind = _Async if isinstance(inner, httpx2.AsyncByteStream) else _Sync
        response.stream = kind(inner, lambda well: of.ended(at, well))  # type: ignore[arg-type]

    def _moved(self, at: Server) -> Request:
        first, url = self._of.all[0].base, self._request.url
        path = at.base.path.rstrip("/") + url.path.removeprefix(first.path.rstrip("/"))
        headers = [(name, value) for name, value in self._request.headers.multi_items() if name.lower() != "host"]
        return Request(
            self._request.method,
            at.base.copy_with(path=path, query=url.query or None),
            headers=headers,
            content=self._request.content,
            extensions=self._request.extensions,
        )


def _model(request: Request) -> str:
    """The model that a request asks; "" where it names none."""
    try:
        body = json.loads(request.content or b"{}")
    except ValueError:
        return ""
    return str(body.get("model", "")) if isinstance(body, dict) else ""


class _Told:
    """Says once how a stream ended: well, broken, or None where whoever read it stopped before its end."""

    def __init__(self, told: Callable[[bool | None], None]) -> None:
        self._told: Callable[[bool | None], None] | None = told

    def __call__(self, well: bool | None) -> None:
        told, self._told = self._told, None
        if told is not None:
            told(well)


class _Sync(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, told: Callable[[bool | None], None]) -> None:
        self._inner, self._over = inner, _Told(told)

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._inner
        except httpx2.TransportError:
            self._over(False)
            raise
        self._over(True)

    def close(self) -> None:
        self._over(None)
        self._inner.close()


class _Async(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, told: Callable[[bool | None], None]) -> None:
        self._inner, self._over = inner, _Told(told)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._inner:
                yield part
        except httpx2.TransportError:
            self._over(False)
            raise
        self._over(True)

    async def aclose(self) -> None:
        self._over(None)
        await self._inner.aclose()
