"""Models that live in this process: loaded once, one caller at a time, unloaded to make room."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from llm import resident
from llm.errors import ModelBusy, NotEnoughMemory
from llm.resident import Plan, Report, hold, residents, unload


@dataclass
class Machine:
    """So much memory, and what lies in it: real bookkeeping, with numbers instead of models."""

    memory: int
    loaded: dict[str, int] = field(default_factory=dict)
    loads: list[str] = field(default_factory=list)
    fails: int = 0
    slow: float = 0.0

    @property
    def free(self) -> int:
        return self.memory - sum(self.loaded.values())

    def plan(self, key: str, size: int = 4) -> Plan[str]:
        def check(reclaimable: int) -> None:
            if size > self.free + reclaimable:
                raise NotEnoughMemory(model=key, needed=size, free=self.free, total=self.memory)

        def load(report: Report) -> str:
            report(0.5)
            time.sleep(self.slow)
            if self.fails:
                self.fails -= 1
                raise RuntimeError("a damaged file")
            self.loads.append(key)
            self.loaded[key] = size
            return key

        return Plan(key, key.title(), size, check, load, lambda model: self.loaded.__delitem__(model))


@pytest.fixture
def machine() -> Iterator[Machine]:
    others = {each.key for each in residents()}
    yield Machine(10)
    for each in residents():
        if each.key not in others:
            assert unload(each.key)


def use(plan: Plan[str]) -> str:
    with hold(plan) as model:
        return model


def keys(machine: Machine) -> set[str]:
    return {each.key for each in residents()} & {*machine.loads, *machine.loaded}


def test_a_model_is_loaded_once_and_stays(machine: Machine) -> None:
    assert [use(machine.plan("a")) for _ in range(3)] == ["a"] * 3
    assert machine.loads == ["a"]


def test_the_one_unused_for_longest_makes_room(machine: Machine) -> None:
    for key in ("a", "b", "a"):
        use(machine.plan(key))
    use(machine.plan("c"))
    assert set(machine.loaded) == keys(machine) == {"a", "c"}


def test_nothing_is_unloaded_for_one_that_cannot_fit_at_all(machine: Machine) -> None:
    use(machine.plan("a"))
    with pytest.raises(NotEnoughMemory, match="takes 11 GB"):
        use(machine.plan("giant", 11))
    assert set(machine.loaded) == keys(machine) == {"a"}


def test_one_that_is_in_use_is_not_unloaded(machine: Machine) -> None:
    with hold(machine.plan("a", 8)):
        assert not unload("a")
        with pytest.raises(NotEnoughMemory):
            use(machine.plan("b", 4))
        assert set(machine.loaded) == {"a"}
    assert unload("a") and not machine.loaded and not unload("a")


def test_many_callers_take_turns_and_load_it_once(machine: Machine) -> None:
    machine.slow = 0.05
    at_once, most = 0, 0

    def one(_: int) -> None:
        nonlocal at_once, most
        with hold(machine.plan("a")):
            at_once += 1
            most = max(most, at_once)
            time.sleep(0.005)
            at_once -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert machine.loads == ["a"] and most == 1


def test_who_waited_for_a_model_that_failed_loads_it_again(machine: Machine) -> None:
    machine.slow, machine.fails = 0.1, 1
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(use, machine.plan("a")) for _ in range(4)]
    errors = [future.exception() for future in asked]
    assert sum(error is not None for error in errors) == 1
    assert machine.loads == ["a"] and keys(machine) == {"a"}


def test_a_failure_leaves_no_trace(machine: Machine) -> None:
    machine.fails = 1
    with pytest.raises(RuntimeError, match="damaged"):
        use(machine.plan("a"))
    assert "a" not in {each.key for each in residents()}
    assert use(machine.plan("a")) == "a"


def test_loading_is_told_and_so_is_use(machine: Machine) -> None:
    machine.slow = 0.2
    thread = threading.Thread(target=use, args=(machine.plan("a"),))
    thread.start()
    deadline = time.monotonic() + 5
    while not any(each.key == "a" and each.share == 0.5 and each.busy for each in residents()):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    thread.join()
    (after,) = [each for each in residents() if each.key == "a"]
    assert after.share == 1.0 and not after.busy and resident.reclaimable() >= 4 and after.title == "A"


def test_a_generator_may_be_ended_by_another_thread(machine: Machine) -> None:
    def words() -> Iterator[str]:
        with hold(machine.plan("a")) as model:
            while True:
                yield model

    stream = words()
    assert next(stream) == "a"
    with ThreadPoolExecutor(1) as pool, closing(stream):  # type: ignore[type-var]
        assert pool.submit(next, stream).result() == "a"
        pool.submit(stream.close).result()  # type: ignore[attr-defined]
        assert use(machine.plan("a")) == "a"


def test_who_waits_too_long_is_told(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resident, "LONGEST_WAIT", 0.05)
    with hold(machine.plan("a")), ThreadPoolExecutor(1) as pool, pytest.raises(ModelBusy):
        pool.submit(use, machine.plan("a")).result()
    assert use(machine.plan("a")) == "a"


def test_one_that_was_unloaded_while_somebody_waited_is_loaded_for_them(machine: Machine) -> None:
    use(machine.plan("a"))
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(use, machine.plan("a")) for _ in range(50)]
        unloads = [pool.submit(unload, "a") for _ in range(50)]
    assert [future.result() for future in asked] == ["a"] * 50
    assert len(machine.loads) == 1 + sum(future.result() for future in unloads) - (not machine.loaded)
