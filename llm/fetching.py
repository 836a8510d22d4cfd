"""Downloads that go on by themselves: one for each model in this process, seen by every page that is open."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from graph.errors import Failure, ModelError, WunderkammerError

if TYPE_CHECKING:
    from llm.spec import Local
    from settings import Settings


class FetchingBroke(ModelError):
    en = "The download of {model} ended for a reason nobody expected. What has come is kept: start it again."
    de = "Das Herunterladen von {model} endete unerwartet. Was da ist, bleibt: Starten Sie es noch einmal."


class Fetching:
    """One download in a thread of its own. What has come stays when it is stopped or fails."""

    def __init__(self, spec: Local, settings: Settings) -> None:
        self.spec = spec
        self.done = 0
        self.total = spec.weights.size if spec.weights else 0
        self.over = False
        self.failure: Failure | None = None
        self._settings = settings
        self._stop = threading.Event()

    def stop(self) -> None:
        """Bring no more for now."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def share(self) -> float:
        """How much of it is here, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def begin(self) -> None:
        """Start; returns at once."""
        threading.Thread(target=self._run, name=f"download-{self.spec.id}", daemon=True).start()

    def _report(self, done: int, total: int) -> None:
        self.done, self.total = done, total

    def _run(self) -> None:
        from llm.download import download

        whole = False
        try:
            download(self.spec, self._settings, self._report, self._stop.is_set)
            whole = True
        except WunderkammerError as error:
            self.failure = error.failure()
        finally:
            # Whatever else may happen in a thread, nobody waits for it for ever.
            if not whole and self.failure is None:
                self.failure = FetchingBroke(model=self.spec.title).failure()
            self.over = True


_known: dict[str, Fetching] = {}
_lock = threading.Lock()


def known(model: str) -> Fetching | None:
    """The download of a model that is under way, or how the last one ended; None where there was none."""
    return _known.get(model)


def fetch(spec: Local, settings: Settings) -> Fetching:
    """Begin to download a model, or go on watching the download that is under way."""
    with _lock:
        found = _known.get(spec.id)
        if found is None or found.over:
            found = _known[spec.id] = Fetching(spec, settings)
            found.begin()
    return found
