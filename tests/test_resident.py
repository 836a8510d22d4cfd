"""Models that live in this process: loaded once, one caller at a time, unloaded to make room."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from llm import memory, resident
from llm.errors import ModelBusy, NotEnoughMemory
from llm.memory import NO_ROOM, Memory, Room
from llm.resident import Plan, Report, Way, hold, residents, unload


@dataclass
class Machine:
    """So much memory, a card or none, and what lies in them: real bookkeeping, with numbers instead of models."""

    memory: int
    card: int = 0
    loaded: dict[str, Room] = field(default_factory=dict)
    loads: list[str] = field(default_factory=list)
    fails: int = 0
    slow: float = 0.0

    @property
    def free(self) -> Memory:
        taken = sum(self.loaded.values(), NO_ROOM)
        return Memory(self.memory - taken.ram, self.memory, self.card - taken.gpu, self.card, "card")

    def plan(self, key: str, size: int = 4, modest: bool = False) -> Plan[str]:
        """A model that takes `size` wherever it lies; a modest one puts no other off the card."""

        def find(reclaimable: Room) -> Way[str]:
            free, gpu = self.free, 0 if modest else reclaimable.gpu
            if size <= free.gpu_free + gpu:
                return Way(Room(gpu=size), 0, lambda report: load(report, Room(gpu=size)))
            if size <= free.ram_free + reclaimable.ram:
                return Way(Room(ram=size), 1, lambda report: load(report, Room(ram=size)))
            raise NotEnoughMemory(model=key, needed=size, free=free.ram_free, total=self.memory)

        def load(report: Report, place: Room) -> str:
            report(0.5)
            time.sleep(self.slow)
            if self.fails:
                self.fails -= 1
                raise RuntimeError("a damaged file")
            self.loads.append(key)
            self.loaded[key] = place
            return key

        return Plan(key, key.title(), size, find, lambda model: self.loaded.__delitem__(model))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    others = {each.key for each in residents()}
    machine = Machine(10)
    # The card of this computer, as far as there is one, is another.
    monkeypatch.setattr(memory, "here", lambda: machine.free)
    yield machine
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


def test_what_lies_on_the_card_takes_no_main_memory(machine: Machine) -> None:
    machine.card = 10
    for key in ("a", "b"):
        use(machine.plan(key))
    assert resident.reclaimable("a") == Room(gpu=4) and resident.reclaimable() == Room(gpu=8)
    assert {each.key: each.taken for each in residents()} == {"a": Room(gpu=4), "b": Room(gpu=4)}
    with pytest.raises(NotEnoughMemory):
        use(machine.plan("giant", 11))
    assert set(machine.loaded) == {"a", "b"}, "what is on the card makes no room in main memory"


def test_one_that_is_idle_leaves_the_card_to_the_next_and_others_stay(machine: Machine) -> None:
    machine.card = 6
    use(machine.plan("large", 7))
    use(machine.plan("a"))
    use(machine.plan("b"))
    assert machine.loaded == {"large": Room(ram=7), "b": Room(gpu=4)}
    with hold(machine.plan("b")):
        assert use(machine.plan("c", 3)) == "c"
    assert machine.loaded == {"large": Room(ram=7), "b": Room(gpu=4), "c": Room(ram=3)}, "none leaves while it is used"


def test_a_modest_one_takes_what_is_left(machine: Machine) -> None:
    machine.card = 6
    use(machine.plan("small", 3, modest=True))
    use(machine.plan("a"))
    assert machine.loaded == {"a": Room(gpu=4)}
    use(machine.plan("small", 3, modest=True))
    assert machine.loaded == {"a": Room(gpu=4), "small": Room(ram=3)}


def test_no_more_counts_as_freed_than_was_seen_to_be_taken(machine: Machine) -> None:
    machine.card = 8
    plan = machine.plan("a", 6)

    def find(reclaimable: Room) -> Way[str]:
        way = plan.find(reclaimable)

        def load(report: Report) -> str:
            model = way.load(report)
            machine.loaded["a"] = Room(gpu=5)
            return model

        return Way(way.taken, way.rank, load)

    use(Plan("a", "A", 6, find, plan.close))
    assert resident.reclaimable() == Room(gpu=5)
    use(machine.plan("b", 8))
    assert machine.loaded == {"b": Room(gpu=8)}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere libraries do not share what they are made of")
def test_torch_and_llama_cpp_share_their_cpp_library() -> None:
    code = (
        "import ctypes\nfrom llm.memory import NO_ROOM\nfrom llm.resident import Plan, Way, hold\n"
        "def shared(): return hasattr(ctypes.CDLL(None), '_ZSt9terminatev')\n"
        "before = shared()\nplan = Plan('a', 'A', 1, lambda room: Way(NO_ROOM, 0, lambda report: shared()))\n"
        "with hold(plan) as found: print(before, found)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


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
    assert after.share == 1.0 and not after.busy and resident.reclaimable().ram >= 4 and after.title == "A"


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
