"""Correcting in a real browser: a claim taken out is gone from the answer, a name stays a name, all comes back."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Dialog, Page, expect

from graph.store import Store
from tests.browser.conftest import App

Visit = Callable[..., Page]
SCRIPT = "<img src=x onerror=alert(1)>[x](javascript:alert(2))"


def test_correct_ask_again_and_undo(app: App, visit: Visit) -> None:
    dialogs: list[str] = []

    def note(opened: Dialog) -> None:
        dialogs.append(opened.message)
        opened.dismiss()

    with Store(app.settings) as store:
        worm = store.search.complete("Ole Worm", 1, ["default"])[0]
        claim = next(c for c in store.explore.statements_of(worm.id) if c.predicate == "BORN_IN")
    question = f"{app.url}/?q=Where+was+Ole+Worm+born%3F"
    page = visit(question)
    page.on("dialog", note)
    expect(page.get_by_text(claim.text, exact=False).first).to_be_visible()

    page.goto(f"{app.url}/explore?entity={worm.id}")
    page.locator(f".st-key-retract-{claim.id} button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why?", exact=False).fill("<b>Misread</b>")
    dialog.get_by_role("button", name="Take out").click()
    expect(page.get_by_role("status").filter(has_text="A claim was taken out")).to_be_visible()
    page.goto(question)
    expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
    expect(page.locator(".wk-claims").filter(has_text=claim.text)).to_have_count(0)

    page.goto(f"{app.url}/explore?entity={worm.id}")
    page.get_by_role("button", name="Correct", exact=False).click()
    page.get_by_text("Change the name").click()
    dialog.get_by_label("Name", exact=True).fill(SCRIPT)
    dialog.get_by_role("button", name="Change the name").click()
    expect(page.get_by_role("heading", name=SCRIPT, level=2)).to_be_visible()
    page.get_by_role("link", name="History").last.click()
    # It is told by itself at the top, and stands in the history.
    expect(page.get_by_text(f"“Ole Worm” is now called “{SCRIPT}”.").last).to_be_visible()
    expect(page.get_by_text("<b>Misread</b>")).to_be_visible()
    undo = page.locator("[class*=st-key-history-undo] button")
    while left := undo.count():
        undo.first.click()
        expect(undo).to_have_count(left - 1)
    found = page.locator(".wk-claims").filter(has_text=claim.text)
    for _ in range(30):
        # The worker makes its vector anew in the background.
        page.goto(question)
        expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
        if found.count():
            break
        page.wait_for_timeout(2000)
    expect(found).to_have_count(1)
    assert dialogs == []
