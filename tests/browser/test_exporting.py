"""What a page shows is taken along: the choice says what each format is good for, and the file holds what was shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from tests.browser.conftest import App

Visit = Callable[..., Page]


def test_a_document_and_the_whole_library_leave_as_files(app: App, visit: Visit) -> None:
    with Store(app.settings) as store:
        here = [DEFAULT_COLLECTION]
        document = max(store.documents.every(here), key=lambda each: each.pages)
        claims = store.stats(here)["statements"]
    page = visit(f"{app.url}/library?{urlencode({'document': document.id, 'lang': 'de'})}")
    page.get_by_role("button", name="Exportieren").click()
    expect(page.get_by_text("Zum Lesen und Drucken")).to_be_visible()
    page.get_by_role("combobox", name="Format").click()
    page.get_by_role("option", name="Annotationsseite (IIIF)").click()
    expect(page.get_by_text("Dasselbe für IIIF-Viewer")).to_be_visible()
    path = downloaded(page, "Datei erstellen", "Herunterladen")
    assert path.name.endswith(".iiif.json")
    annotations = json.loads(path.read_text(encoding="utf-8"))
    assert annotations["type"] == "AnnotationPage" and len(annotations["items"]) > 20
    # A second choice makes a second file.
    page.get_by_role("combobox", name="Format").click()
    page.get_by_role("option", name="GraphML").click()
    expect(page.get_by_text("Für Netzwerkprogramme")).to_be_visible()
    assert "<graphml" in downloaded(page, "Datei erstellen", "Herunterladen").read_text(encoding="utf-8")
    # What was made stays to be had where the cabinet has changed since, which is said.
    changed = page.get_by_text("Das Kabinett hat sich geändert, seit diese Datei entstand.")
    expect(changed).to_have_count(0)
    with Store(app.settings) as store:
        made = store.corrections.add_alias(store.explore.most_connected(here)[0].id, "Wie noch niemand hieß", "test")
    for name, about in (("Annotationsseite (IIIF)", "Dasselbe für IIIF-Viewer"), ("GraphML", "Für Netzwerkprogramme")):
        page.get_by_role("combobox", name="Format").click()
        page.get_by_role("option", name=name).click()
        expect(page.get_by_text(about)).to_be_visible()
    expect(changed).to_be_visible()
    expect(page.get_by_role("button", name="Herunterladen")).to_be_visible()
    page.get_by_role("button", name="Datei erstellen").click()
    expect(changed).to_have_count(0)
    expect(page.get_by_role("button", name="Herunterladen")).to_be_visible()
    with Store(app.settings) as store:
        store.corrections.undo(made.id, "test")
    page = visit(f"{app.url}/library?lang=en")
    page.get_by_role("button", name="Export").click()
    path = downloaded(page, "Make the file", "Download")
    assert path.read_text(encoding="utf-8").count('"wk:Claim"') == claims


def downloaded(page: Page, make: str, button: str) -> Path:
    """The file that is made and then given, under the name that it has."""
    page.get_by_role("button", name=make).click()
    ready = page.get_by_role("button", name=button)
    expect(ready).to_be_visible()
    with page.expect_download() as started:
        ready.click()
    target = Path(started.value.path()).parent / started.value.suggested_filename
    started.value.save_as(target)
    return target
