"""A server that speaks the Hugging Face hub's protocol over a real socket: a model's files, whole or in trouble.

As on the hub, large files lie at another place (`elsewhere`, another port) that the hub points to; that place never
gets the token. Small files come from the hub itself. Every request is kept in `requests`.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LARGE = 10_000
"""From this size on a file is kept as the hub keeps large ones."""
_PIECE = 16_384


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    start: int
    authorization: str | None
    elsewhere: bool
    sent: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Says:
    """An answer that is no file: a status, with the hub's own headers."""

    status: int
    code: str | None = None
    message: str = "no"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Repository:
    """A model on the hub."""

    files: dict[str, bytes]
    token: str | None = None
    """Whoever wants a file must send it (a licence that was accepted)."""
    announce: dict[str, int] = field(default_factory=dict)
    """File -> a size that is not its own."""

    @property
    def commit(self) -> str:
        told = repr(sorted((name, hashlib.sha1(data).hexdigest()) for name, data in self.files.items()))
        return hashlib.sha1(told.encode()).hexdigest()


def checksum(data: bytes) -> str:
    """By what the hub calls a file."""
    if len(data) >= LARGE:
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class FakeHub:
    """The hub; `url` is what goes into HF_ENDPOINT. What goes wrong next is told by the attributes."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.requests: list[Asked] = []
        self.cuts: list[tuple[str, int]] = []
        """File, bytes: the connection ends after so many of them; each once, in turn."""
        self.damaged: set[str] = set()
        """Files of which a byte is changed on the way."""
        self.says: list[Says] = []
        """Answers to the next requests, whatever they ask for."""
        self.says_elsewhere: list[Says] = []
        self.tokens: set[str] = set()
        """Tokens that the hub knows; another one is refused."""
        self.pause = 0.0
        """Seconds before each piece of a file."""
        self.ranges = True
        self.longer = False
        """Whether more comes than was announced."""
        self.junk = False
        """Whether somebody else answers, as in a hotel."""
        self._servers = [_Server(self, elsewhere) for elsewhere in (False, True)]
        self.url, self.elsewhere = (f"http://127.0.0.1:{each.server_address[1]}" for each in self._servers)
        for each in self._servers:
            threading.Thread(target=each.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        for each in self._servers:
            each.shutdown()
            each.server_close()

    def fetched(self, name: str = "") -> list[Asked]:
        """Requests in which bytes of a file were sent."""
        return [asked for asked in self.requests if asked.sent and asked.path.endswith(name)]


@contextmanager
def running() -> Iterator[FakeHub]:
    """A hub for as long as it is needed."""
    hub = FakeHub()
    try:
        yield hub
    finally:
        hub.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, hub: FakeHub, elsewhere: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.hub = hub
        self.elsewhere = elsewhere

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked went away in the middle: that is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""

    def do_HEAD(self) -> None:
        """What the hub's own library asks before it fetches a file."""
        self.do_GET()

    def do_GET(self) -> None:
        hub, url = self.server.hub, urlsplit(self.path)
        start = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")[0]
        asked = Asked(
            self.command, unquote(url.path), int(start), self.headers.get("Authorization"), self.server.elsewhere
        )
        hub.requests.append(asked)
        waiting = hub.says_elsewhere if self.server.elsewhere else hub.says
        if waiting:
            return self._say(waiting.pop(0))
        if hub.junk:
            return self._send(200, b"<html>Please sign in</html>", {"Content-Type": "text/html"})
        token = (asked.authorization or "").removeprefix("Bearer ")
        if token and not self.server.elsewhere and token not in hub.tokens:
            return self._say(Says(401, None, "Invalid credentials in Authorization header"))
        parts = asked.path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            return self._about("/".join(parts[2:4]), "blobs" in parse_qs(url.query), token)
        return self._file("/".join(parts[:2]), parts[3], "/".join(parts[4:]), token, asked)

    def _about(self, name: str, blobs: bool, token: str) -> None:
        repository = self.server.hub.repositories.get(name)
        if repository is None:
            return self._say(Says(404 if token else 401, "RepoNotFound", "Repository not found"))
        siblings: list[dict[str, Any]] = []
        for path, data in repository.files.items():
            size = repository.announce.get(path, len(data))
            sibling: dict[str, Any] = {"rfilename": path}
            if blobs:
                sibling |= {"size": size, "blobId": checksum(data[: LARGE - 1])}
            if blobs and max(size, len(data)) >= LARGE:
                sha256 = hashlib.sha256(data).hexdigest()
                sibling["lfs"] = {"sha256": sha256, "size": size, "pointerSize": 134}
            siblings.append(sibling)
        told = {"id": name, "modelId": name, "sha": repository.commit, "private": False, "siblings": siblings}
        told["gated"] = "manual" if repository.token else False
        return self._send(200, json.dumps(told).encode(), {"Content-Type": "application/json"})

    def _file(self, name: str, revision: str, path: str, token: str, asked: Asked) -> None:
        hub = self.server.hub
        repository = hub.repositories.get(name)
        if repository is None:
            return self._say(Says(404 if token else 401, "RepoNotFound", "Repository not found"))
        if repository.token and not asked.elsewhere and token != repository.token:
            message = f"Access to model {name} is restricted."
            return self._say(Says(403 if token else 401, "GatedRepo", message))
        if revision not in {"main", repository.commit}:
            return self._say(Says(404, "RevisionNotFound"))
        data = repository.files.get(path)
        if data is None:
            return self._say(Says(404, "EntryNotFound", "Entry not found"))
        about = {"X-Repo-Commit": repository.commit, "Accept-Ranges": "bytes"}
        if len(data) >= LARGE and not asked.elsewhere:
            about |= {"X-Linked-Size": str(len(data)), "X-Linked-ETag": f'"{checksum(data)}"'}
            return self._send(302, b"", about | {"Location": f"{hub.elsewhere}{self.path}?signature=of-the-hub"})
        return self._pour(path, data, about | {"ETag": f'"{checksum(data)}"'}, asked)

    def _pour(self, path: str, data: bytes, about: dict[str, str], asked: Asked) -> None:
        hub = self.server.hub
        if path in hub.damaged:
            data = data[:-1] + bytes([data[-1] ^ 1])
        if hub.longer:
            data += b"and more"
        start = asked.start if hub.ranges else 0
        status = 206 if start else 200
        if start:
            about["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        self.send_response(status)
        for key, value in (about | {"Content-Length": str(len(data) - start)}).items():
            self.send_header(key, value)
        self.end_headers()
        end = len(data) if self.command == "GET" else 0
        if hub.cuts and hub.cuts[0][0] == path:
            end = min(end, start + hub.cuts.pop(0)[1])
        for at in range(start, end, _PIECE):
            time.sleep(hub.pause)
            piece = data[at : min(at + _PIECE, end)]
            self.wfile.write(piece)
            asked.sent.append(len(piece))
        if self.command == "GET" and end < len(data):
            self.close_connection = True

    def _say(self, says: Says) -> None:
        headers = {"X-Error-Message": says.message} | dict(says.headers)
        if says.code:
            headers["X-Error-Code"] = says.code
        self._send(says.status, json.dumps({"error": says.message}).encode(), headers)

    def _send(self, status: int, data: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data)
