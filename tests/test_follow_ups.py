"""Questions that follow each other, on the page Ask and on the command line, without a model and with one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from llm.__main__ import main as llm
from pages.parts.conversation import FIELD
from settings import Settings
from tests.fake_openai import FakeOpenAI, Status, Words, structured
from tests.page_homes import page_home
from tests.test_pages import GLOBE, fill, labels, run, words

FIRST = "Who built the globe of Gottorf?"
SECOND = "And when did Andreas Bösch live?"
ANSWER = f"{GLOBE.split('. ')[0]} [1]."


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("turns")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


@pytest.fixture
def server(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = Words(ANSWER)
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-key")
        yield running


def ask_further(app: AppTest, question: str) -> AppTest:
    app.text_input(key=FIELD).set_value(question)
    button = next(each for each in app.button if each.label in ("Ask further", "Weiterfragen"))
    button.click().run()
    assert not app.exception
    return app


def test_a_pronoun_is_filled_shown_and_in_the_address(server: FakeOpenAI) -> None:
    app = ask_further(run("ask", q=FIRST), "And when did he live?")
    assert app.query_params["q"] == SECOND and app.text_input(key="ask.question").value == SECOND
    said = words(app)
    assert "You asked: “And when did he live?” · “he” is taken to mean Andreas Bösch." in said
    assert app.text_input(key=FIELD).value == ""
    assert app.expander[0].label == "One earlier question"
    assert FIRST in said and f'<div class="wk-quote">{GLOBE.split(". ")[0]}' in said, "with its own sources"
    assert not server.chats()
    again = run("ask", q=SECOND)
    assert "You asked" not in words(again), "the address alone asks the whole question"


def test_a_turn_can_be_opened_again_and_all_begun_anew(server: FakeOpenAI) -> None:
    app = ask_further(run("ask", q=FIRST), "And when?")
    assert app.query_params["q"] == "Who built the globe of Gottorf – when?"
    assert "completed by the question before" in words(app)
    app.button(key="earlier-0").click().run()
    assert app.query_params["q"] == FIRST and "You asked" not in words(app)
    app.button(key="ask.clear").click().run()
    assert "q" not in app.query_params and not [each for each in app.expander if "earlier" in each.label]
    app = run("ask", q=FIRST)
    assert not [each for each in app.expander if "earlier" in each.label]


def test_german_and_what_stands_alone(server: FakeOpenAI) -> None:
    app = ask_further(run("ask", "de-DE", q="Wer baute den Globus von Gottorf?"), "Und wann lebte er?")
    assert app.query_params["q"] == "Und wann lebte Andreas Bösch?"
    assert "Sie fragten: »Und wann lebte er?« · »er« meint wohl Andreas Bösch." in words(app)
    ask_further(app, "Was besaß Ole Worm?")
    assert app.query_params["q"] == "Was besaß Ole Worm?" and "Sie fragten" not in words(app)
    assert app.expander[0].label == "2 frühere Fragen"


def test_another_name_is_one_click_away(server: FakeOpenAI) -> None:
    app = ask_further(run("ask", "de-DE", q="Wer baute den Globus von Gottorf?"), "Und wo ist er heute?")
    assert app.query_params["q"] == "Und wo ist Andreas Bösch heute?"
    assert "War jemand oder etwas anderes gemeint?" in words(app)
    app.button(key="follow.other.0").click().run()
    assert app.query_params["q"] == "Und wo ist Gottorf globe heute?"
    assert app.expander[0].label == "Eine frühere Frage", "the misunderstood turn is gone"


def test_a_model_rewrites_and_answers(server: FakeOpenAI) -> None:
    app = run("ask", q=FIRST, model="gpt-4o-mini")
    app.button(key="answer.ask").click().run()
    assert len(server.chats()) == 1
    server.replies(structured({"question": "When did Andreas Bösch <b>live</b>?"}))
    ask_further(app, "And when did he live?")
    assert app.query_params["q"] == "When did Andreas Bösch <b>live</b>?"
    rewriting, answering = server.chats()[1:]
    assert rewriting.wants_schema and FIRST in rewriting.prompt and GLOBE.split(". ")[0] in rewriting.prompt
    assert "When did Andreas Bösch" in answering.prompt and answering.prompt.count("<<<SOURCE") >= 1
    said = words(app)
    assert "rewritten by GPT-4o mini" in said and "<b>live" not in said
    assert said.count('<div class="wk-answer">') == 2, "the turn before keeps its answer"
    app.run()
    assert len(server.chats()) == 3


def test_rules_step_in_where_the_model_cannot(server: FakeOpenAI) -> None:
    app = run("ask", q=FIRST, model="gpt-4o-mini")
    app.button(key="answer.ask").click().run()
    server.replies(Status(401), Words(ANSWER))
    ask_further(app, "And when did he live?")
    assert app.query_params["q"] == SECOND
    said = words(app)
    assert "simple rules did" in said and "does not accept the key" in said and "sk-planted-key" not in said


def test_an_empty_field_asks_nothing(server: FakeOpenAI) -> None:
    app = ask_further(run("ask", q=FIRST), "   ")
    assert app.query_params["q"] == FIRST and "Begin anew" in labels(app)


def test_the_command_line_goes_on_from_a_file(
    server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def ask(name: str, *words: str) -> dict[str, object]:
        assert llm(["ask", *words, "--json"]) == 0
        out = capsys.readouterr()
        (tmp_path / name).write_text(out.out, encoding="utf-8")
        said: dict[str, object] = json.loads(out.out) | {"stderr": out.err}
        return said

    first = ask("1.json", FIRST, "--model", "none")
    assert (first["asked"], first["earlier"], first["stderr"]) == (FIRST, [], "")
    second = ask("2.json", "And when did he live?", "--model", "none", "--continue", str(tmp_path / "1.json"))
    assert (second["question"], second["asked"]) == (SECOND, "And when did he live?")
    assert f"understood as: {SECOND}" in str(second["stderr"]) and not server.chats()
    server.replies(structured({"question": "Where was Andreas Bösch born?"}), Words(ANSWER))
    third = ask("3.json", "And where was he born?", "--model", "gpt-4o-mini", "--continue", str(tmp_path / "2.json"))
    assert third["question"] == "Where was Andreas Bösch born?"
    assert [turn["question"] for turn in third["earlier"]] == [FIRST, SECOND]  # type: ignore[attr-defined]
    assert FIRST in server.chats()[0].prompt
    server.replies(Status(401), Words(ANSWER))
    fourth = ask("4.json", "And when?", "--model", "gpt-4o-mini", "--continue", str(tmp_path / "3.json"))
    assert fourth["question"] == "Where was Andreas Bösch born – when?" and "rules make" in str(fourth["stderr"])
    assert ANSWER.removesuffix(" [1].") in server.chats()[-1].prompt, "the model is told its earlier answer"


def test_a_file_to_go_on_from_must_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.json").write_text('{"question": 7}')
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    for name, told in (("other.json", "is not what"), ("bytes.json", "is not what"), ("none.json", "cannot be read")):
        assert llm(["ask", "And when?", "--continue", str(tmp_path / name)]) == 2
        assert told in capsys.readouterr().err
