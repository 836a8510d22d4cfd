"""One answer of a model in memory: token by token, in a thread of its own that ends when nobody listens any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from langchain_core.messages import BaseMessage

from llm.constrain import Constraint, vocabulary
from llm.errors import ContextTooLong, ModelCrashed, OutOfMemory, scrub
from llm.resident import Plan, hold
from llm.spec import ModelSpec
from llm.transformers_model import COMMAND, Loaded, Stopped, is_out_of_memory
from llm.transformers_prompt import encode

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

_LEAST_ROOM: Final = 16
"""Tokens that must be left for the answer; with fewer the question is too long."""
_LONGEST_END: Final = 2.0
"""Seconds that a caller who stops waits for the model to be free; a layer takes far less, even on a slow machine."""
_HALF: Final = "\N{REPLACEMENT CHARACTER}"
_CAN_FAIL: Final = (
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    MemoryError,
    OSError,
)
"""What torch and transformers raise when a model cannot be run; the rest is ours, or a mistake in the program."""


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
    """How an answer ended ("stop" or "length"), and the tokens of question and answer."""

    reason: str
    tokens_in: int
    tokens_out: int


class Run:
    """One answer, made by a thread; iterate over its words once, then ask `finished`. Ending the iteration stops it.

    Whatever goes wrong in the thread is raised to who iterates, at once.
    """

    def __init__(self, plan: Plan[Loaded], spec: ModelSpec, asked: Asked) -> None:
        self._plan, self._spec, self._asked = plan, spec, asked
        self._cancelled = threading.Event()
        self._give: Callable[[str | None], None] = lambda _: None
        self._problem: BaseException | None = None
        self._finished: Finished | None = None

    @property
    def finished(self) -> Finished:
        assert self._finished is not None, "the words were not read to their end"
        return self._finished

    def words(self) -> Iterator[str]:
        """The words as they come."""
        given: SimpleQueue[str | None] = SimpleQueue()
        thread = self._start(given.put)
        try:
            while (text := given.get()) is not None:
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
        thread = threading.Thread(target=self._work, name=f"answer of {self._spec.id}", daemon=True)
        thread.start()
        return thread

    def _work(self) -> None:
        with self, hold(self._plan) as loaded:
            self._finished = answer(loaded, self._spec, self._asked, self._give, self._cancelled)

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


def answer(
    loaded: Loaded, spec: ModelSpec, asked: Asked, give: Callable[[str], None], cancelled: threading.Event
) -> Finished:
    """Make one answer, give its words away; raises the errors of `llm.errors`, and Stopped when `cancelled` is set."""
    loaded.brake.event = cancelled
    failure: Exception
    try:
        return _answer(loaded, spec, asked, give, cancelled)
    except _CAN_FAIL as problem:
        if is_out_of_memory(problem):
            failure = OutOfMemory(model=spec.title)
        else:
            failure = ModelCrashed(model=spec.title, detail=scrub(f"{type(problem).__name__}: {problem}"))
    finally:
        loaded.brake.event = threading.Event()
    # Raised out here, where it does not keep the frames of the failure, and with them their tensors, in memory.
    _give_back()
    raise failure


def _answer(
    loaded: Loaded, spec: ModelSpec, asked: Asked, give: Callable[[str], None], cancelled: threading.Event
) -> Finished:
    import torch
    from transformers import LogitsProcessorList, StoppingCriteriaList

    model: Any = loaded.model
    if cancelled.is_set():
        raise Stopped
    inputs: Any = encode(loaded.reader, asked.messages, spec.title, spec.vision)
    tokens_in = int(inputs["input_ids"].shape[-1])
    room = loaded.context - tokens_in
    if room < min(_LEAST_ROOM, asked.limit):
        raise ContextTooLong(model=spec.title)
    constraints: list[Any] = []
    if asked.schema is not None:
        if loaded.tokens is None:
            loaded.tokens = vocabulary(loaded.tokenizer, loaded.ends, spec.title, COMMAND)
        constraints.append(Constraint(loaded.tokens, asked.schema, spec.title))
    limit = min(asked.limit, room)
    listener = _Listener(Words(loaded.tokenizer, asked.stop, give), cancelled)
    placed = {name: _placed(value, model) for name, value in inputs.items()}
    with torch.inference_mode():
        model.generate(
            **placed,
            max_new_tokens=limit,
            stopping_criteria=StoppingCriteriaList([listener]),
            logits_processor=LogitsProcessorList(constraints),
            **({"do_sample": True, "temperature": asked.temperature} if asked.temperature > 0 else {}),
        )
    listener.words.end()
    whole = listener.words.stopped or listener.last in loaded.ends or listener.count < limit
    return Finished("stop" if whole else "length", tokens_in, listener.count)


def _placed(value: torch.Tensor, model: Any) -> torch.Tensor:
    """On the model's device; pictures also in its number format."""
    return value.to(model.device, dtype=model.dtype if value.is_floating_point() else None)


def _give_back() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()


class _Listener:
    """Hears every token as it is made (transformers' stopping criterion); True from it ends the answer."""

    def __init__(self, words: Words, cancelled: threading.Event) -> None:
        self.words = words
        self.count = 0
        self.last = -1
        self._cancelled = cancelled

    def __call__(self, input_ids: torch.Tensor, scores: object, **_: object) -> torch.Tensor:
        import torch

        if self._cancelled.is_set():
            raise Stopped
        self.last = int(input_ids[0, -1])
        self.count += 1
        return torch.tensor([self.words.add(self.last)], device=input_ids.device)


class Words:
    """Tokens to words: nothing is given away before it is whole, or while it may begin a stop sequence."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, stop: Sequence[str], give: Callable[[str], None]) -> None:
        self.stopped = False
        self._tokenizer, self._give = tokenizer, give
        self._stop = [each for each in stop if each]
        self._ids: list[int] = []
        self._begun, self._read = 0, 0
        self._held = ""

    def add(self, token: int) -> bool:
        """Take one more token; True when a stop sequence is complete, after which nothing more is given."""
        self._ids.append(token)
        before = self._decoded(self._begun, self._read)
        now = self._decoded(self._begun, len(self._ids))
        if len(now) > len(before) and not now.endswith(_HALF):
            self._begun, self._read = self._read, len(self._ids)
            self._pass_on(now[len(before) :])
        return self.stopped

    def end(self) -> None:
        """Give away what was held back."""
        if not self.stopped:
            before = self._decoded(self._begun, self._read)
            self._pass_on(self._decoded(self._begun, len(self._ids))[len(before) :])
        if not self.stopped and self._held:
            self._give(self._held)
        self._held = ""

    def _decoded(self, start: int, end: int) -> str:
        text = self._tokenizer.decode(
            self._ids[start:end], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        assert isinstance(text, str)
        return text

    def _pass_on(self, text: str) -> None:
        self._held += text
        found = min((at for each in self._stop if (at := self._held.find(each)) >= 0), default=-1)
        if found >= 0:
            self._held, self.stopped = self._held[:found], True
            if self._held:
                self._give(self._held)
            return
        kept = max((_overlap(self._held, each) for each in self._stop), default=0)
        given = self._held[: len(self._held) - kept]
        self._held = self._held[len(given) :]
        if given:
            self._give(given)


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of a text may be the beginning of a stop sequence."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
