"""The reader without a browser: places on a page, its words, its address, and what is said where no picture comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, Region
from ingest import zoom
from ingest.files import FileStore
from ingest.iiif_pages import keep_sources, source_of
from ingest.submit import Options, submit
from ingest.worker import work
from pages.parts import passages, pictures, viewer
from pages.parts.image_address import image_named, image_of, name_of
from pages.parts.viewer import Sheet, _region
from settings import Settings
from tests.fake_openai import FakeOpenAI, structured
from tests.make_iiif import canvas3, image3, manifest3, notes3, said, write
from tests.page_homes import page_home
from tests.test_looks import DESCRIBED
from tests.test_pages import run, words

SCRIPT = "<script>window.hacked=1</script>"
SEEN: dict[str, Any] = DESCRIBED | {"seen": f"Shelves fill the wall. {SCRIPT}"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home with a picture that a model described, a page of a manifest that nobody has, and a damaged picture."""
    folder = tmp_path_factory.mktemp("reader")
    Image.new("RGB", (800, 400), "#eee").save(folder / "cabinet.png")
    words_ = notes3(1, said("Ole Worm lived in Copenhagen.", "100,200,300,40"))
    gone = [canvas3(n, body=image3("http://127.0.0.1:9/a.jpg"), annotations=words_ if n == 1 else []) for n in (1, 2)]
    write(folder / "gone.json", manifest3(*gone))
    with page_home(folder) as settings, FakeOpenAI() as server:
        server.default = structured(SEEN)
        with Store(settings) as store:
            with_model = replace(settings, openai_api_key="sk-x", openai_base_url=server.url)
            submit(store, with_model, [folder / "cabinet.png"], Options(caption_model="gpt-4o-mini"))
            submit(store, settings, [folder / "gone.json"], Options())
            work(with_model, idle=0.1)
        yield settings


@pytest.fixture
def mounted(home: Settings, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the viewer is given, run by run."""
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(home.home))
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(viewer, "_viewer", lambda **options: given.append(options))
    return given


def named(home: Settings, file: str) -> Document:
    with Store(home) as store:
        return next(each for each in store.documents.every(["default"]) if file in each.uri)


def test_a_picture_has_its_parts_and_says_who_described_them(home: Settings, mounted: list[dict[str, Any]]) -> None:
    document = named(home, "cabinet.png")
    app = run("library", document=document.id)
    data = mounted[-1]["data"]
    assert image_named(data["image"].rpartition("/")[2]) == image_of(document, 1)
    assert (data["width"], data["pageWidth"], data["credit"]) == (800, 800, "Rights are not stated")
    places = {(spot["kind"], spot["x"], spot["y"], spot["w"], spot["h"]): spot["label"] for spot in data["regions"]}
    assert places[("part", 400, 200, 400, 200)].startswith("Person shown: Ole Worm")
    assert "described by gpt-4o-mini" in places[("part", 0, 40, 200, 320)]
    assert data["fit"] is None and data["chosen"] == ""
    told = words(app)
    assert "What a model saw" in told and "Uncertain: The date could be 1635." in told
    assert SCRIPT not in told and "&lt;script&gt;" in told


def test_what_is_clicked_stands_in_the_address_and_first_beside_the_page(
    home: Settings, mounted: list[dict[str, Any]]
) -> None:
    document = named(home, "cabinet.png")
    app = run("library", document=document.id, region="400,200,400,200")
    assert mounted[-1]["data"]["fit"] == {"x": 400, "y": 200, "w": 400, "h": 200}
    assert mounted[-1]["data"]["chosen"].startswith("Person shown: Ole Worm")
    assert [spot["kind"] for spot in mounted[-1]["data"]["regions"]].count("cited") == 1
    claims = [link for link in app.page_link if "claim=" in link.proto.query_string]
    assert "Ole Worm" in claims[0].value, "the claim of the chosen part comes first"
    claim = claims[0].proto.query_string.partition("claim=")[2].partition("&")[0]
    again = run("library", document=document.id, claim=claim)
    assert "Ole Worm" in next(link.value for link in again.page_link if "claim=" in link.proto.query_string)
    assert "Ole Worm" in mounted[-1]["data"]["chosen"]


@pytest.mark.parametrize(
    "wrong", [{"region": "1,2,-3,4"}, {"region": "a,b,c,d"}, {"claim": SCRIPT}, {"start": "9" * 40}]
)
def test_an_address_that_says_nonsense_opens_the_page(
    home: Settings, mounted: list[dict[str, Any]], wrong: dict[str, str]
) -> None:
    app = run("library", document=named(home, "cabinet.png").id, **wrong)
    assert not app.error and not app.warning and mounted[-1]["data"]["fit"] is None


def test_words_stand_beside_the_picture_or_instead_of_it(home: Settings, mounted: list[dict[str, Any]]) -> None:
    document = named(home, "cabinet.png")
    app = run("library", document=document.id)
    app.segmented_control(key="reader.view").set_value("both").run()
    assert app.query_params["as"] == "both" and not app.exception
    seen = len(mounted)
    app.segmented_control(key="reader.view").set_value("text").run()
    assert len(mounted) == seen and app.query_params["as"] == "text"
    app.segmented_control(key="reader.view").set_value("picture").run()
    assert len(mounted) == seen + 1 and "as" not in app.query_params


def test_where_no_picture_comes_its_words_are_shown_and_it_is_not_waited_for_again(
    home: Settings, mounted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")
    asked: list[int] = []
    real = pictures.bring

    def bring(settings: Settings, files: FileStore, document: Document, page: int) -> None:
        asked.append(page)
        real(settings, files, document, page)

    monkeypatch.setattr(pictures, "bring", bring)
    app = run("library", document=named(home, "gone.json").id)
    assert len(app.warning) == 1 and not mounted and not app.info
    app.run()
    assert asked == [1]
    app.button(key="reader.again").click().run()
    assert asked == [1, 1]
    next(button for button in app.button if button.label == "Next page").click().run()
    assert asked == [1, 1, 2] and app.info[0].value == "There are no words of this page yet."


def test_a_copy_that_is_gone_or_damaged_is_told(home: Settings, mounted: list[dict[str, Any]]) -> None:
    document = named(home, "cabinet.png")
    files = FileStore(home.files)
    original = files.original(document.sha256 or "")
    kept, pictures_ = original.read_bytes(), files.page_image_path(document.sha256 or "", 1)
    original.rename(original.with_name("elsewhere"))
    app = run("library", document=document.id)
    assert "Our copy of this document is gone" in app.warning[0].value.replace("\\", "")
    assert not mounted and not app.exception
    original.write_bytes(kept[:200])
    pictures_.unlink(missing_ok=True)
    st.cache_data.clear()
    zoom._zoom_of.cache_clear()
    app = run("library", document=document.id)
    assert not app.exception and "damaged" in app.warning[0].value
    original.write_bytes(kept)


def test_the_words_of_a_page_are_its_own_whatever_stands_between() -> None:
    text = "First page.\n\nIts end.\n\nSecond page.\n\nSeen on the first."
    at = {part: (text.index(part), text.index(part) + len(part)) for part in text.split("\n\n")}

    def passage(part: str, kind: ChunkKind = ChunkKind.TEXT) -> Chunk:
        return Chunk(part, "d", 0, part, *at[part], kind=kind, page=1)

    parts = passages.of_page(
        text, [passage("Seen on the first.", ChunkKind.CAPTION), passage("First page."), passage("Its end.")]
    )
    assert [text[a:b] for a, b in parts] == ["First page.\n\nIts end.", "Seen on the first."]
    shown = "\n\n".join(text[a:b] for a, b in parts)
    ((start, end),) = passages.moved(at["Seen on the first."], parts, 2)
    assert shown[start:end] == "Seen on the first."
    assert passages.moved(at["Second page."], parts, 2) == []


def test_what_a_browser_draws_is_cut_to_the_page() -> None:
    sheet = Sheet("x", 2000, 1000, 1000, 500)
    assert _region({"x": 10, "y": 20, "w": 30, "h": 40}, sheet) == Region(10, 20, 30, 40)
    assert _region({"x": -5, "y": 9999, "w": 10**12, "h": 0}, sheet) == Region(0, 499, 1000, 1)


def drawing() -> None:
    import os

    import streamlit as st

    import settings as configuration
    from graph.store import Store
    from pages.parts.cabinet import Cabinet
    from pages.parts.drawing import draw_region, forget_region

    with Store(configuration.read()) as store:
        document = store.documents.find("cabinet", ["default"])
        if os.environ.get("FORGET"):
            forget_region(document, 1, "t")
        st.text(str(draw_region(Cabinet(store, configuration.read()), document, 1, "t")))


def test_a_part_that_is_drawn_is_returned_until_it_is_forgotten(
    mounted: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = AppTest.from_function(drawing, default_timeout=60).run()
    assert app.text[0].value == "None" and mounted[-1]["data"]["drawing"] == {"start": None}
    key = f"t.drawn.{name_document(mounted)}.1"
    app.session_state[key] = Region(1, 2, 3, 4)
    assert app.run().text[0].value == "1,2,3,4"
    assert mounted[-1]["data"]["drawing"] == {"start": {"x": 1, "y": 2, "w": 3, "h": 4}}
    monkeypatch.setenv("FORGET", "1")
    assert app.run().text[0].value == "None"


def name_document(mounted: list[dict[str, Any]]) -> str:
    return str(mounted[-1]["key"]).split(".")[1]


def test_a_name_of_an_image_is_for_its_page() -> None:
    document = SimpleNamespace(media_type="application/pdf", sha256="a" * 64)
    page = image_of(document, 3)  # type: ignore[arg-type]
    assert image_named(name_of(page)) == page
    assert "/" not in name_of(page)


def test_a_large_manifest_is_read_once(tmp_path: Path) -> None:
    service = {"id": "https://i.example/1", "type": "ImageService3", "profile": "level1", "width": 9, "height": 8}
    body = image3() | {"service": [service | {"sizes": [{"width": 3, "height": 2}]}]}
    made = manifest3(*[canvas3(n, body=body) for n in range(1, 4)])
    files = FileStore(tmp_path / "files")
    sha256 = files.put(write(tmp_path / "m.json", made), "m.json").sha256
    first = source_of(files, sha256, 2)
    assert first.painting is not None and first.painting.service is not None
    assert first.painting.service.sizes == ((3, 2),)
    kept = files.original(sha256).with_name("canvases.json")
    told = json.loads(kept.read_text())
    kept.write_text(json.dumps(told | {"version": 0}))
    keep_sources(files, sha256)
    assert json.loads(kept.read_text()) == told and told["pages"][1]["width"] == first.width == 1000
