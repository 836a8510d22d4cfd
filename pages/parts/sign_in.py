"""Sign-in as the server knows it: what Streamlit needs for it, and that pictures and files obey it as pages do.

Settings come from our own variables; a section `[auth]` in `.streamlit/secrets.toml` does as well, and is Streamlit's.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import secrets
import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.auth_util import get_cookie_with_chunks, get_secrets_auth_section
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

import settings as configuration
from graph.errors import WunderkammerError
from pages.parts import media
from pages.parts.cabinet import shared_store
from pages.parts.image_address import ROOT, collection_named, image_named
from pages.parts.image_server import nothing_there
from pages.parts.person import known, verified
from settings import Settings

_DISCOVERY: Final = "/.well-known/openid-configuration"
_CALLBACK: Final = "/oauth2callback"
_LOGIN: Final = "/auth/login"
_RETURN: Final = "wunderkammer_return"
_OWN: Final = re.compile(r"/(?![/\\])[!-~]*")
"""A path of our own server; nothing that a browser could take for another one."""
_LONGEST: Final = 1_500
_IMAGES: Final = f"/{ROOT}/"
_GUARDED: Final = (_IMAGES, media.ROOT, "/_stcore/upload_file/")
"""Below these addresses lies what belongs to cabinets (pictures of pages, files that were made for somebody), and what
people bring is held in memory."""
_REMEMBERED: Final = 10.0
"""Seconds for which it is remembered what somebody may see: a page is looked at in dozens of requests."""


class HalfSetUp(ValueError):
    """Sign-in that lacks something, or is meant and not there: better no app than one that is open to everybody."""


def for_streamlit(settings: Settings) -> dict[str, Any] | None:
    """The secrets that have Streamlit offer sign-in; None where ours ask for none. Raises HalfSetUp."""
    given = (settings.oidc_url, settings.oidc_client, settings.oidc_secret)
    if not any(given):
        if settings.owners and not get_secrets_auth_section():
            raise HalfSetUp(
                "WUNDERKAMMER_OWNERS names who runs this, but there is no sign-in: set WUNDERKAMMER_OIDC_URL "
                "and what belongs to it, or take WUNDERKAMMER_OWNERS away. docs/team.md says what each is."
            )
        return None
    if not all(given):
        names = ("WUNDERKAMMER_OIDC_URL", "WUNDERKAMMER_OIDC_CLIENT", "WUNDERKAMMER_OIDC_SECRET")
        missing = ", ".join(name for name, value in zip(names, given, strict=True) if not value)
        raise HalfSetUp(f"Sign-in is set up in part: {missing} is missing. docs/team.md says what each is.")
    url = (settings.oidc_url or "").rstrip("/")
    at = (settings.address or "http://localhost:{port}").rstrip("/")
    return {
        "auth": {
            "redirect_uri": at + _CALLBACK,
            "cookie_secret": settings.cookie_secret or _made(settings),
            "client_id": settings.oidc_client,
            "client_secret": settings.oidc_secret,
            "server_metadata_url": url if url.endswith(_DISCOVERY) else url + _DISCOVERY,
        }
    }


def _made(settings: Settings) -> str:
    """What signs cookies, made once and kept where only the app may read: who signed in stays so after a restart."""
    path = settings.run / "cookies"
    settings.run.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii")


def secrets_now() -> dict[str, Any] | None:
    """The same from the settings as they are; None where these cannot be read, which every page then tells."""
    try:
        return for_streamlit(configuration.read_at_once())
    except HalfSetUp:
        raise
    except (ValueError, OSError):
        return None


class SignedIn:
    """Gives pictures and files only to those who signed in and are members of the cabinet that holds them.

    To others they are not there.
    """

    def __init__(self, app: ASGIApp, read: Callable[[], Settings] = configuration.read_at_once) -> None:
        self._app, self._read = app, read
        self._settings: Settings | None = None
        self._known: dict[tuple[str, str], tuple[float, bool]] = {}
        self._media = media.Media()
        self._base = "/" + str(st.get_option("server.baseUrlPath") or "").strip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            path = "/" + scope["path"].removeprefix(self._base).lstrip("/")
            if path in (_LOGIN, _CALLBACK):
                await self._app(scope, receive, _Back(Request(scope), path, send))
                return
            if path.startswith(_GUARDED) and (refused := await self._refused(Request(scope), path)) is not None:
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _refused(self, request: Request, path: str) -> Response | None:
        """The answer to who may not have what they ask for; None for who may."""
        if self._settings is None:
            self._settings = self._read()
        email = email_of(request) if get_secrets_auth_section() else None
        if email is None:
            # Whoever set sign-in up finds closed doors rather than open ones where it does not work.
            if not get_secrets_auth_section() and not self._settings.oidc_url:
                return None
            return PlainTextResponse("Sign in first.\n", 403, {"Cache-Control": "no-store"})
        if path.startswith(_IMAGES):
            _, _, rest = path.removeprefix(_IMAGES).partition("/")
            return None if await self._shows(email, rest.partition("/")[0]) else nothing_there()
        if path.startswith(media.ROOT) and not await self._media.may(email, path, self._member):
            return PlainTextResponse("Not Found", 404, {"Cache-Control": "no-store"})
        return None

    async def _shows(self, email: str, name: str) -> bool:
        """Whether an image is of a document in a cabinet that is open to somebody."""
        collection, image = collection_named(name), image_named(name)
        if collection is None or image is None or not await self._member(email, collection):
            return False
        return await self._asked((image.sha256, collection), self._look_for)

    async def _member(self, email: str, collection: str) -> bool:
        return await self._asked((email, collection), self._look)

    async def _asked(self, what: tuple[str, str], look: Callable[[str, str], bool]) -> bool:
        """What the database says of two things, asked at most every few seconds."""
        at, answer = self._known.get(what, (0.0, False))
        if not at or time.monotonic() - at > _REMEMBERED:
            if len(self._known) > 10_000:
                self._known.clear()
            answer = await asyncio.to_thread(look, *what)
            self._known[what] = time.monotonic(), answer
        return answer

    def _look(self, email: str, collection: str) -> bool:
        assert self._settings is not None
        try:
            person = known(self._settings, shared_store(self._settings), email)
        except WunderkammerError:
            return False
        return person.role(collection) is not None

    def _look_for(self, sha256: str, collection: str) -> bool:
        assert self._settings is not None
        try:
            documents = shared_store(self._settings).documents
            held = documents.by_ids(documents.with_content(sha256))
        except WunderkammerError:
            return False
        return any(each.collection == collection for each in held.values())


class _Back:
    """Leads whoever signs in back to the page that they came from; Streamlit would lead them to the first one."""

    def __init__(self, request: Request, path: str, send: Send) -> None:
        self._request, self._path, self._send = request, path, send

    async def __call__(self, message: Message) -> None:
        """Send on one message of an answer."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if self._path == _LOGIN:
                came = urlsplit(self._request.headers.get("referer", ""))
                if came.netloc == self._request.headers.get("host") and len(came.query) < _LONGEST:
                    value = base64.urlsafe_b64encode(urlunsplit(("", "", came.path, came.query, "")).encode()).decode()
                    headers.append("set-cookie", f"{_RETURN}={value}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax")
            elif (to := self._wanted()) and headers.get("location", "").startswith("/"):
                headers["location"] = to
                headers.append("set-cookie", f"{_RETURN}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
        await self._send(message)

    def _wanted(self) -> str:
        """An address of our own; empty for whatever else a cookie may say."""
        try:
            to = base64.urlsafe_b64decode(self._request.cookies.get(_RETURN, "")).decode("ascii")
        except ValueError:
            return ""
        return to if _OWN.fullmatch(to) else ""


def email_of(request: Request) -> str | None:
    """The verified address of who signed in, from the cookie that Streamlit signed; None for nobody."""

    def signed(name: str) -> bytes | None:
        value = request.cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    told = get_cookie_with_chunks(signed, USER_COOKIE_NAME)
    try:
        claims = json.loads(told) if told else None
    except ValueError:
        return None
    return verified(claims) if isinstance(claims, dict) and claims.get("is_logged_in") else None
