"""What takes long to read from whole collections: kept in memory, and read anew when their stamps say they changed."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from graph import cypher
from graph.connection import Connection

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
SMALL = 20_000
"""Of a database with fewer passages, names and claims all is read anew whenever something changed: that is quick."""
SECONDS_BETWEEN = 5.0
"""While an import runs, what takes long is read once in so many seconds, or in `TIMES` as many as reading takes."""
TIMES = 6
"""Several things are kept, each read on its own: all together they leave most of the processor to those who ask."""


class Stamp(NamedTuple):
    """Of a collection its id, how often people corrected it, and how often anything in it changed."""

    id: str
    corrected: int
    changed: int


_State = tuple[Stamp, ...]


class Patience(NamedTuple):
    """How new what is kept of a large database has to be, and how much of it is kept.

    Who asks waits `seconds` for what changed, up to `old` where it was read `OLD` seconds ago or earlier, and as long
    as it takes for what people `corrected` where that is set; nobody waits who knows that it takes longer. `most`
    answers are kept, those asked for last, and of those that took `LONG` to read one.
    """

    seconds: float
    old: float
    corrected: bool
    most: int


PAGE = Patience(0.1, 2.0, False, 64)
"""For figures on pages, which run at each click."""
QUESTION = Patience(0.3, 20.0, True, 16)
"""For what a question is looked up in. Passages and claims that are new are found by their words and meaning at once;
what is read here is how they hang together, and while thirty people bring documents each of them would wait for it."""
OLD = 60.0
"""Seconds: while people ask and bring documents it is read more often, so what is older comes from before a pause."""
LONG = 3.0
"""Seconds: what takes so long to read is also large, and memory is for what is asked now."""


@dataclass(frozen=True, slots=True)
class _Held(Generic[T]):
    state: _State
    at: float
    took: float
    what: T


class Kept(Generic[K, T]):
    """Keeps what `load` answers about things of some collections, each as of one state of these.

    Who asks first waits. Of a small database the answer is always as new as the question; of a large one it is as it
    was until it has been read, some seconds old, see `Patience`.
    """

    def __init__(
        self, connection: Connection, load: Callable[[Sequence[str], K], T], patience: Patience = PAGE
    ) -> None:
        self._db, self._load, self._patience = connection, load, patience
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[tuple[str, ...], K], _Held[T]] = OrderedDict()
        self._reading: dict[tuple[tuple[str, ...], K], tuple[_State, Future[T]]] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="kept")

    def of(self, collections: Sequence[str], about: K, as_it_is: bool = False) -> T:
        """What there is about something of these collections; `as_it_is`: now, however long that takes."""
        names = tuple(sorted(set(collections)))
        now = state(self._db, names)
        if len(now) < len(names):
            # Without a stamp nobody could tell when what is kept is stale.
            return self._load(names, about)
        with self._lock:
            held = self._held.get((names, about))
            if held is not None:
                self._held.move_to_end((names, about))
        if held is not None and held.state == now:
            return held.what
        if held is None or as_it_is or self._must_be_new(held, now) or is_small(self._db):
            return self._anew(names, about, now).result()
        age = time.monotonic() - held.at
        if age < max(SECONDS_BETWEEN, TIMES * held.took):
            return held.what
        reading = self._anew(names, about, now, joining=True)
        patience = self._patience.seconds if age < OLD else self._patience.old
        if held.took > patience:
            # It takes longer than anybody waits: to wait all the same would delay each question and bring nothing.
            return held.what
        try:
            return reading.result(patience)
        except TimeoutError:
            return held.what

    def _must_be_new(self, held: _Held[T], now: _State) -> bool:
        return self._patience.corrected and [s.corrected for s in now] != [s.corrected for s in held.state]

    def _anew(self, names: tuple[str, ...], about: K, now: _State, joining: bool = False) -> Future[T]:
        """What is being read of this state, or of an earlier one where `joining`; begun where nobody has yet."""
        with self._lock:
            of, reading = self._reading.get((names, about), (now, None))
            if reading is None or reading.done() or (of != now and not joining):
                reading = self._reader.submit(self._read, names, about, now)
                self._reading[names, about] = now, reading
            return reading

    def _read(self, names: tuple[str, ...], about: K, now: _State) -> T:
        with self._lock:
            held = self._held.get((names, about))
        if held is not None and held.state == now:
            return held.what
        begun = time.monotonic()
        what = self._load(names, about)
        end = time.monotonic()
        with self._lock:
            self._held[names, about] = _Held(now, end, end - begun, what)
            self._held.move_to_end((names, about))
            self._forget()
        return what

    def _forget(self) -> None:
        """Let go of what was not asked for in a long time; of what is large all but the last."""
        large = [of for of, each in self._held.items() if each.took > LONG]
        rest = [of for of in self._held if of not in large]
        for gone in [*large[:-1], *rest[: max(0, len(rest) - self._patience.most)]]:
            del self._held[gone]
            self._reading.pop(gone, None)


def is_small(db: Connection) -> bool:
    """Whether a database has so few passages, names and claims that all of it is read in no time."""
    return sum(int(db.read(query)[0]["n"]) for query in cypher.SIZES) < SMALL


def state(db: Connection, collections: Sequence[str]) -> _State:
    """Something that is another whenever what can be found in these collections is."""
    rows = db.read(cypher.STAMPS, collections=sorted(collections))
    return tuple(Stamp(row["id"], row["corrected"], row["stamp"]) for row in rows)
