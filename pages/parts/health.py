"""Routes beside the pages for whoever runs the app: does it live, can it work, what does it count.

A stranger who finds them learns no more than that: no address, no text of an error, no version.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

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

PATIENCE: Final = 1.0
"""Seconds within which the database must answer."""
KEPT: Final = 2.0
"""Seconds that an answer of it is good for: whoever asks again and again does not keep it busy."""
COUNTING: Final = 10.0
"""Seconds that counting may take."""
_FRESH: Final = {"Cache-Control": "no-store"}
_STREAMLITS: Final = "/_stcore/metrics"


class Health:
    """Answers `/healthz`, `/readyz` and, where it is switched on, `/metrics`."""

    def __init__(self, read: Callable[[], Settings] = configuration.read) -> None:
        self._read = read
        self._settings: Settings | None = None
        self._looking: Future[str] | None = None
        self._begun = 0.0
        self._pool = ThreadPoolExecutor(2, "health")

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
        reason = await self._reason()
        return JSONResponse(
            {"ready": not reason} | ({"reason": reason} if reason else {}), 503 if reason else 200, _FRESH
        )

    async def counts(self, request: Request) -> Response:
        """Prometheus's text; 404 where it is not switched on."""
        settings = self._configured()
        if settings is None or not settings.metrics:
            return _nothing()
        counted = await asyncio.get_running_loop().run_in_executor(self._pool, lambda: _exposition(settings))
        return Response(counted, media_type="text/plain; version=0.0.4; charset=utf-8", headers=_FRESH)

    async def _reason(self) -> str:
        """Why the app is not ready, "" where it is; one look at a time, however many ask."""
        looking = self._looking
        if looking is None or (looking.done() and time.monotonic() - self._begun > KEPT):
            self._begun = time.monotonic()
            looking = self._looking = self._pool.submit(self._look)
        try:
            return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(looking)), PATIENCE)
        except TimeoutError:
            return "slow"

    def _look(self) -> str:
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

    def _configured(self) -> Settings | None:
        # Read once: looking up keys takes longer than all else here.
        if self._settings is None:
            try:
                self._settings = self._read()
            except (ValueError, OSError):
                return None
        return self._settings


class OwnCounts:
    """Keeps Streamlit's own counts, which it tells everybody, from those who may not see ours either."""

    def __init__(self, app: ASGIApp, read: Callable[[], Settings] = configuration.read) -> None:
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


def _exposition(settings: Settings) -> bytes:
    try:
        return metrics.exposition(figures(settings, COUNTING))
    except WunderkammerError:
        return metrics.exposition(None)
