"""Merging entities and undoing it: one thing for every query, and afterwards the graph as if it had never been."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from graph.errors import StoreError
from graph.merges import Merge, NoSuchMerge, OneAlready, Pair
from graph.store import Store
from graph.types import CoOccurrence, Entity, Extraction, Mention
from settings import Settings
from tests import graph_samples as samples


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


@pytest.fixture
def collection(request: pytest.FixtureRequest) -> str:
    return f"resolution-{request.node.name}"


def sound(store: Store) -> bool:
    return not any(store.check().values())


def graph(store: Store, collection: str) -> dict[str, list[Any]]:
    """The graph without what was decided about it, and without which names were looked at."""
    dump = samples.dump(store, collection)
    decided = ("(['Merge']", "(['Suggestion']")
    return {"nodes": [node for node in dump["nodes"] if not node.startswith(decided)], "edges": dump["edges"]}


def entities(store: Store, collection: str) -> list[str]:
    rows = store.query("MATCH (e:__Entity__) WHERE e.collection = $c RETURN e.id AS id ORDER BY id", c=collection)
    return [row["id"] for row in rows]


def worms(store: Store, collection: str) -> tuple[Entity, Entity, Entity]:
    """Two names of one man who lived in Copenhagen, said of both; both stand in one passage."""
    of = samples.document(collection, "worms")
    pieces = samples.chunks(of, ["Ole Worm, also Olaus Wormius, lived in Copenhagen.", "Olaus Wormius in Copenhagen."])
    ole = samples.entity(collection, "Ole Worm", "Person", 1)
    olaus = samples.entity(collection, "Olaus Wormius", "Person", 2)
    place = samples.entity(collection, "Copenhagen", "Place", 2)

    def pair(a: Entity, b: Entity) -> CoOccurrence:
        first, second = sorted((a.id, b.id))
        return CoOccurrence(first, second, 1)

    first, second = pieces
    found = [
        Extraction(
            first.id,
            (Mention(first.id, ole, 2), Mention(first.id, olaus), Mention(first.id, place)),
            (samples.statement(first, ole, "LIVED_IN", place), samples.statement(first, olaus, "LIVED_IN", place)),
            (pair(ole, olaus), pair(ole, place), pair(olaus, place)),
        ),
        Extraction(
            second.id,
            (Mention(second.id, olaus), Mention(second.id, place)),
            (samples.statement(second, olaus, "LIVED_IN", place),),
            (pair(olaus, place),),
        ),
    ]
    samples.put(store, of, pieces, found)
    return ole, olaus, place


def test_after_a_merge_every_query_sees_one(store: Store, collection: str) -> None:
    ole, olaus, place = worms(store, collection)
    before = graph(store, collection)
    foreseen = store.resolution.preview(ole.id, olaus.id)
    assert (foreseen.kept.claims, foreseen.absorbed.claims, foreseen.claims_in_common) == (1, 1, 1)
    assert (foreseen.kept.passages, foreseen.absorbed.passages) == (1, 2)
    merge = store.resolution.merge(ole.id, olaus.id)
    one = store.explore.entity(olaus.id)
    assert one == store.explore.entity(ole.id)
    assert one is not None and (one.id, one.name, one.aliases, one.type) == (
        ole.id, "Ole Worm", ("Olaus Wormius",), "Person",
    )  # fmt: skip
    assert store.stats([collection]) | {"chunks": 2} == {"documents": 1, "chunks": 2, "entities": 2, "statements": 1}
    for words in ("wormius", "ole"):
        assert [e.id for e in store.search.complete(words, 5, [collection])] == [ole.id]
    (claim,) = store.explore.statements_of(ole.id)
    assert (claim.subject, claim.object, len(claim.sources)) == ("Ole Worm", "Copenhagen", 2)
    assert {mention.chunk.index: mention.count for mention in store.explore.mentions_of(ole.id)} == {0: 3, 1: 1}
    around = store.surroundings.of(place.id, 60)
    assert [(e.source, e.target, e.label) for e in around.edges] == [(ole.id, place.id, "LIVED_IN")]
    edges = store.query(
        "MATCH (a {collection: $c})-[r:CO_OCCURS]->(b) RETURN a.id AS a, b.id AS b, r.weight AS w", c=collection
    )
    assert [({e["a"], e["b"]}, e["w"]) for e in edges] == [({ole.id, place.id}, 3)]
    ranks = store.ranking.graph([collection])
    assert ranks.entities == 2 and ranks.chunk_counts.tolist() == [2.0, 2.0]
    assert sound(store)
    assert store.resolution.merges([collection]) == store.resolution.merged_into(ole.id) == [merge]
    undone = store.resolution.undo(merge.id)
    assert undone.undone_at and store.resolution.merges([collection]) == []
    assert graph(store, collection) == before
    with pytest.raises(NoSuchMerge):
        store.resolution.undo(merge.id)


@pytest.mark.parametrize("seed", range(3))
def test_random_merges_imports_and_undos_end_in_the_graph_that_was_never_merged(
    store: Store, collection: str, seed: int
) -> None:
    dice = random.Random(seed)
    documents = [f"{name}{seed}" for name in "abc"]
    for name in documents:
        samples.put_random(store, collection, name, 3)
    never = graph(store, collection)
    open_: list[Merge] = []
    for _ in range(9):
        here = entities(store, collection)
        deed = dice.choice(("merge", "merge", "merge", "undo", "again"))
        if deed == "merge" and len(here) > 1:
            kept, absorbed = dice.sample(here, 2)
            open_.append(store.resolution.merge(kept, absorbed))
        elif deed == "undo" and open_:
            store.resolution.undo(open_.pop(dice.randrange(len(open_))).id)
        else:
            name = dice.choice(documents)
            store.removal.remove(samples.document(collection, name).id, collection)
            samples.put_random(store, collection, name, 3)
        assert sound(store)
    merged = graph(store, collection)
    assert len(merged["nodes"]) < len(never["nodes"])
    # Importing in another order, with all merges known from the start, ends in the same merged graph.
    for name in documents:
        store.removal.remove(samples.document(collection, name).id, collection)
    assert graph(store, collection) == {"nodes": [], "edges": []}
    for name in reversed(documents):
        samples.put_random(store, collection, name, 3)
    assert graph(store, collection) == merged
    dice.shuffle(open_)
    for merge in open_:
        store.resolution.undo(merge.id)
    assert graph(store, collection) == never
    assert sound(store)


def test_undoing_the_middle_of_a_chain_leaves_the_rest(store: Store, collection: str) -> None:
    samples.put_random(store, collection, "a", 6)
    a, b, c, d, *_ = entities(store, collection)
    store.resolution.merge(b, a)
    middle = store.resolution.merge(c, b)
    store.resolution.merge(d, c)
    assert {store.resolution.survivor(id_) for id_ in (a, b, c, d)} == {d}
    with pytest.raises(OneAlready):
        store.resolution.merge(a, c)
    store.resolution.undo(middle.id)
    assert [store.resolution.survivor(id_) for id_ in (a, b, c, d)] == [b, b, d, d]
    assert sound(store)


def test_what_followed_by_rule_from_a_document_alone_goes_with_it(store: Store, collection: str) -> None:
    samples.put_random(store, collection, "a", 3)
    before = graph(store, collection)
    of = samples.document(collection, "bridge")
    pieces = samples.chunks(of, ["Bridge"])
    bridge = samples.entity(collection, "Bridge")
    samples.put(store, of, pieces, [Extraction(pieces[0].id, (Mention(pieces[0].id, bridge),))])
    first, second, *_ = (id_ for id_ in entities(store, collection) if id_ != bridge.id)
    for id_ in (first, second):
        store.resolution.merge(bridge.id, id_, "spelling", 0.99, "rule")
    store.removal.remove(of.id, collection)
    assert graph(store, collection) == before
    assert store.resolution.merges([collection], undone=True) == []


def test_decisions_of_people_stand(store: Store, collection: str) -> None:
    ole, olaus, place = worms(store, collection)
    store.resolution.suggest([Pair(ole, olaus, 0.8, "latin"), Pair(place, ole, 0.6, "letters")])
    assert [(p.a.id, p.b.id) for p in store.resolution.suggestions_of(olaus.id)] == [(olaus.id, ole.id)]
    assert [p.score for p in store.resolution.suggestions([collection])] == [0.8, 0.6]
    store.resolution.dismiss(place.id, ole.id)
    store.resolution.suggest([Pair(ole, place, 0.9, "letters")])
    assert [p.score for p in store.resolution.suggestions([collection])] == [0.8]
    assert store.resolution.apart([place.id]) == {frozenset((ole.id, place.id))}
    merge = store.resolution.merge(ole.id, olaus.id)
    assert store.resolution.suggestions([collection]) == []
    # What holds of one name holds of what it was merged into, too.
    store.resolution.suggest([Pair(olaus, place, 0.7, "letters")])
    assert store.resolution.suggestions([collection]) == []
    store.resolution.undo(merge.id)
    assert {p.score for p in store.resolution.suggestions([collection])} == {0.8, 0.7}
    by_rule = store.resolution.merge(ole.id, olaus.id, "latin", 0.96, "rule")
    store.resolution.undo(by_rule.id)
    assert store.resolution.apart([ole.id]) == {frozenset((ole.id, olaus.id)), frozenset((ole.id, place.id))}


def test_merging_while_documents_come_in_loses_nothing(store: Store, collection: str) -> None:
    samples.put_random(store, collection, "a", 4)
    here = entities(store, collection)
    made: list[Merge] = []
    problems: list[StoreError] = []

    def attempt(deed: Any) -> None:
        try:
            deed()
        except StoreError as error:
            problems.append(error)

    def merge() -> None:
        made.extend(store.resolution.merge(here[0], id_) for id_ in here[1:4])

    writers = [lambda name=name: samples.put_random(store, collection, name, 4) for name in "bcd"]
    threads = [threading.Thread(target=attempt, args=(deed,)) for deed in (*writers, merge)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == [] and sound(store)
    assert not set(here[1:4]) & set(entities(store, collection))
    for each in made:
        store.resolution.undo(each.id)
    undone = graph(store, collection)
    for name in "abcd":
        store.removal.remove(samples.document(collection, name).id, collection)
    for name in "abcd":
        samples.put_random(store, collection, name, 4)
    assert graph(store, collection) == undone


def test_names_alike_are_found_and_others_are_not(store: Store, collection: str) -> None:
    of = samples.document(collection, "alike")
    pieces = samples.chunks(of, ["names"])
    names = ("Nürnberg", "Niirnberg", "Nürmberg", "Nuremberg", "Kopenhagen", "Пётр Чайковский", "Tschaikowski", "山田")
    mentions = tuple(Mention(pieces[0].id, samples.entity(collection, name)) for name in names)
    samples.put(store, of, pieces, [Extraction(pieces[0].id, mentions)])
    by_name = {m.entity.name: m.entity for m in mentions}
    likes = store.resolution.like([entity for name, entity in by_name.items() if name != "山田"])
    found = {name: {e.name for e in likes.get(entity.id, ())} for name, entity in by_name.items()}
    assert found["Nürnberg"] == {"Niirnberg", "Nürmberg", "Nuremberg"}
    assert found["Tschaikowski"] == {"Пётр Чайковский"}
    assert found["Kopenhagen"] == set()
    assert len(store.resolution.unresolved(of.id)) == len(names)
    store.resolution.resolved([by_name["Nürnberg"].id])
    assert len(store.resolution.unresolved(of.id)) == len(names) - 1
