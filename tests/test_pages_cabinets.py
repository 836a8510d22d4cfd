"""Cabinets on the pages: made, switched, renamed, deleted; what one holds is on no page, link or answer of another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Mode
from ingest.cabinets import remove_cabinet
from ingest.submit import Options, submit
from ingest.worker import work
from llm.modes import find
from settings import Settings
from tests.page_homes import page_home
from tests.test_pages import run, words

SECRET = "Der Zwiebelfisch gehörte Ambrosius Quadflieg aus Gottorf."
OPEN = "Ole Worm lived in Copenhagen and owned a great auk."
PAGES = ("ask", "compare", "add", "library", "explore", "findings", "history", "describe")


def put(settings: Settings, folder: Path, name: str, text: str, collection: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    with Store(settings) as store:
        submitted = submit(store, settings, [folder / name], Options(collection=collection))
    work(settings, idle=0.1)
    return submitted.queued[0]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, str, str]]:
    """A home with two cabinets; the second one's id, and the id of its document."""
    with page_home(tmp_path_factory.mktemp("cabinets")) as settings:
        folder = tmp_path_factory.mktemp("sources")
        with Store(settings) as store:
            other = store.cabinets.make("Geheimes Kabinett", "tester").id
        put(settings, folder, "worm.txt", OPEN, DEFAULT_COLLECTION)
        document = put(settings, folder, "secret.txt", SECRET, other)
        yield settings, other, document


@pytest.fixture(autouse=True)
def at_home(home: tuple[Settings, str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(home[0].home))


def shown(app: AppTest) -> str:
    texts = [str(getattr(each, "value", "")) for each in (*app.main, *app.title, *app.subheader)]
    return words(app) + " ".join([*texts, *(str(button.label) for button in app.button)])


def test_pages_show_what_is_in_the_open_cabinet_alone(home: tuple[Settings, str, str]) -> None:
    settings, other, document = home
    with Store(settings) as store:
        entity = store.search.complete("Quadflieg", 1, [other])[0]
    assert "Quadflieg" in shown(run("explore", entity=entity.id, cabinet=other))
    assert "Zwiebelfisch" in shown(run("ask", q="Wem gehörte der Zwiebelfisch?", mode="hybrid", cabinet=other))
    assert "secret.txt" in shown(run("library", document=document, cabinet=other))
    for page in PAGES:
        for told in (run(page), run(page, q="Wem gehörte der Zwiebelfisch aus Gottorf?", mode="hybrid")):
            assert not told.exception and not [each for each in ("Quadflieg", "secret.txt") if each in shown(told)]
    # Addresses of another cabinet's things open nothing here.
    for leaks in (
        run("library", document=document),
        run("explore", entity=entity.id),
        run("history", entity=entity.id),
        run("describe", document=document),
        run("ask", q="Zwiebelfisch?", document=document, mode="hybrid"),
    ):
        assert "Quadflieg" not in shown(leaks) and "secret.txt" not in shown(leaks)


def test_a_cabinet_is_made_switched_to_renamed_and_deleted(home: tuple[Settings, str, str], tmp_path: Path) -> None:
    settings, other, _ = home
    app = run("cabinets", "de-DE")
    app.text_input(key="cabinets.name.0").set_value("  Neue   Sammlung ")
    next(b for b in app.button if b.label == "Neues Kabinett").click().run()
    with Store(settings) as store:
        made = store.cabinets.find("neue sammlung")
    assert made.id in app.query_params["cabinet"]
    assert app.sidebar.selectbox(key="cabinet_switch").value == made.id
    app.button(key="cabinets.rename").click().run()
    app.text_input(key="cabinets.rename.name").set_value("Geheimes kabinett")
    app.button(key="correct.do").click().run()
    assert "gibt es schon" in app.error[0].value
    app.text_input(key="cabinets.rename.name").set_value("Flora")
    app.button(key="correct.do").click().run()
    assert "Flora" in shown(app)
    app.sidebar.selectbox(key="cabinet_switch").select(other).run()
    assert other in app.query_params["cabinet"]
    app.sidebar.selectbox(key="cabinet_switch").select(made.id).run()
    app.button(key="cabinets.delete").click().run()
    app.button(key="correct.do").click().run()
    assert "cabinet" not in app.query_params and "Flora" not in shown(app)
    with Store(settings) as store:
        assert {each.id for each in store.cabinets.listed()} == {DEFAULT_COLLECTION, other}


def test_what_was_asked_in_one_cabinet_is_forgotten_in_the_next(home: tuple[Settings, str, str]) -> None:
    _, other, _ = home
    app = run("ask", q="Wem gehörte der Zwiebelfisch?", mode="hybrid", cabinet=other)
    assert "Zwiebelfisch" in shown(app) and "ask.retrieved" in app.session_state
    app.sidebar.selectbox(key="cabinet_switch").select(DEFAULT_COLLECTION).run()
    assert "Zwiebelfisch" not in shown(app)
    assert "ask.retrieved" not in app.session_state or "Zwiebelfisch" not in repr(app.session_state["ask.retrieved"])


def test_a_deleted_cabinet_takes_its_own_and_nothing_else(store_target: Settings, tmp_path: Path) -> None:
    with Store(store_target) as store:
        first, second = (store.cabinets.make(f"{tmp_path.name} {n}", "t").id for n in range(2))
        path = tmp_path / "a.txt"
        path.write_text(SECRET, encoding="utf-8")
        kept = [submit(store, store_target, [path], Options(collection=each)).queued[0] for each in (first, second)]
    work(store_target, idle=0.1)
    with Store(store_target) as store:
        copy = store_target.files / (store.documents.get(kept[1]).sha256 or "")[:2]  # type: ignore[union-attr]
        remove_cabinet(store, store_target, first, with_all=True)
        assert store.stats([first]) == dict.fromkeys(store.stats([first]), 0)
        assert first not in {each.id for each in store.cabinets.listed()}
        assert "Zwiebelfisch" in repr(find(store, None, "Zwiebelfisch", Mode.HYBRID, collections=(second,)).evidence)
        assert any(copy.parent.rglob("*")), "the copy of a file that another cabinet has too stays"
        remove_cabinet(store, store_target, second, with_all=True)
        assert not any(store.check().values())
