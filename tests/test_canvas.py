"""The graph on Explore: where everything stands, what the browser gets, and what is believed of what comes back."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as example
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from streamlit.testing.v1 import AppTest

from graph.types import Edge, Node, Subgraph
from pages.parts import canvas, layout, layout_large
from pages.parts.canvas import Did, read
from pages.parts.scene import MAX_OPEN, Scene, place

IDS = frozenset({"a", "b", "c"})


def star(leaves: int) -> Subgraph:
    nodes = tuple(Node(f"n{n:04}", f"Name {n}", "Thing") for n in range(leaves + 1))
    return Subgraph(nodes, tuple(Edge("n0000", node.id, "MET", node.id) for node in nodes[1:]))


def crowd(count: int, seed: int = 3) -> Subgraph:
    dice = np.random.default_rng(seed)
    nodes = tuple(Node(f"n{n:04}", f"Name {n}", "Thing") for n in range(count))
    edges = [Edge(nodes[n].id, nodes[int(dice.integers(n))].id, "MET") for n in range(1, count)]
    edges += [Edge(nodes[int(a)].id, nodes[int(b)].id, "MET") for a, b in dice.integers(count, size=(count // 3, 2))]
    return Subgraph(nodes, tuple(edges))


@pytest.mark.parametrize("graph", [star(1), star(200), star(5_000), crowd(161), crowd(700)], ids=lambda g: len(g.nodes))
def test_large_graphs_get_places_of_their_own(graph: Subgraph) -> None:
    places = layout.positions(graph, 1.3)
    points = np.array([places[node.id] for node in graph.nodes])
    assert np.isfinite(points).all() and len(places) == len(graph.nodes)
    close = len(cKDTree(points).query_pairs(0.5 * layout_large.SPACE))
    assert close <= 0.05 * len(points)
    assert places == layout.positions(graph, 1.3)


def test_a_hub_of_thousands_is_a_sunflower_around_it() -> None:
    places = layout.positions(star(5_000), 1.3)
    hub = np.array(places["n0000"])
    far = np.linalg.norm(np.array(list(places.values())) - hub, axis=1)
    assert far.max() < 1.1 * layout_large.SPACE * 5_000**0.5 and np.sort(far)[1] > 0.5 * layout_large.SPACE


def test_what_is_joined_stands_nearer_than_what_is_not() -> None:
    graph = crowd(600)
    places = layout.positions(graph, 1.3)
    joined = [np.hypot(*np.subtract(places[e.source], places[e.target])) for e in graph.edges]
    every = np.array(list(places.values()))
    apart = np.linalg.norm(every[:, None] - every[None], axis=2)
    assert np.mean(joined) < 0.6 * apart[np.triu_indices(len(every), 1)].mean()


def test_discs_do_not_cover_each_other_and_lonely_ones_have_a_place() -> None:
    room = np.array([40.0, 60.0, 120.0, 50.0, 70.0, 45.0])
    places = layout_large.discs(np.array([[0, 1], [1, 2], [3, 4]]), room)
    for a, b in itertools.combinations(range(6), 2):
        assert np.linalg.norm(places[a] - places[b]) > 0.9 * (room[a] + room[b])


@example(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1), st.integers(1, 60))
def test_new_ones_stand_free_and_nobody_else_moves(parents: list[str], count: int) -> None:
    places = {id_: (300.0 * n, 40.0 * (n % 3)) for n, id_ in enumerate(parents)}
    before = dict(places)
    new = [f"new{n}" for n in range(count)]
    holders = {id_: [parents[n % len(parents)]] for n, id_ in enumerate(new)}
    found = layout.near(places, new, holders)
    assert places == before and list(found) == new
    every = list((places | found).values())
    for (ax, ay), (bx, by) in itertools.combinations(every, 2):
        assert abs(ax - bx) >= 0.89 * layout.WIDE or abs(ay - by) >= 0.89 * layout.HIGH or (ax, ay) in before.values()
    assert found == layout.near(places, new, holders)


def test_what_is_opened_comes_beside_and_what_is_folded_leaves() -> None:
    scene = Scene()
    first = star(6)
    place(scene, first)
    before = dict(scene.places)
    more = Subgraph(
        (*first.nodes, Node("x", "X", "Thing"), Node("y", "Y", "Thing")),
        (*first.edges, Edge("n0003", "x", "MET"), Edge("x", "y", "MET")),
    )
    scene.open("n0003")
    place(scene, more)
    assert {id_: scene.places[id_] for id_ in before} == before
    assert np.hypot(*np.subtract(scene.places["x"], before["n0003"])) < 6 * layout.WIDE
    place(scene, first)
    assert scene.places == before


def test_a_scene_keeps_to_its_limits_and_what_was_done_to_it() -> None:
    scene = Scene()
    for n in range(MAX_OPEN + 3):
        scene.open(str(n))
    assert scene.opened == [str(n) for n in range(3, MAX_OPEN + 3)] and scene.gave_way == ["2"]
    scene.apply(Did("pin", ("a",), True, {"a": (1.0, 2.0)}))
    scene.apply(Did("hide", ("b", "c")))
    assert scene.pinned == {"a"} and scene.hidden == {"b", "c"} and scene.places["a"] == (1.0, 2.0)
    scene.apply(Did("pin", ("a",), False))
    scene.apply(Did("unhide"))
    assert not scene.pinned and not scene.hidden
    before = scene.limit("5")
    scene.more("5")
    assert scene.limit("5") > before
    scene.open("5")
    assert scene.limit("5") == before and scene.opened[-1] == "5"
    scene.renew()
    assert scene.opened == [] and scene.places == {} and scene.number == 1


@pytest.mark.parametrize(
    ("said", "done"),
    [
        ({"what": "select", "id": "a"}, Did("select", ("a",))),
        ({"what": "pin", "ids": ["a", "z"], "on": False}, Did("pin", ("a",), False)),
        (
            {"what": "hide", "ids": ["b"], "places": {"b": [1, 2], "z": [1, 2]}},
            Did("hide", ("b",), True, {"b": (1, 2)}),
        ),
        ({"what": "hide", "ids": ["b"], "places": {"b": ["1", 2]}}, Did("hide", ("b",))),
        ({"what": "hide", "ids": ["b"], "places": {"b": [1, 2, 3], "a": [1e9, 0]}}, Did("hide", ("b",))),
        ({"what": "unhide"}, Did("unhide")),
        ({"what": "select", "id": "z"}, None),
        ({"what": "select", "ids": 7}, None),
        ({"what": "delete", "id": "a"}, None),
        ("select", None),
        (None, None),
    ],
)
def test_the_browser_is_believed_only_what_was_drawn(said: Any, done: Did | None) -> None:
    assert read(said, IDS) == done


def sent() -> None:
    import json

    import streamlit as st

    from graph.types import Edge, Node, Subgraph
    from pages.parts.canvas import Drawing, content

    name = "</script><img src=x onerror=alert(1)> " + "long " * 90
    nodes = (Node("a", name, "Person"), Node("b", "שלום\u202e", "Bird"), Node("c", "Only", ""))
    edges = (
        Edge("a", "b", "BORN_IN", "s1"),
        Edge("a", "b", "MET", "s2"),
        Edge("b", "a", "CO_OCCURS"),
        Edge("c", "c", "MET"),
        Edge("c", "gone", "MET"),
    )
    drawing = Drawing(Subgraph(nodes, edges), {"a": (0, 0), "b": (5, 7), "c": (9, 9)}, "1", hidden=frozenset("b"))
    st.text(json.dumps(content(drawing, 500)))


def test_what_is_sent_is_short_plain_and_in_the_language() -> None:
    app = AppTest.from_function(sent)
    app.context = {"locale": "de-DE", "theme": "dark"}
    told = json.loads(app.run().text[0].value)
    assert [edge["label"] for edge in told["edges"]] == ["geboren in, traf", ""]
    assert told["edges"][0]["weight"] == 2 and told["edges"][1]["together"] is True and len(told["edges"]) == 2
    assert len(told["nodes"][0]["label"]) <= 30 < len(told["nodes"][0]["full"]) <= 300
    assert told["nodes"][1]["label"] == "שלום" and told["nodes"][1]["hidden"] is True
    assert "hidden" not in told["nodes"][0]
    assert told["palette"] == canvas.PALETTES["dark"] and told["words"]["open"] == "Aufklappen"
    assert told["words"]["canvas"].startswith("Bild von 3 ") and told["base"] == "/app/static/canvas"
