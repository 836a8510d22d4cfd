"""The reader in a real browser: from a citation to its region, to a name, to another document; keys; scripts."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Locator, Page, expect

from graph.store import Store
from ingest.submit import Options, submit
from ingest.worker import stop_worker, work
from tests.browser.conftest import App
from tests.browser.test_first_five_minutes import LOADED
from tests.fake_openai import FakeOpenAI, structured
from tests.test_looks import DESCRIBED

Visit = Callable[..., Page]
PAYLOADS = (
    "<img src=x onerror=window.hacked=1>", "<script>window.hacked=1</script>", "\"><svg onload=window.hacked=1>",
    "javascript:window.hacked=1", "' onfocus=window.hacked=1 autofocus='", "{{constructor.constructor('hacked=1')()}}",
)  # fmt: skip


def shown(page: Page, number: int | None = None) -> Locator:
    """The viewer, once it shows a page, or the page of this number."""
    viewer = page.locator(".viewer[data-page]" if number is None else f".viewer[data-page='{number}']")
    expect(viewer).to_be_visible()
    return viewer


def ink(page: Page, viewer: Locator) -> None:
    """Wait until the picture is drawn: the stage is not of one colour any more."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        picture = Image.open(io.BytesIO(viewer.locator(".stage").screenshot())).convert("L")
        seen = [tone for tone, count in enumerate(picture.histogram()) if count]
        if seen[-1] - seen[0] > 100:
            return
        page.wait_for_timeout(300)
    raise AssertionError("no picture was drawn")


def test_from_a_citation_to_its_region_to_a_name_to_another_document(app: App, visit: Visit) -> None:
    page = visit(f"{app.url}/?q=What%20did%20Ferrante%20Imperato%20publish%20in%20Naples%20in%201599%3F")
    card = page.locator("[class*='st-key-evidence-']").filter(has_text="A Cabinet in Plates").first
    card.get_by_role("link", name="Read it there").click()
    viewer = shown(page)
    ink(page, viewer)
    mark = viewer.locator(".region.words").first
    expect(mark).to_be_in_viewport()
    expect(mark).to_have_attribute("aria-label", "The place that was cited")
    stage = viewer.locator(".stage").bounding_box()
    lines = viewer.locator(".region.words").evaluate_all("all => all.map(e => e.getBoundingClientRect().width)")
    assert stage is not None
    assert stage["width"] * 0.1 < max(lines) < stage["width"] * 0.9, "near, with air around it"
    expect(viewer.locator(".credit")).to_have_text("Wunderkammer project · CC BY 4.0")

    claim = viewer.locator("button.region.claim").first
    words = claim.get_attribute("aria-label") or ""
    at = claim.bounding_box()
    assert at is not None
    page.mouse.click(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    chosen = page.locator(".st-key-beside-chosen")
    expect(chosen.get_by_role("link")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"claim=[0-9a-f]{32}"))
    address = page.url
    # What is claimed, without its date, which stands behind it.
    told = chosen.get_by_role("link").inner_text().partition("\n")[2] or words
    expect(viewer.locator(".note")).to_have_text(told.partition(" · ")[0].strip())

    page.locator(".st-key-beside-named").get_by_role("link", name="Ole Worm", exact=True).click()
    expect(page.get_by_role("heading", name="Ole Worm", level=2)).to_be_visible()
    here = page.locator("[data-testid=stMain] a[href*='document=']")
    expect(here.first).to_be_visible()
    document = parse_qs(urlsplit(address).query)["document"][0]
    page.locator(f"[data-testid=stMain] a[href*='document=']:not([href*='{document}'])").first.click()
    expect(page.get_by_role("heading", name="Claims on this page")).to_be_visible()
    assert parse_qs(urlsplit(page.url).query)["document"][0] != document


def test_keys_turn_pages_and_zoom_and_reach_the_places(app: App, visit: Visit) -> None:
    with Store(app.settings) as store:
        document = next(d for d in store.documents.every(["default"]) if d.title == "A Cabinet in Plates")
    page = visit(f"{app.url}/library?document={document.id}&page=4")
    shown(page, 4)
    page.keyboard.press("ArrowRight")
    viewer = shown(page, 5)
    expect(page).to_have_url(re.compile("page=5"))
    page.keyboard.press("PageDown")
    shown(page, 6)
    page.keyboard.press("PageUp")
    shown(page, 5)
    ink(page, viewer)

    region = viewer.locator("button.region").first
    region.focus()
    expect(viewer.locator(".note")).to_have_text(region.get_attribute("aria-label") or "")
    page.wait_for_timeout(1000)
    before = region.bounding_box()
    page.keyboard.press("+")
    page.keyboard.press("+")
    page.wait_for_timeout(1200)
    after = region.bounding_box()
    assert before is not None and after is not None and after["width"] > before["width"] * 1.8
    page.keyboard.press("0")
    page.wait_for_timeout(1200)
    back = region.bounding_box()
    assert back is not None and abs(back["width"] - before["width"]) < before["width"] * 0.1
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-beside-chosen").get_by_role("link")).to_have_count(1)

    number = page.get_by_role("spinbutton", name="Page")
    number.fill("35")
    number.press("Enter")
    shown(page, 35)
    expect(page.get_by_role("button", name="Next page")).to_be_disabled()
    number.press("ArrowLeft")
    page.wait_for_timeout(800)
    expect(page).to_have_url(re.compile("page=35"))
    page.get_by_text("Words", exact=True).click()
    expect(page.locator(".sheet .text")).to_be_visible()
    expect(page.locator(".viewer")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator(".wk-title").click()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("page=34"))


def test_a_picture_that_does_not_come_says_so_and_is_asked_for_again(app: App, visit: Visit) -> None:
    with Store(app.settings) as store:
        document = next(d for d in store.documents.every(["default"]) if d.title == "The dodo")
    page = visit(f"{app.url}/healthz")
    page.route("**/iiif/3/**", lambda route: route.abort())
    page.goto(f"{app.url}/library?document={document.id}")
    viewer = page.locator(".viewer")
    expect(viewer.locator(".problem")).to_be_visible()
    expect(viewer.locator(".problem")).to_contain_text("cannot be shown just now")
    page.unroute("**/iiif/3/**")
    # Not a click: parts of other sizes may come by themselves now, and take the words away.
    viewer.locator("[data-do=again]").dispatch_event("click")
    ink(page, viewer)
    expect(viewer.locator(".problem")).to_be_hidden()


@pytest.fixture
def poisoned(app: App, tmp_path: Path) -> Iterator[str]:
    """The id of a picture whose descriptions, labels and file name are attacks."""
    picture = tmp_path / "cabinet <b onclick=hacked=1>.png"
    Image.new("RGB", (1600, 900), "#d8c9a8").save(picture)
    parts: list[dict[str, Any]] = [
        {"name": payload, "kind": "object", "about": payload,
         "box": {"left": 100 * n, "top": 100 * n, "right": 100 * n + 90, "bottom": 100 * n + 90}}
        for n, payload in enumerate(PAYLOADS)
    ]  # fmt: skip
    told = DESCRIBED | {"caption": PAYLOADS[0], "seen": PAYLOADS[1], "parts": parts, "uncertain": [PAYLOADS[2]]}
    # A worker that the app left idle would take it, and has no key.
    stop_worker(app.settings)
    with FakeOpenAI() as server, Store(app.settings) as store:
        server.default = structured(told)
        settings = replace(app.settings, openai_api_key="sk-x", openai_base_url=server.url)
        (document,) = submit(store, settings, [picture], Options(caption_model="gpt-4o-mini")).queued
        work(settings, idle=0.1)
    yield document


@pytest.mark.slow
def test_scripts_in_labels_and_captions_are_words(app: App, visit: Visit, poisoned: str) -> None:
    page = visit(app.url)
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    region = "&region=160,90,144,81"
    for extra in ("", region, f"{region}&as=both", "&as=text", "&region=%3Cscript%3E", f"&claim={json.dumps('x')}"):
        page.goto(f"{app.url}/library?document={poisoned}{extra}")
        expect(page.get_by_role("heading", name="What a model saw")).to_be_visible(timeout=LOADED)
        page.wait_for_timeout(600)
        assert page.evaluate("window.hacked") is None
        assert page.locator("img[src='x'], a[href^=javascript], [onfocus], svg[onload]").count() == 0
    page.goto(f"{app.url}/library?document={poisoned}")
    viewer = shown(page)
    buttons = viewer.locator("button.region.part")
    expect(buttons.first).to_be_visible()
    for n in range(buttons.count()):
        buttons.nth(n).focus()
        expect(viewer.locator(".note")).not_to_be_empty()
    assert page.evaluate("window.hacked") is None and dialogs == []
