"""What a newcomer does in the first five minutes, without a key and without a model, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from tests.browser import drawn
from tests.browser.conftest import App

Visit = Callable[..., Page]
LOADED = 120_000
"""Milliseconds for the sample on a busy machine; on an idle one it is there in a few seconds."""


def test_from_an_empty_cabinet_to_the_marked_page_and_on_to_explore(cold_app: App, visit: Visit) -> None:
    page = visit(f"{cold_app.url}/explore", locale="de-DE")
    # The first request of all is a bookmark.
    expect(page.get_by_role("heading", name="Erkunden")).to_be_visible()
    expect(page.get_by_text("Noch nichts zu erkunden.")).to_be_visible()
    names = page.locator("[data-testid=stSidebarNavLink]").all_inner_texts()
    wanted = "Fragen Vergleichen Hinzufügen Bibliothek Erkunden Fundstücke Verlauf Beschreiben Modelle Kabinette"
    assert [name.strip() for name in names] == wanted.split()

    page = visit(cold_app.url)
    page.get_by_role("button", name="Open the sample cabinet").click()
    expect(page.get_by_text("Questions to begin with")).to_be_visible(timeout=LOADED)
    page.get_by_role("button", name="Which of Ole Worm").click()

    expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
    assert "Ole+Worm" in page.url or "Ole%20Worm" in page.url
    expect(page.get_by_text("Evidence only. Choose a model for a written answer.")).to_be_visible()
    cards = page.locator("[class*='st-key-evidence-']")
    expect(cards.first).to_be_visible()
    expect(page.locator(".wk-quote mark").first).to_contain_text(re.compile(r"\w+ \w+"))
    crop = cards.filter(has=page.locator("[data-testid=stImage] img")).first
    assert marker_share(page, crop.locator("img").element_handle().get_attribute("src") or "") > 0.005

    crop.get_by_role("link", name="Read it there").click()
    expect(page.get_by_role("heading", name="Claims on this page")).to_be_visible()
    place = parse_qs(urlsplit(page.url).query)
    assert {"document", "page", "start", "end"} <= set(place)
    mark = page.locator(".region.words").first
    expect(mark).to_be_visible()
    expect(mark).to_be_in_viewport()
    inside = mark.evaluate("e => { const r = e.getBoundingClientRect(); return [r.width, r.height] }")
    assert inside[0] > 20 and 5 < inside[1] < 60

    page.get_by_role("link", name="Ole Worm", exact=True).first.click()
    expect(page.get_by_role("heading", name="Ole Worm", level=2)).to_be_visible()
    drawn.wait_until_drawn(page)
    assert page.url.startswith(f"{cold_app.url}/explore?entity=")


def marker_share(page: Page, source: str) -> float:
    """The share of an image's pixels that have the colour of the text marker."""
    found = page.evaluate(
        """async source => {
            const image = new Image(); image.src = source; await image.decode()
            const canvas = document.createElement("canvas")
            canvas.width = image.width; canvas.height = image.height
            const context = canvas.getContext("2d"); context.drawImage(image, 0, 0)
            const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data
            let marked = 0
            for (let i = 0; i < pixels.length; i += 4)
                if (pixels[i] > 225 && pixels[i + 1] > 195 && pixels[i + 2] < 165) marked++
            return marked / (canvas.width * canvas.height)
        }""",
        source,
    )
    return float(found)


def test_a_click_in_the_picture_tells_of_what_was_clicked(app: App, visit: Visit) -> None:
    page = visit(f"{app.url}/explore")
    drawn.wait_until_drawn(page)
    page.wait_for_timeout(600)
    page.mouse.click(*drawn.at(page, drawn.names(page)[0]))
    expect(page).to_have_url(re.compile(r"/explore\?entity=[0-9a-f]{32}"))
    expect(page.locator(".wk-name")).to_be_visible()
    page.get_by_text("Table", exact=True).click()
    expect(page.locator("[data-testid=stDataFrame]").first).to_be_visible()


def test_a_file_becomes_searchable_and_goes_again(app: App, visit: Visit, tmp_path: Path) -> None:
    note = tmp_path / "sturm.txt"
    note.write_text("In 1699 Zacharias Quellenfreund of Zittau wrote down which shells he had seen.", encoding="utf-8")
    empty = tmp_path / "empty.txt"
    empty.touch()
    page = visit(f"{app.url}/add")
    page.locator("input[type=file]").set_input_files([note, empty])
    expect(page.get_by_text("“empty.txt” is empty (0 bytes)")).to_be_visible()
    page.get_by_role("button", name="Import one document").click()
    expect(page.get_by_text("One document was read.")).to_be_visible(timeout=LOADED)
    expect(page.get_by_text("One source was not taken in")).to_be_visible()
    page.goto(f"{app.url}/?q=What%20did%20Zacharias%20Quellenfreund%20write%20down%3F")
    expect(page.locator(".wk-quote mark", has_text="Zacharias Quellenfreund").first).to_be_visible()

    page.goto(f"{app.url}/library")
    search = page.get_by_placeholder("Search titles")
    search.fill("Quellenfreund")
    search.press("Enter")
    row = page.locator("[class*=st-key-document-]")
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This goes with it:")).to_be_visible()
    page.locator(".st-key-delete-do button").click()
    expect(row).to_have_count(0)


def test_on_a_phone_nothing_is_wider_than_the_screen(app: App, visit: Visit) -> None:
    page = visit(f"{app.url}/?q=Who%20owned%20the%20Voynich%20manuscript%3F", width=390)
    expect(page.locator(".st-key-evidence-1")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_the_language_can_be_switched_and_stays(app: App, visit: Visit) -> None:
    page = visit(f"{app.url}/models")
    expect(page.get_by_role("heading", name="Models", level=1)).to_be_visible()
    page.get_by_text("Deutsch", exact=True).click()
    expect(page.get_by_role("heading", name="Modelle", level=1)).to_be_visible()
    assert "lang=de" in page.url
    page.get_by_role("link", name="Bibliothek").first.click()
    expect(page.get_by_role("heading", name="Bibliothek")).to_be_visible()
    expect(page).to_have_url(re.compile("lang=de"))


def test_what_is_chosen_outlives_a_change_of_language(app: App, visit: Visit) -> None:
    page = visit(app.url)
    page.get_by_text("Deutsch", exact=True).click()
    question = page.get_by_role("textbox", name="Frage")
    question.fill("Wer besaß das Voynich-Manuskript?")
    question.press("Enter")
    expect(page.get_by_role("heading", name="Belege", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
