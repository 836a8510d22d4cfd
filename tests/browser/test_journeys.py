"""Journeys that cross windows: left while it reads, and found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import App
from tests.browser.test_first_five_minutes import LOADED

Visit = Callable[..., Page]


def test_who_closes_the_tab_while_it_reads_finds_all_of_it_read(app: App, visit: Visit, tmp_path: Path) -> None:
    names = [f"log-{n}.txt" for n in range(12)]
    for name in names:
        text = f"On that day Leonhard Eisvogel of Lindau noted in {name} what the tide had left. " * 40
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
    again.goto(f"{app.url}/?q=What%20did%20Leonhard%20Eisvogel%20note%3F")
    expect(again.locator(".wk-quote mark", has_text="Leonhard Eisvogel").first).to_be_visible()
