"""Statements by a language model: JSON asked for, with the words of the passage that make each claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from graph.types import Chunk, Extraction
from ingest.claim_schema import ExtractionSchema
from ingest.made_claims import CONTEXT, Maker
from ingest.model_extractor import ModelExtractor, Read
from ingest.reply import read_reply
from llm.errors import NotUnderstood, scrub
from llm.replies import check_finish, raw_only
from llm.untrusted import inert, inert_line

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

__all__ = ["ExtractionSchema", "StatementExtractor"]


class StatementExtractor(ModelExtractor):
    """Our own extractor: one prompt, a JSON Schema where the server takes one, a quote for every claim."""

    def _constrained(self) -> Runnable[Any, Any] | None:
        try:
            form = self._schema.json_schema()
            held = self._chat.with_structured_output(form, method="json_schema", include_raw=True, strict=True)
        except (NotImplementedError, ValueError, TypeError):
            return None
        return raw_only(held)

    def _messages(self, chunk: Chunk, document_text: str, in_words: bool) -> list[BaseMessage]:
        before = document_text[max(0, chunk.start - CONTEXT) : chunk.start]
        heading = f"{inert_line(chunk.heading)}\n" if chunk.heading else ""
        context = f"CONTEXT\n{heading}{inert(before).strip()}\n\n" if heading or before.strip() else ""
        passage = f"{context}<<<PASSAGE\n{inert(chunk.text)}\nPASSAGE>>>"
        return [SystemMessage(self._schema.instructions()), HumanMessage(passage)]

    def _read(self, reply: AIMessage) -> Read:
        check_finish(reply, self._model)
        read = read_reply(reply.text)
        if read is None:
            raise NotUnderstood(model=self._model, detail=scrub(reply.text[:80]) or "it is empty")
        return Read(*read)

    def _made(self, chunk: Chunk, document_text: str, read: Read) -> Extraction:
        return Maker(self._schema, self._collection, self._model).made(chunk, document_text, read)
