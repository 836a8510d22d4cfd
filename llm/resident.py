"""Models that live in this process: each loaded once, used by one caller at a time, unloaded to make room.

A model is held by a plain lock, not by a thread: the words of one answer may be fetched from several threads.
"""

from __future__ import annotations

import ctypes
import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Generic, TypeVar, cast

from llm import memory
from llm.errors import ModelBusy, NotEnoughMemory
from llm.memory import NO_ROOM, Room

T = TypeVar("T")
LONGEST_WAIT: Final = 900.0
"""Seconds a caller waits for its turn before it is told that the model is busy."""

Report = Callable[[float], None]
"""Told how much of the loading is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Way(Generic[T]):
    """One way to load a model: what it takes and where, how good that is (0 is best), and how it is done."""

    taken: Room
    rank: int
    load: Callable[[Report], T]


@dataclass(frozen=True, slots=True)
class Plan(Generic[T]):
    """How a model is loaded. `find` gets what unloading others would free, and raises NotEnoughMemory.

    `size` is about how many bytes it will take, `close` gives them back.
    """

    key: str
    title: str
    size: int
    find: Callable[[Room], Way[T]]
    close: Callable[[T], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Resident:
    """A model that is loaded, or being loaded (`share` below 1), as pages show it; `taken` is where it lies."""

    key: str
    title: str
    size: int
    taken: Room
    share: float
    busy: bool


@dataclass(slots=True)
class _Slot:
    plan: Plan[Any]
    turn: threading.Lock = field(default_factory=threading.Lock)
    model: Any = None
    taken: Room = NO_ROOM
    share: float = 0.0
    used: float = 0.0
    waiting: int = 0


_slots: dict[str, _Slot] = {}
_table = threading.Lock()
"""Guards `_slots`; held for moments only."""
_loading = threading.Lock()
"""One model is loaded at a time: two that fit alone may not fit together."""


@contextmanager
def hold(plan: Plan[T]) -> Iterator[T]:
    """The model, loaded if it is not, for this caller alone until the block ends.

    Raises ModelBusy after a quarter of an hour, NotEnoughMemory where it cannot fit, and what loading raises.
    """
    slot = _take(plan)
    try:
        if slot.model is None:
            _load(slot)
        yield cast(T, slot.model)
    finally:
        slot.used = time.monotonic()
        if slot.model is None:
            slot.share, slot.taken = 0.0, NO_ROOM
            _forget(slot)
        slot.turn.release()


def residents() -> tuple[Resident, ...]:
    """The models that are loaded or being loaded now, the one used last first."""
    with _table:
        slots = sorted(_slots.values(), key=lambda slot: -slot.used)
    return tuple(
        Resident(
            key=slot.plan.key,
            title=slot.plan.title,
            size=slot.taken.ram + slot.taken.gpu or slot.plan.size,
            taken=slot.taken,
            share=1.0 if slot.model is not None else slot.share,
            busy=slot.turn.locked(),
        )
        for slot in slots
    )


def reclaimable(besides: str | None = None) -> Room:
    """What would be free again, and where, if all idle models but one were unloaded."""
    idle = (each for each in residents() if each.share == 1.0 and not each.busy and each.key != besides)
    return sum((each.taken for each in idle), NO_ROOM)


def unload(key: str) -> bool:
    """Give the memory of a model back; False where it is not loaded or somebody is using it."""
    with _table:
        slot = _slots.get(key)
    if slot is None or not slot.turn.acquire(blocking=False):
        return False
    try:
        return _close(slot)
    finally:
        slot.turn.release()


def _take(plan: Plan[T]) -> _Slot:
    """The slot of this model, with its turn."""
    deadline = time.monotonic() + LONGEST_WAIT
    while True:
        with _table:
            slot = _slots.setdefault(plan.key, _Slot(plan))
            slot.waiting += 1
        taken = slot.turn.acquire(timeout=max(0.0, deadline - time.monotonic()))
        with _table:
            slot.waiting -= 1
            current = _slots.get(plan.key) is slot
        if not taken:
            raise ModelBusy(model=plan.title)
        if current:
            return slot
        # It was unloaded while we waited; its successor is another slot.
        slot.turn.release()


def _load(slot: _Slot) -> None:
    def report(share: float) -> None:
        slot.share = min(0.99, max(slot.share, share))

    slot.share = 0.0
    with _loading:
        _share_cpp()
        way = _make_room(slot.plan)
        slot.taken = way.taken
        before = memory.here().gpu_free
        slot.model = way.load(report)
        memory.look_again()
        # What an answer takes beside the weights is in the plan, and not there yet to be given back.
        lies_there = max(0, before - memory.here().gpu_free)
        slot.taken = Room(way.taken.ram, min(way.taken.gpu, lies_there))


@cache
def _share_cpp() -> None:
    """One C++ library for torch and llama.cpp, before either is loaded.

    Where llama.cpp is built for a card, each otherwise finds parts of the library in the other, and the whole program
    crashes when the second of them begins.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            ctypes.CDLL("libstdc++.so.6", mode=ctypes.RTLD_GLOBAL)


def _make_room(plan: Plan[T]) -> Way[T]:
    """Unload idle models, the one unused for longest first, until this one can lie as well as it would without them.

    None is unloaded where that would not help, nor one that lies elsewhere.
    """
    memory.look_again()
    wanted = plan.find(reclaimable(plan.key))
    for other in reversed(residents()):
        now = _found(plan)
        if now is not None and now.rank <= wanted.rank:
            return now
        helps = other.taken.gpu if wanted.taken.gpu else other.taken.ram
        if other.key != plan.key and helps:
            unload(other.key)
    return plan.find(NO_ROOM)


def _found(plan: Plan[T]) -> Way[T] | None:
    try:
        return plan.find(NO_ROOM)
    except NotEnoughMemory:
        return None


def _close(slot: _Slot) -> bool:
    model, slot.model, slot.share, slot.taken = slot.model, None, 0.0, NO_ROOM
    _forget(slot)
    if model is None:
        return False
    slot.plan.close(model)
    del model
    gc.collect()
    memory.look_again()
    return True


def _forget(slot: _Slot) -> None:
    """Drop a slot that holds nothing, unless others wait for it: they load it then."""
    with _table:
        if slot.model is None and not slot.waiting and _slots.get(slot.plan.key) is slot:
            del _slots[slot.plan.key]
