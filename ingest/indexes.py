"""Vector indexes are asked once when the work is done, so that nobody's question waits until they can answer.

The embedded database makes such an index ready inside the first search after many new vectors, or after it was stopped
halfway: that takes minutes in a large library.
"""

from __future__ import annotations

import logging
import threading

from graph.errors import StoreError
from graph.store import Store

log = logging.getLogger("wunderkammer.worker")


class Indexes:
    """Knows whether vectors were stored since the indexes were last asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._behind = False
        self._asking: threading.Thread | None = None

    def grown(self) -> None:
        """There are new vectors."""
        self._behind = True

    def ready(self) -> bool:
        """Whether all answer by now, for the one thread that wants to know; if not, they are asked meanwhile."""
        if self._asking is not None and self._asking.is_alive():
            return False
        if self._behind:
            self._behind = False
            self._asking = threading.Thread(target=self._ask, name="indexes", daemon=True)
            self._asking.start()
            return False
        return True

    def _ask(self) -> None:
        try:
            self._store.embeddings.ask_indexes()
        except StoreError as error:
            # Whoever searches next asks again.
            log.warning("vector indexes: %s", error)
