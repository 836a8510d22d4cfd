"""A second look at a part of a page: in the reader, kept with the page, and on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import settings as configuration
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, ChunkKind, Region, State
from graph.work import Work
from ingest.closer import keep_closer, look_closer
from ingest.describe import StillWorkedOn
from ingest.files import FileStore
from ingest.submit import Options, submit
from ingest.texts import document_text
from ingest.worker import work
from llm.__main__ import main
from llm.catalog import find_model
from settings import Settings
from tests.fake_openai import FakeOpenAI, structured
from tests.page_homes import page_home
from tests.test_looks import DESCRIBED, paint, picture_in
from tests.test_pages import run, words


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = structured(DESCRIBED)
        yield running


@pytest.fixture
def settings(server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with page_home(tmp_path) as empty:
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(empty.home))
        monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield configuration.read()


def test_a_part_is_looked_at_kept_and_found(
    settings: Settings, server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.worker.ensure_worker", lambda _: None)
    spec = find_model("gpt-4o-mini", settings)
    with Store(settings) as store:
        (id_,) = submit(store, settings, [paint(tmp_path / "cabinet.png")], Options()).queued
        work(settings, idle=0.1)
        app = run("library", document=id_, region="400,200,200,100")
        app.button(key="closer.do").click().run()
        for _ in range(100):
            if "A painted cabinet" in words(app):
                break
            app.run()
        assert "described by GPT-4o mini" in words(app) and "Object shown: narwhal tusk" in words(app)
        assert picture_in(server.chats()[0]).size == (200, 100), "the part alone"
        app.button(key="closer.keep").click().run()
        assert not app.exception and [each.value for each in app.success] == ["It is kept with the page."]
        work(settings, idle=0.1)
        text = document_text(FileStore(settings.files), store.documents.by_ids([id_])[id_])
        kept = [chunk for chunk in store.documents.all_chunks(id_) if chunk.text]
        assert all(text[chunk.start : chunk.end] == chunk.text and chunk.embedded for chunk in kept)
        assert len({chunk.index for chunk in kept}) == len(kept) == 6
        told = {chunk.text.split("\n")[0]: chunk for chunk in kept}
        assert told["A painted cabinet with a narwhal tusk."].region == Region(400, 200, 200, 100)
        assert told["Object shown: narwhal tusk"].region == Region(400, 210, 50, 80)
        assert {chunk.written_by for chunk in kept if chunk.kind is ChunkKind.CAPTION} == {"gpt-4o-mini"}
        assert store.documents.problems(id_)[0].state is State.WAITING, "the whole picture still waits"
        document = store.documents.by_ids([id_])[id_]
        look = look_closer(document, 1, Region(400, 200, 200, 100), "en", spec, settings)
        assert len(server.chats()) == 1, "known from before"
        assert keep_closer(store, settings, id_, 1, look) is False
        other = look_closer(document, 1, Region(0, 0, 100, 100), "en", spec, settings)
        store.documents.update(document, Work.EXTRACT)
        with pytest.raises(StillWorkedOn):
            keep_closer(store, settings, id_, 1, other)
        store.documents.update(document, Work.NONE)
        assert keep_closer(store, settings, id_, 1, other) is True
        store.removal.remove(id_, DEFAULT_COLLECTION)
        assert not any(store.check().values())


def test_the_command_shows_a_part_of_a_picture(
    settings: Settings, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(paint(tmp_path / "a.png"))
    server.default = structured({"Title": "Tusk"})
    assert main(["describe", path, "--region", "700,100,300,50", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["region"], told["sent"]["width"], told["sent"]["height"]) == ("700,100,300,50", 100, 50)
    assert picture_in(server.chats()[0]).size == (100, 50), "cut to the picture"
    for wrong, code in (("1,2,3", "NoRegion"), ("-1,0,5,5", "NoRegion"), ("900,0,5,5", "OutsidePicture")):
        assert main(["describe", path, f"--region={wrong}", "--json"]) == 2
        assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert len(server.chats()) == 1
