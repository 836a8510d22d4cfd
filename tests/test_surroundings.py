"""What is drawn around entities, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from graph.store import Store
from graph.surroundings import joined
from graph.types import ChunkKind, CoOccurrence, Edge, Extraction, Mention, Subgraph
from graph.when import When
from settings import Settings
from tests import graph_samples as samples

ABOUT = When("um 1650", "1650~", 16500101, 16501231)


@pytest.fixture
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


@pytest.fixture
def collection(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


def test_a_hub_gives_its_surest_claims_and_tells_how_many_there_are(store: Store, collection: str) -> None:
    of = samples.document(collection, "hub")
    (piece,) = samples.chunks(of, ["All of them."])
    hub = samples.entity(collection, "Hub", "Person")
    others = [samples.entity(collection, f"Other {n:02}", "Place") for n in range(30)]
    claims = tuple(
        samples.statement(piece, hub, "VISITED", other, confidence=0.5 + n / 100) for n, other in enumerate(others)
    )
    near = samples.statement(piece, others[28], "PART_OF", others[29], confidence=0.9)
    samples.put(store, of, [piece], [Extraction(piece.id, statements=(*claims, near))])
    drawn = store.surroundings.of(hub.id, 10)
    assert {edge.target for edge in drawn.edges} == {other.id for other in others[20:]}
    assert {node.label for node in drawn.nodes} == {"Hub", *(f"Other {n}" for n in range(20, 30))}
    counts = store.surroundings.counts([hub.id, others[29].id, "nobody"])
    assert counts == {hub.id: 30, others[29].id: 2}
    among = store.surroundings.among([others[28].id, others[29].id, others[0].id])
    assert [(edge.source, edge.label, edge.target) for edge in among.edges] == [
        (others[28].id, "PART_OF", others[29].id)
    ]
    both = joined([drawn, among, drawn])
    assert len(both.edges) == 11 and len(both.nodes) == 11
    (said,) = store.surroundings.between(others[29].id, others[28].id)
    assert said.text == near.text and said.sources[0][1].id == piece.id
    assert list(store.surroundings.sourced([near.id, "none"])) == [near.id]
    assert store.surroundings.claims([near.id]).edges == among.edges
    assert [node.label for node in store.surroundings.nodes([hub.id, "nobody"]).values()] == ["Hub"]


def test_where_claims_leave_room_what_stands_in_one_sentence_is_drawn(store: Store, collection: str) -> None:
    of = samples.document(collection, "room")
    (piece,) = samples.chunks(of, ["Worm, Aarhus and a tusk."])
    worm, aarhus, tusk = (samples.entity(collection, name) for name in ("Worm", "Aarhus", "Tusk"))
    pairs = tuple(CoOccurrence(min(worm.id, other.id), max(worm.id, other.id), 2) for other in (aarhus, tusk))
    mentions = tuple(Mention(piece.id, each) for each in (worm, aarhus, tusk))
    found = Extraction(piece.id, mentions, (samples.statement(piece, worm, "BORN_IN", aarhus),), pairs)
    samples.put(store, of, [piece], [found])
    drawn = store.surroundings.of(worm.id, 10)
    assert [(edge.label, edge.target) for edge in drawn.edges] == [("BORN_IN", aarhus.id), ("CO_OCCURS", tusk.id)]
    assert [edge.label for edge in store.surroundings.of(worm.id, 1).edges] == ["BORN_IN"]


def test_pictures_and_dates_come_with_the_claims_that_say_so(store: Store, collection: str) -> None:
    of = replace(samples.document(collection, "seen"), sha256="ab" * 32, media_type="image/png")
    (piece,) = samples.chunks(of, ["A picture of a dodo."])
    piece = replace(piece, kind=ChunkKind.CAPTION, image_uri="x/page-1.jpg")
    picture, dodo = samples.entity(collection, "Picture", "Work"), samples.entity(collection, "Dodo", "Object")
    seen = samples.statement(piece, picture, "DEPICTS", dodo, ABOUT)
    undated = samples.statement(piece, dodo, "MADE_OF", picture)
    samples.put(store, of, [piece], [Extraction(piece.id, statements=(seen, undated))])
    found = store.surroundings.depictions([dodo.id, picture.id, "nobody"])
    assert set(found) == {dodo.id, picture.id}
    assert (found[dodo.id].sha256, found[dodo.id].chunk.region) == ("ab" * 32, piece.region)
    assert store.surroundings.dates([seen.id, undated.id]) == {seen.id: [ABOUT]}


def test_graphs_are_joined_without_doubling() -> None:
    edge, together = Edge("a", "b", "MET", "s"), Edge("a", "b", "CO_OCCURS")
    graph = joined([Subgraph((), (edge,)), Subgraph((), (Edge("a", "b", "MET", "s", 0.5), together))])
    assert graph.edges == (edge, together)
