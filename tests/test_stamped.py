"""What is kept of a collection: read once, read anew when it changed, and never waited for long."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any, cast

import pytest

from graph import stamped
from graph.connection import Connection
from graph.stamped import Stamped


class Stamps:
    """Stands for a database of which only the stamps are read."""

    def __init__(self) -> None:
        self.stamps = {"a": 1, "b": 1}

    def read(self, _: str, /, collections: Sequence[str]) -> list[dict[str, Any]]:
        return [{"id": name, "corrected": 0, "stamp": self.stamps[name]} for name in collections if name in self.stamps]


class Reads:
    """A reading that can be held up."""

    def __init__(self, database: Stamps) -> None:
        self.database, self.times = database, 0
        self.go = threading.Event()
        self.go.set()

    def __call__(self, collections: Sequence[str]) -> str:
        self.times += 1
        said = " ".join(f"{name}{self.database.stamps.get(name)}" for name in sorted(collections))
        assert self.go.wait(60)
        return said


@pytest.fixture
def database() -> Stamps:
    return Stamps()


@pytest.fixture
def reads(database: Stamps, monkeypatch: pytest.MonkeyPatch) -> Reads:
    monkeypatch.setattr(stamped, "MIN_SECONDS_BETWEEN_LOADS", 0.0)
    return Reads(database)


def kept(database: Stamps, reads: Reads) -> Stamped[str]:
    return Stamped(cast("Connection", database), reads)


def test_it_is_read_once_per_change(database: Stamps, reads: Reads) -> None:
    what = kept(database, reads)
    assert [what.of(["a"]) for _ in range(3)] == ["a1"] * 3 and reads.times == 1
    database.stamps["a"] = 2
    assert what.of(["a"]) == what.of(["a"]) == "a2" and reads.times == 2
    assert what.of(["b", "a"]) == what.of(["a", "b"]) == "a2 b1" and reads.times == 3
    assert what.of(["nowhere"]) == "nowhereNone"


def test_a_long_reading_is_not_waited_for_and_comes_later(
    database: Stamps, reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamped, "PATIENCE", 0.01)
    what = kept(database, reads)
    assert what.of(["a"]) == "a1"
    reads.go.clear()
    database.stamps["a"] = 2
    assert [what.of(["a"]) for _ in range(3)] == ["a1"] * 3 and reads.times == 2, "one reading for all who ask"
    reads.go.set()
    deadline = time.monotonic() + 60
    while what.of(["a"]) != "a2":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_breaks_while_reading_is_told_and_tried_again(database: Stamps, reads: Reads) -> None:
    broken = [RuntimeError("gone")]

    def load(collections: Sequence[str]) -> str:
        if database.stamps["a"] == 2 and broken:
            raise broken.pop()
        return reads(collections)

    what: Stamped[str] = Stamped(cast("Connection", database), load)
    assert what.of(["a"]) == "a1"
    database.stamps["a"] = 2
    with pytest.raises(RuntimeError, match="gone"):
        what.of(["a"])
    assert what.of(["a"]) == "a2"
