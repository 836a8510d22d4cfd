"""Pages of a manifest read by OCR: their images are fetched, their words stand on the canvas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document, State
from ingest.files import FileStore
from ingest.submit import Options, remove_document, submit
from ingest.texts import document_text
from ingest.worker import work
from settings import Settings
from tests import make_files
from tests.fake_mistral import FakeMistral
from tests.make_iiif import Made, canvas3, image3, manifest3, write
from tests.web_server import Web, web


@pytest.fixture
def served() -> Iterator[Web]:
    with web() as running:
        yield running


@pytest.fixture
def store(embedded_server: Settings) -> Iterator[Store]:
    """The shared database with an OCR service; left as it was."""
    with FakeMistral() as server:
        server.reads = {50: "# Das Inventar\n\nDer Narwalzahn hängt an der Decke."}
        settings = replace(
            embedded_server, mistral_api_key="planted0", mistral_base_url=server.address, allow_private=True
        )
        with Store(settings) as opened:
            yield opened
            for document in opened.documents.listed([DEFAULT_COLLECTION], limit=1000):
                remove_document(opened, settings, document.id)


def imported(store: Store, path: Path) -> Document:
    (id_,) = submit(store, store.settings, [path], Options(ocr="mistral-ocr")).queued
    work(store.settings, idle=0.1)
    document = store.documents.get(id_)
    assert document is not None
    return document


def grey(served: Web) -> str:
    image = Image.new("L", (500, 1000), 50)
    return served.put("/grey.jpg", make_files.encoded(image, "JPEG"), "image/jpeg")


def test_words_of_fetched_pages_and_a_page_that_does_not_come(store: Store, served: Web, tmp_path: Path) -> None:
    pages: list[Made] = [canvas3(1, body=image3(served.url("/gone.jpg"))), canvas3(2, body=image3(grey(served)))]
    document = imported(store, write(tmp_path / "m.json", manifest3(*pages)))
    text = document_text(FileStore(store.settings.files), document)
    chunks = list(store.documents.all_chunks(document.id))
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text
    assert [chunk.page for chunk in chunks if chunk.state is State.WAITING] == [1]
    (read,) = [chunk for chunk in chunks if "Narwalzahn" in chunk.text]
    assert read.page == 2 and read.kind == "ocr" and read.region is not None
    assert read.region.x + read.region.w <= 1000 and 0 < read.region.y + read.region.h <= 2000


def test_a_server_that_is_away_is_not_asked_for_every_page(store: Store, served: Web, tmp_path: Path) -> None:
    pages = [canvas3(n, body=image3(served.url(f"/{n}.jpg"))) for n in range(1, 30)]
    document = imported(store, write(tmp_path / "m.json", manifest3(*pages)))
    assert document.state is State.FAILED and document.failure is not None
    assert document.failure.code == "PageNotFound"
    assert len(served.asked) < 10
