"""Kinds and relations: ready lists fit the graph and both languages, one's own are checked, documents keep theirs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from graph.schemas import StoredSchema
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from graph.vocabulary import PREDICATES, PRESET_PREDICATES, RELATED_TO, TYPES, is_identifier, relationship_type
from ingest.__main__ import main
from ingest.claim_schema import ExtractionSchema, SchemaUnusable, from_data, own_schema
from ingest.extractors import SchemaGone, default_schema, schema_of
from ingest.schemas import PRESETS, looks, named_schema, preset, words
from ingest.submit import Options, remove_document, submit
from ingest.worker import work
from pages.language import de, en
from pages.language.relations import RELATIONS
from pages.parts import glyphs
from settings import Settings
from tests.fake_openai import FakeOpenAI, structured
from tests.test_pages import run
from tests.test_pages import words as words_of

TEXT = "# Worm\n\nOle Worm owned a tusk in 1654. He commanded the ship Phoenix.\n"


@pytest.mark.parametrize("name", PRESETS)
def test_ready_lists_have_words_looks_and_relationship_types(name: str) -> None:
    found = preset(name)
    assert set(found.title) == set(found.about) == {"en", "de"}
    assert len(set(found.schema.types)) == len(found.schema.types) >= 12
    for language, texts in (("en", en.TEXTS), ("de", de.TEXTS)):
        assert [t for t in found.schema.types if f"type.{t}" not in texts and t not in words(language)] == []
        assert [p for p in found.schema.predicates if p not in RELATIONS[language] and p not in words(language)] == []
    assert all(is_identifier(p) and relationship_type(p) == p for p in found.schema.predicates)
    assert all(looks().get(t, t) in TYPES for t in found.schema.types)


def test_no_more_names_than_are_used_become_relationship_types() -> None:
    used = {p for name in PRESETS for p in preset(name).schema.predicates}
    assert set(PRESET_PREDICATES) == used - set(PREDICATES)


@pytest.mark.parametrize("name", ["MATCH", "CO_OCCURS", "gebaut von", "A}]->(b) DELETE b //", "SUBJECT"])
def test_a_relation_of_ones_own_is_never_part_of_a_query(name: str) -> None:
    assert relationship_type(name) == RELATED_TO


@pytest.mark.parametrize(
    ("types", "predicates", "free", "said"),
    [
        ([], ["x"], True, "there are no kinds"),
        (["Ship"], [], False, "there are no relations"),
        (["Ship`) DETACH DELETE (n"], ["x"], True, "no name for a kind"),
        (["9"], ["x"], True, "no name for a kind"),
        (["Ship"], ["$x"], True, "no name for a relation"),
        ([f"Kind{n}" for n in range(61)], ["x"], True, "at most 60"),
    ],
)
def test_a_list_of_ones_own_is_checked(types: list[str], predicates: list[str], free: bool, said: str) -> None:
    with pytest.raises(SchemaUnusable, match=said) as caught:
        own_schema(types, predicates, free, "mine")
    assert "{" not in caught.value.text("de")


def test_a_list_of_ones_own_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ships.json"
    file.write_text(json.dumps({"types": ["Schiff", "schiff", "Person"], "relations": ["fuhr nach"], "strict": True}))
    schema = named_schema(str(file))
    assert schema == ExtractionSchema(("Schiff", "Person"), ("fuhr nach",), False, "ships")
    assert from_data(json.loads(schema.content), "x") == schema
    assert schema.id != replace(schema, free=True).id and ExtractionSchema().id is None
    assert schema.type_of("SCHIFF") == "Schiff" and schema.type_of("Place") is None
    assert replace(schema, free=True).type_of("city") == "Place"
    assert (schema.predicate_of("FUHR_NACH"), schema.predicate_of("baute")) == ("fuhr nach", None)
    for content, said in (("[]", "no JSON object"), ("{", "not JSON"), ('{"types": "x"}', "lists of words")):
        file.write_text(content)
        with pytest.raises(SchemaUnusable, match=said):
            named_schema(str(file))
    with pytest.raises(SchemaUnusable, match="history"):
        named_schema("nothing of the kind")


def test_types_of_ones_own_have_a_look_that_stays() -> None:
    assert glyphs.glyph("Battle") == glyphs.GLYPHS["Event"] and "wk-Event" in glyphs.mark("Battle")
    own = [glyphs.glyph(name) for name in ("Schiff", "Zunft", "Hafen", "<b>", "山")]
    assert all(look in glyphs.OWN for look in own) and glyphs.glyph("SCHIFF") == own[0]
    assert "<b>" not in glyphs.mark("<b>") and "wk-own-" in glyphs.mark("<b>")
    drawn = glyphs.legend({"Schiff", "Battle", "Person", "Event"})
    assert [drawn.index(f"</i>{word}<") for word in ("Person", "Event", "Battle", "Schiff")] == sorted(
        drawn.index(f"</i>{word}<") for word in ("Person", "Event", "Battle", "Schiff")
    )


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        claims = [
            {"subject": "Ole Worm", "subject_type": "Person", "predicate": p, "object": o, "object_type": t, "quote": q,
             "date": d, "place": ""}
            for p, o, t, q, d in (
                ("commanded", "Phoenix", "Ship", "He commanded the ship Phoenix", ""),
                ("OWNED", "tusk", "Object", "Ole Worm owned a tusk", "1654"),
            )
        ]  # fmt: skip
        running.default = structured({"statements": claims})
        yield running


@pytest.fixture
def settings(server: FakeOpenAI, embedded_server: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for_test = replace(embedded_server, openai_api_key="sk-x", openai_base_url=server.url)
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(for_test.home))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    yield for_test
    st.cache_resource.clear()
    with Store(for_test) as store:
        store.schemas.use(DEFAULT_COLLECTION, None)
        for document in store.documents.listed([DEFAULT_COLLECTION], limit=1000):
            remove_document(store, for_test, document.id)


def test_a_document_keeps_its_list_and_the_next_import_uses_it_too(
    settings: Settings, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "worm.md").write_text(TEXT)
    (tmp_path / "second.md").write_text(TEXT + "More.")
    ships = own_schema(["Person", "Ship"], ["commanded"], False, "ships")
    options = Options(extractor="statements", model="gpt-4o-mini", schema=ships)
    with Store(settings) as store:
        (id_,) = submit(store, settings, [tmp_path / "worm.md"], options).queued
        work(settings, idle=0.1)
        assert default_schema(store, DEFAULT_COLLECTION) == ships
        document = store.documents.by_ids([id_])[id_]
        assert (document.schema, schema_of(document, store)) == (ships.id, ships)
        again = submit(store, settings, [tmp_path / "worm.md"], options)
        assert again.unchanged == (id_,), "read the same way already"
        (next_,) = submit(store, settings, [tmp_path / "second.md"], replace(options, schema=None)).queued
        assert store.documents.by_ids([next_])[next_].schema == ships.id
        other = submit(store, settings, [tmp_path / "worm.md"], replace(options, schema=preset("history").schema))
        assert other.queued == (id_,), "another list is another way of reading"
        with pytest.raises(SchemaGone):
            schema_of(replace(document, schema="gone"), store)
        assert store.schemas.by_ids([ships.id or "", "x"]) == {
            ships.id: StoredSchema(ships.id or "", "ships", ships.content)
        }
    capsys.readouterr()


def test_the_command_line_takes_a_list_and_tells_what_it_refused(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "worm.md").write_text(TEXT)
    (tmp_path / "ships.json").write_text(json.dumps({"types": ["Person", "Ship"], "relations": ["commanded"]}))
    command = [
        "add",
        str(tmp_path / "worm.md"),
        "--extractor",
        "statements",
        "--model",
        "gpt-4o-mini",
        "--yes",
        "--json",
    ]
    assert main([*command, "--schema", "nothing.json"]) == 2
    assert main([*command[:2], "--schema", "history"]) == 2, "the quick way asks no model"
    assert main([*command, "--schema", str(tmp_path / "ships.json"), "--strict"]) == 0
    capsys.readouterr()
    assert main(["status", "Worm", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (document,) = told["documents"]
    assert (document["statements"], document["refused"]) == (1, 1)
    assert told["schemas"][document["schema"]] == {
        "name": "ships", "types": ["Person", "Ship"], "predicates": ["commanded"], "open": False,
    }  # fmt: skip
    (refused,) = told["refused"]
    assert (refused["why"], refused["subject"], refused["predicate"], refused["object"]) == (
        "predicate not in the schema", "Ole Worm", "OWNED", "tusk",
    )  # fmt: skip
    _the_pages_tell_the_same()


def _the_pages_tell_the_same() -> None:
    """The library lists what was refused, in the page's language; the page Add begins with the list used last."""
    library = run("library", locale="de-DE")
    assert "gelesen nach: ships" in words_of(library) and "1654" not in words_of(library)
    next(b for b in library.button if b.label == "Eine Antwort wurde nicht übernommen").click().run()
    (row,) = library.dataframe[-1].value.to_dict("records")
    assert list(row.values()) == ["1", "Ole Worm", "owned", "tusk", "diese Beziehung war nicht gewünscht"]
    add = run("add")
    add.radio(key="add.how").set_value("transformer").run()
    assert (add.selectbox(key="add.schema").value, add.radio(key="add.schema.only").value) == ("own", True)
    kinds = add.text_area(key="add.schema.types")
    assert (kinds.value, add.text_area(key="add.schema.relations").value) == ("Person, Ship", "commanded")
    kinds.set_value("Person, 9").run()
    assert "no name for a kind" in add.warning[0].value.replace("\\", "")
    kinds.set_value("").run()
    assert "Name at least one kind" in words_of(add) and not add.exception
    add.selectbox(key="add.schema").set_value("art").run()
    assert "fought" not in words_of(add) and "restored by" in words_of(add) and not add.exception
