"""The graph of Explore as people use it: by mouse, by keyboard, and taken away as a picture."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.browser import drawn
from tests.browser.conftest import App

Visit = Callable[..., Page]
ENTITY = re.compile(r"/explore\?entity=[0-9a-f]{32}$")


@pytest.fixture
def explore(app: App, visit: Visit) -> Page:
    """Explore with the sample, everything drawn."""
    page = visit(f"{app.url}/explore")
    drawn.wait_until_still(page)
    return page


def test_a_click_tells_a_double_click_opens_and_nobody_moves(explore: Page) -> None:
    page, before = explore, drawn.places(explore)
    page.mouse.click(*drawn.at(page, "Tycho Brahe"))
    expect(page).to_have_url(ENTITY)
    expect(page.get_by_role("heading", name="Tycho Brahe", level=2)).to_be_visible()
    assert drawn.chosen(page) == ["Tycho Brahe"] and drawn.places(page) == before
    drawn.wait_until_still(page)
    page.wait_for_timeout(700)  # a click, and soon after it a double click, would be three
    page.mouse.dblclick(*drawn.at(page, "Tycho Brahe"))
    expect(page.locator(".chosen [data-act=fold]")).to_be_visible()
    after = drawn.places(page)
    assert len(after) > len(before) and {id_: after[id_] for id_ in before} == before
    page.get_by_text("Deutsch", exact=True).click()
    expect(page.get_by_role("heading", name="Erkunden")).to_be_visible()
    expect(page.get_by_placeholder("Im Bild suchen")).to_be_visible()
    assert drawn.places(page) == after


def test_a_line_tells_its_claims_and_leads_to_their_place(explore: Page) -> None:
    page = explore
    page.mouse.click(*drawn.on_a_line(page, "Rudolf II"))
    expect(page).to_have_url(re.compile(r"entity=[0-9a-f]{32}&with=[0-9a-f]{32}"))
    claim = page.get_by_role("heading", name=re.compile(r"\d claim"))
    expect(claim).to_be_visible()
    page.locator("[data-testid=stPageLink] a[href*=start]").first.click()
    expect(page).to_have_url(re.compile(r"/library\?.*start="))


def test_by_keyboard_alone(explore: Page) -> None:
    page = explore
    page.locator(".canvas .stage").focus()
    (first,) = drawn.chosen(page)
    for key in ("ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    status = page.locator(".canvas [role=status]")
    expect(status).to_contain_text(re.compile(r"lines"))
    before = drawn.ask(page, "canvas.cy.zoom()")
    page.keyboard.press("+")
    drawn.wait_until(page, "canvas.cy.zoom() > argument", before)
    page.keyboard.press("0")
    (now,) = drawn.chosen(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(ENTITY)
    expect(page.locator(".wk-name")).to_contain_text(now.rstrip("…"))
    assert first and page.locator(".canvas .stage").get_attribute("aria-label")
    page.locator(".canvas .stage").focus()
    page.keyboard.press("h")
    expect(page.locator("[data-tool=eye]")).to_be_visible()
    assert now not in drawn.names(page)
    page.locator("[data-tool=eye]").click()
    expect(page.locator("[data-tool=eye]")).to_be_hidden()
    assert now in drawn.names(page)


def test_kinds_are_switched_off_names_are_found_and_a_line_is_drawn_around(explore: Page) -> None:
    page, before = explore, drawn.names(explore)
    page.locator(".kind", has_text="Person").click()
    assert 0 < len(drawn.names(page)) < len(before)
    page.locator(".kind", has_text="Person").click()
    page.get_by_placeholder("Find in the picture").fill("KIRCHER")
    hits = drawn.ask(page, "canvas.cy.$('node.hit').map((node) => node.data('label'))")
    assert sorted(hits) == ["Athanasius Kircher", "Museum Kircherianum"]
    page.get_by_placeholder("Find in the picture").fill("")
    page.locator("[data-tool=lasso]").click()
    box = page.locator(".canvas .stage").bounding_box()
    assert box is not None
    left, top, right, bottom = box["x"] + 2, box["y"] + 2, box["x"] + box["width"] - 2, box["y"] + box["height"] - 2
    page.mouse.move(left, top)
    page.mouse.down()
    for x, y in ((right, top), (right, bottom), (left, bottom)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()
    assert sorted(drawn.chosen(page)) == sorted(before)


def test_by_finger_after_the_page_was_scrolled(app: App, visit: Visit) -> None:
    page = visit(f"{app.url}/explore", width=390, touch=True)
    drawn.wait_until_still(page)
    page.locator(".canvas .chosen").evaluate("bar => bar.closest('.box').scrollIntoView({ block: 'end' })")
    scrolled = "document.querySelector('[data-testid=stMain]').scrollTop"
    before = page.evaluate(scrolled)
    assert before > 50
    fingers = page.context.new_cdp_session(page)

    def move(kind: str, *at: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(at)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    page.touchscreen.tap(*drawn.at(page, "Rudolf II"))
    expect(page).to_have_url(ENTITY)
    expect(page.get_by_role("heading", name="Rudolf II", level=2)).to_be_visible()
    drawn.wait_until_still(page)
    zoom = drawn.ask(page, "canvas.cy.zoom()")
    box = page.locator(".canvas .stage").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    move("touchStart", (x - 40, y), (x + 40, y))
    for step in range(50, 130, 10):
        move("touchMove", (x - step, y), (x + step, y))
    move("touchEnd")
    drawn.wait_until(page, "canvas.cy.zoom() > 2 * argument", zoom)
    # Pulling along what is empty neither scrolls the page nor makes it larger.
    pan = drawn.ask(page, "canvas.cy.pan()")
    corner = box["x"] + 6, box["y"] + box["height"] - 20
    move("touchStart", corner)
    for step in range(0, 150, 10):
        move("touchMove", (corner[0], corner[1] - step))
    move("touchEnd")
    drawn.wait_until(page, "JSON.stringify(canvas.cy.pan()) !== argument", json.dumps(pan, separators=(",", ":")))
    assert page.evaluate(scrolled) == before and page.evaluate("visualViewport.scale") == 1


def test_how_two_are_connected(explore: Page) -> None:
    page = explore
    for name in ("Würzburg", "Jakub of Tepenec"):
        drawn.ask(page, "canvas.cy.nodes().filter((n) => n.data('label') === argument)[0].select() && null", name)
    drawn.ask(page, "canvas.chosen()")
    page.locator(".chosen [data-act=way]").click()
    expect(page).to_have_url(re.compile(r"entity=[0-9a-f]{32}&to=[0-9a-f]{32}"))
    expect(page.locator(".wk-station").first).to_be_visible()
    drawn.wait_until(page, "canvas.cy.$('node.way').nonempty()")
    on_way = drawn.ask(page, "canvas.cy.$('node.way').map((node) => node.data('label'))")
    assert {"Würzburg", "Jakub of Tepenec"} < set(on_way)


def test_the_whole_is_a_map_of_groups_and_one_of_them_opens(explore: Page) -> None:
    page = explore
    page.get_by_text("Whole", exact=True).click()
    expect(page.get_by_text("What claims join closely is one disc")).to_be_visible()
    drawn.wait_until_still(page)
    disc = drawn.names(page)[0]
    page.mouse.click(*drawn.at(page, disc))
    expect(page.get_by_role("button", name="The whole")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/explore\?group=[0-9a-f]{32}"))
    # One group, no longer the discs of all.
    drawn.wait_until(page, "!canvas.visible().some((node) => node.data('label') === argument)", disc)
    assert disc.splitlines()[0].rstrip("…") in " ".join(drawn.names(page))


def test_the_picture_is_saved_as_png_and_svg(explore: Page) -> None:
    page = explore
    with page.expect_download() as png:
        page.locator("[data-tool=png]").click()
    assert png.value.suggested_filename == "wunderkammer.png"
    assert png.value.path().read_bytes()[:4] == b"\x89PNG"
    with page.expect_download() as svg:
        page.locator("[data-tool=svg]").click()
    drawing = ElementTree.fromstring(svg.value.path().read_text(encoding="utf-8"))
    words = {element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")}
    assert {"Athanasius Kircher", "Rudolf II"} <= words


def test_timeline_and_map_show_what_is_drawn_and_lead_on_within_what_it_is_narrowed_to(app: App, explore: Page) -> None:
    page = explore
    page.goto(f"{app.url}/explore?kind=Person&kind=Place&kind=Date")
    drawn.wait_until_drawn(page)
    page.locator(".st-key-explore-begin").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/explore\?kind=Person&kind=Place&kind=Date&entity=[0-9a-f]{32}$"))
    page.go_back()
    expect(page.locator(".st-key-explore-begin")).to_be_visible()
    page.get_by_text("Timeline", exact=True).click()
    claim = page.locator(".wk-timeline li a").first
    expect(claim).to_contain_text("Rudolf II")
    page.evaluate("window.loaded_once = true")
    claim.click()
    narrowed = r"view=timeline&kind=Person&kind=Place&kind=Date&entity=[0-9a-f]{32}"
    expect(page).to_have_url(re.compile(f"{narrowed}&with=[0-9a-f]{{32}}$"))
    page.get_by_role("link", name=re.compile("^All about")).click()
    expect(page).to_have_url(re.compile(f"{narrowed}$"))
    expect(page.get_by_role("heading", name="Rudolf II", level=2)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("with="))
    expect(page.get_by_role("link", name=re.compile("^All about"))).to_be_visible()
    page.get_by_text("Map", exact=True).click()
    page.locator(".wk-point", has_text="Prague").click()
    expect(page.get_by_role("heading", name="Prague", level=2)).to_be_visible()
    expect(page).to_have_url(re.compile(r"view=map&kind=Person&kind=Place&kind=Date&entity="))
    assert page.evaluate("window.loaded_once"), "run again, not loaded again"
