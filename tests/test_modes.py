"""From one thing to another, the whole, and what suits a question: chains and themes with their sources, bounded."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest

from graph.claim_graph import Claim, ClaimGraph, Stated
from graph.store import Store
from graph.types import Extraction, Mention, Mode, Retrieved
from graph.ways import Filters, Reason
from graph.when import When
from llm import paths
from llm.choose import connects, overlooks
from llm.modes import EVERYTHING, QueryNeeded, find
from llm.paths import MOST_STEPS, ways
from llm.retrieve import EmptyQuestion
from llm.themes import groups
from settings import Settings
from tests import graph_samples as samples

HERE = "modes"
CLAIMS = (
    ("Ole Worm", "STUDIED_IN", "Padua", "Ole Worm studied in Padua.", When("1605", "1605", 16050101, 16051231)),
    ("Athanasius Kircher", "CORRESPONDED_WITH", "Thomas Bartholin", "Kircher wrote to Thomas Bartholin.", None),
    ("Thomas Bartholin", "SIBLING_OF", "Ole Worm", "Bartholin was a nephew of Ole Worm.", None),
    ("Athanasius Kircher", "TAUGHT_AT", "Collegio Romano", "Kircher taught at the Collegio Romano.", None),
    ("Collegio Romano", "LOCATED_IN", "Rome", "The Collegio Romano stands in Rome.", None),
    ("Rudolf II", "LIVED_IN", "Prague", "Rudolf II lived in Prague.", When("1583", "1583", 15830101, 15831231)),
    ("Rudolf II", "EMPLOYED", "Arcimboldo", "Rudolf II employed Arcimboldo.", None),
    ("Arcimboldo", "WORKED_IN", "Prague", "Arcimboldo worked in Prague.", None),
)


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        made = []
        for n, (a, predicate, b, text, when) in enumerate(CLAIMS):
            of = samples.document(HERE, f"source {n}")
            (piece,) = samples.chunks(of, [text])
            kind = "Place" if predicate.endswith("_IN") else "Person"
            ends = (samples.entity(HERE, a, "Person", 2), samples.entity(HERE, b, kind, 2))
            claim = samples.statement(piece, ends[0], predicate, ends[1], when)
            samples.put(
                opened, of, [piece], [Extraction(piece.id, tuple(Mention(piece.id, e) for e in ends), (claim,))]
            )
            made.append(of)
        yield opened
        for of in made:
            opened.removal.remove(of.id, HERE)


def ask(store: Store, question: str, mode: Mode = Mode.AUTO, filters: Filters = EVERYTHING) -> Retrieved:
    return find(store, None, question, mode, 8, [HERE], filters)


def told(found: Retrieved) -> list[list[str]]:
    return [[station.name for station in chain.stations] for chain in found.way.chains]


@pytest.mark.parametrize(
    "question",
    [
        "How is Ole Worm connected with Athanasius Kircher?",
        "Wie hängen Ole Worm und Athanasius Kircher zusammen?",
        "Welche Verbindung gibt es zwischen Worm und Kirchers Arbeit?",
    ],
)
def test_two_names_and_a_connecting_word_give_the_chain_with_its_sources(store: Store, question: str) -> None:
    found = ask(store, question)
    assert found.mode is Mode.PATH and found.way.reason is Reason.TWO_NAMES
    assert told(found) == [["Ole Worm", "Thomas Bartholin", "Athanasius Kircher"]]
    by_number = {piece.n: piece for piece in found.evidence}
    assert sorted(by_number) == [1, 2]
    for (step,) in found.way.chains[0].steps:
        assert step.quote and step.quote in by_number[step.n].chunk.text
        assert by_number[step.n].chunk.page == 1 and by_number[step.n].chunk.region
        assert by_number[step.n].why == (f"claim: {step.text}",)
    assert {edge.statement for edge in found.subgraph.edges} == {s.statement for (s,) in found.way.chains[0].steps}


def test_what_is_not_connected_or_not_named_is_said(store: Store) -> None:
    none = ask(store, "How is Ole Worm connected with Rudolf II?", Mode.PATH)
    assert (none.way.reason, none.way.names, none.evidence) == (Reason.NO_CHAIN, ("Ole Worm", "Rudolf II"), ())
    assert none.way.claims == len(CLAIMS) and none.searched.documents == len(CLAIMS)
    one = ask(store, "How is Ole Worm connected?", Mode.PATH)
    assert (one.way.reason, one.way.names) == (Reason.NOT_NAMED, ("Ole Worm",))
    nowhere = find(store, None, "Ole Worm and Rome", Mode.PATH, 8, ["nowhere"])
    assert (nowhere.way.reason, nowhere.way.claims) == (Reason.NO_CLAIMS, 0)
    assert ask(store, "How is Ole Worm connected with Rudolf II?").way.reason is Reason.NO_CHAIN


@pytest.mark.parametrize("question", ["What are these documents about?", "Worum geht es in diesen Texten?"])
def test_a_question_on_the_whole_gives_themes_with_their_strongest_claims(store: Store, question: str) -> None:
    found = ask(store, question)
    assert found.mode is Mode.GLOBAL and found.way.reason is Reason.WHOLE
    names = [{name.name for name in theme.names} for theme in found.way.themes]
    assert {"Rudolf II", "Prague", "Arcimboldo"} in names
    assert all(not {"Rudolf II", "Ole Worm"} <= each for each in names)
    numbers = {piece.n: piece.chunk.text for piece in found.evidence}
    assert all(step.quote in numbers[step.n] for theme in found.way.themes for step in theme.claims)
    again = ask(store, question)
    assert again.way == found.way and again.evidence == found.evidence


def test_other_questions_go_as_before_and_say_why(store: Store) -> None:
    assert ask(store, "Who employed Arcimboldo?").way.reason is Reason.CONNECTED
    assert ask(store, "Give an overview of the life of Rudolf II").mode is not Mode.GLOBAL
    assert ask(store, "Who employed Arcimboldo?", Mode.HYBRID).way.reason is Reason.ASKED
    with pytest.raises(QueryNeeded):
        ask(store, "x", Mode.CYPHER)
    with pytest.raises(EmptyQuestion):
        ask(store, " ", Mode.PATH)


def test_filters_narrow_every_way(store: Store) -> None:
    only = Filters(documents=(samples.document(HERE, "source 5").id, samples.document(HERE, "source 6").id))
    for mode in (Mode.HYBRID, Mode.GRAPH, Mode.GLOBAL):
        found = ask(store, "Rudolf II in Prague", mode, only)
        titles = {piece.title for piece in found.evidence}
        assert titles and titles <= {"source 5", "source 6"}, mode
        assert (found.searched.documents, found.searched.chunks) == (2, 2), mode
    question = "How is Ole Worm connected with Athanasius Kircher?"
    assert ask(store, question, Mode.PATH, only).way.reason is Reason.NO_CHAIN
    early = Filters(latest=15991231)
    for mode in (Mode.HYBRID, Mode.GRAPH):
        found = ask(store, "Who lived or studied in Prague or Padua?", mode, early)
        assert [piece.title for piece in found.evidence] == ["source 5"]
    kinds = {piece.title for piece in ask(store, "Rudolf II", Mode.HYBRID, Filters(types=("Place",))).evidence}
    assert kinds == {"source 5"}
    assert ask(store, "Rudolf II", Mode.HYBRID, Filters(language="de")).evidence == ()
    nothing = ask(store, "Rudolf II", Mode.GLOBAL, Filters(language="de"))
    assert nothing.evidence == () and nothing.searched.documents == 0


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is the relationship between Worm and Kircher?", (True, False)),
        ("In welcher Beziehung standen Worm und Kircher?", (True, False)),
        ("Who founded the museum in Copenhagen?", (False, False)),
        ("What are the main themes?", (False, True)),
        ("Gib mir einen Überblick", (False, True)),
        ("Wovon handeln die Quellen?", (False, True)),
        ("Was ist ein Kabinett?", (False, False)),
    ],
)
def test_words_tell_the_way(question: str, expected: tuple[bool, bool]) -> None:
    assert (connects(question), overlooks(question)) == expected


def graph_of(*pairs: tuple[str, str]) -> ClaimGraph:
    stated = (Stated("c", "d", True, None, None),)
    return ClaimGraph({f"{a}-{b}": Claim(f"{a}-{b}", a, b, ("Thing", "Thing"), 1.0, stated) for a, b in pairs})


def test_a_way_goes_round_what_everything_is_joined_to() -> None:
    hub = [("hub", f"x{n}") for n in range(200)]
    graph = graph_of(("a", "hub"), ("hub", "b"), ("a", "p"), ("p", "q"), ("q", "b"), *hub)
    assert ways(graph, "a", "b")[0] == ("a", "p", "q", "b")
    assert ways(graph, "a", "x1") == [("a", "hub", "x1")]


def test_no_way_is_cheaper_than_the_first() -> None:
    """What is passed over because nothing cheap can come of it: here all ways are looked at."""
    for seed in range(40):
        dice = random.Random(seed)
        names = [f"n{number}" for number in range(9)]
        ends = [sorted(dice.sample(names, 2)) for _ in range(dice.randint(6, 18))]
        pairs = {(a, b) for a, b in ends}
        pairs |= {("hub", name) for name in dice.sample(names, 6)}
        graph = graph_of(*sorted(pairs))
        begin, end = dice.sample(sorted(graph.around), 2)
        every: list[tuple[str, ...]] = [(begin,)]
        for way in every:
            every += [(*way, other) for other in graph.around[way[-1]] if other not in way and way[-1] != end]
        for steps in (2, 4):
            short = [way for way in every if way[-1] == end and len(way) - 1 <= steps]
            found = paths.ways(graph, begin, end, steps=steps)
            assert bool(found) == bool(short), seed
            assert set(found) <= set(short), seed
            if short:
                costs = [paths._cost(graph, way) for way in short]
                assert paths._cost(graph, found[0]) == pytest.approx(min(costs)), seed


def test_ways_are_bounded_and_end() -> None:
    line = [(f"n{n}", f"n{n + 1}") for n in range(MOST_STEPS + 1)]
    graph = graph_of(*line)
    assert len(ways(graph, "n0", f"n{MOST_STEPS}")[0]) == MOST_STEPS + 1
    assert ways(graph, "n0", f"n{MOST_STEPS + 1}") == []
    assert ways(graph, "n0", "unknown") == [] and ways(graph_of(), "a", "b") == []
    dense = graph_of(*((f"v{a}", f"v{b}") for a in range(60) for b in range(a)))
    found = ways(dense, "v0", "v59")
    assert found[0] == ("v0", "v59") and len(found) <= 3


def test_groups_are_the_same_each_time_and_leave_nothing_joined_out() -> None:
    pairs = [(f"{side}{a}", f"{side}{b}") for side in "ab" for a in range(6) for b in range(a)]
    first = groups(graph_of(*pairs, ("a0", "b0"), ("leaf", "a1")))
    assert [set(group.entities) for group in first] == [
        {*(f"a{n}" for n in range(6)), "leaf"},
        {f"b{n}" for n in range(6)},
    ]
    assert groups(graph_of(*reversed(pairs), ("leaf", "a1"), ("a0", "b0"))) == first


def test_what_is_worked_out_from_a_graph_is_there_for_all_who_ask_at_once() -> None:
    """Many narrowed graphs throw one another out, and nobody misses what somebody else threw out."""
    graph, made, missed = graph_of(("a", "b"), ("b", "c")), [], []

    def work(name: str) -> str:
        made.append(name)
        time.sleep(0.001)
        return name

    def ask() -> None:
        for n in range(60):
            if graph.once(n, partial(work, f"{n}")) != f"{n}":
                missed.append(n)

    asking = [threading.Thread(target=ask) for _ in range(6)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert not missed and set(made) == {f"{n}" for n in range(60)} and len(graph.kept) < 60
