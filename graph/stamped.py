"""What is read from whole collections and kept in memory, until their change stamps say that they changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from graph import cypher
from graph.connection import Connection

T = TypeVar("T")
MIN_SECONDS_BETWEEN_LOADS = 5.0
"""While an import runs, what is kept is at most this much older than the graph."""


class Stamped(Generic[T]):
    """Keeps what `load` reads of the collections asked for last, and reads it anew when they changed."""

    def __init__(self, connection: Connection, load: Callable[[Sequence[str]], T]) -> None:
        self._db, self._load = connection, load
        self._lock = threading.Lock()
        self._key: tuple[tuple[str, int, int], ...] = ()
        self._loaded_at = 0.0
        self._kept: T | None = None

    def of(self, collections: Sequence[str]) -> T:
        """What there is of these collections, at most a few seconds older than the database.

        What people corrected is seen at once.
        """
        rows = self._db.read(cypher.STAMPS, collections=sorted(collections))
        key = tuple((row["id"], row["corrected"], row["stamp"]) for row in rows)
        if len(key) < len(set(collections)):
            # Without a stamp nobody could tell when what is kept is stale.
            return self._load(collections)
        with self._lock:
            same = [each[:2] for each in key] == [each[:2] for each in self._key]
            fresh = same and time.monotonic() - self._loaded_at < MIN_SECONDS_BETWEEN_LOADS
            if self._kept is None or (key != self._key and not fresh):
                self._kept = self._load(collections)
                self._key, self._loaded_at = key, time.monotonic()
            return self._kept
