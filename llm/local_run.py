"""One answer of a model in this process: made in a thread of its own that ends when nobody listens any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Final, Generic, TypeVar

from langchain_core.messages import BaseMessage

from llm.resident import Plan, hold

T = TypeVar("T")
_LONGEST_END: Final = 2.0
"""Seconds that a caller who stops waits for the model to be free; a step takes far less, even on a slow machine."""
_SIGN_OF_LIFE: Final = 0.25
"""Seconds without words, as while a model is loaded or reads a long question, after which the listener may leave."""

Give = Callable[[str], None]
"""Takes the next words of an answer."""


class Stopped(Exception):
    """Nobody wants the answer any more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a model: at most `limit` tokens, ended by any of `stop`, in the form of `schema` if given."""

    messages: Sequence[BaseMessage]
    limit: int
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    schema: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """How an answer ended ("stop" or "length"), and the tokens of question and answer.

    `tokens_kept` of the question's were not read again, because the question before began in the same way.
    """

    reason: str
    tokens_in: int
    tokens_out: int
    tokens_kept: int = 0


class Run(Generic[T]):
    """One answer, made by a thread; iterate over its words once, then ask `finished`. Ending the iteration stops it.

    `work` gets the model, takes the words away, and raises Stopped once the event is set. Whatever goes wrong in the
    thread is raised to who iterates, at once.
    """

    def __init__(self, plan: Plan[T], work: Callable[[T, Give, threading.Event], Finished]) -> None:
        self._plan, self._make = plan, work
        self._cancelled = threading.Event()
        self._give: Callable[[str | None], None] = lambda _: None
        self._problem: BaseException | None = None
        self._finished: Finished | None = None

    @property
    def finished(self) -> Finished:
        assert self._finished is not None, "the words were not read to their end"
        return self._finished

    def words(self) -> Iterator[str]:
        """The words as they come, and nothing ("") now and then while none come, so that who listens can leave."""
        given: SimpleQueue[str | None] = SimpleQueue()
        thread = self._start(given.put)
        try:
            while (text := _next(given)) is not None:
                yield text
            self._raise()
        finally:
            self._cancelled.set()
            thread.join(_LONGEST_END)

    async def awords(self) -> AsyncIterator[str]:
        """The words as they come, for `async for`."""
        given: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def give(text: str | None) -> None:
            # A loop that was closed has nobody left who listens.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(given.put_nowait, text)

        self._start(give)
        try:
            while (text := await given.get()) is not None:
                yield text
            self._raise()
        finally:
            self._cancelled.set()

    def _start(self, give: Callable[[str | None], None]) -> threading.Thread:
        self._give = give
        thread = threading.Thread(target=self._work, name=f"answer of {self._plan.key}", daemon=True)
        thread.start()
        return thread

    def _work(self) -> None:
        with self, hold(self._plan) as model:
            self._finished = self._make(model, self._give, self._cancelled)

    def _raise(self) -> None:
        problem, self._problem = self._problem, None
        if problem is not None:
            raise problem

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Keep what went wrong for the listener, and tell it that nothing more comes: it must never wait in vain."""
        self._problem = problem
        self._give(None)
        return True


class Stops:
    """The text before the first of the stop sequences, piece by piece: given as soon as it cannot begin one."""

    def __init__(self, stop: Sequence[str]) -> None:
        self.stopped = False
        """Whether a stop sequence came, after which nothing more is given."""
        self._stop = [each for each in stop if each]
        self._held = ""

    def feed(self, text: str) -> str:
        """Take the next words; what can be given away now."""
        if self.stopped:
            return ""
        self._held += text
        found = min((at for each in self._stop if (at := self._held.find(each)) >= 0), default=-1)
        if found >= 0:
            self.stopped = True
            given, self._held = self._held[:found], ""
            return given
        kept = max((_overlap(self._held, each) for each in self._stop), default=0)
        given = self._held[: len(self._held) - kept]
        self._held = self._held[len(given) :]
        return given

    def end(self) -> str:
        """What was held back, when nothing more comes."""
        given, self._held = self._held, ""
        return given


def _next(given: SimpleQueue[str | None]) -> str | None:
    try:
        return given.get(timeout=_SIGN_OF_LIFE)
    except Empty:
        return ""


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of a text may be the beginning of a stop sequence."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
