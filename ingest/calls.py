"""Many calls of one model at once, each on its own: a slow one holds no other up, trouble that passes is waited out.

A call that takes several times as long as the others is asked a second time, and whichever answers first counts (Dean
and Barroso, The Tail at Scale, 2013); so a server that forgets a request costs seconds and not a minute.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar, cast

from ingest.pace import Pace
from llm.errors import SAME_FOR_ALL, WORTH_RETRYING, CutOff, NotUnderstood, RateLimited
from llm.patient import impatient

K = TypeVar("K", bound=Hashable)
R = TypeVar("R")
ATTEMPTS: Final = 7
"""How often one call is tried while its trouble is of a kind that passes."""
MOST_TRIES: Final = 3
"""So many tries of one call run at once at most: the second may be forgotten as the first was."""
ALWAYS_TWICE: Final = 4
SHARE_TWICE: Final = 0.05
"""So many calls, and this share of all that were answered, may be asked twice: what is asked costs money, and where
this computer itself is slow, all calls seem to be late."""
TRIED_AGAIN: Final = 2
"""How often one is tried whose answer was of no use: by chance the next may be."""
LONGEST_PAUSE: Final = 60.0
_FIRST_PAUSE: Final = 0.5
_LOOK: Final = 0.25
"""Seconds between two looks whether a call may start again or is late."""


@dataclass(slots=True, eq=False)
class _Call(Generic[K, R]):
    """A piece of work, with the tries that are on their way."""

    key: K
    work: Callable[[], R]
    attempts: int = 0
    refused: int = 0
    """How many of them ended in trouble of the server, not in an answer of no use."""
    not_before: float = 0.0
    tries: list[_Try[K, R]] = field(default_factory=list)
    over: bool = False


class _Try(Generic[K, R]):
    """One try of a call in a thread of its own; whatever comes of it is told to `ended`, even what nobody expected."""

    def __init__(self, call: _Call[K, R], ended: Callable[[_Try[K, R]], None]) -> None:
        self.call, self._ended = call, ended
        self.started = time.monotonic()
        self.took = 0.0
        self.counted = True
        """Whether it takes one of the places; one that is late no longer does."""
        self.result: R | None = None
        self.problem: BaseException | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name="call", daemon=True).start()

    def _run(self) -> None:
        with self, impatient():
            self.result = self.call.work()

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> bool:
        self.took, self.problem = time.monotonic() - self.started, problem
        self._ended(self)
        return True


@dataclass(frozen=True, slots=True)
class Done(Generic[K, R]):
    """What became of a call: its result, or the error that stayed; one that is no ModelError nobody had expected."""

    key: K
    result: R | BaseException


class Calls(Generic[K, R]):
    """Calls on their way. For one thread: `add` work, fetch what is `done`, `drop` what nobody wants any more.

    A place that becomes free is taken by the next call at once, also while that thread stores what has come.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._open: dict[K, _Call[K, R]] = {}
        self._waiting: list[_Call[K, R]] = []
        self._running = 0
        self._answered = self._asked_twice = 0
        self._over: SimpleQueue[tuple[_Call[K, R], Done[K, R]]] = SimpleQueue()
        """What nobody has fetched yet."""
        self._hopeless = False
        """Whether the others would end as one did: nothing is begun before that was fetched and thought over."""
        self._lock = threading.Lock()
        """Held for all of the above, the pace too: the tries tell from their own threads how they ended."""

    def __len__(self) -> int:
        """How many are not fetched yet."""
        return len(self._open)

    @property
    def hungry(self) -> bool:
        """Whether more work should be added, so that no place stays empty while it is fetched."""
        return len(self._waiting) < 2 * self._pace.most

    def add(self, key: K, work: Callable[[], R]) -> None:
        """Have this done; `work` runs in a thread of its own and raises ModelError for what cannot be done."""
        call: _Call[K, R] = _Call(key, work)
        with self._lock:
            self._open[key] = call
            self._waiting.append(call)
            self._start()

    def drop(self, key: K) -> None:
        """Forget a call; what it still brings is not told."""
        with self._lock:
            call = self._open.pop(key, None)
            if call is not None and call in self._waiting:
                self._waiting.remove(call)

    def done(self, wait: float) -> list[Done[K, R]]:
        """What has come to its end since the last time; waits up to so many seconds for the first."""
        deadline = time.monotonic() + wait
        while True:
            with self._lock:
                if self._over.empty():
                    self._hopeless = False
                self._start()
            found = self._fetched(max(0.0, min(_LOOK, deadline - time.monotonic())))
            if found or time.monotonic() >= deadline:
                return found

    def _fetched(self, wait: float) -> list[Done[K, R]]:
        came: list[tuple[_Call[K, R], Done[K, R]]] = []
        try:
            came.append(self._over.get(timeout=wait))
            while True:
                came.append(self._over.get_nowait())
        except Empty:
            pass
        with self._lock:
            wanted = [done for call, done in came if self._open.get(call.key) is call]
            for done in wanted:
                del self._open[done.key]
        return wanted

    def _ended(self, ended: _Try[K, R]) -> None:
        """Keep what came of a try, and begin what its place is free for now."""
        call = ended.call
        with self._lock:
            call.tries.remove(ended)
            self._running -= ended.counted
            if self._open.get(call.key) is call and not call.over:
                done = self._answer(ended) if ended.problem is None else self._troubled(ended, ended.problem)
                if done is not None:
                    call.over = True
                    self._hopeless = self._hopeless or isinstance(ended.problem, SAME_FOR_ALL)
                    self._over.put((call, done))
            self._start()

    def _answer(self, ended: _Try[K, R]) -> Done[K, R]:
        self._pace.went_well(ended.took)
        self._answered += 1
        for late in ended.call.tries:
            # Nobody waits for it any more.
            self._running -= late.counted
            late.counted = False
        return Done(ended.call.key, cast(R, ended.result))

    def _troubled(self, ended: _Try[K, R], error: BaseException) -> Done[K, R] | None:
        """Try again later what may pass; None then."""
        call, now = ended.call, time.monotonic()
        asked = min(error.retry_after, LONGEST_PAUSE) if isinstance(error, RateLimited) else 0.0
        if isinstance(error, RateLimited):
            self._pace.slow_down(ended.started, now, asked)
        if call.tries:
            # Asked twice: the other may still answer. It is not asked a third time at once.
            call.not_before = now + (asked or _FIRST_PAUSE)
            return None
        call.attempts += 1
        again = isinstance(error, WORTH_RETRYING) and call.attempts < ATTEMPTS
        again = again or (isinstance(error, CutOff | NotUnderstood) and call.attempts < TRIED_AGAIN)
        if not again:
            return Done(call.key, error)
        if not isinstance(error, CutOff | NotUnderstood):
            # An answer of no use is no reason to wait: the server is well.
            pause = asked or _FIRST_PAUSE * 2**call.refused * random.uniform(0.5, 1.0)
            call.not_before = now + min(pause, LONGEST_PAUSE)
            call.refused += 1
        # Before what was never tried: whatever must be asked often should not be the last to be begun.
        self._waiting.insert(0, call)
        return None

    def _start(self) -> None:
        """Start what may start now, and once more what is late."""
        if self._hopeless:
            return
        now = time.monotonic()
        for call in [each for each in self._waiting if each.not_before <= now]:
            if not self._pace.may_start(self._running, now):
                break
            self._waiting.remove(call)
            self._try(call)
        late = self._pace.late_after(at_the_end=not self._waiting)
        if late is not None:
            for call in self._open.values():
                if self._is_late(call, now, late):
                    self._running -= call.tries[-1].counted
                    call.tries[-1].counted = False
                    self._asked_twice += 1
                    self._try(call)

    def _is_late(self, call: _Call[K, R], now: float, late: float) -> bool:
        """Whether a call should be asked once more beside the tries that run."""
        if call.over or not 0 < len(call.tries) < MOST_TRIES or now < call.not_before:
            return False
        if self._asked_twice >= ALWAYS_TWICE + SHARE_TWICE * self._answered:
            return False
        return now - call.tries[-1].started > late

    def _try(self, call: _Call[K, R]) -> None:
        begun = _Try(call, self._ended)
        call.tries.append(begun)
        self._running += 1
        begun.start()
