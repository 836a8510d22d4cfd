"""Statements by a language model: JSON asked for, every quote looked up in the chunk, everything refused is listed.

A statement whose quote is not in the chunk is kept as unsupported: people decide about it, they are told. One of which
neither quote nor names stand there was invented, or copied from the prompt, and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from graph.quotes import fold, locate_quote
from graph.types import DEFAULT_COLLECTION, Chunk, Entity, Extraction, Mention, Source, Statement
from ingest.claim_schema import FALLBACK_TYPE, ExtractionSchema
from ingest.reply import RawClaim, read_reply
from ingest.sentences import sentences
from llm.errors import BadRequest, CutOff, NotUnderstood, scrub
from llm.replies import check_finish, schema_refused
from llm.untrusted import inert, inert_line

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

__all__ = ["ExtractionSchema", "StatementExtractor"]

_CONTEXT = 400
"""Characters before the chunk that are shown so that pronouns can be understood."""
_LONGEST_NAME = 200
_SHORTEST_HALF = 200
_PRONOUN_WORDS = """
he she it they him her them his hers its their this that these those i we you who which er sie es ihm ihn ihr ihnen sein
seine dieser diese dieses man ich wir wer das der die
"""
_PRONOUNS = frozenset(_PRONOUN_WORDS.split())

Invoked = Generator[list[BaseMessage], AIMessage, Extraction]


class StatementExtractor:
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

    def extract(self, chunk: Chunk, document_text: str) -> Extraction:
        """The statements and mentions of a chunk. Raises the errors of `llm.errors`; nothing found is not an error."""
        work = self._work(chunk, document_text)
        try:
            messages = next(work)
            while True:
                structured = self._structured
                try:
                    reply = (structured or self._chat).invoke(messages)
                except BadRequest as refused:
                    self._go_on_without_schema(structured, refused)
                except CutOff as broken:
                    messages = work.throw(broken)
                else:
                    messages = work.send(_message(reply))
        except StopIteration as done:
            return _extraction(done.value)

    async def aextract(self, chunk: Chunk, document_text: str) -> Extraction:
        """The same for `await`."""
        work = self._work(chunk, document_text)
        try:
            messages = next(work)
            while True:
                structured = self._structured
                try:
                    reply = await (structured or self._chat).ainvoke(messages)
                except BadRequest as refused:
                    self._go_on_without_schema(structured, refused)
                except CutOff as broken:
                    messages = work.throw(broken)
                else:
                    messages = work.send(_message(reply))
        except StopIteration as done:
            return _extraction(done.value)

    def _constrained(self) -> Runnable[Any, Any] | None:
        try:
            return self._chat.with_structured_output(
                self._schema.json_schema(), method="json_schema", include_raw=True, strict=True
            )
        except (NotImplementedError, ValueError, TypeError):
            return None

    def _go_on_without_schema(self, used: object, refused: BadRequest) -> None:
        """Ask in words from now on where a server does not take a schema; any other refusal is an error."""
        if used is None or not schema_refused(refused):
            raise refused
        self._structured = None

    def _work(self, chunk: Chunk, document_text: str) -> Invoked:
        """What to ask, and what to make of the replies: once, or in two halves where the answer did not fit."""
        found: tuple[list[RawClaim], list[str]]
        try:
            found = self._read((yield self._messages(chunk, document_text)))
        except CutOff:
            halves = _halves(chunk)
            if not halves:
                raise
            found = ([], [])
            for half in halves:
                claims, refused = self._read((yield self._messages(half, document_text)))
                found[0].extend(claims)
                found[1].extend(refused)
        return self._made(chunk, document_text, *found)

    def _messages(self, chunk: Chunk, document_text: str) -> list[BaseMessage]:
        before = document_text[max(0, chunk.start - _CONTEXT) : chunk.start]
        heading = f"{inert_line(chunk.heading)}\n" if chunk.heading else ""
        context = f"CONTEXT\n{heading}{inert(before).strip()}\n\n" if heading or before.strip() else ""
        passage = f"{context}<<<PASSAGE\n{inert(chunk.text)}\nPASSAGE>>>"
        return [SystemMessage(self._schema.instructions()), HumanMessage(passage)]

    def _read(self, reply: AIMessage) -> tuple[list[RawClaim], list[str]]:
        check_finish(reply, self._model)
        read = read_reply(reply.text)
        if read is None:
            raise NotUnderstood(model=self._model, detail=scrub(reply.text[:80]) or "it is empty")
        return read

    def _made(self, chunk: Chunk, document_text: str, claims: Sequence[RawClaim], refused: list[str]) -> Extraction:
        """The claims as statements with their places; of the same claim twice, the supported one is kept."""
        statements: dict[str, Statement] = {}
        for claim in claims:
            statement = self._statement(claim, chunk, document_text)
            if isinstance(statement, str):
                refused.append(f"{statement}: {claim.subject} | {claim.predicate} | {claim.object}")
            elif statement.id not in statements or not statements[statement.id].source.supported:
                statements[statement.id] = statement
        mentions = tuple(_mentions(chunk, statements.values()))
        return Extraction(chunk.id, mentions, tuple(statements.values()), refused=tuple(refused))

    def _statement(self, claim: RawClaim, chunk: Chunk, document_text: str) -> Statement | str:
        """The statement, or why it is refused."""
        subject = self._entity(claim.subject, claim.subject_type)
        object_ = self._entity(claim.object, claim.object_type)
        predicate = self._schema.predicate_of(claim.predicate)
        if predicate is None:
            return "predicate not in the schema"
        if subject is None or object_ is None:
            return "a pronoun or no name"
        if subject.id == object_.id:
            return "about itself"
        source = _source(claim.quote, chunk, document_text)
        named = sum(_is_named(end.name, chunk, document_text) for end in (subject, object_))
        if not source.supported and not named:
            return "nothing of it stands in the passage"
        return Statement(
            subject,
            predicate,
            object_,
            f"{subject.name} {self._schema.in_words(predicate)} {object_.name}",
            source,
            self._collection,
            _confidence(source, named),
            self._model,
        )

    def _entity(self, written: str, kind: str) -> Entity | None:
        """The entity of a name, spelled as the model spelled it; None for a pronoun or what is no name."""
        name = " ".join(written.split()).strip("\"'“”„«»‘’‚ ,;")
        if not name or len(name) > _LONGEST_NAME or name.casefold() in _PRONOUNS:
            return None
        known = self._schema.type_of(kind)
        return Entity(
            Entity.make_id(self._collection, name),
            name,
            self._collection,
            known or FALLBACK_TYPE,
            2 if known and known != FALLBACK_TYPE else 0,
        )


def _message(reply: object) -> AIMessage:
    """The message itself, out of what a constrained model returns."""
    message = reply.get("raw") if isinstance(reply, dict) else reply
    assert isinstance(message, AIMessage)
    return message


def _extraction(value: object) -> Extraction:
    assert isinstance(value, Extraction)
    return value


def _source(quote: str, chunk: Chunk, document_text: str) -> Source:
    """Where the words stand in the document; without a place where they are not in the chunk."""
    found = locate_quote(document_text, quote, (chunk.start, chunk.end))
    if found is None:
        return Source(chunk.id, quote)
    return Source(chunk.id, document_text[found.start : found.end], found.start, found.end, True)


def _is_named(name: str, chunk: Chunk, document_text: str) -> bool:
    """Whether every word of a name stands in what the model was shown: passage, heading and context."""
    shown = fold(document_text[max(0, chunk.start - _CONTEXT) : chunk.end] + "\n" + (chunk.heading or ""))
    return all(fold(word) in shown for word in name.split())


def _confidence(source: Source, named: int) -> float:
    """1 for a claim with true words about two things the passage names; half of that for each thing that is missing."""
    return 0.5 ** ((not source.supported) + (2 - named))


def _mentions(chunk: Chunk, statements: Iterable[Statement]) -> Iterator[Mention]:
    """How often the chunk names each entity of its statements; those it does not name literally are left out."""
    entities = {end.id: end for each in statements for end in (each.subject, each.object)}
    for entity in entities.values():
        pattern = rf"(?<!\w){re.escape(entity.name)}(?!\w)"
        count = len(re.findall(pattern, chunk.text, re.IGNORECASE)) or int(
            locate_quote(chunk.text, entity.name) is not None
        )
        if count:
            yield Mention(chunk.id, entity, count)


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
