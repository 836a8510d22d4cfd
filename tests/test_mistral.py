"""Mistral against a real server on a real socket: its answers, and every way in which it can fail."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage

import llm.errors as errors
from ingest.claim_schema import ExtractionSchema
from llm import patient
from llm.catalog import find_model, models, open_chat
from llm.mistral_chat import MistralChat
from llm.replies import check_finish, tokens
from settings import Settings
from tests.fake_mistral import FakeMistral
from tests.fake_openai import Raw, Status, Words, structured

KEY = "planted0SECRET1key2of3thirty4two"


@pytest.fixture
def server() -> Iterator[FakeMistral]:
    with FakeMistral() as running:
        yield running


@pytest.fixture
def settings(server: FakeMistral, home: Path) -> Settings:
    return Settings(home=home, mistral_api_key=KEY, mistral_base_url=server.address)


@pytest.fixture
def chat(settings: Settings) -> MistralChat:
    opened = open_chat(find_model("mistral-small-latest"), settings)
    assert isinstance(opened, MistralChat)
    return opened


def together(chunks: list[AIMessageChunk]) -> AIMessageChunk:
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    return whole


async def streamed(chat: MistralChat, question: str) -> list[AIMessageChunk]:
    return [chunk async for chunk in chat.astream(question)]


def test_all_four_ways_say_the_same(server: FakeMistral, chat: MistralChat) -> None:
    server.default = Words("The horn is a tooth [1].", usage=(120, 9))
    whole = [
        together(list(chat.stream("What is it?"))),
        together(asyncio.run(streamed(chat, "What is it?"))),
        chat.invoke("What is it?"),
        asyncio.run(chat.ainvoke("What is it?")),
    ]
    for message in whole:
        assert message.text == "The horn is a tooth [1]."
        assert tokens(message) == (120, 9)
        assert message.response_metadata["finish_reason"] == "stop"
        assert message.response_metadata["model_name"] == "mistral-small-latest" == chat.model_name
        check_finish(message, "mistral-small-latest")
    bodies = [asked.body for asked in server.requests]
    for body in bodies:
        assert (body["model"], body["temperature"], body["max_tokens"]) == ("mistral-small-latest", 0.0, 4096)
        assert body["messages"] == [{"role": "user", "content": "What is it?"}]
    assert [bool(body.get("stream")) for body in bodies] == [True, True, False, False]
    assert {asked.headers["authorization"] for asked in server.requests} == {f"Bearer {KEY}"}
    assert {asked.path for asked in server.requests} == {"/v1/chat/completions"}


def test_an_address_with_v1_is_the_same(server: FakeMistral, home: Path) -> None:
    settings = Settings(home=home, mistral_base_url=server.url + "/")
    assert open_chat(find_model("mistral:local"), settings).invoke("hi").text
    assert server.requests[0].path == "/v1/chat/completions"
    assert server.requests[0].headers["authorization"] == "Bearer not-needed", "no key is taken from elsewhere"
    assert server.requests[0].body["model"] == "local"
    assert server.requests[0].body["temperature"] == 0.0


def test_a_conversation_and_where_to_stop(server: FakeMistral, chat: MistralChat) -> None:
    chat.invoke([SystemMessage("rules"), HumanMessage("one"), AIMessage("two"), HumanMessage("three")], stop=["\n\n"])
    body = server.requests[0].body
    assert [(each["role"], each["content"]) for each in body["messages"]] == [
        ("system", "rules"),
        ("user", "one"),
        ("assistant", "two"),
        ("user", "three"),
    ]
    assert body["stop"] == ["\n\n"]


def test_a_picture_arrives_byte_for_byte(server: FakeMistral, chat: MistralChat) -> None:
    picture = bytes(range(256)) * 3
    question = HumanMessage(
        [
            {"type": "text", "text": "What is this?"},
            {"type": "image", "base64": base64.b64encode(picture).decode(), "mime_type": "image/png"},
        ]
    )
    for ask in (lambda: chat.invoke([question]), lambda: list(chat.stream([question]))):
        ask()
        text, image = server.requests[-1].body["messages"][0]["content"]
        assert text == {"type": "text", "text": "What is this?"}
        url = image["image_url"] if isinstance(image["image_url"], str) else image["image_url"]["url"]
        assert base64.b64decode(url.removeprefix("data:image/png;base64,")) == picture


def test_structured_output(server: FakeMistral, chat: MistralChat) -> None:
    schema = ExtractionSchema().json_schema()
    asked = chat.with_structured_output(schema, method="json_schema", include_raw=True, strict=True)
    server.replies(structured({"statements": []}), Words('{"statements": [', finish="length"), structured({"a": 1}))
    first = asked.invoke("hi")
    assert first["parsed"] == {"statements": []} and first["parsing_error"] is None
    sent = server.requests[0].body["response_format"]
    assert sent == {"type": "json_schema", "json_schema": {"name": "claims", "schema": schema, "strict": True}}
    second = asyncio.run(asked.ainvoke("hi"))
    assert second["parsed"] is None and second["parsing_error"] is not None
    with pytest.raises(errors.CutOff):
        check_finish(second["raw"], "m")
    assert chat.with_structured_output(schema).invoke("hi") == {"a": 1}
    with pytest.raises(ValueError, match="JSON Schema"):
        chat.with_structured_output(schema, method="function_calling")


def test_what_a_model_thinks_aloud_is_no_answer(server: FakeMistral, chat: MistralChat) -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    content = [thinking, {"type": "text", "text": "The "}, {"type": "text", "text": "tooth."}]
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    answer = {"id": "1", "object": "x", "model": "m", "created": 1, "usage": {}, "choices": [choice]}
    server.replies(Raw(json.dumps(answer).encode()))
    assert chat.invoke("hi").text == "The tooth."


def test_a_short_wait_is_waited_for(server: FakeMistral, chat: MistralChat) -> None:
    server.replies(Status(429, headers={"retry-after": "0.3"}), Status(503), Words("at last"))
    begun = time.perf_counter()
    assert together(list(chat.stream("hi"))).text == "at last"
    assert time.perf_counter() - begun > 0.3
    server.replies(Status(429, headers={"retry-after": "0.1"}), Words("at last"))
    assert asyncio.run(chat.ainvoke("hi")).text == "at last"
    assert len(server.requests) == 5


def test_patience_has_an_end(server: FakeMistral, chat: MistralChat) -> None:
    server.default = Status(500, headers={"retry-after": "0"})
    with pytest.raises(errors.ProviderFailed, match="500"):
        chat.invoke("hi")
    assert len(server.requests) == patient.ATTEMPTS


def test_closing_a_stream_closes_the_connection(server: FakeMistral, chat: MistralChat) -> None:
    server.replies(Words("word " * 2000, pause=0.005))
    stream = chat.stream("hi")
    assert [next(stream).text for _ in range(3)] == ["", "word", " word"]
    close = getattr(stream, "close", None)
    assert close is not None
    close()
    assert server.disconnected.wait(5)


def test_cancelling_what_is_awaited_closes_the_connection(server: FakeMistral, chat: MistralChat) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(streamed(chat, "hi"))
        while not server.requests:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    server.replies(Words("word " * 2000, pause=0.005))
    asyncio.run(cancelled())
    assert server.disconnected.wait(5)


def test_many_share_a_model(server: FakeMistral, chat: MistralChat) -> None:
    async def awaited() -> list[AIMessage]:
        return await asyncio.gather(*(chat.ainvoke("hi") for _ in range(4)))

    server.default = Words("shared", wait=0.2)
    heard: list[str] = []
    threads = [threading.Thread(target=lambda: heard.append(chat.invoke("hi").text)) for _ in range(8)]
    for thread in threads:
        thread.start()
    heard += [message.text for message in asyncio.run(awaited())]
    for thread in threads:
        thread.join(10)
    assert heard == ["shared"] * 12
    assert server.most_at_once > 1


@pytest.mark.parametrize("reason", ["length", "model_length"])
def test_answers_that_were_cut_off(server: FakeMistral, chat: MistralChat, reason: str) -> None:
    server.replies(Words("half an ans", finish=reason))
    with pytest.raises(errors.CutOff):
        check_finish(together(list(chat.stream("hi"))), "m")


def test_the_table_has_a_small_a_medium_and_a_large_one() -> None:
    rows = [spec for spec in models() if spec.family == "mistral"]
    assert len(rows) == 3 and all(spec.vision and spec.structured and spec.price_in for spec in rows)
    assert KEY not in repr(Settings(home=Path("/x"), mistral_api_key=KEY))


def test_no_key_in_its_repr(chat: MistralChat) -> None:
    assert KEY not in repr(chat) + str(chat) + str(chat.model_dump()) + str(chat.to_json())
