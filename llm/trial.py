"""One sentence to a model, to see that it works: what it says, when it began, how fast it writes. Nothing is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Final, cast

from graph.errors import Failure, ModelError, WunderkammerError
from llm.catalog import open_chat
from llm.cost import estimate_tokens
from llm.spec import ModelSpec
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

LONGEST: Final = 1_200
"""Characters of a trial's answer; enough to see, and a model that repeats itself is stopped there."""


class TrialBroke(ModelError):
    en = "{model} broke off for a reason nobody expected. Try again, or choose another model."
    de = "{model} brach aus unerwartetem Grund ab. Versuchen Sie es noch einmal, oder wählen Sie ein anderes Modell."


class Trial:
    """A sentence on its way to a model, in a thread of its own; may be read and stopped from any other."""

    def __init__(self, sentence: str, spec: ModelSpec, settings: Settings) -> None:
        self.sentence, self.spec = sentence, spec
        self.text = ""
        self.first_word: float | None = None
        self.tokens = 0
        self.failure: Failure | None = None
        self.over = False
        self._settings = settings
        self._stop = threading.Event()
        self._begun = self._last = time.monotonic()

    def start(self) -> None:
        """Ask; returns at once."""
        self._begun = self._last = time.monotonic()
        threading.Thread(target=self._run, name="trial", daemon=True).start()

    def stop(self) -> None:
        """Let no more words come."""
        self._stop.set()

    @property
    def seconds(self) -> float:
        """Since it began, or how long it took."""
        return (self._last if self.over else time.monotonic()) - self._begun

    @property
    def tokens_per_second(self) -> float | None:
        """How fast it wrote after the first word; None for what is too short to tell."""
        writing = self.seconds - (self.first_word or 0.0)
        return self.tokens / writing if self.first_word is not None and self.tokens > 4 and writing > 0.02 else None

    @property
    def loaded(self) -> float:
        """How much of a model of this computer is in memory, 0 to 1; 1 for one elsewhere."""
        if self.spec.weights is None:
            return 1.0
        from llm.resident import residents

        return next((each.share for each in residents() if each.key == self.spec.id), 0.0)

    def _run(self) -> None:
        try:
            self._listen()
        except WunderkammerError as error:
            self.failure = error.failure()
        else:
            if not self.text.strip() and not self._stop.is_set():
                self.failure = TrialBroke(model=self.spec.title).failure()
        finally:
            self._last = time.monotonic()
            if not self.text and self.failure is None and not self._stop.is_set():
                self.failure = TrialBroke(model=self.spec.title).failure()
            self.over = True

    def _listen(self) -> None:
        from llm.replies import tokens

        stream = cast("Generator[AIMessageChunk]", open_chat(self.spec, self._settings).stream(self.sentence))
        with closing(stream):
            for chunk in stream:
                if chunk.text and self.first_word is None:
                    self.first_word = time.monotonic() - self._begun
                self.text += chunk.text
                counted = tokens(chunk)
                self.tokens = counted[1] if counted else max(self.tokens, estimate_tokens(len(self.text)))
                if self._stop.is_set() or len(self.text) > LONGEST:
                    return
