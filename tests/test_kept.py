"""What is read from whole collections and kept: exact in a small database, never waited for long in a large one."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import pytest

from graph import cypher, kept
from graph.connection import Connection
from graph.kept import PAGE, QUESTION, Kept
from graph.store import Store
from graph.types import Collection, Extraction, Mention
from settings import Settings
from tests import graph_samples as samples

HERE = ["a"]


class Database:
    """Stands for a database of which only the stamp is read."""

    def __init__(self) -> None:
        self.stamp, self.corrected = 1, 0

    def read(self, query: str, /, collections: Sequence[str] = ()) -> list[dict[str, Any]]:
        if query in cypher.SIZES:
            return [{"n": 5}]
        return [{"id": name, "corrected": self.corrected, "stamp": self.stamp} for name in collections if name in HERE]


class Reads:
    """A reading that can be held up, and breaks where it is told to."""

    def __init__(self, database: Database) -> None:
        self.database, self.times = database, 0
        self.breaks: list[Exception] = []
        self.go = threading.Event()
        self.go.set()

    def __call__(self, collections: Sequence[str], about: str) -> str:
        self.times += 1
        found = f"{about}{self.database.stamp}"
        assert self.go.wait(60)
        if self.breaks:
            raise self.breaks.pop()
        return found


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def reads(database: Database) -> Reads:
    return Reads(database)


@pytest.fixture
def what(database: Database, reads: Reads) -> Kept[str, str]:
    return Kept(cast("Connection", database), reads, PAGE._replace(seconds=0.0, old=0.0))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few count as many, and reading may begin again at once."""
    for name, value in (("SMALL", 15), ("SECONDS_BETWEEN", 0.0)):
        monkeypatch.setattr(kept, name, value)


def until(ask: Any, wanted: object) -> None:
    deadline = time.monotonic() + 60
    while ask() != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_of_a_small_database_all_is_read_once_per_change_and_always_new(
    database: Database, reads: Reads, what: Kept[str, str]
) -> None:
    for stamp in range(1, 4):
        database.stamp = stamp
        assert [what.of(HERE, "x") for _ in range(3)] == [f"x{stamp}"] * 3 and reads.times == stamp
    assert what.of(HERE, "y") == "y3" and what.of(HERE, "x") == "x3" and reads.times == 4
    assert what.of(["nowhere"], "x") == "x3" and reads.times == 5, "what has no stamp is not kept"


@pytest.mark.usefixtures("large")
def test_of_a_large_one_it_is_shown_as_it_was_until_it_is_read(
    database: Database, reads: Reads, what: Kept[str, str]
) -> None:
    assert what.of(HERE, "x") == "x1"
    reads.go.clear()
    database.stamp = 2
    assert [what.of(HERE, "x") for _ in range(3)] == ["x1"] * 3
    reads.go.set()
    until(lambda: what.of(HERE, "x"), "x2")
    assert reads.times == 2, "one reading for all who ask"


@pytest.mark.usefixtures("large")
def test_it_is_not_read_again_and_again_while_everything_changes(
    database: Database, reads: Reads, what: Kept[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    what.of(HERE, "x")
    database.stamp = 2
    until(lambda: what.of(HERE, "x"), "x2")
    monkeypatch.setattr(kept, "SECONDS_BETWEEN", 3600.0)
    database.stamp = 3
    assert what.of(HERE, "x") == "x2" and reads.times == 2
    monkeypatch.setattr(kept, "SECONDS_BETWEEN", 0.0)
    until(lambda: what.of(HERE, "x"), "x3")


@pytest.mark.usefixtures("large")
def test_a_question_waits_for_what_people_corrected_and_for_all_where_it_has_to(
    database: Database, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    what: Kept[str, str] = Kept(cast("Connection", database), reads, QUESTION)
    assert what.of(HERE, "x") == "x1"
    monkeypatch.setattr(kept, "SECONDS_BETWEEN", 3600.0)
    database.stamp = 2
    assert what.of(HERE, "x") == "x1" and what.of(HERE, "x", as_it_is=True) == "x2"
    database.stamp, database.corrected = 3, 1
    assert what.of(HERE, "x") == "x3" and reads.times == 3


@pytest.mark.usefixtures("large")
def test_nobody_waits_for_a_reading_that_takes_longer_than_they_would(database: Database, reads: Reads) -> None:
    what: Kept[str, str] = Kept(cast("Connection", database), reads, QUESTION._replace(seconds=30.0, old=30.0))
    assert what.of(HERE, "x") == "x1"
    (key, held), database.stamp = next(iter(what._held.items())), 2
    what._held[key] = replace(held, took=31.0, at=held.at - 3600.0)
    reads.go.clear()
    # Who waited would wait until it is there, since nobody lets it go on.
    assert what.of(HERE, "x") == "x1"
    until(lambda: reads.times, 2)
    reads.go.set()
    until(lambda: what.of(HERE, "x"), "x2")


@pytest.mark.usefixtures("large")
def test_after_a_pause_people_wait_a_little_longer_for_what_changed(database: Database, reads: Reads) -> None:
    what: Kept[str, str] = Kept(cast("Connection", database), reads, QUESTION._replace(seconds=0.0, old=30.0))
    assert what.of(HERE, "x") == "x1"
    (key, held), database.stamp = next(iter(what._held.items())), 2
    what._held[key] = replace(held, took=5.0, at=time.monotonic() - kept.OLD + 20)
    assert what.of(HERE, "x") == "x1"
    until(lambda: what.of(HERE, "x"), "x2")
    (key, held), database.stamp = next(iter(what._held.items())), 3
    what._held[key] = replace(held, took=5.0, at=time.monotonic() - kept.OLD)
    assert what.of(HERE, "x") == "x3"


def test_who_asks_after_a_change_does_not_get_what_was_begun_before_it(
    database: Database, reads: Reads, what: Kept[str, str]
) -> None:
    what.of(HERE, "x")
    reads.go.clear()
    database.stamp = 2
    with ThreadPoolExecutor(2) as pool:
        before = pool.submit(what.of, HERE, "x")
        while reads.times < 2:
            time.sleep(0.005)
        database.stamp = 3
        after = pool.submit(what.of, HERE, "x")
        reads.go.set()
        assert (before.result(60), after.result(60)) == ("x2", "x3")


def test_many_who_ask_first_wait_for_one_reading(reads: Reads, what: Kept[str, str]) -> None:
    reads.go.clear()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(what.of, HERE, "x") for _ in range(8)]
        while not reads.times:
            time.sleep(0.005)
        reads.go.set()
        assert {each.result(60) for each in asked} == {"x1"}
    assert reads.times == 1


def test_what_breaks_is_told_and_tried_again(reads: Reads, what: Kept[str, str]) -> None:
    reads.breaks = [RuntimeError("gone")]
    with pytest.raises(RuntimeError, match="gone"):
        what.of(HERE, "x")
    assert what.of(HERE, "x") == "x1"


def test_only_what_was_asked_for_last_is_kept(database: Database, reads: Reads) -> None:
    what = Kept(cast("Connection", database), reads, PAGE._replace(most=2))
    for about in "xyxzx":
        assert what.of(HERE, about) == f"{about}1"
    assert reads.times == 3
    assert what.of(HERE, "y") == "y1" and reads.times == 4


def test_of_what_took_long_to_read_only_the_last_is_kept(reads: Reads, what: Kept[str, str]) -> None:
    for about in "xyz":
        what.of(HERE, about)
    for key in [key for key in what._held if key[1] != "z"]:
        what._held[key] = replace(what._held[key], took=kept.LONG + 1)
    what.of(HERE, "w")
    assert [about for _, about in what._held] == ["y", "z", "w"] and what._reading.keys() == what._held.keys()


def test_figures_for_pages_are_those_of_the_database(store_target: Settings) -> None:
    collection = "tallies"
    with Store(store_target) as store:
        store.documents.put_collection(Collection(collection, collection))
        nothing = {"documents": 0, "chunks": 0, "entities": 0, "statements": 0}
        assert store.tallies.counts([collection]) == store.stats([collection]) == nothing
        before = store.tallies.state([collection])
        document = replace(samples.document(collection, "one"), language="de")
        chunks = samples.chunks(document, ["Ole Worm lived in Prague.", "Nothing."])
        store.documents.put([document], "read")
        assert store.tallies.counts([collection])["documents"] == 1
        store.documents.put_chunks(document, chunks, "read", "none")
        named = [samples.entity(collection, "Ole Worm", "Person", 1), samples.entity(collection, "Prague", "Place", 1)]
        store.claims.put([Extraction(chunks[0].id, tuple(Mention(chunks[0].id, e) for e in named))], collection)
        counts = store.tallies.counts([collection])
        assert counts == store.stats([collection]) == {**nothing, "documents": 1, "chunks": 2, "entities": 2}
        assert store.claimed.kinds([collection]) == ["Person", "Place"]
        assert store.claimed.languages([collection]) == ["de"] and store.tallies.state([collection]) != before
        assert [each.name for each in store.explore.most_connected([collection])] == ["Ole Worm", "Prague"]
        (shown_,) = store.documents.coverage([document], shown=True)
        assert shown_ == store.documents.coverage([document])[0] and shown_.entities == 2
        store.removal.remove(document.id, collection)
        assert store.tallies.counts([collection]) == nothing and store.claimed.kinds([collection]) == []
