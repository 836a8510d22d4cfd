"""Routes beside the pages for whoever runs the app: does it live, can it work, what does it count.

A stranger who finds them learns no more than that: no address, no text of an error, no version.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Final, Generic, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

import settings as configuration
from graph.condition import Condition, figures, look
from graph.connection import DatabaseLogin
from graph.errors import WunderkammerError
from pages.parts import metrics
from settings import Settings

T = TypeVar("T")
PATIENCE: Final = 1.0
"""Seconds within which the database must answer."""
KEPT: Final = 2.0
"""Seconds that an answer of it is good for: whoever asks again and again does not keep it busy."""
COUNTING: Final = 10.0
"""Seconds that counting may take."""
_FRESH: Final = {"Cache-Control": "no-store"}
_STREAMLITS: Final = "/_stcore/metrics"


class _Shared(Generic[T]):
    """One piece of work for all who ask meanwhile and for a moment after: whoever asks often causes no more of it."""

    def __init__(self, work: Callable[[], T], pool: Executor) -> None:
        self._work, self._pool = work, pool
        self._doing: Future[T] | None = None
        self._begun = 0.0

    async def __call__(self) -> T:
        """What the work gives; to be asked from the server's one loop."""
        doing = self._doing
        if doing is None or (doing.done() and time.monotonic() - self._begun > KEPT):
            self._begun = time.monotonic()
            doing = self._doing = self._pool.submit(self._work)
        # Who goes away takes the work from nobody else.
        return await asyncio.shield(asyncio.wrap_future(doing))


class Health:
    """Answers `/healthz`, `/readyz` and, where it is switched on, `/metrics`."""

    def __init__(self, read: Callable[[], Settings] = configuration.read_at_once) -> None:
        self._read = read
        self._settings: Settings | None = None
        pool = ThreadPoolExecutor(2, "health")
        self._reason, self._counts = _Shared(self._look, pool), _Shared(self._count, pool)

    def routes(self) -> list[Route]:
        """The three routes."""
        return [
            Route("/healthz", self.alive),
            Route("/readyz", self.ready),
            Route("/metrics", self.counts),
        ]

    async def alive(self, request: Request) -> Response:
        """The process answers; nothing else is asked."""
        return PlainTextResponse("ok\n", headers=_FRESH)

    async def ready(self, request: Request) -> Response:
        """Whether questions can be answered: 503 with a word for why not where the database is slow, gone or newer."""
        try:
            reason = await asyncio.wait_for(self._reason(), PATIENCE)
        except TimeoutError:
            reason = "slow"
        return JSONResponse(
            {"ready": not reason} | ({"reason": reason} if reason else {}), 503 if reason else 200, _FRESH
        )

    async def counts(self, request: Request) -> Response:
        """Prometheus's text; 404 where it is not switched on."""
        counted = await self._counts()
        if counted is None:
            return _nothing()
        return Response(counted, media_type="text/plain; version=0.0.4; charset=utf-8", headers=_FRESH)

    def _look(self) -> str:
        """Why the app is not ready, "" where it is."""
        settings = self._configured()
        if settings is None:
            return "settings"
        try:
            condition: Condition = look(settings)
        except DatabaseLogin:
            return "login"
        except WunderkammerError:
            return "database"
        return "" if condition.fits else "schema"

    def _count(self) -> bytes | None:
        settings = self._configured()
        if settings is None or not settings.metrics:
            return None
        try:
            return metrics.exposition(figures(settings, COUNTING))
        except WunderkammerError:
            return metrics.exposition(None)

    def _configured(self) -> Settings | None:
        if self._settings is None:
            try:
                self._settings = self._read()
            except (ValueError, OSError):
                return None
        return self._settings


class OwnCounts:
    """Keeps Streamlit's own counts, which it tells everybody, from those who may not see ours either."""

    def __init__(self, app: ASGIApp, read: Callable[[], Settings] = configuration.read_at_once) -> None:
        self._app, self._read = app, read

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].endswith(_STREAMLITS) and not self._told():
            await _nothing()(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _told(self) -> bool:
        try:
            return self._read().metrics
        except (ValueError, OSError):
            return False


def _nothing() -> Response:
    return PlainTextResponse("There is nothing at this address.\n", 404, _FRESH)
