"""Names, titles and texts from documents are shown letter for letter: nothing in them runs, loads or becomes HTML."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from graph.store import Store
from ingest.submit import Options, submit
from ingest.worker import ensure_worker
from settings import Settings
from tests.browser import drawn
from tests.browser.conftest import App

pytestmark = pytest.mark.slow
"""`test_nothing_runs` walks the same pages with forty payloads; this also compares them letter for letter."""
Visit = Callable[..., Page]
IMAGE = "<img src=x onerror=window.hacked=1>"
MARKDOWN = "![x](https://evil.example/x.png) [y](javascript:window.hacked=1) <script>window.hacked=1</script>"
TEXT = f"The {IMAGE} was owned by the Duke. {MARKDOWN} The $\\frac{{1}}{{2}}$ :material/home: duke kept it in Gottorf."


@pytest.fixture(scope="module")
def poisoned(app: App, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The id of an entity whose name, like its document's title and text, is an attack."""
    folder = tmp_path_factory.mktemp("poison")
    (folder / "poison.txt").write_text(TEXT, encoding="utf-8")
    lines = [
        {"type": "document", "file": "poison.txt", "title": f"Title {IMAGE} {MARKDOWN}", "rights": MARKDOWN},
        {"type": "entity", "name": IMAGE, "entity_type": "Object", "aliases": [MARKDOWN], "description": MARKDOWN},
        {
            "type": "statement",
            "subject": IMAGE,
            "subject_type": "Object",
            "predicate": f"OWNED {IMAGE}",
            "object": f"Duke {MARKDOWN}",
            "object_type": f"Type {IMAGE}",
            "text": f"The {IMAGE} was owned by the Duke {MARKDOWN}.",
            "document": "poison.txt",
            "quote": f"The {IMAGE} was owned by the Duke.",
        },
    ]
    claims = folder / "claims.jsonl"
    claims.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return load(app.settings, claims)


def load(settings: Settings, claims: Path) -> str:
    with Store(settings) as store:
        submitted = submit(store, settings, [claims], Options())
        ensure_worker(settings)
        deadline = time.monotonic() + 90
        while not store.queue.progress(submitted.job).finished and time.monotonic() < deadline:
            time.sleep(0.2)
        found = store.search.complete("onerror", 5, ["default"])
    assert [entity.name for entity in found] == [IMAGE]
    return found[0].id


def assert_harmless(page: Page) -> None:
    page.wait_for_timeout(1500)
    for frame in page.frames:
        assert frame.evaluate("window.hacked") is None
        assert frame.locator("img[src='x'], img[src*=evil], a[href^=javascript], a[href*=evil]").count() == 0


def test_explore_shows_the_name_and_runs_nothing(app: App, visit: Visit, poisoned: str) -> None:
    page = visit(f"{app.url}/explore?entity={poisoned}")
    expect(page.locator(".wk-name")).to_have_text(IMAGE)
    drawn.wait_until_drawn(page)
    box = page.locator(".canvas .stage").bounding_box()
    assert box is not None
    for step in range(12):
        page.mouse.move(box["x"] + box["width"] * (step + 0.5) / 12, box["y"] + box["height"] / 2)
        page.wait_for_timeout(60)
    page.mouse.click(*drawn.at(page, drawn.names(page)[0]))
    expect(page.locator(".chosen strong")).to_have_text(IMAGE)
    page.get_by_placeholder("Find in the picture").fill("<img")
    page.locator("[data-tool=names]").click()
    assert_harmless(page)
    page.get_by_placeholder("Search for a person, place or thing").fill("onerror")
    expect(page.get_by_role("button", name=IMAGE)).to_be_visible()
    assert_harmless(page)


def test_the_reader_shows_the_text_and_runs_nothing(app: App, visit: Visit, poisoned: str) -> None:
    page = visit(f"{app.url}/explore?entity={poisoned}")
    page.get_by_role("link", name="Title").first.click()
    sheet = page.locator(".text")
    expect(sheet).to_contain_text(TEXT)
    expect(sheet.locator("mark")).to_have_text(f"The {IMAGE} was owned by the Duke.")
    expect(page.get_by_role("heading", level=1)).to_contain_text(IMAGE)
    assert_harmless(page)


def test_ask_and_library_show_it_and_run_nothing(app: App, visit: Visit, poisoned: str) -> None:
    page = visit(f"{app.url}/?q=onerror%20owned%20by%20the%20Duke")
    expect(page.locator(".st-key-evidence-1")).to_contain_text("window.hacked=1")
    assert_harmless(page)
    page.goto(f"{app.url}/library")
    search = page.get_by_placeholder("Search titles")
    search.fill("onerror")
    search.press("Enter")
    expect(page.locator("[class*=st-key-document-]")).to_have_count(1)
    expect(page.locator("[class*=st-key-document-]")).to_contain_text(IMAGE)
    assert_harmless(page)
