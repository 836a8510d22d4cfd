"""A picture being described while a page goes on: begun once, watched from any thread, given up without harm."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from graph.errors import Failure, ModelError, WunderkammerError
from llm.catalog import open_chat
from llm.describe import Description, describe
from llm.forms import Schema
from llm.spec import ModelSpec
from settings import Settings

T = TypeVar("T")


class LookingBroke(ModelError):
    en = "{model} stopped looking at the picture for a reason nobody expected. Try again, or choose another model."
    de = "{model} hat das Bild aus unerwartetem Grund nicht zu Ende angesehen. Versuchen Sie es noch einmal."


class Watched(Generic[T]):
    """One call of a model in a thread of its own. `result` or `failure` is set when it is `over`."""

    def __init__(self, spec: ModelSpec, ask: Callable[[], T]) -> None:
        self.spec = spec
        self.result: T | None = None
        self.failure: Failure | None = None
        self.given_up = False
        self._ask = ask
        self._begun = time.monotonic()
        self._thread = threading.Thread(target=self._look, name="describe", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._begun = time.monotonic()
        self._thread.start()

    def give_up(self) -> None:
        """Wait no longer; what the model still writes is thrown away."""
        self.given_up = True

    @property
    def over(self) -> bool:
        return self.given_up or self.result is not None or self.failure is not None

    @property
    def seconds(self) -> float:
        """Since it was begun."""
        return time.monotonic() - self._begun

    @property
    def loaded(self) -> float:
        """How much of a model of this computer is in memory, 0 to 1; 1 for one elsewhere."""
        if self.spec.weights is None:
            return 1.0
        from llm.resident import residents

        return next((each.share for each in residents() if each.key == self.spec.id), 0.0)

    def _look(self) -> None:
        try:
            self.result = self._ask()
        except WunderkammerError as error:
            self.failure = error.failure()
        finally:
            # Whatever else may happen in a thread, nobody waits for it for ever.
            if not self.over:
                self.failure = LookingBroke(model=self.spec.title).failure()


class Looking(Watched[Description]):
    """One call of `llm.describe`."""

    def __init__(
        self,
        image: bytes,
        mime_type: str,
        schema: Schema | None,
        language: str,
        spec: ModelSpec,
        settings: Settings,
    ) -> None:
        super().__init__(spec, lambda: describe(open_chat(spec, settings), image, mime_type, schema, language, spec))
