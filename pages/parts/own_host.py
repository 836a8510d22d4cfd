"""Answers only where the app is asked by its own name: other websites may not borrow a reader's browser for it.

A website can have its own name lead to 127.0.0.1 for a moment; to the browser the app there is then a part of that
website, and every check that compares a page with the host it asks is passed. The name in the request tells it apart.
An address of digits cannot be borrowed so.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import settings as configuration
from settings import LOOPBACK, Settings

_REFUSED: Final = (
    "This app is not asked by its own name. Whoever runs it sets WUNDERKAMMER_ADDRESS to the address at which people "
    "reach it; a proxy hands on the name that it was asked by (Host).\n"
)


def listens_at() -> str | None:
    """The address that the server was told to listen at."""
    told = st.get_option("server.address")
    return str(told) if told else None


class OwnHost:
    """Refuses requests under a foreign name, and connections that a page of another website opens.

    Which names are our own is known where the app listens on this machine alone, or where WUNDERKAMMER_ADDRESS says.
    """

    def __init__(
        self,
        app: ASGIApp,
        read: Callable[[], Settings] = configuration.read_at_once,
        listens: Callable[[], str | None] = listens_at,
    ) -> None:
        self._app, self._read, self._listens = app, read, listens
        self._names: frozenset[str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request or connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if scope["type"] == "websocket":
            if not self._own(host) or (origin is not None and urlsplit(origin).netloc != host):
                await send({"type": "websocket.close", "code": 1008})
                return
        elif not self._own(host):
            await PlainTextResponse(_REFUSED, 421, {"Cache-Control": "no-store"})(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _own(self, host: str) -> bool:
        if self._names is None:
            self._names = self._known()
        name = _name(f"//{host}")
        return not self._names or name in self._names or name.endswith(".localhost") or _is_number(name)

    def _known(self) -> frozenset[str]:
        """Our names; none where any may be ours."""
        listens = self._listens()
        try:
            address = self._read().address
        except (ValueError, OSError):
            address = None
        named = _name(address or "")
        if not named and listens not in LOOPBACK:
            return frozenset()
        return frozenset({*LOOPBACK, named} - {""})


def _name(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").rstrip(".").lower()
    except ValueError:
        return "?"


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
