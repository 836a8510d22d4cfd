"""Work that is looked for again and again: the thread ends when there is none, and nobody who asks is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from graph.errors import StoreError
from graph.rounds import Rounds
from tests.waiting import wait_for


def test_who_asks_while_the_last_look_goes_on_is_not_forgotten() -> None:
    looking, may_end = threading.Event(), threading.Event()
    seen: list[int] = []

    def look() -> bool:
        seen.append(len(seen))
        looking.set()
        return not may_end.wait(30)

    rounds = Rounds("test", 3600, look)
    rounds.ensure()
    assert looking.wait(30)
    # It is about to find nothing, and something comes at just this moment.
    rounds.ensure()
    may_end.set()
    wait_for(lambda: not rounds.running)
    assert seen == [0, 1]
    rounds.ensure()
    wait_for(lambda: not rounds.running)
    assert seen == [0, 1, 2]


def test_it_looks_again_while_there_is_work_and_begins_anew_after_the_database_was_gone() -> None:
    looks: Iterator[bool | StoreError] = iter([True, True, StoreError(detail="gone"), True, False])
    left = threading.Event()

    def look() -> bool:
        found = next(looks)
        if isinstance(found, StoreError):
            raise found
        if not found:
            left.set()
        return found

    rounds = Rounds("test", 0.01, look)
    rounds.ensure()
    wait_for(lambda: not rounds.running)
    assert not left.is_set()
    rounds.ensure()
    wait_for(lambda: not rounds.running)
    assert left.is_set()
