"""A page by itself in a browser without a network: it can be read, its graph moves, nothing planted runs."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from share.alone import to_page
from share.report import of_finding, with_pictures
from tests.payloads import payloads
from tests.test_reports import cropper, finding

TRAP = "http://trap.invalid"


def test_it_works_without_a_network_and_nothing_runs(browser: Browser, tmp_path: Path) -> None:
    planted = with_pictures(of_finding(finding(*payloads(TRAP))), cropper)
    calm = of_finding(finding("Ole Worm had a tusk.", "The tusk was sold.", "A narwhal"))
    path = tmp_path / "page.html"
    path.write_text("".join(to_page([calm, planted], "de")), encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: wrong.append(dialog.message))
    page.goto(path.as_uri())
    first = page.locator("article").first
    expect(first.locator(".node")).to_have_count(3)
    expect(page.locator("img").first).to_have_js_property("naturalWidth", 300)
    # A click on a name shows its claims, Escape shows all again; Enter does what a click does.
    node = first.locator(".node").nth(1)
    node.locator("circle").click()
    expect(node).to_have_class("node k2 on")
    expect(first.locator("li.off")).to_have_count(2)
    page.keyboard.press("Escape")
    node.focus()
    page.keyboard.press("Enter")
    expect(first.locator("li.off")).to_have_count(2)
    first.get_by_role("button", name="Alles zeigen").click()
    expect(first.locator("li.off")).to_have_count(0)
    # A name can be moved, and its lines follow.
    before = node.get_attribute("transform")
    node.scroll_into_view_if_needed()
    box = node.locator("circle").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 40, steps=3)
    page.mouse.up()
    assert node.get_attribute("transform") != before
    page.locator("article").nth(1).locator(".node circle").first.hover()
    first.locator("a.n").first.click()
    expect(page.locator(".source:target")).to_have_count(1)
    assert page.evaluate("typeof hacked") == "undefined"
    assert [address for address in asked if not address.startswith(("file:", "data:image/jpeg"))] == []
    assert wrong == []
    context.close()
