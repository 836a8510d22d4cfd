"""Scripts, styles and fonts of the app, given from memory and compressed once; and answers that are sent at once.

Streamlit opens each of its hundred files anew for every browser and does not compress them. Its server leaves Nagle's
algorithm on, so that the second half of an answer waits, up to 40 ms, until the browser has confirmed the first.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.types import ASGIApp, Receive, Scope, Send

STREAMLIT: Final = Path(st.__file__).parent / "static" / "static"
OURS: Final = Path(__file__).parents[2] / "static"
TYPES: Final = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
"""What is given here, by the end of its name; all else is Streamlit's."""
FOREVER: Final = "public, immutable, max-age=31536000"
A_DAY: Final = "public, max-age=86400"
"""For files whose address stays the same when they change."""
_VERSION: Final = re.compile(r"-\d+(\.\d+)+\.")
_COMPRESSED: Final = (".js", ".css")
_LEVEL: Final = 6


class Assets:
    """Answers requests for files of the app; whatever else is asked goes on to `app`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._base = "/" + str(st.get_option("server.baseUrlPath") or "").strip("/")
        # Names are looked up here and never joined to a path, so that none leads out of the two folders.
        self._files = _files("static", STREAMLIT) | _files("app/static", OURS)
        self._kept: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            _at_once(receive)
        name = self._named(scope) if scope["type"] == "http" else ""
        kept = _cached(name, bool(scope.get("query_string"))) if name else ""
        if not kept:
            await self._app(scope, receive, send)
            return
        content = self._kept.get(name)
        if content is None:
            content = self._kept[name] = await asyncio.to_thread(_read, self._files[name])
        await _give(send, content, Path(name).suffix, kept)

    def _named(self, scope: Scope) -> str:
        """The name of the file that is asked for, empty for what is not given here."""
        headers = {key: value for key, value in scope["headers"] if key in (b"accept-encoding", b"range")}
        name = scope["path"].removeprefix(self._base).lstrip("/")
        if scope["method"] != "GET" or name not in self._files or b"range" in headers:
            return ""
        return name if b"gzip" in headers.get(b"accept-encoding", b"") else ""


def _files(root: str, folder: Path) -> dict[str, Path]:
    found = (path for path in folder.rglob("*") if path.suffix in TYPES)
    return {f"{root}/{path.relative_to(folder).as_posix()}": path for path in found}


def _cached(name: str, versioned: bool) -> str:
    """How long a browser may keep it; empty where it has to ask each time, which Streamlit answers."""
    if name.startswith("static/") or versioned or _VERSION.search(name):
        return FOREVER
    return A_DAY if name.endswith(".woff2") else ""


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.compress(content, _LEVEL, mtime=0) if path.suffix in _COMPRESSED else content


async def _give(send: Send, content: bytes, suffix: str, kept: str) -> None:
    headers = {
        "content-type": TYPES[suffix],
        "content-length": str(len(content)),
        "cache-control": kept,
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
    } | ({"content-encoding": "gzip"} if suffix in _COMPRESSED else {})
    pairs = [(key.encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": pairs})
    await send({"type": "http.response.body", "body": content})


def _at_once(receive: Receive) -> None:
    """Switch Nagle's algorithm off for the connection of a request, where its server lets us at it."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    connection = transport.get_extra_info("socket") if isinstance(transport, asyncio.BaseTransport) else None
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
