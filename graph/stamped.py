"""What is read from whole collections and kept in memory, until their change stamps say that they changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from graph import cypher
from graph.connection import Connection

T = TypeVar("T")
MIN_SECONDS_BETWEEN_LOADS = 5.0
"""While an import runs, what is kept is at most this much older than the graph, and the time that reading takes."""
PATIENCE = 2.0
"""Seconds that a question waits for what changed; a large collection takes longer to read, and goes on being read."""

_Key = tuple[tuple[str, int, int], ...]
"""Of each collection its id, how often people corrected it, and its change stamp."""


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    key: _Key
    at: float
    what: T


class Stamped(Generic[T]):
    """Keeps what `load` reads of the collections asked for last, and reads it anew when they changed.

    Who asks waits for it the first time; later for `PATIENCE` at most, and gets what there was before.
    """

    def __init__(self, connection: Connection, load: Callable[[Sequence[str]], T]) -> None:
        self._db, self._load = connection, load
        self._lock = threading.Lock()
        self._kept: _Kept[T] | None = None
        self._reading: tuple[list[str], Future[T]] | None = None
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="stamped")

    def of(self, collections: Sequence[str], as_it_is: bool = False) -> T:
        """What there is of these collections, at most a few seconds older than the database.

        What people corrected is seen at once; `as_it_is`: all is, however long that takes.
        """
        rows = self._db.read(cypher.STAMPS, collections=sorted(collections))
        key = tuple((row["id"], row["corrected"], row["stamp"]) for row in rows)
        if len(key) < len(set(collections)):
            # Without a stamp nobody could tell when what is kept is stale.
            return self._load(collections)
        kept = self._kept
        if kept is None or [each[:2] for each in key] != [each[:2] for each in kept.key]:
            return self._first(collections, key)
        if key == kept.key:
            return kept.what
        if as_it_is:
            return self._first(collections, key)
        if time.monotonic() - kept.at < MIN_SECONDS_BETWEEN_LOADS:
            return kept.what
        try:
            return self._anew(collections, key).result(PATIENCE)
        except TimeoutError:
            return kept.what

    def _anew(self, collections: Sequence[str], key: _Key) -> Future[T]:
        """What is being read of these collections; begun where nobody has yet."""
        names = sorted(collections)
        with self._lock:
            if self._reading is None or self._reading[0] != names or self._reading[1].done():
                self._reading = names, self._reader.submit(self._read, collections, key)
            return self._reading[1]

    def _first(self, collections: Sequence[str], key: _Key) -> T:
        """Read what nobody has asked for yet; who asks for the same meanwhile waits and gets it too."""
        with self._lock:
            kept = self._kept
            return kept.what if kept is not None and kept.key == key else self._read(collections, key)

    def _read(self, collections: Sequence[str], key: _Key) -> T:
        what = self._load(collections)
        self._kept = _Kept(key, time.monotonic(), what)
        return what
