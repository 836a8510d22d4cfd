"""A server that speaks OpenAI's protocol over a real socket and does what a test tells it to.

    with FakeOpenAI() as server:
        server.replies(Words("The horn is a tooth [1]."), Status(429, headers={"retry-after": "1"}))
        ... OPENAI_BASE_URL=server.url ...
        assert server.requests[0].body["model"] == "gpt-4o-mini"

Replies are used up in order; when none is left the answer is `server.default`, which may also be a function of the
request. `/v1/embeddings` and `/v1/models` answer by themselves unless `server.embeddings` says otherwise.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

JSON = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; header names in lower case."""

    path: str
    headers: dict[str, str]
    body: JSON

    @property
    def prompt(self) -> str:
        """All text of the messages, one after the other."""
        return "\n".join(_text(message["content"]) for message in self.body.get("messages", []))

    @property
    def wants_schema(self) -> bool:
        return bool(self.body.get("response_format", {}).get("type") == "json_schema")


@dataclass(frozen=True)
class Words:
    """A normal answer, streamed word by word when a stream is asked for; `pause` seconds between the words."""

    text: str
    finish: str | None = "stop"
    usage: tuple[int, int] | None = (100, 20)
    pause: float = 0.0
    refusal: str | None = None
    wait: float = 0.0


@dataclass(frozen=True)
class Status:
    """An error answer in OpenAI's form."""

    status: int
    message: str = "scripted"
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Raw:
    """Any bytes at all."""

    data: bytes
    content_type: str = "application/json"


@dataclass(frozen=True)
class Cut:
    """A stream that breaks off after some words: by a reset connection, or cleanly but without an end."""

    text: str
    cleanly: bool = False


@dataclass(frozen=True)
class Hang:
    """Silence; the connection stays open."""

    seconds: float = 30.0


Reply = Words | Status | Raw | Cut | Hang


def structured(value: object, **options: Any) -> Words:
    """An answer that is JSON."""
    return Words(json.dumps(value, ensure_ascii=False), **options)


class FakeOpenAI:
    """The server; `url` is what goes into OPENAI_BASE_URL."""

    handler: type[Handler]

    def __init__(self, dimensions: int = 8) -> None:
        self.requests: list[Asked] = []
        self.default: Reply | Callable[[Asked], Reply] = Words("ok [1].")
        self.embeddings: Reply | None = None
        self.dimensions = dimensions
        self.models = ["gpt-4o-mini", "local-model"]
        self.models_reply: Reply | None = None
        self.disconnected = threading.Event()
        self.most_at_once = 0
        self._replies: deque[Reply] = deque()
        self._lock = threading.Lock()
        self._at_once = 0
        self._closing = threading.Event()
        handler = type("Handler", (self.handler,), {"fake": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def replies(self, *replies: Reply) -> None:
        """Add replies to what is answered next, in order."""
        self._replies.extend(replies)

    def chats(self) -> list[Asked]:
        """The requests for chat completions."""
        return [asked for asked in self.requests if asked.path.endswith("/chat/completions")]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def next_reply(self, asked: Asked) -> Reply:
        with self._lock:
            self.requests.append(asked)
        if asked.path.endswith("/embeddings"):
            return self.embeddings or Raw(json.dumps(self._embed(asked.body)).encode())
        with self._lock:
            if asked.path.endswith("/models"):
                return self.models_reply or Raw(
                    json.dumps({"object": "list", "data": [{"id": name} for name in self.models]}).encode()
                )
            if self._replies:
                return self._replies.popleft()
        return self.default(asked) if callable(self.default) else self.default

    def enter(self) -> None:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)

    def leave(self) -> None:
        with self._lock:
            self._at_once -= 1

    def sleep(self, seconds: float) -> None:
        self._closing.wait(seconds)

    def _embed(self, body: JSON) -> JSON:
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        size = body.get("dimensions") or self.dimensions
        data = [{"object": "embedding", "index": i, "embedding": _vector(text, size)} for i, text in enumerate(texts)]
        return {
            "object": "list",
            "data": data,
            "model": body["model"],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }


def _vector(text: str, size: int) -> list[float]:
    seed = hashlib.blake2b(text.encode()).digest()
    return [math.cos(seed[i % len(seed)] + i) * 3 for i in range(size)]


def _text(content: str | list[JSON]) -> str:
    return content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in content)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests are about; anything else is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    fake: FakeOpenAI

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the tests read `requests`."""

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

    def _answer(self, body: JSON) -> None:
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self.fake.enter()
        try:
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(self.fake.next_reply(asked), asked)
                return
            self.fake.disconnected.set()
            self.close_connection = True
        finally:
            self.fake.leave()

    def _send(self, reply: Reply, asked: Asked) -> None:
        if isinstance(reply, Hang):
            self.fake.sleep(reply.seconds)
            self.close_connection = True
        elif isinstance(reply, Status):
            self._whole(json.dumps(self.error(reply)).encode(), reply.status, headers=reply.headers)
        elif isinstance(reply, Raw):
            self._whole(reply.data, content_type=reply.content_type)
        elif asked.body.get("stream"):
            self._stream(reply, asked.body)
        elif isinstance(reply, Cut):
            self._whole(b"{", cut=True)
        else:
            self.fake.sleep(reply.wait)
            self._whole(json.dumps(self.completion(reply, asked.body)).encode())

    def _whole(
        self,
        data: bytes,
        status: int = 200,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        cut: bool = False,
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(data) + (100 if cut else 0)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = self.close_connection or cut

    def _stream(self, reply: Words | Cut, body: JSON) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        broken = isinstance(reply, Cut)
        chunked = not (isinstance(reply, Cut) and reply.cleanly)
        self.send_header(*(("transfer-encoding", "chunked") if chunked else ("connection", "close")))
        self.end_headers()
        if isinstance(reply, Words):
            self.fake.sleep(reply.wait)
        for event in self.events(reply, body):
            line = b"data: " + event.encode() + b"\n\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line) if chunked else line)
            self.wfile.flush()
            if isinstance(reply, Words) and reply.pause:
                self.fake.sleep(reply.pause)
        if chunked and not broken:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = self.close_connection or broken

    def error(self, reply: Status) -> JSON:
        """The body of an error answer."""
        error = {"message": reply.message, "type": reply.code or "error", "code": reply.code, "param": None}
        return {"error": error}

    def completion(self, reply: Words, body: JSON) -> JSON:
        message: JSON = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
        answer = frame("chat.completion", body, [{"index": 0, "message": message, "finish_reason": reply.finish}])
        if reply.usage:
            answer["usage"] = counted(reply.usage)
        return answer

    def events(self, reply: Words | Cut, body: JSON) -> Iterator[str]:
        def chunk(delta: JSON, finish: str | None = None) -> str:
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            return json.dumps(frame("chat.completion.chunk", body, [choice]))

        yield chunk({"role": "assistant", "content": ""})
        words = reply.text.split(" ")
        for number, word in enumerate(words):
            yield chunk({"content": word if number == 0 else " " + word})
        if isinstance(reply, Cut):
            return
        if reply.refusal:
            yield chunk({"refusal": reply.refusal})
        if reply.finish:
            yield chunk({}, reply.finish)
        if reply.usage and body.get("stream_options", {}).get("include_usage"):
            yield json.dumps(frame("chat.completion.chunk", body, []) | {"usage": counted(reply.usage)})
        yield "[DONE]"


def frame(kind: str, body: JSON, choices: list[JSON]) -> JSON:
    created = int(time.time())
    return {"id": "chatcmpl-1", "object": kind, "created": created, "model": body.get("model"), "choices": choices}


def counted(usage: tuple[int, int]) -> JSON:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}


FakeOpenAI.handler = Handler
