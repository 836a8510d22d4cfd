"""A claim that is added while reading, with a part of the page drawn for it: what is drawn is taken as it is."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from graph.store import Store
from tests.browser.conftest import App
from tests.browser.test_reader import shown

Visit = Callable[..., Page]


def test_what_is_drawn_is_taken_without_another_button(app: App, visit: Visit) -> None:
    page = visit(app.url)
    with Store(app.settings) as store:
        document = next(d for d in store.documents.every(["default"]) if d.title == "A Cabinet in Plates")
        page.goto(f"{app.url}/library?document={document.id}&page=5")
        shown(page, 5)
        page.get_by_role("button", name="Add a claim").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Ferrante Imperato").click()
        dialog.get_by_label("Whom or what").fill("Copenhagen")
        dialog.get_by_role("combobox").first.fill("drawn in")
        page.keyboard.press("Enter")
        dialog.get_by_text("Draw the part of the page").click()
        stage = dialog.locator(".viewer[data-page] .layer")
        stage.scroll_into_view_if_needed()
        dialog.get_by_role("button", name="Add it").click()
        expect(dialog.get_by_text("No part is drawn yet")).to_be_visible()
        stage.scroll_into_view_if_needed()
        box = stage.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x - 50, y - 40)
        page.mouse.down()
        page.mouse.move(x, y)
        page.mouse.move(x + 50, y + 30)
        page.mouse.up()
        expect(dialog.locator(".note")).to_have_text("This part goes with what you add. Draw again to change it.")
        dialog.get_by_role("button", name="Add it").click()
        expect(page.get_by_role("status").filter(has_text="A claim was added")).to_be_visible()
        made = store.corrections.history(["default"])[0]
        try:
            (added,) = [c for c in store.explore.statements_of(made.entity) if c.text == made.after]
            region = added.sources[0][0].region
            assert region is not None and region.w > 20 and region.h > 20
        finally:
            store.corrections.undo(made.id, "test")
