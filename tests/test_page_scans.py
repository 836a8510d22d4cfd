"""Scans on the Add page: what is offered without a key, and a service that reads them, from the tick to the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import filelock
import pytest

import settings as configuration
from graph.record import private
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, State
from ingest.worker import work
from settings import Settings
from tests.fake_mistral import FakeMistral
from tests.page_homes import page_home
from tests.test_ocr import READS, scanned
from tests.test_pages import run, words


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with page_home(tmp_path) as settings:
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
        yield settings


def test_scans_are_read_by_the_service_that_people_tick(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = scanned(tmp_path / "inventory.pdf", [50, 200]).read_bytes()
    app = run("add")
    assert not [box for box in app.selectbox if box.key == "add.ocr"]
    app.file_uploader[0].upload("inventory.pdf", scan).run()
    assert "pages without text read by a model that sees, or by Mistral OCR." in words(app)
    with FakeMistral() as server:
        server.reads = dict(READS)
        monkeypatch.setenv("MISTRAL_BASE_URL", server.address)
        app.run()
        assert "could be read" not in words(app)
        app.selectbox(key="add.ocr").select("mistral-ocr").run()
        said = f"Only those pages and pictures go to {server.address.removeprefix('http://')}"
        assert said in words(app)
        assert not server.requests, "a plan sends nothing"
        with filelock.FileLock(private(settings.run) / "worker.lock"):
            next(button for button in app.button if button.label == "Import one document").click().run()
        work(configuration.read(), idle=0.1)
        assert len(server.ocr_requests()) == 1
    with Store(settings) as store:
        (document,) = store.documents.listed([DEFAULT_COLLECTION])
        texts = [chunk.text for chunk in store.documents.all_chunks(document.id)]
    assert document.state is State.DONE and any("Narwalzahn" in text for text in texts)


def test_a_web_address_is_planned_and_a_private_one_is_told(settings: Settings, tmp_path: Path) -> None:
    app = run("add")
    app.text_area[0].set_value("http://127.0.0.1:9/page.html").run()
    said = " ".join(warning.value.replace("\\", "") for warning in app.warning)
    assert "127.0.0.1" in said and "WUNDERKAMMER_ALLOW_PRIVATE" in said
    assert "add.start.button" not in {button.key for button in app.button}, "there is nothing to begin"
