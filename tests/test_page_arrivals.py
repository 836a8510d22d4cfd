"""The Add page: a collection to choose from, folders that are watched; and pictures of evidence from elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import filelock
import pytest

from graph.record import private
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.submit import Options, submit
from ingest.worker import work
from settings import Settings
from tests.make_iiif import canvas3, image3, manifest3, notes3, said
from tests.page_homes import page_home
from tests.test_pages import labels, run, words
from tests.web_server import Web, web


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with page_home(tmp_path) as empty:
        settings = replace(empty, allow_private=True)
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
        monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")
        yield settings
        with Store(settings) as store:
            for watch in store.watches.listed([DEFAULT_COLLECTION]):
                store.watches.stop(watch.id)


@pytest.fixture
def served() -> Iterator[Web]:
    with web() as running:
        yield running


def put(served: Web, path: str, made: object) -> str:
    return served.put(path, json.dumps(made).encode(), "application/json")


def manifest(served: Web, number: int) -> str:
    service = {"id": served.url("/img"), "type": "ImageService3", "profile": "level2"}
    body = image3(served.url("/img/full/max/0/default.jpg"), service)
    text = notes3(1, said(f"Ole Worm besaß Narwal {number}.", "100,100,300,50"))
    made = manifest3(canvas3(1, body=body, annotations=text), label={"de": [f"Band {number}"]})
    return put(served, f"/m/{number}", made)


def test_a_collection_is_chosen_from_and_its_evidence_says_where_its_pictures_are(
    settings: Settings, served: Web
) -> None:
    items = [{"id": manifest(served, n), "type": "Manifest", "label": {"de": [f"Band {n}"]}} for n in range(1, 30)]
    address = put(served, "/c", {"type": "Collection", "label": {"de": ["Kunstkammer"]}, "items": items})
    app = run("add", "de-DE")
    app.text_area[0].set_value(address).run()
    assert "Kunstkammer" in words(app) and "29 Einträge" in words(app) and not app.warning
    assert len(app.checkbox) == 20 and "Ordner" not in words(app), "whoever looks from elsewhere watches no folder"
    assert [path for path, _ in served.asked if path.startswith("/m")] == []
    app.checkbox[1].check().run()
    app.text_input[0].set_value("band 27").run()
    assert [box.label for box in app.checkbox] == ["Band 27"]
    app.checkbox[0].check().run()
    assert "2 ausgewählt." in words(app)
    private(settings.run)
    with filelock.FileLock(settings.run / "worker.lock"):
        app.button(key="add.start.button").click().run()
    work(settings, idle=0.1)
    with Store(settings) as store:
        titles = sorted(d.title for d in store.documents.every([DEFAULT_COLLECTION]))
    assert titles == ["Band 2", "Band 27"]
    asked = run("ask", "de-DE", q="Wer besaß Narwal 27?")
    assert "Das Bild dieser Seite ist nicht da. 127.0.0.1 ist nicht zu erreichen" in words(asked)
    assert not asked.error


def test_a_folder_is_watched_from_the_page_until_somebody_stops_it(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.parts.watching.is_local", lambda: True)
    monkeypatch.setattr("ingest.watching.SECONDS", 1.0)
    monkeypatch.setattr("ingest.watch.SETTLE_SECONDS", 0.5)
    folder = tmp_path / "Quellen"
    folder.mkdir()
    (folder / "worm.txt").write_text("Ole Worm owned a great auk.", encoding="utf-8")
    app = run("add", "de-DE")
    app.text_input(key="watch.folder.0").set_value(str(folder / "nirgends"))
    next(b for b in app.button if b.label == "Diesen Ordner beobachten").click().run()
    assert "Der Ordner" in app.error[0].value
    private(settings.run)
    with filelock.FileLock(settings.run / "worker.lock"), Store(settings) as store:
        app.text_input(key="watch.folder.0").set_value(str(folder))
        next(b for b in app.button if b.label == "Diesen Ordner beobachten").click().run()
        assert str(folder) in words(app)
        until = time.monotonic() + 60
        while not store.documents.count([DEFAULT_COLLECTION]) and time.monotonic() < until:
            time.sleep(0.2)
        assert store.documents.count([DEFAULT_COLLECTION]) == 1
        next(b for b in app.button if b.label == "Nicht mehr beobachten").click().run()
        assert store.watches.listed([DEFAULT_COLLECTION]) == []


def test_an_upload_that_changed_is_offered_as_a_new_version_and_what_is_no_document_is_told(
    settings: Settings,
) -> None:
    first, second = b"Caspar Neickel wrote on museums.", b"Caspar Neickel wrote on museums in 1727."
    private(settings.run)
    with filelock.FileLock(settings.run / "worker.lock"):
        app = run("add")
        app.file_uploader[0].upload("neickel.txt", first).run()
        app.button(key="add.start.button").click().run()
    work(settings, idle=0.1)
    app = run("add")
    assert "who acquired what, when and where" in words(app), "what a model would be good for"
    assert "Open the sample cabinet" in labels(app), "the sample is offered beside what is here"
    app.file_uploader[0].upload("neickel.txt", first).run()
    assert "One is here already and stays as it is." in words(app) and not app.checkbox
    assert "There is nothing new to import." in words(app) and "Import" not in " ".join(labels(app))
    app = run("add", "de-DE")
    app.file_uploader[0].upload("neickel.txt", second)
    app.file_uploader[0].upload("leer.txt", b"")
    app.run()
    assert "neickel\\.txt ersetzt die am" in app.checkbox[0].label
    app.checkbox[0].check().run()
    with filelock.FileLock(settings.run / "worker.lock"):
        app.button(key="add.start.button").click().run()
    work(settings, idle=0.1)
    app.run()
    assert "Ein Dokument ersetzt seine frühere Fassung" in words(app)
    assert "Eine Quelle wurde nicht aufgenommen" in words(app) and "leer" in app.warning[0].value
    with Store(settings) as store:
        nothing = submit(store, settings, [settings.home / "nowhere.pdf"], Options()).job
        later = run("add", "de-DE", job=nothing.id)
        assert "Nichts Neues wurde aufgenommen." in words(later) and "nowhere" in later.warning[0].value
        (held,) = store.documents.listed(["default"], text="neickel")
        assert [chunk.text for chunk in store.documents.all_chunks(held.id)] == [second.decode()]
        assert not store.documents.count(["default"], text="leer")
