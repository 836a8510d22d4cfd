"""Many calls at once: as many as the server takes, none held up by a slow one, none lost, none twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.calls import ALWAYS_TWICE, ATTEMPTS, TRIED_AGAIN, Calls, Done
from ingest.pace import Pace
from llm.errors import BadKey, NotUnderstood, ProviderFailed, RateLimited


class Server:
    """Answers after `seconds`, at most so many at once; what is one too many is refused."""

    def __init__(self, seconds: float = 0.05, most: int = 100) -> None:
        self.seconds, self.most = seconds, most
        self.at_once = self.peak = self.asked = 0
        self.refused = 0
        self._lock = threading.Lock()

    def work(self, number: int, seconds: float | None = None) -> Callable[[], int]:
        def ask() -> int:
            with self._lock:
                self.asked += 1
                if self.at_once >= self.most:
                    self.refused += 1
                    raise RateLimited(server="s", seconds=0)
                self.at_once += 1
                self.peak = max(self.peak, self.at_once)
            try:
                time.sleep(self.seconds if seconds is None else seconds)
                return number
            finally:
                with self._lock:
                    self.at_once -= 1

        return ask


def all_of(calls: Calls[int, int], within: float = 20) -> dict[int, int | BaseException]:
    end = time.monotonic() + within
    found: dict[int, int | BaseException] = {}
    while len(calls):
        assert time.monotonic() < end, f"{len(calls)} never came"
        for done in calls.done(0.2):
            assert done.key not in found, "twice"
            found[done.key] = done.result
    return found


def test_as_many_at_once_as_may_be_and_no_more() -> None:
    server, calls = Server(0.05), Calls[int, int](Pace(8))
    began = time.monotonic()
    for number in range(40):
        calls.add(number, server.work(number))
    assert all_of(calls) == {n: n for n in range(40)}
    assert server.peak == 8 and 0.25 <= time.monotonic() - began < 1.5


def test_a_server_that_takes_fewer_is_not_pressed_and_nothing_is_lost() -> None:
    server, calls = Server(0.03, most=3), Calls[int, int](Pace(16))
    for number in range(120):
        calls.add(number, server.work(number))
    assert all_of(calls, 60) == {n: n for n in range(120)}
    # About 80; where it does not slow down, about 260.
    assert server.peak <= 3 and server.refused < 160, "it learns how many are taken"


def test_a_slow_one_holds_no_other_up_and_a_forgotten_one_is_asked_again() -> None:
    calls = Calls[int, int](Pace(2))
    server = Server(0.02)
    for number in range(20):
        calls.add(number, server.work(number))
    all_of(calls)
    asked: list[float] = []

    def forgotten() -> int:
        asked.append(time.monotonic())
        time.sleep(30 if len(asked) == 1 else 0.02)
        return 99

    calls.add(99, forgotten)
    for number in range(20, 40):
        calls.add(number, server.work(number))
    began = time.monotonic()
    assert all_of(calls) == {99: 99} | {n: n for n in range(20, 40)}
    assert len(asked) == 2 and asked[1] - asked[0] >= 1.0 and time.monotonic() - began < 6


@pytest.mark.parametrize(
    ("error", "times"),
    [
        (ProviderFailed(server="s", status=500), ATTEMPTS),
        (NotUnderstood(model="m", detail="x"), TRIED_AGAIN),
        (BadKey(server="s", variable="K"), 1),
        (RuntimeError("a bug"), 1),
    ],
)
def test_trouble_is_tried_again_as_often_as_it_is_worth(
    monkeypatch: pytest.MonkeyPatch, error: Exception, times: int
) -> None:
    monkeypatch.setattr("ingest.calls._FIRST_PAUSE", 0.01)
    tried: list[int] = []

    def work() -> int:
        tried.append(1)
        raise error

    calls = Calls[int, int](Pace(4))
    calls.add(1, work)
    assert all_of(calls) == {1: error} and len(tried) == times
    tried.clear()

    def passes() -> int:
        tried.append(1)
        if len(tried) < times:
            raise error
        return 7

    calls.add(2, passes)
    assert all_of(calls) == {2: 7}


@pytest.mark.parametrize("refused", [1, 4])
def test_what_the_server_asks_for_is_obeyed(refused: int) -> None:
    tried: dict[int, list[float]] = {}
    together = threading.Barrier(refused, timeout=20)

    def ask(number: int) -> Callable[[], int]:
        def work() -> int:
            times = tried.setdefault(number, [])
            if number < refused and not times:
                together.wait()
                times.append(time.monotonic())
                raise RateLimited(server="s", seconds=1)
            times.append(time.monotonic())
            return number

        return work

    calls = Calls[int, int](Pace(4))
    for number in range(refused):
        calls.add(number, ask(number))
    assert calls.done(0.2) == []
    calls.add(9, ask(9))
    assert all_of(calls) == {n: n for n in (*range(refused), 9)}
    assert all(tried[n][1] - tried[n][0] >= 1.0 for n in range(refused))
    everybody = refused > 1
    assert (tried[9][0] - tried[0][0] >= 1.0) is everybody, "one refusal says nothing about the others"


def test_an_answer_of_no_use_is_asked_for_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.calls._FIRST_PAUSE", 30.0)
    answers = iter([NotUnderstood(model="m", detail="x"), None])

    def work() -> int:
        if problem := next(answers):
            raise problem
        return 7

    calls = Calls[int, int](Pace(4))
    calls.add(1, work)
    assert calls.done(20.0) == [Done(1, 7)], "the server is well: only its trouble is waited out"


def test_what_nobody_wants_any_more_is_not_told() -> None:
    server, calls = Server(0.05), Calls[int, int](Pace(1))
    for number in range(3):
        calls.add(number, server.work(number))
    calls.drop(0)
    calls.drop(2)
    calls.drop(77)
    assert all_of(calls) == {1: 1} and server.asked == 2


@given(st.lists(st.sampled_from(["well", "slow"]), max_size=60), st.integers(1, 32))
def test_the_pace_stays_between_one_and_its_most(events: list[str], most: int) -> None:
    pace, now = Pace(most), 100.0
    for event in events:
        now += 1.0
        if event == "well":
            pace.went_well(0.5)
        else:
            before = pace.limit
            pace.slow_down(now - 0.5, now, 0.0)
            assert pace.limit <= max(1, before)
        assert 1 <= pace.limit <= most
        assert pace.may_start(0, now) and not pace.may_start(most, now)


def test_calls_refused_together_slow_the_pace_once() -> None:
    pace = Pace(16)
    for _ in range(7):
        pace.slow_down(started=1.0, now=2.0, wait=3.0)
    assert pace.limit == 11 and not pace.may_start(0, 4.9) and pace.may_start(0, 5.0)
    for _ in range(5):
        pace.slow_down(started=6.0, now=7.0, wait=0.0)
    assert pace.limit == 7
    for _ in range(11):
        pace.went_well(1.0)
    assert 9 <= pace.limit <= 10, "quickly back to just below where it was refused"
    for _ in range(12):
        pace.went_well(1.0)
    assert 10 <= pace.limit <= 11, "and slowly on from there"


def test_one_refused_among_many_that_are_answered_stops_nobody_else() -> None:
    pace = Pace(16)
    for number in range(100):
        if number % 8:
            pace.went_well(1.0)
        else:
            pace.slow_down(started=float(number), now=number + 1.0, wait=20.0)
        assert pace.limit == 16 and pace.may_start(15, number + 1.0)


def test_late_is_what_takes_much_longer_than_nearly_all_others() -> None:
    pace = Pace(4)
    assert pace.late_after() is None, "nothing is known yet"
    for number in range(60):
        pace.went_well(10.0 if number % 10 == 0 else 2.0)
    assert pace.late_after() == pytest.approx(15.0), "one in ten takes that long: no reason to ask twice"
    assert pace.late_after(at_the_end=True) == pytest.approx(13.0), "all wait for it, and places are free"
    for _ in range(60):
        pace.went_well(0.1)
    assert pace.late_after() == pace.late_after(at_the_end=True) == 1.0, "a second is no time"
    assert Pace(1).late_after() is None


def test_where_everything_is_slow_only_some_are_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.pace._SOONEST", 0.05)
    calls, server = Calls[int, int](Pace(8)), Server(0.005)
    for number in range(16):
        calls.add(number, server.work(number))
    all_of(calls)
    for number in range(100, 140):
        calls.add(number, server.work(number, 0.3))
    all_of(calls)
    assert server.asked <= 56 + ALWAYS_TWICE + 3
