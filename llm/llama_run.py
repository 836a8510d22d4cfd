"""One answer of a GGUF model: the question read step by step, then token by token, until it ends or nobody listens."""

from __future__ import annotations

import codecs
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from llm.constrain import matcher
from llm.errors import ContextTooLong, ModelCrashed, NotInstalled, OutOfMemory, scrub
from llm.json_text import JsonText, bounded
from llm.llama_model import COMMAND, STEP, Loaded
from llm.llama_prompt import encode
from llm.local_run import Asked, Finished, Give, Stopped, Stops
from llm.spec import ModelSpec

if TYPE_CHECKING:
    import llguidance

_LEAST_ROOM: Final = 16
"""Tokens that must be left for the answer; with fewer the question is too long."""
_UNLIKELY: Final = -3.0
"""Where chance decides: how far below the likeliest token's score one may be to be taken: a twentieth as likely."""
_SEED: Final = 0
_CAN_FAIL: Final = (RuntimeError, ValueError, OSError, LookupError, TypeError, ArithmeticError)
"""What llama.cpp's binding raises when a model cannot be run; the rest is ours, or a mistake in the program."""


def answer(loaded: Loaded, spec: ModelSpec, asked: Asked, give: Give, cancelled: threading.Event) -> Finished:
    """Make one answer, give its words away; raises the errors of `llm.errors`, and Stopped when `cancelled` is set."""
    try:
        return _answer(loaded, spec, asked, give, cancelled)
    except MemoryError:
        failure: Exception = OutOfMemory(model=spec.title)
    except _CAN_FAIL as problem:
        failure = ModelCrashed(model=spec.title, detail=scrub(f"{type(problem).__name__}: {problem}"))
    loaded.forget()
    raise failure


def _answer(loaded: Loaded, spec: ModelSpec, asked: Asked, give: Give, cancelled: threading.Event) -> Finished:
    if cancelled.is_set():
        raise Stopped
    prompt = encode(loaded, asked.messages, spec.title)
    room = loaded.window - len(prompt)
    if room < min(_LEAST_ROOM, asked.limit):
        raise ContextTooLong(model=spec.title)
    grammar = None if asked.schema is None else _grammar(loaded, asked.schema, spec)
    kept = _read(loaded, prompt, cancelled)
    writer = _Writer(loaded, asked, give)
    for token in _tokens(loaded, grammar, asked.temperature, min(asked.limit, room)):
        if cancelled.is_set():
            raise Stopped
        if writer.take(token):
            break
    return Finished(writer.end(), len(prompt), writer.count, kept)


def _read(loaded: Loaded, prompt: Sequence[int], cancelled: threading.Event) -> int:
    """Read the question step by step; how many of its tokens needed no reading."""
    kept = loaded.keep(prompt)
    for start in range(kept, len(prompt), STEP):
        if cancelled.is_set():
            raise Stopped
        step = prompt[start : start + STEP]
        loaded.evaluate(step)
        if len(step) == STEP:
            loaded.kept.extend(step)
    return kept


def _tokens(loaded: Loaded, grammar: llguidance.LLMatcher | None, temperature: float, limit: int) -> Iterator[int]:
    """At most so many tokens, the likeliest each time; those that the grammar leaves no choice about come in one go."""
    import numpy as np

    chance = np.random.default_rng(_SEED)
    while limit > 0:
        scores: Any = loaded.scores()
        if grammar is not None:
            scores = np.where(_allowed(grammar, loaded.vocabulary), scores, -np.inf)
        if temperature > 0:
            scores = np.where(scores >= scores.max() + _UNLIKELY, scores / temperature, -np.inf)
            scores = scores + chance.gumbel(size=len(scores))
        token = int(scores.argmax())
        next_ones = [token] if grammar is None else [token, *_forced(grammar, token, loaded.ends)]
        next_ones = next_ones[:limit]
        limit -= len(next_ones)
        yield from next_ones
        if limit > 0:
            loaded.evaluate(next_ones)


def _allowed(grammar: llguidance.LLMatcher, size: int) -> Any:
    import numpy as np

    allowed = np.frombuffer(grammar.compute_logit_bias(), dtype=np.uint8)[:size] > 0
    if grammar.is_error() or not allowed.any():
        raise RuntimeError(f"the grammar has no token to go on with: {grammar.get_error()}")
    return allowed


def _forced(grammar: llguidance.LLMatcher, token: int, ends: frozenset[int]) -> list[int]:
    if token in ends:
        return []
    grammar.consume_token(token)
    forced = [each for each in grammar.compute_ff_tokens() if each not in ends][:STEP]
    grammar.consume_tokens(forced)
    return forced


def _grammar(loaded: Loaded, schema: dict[str, Any], spec: ModelSpec) -> llguidance.LLMatcher:
    if loaded.tokens is None:
        loaded.tokens = _vocabulary(loaded, spec)
    return matcher(loaded.tokens, bounded(schema), spec.title)


def _vocabulary(loaded: Loaded, spec: ModelSpec) -> llguidance.LLTokenizer:
    try:
        from llguidance.llamacpp import lltokenizer_from_vocab
    except ImportError:
        raise NotInstalled(model=spec.title, package="llguidance", command=COMMAND) from None
    return lltokenizer_from_vocab(loaded.words, eos_token=sorted(loaded.ends))


class _Writer:
    """Tokens to words: nothing is given away before it is whole, may begin a stop sequence, or may be taken back."""

    def __init__(self, loaded: Loaded, asked: Asked, give: Give) -> None:
        self.count = 0
        self._loaded, self._give = loaded, give
        self._stops = Stops(asked.stop)
        self._json = JsonText(asked.schema) if asked.schema is not None else None
        self._safe = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._ended = False

    def take(self, token: int) -> bool:
        """Take one more token; True when the answer is at its end."""
        self.count += 1
        if token in self._loaded.ends:
            self._ended = True
            return True
        text = self._decoder.decode(self._loaded.piece(token))
        if self._json is not None:
            self._json.feed(text)
            text, self._safe = self._json.text[self._safe : self._json.safe], self._json.safe
            if self._json.repeats:
                return True
        self._say(self._stops.feed(text))
        return self._stops.stopped

    def end(self) -> str:
        """Give away what was held back, JSON closed where it can be; how the answer ended."""
        rest = self._decoder.decode(b"", final=True)
        repeats = False
        if self._json is not None:
            repeats = self._json.repeats
            closed = None if self._ended or self._stops.stopped else self._json.ended()
            rest = (self._json.text + rest if closed is None else closed)[self._safe :]
        self._say(self._stops.feed(rest) + self._stops.end())
        return "stop" if self._ended or repeats or self._stops.stopped else "length"

    def _say(self, text: str) -> None:
        if text:
            self._give(text)
