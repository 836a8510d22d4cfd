"""Ask and Compare over a real store: what is stated is what is kept, nothing typed is lost, a link is answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.store import Store
from settings import Settings
from tests.page_homes import page_home
from tests.test_pages import CLAIM, GLOBE, fill, run, words

QUESTION = "Who built the globe of Gottorf?"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("asking")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


@pytest.fixture(autouse=True)
def here(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))


def test_a_claim_leads_to_its_words_and_is_kept_as_it_was_shown(filled: Settings) -> None:
    app = run("ask", q=QUESTION, mode="hybrid")
    said = words(app)
    quote = GLOBE.split(". ", maxsplit=1)[0]
    name = said.split('href="#quote-1-')[1].split('"')[0]
    assert f'{CLAIM} <a class="wk-n wk-cite-1" href="#quote-1-{name}">1</a>' in said
    assert f'<mark id="quote-1-{name}">{quote}</mark>' in said
    start, end = name.split("-")
    opened = [link.proto.query_string for link in app.page_link if link.value == "Read it there"]
    assert f"start={start}&end={end}" in opened[0] and "claim=" in opened[0]
    assert "Made with: By words and meaning · Evidence only" in said
    app.button(key="keep.do").click().run()
    app.button(key="keep.save").click().run()
    with Store(filled) as store:
        (kept,) = store.findings.listed()
        (stated,) = store.findings.get(kept.id).finding.stated
    assert (stated.text, stated.places[0].quote) == (CLAIM, quote)
    finding = run("findings", finding=kept.id)
    assert f'{CLAIM} <a class="wk-n wk-cite-1" href="#quote-1-{name}">1</a>' in words(finding)
    assert f'<mark id="quote-1-{name}">' in words(finding)


@pytest.mark.parametrize("question", ["???", "\N{GRINNING FACE}"])
def test_a_question_without_a_word_finds_nothing(question: str) -> None:
    assert "Nothing found" in words(run("ask", q=question))


def test_a_long_question_is_asked_and_one_too_long_is_kept() -> None:
    app = run("ask")
    long = f"{QUESTION} {'Tell me all. ' * 200}".strip()
    app.text_input(key="ask.question").set_value(long)
    app.button[0].click().run()
    assert app.query_params["q"] == [long] or app.query_params["q"] == long
    app.text_input(key="ask.question").set_value("x" * 4001)
    app.button[0].click().run()
    assert app.text_input(key="ask.question").value == "x" * 4001
    assert "4,001" in app.warning[0].value and app.query_params["q"] in (long, [long])


def test_filters_that_nothing_can_fit_are_named() -> None:
    app = run("ask", **{"q": QUESTION, "from": "1660", "to": "1600", "only": "nonsense"})
    assert "1660" in app.warning[0].value
    assert "a document that is not here (nonsense)" in words(app)


def test_compare_keeps_what_is_typed_and_puts_something_else_in_each_column() -> None:
    app = run("compare")
    app.text_input(key="compare.question").set_value(QUESTION)
    app.button(key="compare.more").click().run()
    assert app.text_input(key="compare.question").value == QUESTION
    columns = [
        (app.selectbox(key=f"compare.model.{n}").value, app.selectbox(key=f"compare.mode.{n}").value) for n in range(3)
    ]
    assert len(set(columns)) == 3


def test_a_link_to_compare_is_answered_where_no_model_is_asked() -> None:
    app = run("compare", q=QUESTION, c="none@hybrid")
    assert CLAIM not in words(app), "one column compares nothing"
    app.query_params["c"] = ["none@hybrid", "none@graph"]
    app.run()
    app.run()
    assert words(app).count(CLAIM) == 2


def test_an_address_of_a_model_still_waits(tmp_path: Path) -> None:
    app = run("compare", q=QUESTION)
    app.query_params["c"] = ["none@hybrid", "gpt-4o-mini@graph"]
    app.run()
    assert CLAIM not in words(app)
