"""From a document's names to merges and questions, on the command line and on the page of an entity."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graph.__main__ import main
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Entity, Extraction, Mention
from ingest.resolving import Resolved, resolve_document
from settings import Settings
from tests import graph_samples as samples
from tests.page_homes import page_home
from tests.test_pages import run, words

FIRST = (("Ole Worm", "Person"), ("Kopenhagen", "Place"), ("Hans Möller", "Person"), ("Karl V", "Person"))
SECOND = (("Worm, Ole", "Person"), ("Copenhagen", "Place"), ("Hans Müller", "Person"), ("O. Worm", "Person"))


def name(store: Store, document: str, names: tuple[tuple[str, str], ...], collection: str) -> Resolved:
    """A document that names these and nothing else, and what comes of comparing them."""
    of = samples.document(collection, document)
    pieces = samples.chunks(of, [", ".join(each for each, _ in names)])
    mentions = tuple(Mention(pieces[0].id, samples.entity(collection, each, type_, 2)) for each, type_ in names)
    samples.put(store, of, pieces, [Extraction(pieces[0].id, mentions)])
    return resolve_document(store.resolution, of.id)


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


def test_new_names_are_compared_once_and_what_people_decided_stands(store: Store) -> None:
    collection = "resolving"
    assert name(store, "first", FIRST, collection) == Resolved(0, 0)
    assert name(store, "second", SECOND, collection) == Resolved(2, 1)
    merged = {merge.absorbed_name: merge for merge in store.resolution.merges([collection])}
    assert {(m.absorbed_name, m.kept_name, m.by) for m in merged.values()} == {
        ("Worm, Ole", "Ole Worm", "rule"),
        ("Kopenhagen", "Copenhagen", "rule"),
    }
    (question,) = store.resolution.suggestions([collection])
    assert {question.a.name, question.b.name} == {"Ole Worm", "O. Worm"}
    assert resolve_document(store.resolution, samples.document(collection, "second").id) == Resolved(0, 0)
    # Undone by a person, and said to be another: neither comes again, with whatever document.
    store.resolution.undo(merged["Kopenhagen"].id)
    store.resolution.dismiss(question.a.id, question.b.id)
    for document in ("first", "second"):
        store.removal.remove(samples.document(collection, document).id, collection)
    assert name(store, "first", FIRST, collection) == name(store, "second", SECOND[1:], collection) == Resolved(0, 0)
    assert store.resolution.suggestions([collection]) == []
    assert not any(store.check().values())


def test_a_name_that_fits_two_is_asked_about(store: Store) -> None:
    collection = "fits-two"
    of = samples.document(collection, "two")
    pieces = samples.chunks(of, ["two"])
    two = [
        samples.entity(collection, full, "Person", 2, "Friedrich III.")
        for full in ("Friedrich III. von Gottorf", "Frederik III of Denmark")
    ]
    samples.put(store, of, pieces, [Extraction(pieces[0].id, tuple(Mention(pieces[0].id, e) for e in two))])
    resolve_document(store.resolution, of.id)
    assert name(store, "one", (("Friedrich III.", "Person"),), collection).merged == 0
    assert store.resolution.merges([collection]) == []
    assert "Friedrich III." in {p.name for pair in store.resolution.suggestions([collection]) for p in (pair.a, pair.b)}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with page_home(tmp_path) as empty:
        monkeypatch.setenv("WUNDERKAMMER_HOME", str(empty.home))
        with Store(empty) as opened:
            name(opened, "first", FIRST, DEFAULT_COLLECTION)
            name(opened, "second", SECOND, DEFAULT_COLLECTION)
        yield empty


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_line_merges_and_takes_back(home: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert [len(v) for v in told(capsys, "merges")[1].values()] == [2]  # type: ignore[arg-type]
    assert [len(v) for v in told(capsys, "suggestions")[1].values()] == [1]  # type: ignore[arg-type]
    code, made = told(capsys, "merge", "Hans Möller", "Hans Müller")
    assert code == 0 and made["kept"] == {
        "id": Entity.make_id(DEFAULT_COLLECTION, "Hans Möller"),
        "name": "Hans Möller",
    }
    assert told(capsys, "merge", "Hans Müller", "Hans Möller")[0] == 2
    assert told(capsys, "unmerge", str(made["id"])[:8])[0] == 0
    assert told(capsys, "unmerge", str(made["id"]))[0] == 2
    assert told(capsys, "apart", "O. Worm", "Ole Worm")[0] == 0
    assert told(capsys, "suggestions")[1] == {"suggestions": []}
    assert told(capsys, "merge", "Ole Worm", "Nobody") == (
        2,
        {"error": {"code": "NoSuchEntity", "message": "There is no person, place or thing 'Nobody' in this cabinet. "
                   "Write its id or its exact name."}},
    )  # fmt: skip


def press(app: AppTest, start: str) -> AppTest:
    key = next(button.key for button in app.button if str(button.key).startswith(start))
    assert key is not None
    return app.button(key=key).click().run()


def test_the_page_asks_and_shows_what_would_change(home: Settings) -> None:
    worm = Entity.make_id(DEFAULT_COLLECTION, "O. Worm")
    app = run("explore")
    assert "One pair of names may be the same" in [expander.label for expander in app.expander]
    app = run("explore", entity=worm)
    assert "Possibly the same" in words(app) and "One is an abbreviation of the other." in words(app)
    press(app, "same-no-")
    assert "“O. Worm” and “Ole Worm” stay apart." in words(app) and "Possibly the same" not in words(app)
    press(app, "same.undo")
    assert "Possibly the same" in words(app)
    press(app, "same-yes-")
    assert "Everything said of" in words(app) and "0 claims, 1 passage, 1 document" in words(app)
    german = run("explore", "de-DE", entity=worm)
    assert "Möglicherweise dasselbe" in words(german)
