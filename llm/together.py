"""What a question asks of the database at the same time: a search waits for another only where it needs its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")

_THREADS = 16
"""Of all questions together; they only wait for the database."""
_pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="search")


def ahead(work: Callable[[], T]) -> Future[T]:
    """Begin this now; `result()` waits for it and raises what it raised. The work may not call this module itself."""
    return _pool.submit(work)


def each(work: Callable[[A], T], of: Sequence[A]) -> list[T]:
    """The same of each, in order, side by side; raises what one that failed raised."""
    others = [_pool.submit(work, one) for one in of[1:]]
    return [*(work(one) for one in of[:1]), *(begun.result() for begun in others)]
