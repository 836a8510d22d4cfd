"""From a question to a card in Teams, in a real browser: asked, saved, a channel set up, previewed, sent, its state."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from graph.store import Store
from tests.browser.conftest import App
from tests.teams_server import SIG, Turn, teams

Visit = Callable[..., Page]
QUESTION = "Who built the Gottorf globe?"
TITLE = "For the seminar on globes"
"""Of no other finding: other tests keep answers to this question in the same app."""


def test_from_a_question_to_a_card(app: App, visit: Visit) -> None:
    page = visit(f"{app.url}/findings")
    with teams() as server:
        page.get_by_text("Channels", exact=True).click()
        page.get_by_label("Name", exact=True).fill("Seminar")
        page.get_by_label("Address", exact=True).fill(server.url)
        page.get_by_role("button", name="Add channel").click()
        expect(page.get_by_text("in a file that only you can read", exact=False)).to_be_visible()

        page.goto(f"{app.url}/?q={QUESTION}")
        page.get_by_role("button", name="Save as finding").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_label("Title")).to_have_value(QUESTION)
        dialog.get_by_label("Title").fill(TITLE)
        dialog.get_by_label("Title").press("Tab")
        dialog.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Kept as a finding.")).to_be_visible()
        page.get_by_role("link", name="Open", exact=True).click()

        expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
        server.then(Turn(429, (("Retry-After", "1"),)))
        page.get_by_role("button", name="Send", exact=True).click()
        preview = page.locator(".st-key-send-preview")
        expect(preview).to_contain_text("Andreas Bösch")
        expect(preview.locator(".wk-n")).to_have_count(8)
        page.get_by_role("dialog").get_by_role("button", name="Send to “Seminar”").click()
        expect(page.get_by_text("queued there", exact=True)).to_be_visible()
        assert SIG not in page.content()
        (posted,) = server.posted
        card = posted["attachments"][0]["content"]
        assert card["version"] == "1.4" and card["fallbackText"] == TITLE and len(server.asked) == 2

        page.get_by_role("link", name="Open the page").first.click()
        expect(page).to_have_url(re.compile("document=.*start="))
    with Store(app.settings) as store:
        (listed,) = store.findings.listed(text=TITLE)
        assert [each.state.value for each in store.outbox.listed(finding=listed.id)] == ["accepted"]
        store.outbox.forget(listed.id)
        store.findings.remove(listed.id)
