"""Every way in which Mistral's platform can fail, and that none of them shows the key."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import AIMessageChunk

import llm.errors as errors
from graph.errors import ModelError
from llm import patient
from llm.catalog import find_model, open_chat
from llm.mistral_chat import MistralChat
from settings import Settings
from tests.fake_mistral import FakeMistral
from tests.fake_openai import Cut, Hang, Raw, Reply, Status, Words

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


async def streamed(chat: MistralChat, question: str) -> list[AIMessageChunk]:
    return [chunk async for chunk in chat.astream(question)]


FAILURES: list[tuple[Reply, type[ModelError]]] = [
    (Status(401, f"Unauthorized: {KEY}"), errors.BadKey),
    (Status(402, "pay"), errors.QuotaExhausted),
    (Status(403, f"{KEY} may not"), errors.Forbidden),
    (Status(404, f"no Route matched with {KEY}"), errors.NoSuchModel),
    (Status(400, f"Invalid model: x {KEY}", code="invalid_model"), errors.NoSuchModel),
    (Status(408), errors.TimedOut),
    (Status(429, KEY, headers={"retry-after": "61"}), errors.RateLimited),
    (Status(400, f"Prompt too large for model with 32768 maximum context length {KEY}"), errors.ContextTooLong),
    (Status(400, f"Unknown parameter: {KEY} in Bearer {KEY}"), errors.BadRequest),
    (Status(422, f"no {KEY}"), errors.BadRequest),
    (Status(301, KEY, headers={"location": "http://127.0.0.1:9/"}), errors.Moved),
    (Raw(f"<html>{KEY}".encode()), errors.NotUnderstood),
    (Raw(f"<html>{KEY}".encode(), "text/html"), errors.NotUnderstood),
    (Raw(f'{{"error": {{"message": "{KEY}"}}}}'.encode()), errors.NotUnderstood),
    (Raw(b'{"choices": []}'), errors.NotUnderstood),
    (Raw(b'{"choices": [null]}'), errors.NotUnderstood),
    (Raw(b"[]"), errors.NotUnderstood),
    (Raw(b""), errors.NotUnderstood),
]


@pytest.mark.parametrize(("reply", "expected"), FAILURES)
def test_every_failure_has_its_error_and_none_shows_the_key(
    server: FakeMistral,
    chat: MistralChat,
    reply: Reply,
    expected: type[ModelError],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("MISTRAL_DEBUG", "1")
    server.replies(reply)
    with pytest.raises(ModelError) as raised:
        chat.invoke("hi")
    assert type(raised.value) is expected
    shown = [raised.value.text("en"), raised.value.text("de"), str(raised.value.failure()), repr(raised.value)]
    assert not [text for text in [*shown, caplog.text] if KEY[:12] in text]
    assert not re.search(r"\{[a-z_]+\}", " ".join(shown)), "a template was not filled"
    assert raised.value.__suppress_context__ and raised.value.__cause__ is None
    assert len(server.requests) == 1, "nothing of this is worth asking again"


@pytest.mark.parametrize(("reply", "expected"), [(r, e) for r, e in FAILURES if isinstance(r, Status)])
def test_the_same_in_a_stream_and_awaited(
    server: FakeMistral, chat: MistralChat, reply: Reply, expected: type[ModelError]
) -> None:
    server.replies(reply, reply, reply)
    with pytest.raises(expected):
        list(chat.stream("hi"))
    with pytest.raises(expected):
        asyncio.run(streamed(chat, "hi"))
    with pytest.raises(expected):
        asyncio.run(chat.ainvoke("hi"))


def event(finish: str | None) -> str:
    choice = {"index": 0, "delta": {"content": "w"}, "finish_reason": finish}
    return f"data: {json.dumps({'id': '1', 'model': 'm', 'choices': [choice]})}\n\n"


BROKEN = [
    Cut("a few words"),
    Cut("a few words", cleanly=True),
    Words("no end", finish=None),
    Raw((event(None) + 'data: {"object": "error", "message": "overloaded"}\n\n').encode(), "text/event-stream"),
    Raw(event("error").encode(), "text/event-stream"),
]


@pytest.mark.parametrize("reply", BROKEN)
def test_a_stream_that_breaks_off_is_noticed(server: FakeMistral, chat: MistralChat, reply: Reply) -> None:
    server.replies(reply, reply)
    heard = []
    with pytest.raises(errors.Interrupted):
        for chunk in chat.stream("hi"):
            heard.append(chunk.text)
    assert "".join(heard) in {"a few words", "no end", "w", ""}
    with pytest.raises(errors.Interrupted):
        asyncio.run(streamed(chat, "hi"))


def test_a_stream_of_nonsense(server: FakeMistral, chat: MistralChat) -> None:
    server.replies(Raw(f"data: {{{KEY}\n\n".encode(), "text/event-stream"))
    with pytest.raises(errors.NotUnderstood) as raised:
        list(chat.stream("hi"))
    assert KEY not in str(raised.value)


def test_a_reply_that_breaks_off_or_nobody_there(server: FakeMistral, chat: MistralChat, home: Path) -> None:
    server.replies(Cut(""))
    with pytest.raises(errors.Unreachable):
        chat.invoke("hi")
    settings = Settings(home=home, mistral_api_key=KEY, mistral_base_url="http://127.0.0.1:9")
    with pytest.raises(errors.Unreachable, match=r"127\.0\.0\.1:9 cannot be reached"):
        open_chat(find_model("mistral-small-latest"), settings).invoke("hi")
    settings = Settings(home=home, mistral_api_key=KEY, mistral_base_url="http://[broken")
    with pytest.raises(ModelError, match="MISTRAL_BASE_URL"):
        open_chat(find_model("mistral-small-latest"), settings).invoke("hi")


def test_silence_ends(server: FakeMistral, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient, "SILENCE_SECONDS", 0.3)
    impatient = open_chat(find_model("mistral-small-latest"), settings)
    server.replies(Hang(), Hang(), Hang())
    begun = time.perf_counter()
    with pytest.raises(errors.TimedOut):
        impatient.invoke("hi")
    with pytest.raises(errors.TimedOut):
        list(impatient.stream("hi"))
    with pytest.raises(errors.TimedOut):
        asyncio.run(impatient.ainvoke("hi"))
    assert time.perf_counter() - begun < 3
    assert len(server.requests) == 3, "a time-out is not tripled by asking again"
