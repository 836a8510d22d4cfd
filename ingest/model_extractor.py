"""What all extractors by a chat model share: asking it, with a schema while the server takes one, in halves if need be.

An extractor says what is asked (`_messages`, `_constrained`) and how its answer is read (`_read`); `ingest.made_claims`
makes statements of what was read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from langchain_core.messages import AIMessage, BaseMessage

from graph.types import DEFAULT_COLLECTION, Chunk, Extraction
from ingest.claim_schema import ExtractionSchema
from ingest.reply import RawClaim
from ingest.sentences import sentences
from llm.errors import BadRequest, CutOff
from llm.replies import schema_refused

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

_SHORTEST_HALF: Final = 200


@dataclass(slots=True)
class Read:
    """What was read in one answer: claims, names by themselves as (name, type), and what was refused, with reasons."""

    claims: list[RawClaim] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    named: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: Read) -> None:
        self.claims += other.claims
        self.refused += other.refused
        self.named += other.named


class ModelExtractor(ABC):
    """Finds the statements of a chunk with any chat model; may be used from several threads at once."""

    def __init__(
        self,
        chat: BaseChatModel,
        schema: ExtractionSchema | None = None,
        collection: str = DEFAULT_COLLECTION,
        model: str | None = None,
    ) -> None:
        self._chat = chat
        self._schema = schema or ExtractionSchema()
        self._collection = collection
        self._model = model or str(getattr(chat, "model_name", None) or getattr(chat, "model", None) or "model")
        self._structured: Runnable[Any, Any] | None = self._constrained()

    @abstractmethod
    def _constrained(self) -> Runnable[Any, Any] | None:
        """The chat held to the form of the answer; None where it cannot be."""

    @abstractmethod
    def _messages(self, chunk: Chunk, document_text: str, in_words: bool) -> list[BaseMessage]:
        """The question about a passage; `in_words` where the form of the answer has to be told in it."""

    @abstractmethod
    def _read(self, reply: AIMessage) -> Read:
        """What an answer says; raises NotUnderstood for one that cannot be read, and CutOff."""

    @abstractmethod
    def _made(self, chunk: Chunk, document_text: str, read: Read) -> Extraction:
        """The statements of what was read."""

    def extract(self, chunk: Chunk, document_text: str) -> Extraction:
        """The statements and mentions of a chunk, asked for once, or in two halves where the answer did not fit.

        Raises the errors of `llm.errors`; nothing found is not an error.
        """
        try:
            found = self._asked(chunk, document_text)
        except CutOff:
            halves = _halves(chunk)
            if not halves:
                raise
            found = Read()
            for half in halves:
                found.add(self._asked(half, document_text))
        return self._made(chunk, document_text, found)

    def _asked(self, passage: Chunk, document_text: str) -> Read:
        """What the model says of a passage: held to a form, or asked in words where a server does not take one."""
        while True:
            structured = self._structured
            messages = self._messages(passage, document_text, structured is None)
            try:
                reply = (structured or self._chat).invoke(messages)
            except BadRequest as refused:
                self._go_on_without_schema(structured, refused)
            else:
                return self._read(_message(reply))

    def _go_on_without_schema(self, used: object, refused: BadRequest) -> None:
        """Ask in words from now on where a server does not take a schema; any other refusal is an error."""
        if used is None or not schema_refused(refused):
            raise refused
        self._structured = None


def _message(reply: object) -> AIMessage:
    """The message itself, out of what a constrained model returns."""
    message = reply.get("raw") if isinstance(reply, dict) else reply
    assert isinstance(message, AIMessage)
    return message


def _halves(chunk: Chunk) -> tuple[Chunk, Chunk] | None:
    """The chunk in two, at the end of a sentence near its middle; None where it is too short for that."""
    middle = len(chunk.text) // 2
    if middle < _SHORTEST_HALF:
        return None
    ends = [end for _, end in sentences(chunk.text, 0, len(chunk.text))]
    cut = min(ends, key=lambda end: abs(end - middle), default=middle)
    cut = cut if _SHORTEST_HALF // 2 < cut < len(chunk.text) - _SHORTEST_HALF // 2 else middle
    return (
        replace(chunk, text=chunk.text[:cut], end=chunk.start + cut),
        replace(chunk, text=chunk.text[cut:], start=chunk.start + cut),
    )
