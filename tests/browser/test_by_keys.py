"""Who has no mouse sees where the focus is, turns to the ends of a document, and reads the claims of the canvas."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from graph.store import Store
from scripts.shots import settle
from tests.browser.conftest import App
from tests.browser.test_reader import shown

Visit = Callable[..., Page]
UNSEEN = """() => {
  const all = "a[href], button:enabled, input:enabled, textarea, summary, [tabindex]"
  const reached = [...document.querySelectorAll(all)].filter(
    (e) => e.tabIndex >= 0 && e.type !== "file" && e.checkVisibility({ visibilityProperty: true }))
  const ring = (e) => getComputedStyle(e).outlineStyle === "solid" && parseFloat(getComputedStyle(e).outlineWidth) >= 2
  const unseen = []
  for (const each of reached) {
    each.focus({ focusVisible: true, preventScroll: true })
    if (document.activeElement !== each) continue
    const around = [each.parentElement, each.closest("label") ?? each]
    if (![each, ...around].some(ring)) unseen.push(each.outerHTML.slice(0, 160))
  }
  return [reached.length, unseen]
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_is_seen_on_all_that_can_have_it(app: App, visit: Visit, scheme: Literal["light", "dark"]) -> None:
    page = visit(app.url)
    page.emulate_media(color_scheme=scheme)
    for address in ("?q=Where+was+Ole+Worm+born%3F", "explore", "library"):
        page.goto(f"{app.url}/{address}")
        settle(page, calm=300)
        reached, unseen = page.evaluate(UNSEEN)
        assert reached > 15
        assert unseen == []


def test_home_and_end_turn_to_the_first_and_the_last_page(app: App, visit: Visit) -> None:
    page = visit(app.url)
    with Store(app.settings) as store:
        document = next(d for d in store.documents.every(["default"]) if d.title == "A Cabinet in Plates")
    page.goto(f"{app.url}/library?document={document.id}&page=4")
    shown(page, 4)
    page.keyboard.press("End")
    shown(page, document.pages)
    page.keyboard.press("Home")
    shown(page, 1)
    page.get_by_text("Words", exact=True).click()
    expect(page.locator(".sheet .text")).to_be_visible()
    page.locator(".wk-title").click()
    page.keyboard.press("End")
    expect(page).to_have_url(re.compile(f"page={document.pages}"))
