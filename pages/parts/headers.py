"""Headers that keep a page to itself: what a browser may load for it, who may frame it, what it tells others.

The policy is the strictest that the pages work under. Scripts come from this app alone: files of Streamlit and ours,
and what Streamlit makes of our components, which it hands to the browser as `blob:`. The scripts that stand inside the
HTML of Streamlit and of streamlit-agraph are allowed by their hashes, taken from the files that are installed. Styles
may stand inside, for Streamlit writes all of its own so; they cannot load anything from elsewhere. Neither strings nor
WebAssembly become code: Streamlit tries that once on each page and goes on without.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SHELLS: Final = (("streamlit", "static/index.html"), ("streamlit_agraph", "frontend/build/index.html"))
"""HTML files that a browser gets as they are."""
_SCRIPT: Final = re.compile(r"<script(?:\s+type=\"module\")?\s*>(.*?)</script>", re.DOTALL)
_COMPONENTS: Final = "/component/"
_MEDIA: Final = "/media/"
"""Below this address lies what people brought, as they brought it."""
ALWAYS: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), "
        "microphone=(), midi=(), payment=(), serial=(), usb=(), browsing-topics=()"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def _hashes(shells: Iterable[tuple[str, str]]) -> list[str]:
    found = []
    for package, name in shells:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        html = (Path(spec.origin).parent / name).read_text(encoding="utf-8")
        for script in _SCRIPT.findall(html):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            found.append(f"'sha256-{digest}'")
    return found


@cache
def policy(framed_by: str) -> str:
    """The Content-Security-Policy of pages that may be framed so."""
    parts = {
        "default-src": "'none'",
        "worker-src": "'none'",
        "script-src": " ".join(["'self'", "blob:", *_hashes(_SHELLS)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "frame-src": "'self'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": framed_by,
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


KEPT_IN: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'none'"
"""The policy of files that people brought: opened by themselves they run nothing and load nothing."""


def headers_for(path: str) -> dict[str, str]:
    """The headers of a response at this path."""
    if path.startswith(_MEDIA):
        said = {"Content-Security-Policy": KEPT_IN, "X-Frame-Options": "DENY"}
    elif path.startswith(_COMPONENTS):
        said = {"Content-Security-Policy": policy("'self'"), "X-Frame-Options": "SAMEORIGIN"}
    else:
        said = {"Content-Security-Policy": policy("'none'"), "X-Frame-Options": "DENY"}
    return {**ALWAYS, **said}


class SecurityHeaders:
    """Puts the headers on every response of the app it wraps."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers_for(scope["path"]))
            await send(message)

        await self._app(scope, receive, told)
