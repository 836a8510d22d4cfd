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
from graph.ways import Filters
from llm.answer import Answer, Words, stream_answer
from llm.ask import Turn
from llm.catalog import find_model, open_chat
from llm.checked import Checker
from llm.competing import with_competing
from llm.crops import Cropper
from llm.embed import Embedder, open_embedder
from llm.modes import find
from llm.queries import rows
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
    """Any way to ask (docs/modes.md); for `cypher` give a `query`, for `checked` a `checker`."""
    limit: int = Field(default=8, ge=1, le=100)
    documents: tuple[str, ...] = ()
    """Only what these documents say, by id, beginning of an id, address or title; empty: all."""
    types: tuple[str, ...] = ()
    """Only what concerns such people, places or things: "Person", "Place"; empty: all."""
    earliest: int | None = None
    latest: int | None = None
    """Only what is said of a time between these days, each as year * 10000 + month * 100 + day."""
    language: str = ""
    """Only documents in this language, such as "de"."""
    kinds: tuple[ChunkKind, ...] = ()
    """Only passages of these kinds, such as "text" or "caption"; empty: of all. Looked for among the best POOL."""
    query: str = ""
    """In the mode `cypher`: what is run, read by a grammar that only reads."""
    checker: SkipValidation[Checker] | None = None
    """In the mode `checked`: who looks through the passages; an Answerer takes its own model where none is given."""

    @classmethod
    def of(cls, graph: Graph, settings: Settings, **chosen: Any) -> Self:
        """A retriever with the embedding model that the cabinet's vectors come from; `chosen` are its fields.

        Raises what opening that model raises, such as a missing package or key.
        """
        name = graph.embeddings.meta().embedding_model
        return cls(graph=graph, embedder=open_embedder(name, settings) if name else None, **chosen)

    def retrieve(self, question: str, checker: Checker | None = None) -> Retrieved:
        """The evidence as our own value, with the graph that connects it; `checker` where the field is not set.

        Raises EmptyQuestion, NoSuchDocument for a name that no document has or several have, QueryNeeded, and what
        `graph.reader.Reader.rows` raises for a query.
        """
        filters, here = self._filters(), self.collections
        limit = max(POOL, self.limit) if self.kinds else self.limit
        if self.mode is Mode.CYPHER and self.query.strip():
            found = rows(self.graph, question, self.query, limit, here, filters)
        else:
            by = self.checker or checker
            found = find(self.graph, self.embedder, question, self.mode, limit, here, filters, by)
        if not self.kinds:
            return found
        return _replaced(found, [piece for piece in found.evidence if piece.chunk.kind in self.kinds][: self.limit])

    def _filters(self) -> Filters:
        documents = tuple(self.graph.documents.find(name, self.collections).id for name in self.documents)
        return Filters(documents, self.types, self.earliest, self.latest, self.language.strip().lower())

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
    """The same result with other evidence, numbered anew; the graph keeps connecting all that was found.

    Chains and themes, which name evidence by its old numbers, are left out.
    """
    way = replace(found.way, chains=(), themes=())
    return replace(found, evidence=tuple(replace(piece, n=n) for n, piece in enumerate(kept, start=1)), way=way)


class Answerer(Runnable[str | Question, AddableDict]):
    """A question in; out come the answer, its citations looked up in the sources, and the evidence as documents.

    `invoke` gives `{"answer", "status", "model", "mode", "citations", "sentences", "evidence", "error"}`: `status` is
    "answered", "evidence_only" (no chat model) or "not_found"; each citation has n, quote, supported, start, end; each
    sentence text, supported, citations; `error` says what broke an answer off. `stream` gives the evidence first, the
    answer in pieces as they come, and the rest at the end: added up they are what `invoke` gives. Errors are those of
    `llm.errors`.
    """

    def __init__(
        self,
        retriever: CabinetRetriever,
        chat: BaseChatModel | None = None,
        spec: ModelSpec | None = None,
        cropper: Cropper | None = None,
    ):
        """`cropper`, such as `ingest.crops.Crops(store, settings)`, shows a model that sees where evidence stands."""
        self.retriever, self.chat, self.spec, self.cropper = retriever, chat, spec, cropper

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
        checker = Checker(self.chat, self.spec) if self.chat is not None else None
        found = with_competing(self.retriever.graph, self.retriever.retrieve(given["question"], checker))
        yield AddableDict(evidence=[as_document(piece) for piece in found.evidence])
        history = [Turn(question, answer) for question, answer in given.get("history", ())]
        language = given.get("language")
        events = stream_answer(
            self.chat, found, spec=self.spec, language=language, history=history, cropper=self.cropper
        )
        for event in events:
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
