"""Journeys that cross windows and pages: left while it reads, two at once, by keys alone, on a phone in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

from graph.store import Store
from tests.browser.conftest import App
from tests.browser.test_first_five_minutes import LOADED

Visit = Callable[..., Page]
MOST_KEYS = 60
"""So often Tab may be pressed until what is looked for has the focus: nobody would press it more often."""


def test_who_closes_the_tab_while_it_reads_finds_all_of_it_read(app: App, visit: Visit, tmp_path: Path) -> None:
    names = [f"log-{n}.txt" for n in range(12)]
    for name in names:
        text = f"On that day Leonhard Eisvogel of Lindau noted in {name} what the tide had left. " * 12
        (tmp_path / name).write_text(text, encoding="utf-8")
    page = visit(f"{app.url}/add")
    page.locator("input[type=file]").set_input_files([tmp_path / name for name in names])
    page.get_by_role("button", name="Import 12 documents").click()
    expect(page).to_have_url(re.compile(r"job=[0-9a-f]+"))
    address = page.url
    page.close()

    again = visit(address)
    expect(again.get_by_text("12 documents were read.")).to_be_visible(timeout=LOADED)
    again.goto(f"{app.url}/add")
    again.get_by_role("button", name="See it").click()
    expect(again).to_have_url(address)
    with Store(app.settings) as store:
        found = store.search.complete("Leonhard Eisvogel", 1, ["default"])
    assert found and found[0].name.startswith("Leonhard Eisvogel")
    again.goto(f"{app.url}/?q=What%20did%20Leonhard%20Eisvogel%20note%3F")
    expect(again.locator(".wk-quote mark", has_text="Leonhard Eisvogel").first).to_be_visible()


def test_what_one_corrects_the_other_sees_and_nothing_is_lost(app: App, visit: Visit) -> None:
    with Store(app.settings) as store:
        kircher = store.search.complete("Athanasius Kircher", 1, ["default"])[0]
        corrected = {made.id for made in store.corrections.history(["default"], kircher.id)}
    other = visit(f"{app.url}/explore?entity={kircher.id}", locale="de-DE")
    one = visit(f"{app.url}/explore?entity={kircher.id}")
    for page, correct, change in ((other, "Berichtigen", "Namen ändern"), (one, "Correct", "Change the name")):
        expect(page.locator(".wk-name")).to_have_text(kircher.name)
        page.get_by_role("button", name=correct).click()
        page.get_by_text(change).click()
        expect(page.get_by_role("dialog")).to_be_visible()
    one.get_by_role("dialog").get_by_label("Name", exact=True).fill("Kircher the Elder")
    one.get_by_role("dialog").get_by_role("button", name="Change the name").click()
    expect(one.locator(".wk-name")).to_have_text("Kircher the Elder")
    # Who looks at what has changed meanwhile is told so, and overwrites nothing.
    other.get_by_role("dialog").get_by_label("Name", exact=True).fill("Kircher der Ältere")
    other.get_by_role("dialog").get_by_role("button", name="Namen ändern").click()
    expect(other.get_by_role("dialog")).to_contain_text("Kircher the Elder")
    other.keyboard.press("Escape")
    expect(other.locator(".wk-name")).to_have_text("Kircher the Elder")
    one.locator(".st-key-correct-undo button").click()
    expect(one.locator(".wk-name")).to_have_text(kircher.name)
    other.reload()
    expect(other.locator(".wk-name")).to_have_text(kircher.name)
    with Store(app.settings) as store:
        made = [each for each in store.corrections.history(["default"], kircher.id) if each.id not in corrected]
    assert [(each.after, bool(each.undone_at)) for each in made] == [("Kircher the Elder", True)]


def tab_to(page: Page, what: str) -> None:
    """Press Tab until what a selector names has the focus, in whatever frame or shadow it is."""
    for _ in range(MOST_KEYS):
        page.keyboard.press("Tab")
        if page.evaluate("(what) => document.activeElement?.closest(what) !== null", what):
            return
    raise AssertionError(f"{what} was not reached")


def test_by_keys_alone_from_a_question_to_the_place_on_the_page(app: App, visit: Visit) -> None:
    page = visit(app.url)
    expect(page.get_by_text("Questions to begin with")).to_be_visible()
    tab_to(page, ".st-key-ask-question input, [data-testid=stTextInput] input")
    page.keyboard.type("What did Ferrante Imperato publish in Naples in 1599?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
    expect(page.locator(".st-key-evidence-1")).to_be_visible()
    tab_to(page, "[class*=st-key-evidence-] a[href*='page=']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Claims on this page")).to_be_visible()
    expect(page.locator(".sheet mark, .viewer[data-page] .region.words").first).to_be_in_viewport()
    tab_to(page, ".st-key-beside-claims a")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"&claim=[0-9a-f]+$"))
    expect(page.locator(".st-key-beside-chosen a")).to_have_count(1)
    page.go_back()
    expect(page.locator(".st-key-beside-chosen a")).to_have_count(0)
    assert "claim=" not in page.url


def test_on_a_phone_in_the_dark_in_german_from_question_to_another_document(app: App, visit: Visit) -> None:
    page = visit(f"{app.url}/models?lang=de", locale="de-DE", width=390)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto(f"{app.url}/?q=Was%20ver%C3%B6ffentlichte%20Ferrante%20Imperato%201599%20in%20Neapel%3F")
    expect(page.get_by_role("heading", name="Belege", exact=True)).to_be_visible()
    crop = page.locator("[class*=st-key-evidence-]").filter(has=page.locator("[data-testid=stImage] img")).first
    crop.get_by_role("link", name="Dort nachlesen").click()
    viewer = page.locator(".viewer[data-page]")
    expect(viewer.locator(".region.words").first).to_be_in_viewport()
    document = parse_qs(urlsplit(page.url).query)["document"][0]
    ground = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 80, ground
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390

    page.locator(".st-key-beside-named").get_by_role("link").first.click()
    expect(page.locator(".wk-name")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/explore\?.*entity=[0-9a-f]{32}"))
    page.locator(f"[data-testid=stMain] a[href*='document=']:not([href*='{document}'])").first.click()
    expect(page).to_have_url(re.compile(r"/library\?.*document="))
    assert parse_qs(urlsplit(page.url).query)["document"][0] != document
    expect(page.locator(".viewer[data-page], .sheet .text").first).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
