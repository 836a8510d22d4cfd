"""Images of canvases and texts that stand elsewhere, fetched from a real server; the import from end to end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from graph.errors import SourceError
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document, Region, State
from ingest.errors import NoSuchPage, PictureDamaged, PictureTooLarge
from ingest.files import FileStore
from ingest.for_model import for_model, preview
from ingest.iiif_canvas import Painting
from ingest.iiif_errors import CanvasNotFetched, CanvasRestricted, CanvasUnreachable, JsonWithoutIiif
from ingest.iiif_fetch import from_web, manifest_at, picture
from ingest.iiif_json import IIIF
from ingest.iiif_pages import bring
from ingest.iiif_service import ImageService
from ingest.images import crop, has_images, is_here, page_image, page_size, thumbnail
from ingest.sources import read
from ingest.submit import Options, remove_document, submit
from ingest.texts import document_text
from ingest.web_errors import AddressPrivate, LoginNeeded, PageNotFound
from ingest.worker import work
from pages.parts.shelf import in_words
from settings import Settings
from tests import make_files
from tests.make_iiif import Made, canvas2, canvas3, image3, manifest2, manifest3, notes3, said, write
from tests.reading import LIMITS
from tests.web_server import Web, web

SIZE = (1000, 2000)
ENTRY = str(Path(__file__).resolve().parents[1] / "streamlit_app.py")


@pytest.fixture
def served() -> Iterator[Web]:
    with web() as running:
        yield running


@pytest.fixture
def near(tmp_path: Path) -> Settings:
    """Settings that allow the test's own server."""
    return Settings(home=tmp_path, allow_private=True)


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def jpeg(width: int, height: int) -> bytes:
    return make_files.encoded(make_files.picture(width, height), "JPEG", quality=95)


def colour(image: Image.Image, x: float, y: float) -> str:
    pixel = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(pixel, tuple)
    named = {
        "red": (255, 0, 0),
        "green": (0, 128, 0),
        "blue": (0, 0, 255),
        "black": (0, 0, 0),
        "white": (255, 255, 255),
    }
    return min(named, key=lambda name: sum(abs(a - b) for a, b in zip(named[name], pixel, strict=True)))


def with_service(served: Web, level: int = 1, version: int = 3, **info: object) -> Painting:
    """An image of 4000 x 8000 behind a service that tells its size only in its `info.json`."""
    told: Made = {
        "@context": f"http://iiif.io/api/image/{version}/context.json",
        "type": f"ImageService{version}",
        "profile": f"level{level}",
        "width": 4000,
        "height": 8000,
    }
    served.put("/i/info.json", json.dumps(told | info).encode(), "application/json")
    return Painting(served.url("/static.jpg"), ImageService(served.url("/i"), version, level))


def test_a_part_of_a_canvas_is_asked_of_the_service(served: Web, near: Settings) -> None:
    painting = with_service(served)
    served.put("/i/400,800,2000,4000/300,/0/default.jpg", jpeg(300, 600), "image/jpeg")
    found = picture(painting, SIZE, from_web(near), "p.jpg", 80, 600, Region(100, 200, 500, 1000))
    assert found.size == (300, 600) and colour(found, 0.05, 0.05) == "red"
    assert [path for path, _ in served.asked] == ["/i/info.json", "/i/400,800,2000,4000/300,/0/default.jpg"]


def test_level_0_gives_the_whole_which_is_cut_here(served: Web, near: Settings) -> None:
    painting = with_service(served, level=0, sizes=[{"width": 500, "height": 1000}])
    served.put("/i/full/500,1000/0/default.jpg", jpeg(500, 1000), "image/jpeg")
    found = picture(painting, SIZE, from_web(near), "p.jpg", 80, 200, Region(750, 1500, 250, 500))
    assert found.size == (100, 200) and colour(found, 0.5, 0.5) == "black"


def test_the_image_itself_where_there_is_no_service_or_it_does_not_answer(served: Web, near: Settings) -> None:
    served.put("/static.jpg", jpeg(500, 1000), "image/jpeg")
    gone = Painting(served.url("/static.jpg"), ImageService(served.url("/gone")))
    for painting in (gone, replace(gone, service=None)):
        assert picture(painting, SIZE, from_web(near), "p.jpg", 80).size == (500, 1000)
        part = picture(painting, SIZE, from_web(near), "p.jpg", 80, 0, Region(750, 0, 250, 500))
        assert part.size == (125, 250) and colour(part, 0.5, 0.5) == "green"


def test_limits_of_the_service_are_kept(served: Web, near: Settings) -> None:
    painting = with_service(served, level=2, maxWidth=600, maxHeight=600)
    served.put("/i/full/300,600/0/default.jpg", jpeg(300, 600), "image/jpeg")
    assert picture(painting, SIZE, from_web(near), "p.jpg", 80, 3000).size == (300, 600)


def test_what_comes_instead_of_an_image(served: Web, near: Settings) -> None:
    fetch = from_web(near)
    cases: list[tuple[str, bytes, int, type[SourceError]]] = [
        ("/page", b"<!doctype html><p>Please log in", 200, PictureDamaged),
        ("/login", b"no", 401, LoginNeeded),
        ("/gone", b"no", 404, PageNotFound),
        ("/huge", make_files.png_header(20_000, 20_000), 200, PictureTooLarge),
    ]
    for path, body, status, error in cases:
        with pytest.raises(error):
            picture(Painting(served.put(path, body, "image/jpeg", status)), SIZE, fetch, "p.jpg", 80)


def test_addresses_in_a_manifest_do_not_lead_into_private_networks(served: Web, tmp_path: Path) -> None:
    served.put("/static.jpg", jpeg(50, 100), "image/jpeg")
    with pytest.raises(AddressPrivate):
        picture(Painting(served.url("/static.jpg")), SIZE, from_web(Settings(home=tmp_path)), "p.jpg", 80)
    assert served.asked == []


def kept(files: FileStore, made: object) -> str:
    return files.put(io.BytesIO(json.dumps(made).encode()), "m.json").sha256


def test_a_page_is_fetched_once_and_then_served_like_any_other(served: Web, near: Settings, files: FileStore) -> None:
    url = served.put("/a.jpg", jpeg(500, 1000), "image/jpeg")
    sha256 = kept(files, manifest3(canvas3(1, body=image3(url)), canvas3(2, body=image3(url))))
    assert has_images(IIIF) and not is_here(files, sha256, IIIF, 1)
    with pytest.raises(CanvasNotFetched):
        page_image(files, sha256, IIIF, 1)
    for _ in range(2):
        path = bring(files, sha256, 1, from_web(near), 80)
        assert path == files.page_image_path(sha256, 1) == page_image(files, sha256, IIIF, 1)
    assert len(served.asked) == 1
    assert is_here(files, sha256, IIIF, 1) and not is_here(files, sha256, IIIF, 2)
    assert page_size(files, sha256, IIIF, 1) == SIZE
    part = Image.open(io.BytesIO(crop(files, sha256, IIIF, 1, Region(750, 0, 250, 500))))
    assert part.size == (125, 250) and colour(part, 0.5, 0.5) == "green"
    with Image.open(thumbnail(files, sha256, IIIF)) as small:
        assert small.size == (256, 512)
    shown = for_model(files.original(sha256), "m.json", "openai", LIMITS, 1)
    assert (shown.mime_type, shown.width, shown.height) == ("image/jpeg", 500, 1000)
    assert preview(files.original(sha256), 1, 100).startswith(b"\xff\xd8")
    with pytest.raises(CanvasNotFetched):
        for_model(files.original(sha256), "m.json", "openai", LIMITS, 2)


def test_pages_that_have_no_image_to_fetch(served: Web, near: Settings, files: FileStore) -> None:
    login = {"id": "https://a.example", "type": "AuthProbeService2"}
    service = {"id": "https://i.example/1", "type": "ImageService3", "service": [login]}
    sha256 = kept(files, manifest3(canvas3(1, body=image3(service=[service])), canvas3(2, items=[])))
    for page, error in ((1, CanvasRestricted), (2, CanvasUnreachable), (3, NoSuchPage), (0, NoSuchPage)):
        with pytest.raises(error):
            bring(files, sha256, page, from_web(near), 80)


def test_an_image_on_a_part_of_its_canvas_stays_there(served: Web, near: Settings, files: FileStore) -> None:
    made = canvas3(1, body=image3(served.put("/a.jpg", jpeg(500, 500), "image/jpeg")))
    made["items"][0]["items"][0]["target"] += "#xywh=500,1000,500,1000"
    sha256 = kept(files, manifest3(made))
    with Image.open(bring(files, sha256, 1, from_web(near), 80)) as page:
        assert page.size == SIZE
        assert (colour(page, 0.1, 0.1), colour(page, 0.52, 0.52), colour(page, 0.98, 0.98)) == ("white", "red", "black")


def test_a_canvas_without_a_size_takes_that_of_its_image(served: Web, near: Settings, files: FileStore) -> None:
    made = canvas3(1, body=image3(served.put("/a.jpg", jpeg(50, 70), "image/jpeg")), width=None, height="?")
    sha256 = kept(files, manifest3(made))
    with pytest.raises(CanvasNotFetched):
        page_size(files, sha256, IIIF, 1)
    bring(files, sha256, 1, from_web(near), 80)
    assert page_size(files, sha256, IIIF, 1) == (50, 70)


def test_a_manifest_by_address_comes_with_the_texts_it_only_names(served: Web, near: Settings, tmp_path: Path) -> None:
    resource = {"@type": "cnt:ContentAsText", "chars": "Der Text", "format": "text/plain"}
    listed = {"resources": [{"motivation": "sc:painting", "resource": resource, "on": "c#xywh=1,2,3,4"}]}
    text = served.put("/list?page=1", json.dumps(listed).encode(), "application/json")
    page = served.put("/page", json.dumps(notes3(2, said("Seite zwei", number=2))[0]).encode(), "application/json")
    made = manifest2(
        canvas2(1, otherContent=[{"@id": text, "@type": "sc:AnnotationList"}]),
        canvas2(2, annotations=[page]),
        canvas2(3, otherContent={"@id": served.url("/gone")}),
    )
    url = served.put("/m.json", json.dumps(made).encode(), "application/json")
    path = tmp_path / "m.json"
    path.write_bytes(manifest_at(url, from_web(near), "m.json"))
    content = read(path, "m.json", LIMITS)
    assert [each.state for each in content.pages] == [State.DONE, State.DONE, State.WAITING]
    assert "Der Text" in content.text and "Seite zwei" in content.text
    assert json.loads(manifest_at(url, from_web(near), "m.json", texts=0)) == made
    with pytest.raises(JsonWithoutIiif):
        manifest_at(text, from_web(near), "list.json")


@pytest.fixture
def target(embedded_server: Settings) -> Iterator[Settings]:
    """The shared embedded server, left as it was."""
    settings = replace(embedded_server, allow_private=True)
    yield settings
    with Store(settings) as store:
        for document in store.documents.listed([DEFAULT_COLLECTION], limit=1000):
            remove_document(store, settings, document.id)


def imported(store: Store, path: Path) -> Document:
    submitted = submit(store, store.settings, [path], Options())
    work(store.settings, idle=0.1)
    document = store.documents.get((*submitted.queued, *submitted.failed)[0])
    assert document is not None
    return document


@pytest.fixture
def reader(target: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Document], AppTest]]:
    """Opens a document's first page as people do."""
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(target.home))
    monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")

    def open_page(document: Document) -> AppTest:
        app = AppTest.from_file(ENTRY, default_timeout=60).run()
        app.switch_page("pages/library.py")
        app.query_params["document"], app.query_params["page"] = document.id, "1"
        return app.run()

    yield open_page
    st.cache_resource.clear()


def test_from_a_manifest_to_evidence_with_its_exact_place(
    served: Web, target: Settings, reader: Callable[[Document], AppTest], tmp_path: Path
) -> None:
    url = served.put("/a.jpg", jpeg(500, 1000), "image/jpeg")
    words = said("Ole Worm showed that the horn is the tusk of the narwhal.", "100,200,300,40")
    made = manifest3(canvas3(1, body=image3(url), annotations=notes3(1, words)), canvas3(2, body=image3(url)))
    with Store(target) as store:
        document = imported(store, write(tmp_path / "manifest.json", made))
        assert (document.state, document.pages, document.media_type) == (State.DONE, 2, IIIF)
        text = document_text(FileStore(target.files), document)
        chunks = list(store.documents.all_chunks(document.id))
        for chunk in chunks:
            assert text[chunk.start : chunk.end] == chunk.text
        (evidence,) = [chunk for chunk in chunks if "narwhal" in chunk.text]
        assert (evidence.page, evidence.region) == (1, Region(100, 200, 300, 40))
        (waiting,) = [chunk for chunk in chunks if chunk.state is State.WAITING]
        assert (waiting.page, waiting.region) == (2, Region(0, 0, 1000, 2000))
        app = reader(document)
        assert not app.exception and not app.warning
        assert [path for path, _ in served.asked] == ["/a.jpg"]
        assert is_here(FileStore(target.files), document.sha256 or "", IIIF, 1)


def test_the_reader_shows_the_text_where_the_image_does_not_come(
    served: Web, target: Settings, reader: Callable[[Document], AppTest], tmp_path: Path
) -> None:
    made = manifest3(
        canvas3(1, body=image3(served.url("/gone.jpg")), annotations=notes3(1, said("Der Text der Seite."))),
        canvas3(2, body=image3(served.url("/gone too.jpg"))),
    )
    with Store(target) as store:
        document = imported(store, write(tmp_path / "gone.json", made))
    app = reader(document)
    assert not app.exception
    assert len(app.warning) == 1 and "404" in app.warning[0].value and not app.info
    next(button for button in app.button if button.label == "Next page").click().run()
    assert len(app.warning) == 1 and app.info[0].value == "There are no words of this page yet."
    assert app.number_input(key="reader.number").value == 2


def test_a_canvas_of_sound_is_skipped_with_its_reason(served: Web, target: Settings, tmp_path: Path) -> None:
    sound = {"id": "https://i.example/1.mp3", "type": "Sound", "format": "audio/mpeg"}
    words = notes3(1, said("Der Text der Seite."))
    made = manifest3(canvas3(1, body=image3(served.url("/a.jpg")), annotations=words), canvas3(2, body=sound))
    with Store(target) as store:
        document = imported(store, write(tmp_path / "sound.json", made))
        (coverage,) = store.documents.coverage([document])
        assert document.state is State.DONE and State.FAILED not in coverage.chunks
        assert "one page is sound or film and is not read" in in_words(coverage)
        searched = store.documents.searched([DEFAULT_COLLECTION])
        assert (searched.pages, searched.pages_total, searched.failed, searched.waiting) == (1, 1, 0, 0)
        (problem,) = store.documents.problems(document.id)
        assert problem.failure is not None and "Sound" in problem.failure.text


def test_a_collection_is_no_document_and_says_what_to_do(target: Settings, tmp_path: Path) -> None:
    made = {"type": "Collection", "label": "x", "items": [{"id": "https://e.org/m", "type": "Manifest", "label": "y"}]}
    with Store(target) as store:
        (refused,) = submit(store, target, [write(tmp_path / "c.json", made)], Options()).refused
        assert store.documents.count([DEFAULT_COLLECTION]) == 0
    assert refused.failure is not None
    assert refused.failure.code == "CollectionGiven" and "https://e.org/m" in refused.failure.say("de")
