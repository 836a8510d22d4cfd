"""Communities as discs, claims on a timeline, places on a map: what is computed for them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from graph.claim_graph import Claim, ClaimGraph, Stated
from graph.types import Edge, Node, Subgraph
from graph.when import When
from pages.parts import communities, outline, places_map, timeline
from pages.parts.outline import Frame

CLIQUES = 5


def store(size: int = 6, alone: bool = True) -> Any:
    """Cliques of people in a ring, the claims of a pair that stands apart, in as much of a store as is asked for."""
    stated = (Stated("c", "d", True, None, None),)
    pairs = []
    for clique in range(CLIQUES):
        members = [f"{clique}.{n}" for n in range(size)]
        pairs += [(a, b) for a in members for b in members if a < b]
        pairs.append((members[0], f"{(clique + 1) % CLIQUES}.0"))
    pairs += [("lone 1", "lone 2")] if alone else []
    claims = {f"{a}-{b}": Claim(f"{a}-{b}", a, b, ("Person", "Place"), 1.0, stated) for a, b in pairs}
    graph = ClaimGraph(claims)
    return SimpleNamespace(
        claimed=SimpleNamespace(graph=lambda collections, as_it_is: graph),
        shown=lambda name, load: SimpleNamespace(of=load),
        surroundings=SimpleNamespace(
            nodes=lambda ids: {id_: Node(id_, f"Name of {id_}", "Person") for id_ in ids},
            claims=lambda ids: Subgraph((), tuple(Edge(claims[i].subject, claims[i].object, "MET", i) for i in ids)),
        ),
    )


def test_the_map_counts_members_lines_and_what_stands_alone() -> None:
    found = communities.overview(store())
    assert len(found.drawing.graph.nodes) == CLIQUES and found.left_out == 0 and found.alone == 2
    assert {node.label.splitlines()[-1] for node in found.drawing.graph.nodes} == {"6"}
    assert sum(edge.weight for edge in found.drawing.graph.edges) == CLIQUES
    assert set(found.drawing.sizes) == set(found.drawing.places) == {node.id for node in found.drawing.graph.nodes}
    assert found.drawing.places == communities.overview(store()).drawing.places


def test_more_groups_than_fit_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(communities, "MOST_GROUPS", 2)
    found = communities.overview(store())
    assert len(found.drawing.graph.nodes) == 2 and found.left_out == CLIQUES - 2
    assert "3 smaller groups" in communities.told(found) and "2 belong to no group" in communities.told(found)


def test_the_members_of_a_group_are_those_that_belong_to_it() -> None:
    here = store()
    disc = communities.overview(here).drawing.graph.nodes[0].id
    found = communities.members(here, disc, 4)
    assert found is not None and found.total == 6 and len(found.drawing.graph.nodes) == 4
    assert {edge.label for edge in found.drawing.graph.edges} == {"MET"} and len(found.drawing.graph.edges) == 6
    assert len({id_.split(".")[0] for id_ in found.drawing.places}) == 1
    assert communities.members(here, "nobody", 4) is None


WORM = Node("w", "Ole Worm", "Person")
DATED = Subgraph(
    (WORM, Node("d", "13 May 1588", "Date"), Node("p", "Copenhagen", "Place"), Node("q", "long ago", "Date")),
    (
        Edge("w", "d", "BORN_ON", "s1"),
        Edge("w", "p", "LIVED_IN", "s2"),
        Edge("w", "q", "DATED", "s3"),
        Edge("w", "p", "CO_OCCURS"),
    ),
)
ABOUT = When("um 1620", "1620~", 16200101, 16201231)
BEFORE = When("vor 1612", "../1612", None, 16121231)


def test_dates_of_sources_and_claims_about_dates_stand_in_order() -> None:
    found = timeline.dated(DATED, {"s2": [ABOUT, BEFORE]})
    assert [(each.when.words, each.text) for each in found] == [
        ("13 May 1588", "Ole Worm · born on"),
        ("vor 1612", "Ole Worm · lived in · Copenhagen"),
        ("um 1620", "Ole Worm · lived in · Copenhagen"),
    ]
    line = timeline.axis(found)
    assert line.begin < 1588 and line.end > 1621 and line.ticks == (1590, 1600, 1610, 1620)
    day, open_, about = (timeline.bar(each.when, line) for each in found)
    assert day.width < 0.001 and not day.doubt and not day.open_left
    assert open_.open_left and open_.left == 0 and not open_.open_right
    assert about.doubt and 0.01 < about.width < 0.05 and about.left > day.left


@pytest.mark.parametrize(("year", "said"), [(1588, "1588"), (0, "1 BC"), (-43, "44 BC")])
def test_years_before_christ_are_counted_as_people_do(year: int, said: str) -> None:
    assert timeline._year(year) == said


def test_a_single_day_has_an_axis_too() -> None:
    only = timeline.dated(Subgraph(DATED.nodes, DATED.edges[:1]), {})
    line = timeline.axis(only)
    assert line.end - line.begin >= 2 and len(line.ticks) >= 1


def test_places_are_put_where_a_claim_says_or_where_that_name_is() -> None:
    nodes = (Node("g", "Goa", "Place"), Node("x", "Nowhere", "Place"), Node("c", "15.3, 74.1", "Thing"), WORM)
    graph = Subgraph(nodes, (Edge("x", "c", "HAS_COORDINATES", "s"), Edge("w", "g", "VISITED", "t")))
    found = places_map.placed(graph, nodes[:2], {"g": ("Somewhere", "GOA")})
    assert {(each.node.id, each.claimed, each.point) for each in found} == {
        ("g", False, (73.83, 15.5)),
        ("x", True, (74.1, 15.3)),
    }


@pytest.mark.parametrize("text", ["", "48.1", "91, 0", "0, 181", "a, b", "1, 2, 3", "nan, 5"])
def test_what_are_no_coordinates_is_no_place(text: str) -> None:
    assert outline.read(text) is None


@pytest.mark.parametrize(
    "points", [[(12.5, 41.9)], [(-180.0, -80.0), (180.0, 85.0)], [(14.4, 50.1), (73.8, 15.5)], [(179.9, 70.0)]]
)
def test_every_place_is_inside_of_the_map(points: list[tuple[float, float]]) -> None:
    frame = outline.around(points)
    assert all(0 <= share <= 1 for point in points for share in frame.at(point)[:1])
    assert frame.west >= -180 and frame.east <= 180 and frame.east > frame.west and frame.north > frame.south


def test_the_outline_is_an_address_without_any_other_machine() -> None:
    drawn = outline.land(Frame(0, 40, 20, 60), "#fff", "#000")
    assert drawn.startswith("data:image/svg+xml;base64,") and len(drawn) < 60_000
