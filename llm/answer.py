"""From evidence to an answer: streamed as plain words, then checked sentence by sentence against its sources."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from graph.errors import Failure, ModelError
from graph.finding import Citation
from graph.types import Mode, Retrieved
from llm.cite import CheckedSentence, check
from llm.cost import cost, estimate_tokens
from llm.errors import BadPicture, BadRequest, ContextTooLong, NotUnderstood, ReadsNoPictures
from llm.hidden import Visible
from llm.plain import PlainStream
from llm.prompts import prompt
from llm.spec import ModelSpec

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk

    from llm.ask import Asking, Turn
    from llm.crops import Cropper


class Status(StrEnum):
    """How a question ended: with words of a model, with evidence alone, or with nothing found."""

    ANSWERED = "answered"
    EVIDENCE_ONLY = "evidence_only"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds: until the first word could be read (None: there was none), and altogether."""

    first_word: float | None = None
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of the call, counted by the provider or `estimated` from the length of the texts; cost in USD if known."""

    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the answer as they arrive: plain text and [n] markers, safe to show; all of them are `Answer.text`."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `failure` says what broke it off after its first words; `stopped` that somebody did.

    `shown` counts the pieces of evidence the model was given, the rest did not fit; `pictures` those of their places.
    """

    question: str
    status: Status
    mode: Mode
    text: str = ""
    sentences: tuple[CheckedSentence, ...] = ()
    model: str | None = None
    prompt: str | None = None
    timings: Timings = field(default_factory=Timings)
    usage: Usage = field(default_factory=Usage)
    shown: int = 0
    pictures: int = 0
    stopped: bool = False
    failure: Failure | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation once, in the order of the answer."""
        return tuple(dict.fromkeys(each for sentence in self.sentences for each in sentence.citations))

    @property
    def unsupported(self) -> int:
        """How many sentences their sources do not say."""
        return sum(not sentence.supported for sentence in self.sentences)

    @property
    def unfounded(self) -> bool:
        """Whether a model wrote something and its sources say none of it."""
        return bool(self.sentences) and self.unsupported == len(self.sentences)


AnswerEvent = Words | Answer


def stream_answer(
    chat: BaseChatModel | None,
    retrieved: Retrieved,
    *,
    spec: ModelSpec | None = None,
    language: str | None = None,
    history: Sequence[Turn] = (),
    cropper: Cropper | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[AnswerEvent]:
    """Words as they arrive, then one Answer. Without evidence or model nothing is asked, and only the Answer comes.

    Raises the errors of `llm.errors` before the first word; a failure after it is told in the Answer. `stop` is asked
    between words; stopping, or closing the iterator, closes the connection. `language` ("de", "en") is only a hint.
    A model that sees is shown what `cropper` makes of the evidence; one that refuses pictures is asked without them.
    """
    if not retrieved.evidence or chat is None:
        status = Status.EVIDENCE_ONLY if retrieved.evidence else Status.NOT_FOUND
        yield Answer(retrieved.question, status, retrieved.mode)
        return
    from llm.ask import ask

    hearing = _Hearing(retrieved, ask(retrieved, spec, language, history, cropper), spec, stop)
    try:
        yield from hearing.words(chat)
    except (BadRequest, BadPicture, ReadsNoPictures, ContextTooLong):
        if not hearing.pictures:
            raise
        hearing = _Hearing(retrieved, ask(retrieved, spec, language, history), spec, stop)
        yield from hearing.words(chat)
    yield hearing.answer()


class _Hearing:
    """One answer while it arrives."""

    def __init__(self, retrieved: Retrieved, asking: Asking, spec: ModelSpec | None, stop: Callable[[], bool]) -> None:
        self._retrieved, self._asking, self._spec, self._stop = retrieved, asking, spec, stop
        self._visible, self._plain = Visible(), PlainStream()
        self._given: list[str] = []
        self._whole: AIMessageChunk | None = None
        self._begun = time.perf_counter()
        self._first_word: float | None = None
        self._stopped = False
        self._failure: Failure | None = None

    @property
    def pictures(self) -> int:
        return len(self._asking.crops)

    def words(self, chat: BaseChatModel) -> Iterator[Words]:
        """The words as they arrive; afterwards `answer` knows the rest."""
        try:
            yield from self._listen(chat)
        except ModelError as broken:
            if not self._given:
                raise
            self._failure = broken.failure()
        yield from self._give(self._plain.feed(self._visible.finish()) + self._plain.finish())
        if not (self._given or self._visible.not_found or self._stopped):
            raise NotUnderstood(model=self._model, detail="it is empty")

    def _listen(self, chat: BaseChatModel) -> Iterator[Words]:
        from llm.replies import check_finish

        stream = cast("Generator[AIMessageChunk]", chat.stream(self._asking.messages))
        with closing(stream):
            for chunk in stream:
                self._whole = chunk if self._whole is None else self._whole + chunk
                yield from self._give(self._plain.feed(self._visible.feed(chunk.text)))
                if self._stop():
                    self._stopped = True
                    return
        if self._whole is not None:
            check_finish(self._whole, self._model)

    def _give(self, text: str) -> Iterator[Words]:
        if text:
            if self._first_word is None:
                self._first_word = time.perf_counter() - self._begun
            self._given.append(text)
            yield Words(text)

    def answer(self) -> Answer:
        """What was heard, checked against the evidence that was shown."""
        text = "".join(self._given)
        sentences = check(text, self._visible.quotes, self._asking.shown)
        denied = self._visible.not_found and not any(sentence.supported for sentence in sentences)
        return Answer(
            question=self._retrieved.question,
            status=Status.NOT_FOUND if denied else Status.ANSWERED,
            mode=self._retrieved.mode,
            text=text,
            sentences=sentences,
            model=self._model,
            prompt=prompt("answer").version,
            timings=Timings(self._first_word, time.perf_counter() - self._begun),
            usage=self._usage(),
            shown=len(self._asking.shown),
            pictures=self.pictures,
            stopped=self._stopped,
            failure=self._failure,
        )

    @property
    def _model(self) -> str:
        named = self._whole.response_metadata.get("model_name") if self._whole else None
        return self._spec.id if self._spec else str(named or "?")

    def _usage(self) -> Usage:
        from llm.replies import tokens
        from llm.seeing import PICTURE_TOKENS

        counted = tokens(self._whole) if self._whole else None
        written = len(self._whole.text) if self._whole else 0
        guessed = estimate_tokens(self._asking.characters) + self.pictures * PICTURE_TOKENS
        tokens_in, tokens_out = counted or (guessed, estimate_tokens(written))
        estimated = counted is None
        if check := self._retrieved.way.check:
            # The model was asked once before, which of the passages help.
            tokens_in, tokens_out = tokens_in + check.tokens_in, tokens_out + check.tokens_out
            estimated = estimated or check.estimated
        return Usage(tokens_in, tokens_out, estimated, cost(self._spec, tokens_in, tokens_out))
