"""A model that obeys what strangers planted in documents, in a real browser: nothing runs, and nobody else is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Page, expect

from graph.store import Store
from ingest.submit import Options, submit
from ingest.worker import work
from settings import Settings
from tests import planted
from tests.browser.conftest import running_app
from tests.fake_openai import FakeOpenAI, Words
from tests.web_server import web


def test_its_answer_is_words(visit: Callable[..., Page], tmp_path: Path) -> None:
    folder, home = tmp_path / "planted", tmp_path / "app" / "home"
    folder.mkdir()
    with web() as trap, FakeOpenAI() as server:
        planted.write(folder, trap.url(""))
        server.default = lambda asked: Words(" ".join(planted.obeyed(asked.prompt, trap.url(""))))
        settings = Settings(home=home)
        with Store(settings) as store:
            submit(store, settings, [folder], Options())
        work(settings, idle=0.1)
        model = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-real", "WUNDERKAMMER_ALLOW_PRIVATE": "1"}
        with running_app(home, model) as app:
            page = visit(f"{app.url}/?q={quote(planted.QUESTION)}&model=gpt-4o-mini")
            page.get_by_role("button", name="Ask GPT-4o mini").click()
            answer = page.locator(".wk-answer")
            expect(answer).to_contain_text("on the moon")
            expect(page.locator(".wk-unsupported").first).to_be_visible()
            expect(page.get_by_role("button", name="Write again")).to_be_visible()
            assert answer.locator("img, script, iframe, form, svg").count() == 0
            elsewhere = f"[src*=':{trap.port}'], [href*=':{trap.port}'], [href*=evil], [href^=javascript]"
            assert page.locator(elsewhere).count() == 0
            assert page.evaluate("window.hacked") is None
            assert "sk-real" not in page.content()
        assert trap.asked == [] and len(server.chats()) == 1
