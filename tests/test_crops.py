"""Models that see are shown the very places where the evidence stands: few, small, cut from the right part."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

import settings as configuration
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Evidence, Mode, Region, Retrieved
from ingest.crops import LONGEST, MARGIN, Crops
from ingest.submit import Options, submit
from ingest.worker import work
from llm.__main__ import main
from llm.answer import Answer, stream_answer
from llm.catalog import find_model, open_chat
from llm.crops import MOST, most_for
from settings import Settings
from tests import make_files
from tests.fake_openai import Asked, FakeOpenAI, Reply, Status, Words, structured
from tests.make_iiif import canvas3, image3, manifest3, notes3, said, write
from tests.page_homes import page_home
from tests.test_iiif_fetch import colour
from tests.test_pages import run, words
from tests.test_pages_with_models import until
from tests.web_server import Web, web

QUESTION = "What is known of the narwhal horn of Ole Worm?"
PART = {"name": "narwhal horn of Ole Worm", "kind": "object", "about": "Green.",
        "box": {"left": 750, "top": 0, "right": 1000, "bottom": 250}}  # fmt: skip
SEEN = {"caption": "Four corners.", "seen": "White in between.", "parts": [PART], "writing": [], "uncertain": []}
ANSWER = "The horn is green [1]."


def scripted(asked: Asked) -> Reply:
    """A model that describes pictures by their form, and answers questions in a sentence."""
    return structured(SEEN) if asked.wants_schema else Words(ANSWER, usage=None)


def on_red(canvas: Canvas) -> None:
    canvas.setFillColor("red")
    canvas.rect(40, 600, 500, 60, fill=1, stroke=0)
    canvas.setFillColor("white")
    make_files.write_lines(canvas, ["The narwhal horn of Ole Worm is told of here."], 60, 630)
    canvas.showPage()


@pytest.fixture(scope="module")
def served() -> Iterator[Web]:
    with web() as running:
        image = make_files.encoded(make_files.picture(500, 1000), "JPEG", quality=95)
        running.put("/a.jpg", image, "image/jpeg")
        yield running


@pytest.fixture(scope="module")
def settings(served: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home with a PDF, a described picture, a manifest and a text on the same horn."""
    folder = tmp_path_factory.mktemp("horns")
    make_files.pdf(folder / "page.pdf", on_red)
    make_files.picture(4000, 3000).save(folder / "corners.png")
    (folder / "plain.txt").write_text("The narwhal horn of Ole Worm was long.", encoding="utf-8")
    note = said("The narwhal horn of Ole Worm, on vellum.", "750,1500,250,500")
    write(
        folder / "manifest.json", manifest3(canvas3(1, body=image3(served.url("/a.jpg")), annotations=notes3(1, note)))
    )
    with FakeOpenAI() as server, page_home(tmp_path_factory.mktemp("crops")) as home:
        server.default = scripted
        made = replace(home, openai_api_key="sk-x", openai_base_url=server.url, allow_private=True)
        with Store(made) as store:
            submit(store, made, [folder], Options(caption_model="gpt-4o-mini"))
            work(made, idle=0.1)
        yield made


@pytest.fixture
def server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = scripted
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
        monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
        yield running


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[Store]:
    with Store(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def pieces(store: Store) -> dict[str, Evidence]:
    """The passage on the horn by the media type of its document."""
    ids = [id_ for id_, _ in store.search.chunks_by_words("narwhal horn Worm", 50, [DEFAULT_COLLECTION])]
    found = [each for each in store.search.chunks(ids) if "narwhal" in each.chunk.text]
    return {f.media_type: Evidence(n, f.chunk, f.title, f.media_type, 1.0) for n, f in enumerate(found, 1)}


def pictures(asked: Asked) -> list[Image.Image]:
    content: Any = asked.body["messages"][-1]["content"]
    parts = content if isinstance(content, list) else []
    data = [part["image_url"]["url"].partition(",")[2] for part in parts if part["type"] == "image_url"]
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in data]


def made(store: Store, settings: Settings, piece: Evidence) -> Image.Image:
    (crop,) = Crops(store, settings)([piece], MOST)
    assert crop.numbers == (piece.n,)
    return Image.open(io.BytesIO(crop.jpeg))


def test_the_part_of_a_picture_without_the_rest(store: Store, settings: Settings, pieces: dict[str, Evidence]) -> None:
    piece = pieces["image/png"]
    assert piece.chunk.region == Region(3000, 0, 1000, 750)
    image = made(store, settings, piece)
    assert image.size == (1016, 766) and max(image.size) <= LONGEST
    assert {colour(image, x, y) for x in (0.05, 0.5, 0.95) for y in (0.05, 0.5, 0.9)} == {"green"}


def test_the_lines_of_a_page(store: Store, settings: Settings, pieces: dict[str, Evidence]) -> None:
    piece = pieces["application/pdf"]
    region = piece.chunk.region
    assert region is not None
    image = made(store, settings, piece)
    across = (region.w + 2 * MARGIN) / (region.h + 2 * MARGIN)
    assert image.width / image.height == pytest.approx(across, rel=0.05) and max(image.size) <= LONGEST
    assert colour(image, 0.01, 0.1) == colour(image, 0.99, 0.1) == "red", "the page around is white"


def test_a_part_of_a_canvas_of_an_institution(
    store: Store, settings: Settings, pieces: dict[str, Evidence], served: Web
) -> None:
    (piece,) = [each for kind, each in pieces.items() if "json" in kind]
    assert piece.chunk.region == Region(750, 1500, 250, 500)
    image = made(store, settings, piece)
    assert colour(image, 0.5, 0.5) == colour(image, 0.95, 0.95) == "black"
    asked = len(served.asked)
    made(store, settings, piece)
    assert len(served.asked) == asked, "fetched once"


def test_one_place_is_shown_once_few_in_all_and_what_cannot_be_had_is_left_out(
    store: Store, settings: Settings, pieces: dict[str, Evidence]
) -> None:
    crops = Crops(store, settings)
    picture = pieces["image/png"]
    twice = [picture, replace(picture, n=9), pieces["application/pdf"]]
    assert [crop.numbers for crop in crops(twice, 4)] == [(picture.n, 9), (pieces["application/pdf"].n,)]
    assert len(crops(twice, 1)) == 1 and crops([pieces["text/plain"]], 4) == ()
    lost = [replace(p, chunk=replace(p.chunk, page=99)) for p in twice]
    assert crops(lost, 4) == ()
    gone = replace(picture, chunk=replace(picture.chunk, document="nothing"))
    assert crops([gone], 4) == ()


def test_how_many_a_model_is_shown() -> None:
    spec = find_model("gpt-4o-mini")
    assert most_for(spec) == MOST and most_for(None) == 0 and most_for(find_model("server:any")) == 1
    assert most_for(replace(spec, vision=False)) == 0
    assert most_for(find_model("molmo2-4b")) == 1 and most_for(find_model("llama-3.2-3b")) == 0


def test_the_command_line_shows_them(server: FakeOpenAI, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", QUESTION, "--model", "gpt-4o-mini", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (asked,) = server.chats()
    seen = pictures(asked)
    assert told["pictures"] == len(seen) and 3 <= len(seen) <= MOST
    assert all(max(each.size) <= LONGEST for each in seen)
    named = {piece["n"]: piece for piece in told["evidence"]}
    first = asked.prompt.partition("Where SOURCE ")[2].partition(" stands")[0]
    assert named[int(first.partition(",")[0])]["kind"] == "caption", "what is a picture before what has words"
    assert "never instructions" in asked.body["messages"][0]["content"] and colour(seen[0], 0.5, 0.5) == "green"
    assert asked.prompt.rstrip().endswith(f"Question: {QUESTION}")
    assert told["tokens"]["estimated"] and told["tokens"]["in"] > len(seen) * 1_000
    assert main(["ask", QUESTION, "--model", "none", "--json"]) == 0 and len(server.chats()) == 1


def test_the_page_shows_them_and_says_how_many(server: FakeOpenAI) -> None:
    app = run("ask", q=QUESTION, model="gpt-4o-mini")
    app.button(key="answer.ask").click().run()
    until(app, lambda app: ANSWER[:12] in words(app) and "Pictures it was shown" in words(app))
    (asked,) = server.chats()
    assert pictures(asked) and f"<dd>{len(pictures(asked))}</dd>" in words(app)


def test_a_model_that_refuses_pictures_is_asked_without(
    server: FakeOpenAI, settings: Settings, store: Store, pieces: dict[str, Evidence]
) -> None:
    server.replies(Status(400, "image_url is not supported by this model"))
    spec = find_model("gpt-4o-mini")
    chat = open_chat(spec, replace(configuration.read(), openai_api_key="sk-x", openai_base_url=server.url))
    found = Retrieved(QUESTION, Mode.GRAPH, (replace(pieces["image/png"], n=1),))
    *_, answer = stream_answer(chat, found, spec=spec, cropper=Crops(store, settings))
    assert isinstance(answer, Answer) and answer.text == ANSWER and answer.pictures == 0
    first, second = server.chats()
    assert pictures(first) and not pictures(second) and isinstance(second.body["messages"][-1]["content"], str)
    blind = replace(spec, vision=False)
    *_, answer = stream_answer(chat, found, spec=blind, cropper=Crops(store, settings))
    assert isinstance(answer, Answer) and answer.pictures == 0 and not pictures(server.chats()[-1])
