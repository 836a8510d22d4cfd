"""The cabinet in other people's LangChain chains and notebooks: a retriever, and an answerer that checks citations.

retriever = CabinetRetriever.of(store, settings, mode="graph", limit=5)
retriever.invoke("Who acquired Worm's museum?")                     # documents with page, region and score
Answerer.of(retriever, "gpt-4o-mini", settings).invoke("Who …?")    # {"answer", "status", "citations", "evidence", …}
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, Final, Self, TypedDict, cast

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig, run_in_executor
from langchain_core.runnables.utils import AddableDict
from pydantic import ConfigDict, Field, SkipValidation

from graph.errors import WrongUse
from graph.types import DEFAULT_COLLECTION, ChunkKind, Evidence, Mode, Retrieved
from llm.answer import Answer, Words, stream_answer
from llm.ask import Turn
from llm.catalog import find_model, open_chat
from llm.competing import with_competing
from llm.embed import Embedder, open_embedder
from llm.retrieve import retrieve
from llm.spec import ModelSpec
from llm.views import Graph
from settings import Settings

POOL: Final = 200
"""Among how many of the best passages those are looked for that a filter lets through."""


class NoQuestion(WrongUse):
    en = 'The question is missing. Give it as a text, or as {{"question": "…"}}.'
    de = 'Die Frage fehlt. Geben Sie sie als Text an oder als {{"question": "…"}}.'


class Question(TypedDict, total=False):
    """A question with what may stand beside it: earlier (question, answer) pairs, and a hint at the language."""

    question: str
    history: Sequence[tuple[str, str]]
    language: str


class CabinetRetriever(BaseRetriever):
    """Passages of the cabinet for a question, best first; metadata says where each stands and why it was found.

    `page_content` is the source's own text. Metadata: n, chunk, document, title, page, region ("x,y,w,h" in pixels of
    the page's image), start and end (in the document's text), score, why, kind, written_by (the model
    whose words they are, or that read them).
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    graph: SkipValidation[Graph]
    """An open `graph.store.Store`."""
    embedder: SkipValidation[Embedder] | None = None
    """The model of the stored vectors; None searches by words and connections alone."""
    collections: tuple[str, ...] = (DEFAULT_COLLECTION,)
    mode: Mode = Mode.AUTO
    limit: int = Field(default=8, ge=1, le=100)
    documents: tuple[str, ...] = ()
    """Only passages of these documents, by id or title; empty: of all. Looked for among the best POOL passages."""
    kinds: tuple[ChunkKind, ...] = ()
    """Only passages of these kinds, such as "text" or "caption"; empty: of all."""

    @classmethod
    def of(cls, graph: Graph, settings: Settings, **chosen: Any) -> Self:
        """A retriever with the embedding model that the cabinet's vectors come from; `chosen` are its fields.

        Raises what opening that model raises, such as a missing package or key.
        """
        name = graph.embeddings.meta().embedding_model
        return cls(graph=graph, embedder=open_embedder(name, settings) if name else None, **chosen)

    def retrieve(self, question: str) -> Retrieved:
        """The evidence as our own value, with the graph that connects it."""
        filtered = bool(self.documents or self.kinds)
        limit = max(POOL, self.limit) if filtered else self.limit
        found = retrieve(self.graph, self.embedder, question, self.mode, limit, self.collections)
        if not filtered:
            return found
        kept = [piece for piece in found.evidence if self._wanted(piece)][: self.limit]
        return _replaced(found, kept)

    def _wanted(self, piece: Evidence) -> bool:
        named = not self.documents or piece.chunk.document in self.documents or piece.title in self.documents
        return named and (not self.kinds or piece.chunk.kind in self.kinds)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [as_document(piece) for piece in self.retrieve(query).evidence]


def as_document(piece: Evidence) -> Document:
    """A piece of evidence as LangChain's document."""
    chunk = piece.chunk
    place = {
        "n": piece.n,
        "chunk": chunk.id,
        "document": chunk.document,
        "title": piece.title,
        "page": chunk.page,
        "region": str(chunk.region) if chunk.region else None,
        "start": chunk.start,
        "end": chunk.end,
        "score": piece.score,
        "why": list(piece.why),
        "kind": chunk.kind.value,
        "written_by": chunk.written_by,
    }
    return Document(id=chunk.id, page_content=chunk.text, metadata=place)


def _replaced(found: Retrieved, kept: Sequence[Evidence]) -> Retrieved:
    """The same result with other evidence, numbered anew; the graph keeps connecting all that was found."""
    return replace(found, evidence=tuple(replace(piece, n=n) for n, piece in enumerate(kept, start=1)))


class Answerer(Runnable[str | Question, AddableDict]):
    """A question in; out come the answer, its citations looked up in the sources, and the evidence as documents.

    `invoke` gives `{"answer", "status", "model", "mode", "citations", "sentences", "evidence", "error"}`: `status` is
    "answered", "evidence_only" (no chat model) or "not_found"; each citation has n, quote, supported, start, end; each
    sentence text, supported, citations; `error` says what broke an answer off. `stream` gives the evidence first, the
    answer in pieces as they come, and the rest at the end: added up they are what `invoke` gives. Errors are those of
    `llm.errors`.
    """

    def __init__(self, retriever: CabinetRetriever, chat: BaseChatModel | None = None, spec: ModelSpec | None = None):
        self.retriever, self.chat, self.spec = retriever, chat, spec

    @classmethod
    def of(cls, retriever: CabinetRetriever, model: str | None, settings: Settings) -> Self:
        """An answerer by a model's id, as `python -m llm models` lists them; None gives evidence alone."""
        spec = find_model(model, settings) if model else None
        return cls(retriever, open_chat(spec, settings) if spec else None, spec)

    def invoke(self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any) -> AddableDict:
        """The whole answer."""
        return self._call_with_config(self._whole, input, config, **kwargs)

    def stream(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> Iterator[AddableDict]:
        """The answer in pieces."""
        return self._transform_stream_with_config(iter([input]), self._pieces_of_all, config, **kwargs)

    async def astream(
        self, input: str | Question, config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[AddableDict]:
        """The same without holding up an event loop."""
        with closing(cast("Generator[AddableDict]", self.stream(input, config, **kwargs))) as pieces:
            while (piece := await run_in_executor(config, next, pieces, None)) is not None:
                yield piece

    def _whole(self, asked: str | Question) -> AddableDict:
        whole = AddableDict()
        for piece in self._pieces(asked):
            whole = whole + piece
        return whole

    def _pieces_of_all(self, asked: Iterator[str | Question]) -> Iterator[AddableDict]:
        for each in asked:
            yield from self._pieces(each)

    def _pieces(self, asked: str | Question) -> Iterator[AddableDict]:
        given: Question = {"question": asked} if isinstance(asked, str) else asked
        if not isinstance(given, dict) or not isinstance(given.get("question"), str):
            raise NoQuestion()
        found = with_competing(self.retriever.graph, self.retriever.retrieve(given["question"]))
        yield AddableDict(evidence=[as_document(piece) for piece in found.evidence])
        history = [Turn(question, answer) for question, answer in given.get("history", ())]
        language = given.get("language")
        for event in stream_answer(self.chat, found, spec=self.spec, language=language, history=history):
            yield AddableDict(answer=event.text) if isinstance(event, Words) else _rest(event)


def _rest(answer: Answer) -> AddableDict:
    """What is known of an answer when its words are over; `answer` is there even where no word came."""
    citations = [
        {"n": c.n, "quote": c.quote, "supported": c.supported, "start": c.start, "end": c.end} for c in answer.citations
    ]
    sentences = [
        {"text": s.text, "supported": s.supported, "citations": [c.n for c in s.citations]} for s in answer.sentences
    ]
    return AddableDict(
        answer="",
        status=answer.status.value,
        model=answer.model,
        mode=answer.mode.value,
        citations=citations,
        sentences=sentences,
        error=answer.failure.text if answer.failure else None,
    )
