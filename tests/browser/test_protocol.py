"""The client of `bench.users` does as a browser does: pages, a question, a file, and what is loaded beside them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bench.users_book import Book, browser
from bench.users_client import Visit
from tests.browser.conftest import App


def test_a_visit_through_streamlits_protocol_asks_reads_and_brings_a_file(app: App) -> None:
    book = Book()
    # In a thread of its own: where another test has begun a browser, its loop runs in this one.
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, asyncio.wait_for(_visit(app.url, book), 120)).result()
    assert [each for each in book.done if each.error] == []
    did = {each.what for each in book.done}
    assert {"open ask", "ask", "read", "plan an import", "load image", "load tile", "send file"} <= did


async def _visit(url: str, book: Book) -> None:
    async with browser(url) as http:
        visit = Visit(url, book, http, set())
        await visit.open()
        field, send = visit.tree.one("text_input", "ask.question"), visit.tree.one("button", label="Ask")
        assert field is not None and send is not None
        visit.set(field, "Who acquired Worm's museum?")
        await visit.click(send, "ask")
        assert "q=Who+acquired" in visit.query or "q=Who%20acquired" in visit.query
        places = [each for each in visit.tree.all("page_link") if "region=" in each.what.query_string]
        await visit.follow(places[0], "read")
        assert visit.tree.all("bidi_component") and not visit.tree.all("text_input", "ask.question")
        await visit.go("add")
        files = visit.tree.one("file_uploader", "add.files.")
        assert files is not None
        await visit.upload(
            files, [("protocol.txt", b"Ole Worm kept a narwhal's tusk in Copenhagen.")], "plan an import"
        )
        assert visit.tree.one("button", "add.start.button") is not None
        await visit.loaded()
        await visit.close()
