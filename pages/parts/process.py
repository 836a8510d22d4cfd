"""How the process of the app divides processor and memory among the many people who use it at once."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

TURN: Final = 0.001
"""Seconds that a thread may compute before another one gets its turn; Python's own are five times as many."""
HEAPS: Final = 2
_MOST_HEAPS: Final = -8
"""M_ARENA_MAX in GNU's malloc.h."""
_serving = False


def share() -> None:
    """Let threads take short turns and share their memory; does nothing where the system has no such setting."""
    global _serving
    _serving = True
    # A page asks the database a dozen times and waits for its turn after each answer: while others compute, that is
    # longer than the database takes.
    sys.setswitchinterval(TURN)
    # Each run of a page is a thread of its own, and GNU's C library would give each a heap of its own: what one has
    # left there the next cannot use, and the memory of an app that many people use grows for hours.
    if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)) is not None:
        mallopt(_MOST_HEAPS, HEAPS)


def serves() -> bool:
    """Whether this process is the app's own, and not one in which a page is tried."""
    return _serving
