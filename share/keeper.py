"""Sending while the app runs: one loop in a thread, one program of this home at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

import filelock

from graph.errors import StoreError, WunderkammerError
from graph.rounds import Rounds
from graph.store import Store
from settings import Settings
from share.rules import follow
from share.sender import Sender, lock

SECONDS: Final = 10.0
"""Between two looks at the rules, and at what waits for later."""
_TRIES: Final = 30.0

log = logging.getLogger("wunderkammer.share")


def keeper(store: Store, read: Callable[[], Settings]) -> Rounds:
    """Rounds that send what waits and follow the rules, as long as there is anything of either.

    `read` gives the settings as they are at each look: a channel may be set up while the app runs.
    """

    def look() -> bool:
        if not store.outbox.anything():
            return False
        _look(store, read())
        return True

    return Rounds("sending", SECONDS, look)


def _look(store: Store, settings: Settings) -> None:
    try:
        with lock(settings).acquire(timeout=0):
            follow(store, settings)
            Sender(store, settings).drain(_TRIES)
    except filelock.Timeout:
        # Another program of this home sends already.
        return
    except StoreError:
        raise
    except WunderkammerError as error:
        log.warning("nothing is sent now: %s", error)
