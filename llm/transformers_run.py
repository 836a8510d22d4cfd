"""One answer of Gemma or Molmo, token by token."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from llm.constrain import Constraint, vocabulary
from llm.errors import ContextTooLong, ModelCrashed, OutOfMemory, scrub
from llm.local_run import Asked, Finished, Give, Stopped, Stops
from llm.memory import give_back, is_out_of_memory
from llm.spec import ModelSpec
from llm.transformers_model import COMMAND, Loaded
from llm.transformers_prompt import encode

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

_LEAST_ROOM: Final = 16
"""Tokens that must be left for the answer; with fewer the question is too long."""
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


def answer(loaded: Loaded, spec: ModelSpec, asked: Asked, give: Give, cancelled: threading.Event) -> Finished:
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
    give_back()
    raise failure


def _answer(loaded: Loaded, spec: ModelSpec, asked: Asked, give: Give, cancelled: threading.Event) -> Finished:
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

    def __init__(self, tokenizer: PreTrainedTokenizerBase, stop: Sequence[str], give: Give) -> None:
        self._tokenizer, self._stops, self._give = tokenizer, Stops(stop), give
        self._ids: list[int] = []
        self._begun, self._read = 0, 0

    @property
    def stopped(self) -> bool:
        """Whether a stop sequence is complete, after which nothing more is given."""
        return self._stops.stopped

    def add(self, token: int) -> bool:
        """Take one more token; True when a stop sequence is complete."""
        self._ids.append(token)
        before = self._decoded(self._begun, self._read)
        now = self._decoded(self._begun, len(self._ids))
        if len(now) > len(before) and not now.endswith(_HALF):
            self._begun, self._read = self._read, len(self._ids)
            self._say(self._stops.feed(now[len(before) :]))
        return self.stopped

    def end(self) -> None:
        """Give away what was held back."""
        before = self._decoded(self._begun, self._read)
        rest = self._decoded(self._begun, len(self._ids))[len(before) :]
        self._say(self._stops.feed(rest) + self._stops.end())

    def _say(self, text: str) -> None:
        if text:
            self._give(text)

    def _decoded(self, start: int, end: int) -> str:
        text = self._tokenizer.decode(
            self._ids[start:end], skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        assert isinstance(text, str)
        return text
