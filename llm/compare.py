"""One question put to one model or several: answers stream by themselves, can be stopped, and wait for no page.

Models that answer over the network are asked at the same time. Those that run on this computer take turns: two at once
would share its memory and its cores, and neither would show how fast it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from graph.errors import Failure, ModelError, WunderkammerError
from graph.types import Mode, Retrieved
from llm.answer import Answer, Status, Words, stream_answer
from llm.catalog import find_model, open_chat
from llm.checked import Checker
from llm.summaries import summarised
from settings import Settings

if TYPE_CHECKING:
    from collections.abc import Generator

    from llm.ask import Turn
    from llm.crops import Cropper
    from llm.spec import ModelSpec

NO_MODEL: Final = "none"
"""Evidence only is something to compare with too."""
MOST: Final = 4


class AnswerBroke(ModelError):
    en = "{model} stopped answering for a reason nobody expected. Ask again, or choose another model."
    de = "{model} hat aus unerwartetem Grund aufgehört. Fragen Sie noch einmal, oder nehmen Sie ein anderes Modell."


class Stage(StrEnum):
    """How far a column is."""

    WAITING = "waiting"
    LOADING = "loading"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Column:
    """A model (or `NO_MODEL`) with the way evidence is looked for."""

    model: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Seen:
    """A column as it is now. `share` is how much of the model is loaded; `answer` and `failure` come at the end."""

    stage: Stage
    text: str = ""
    share: float = 1.0
    answer: Answer | None = None
    failure: Failure | None = None

    @property
    def over(self) -> bool:
        return self.stage in (Stage.DONE, Stage.FAILED)


class Comparison:
    """A question on its way to several models; `seen` may be read from any thread at any time."""

    def __init__(
        self,
        question: str,
        columns: Sequence[Column],
        retrieved: Mapping[Mode, Retrieved],
        settings: Settings,
        language: str | None = None,
        history: Sequence[Turn] = (),
        check: Callable[[Checker], Retrieved] | None = None,
        cropper: Cropper | None = None,
    ) -> None:
        """`retrieved` holds the evidence for the mode of every column; columns of one mode share it.

        `history` is the conversation so far, the same for all. `check` finds evidence with the model of a column
        looking through it, where its mode is `checked`; `cropper` makes the pictures for models that see.
        """
        self.question, self.columns = question, tuple(columns)
        self._retrieved, self._check, self._cropper = dict(retrieved), check, cropper
        self._checked: dict[int, Retrieved] = {}
        self._settings, self._language, self._history = settings, language, tuple(history)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._seen = [Seen(Stage.WAITING) for _ in columns]

    def start(self) -> None:
        """Ask; returns at once."""
        for number, lane in enumerate(self._lanes()):
            threading.Thread(target=self._run, args=(lane,), name=f"compare-{number}", daemon=True).start()

    def stop(self) -> None:
        """Let no more words come; what has come is kept."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def over(self) -> bool:
        """Whether no column changes any more."""
        return all(seen.over for seen in self.seen())

    def seen(self) -> tuple[Seen, ...]:
        """All columns as they are now, in order."""
        with self._lock:
            now = tuple(self._seen)
        return tuple(self._loading(column, seen) for column, seen in zip(self.columns, now, strict=True))

    def evidence(self, number: int) -> Retrieved:
        """What a column is answered from, as it is now: what its model has looked through, once it has."""
        return self._checked.get(number) or self._retrieved[self.columns[number].mode]

    def _lanes(self) -> list[list[int]]:
        """Columns asked one after the other: the models of this computer in one lane, each of the others in its own."""
        here: list[int] = []
        lanes: list[list[int]] = []
        for number, column in enumerate(self.columns):
            if self._is_here(column.model):
                here.append(number)
            else:
                lanes.append([number])
        return [*lanes, *([here] if here else [])]

    def _is_here(self, model: str) -> bool:
        try:
            return model != NO_MODEL and find_model(model, self._settings).weights is not None
        except WunderkammerError:
            # It fails in its column, with its reason.
            return False

    def _loading(self, column: Column, seen: Seen) -> Seen:
        """The same, with how far the model is loaded where it is not yet."""
        if seen.stage is not Stage.WRITING or seen.text or not self._is_here(column.model):
            return seen
        from llm.resident import residents

        share = next((each.share for each in residents() if each.key == column.model), 0.0)
        return replace(seen, stage=Stage.LOADING, share=share) if share < 1 else seen

    def _run(self, lane: Sequence[int]) -> None:
        for number in lane:
            if self._stop.is_set():
                retrieved = self.evidence(number)
                never = Answer(self.question, Status.ANSWERED, retrieved.mode, stopped=True)
                self._put(number, Seen(Stage.DONE, answer=never))
                continue
            try:
                self._ask(number)
            except WunderkammerError as error:
                self._fail(number, error)
            finally:
                # Whatever else may happen in a thread, nobody waits for it for ever.
                if not self._seen[number].over:
                    self._fail(number, AnswerBroke(model=self.columns[number].model))

    def _ask(self, number: int) -> None:
        column = self.columns[number]
        spec: ModelSpec | None = None
        chat = None
        if column.model != NO_MODEL:
            spec = find_model(column.model, self._settings)
            chat = open_chat(spec, self._settings)
        self._put(number, Seen(Stage.WRITING))
        text = ""
        if chat is not None and column.mode is Mode.CHECKED and self._check:
            self._checked[number] = self._check(Checker(chat, spec))
        retrieved = self.evidence(number)
        told, spent = summarised(
            chat, retrieved, spec, self._language, self._settings.home / "themes", self._stop.is_set
        )
        events = cast(
            "Generator[Words | Answer]",
            stream_answer(
                chat,
                told,
                spec=spec,
                language=self._language,
                history=self._history,
                cropper=self._cropper,
                stop=self._stop.is_set,
            ),
        )
        with closing(events):
            for event in events:
                if isinstance(event, Words):
                    text += event.text
                    self._put(number, Seen(Stage.WRITING, text))
                else:
                    self._put(number, Seen(Stage.DONE, event.text, answer=spent.beside(event, spec)))

    def _fail(self, number: int, error: WunderkammerError) -> None:
        self._put(number, Seen(Stage.FAILED, self._seen[number].text, failure=error.failure()))

    def _put(self, number: int, seen: Seen) -> None:
        with self._lock:
            self._seen[number] = seen
