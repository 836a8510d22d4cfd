"""What runs on the computers of a Ray cluster: a model is asked, names are found, vectors are made. Nothing is kept.

Keys come with each question and are written nowhere: neither Ray's tables nor its logs hold what a call is given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from graph.errors import WunderkammerError
from graph.types import Chunk, Extraction
from llm.embed import Embedder, EmbeddingSpec, opened
from llm.patient import impatient
from llm.spec import ModelSpec
from settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatResult

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R]):
    """A value, or the error of ours in its place: Ray would wrap what is raised, and it would lose its name."""

    value: R | None = None
    problem: WunderkammerError | None = None


def outcome(work: Callable[[], R]) -> Outcome[R]:
    """What comes of some work; what is none of our errors is raised."""
    try:
        return Outcome(work())
    except WunderkammerError as problem:
        return Outcome(problem=problem)


@dataclass(frozen=True, slots=True)
class Question:
    """A question for a chat model, with all that is needed to ask it."""

    spec: ModelSpec
    settings: Settings = field(repr=False)
    messages: list[BaseMessage]
    stop: list[str] | None
    options: dict[str, Any]
    longest: int | None
    """Tokens of the answer at most; None: as the model's own file says."""


class Desk:
    """Asks servers, many questions at once, each in a thread of its own; a process on one computer of the cluster."""

    def here(self) -> str:
        """That the process works and has all that it needs."""
        # What the first question would otherwise wait for.
        import llm.openai_chat

        return llm.openai_chat.__name__

    def ask(self, question: Question) -> Outcome[ChatResult]:
        """The answer of a chat model; tried once, the worker decides about trying again."""
        return outcome(lambda: _asked(question))

    def vectors(self, spec: EmbeddingSpec, settings: Settings, texts: Sequence[str]) -> Outcome[np.ndarray]:
        """The vectors of passages from a server."""
        return outcome(lambda: _vectors(spec, settings, texts))


def names(chunks: Sequence[Chunk], language: str | None, collection: str) -> list[Extraction]:
    """The names in all passages of a document."""
    from ingest.quick import extract_quick

    return extract_quick(chunks, language, collection)


def vectors_here(spec: EmbeddingSpec, settings: Settings, texts: Sequence[str]) -> Outcome[np.ndarray]:
    """The vectors of passages, computed on this computer."""
    return outcome(lambda: _embedder(spec, settings).passages(texts))


def _asked(question: Question) -> ChatResult:
    chat = _chat(question.spec, question.settings, question.longest)
    with impatient():
        return chat._generate(question.messages, question.stop, **question.options)


def _vectors(spec: EmbeddingSpec, settings: Settings, texts: Sequence[str]) -> np.ndarray:
    with impatient():
        return _embedder(spec, settings).passages(texts)


@cache
def _chat(spec: ModelSpec, settings: Settings, longest: int | None) -> BaseChatModel:
    from llm.catalog import open_chat

    chat = open_chat(spec, settings)
    if longest is not None and hasattr(chat, "max_tokens"):
        chat.max_tokens = longest
    return chat


@cache
def _embedder(spec: EmbeddingSpec, settings: Settings) -> Embedder:
    return opened(spec, settings)
