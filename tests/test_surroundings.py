"""What is drawn around entities, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from graph.part import Part
from graph.store import Store
from graph.surroundings import Surroundings, joined
from graph.types import ChunkKind, Collection, CoOccurrence, Edge, Entity, Extraction, Mention, Subgraph
from graph.ways import Filters
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
    among, more = store.surroundings.among([others[28].id, others[29].id, others[0].id])
    assert not more
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


def test_a_part_has_what_its_documents_kinds_and_time_say_and_nothing_else(store: Store, collection: str) -> None:
    store.documents.put_collection(Collection(collection, collection))
    worm, olaus, aarhus, tusk, whale = (
        samples.entity(collection, name, type_, 2)
        for name, type_ in (
            ("Ole Worm", "Person"),
            ("Olaus Wormius", "Person"),
            ("Aarhus", "Place"),
            ("Tusk", "Object"),
            ("Whale", "Object"),
        )
    )

    def put(name: str, language: str, who: Entity, other: Entity, about: Entity, when: When | None) -> str:
        of = replace(samples.document(collection, name), language=language)
        (piece,) = samples.chunks(of, [f"{name} says much."])
        first, second = sorted((who.id, about.id))
        mentions = tuple(Mention(piece.id, each) for each in (who, other, about))
        claims = (samples.statement(piece, who, "BORN_IN", other, when),)
        samples.put(store, of, [piece], [Extraction(piece.id, mentions, claims, (CoOccurrence(first, second, 3),))])
        return of.id

    german = put("german", "de", worm, aarhus, tusk, ABOUT)
    put("english", "en", olaus, tusk, whale, None)
    store.resolution.merge(worm.id, olaus.id)

    def part(**filters: Any) -> Surroundings:
        return store.surroundings.only(Part.of(store.claimed, Filters(**filters), [collection]))

    def around(graph: Surroundings) -> set[tuple[str, str]]:
        return {(edge.label, edge.target) for edge in graph.of(worm.id, 10).edges}

    claimed = ("BORN_IN", aarhus.id), ("BORN_IN", tusk.id)
    assert around(store.surroundings) == {*claimed, ("CO_OCCURS", whale.id)}
    assert around(part(documents=(german,))) == around(part(language="de")) == {claimed[0], ("CO_OCCURS", tusk.id)}
    assert around(part(language="en")) == {claimed[1], ("CO_OCCURS", whale.id)}, "the merged name leads there too"
    assert around(part(types=("Place",))) == {claimed[0]}
    assert around(part(earliest=16000101, latest=16601231)) == {claimed[0]}
    assert around(part(latest=15001231)) == set()
    english = part(language="en")
    assert english.counts([worm.id, aarhus.id]) == {worm.id: 1}
    assert [edge.target for edge in english.among([worm.id, aarhus.id, tusk.id])[0].edges] == [tusk.id]
    assert english.beginnings(5) == sorted([worm.id, tusk.id]) and not english.whole
    assert part(language="fr").beginnings(5) == [] and around(part(language="fr")) == set()
    bare = samples.document(collection, "bare")
    (piece,) = samples.chunks(bare, ["Nobody claims anything."])
    samples.put(store, bare, [piece], [Extraction(piece.id, (Mention(piece.id, whale), Mention(piece.id, aarhus)))])
    assert part(documents=(bare.id,)).beginnings(5) == sorted([whale.id, aarhus.id])
    assert part(documents=(bare.id,), types=("Place",)).beginnings(5) == [aarhus.id]


def test_graphs_are_joined_without_doubling() -> None:
    edge, together = Edge("a", "b", "MET", "s"), Edge("a", "b", "CO_OCCURS")
    graph = joined([Subgraph((), (edge,)), Subgraph((), (Edge("a", "b", "MET", "s", 0.5), together))])
    assert graph.edges == (edge, together)
