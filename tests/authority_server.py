"""A server on loopback that knows two authority files and speaks the Reconciliation API as lobid and Wikidata do.

It holds whoever asks to the protocol: a wrong question gets the error that a real one gives. What it answers can be
replaced, to see what becomes of bad answers. `python -m tests.authority_server PORT` serves by hand.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

GND, WIKIDATA = "/gnd/reconcile/", "/api"
TYPES = {
    "DifferentiatedPerson": "Individualisierte Person",
    "PlaceOrGeographicName": "Geografikum",
    "CorporateBody": "Körperschaft",
}
Entry = dict[str, Any]
ENTRIES: dict[str, list[Entry]] = {
    GND: [
        {"id": "118771531", "name": "Worm, Ole", "type": "DifferentiatedPerson",
         "description": "1588-1654 | Dänischer Arzt, Sammler und Altertumsforscher", "score": 87.31},
        {"id": "1043210987", "name": "Worm, Ole (Drucker)", "type": "DifferentiatedPerson",
         "description": "Wirkungsdaten 1690-1712", "score": 41.5},
        {"id": "4032399-2", "name": "Kopenhagen", "type": "PlaceOrGeographicName", "description": "", "score": 66.0},
        {"id": "2012345-9", "name": "Museum Wormianum", "type": "CorporateBody",
         "description": "Sammlung des Ole Worm", "score": 38.2},
    ],
    WIKIDATA: [
        {"id": "Q562420", "name": "Ole Worm", "type": "Q5", "description": "Danish physician (1588–1654)",
         "score": 100.0, "match": True},
    ],
}  # fmt: skip
HOSTILE: list[Entry] = [
    {"id": "1<script>alert(1)</script>", "name": "<img src=x onerror=alert(1)> Worm",
     "description": "[x](javascript:alert(2)) **bold** :material/home: $\\alert$", "type": "<b>Q5</b>", "score": 1e308},
    {"id": "javascript:alert(3)//", "name": "\u202eWorm\x00\n\n# Worm", "description": "x" * 5000,
     "type": "y" * 500, "score": float("nan")},
]  # fmt: skip
"""Candidates as nobody should send them."""


@dataclass
class Authorities:
    """The server: what it was asked, and what it answers instead at a path."""

    port: int
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Path and queries of each question."""
    manifests: int = 0
    manifest: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What it says of itself instead, by path."""
    instead: dict[str, Callable[[BaseHTTPRequestHandler, bytes], None]] = field(default_factory=dict)
    """What answers questions at a path in its place; "about " before the path: what answers who asks what it is."""
    entries: dict[str, list[Entry]] = field(
        default_factory=lambda: {path: list(all_) for path, all_ in ENTRIES.items()}
    )
    delay: float = 0.0

    def url(self, path: str = GND) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def say(self, path: str, body: object, status: int = 200, kind: str = "application/json") -> None:
        """Answer questions at a path with this."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.instead[path] = lambda request, _: send(request, raw, status, kind)

    def about(self, path: str) -> dict[str, Any]:
        """The manifest, in the form that the service at this path has."""
        if path == GND:
            return {
                "versions": ["0.1", "0.2"],
                "name": "GND reconciliation for OpenRefine",
                "identifierSpace": "https://lobid.org/gnd/",
                "schemaSpace": "https://d-nb.info/standards/elementset/gnd#AuthorityResource",
                "defaultTypes": [{"id": id_, "name": name} for id_, name in TYPES.items()],
                "view": {"url": "https://lobid.org/gnd/{{id}}"},
            }
        return {
            "name": "Wikidata (en)",
            "identifierSpace": "http://www.wikidata.org/entity/",
            "schemaSpace": "http://www.wikidata.org/prop/direct/",
            "defaultTypes": [{"id": "Q35120", "name": "entity"}],
            "view": {"url": "https://www.wikidata.org/wiki/{{id}}"},
        }

    def answer(self, path: str, query: object) -> dict[str, Any]:
        """The answer to one query of a batch, or the reason why it is none."""
        if not isinstance(query, dict) or not isinstance(query.get("query"), str) or not query["query"].strip():
            return {"error": "a query needs the field 'query'"}
        types = query.get("type", [])
        wanted = {types} if isinstance(types, str) else set(types)
        words = {word.casefold().strip(",") for word in query["query"].split()}
        found = [
            {"match": False, **each, "type": [{"id": each["type"], "name": TYPES.get(each["type"], "human")}]}
            for each in self.entries[path]
            if (not wanted or each["type"] in wanted) and words & set(each["name"].casefold().replace(",", "").split())
        ]  # fmt: skip
        return {"result": found[: query.get("limit", 100)]}


def send(request: BaseHTTPRequestHandler, raw: bytes, status: int = 200, kind: str = "application/json") -> None:
    """One whole answer."""
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(raw)))
    request.end_headers()
    request.wfile.write(raw)


class Handler(BaseHTTPRequestHandler):
    """One request, on a server that knows what is served."""

    @property
    def served(self) -> Authorities:
        server = self.server
        assert isinstance(server, Server)
        return server.served

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        fields = parse_qs(parts.query)
        if "queries" in fields:
            self._guarded(_file(parts.path), fields["queries"][0].encode(), self._answer)
            return
        self.served.manifests += 1
        self._guarded(f"about {_file(parts.path)}", b"", self._about)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Type", "").partition(";")[0] != "application/x-www-form-urlencoded":
            send(self, b'{"status": "error", "message": "a form is wanted"}', 415)
            return
        fields = parse_qs(body.decode())
        self._guarded(_file(urlsplit(self.path).path), fields.get("queries", [""])[0].encode(), self._answer)

    def _about(self, _: bytes) -> None:
        file = _file(self.path)
        if file not in self.served.entries:
            send(self, b"<!doctype html><title>404</title>", 404, "text/html")
        elif "json" not in self.headers.get("Accept", ""):
            send(self, b"<!doctype html><title>For people</title>", 200, "text/html")
        else:
            send(self, json.dumps(self.served.manifest.get(file) or self.served.about(file)).encode())

    def _answer(self, body: bytes) -> None:
        path = urlsplit(self.path).path
        try:
            queries = json.loads(body)
            self.served.asked.append((path, queries))
            said: dict[str, Any] = {key: self.served.answer(_file(path), query) for key, query in queries.items()}
        except (ValueError, AttributeError, KeyError) as problem:
            said = {"status": "error", "message": "invalid query", "details": str(problem)}
        send(self, json.dumps(said).encode())

    def _guarded(self, key: str, body: bytes, usual: Callable[[bytes], None]) -> None:
        time.sleep(self.served.delay)
        other = self.served.instead.get(key)
        try:
            if other is not None:
                other(self, body)
            else:
                usual(body)
        except (BrokenPipeError, ConnectionResetError):
            # Whoever asked has hung up.
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    """The socket, with what is served on it."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.served = Authorities(self.server_address[1])


@contextmanager
def authorities(port: int = 0) -> Iterator[Authorities]:
    """The server, running."""
    server = Server(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _file(path: str) -> str:
    """Which authority file answers at a path; Wikidata's begins with a language."""
    return WIKIDATA if path.endswith(WIKIDATA) else path


if __name__ == "__main__":
    with authorities(int(sys.argv[1])) as running:
        print(running.url(), flush=True)
        sys.stdin.read()
