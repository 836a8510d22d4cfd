"""Correcting in the panel of Explore and undoing it on History, in both languages, with names that want to be code."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from graph.store import Store
from graph.types import Entity
from settings import Settings
from tests.page_homes import page_home, taken_back
from tests.test_pages import CLAIM, fill, run, words

SCRIPT = "<img src=x onerror=alert(1)> [x](javascript:alert(2)) $\\alert$ :material/home:"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("correcting")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


@pytest.fixture
def store(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The graph behind the pages; what was corrected is undone after each test."""
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
    monkeypatch.setenv("WUNDERKAMMER_USER", "Inga <b>Kräft</b>")
    with taken_back(filled) as store:
        yield store


def the(store: Store, name: str) -> Entity:
    return store.search.complete(name, 1, ["default"])[0]


def opened(store: Store, name: str, deed: str, locale: str = "en-GB") -> AppTest:
    """The panel with one of the dialogs open."""
    app = run("explore", locale, entity=the(store, name).id)
    if locale != "en-GB":
        # AppTest chooses from a menu by its words, which it makes outside of the page, in English.
        app.session_state["correct.open"] = (deed, the(store, name).id)
        return app.run()
    return app.menu_button(key="correct.menu").set_value(deed).run()


def do(app: AppTest) -> AppTest:
    app.button(key="correct.do").click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("locale", "said", "undone", "by"),
    [
        ("en-GB", "“Andreas Bösch” is now called “{}”.", "Undone: ", "undone by"),
        ("de-DE", "„Andreas Bösch“ heißt jetzt „{}“.", "Rückgängig gemacht: ", "rückgängig gemacht von"),
    ],
)
def test_a_name_is_changed_told_and_changed_back(store: Store, locale: str, said: str, undone: str, by: str) -> None:
    app = opened(store, "Bösch", "rename", locale)
    bosch = the(store, "Bösch")
    app.text_input(key=f"correct.name.{bosch.id}").set_value(SCRIPT)
    app.text_input(key="correct.note").set_value("He signed <i>so</i>")
    do(app)
    renamed = store.explore.entity(bosch.id)
    assert renamed and (renamed.name, renamed.aliases) == (SCRIPT, ("Andreas Bösch",))
    assert said.format(SCRIPT).replace("<", "&lt;").replace(">", "&gt;") in words(app)
    assert "<img" not in words(app)
    history = run("history", locale, entity=bosch.id)
    text = words(history)
    assert "<img" not in text and "<i>so" not in text and "&lt;b&gt;Kräft" in text
    next(button for button in history.button if str(button.key).startswith("history-undo-")).click().run()
    assert undone in words(history) and by in words(history)
    assert (store.explore.entity(bosch.id) or bosch).name == "Andreas Bösch"


def test_what_cannot_be_is_told_in_the_dialog(store: Store) -> None:
    app = opened(store, "Bösch", "rename", "de-DE")
    app.text_input(key=f"correct.name.{the(store, 'Bösch').id}").set_value("Ole Worm")
    do(app)
    assert "gibt es schon" in app.error[0].value
    assert "correct.undo" not in {button.key for button in app.button}
    assert the(store, "Bösch").name == "Andreas Bösch"


def test_kind_and_further_names(store: Store) -> None:
    bosch = the(store, "Bösch")
    app = opened(store, "Bösch", "retype")
    app.selectbox(key=f"correct.kind.{bosch.id}").set_value("Organisation")
    do(app)
    assert "is now of another kind: Organisation instead of Person." in words(app)
    app = opened(store, "Bösch", "aliases")
    app.text_input(key=f"correct.alias.new.{bosch.id}").set_value("Boeschius")
    do(app)
    now = store.explore.entity(bosch.id)
    assert now and now.type == "Organisation" and now.aliases == ("Boeschius",)
    app.button(key="correct.undo").click().run()
    assert (store.explore.entity(bosch.id) or bosch).aliases == ()


def test_putting_together_tells_what_would_change(store: Store) -> None:
    bosch = the(store, "Bösch")
    app = opened(store, "Bösch", "merge")
    app.text_input(key=f"correct.merge.{bosch.id}.search").set_value("globe").run()
    chosen = next(radio for radio in app.radio if str(radio.key).startswith(f"correct.merge.{bosch.id}.chosen"))
    chosen.set_value(the(store, "Gottorf globe").id).run()
    said = words(app)
    assert "would say something of one and itself" in said and CLAIM in said and "further names" in said
    app.button(key="same.do").click().run()
    assert (
        len({each.id for each in store.resolution.current([bosch.id, Entity.make_id("default", "Gottorf globe")])}) == 1
    )
    (merge,) = [each for each in store.corrections.history(["default"]) if each.kind == "merge" and not each.undone_at]
    assert merge.who == "Inga <b>Kräft</b>"


def test_a_claim_is_taken_out_of_page_and_answer_and_comes_back(store: Store) -> None:
    bosch = the(store, "Bösch")
    (claim,) = store.explore.statements_of(bosch.id)
    assert CLAIM in words(run("ask", q="Who built the globe of Gottorf?"))
    app = run("explore", entity=bosch.id)
    app.button(key=f"retract-{claim.id}").click().run()
    assert "Take out" in {button.label for button in app.button}
    do(app)
    assert store.explore.statements_of(bosch.id) == []
    assert f"{CLAIM} <a" not in words(run("ask", q="Who built the globe of Gottorf?"))
    assert "It stands in one passage that is here, and stays out." in words(run("history"))
    app.button(key="correct.undo").click().run()
    assert f"{CLAIM} <a" in words(run("ask", q="Who built the globe of Gottorf?"))


def test_a_part_is_split_off(store: Store) -> None:
    bosch = the(store, "Bösch")
    (claim,) = store.explore.statements_of(bosch.id)
    app = opened(store, "Bösch", "split")
    do(app)
    assert "Write a name" in app.error[0].value
    app.text_input(key=f"correct.split.{bosch.id}").set_value("Gottorf globe")
    app.checkbox(key=f"split-{bosch.id}-claim-{claim.id}").check().run()
    assert "There is a “Gottorf globe” already" in words(app)
    app.text_input(key=f"correct.split.{bosch.id}").set_value("Another Bösch")
    do(app)
    other = store.explore.entity(Entity.make_id("default", "Another Bösch"))
    assert (
        other and [c.id for c in store.explore.statements_of(other.id)] and store.explore.statements_of(bosch.id) == []
    )


def test_a_claim_is_added_with_its_words(store: Store) -> None:
    bosch = the(store, "Bösch")
    app = opened(store, "Bösch", "add")
    key = f"correct.add.{bosch.id}"
    app.selectbox(key=f"{key}.relation").set_value("WORKED_IN")
    app.text_input(key=f"{key}.object").set_value("Gottorf Castle").run()
    app.selectbox(key=f"{key}.kind").set_value("Place")
    app.text_area(key=f"{key}.quote").set_value("built the globe in Gottorf")
    do(app)
    assert "do not stand there" in app.error[0].value
    app.text_area(key=f"{key}.quote").set_value("built the globe of Gottorf")
    do(app)
    (added,) = [c for c in store.explore.statements_of(bosch.id) if c.predicate == "WORKED_IN"]
    assert added.text == "Andreas Bösch worked in Gottorf Castle" and added.sources[0][0].supported
    assert added.text in words(app)


def test_who_reads_adds_a_claim_at_that_place(store: Store) -> None:
    bosch = the(store, "Bösch")
    mention = store.explore.mentions_of(bosch.id)[0]
    app = run("library", document=mention.chunk.document)
    app.button(key="claim_here").click().run()
    app.button(key=f"claim_here-{bosch.id}").click().run()
    key = f"correct.add.{bosch.id}"
    assert app.selectbox(key=f"{key}.document").value == mention.chunk.document
    app.selectbox(key=f"{key}.relation").set_value("LIVED_IN")
    app.text_input(key=f"{key}.object").set_value("Husum").run()
    do(app)
    (added,) = [c for c in store.explore.statements_of(bosch.id) if c.predicate == "LIVED_IN"]
    assert added.sources[0][1].document == mention.chunk.document
    assert "Andreas Bösch lived in Husum" in words(app)


def test_an_empty_history_says_how_to_begin(filled: Settings, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Nothing was corrected yet." in words(run("history", entity=the(store, "Copenhagen").id))
    assert "Noch wurde nichts berichtigt." in words(run("history", "de-DE", entity=the(store, "Copenhagen").id))
