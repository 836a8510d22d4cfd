"""What pages show each time they run and takes long to read: kept in memory, read anew in the background."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from graph import cypher
from graph.connection import Connection

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")
SMALL = 20_000
"""Of a database with fewer passages, names and claims all is read anew whenever something changed: that is quick."""
PATIENCE = 0.1
"""Seconds that a page waits for what changed in a larger one."""
SECONDS_BETWEEN = 5.0
"""While an import runs, what takes long is read once in so many seconds, or in three times as many as reading takes."""
MOST = 64
"""Answers that are kept, those asked for last."""

_State = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    state: _State
    at: float
    took: float
    what: T


class Shown(Generic[K, T]):
    """Keeps what `load` answers about things of some collections, each as of one state of these.

    Who asks first waits. Later, of a large database, it is shown as it was, some seconds old, until it has been read.
    """

    def __init__(self, connection: Connection, load: Callable[[Sequence[str], K], T]) -> None:
        self._db, self._load = connection, load
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[tuple[str, ...], K], _Kept[T]] = OrderedDict()
        self._reading: dict[tuple[tuple[str, ...], K], Future[T]] = {}
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="shown")

    def of(self, collections: Sequence[str], about: K) -> T:
        """What there is about something of these collections."""
        names = tuple(sorted(collections))
        now = state(self._db, names)
        if len(now) < len(set(names)):
            # Without a stamp nobody could tell when what is kept is stale.
            return self._load(collections, about)
        with self._lock:
            kept = self._kept.get((names, about))
            if kept is not None:
                self._kept.move_to_end((names, about))
        if kept is None:
            return self._anew(names, about, now).result()
        if kept.state == now:
            return kept.what
        if sum(self._db.read(query)[0]["n"] for query in cypher.SIZES) < SMALL:
            return self._read(names, about, now)
        if time.monotonic() - kept.at < max(SECONDS_BETWEEN, 3 * kept.took):
            return kept.what
        try:
            return self._anew(names, about, now).result(PATIENCE)
        except TimeoutError:
            return kept.what

    def _anew(self, names: tuple[str, ...], about: K, now: _State) -> Future[T]:
        """What is being read; begun where nobody has yet."""
        with self._lock:
            reading = self._reading.get((names, about))
            if reading is None or reading.done():
                reading = self._reading[names, about] = self._reader.submit(self._read, names, about, now)
            return reading

    def _read(self, names: tuple[str, ...], about: K, now: _State) -> T:
        begun = time.monotonic()
        what = self._load(names, about)
        end = time.monotonic()
        with self._lock:
            self._kept[names, about] = _Kept(now, end, end - begun, what)
            self._kept.move_to_end((names, about))
            while len(self._kept) > MOST:
                gone, _ = self._kept.popitem(last=False)
                self._reading.pop(gone, None)
        return what


def state(db: Connection, collections: Sequence[str]) -> _State:
    """Something that is another whenever what can be found in these collections is."""
    rows = db.read(cypher.STAMPS, collections=sorted(collections))
    return tuple((row["id"], row["stamp"]) for row in rows)
