"""What pages say when an address leads nowhere, when two kinds differ, and when somebody words a claim anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from graph.store import Store
from settings import Settings
from tests.page_homes import page_home, taken_back
from tests.test_pages import fill, run, words
from tests.test_pages_correcting import do, opened, the


def said(app: AppTest) -> str:
    """What the page says, in notices and links too."""
    notices = [each.value for each in (*app.info, *app.warning)]
    return "\n".join([words(app), *notices, *(link.proto.label for link in app.get("page_link"))])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("followed")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


@pytest.fixture
def store(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
    monkeypatch.setenv("WUNDERKAMMER_USER", "Inga")
    with taken_back(filled) as store:
        yield store


def test_known_names_are_offered_and_the_sentence_is_written(store: Store) -> None:
    bosch = the(store, "Bösch")
    app = opened(store, "Bösch", "add")
    key = f"correct.add.{bosch.id}"
    app.selectbox(key=f"{key}.relation").set_value("WORKED_IN")
    app.text_input(key=f"{key}.object").set_value("Copenh").run()
    app.button(key=f"{key}.object-{the(store, 'Copenhagen').id}").click().run()
    assert app.text_input(key=f"{key}.object").value == "Copenhagen"
    assert app.text_input(key=f"{key}.text").value == "Andreas Bösch worked in Copenhagen"
    app.text_input(key=f"{key}.text").set_value("Bösch once worked in Copenhagen.")
    do(app)
    (added,) = [c for c in store.explore.statements_of(bosch.id) if c.predicate == "WORKED_IN"]
    assert added.text == "Bösch once worked in Copenhagen."


def test_what_an_address_names_in_vain_is_said(store: Store) -> None:
    for wanted in ({"entity": "f" * 32}, {"entity": the(store, "Bösch").id, "to": "zzz"}):
        assert "What the address names is not here" in said(run("explore", **wanted))
    assert "is not here" not in said(run("explore", entity=the(store, "Bösch").id))
    mention = store.explore.mentions_of(the(store, "Bösch").id)[0]
    app = run("library", document=mention.chunk.document)
    app.query_params["page"] = "99"
    assert "There is no page 99" in said(app.run())


def test_a_row_of_the_table_leads_to_its_claims(store: Store) -> None:
    bosch = the(store, "Bösch")
    app = run("explore", entity=bosch.id, view="table")
    assert not app.error, [each.value for each in app.error]
    lines = app.dataframe[0].value
    claim = store.explore.statements_of(bosch.id)[0]
    assert claim.text in list(lines["Claim"])
    assert "Choose a row" in said(app)


def test_two_kinds_are_said_and_the_kept_one_stays(store: Store) -> None:
    bosch, globe = the(store, "Bösch"), the(store, "Gottorf globe")
    app = opened(store, "Bösch", "merge")
    app.text_input(key=f"correct.merge.{bosch.id}.search").set_value("Gottorf globe").run()
    app.radio[0].set_value(globe.id).run()
    keep = next(each for each in app.radio if str(each.key).startswith("same-keep-"))
    for kept in (globe, bosch):
        keep.set_value(kept.id).run()
        assert "They are of different kinds" in said(app) and f"Merged, they are {kept.type}" in said(app)
        preview = store.resolution.preview(kept.id, (bosch if kept is globe else globe).id)
        assert preview.after.type == kept.type
    app.button(key="same.do").click().run()
    merged = store.explore.entity(globe.id)
    assert merged and (merged.name, merged.type) == (bosch.name, bosch.type)


def test_after_a_split_a_link_leads_to_the_new_one_until_it_is_undone(store: Store) -> None:
    bosch = the(store, "Bösch")
    claim = store.explore.statements_of(bosch.id)[0]
    app = opened(store, "Bösch", "split")
    app.text_input(key=f"correct.split.{bosch.id}").set_value("Another Bösch")
    app.checkbox(key=f"split-{bosch.id}-claim-{claim.id}").check().run()
    do(app)
    assert "See Another Bösch" in said(app)
    store.corrections.undo(store.corrections.history(["default"])[0].id, "test")
    assert "See Another Bösch" not in said(run("history"))
