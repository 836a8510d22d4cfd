"""Scripts and fonts over a real socket: compressed once and kept, only those that are ours to give; nothing waits."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from pages.parts.assets import FOREVER, OURS, STREAMLIT, Assets
from tests.served import served

CYTOSCAPE = "/app/static/canvas/cytoscape.min.js"
FONT = "/app/static/fonts/source-sans-3-latin-wght-normal.woff2"


async def behind(request: Request) -> Response:
    """What Streamlit would answer; it tells whether its answers leave at once."""
    connection = request.receive.__self__.transport.get_extra_info("socket")  # type: ignore[attr-defined]
    at_once = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    return JSONResponse({"path": request.url.path, "at_once": bool(at_once)})


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a server with the files, and behind them what answers whatever else is asked."""
    with served([Route("/{rest:path}", behind)], [Middleware(Assets)]) as address:
        yield address


def test_a_script_comes_whole_compressed_and_for_good_where_its_address_changes_with_it(url: str) -> None:
    on_disk = (OURS / "canvas" / "cytoscape.min.js").read_bytes()
    given = [httpx.get(f"{url}{CYTOSCAPE}?abc") for _ in range(2)]
    assert [each.content == on_disk for each in given] == [True, True]
    assert given[0].headers["content-encoding"] == "gzip" and given[0].headers["cache-control"] == FOREVER
    assert int(given[0].headers["content-length"]) < len(on_disk) / 2
    assert given[0].headers["content-type"].startswith("text/javascript")
    theirs = next(path for path in (STREAMLIT / "js").iterdir() if path.name.startswith("index."))
    answer = httpx.get(f"{url}/static/js/{theirs.name}")
    assert answer.content == theirs.read_bytes() and answer.headers["cache-control"] == FOREVER


def test_a_font_is_given_as_it_is_and_asked_for_again_after_a_day(url: str) -> None:
    answer = httpx.get(url + FONT)
    assert answer.content == (OURS / "fonts" / FONT.rpartition("/")[2]).read_bytes()
    assert "content-encoding" not in answer.headers and answer.headers["cache-control"] == "public, max-age=86400"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {}),
        ("/explore", {}),
        (CYTOSCAPE, {}),
        (f"{CYTOSCAPE}?abc", {"accept-encoding": "identity"}),
        (f"{CYTOSCAPE}?abc", {"range": "bytes=0-9"}),
        ("/app/static/canvas/..%2f..%2fsettings.py?abc", {}),
        ("/app/static/canvas/no-such.js?abc", {}),
        ("/app/static/mark.svg", {}),
    ],
)
def test_all_else_is_answered_by_streamlit(url: str, path: str, headers: dict[str, str]) -> None:
    assert "path" in httpx.get(url + path, headers=headers).json()


def test_no_answer_waits_until_the_browser_has_confirmed_the_first_half_of_it(url: str) -> None:
    assert httpx.get(f"{url}/anything").json()["at_once"] is True
