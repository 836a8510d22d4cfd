"""What pages say when an address leads nowhere, when two kinds differ, and when somebody words a claim anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graph.store import Store
from settings import Settings
from tests.page_homes import page_home
from tests.test_pages import fill
from tests.test_pages_correcting import do, opened, the


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("followed")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


@pytest.fixture
def store(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
    monkeypatch.setenv("WUNDERKAMMER_USER", "Inga")
    with Store(filled) as opened_:
        yield opened_
        while left := [c for c in opened_.corrections.history(["default"]) if not c.undone_at and not c.blocked]:
            opened_.corrections.undo(left[0].id, "test")


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
