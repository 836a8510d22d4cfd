"""Only who asks the app by its own name is answered, over a real socket: requests and connections."""

from __future__ import annotations

import socket
from functools import partial
from pathlib import Path

import httpx
import pytest
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from pages.parts.own_host import OwnHost
from settings import Settings
from tests.served import served


async def greet(connection: WebSocket) -> None:
    await connection.accept()
    await connection.send_text("hello")
    await connection.close()


ROUTES = [Route("/", lambda request: PlainTextResponse("page")), WebSocketRoute("/_stcore/stream", greet)]


@pytest.mark.parametrize(
    ("listens", "address", "answered", "refused"),
    [
        (
            "localhost",
            None,
            ["localhost:1", "127.0.0.1", "[::1]:1", "kammer.localhost", "LOCALHOST."],
            ["evil.example", "x:y:z"],
        ),
        (
            "localhost",
            "https://Kammer.example/",
            ["kammer.example", "localhost"],
            ["evil.example", "kammer.example.evil"],
        ),
        ("0.0.0.0", "https://kammer.example", ["kammer.example", "192.168.0.7:8501"], ["evil.example"]),
        ("0.0.0.0", None, ["any.example", "localhost"], []),
    ],
)
def test_by_which_names(
    listens: str, address: str | None, answered: list[str], refused: list[str], tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, address=address)
    guard = Middleware(OwnHost, read=lambda: settings, listens=lambda: listens)
    with served(ROUTES, [guard]) as url:
        status = {name: httpx.get(url, headers={"Host": name}).status_code for name in (*answered, *refused)}
    assert status == dict.fromkeys(answered, 200) | dict.fromkeys(refused, 421)


def test_no_page_of_another_website_opens_a_connection(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    guard = Middleware(OwnHost, read=lambda: settings, listens=lambda: "localhost")
    with served(ROUTES, [guard]) as url:
        address, host = url.replace("http", "ws") + "/_stcore/stream", url.removeprefix("http://")
        open_it = partial(connect, address, proxy=None)
        for origin in (f"http://{host}", None):
            with open_it(origin=origin) as opened:
                assert opened.recv() == "hello"
        for origin in ("https://evil.example", "null", f"http://{host}.evil.example"):
            with pytest.raises(InvalidStatus, match="403"):
                open_it(origin=origin)
        # A name of theirs that leads here.
        port = int(host.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as here, pytest.raises(InvalidStatus, match="403"):
            connect(f"ws://evil.example:{port}/_stcore/stream", sock=here, origin=Origin(f"http://evil.example:{port}"))
