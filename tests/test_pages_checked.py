"""Pages and command line on passages that a model looks through: after a click, once, with what came of it in words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from llm.__main__ import main
from settings import Settings
from tests.fake_openai import Asked, FakeOpenAI, Reply, Status, Words, structured
from tests.page_homes import page_home
from tests.test_pages import fill, run, words
from tests.test_pages_with_models import press, until

QUESTION = "Who built the globe of Gottorf, or owned a great auk?"
ANSWER = "Ole Worm owned a great auk [1]."


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("pages")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


def scripted(asked: Asked) -> Reply:
    """A model that chooses the second passage, and answers."""
    return structured({"passages": [2]}) if "<<<PASSAGE" in asked.prompt else Words(ANSWER)


@pytest.fixture
def home(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))


@pytest.fixture
def server(home: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = scripted
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-key")
        yield running


def titles(app: AppTest) -> list[str]:
    return [piece.title for piece in app.session_state["ask.retrieved"][1].evidence]


def test_the_model_looks_through_after_a_click_and_once(server: FakeOpenAI) -> None:
    app = run("ask", q=QUESTION, mode="checked", model="gpt-4o-mini")
    before = titles(app)
    assert not server.chats() and "No model has checked the passages" in words(app), "an address asks nobody"
    app.button(key="answer.ask").click().run()
    until(app, lambda app: "owned a great auk" in words(app) and "looked through 2 passages" in words(app))
    assert titles(app) == before[::-1] and "put those that help first: 1 passage" in words(app)
    assert "chosen by the model" in words(app)
    assert len(server.chats()) == 2
    app.run()
    assert len(server.chats()) == 2
    press(app, "Write again")
    until(app, lambda app: len(server.chats()) == 4)


def test_what_came_to_nothing_is_said(server: FakeOpenAI) -> None:
    def none_fits(asked: Asked) -> Reply:
        return structured({"passages": []}) if "<<<PASSAGE" in asked.prompt else Words("NOT_FOUND")

    server.default = none_fits
    app = run("ask", "de-DE", q=QUESTION, mode="checked", model="gpt-4o-mini")
    before = titles(app)
    app.button(key="answer.ask").click().run()
    until(app, lambda app: "keine gefunden, die das beantwortet" in words(app))
    assert titles(app) == before
    server.default = lambda asked: Status(400, "no") if "<<<PASSAGE" in asked.prompt else Words(ANSWER)
    app = run("ask", q=QUESTION, mode="checked", model="gpt-4o-mini")
    app.button(key="answer.ask").click().run()
    until(app, lambda app: "did not check the passages" in words(app) and "owned a great auk" in words(app))


def test_who_waits_no_longer_gets_the_order_of_the_search(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llm.looking.Watched.start", lambda watched: watched.give_up())
    app = run("ask", q=QUESTION, mode="checked", model="gpt-4o-mini")
    before = titles(app)
    app.button(key="answer.ask").click().run()
    until(app, lambda app: "owned a great auk" in words(app))
    assert titles(app) == before and "No model has checked the passages" in words(app)
    assert len(server.chats()) == 1 and "ask.checking" not in app.session_state


@pytest.mark.usefixtures("home")
def test_it_is_offered_where_a_model_can_be_asked() -> None:
    app = run("ask", q=QUESTION)
    assert "Checked by a model" not in app.selectbox(key="ask.mode").options
    app = run("ask", "de-DE", q=QUESTION, mode="checked")
    assert "Vom Modell geprüft" in app.selectbox(key="ask.mode").options
    assert "Wählen Sie ein Modell" in words(app) and titles(app)


def test_columns_are_looked_through_each_by_its_model(server: FakeOpenAI) -> None:
    app = run("compare", q=QUESTION)
    app.query_params["c"] = ["gpt-4o-mini@checked", "none@checked"]
    app.run()
    press(app, "Compare")
    until(app, lambda app: "This one is better" in [button.label for button in app.button])
    comparison = app.session_state["compare.running"]
    first, second = ([piece.title for piece in comparison.evidence(n).evidence] for n in (0, 1))
    assert first == second[::-1] and len(server.chats()) == 2
    assert comparison.seen()[0].answer.usage.tokens_in == 200, "both calls"


def test_the_command_line(server: FakeOpenAI, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["ask", QUESTION, "--mode", "checked"]
    assert main([*given, "--model", "gpt-4o-mini", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    check = told["way"]["check"]
    assert (told["mode"], told["way"]["reason"]) == ("checked", "checked")
    assert (check["model"], check["passages"], check["chosen"]) == ("gpt-4o-mini", 2, 1)
    assert told["evidence"][0]["why"][0] == "checked" and told["tokens"]["in"] == 200
    assert main([*given, "--model", "gpt-4o-mini"]) == 0
    assert "gpt-4o-mini looked through 2 passages and put 1 first" in capsys.readouterr().out
    assert main([*given, "--model", "none"]) == 0
    assert "no model checked the passages" in capsys.readouterr().out
