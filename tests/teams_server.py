"""A server on loopback that plays Teams: takes what a workflow takes, and fails in every way that one can.

It refuses what Teams refuses (no JSON, no card, too large, a wrong `sig`), counts what it took, and answers the next
requests as a test says. `python -m tests.teams_server PORT` serves by hand.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from typing import Any
from urllib.parse import parse_qs, urlsplit

SIG = "s3cr3t-Sig_0123456789abcdef"
PATH = "/workflows/0123/triggers/manual/paths/invoke"
LIMIT = 28 * 1024


@dataclass(frozen=True, slots=True)
class Turn:
    """What happens to one request. `status` None: no answer; `takes`: whether it is posted all the same."""

    status: int | None = 202
    headers: tuple[tuple[str, str], ...] = ()
    text: str = ""
    takes: bool = False
    hangs: float = 0.0
    """Seconds before the answer."""
    resets: bool = False
    """The connection is torn down instead of an answer."""
    early: bool = False
    """That happens before the body was read."""


@dataclass
class Teams:
    """What was posted and when anything was asked; `turns` are what happens to the next requests, then all is well."""

    port: int
    sig: str = SIG
    posted: list[dict[str, Any]] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)
    turns: deque[Turn] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)
    others: Iterator[Turn] = field(default_factory=lambda: repeat(Turn()))
    """What happens to requests after `turns`."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={self.sig}"

    def then(self, *turns: Turn) -> None:
        """What happens to the next requests."""
        self.turns.extend(turns)

    def endless(self, others: Iterator[Turn]) -> None:
        """What happens to all requests after those."""
        self.others = others

    def most_in_a_second(self) -> int:
        """How many requests came within one second, at most."""
        times = sorted(self.asked)
        return max((sum(a <= b < a + 1.0 for b in times) for a in times), default=0)


class Handler(BaseHTTPRequestHandler):
    """One request, on a server that knows what is served."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        teams = server.teams
        with teams.lock:
            teams.asked.append(time.time())
            turn = teams.turns.popleft() if teams.turns else next(teams.others)
        if turn.early:
            self._tear()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = self._judged(teams, body) if turn.status == 202 else turn.status
        if status == 202 or turn.takes:
            with teams.lock:
                teams.posted.append(json.loads(body))
        time.sleep(turn.hangs)
        if turn.resets or status is None:
            self._tear()
            return
        try:
            self.send_response(status)
            for name, value in turn.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(turn.text)))
            self.end_headers()
            self.wfile.write(turn.text.encode())
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _judged(self, teams: Teams, body: bytes) -> int:
        """What Teams would say of this request."""
        parts = urlsplit(self.path)
        if parts.path != PATH:
            return 404
        if parse_qs(parts.query).get("sig") != [teams.sig]:
            return 401
        if len(body) > LIMIT:
            return 413
        try:
            (attachment,) = json.loads(body)["attachments"]
            sound = attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
            return 202 if sound and attachment["content"]["type"] == "AdaptiveCard" else 400
        except (ValueError, KeyError, TypeError):
            return 400

    def _tear(self) -> None:
        """Reset the connection, as a proxy that dies does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            # The connection was torn down.
            return

    def log_message(self, format: str, *args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    """The socket, with what is served on it."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.teams = Teams(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        return


@contextmanager
def teams(port: int = 0) -> Iterator[Teams]:
    """The server, running."""
    server = Server(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.teams
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


if __name__ == "__main__":
    with teams(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as serving:
        print(serving.url, flush=True)
        sys.stdin.read()
