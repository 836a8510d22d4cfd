"""The OpenAI provider against a real server on a real socket: its answers, and every way in which it can fail."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from langchain_core.messages import AIMessageChunk

import llm.errors as errors
from graph.errors import ModelError
from llm import openai_chat, patient
from llm.catalog import find_model, open_chat
from llm.openai_chat import OpenAIChat
from llm.replies import check_finish, tokens
from settings import Settings
from tests.fake_openai import Cut, FakeOpenAI, Hang, Raw, Reply, Status, Words

KEY = "sk-planted-SECRET-0123456789abcdef"


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        yield running


@pytest.fixture
def settings(server: FakeOpenAI, home: Path) -> Settings:
    return Settings(home=home, openai_api_key=KEY, openai_base_url=server.url)


@pytest.fixture
def chat(settings: Settings) -> OpenAIChat:
    opened = open_chat(find_model("gpt-4o-mini"), settings)
    assert isinstance(opened, OpenAIChat)
    return opened


def test_a_stream_brings_words_usage_and_its_end(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.replies(Words("The horn is a tooth [1].", usage=(120, 9)))
    chunks = list(chat.stream("What is it?"))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert isinstance(whole, AIMessageChunk)
    assert whole.text == "The horn is a tooth [1]."
    assert tokens(whole) == (120, 9)
    assert whole.response_metadata["finish_reason"] == "stop"
    body = server.requests[0].body
    assert (body["model"], body["temperature"], body["stream_options"]) == ("gpt-4o-mini", 0.0, {"include_usage": True})
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_what_a_model_does_not_accept_is_not_sent(server: FakeOpenAI, settings: Settings) -> None:
    open_chat(find_model("gpt-6-luna"), settings).invoke("hi")
    assert "temperature" not in server.requests[0].body
    assert server.requests[0].body["reasoning_effort"] == "low"


def test_no_key_is_sent_where_none_is_set(server: FakeOpenAI, home: Path) -> None:
    open_chat(find_model("openai:local-model"), Settings(home=home, openai_base_url=server.url)).invoke("hi")
    assert server.requests[0].headers["authorization"] == "Bearer not-needed"
    assert server.requests[0].body["model"] == "local-model"


FAILURES: list[tuple[Reply, type[ModelError]]] = [
    (Status(401, f"Incorrect API key provided: {KEY}."), errors.BadKey),
    (Status(402, "pay"), errors.QuotaExhausted),
    (Status(403, f"{KEY} may not"), errors.Forbidden),
    (Status(404, f"The model does not exist for {KEY}"), errors.NoSuchModel),
    (Status(408), errors.TimedOut),
    (Status(429, KEY, headers={"retry-after": "61"}), errors.RateLimited),
    (Status(429, KEY, code="insufficient_quota"), errors.QuotaExhausted),
    (Status(400, f"This model's maximum context length is 8192 tokens. {KEY}"), errors.ContextTooLong),
    (Status(400, f"Unknown parameter: {KEY} in Bearer {KEY}"), errors.BadRequest),
    (Status(422, f"sk-other-key-9999 is not {KEY[:12]}***cdef"), errors.BadRequest),
    (Status(301, KEY, headers={"location": "http://127.0.0.1:9/"}), errors.Moved),
    (Raw(f"<html>{KEY}".encode()), errors.NotUnderstood),
    (Raw(f'{{"error": {{"message": "{KEY}"}}}}'.encode()), errors.NotUnderstood),
    (Raw(b'{"choices": []}'), errors.NotUnderstood),
    (Raw(b'{"choices": [null]}'), errors.NotUnderstood),
    (Raw(b"[]"), errors.NotUnderstood),
    (Raw(b""), errors.NotUnderstood),
]


@pytest.mark.parametrize(("reply", "expected"), FAILURES)
def test_every_failure_has_its_error_and_none_shows_the_key(
    server: FakeOpenAI,
    chat: OpenAIChat,
    reply: Reply,
    expected: type[ModelError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    server.replies(reply)
    with pytest.raises(ModelError) as raised:
        chat.invoke("hi")
    assert type(raised.value) is expected
    shown = [raised.value.text("en"), raised.value.text("de"), str(raised.value.failure()), repr(raised.value)]
    assert not [text for text in [*shown, caplog.text] if KEY[:12] in text or "sk-other" in text]
    assert not re.search(r"\{[a-z_]+\}", " ".join(shown)), "a template was not filled"
    assert raised.value.__suppress_context__ and raised.value.__cause__ is None
    assert len(server.requests) == 1, "nothing of this is worth asking again"


@pytest.mark.parametrize(("reply", "expected"), [(r, e) for r, e in FAILURES if isinstance(r, Status)])
def test_the_same_in_a_stream_and_awaited(
    server: FakeOpenAI, chat: OpenAIChat, reply: Reply, expected: type[ModelError]
) -> None:
    async def awaited() -> None:
        async for _ in chat.astream("hi"):
            pass

    server.replies(reply, reply)
    with pytest.raises(expected):
        list(chat.stream("hi"))
    with pytest.raises(expected):
        asyncio.run(awaited())


@pytest.mark.parametrize("reply", [Cut("a few words"), Cut("a few words", cleanly=True), Words("no end", finish=None)])
def test_a_stream_that_breaks_off_is_noticed(server: FakeOpenAI, chat: OpenAIChat, reply: Reply) -> None:
    server.replies(reply, reply)
    heard = []
    with pytest.raises(errors.Interrupted):
        for chunk in chat.stream("hi"):
            heard.append(chunk.text)
    assert "".join(heard) in {"a few words", "no end"}

    async def awaited() -> None:
        async for _ in chat.astream("hi"):
            pass

    with pytest.raises(errors.Interrupted):
        asyncio.run(awaited())


def test_a_reply_that_breaks_off_is_noticed(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.replies(Cut(""))
    with pytest.raises(errors.Unreachable):
        chat.invoke("hi")


def test_nobody_there(home: Path) -> None:
    settings = Settings(home=home, openai_api_key=KEY, openai_base_url="http://127.0.0.1:9/v1")
    with pytest.raises(errors.Unreachable, match=r"127\.0\.0\.1:9 cannot be reached"):
        open_chat(find_model("gpt-4o-mini"), settings).invoke("hi")


def test_silence_ends(server: FakeOpenAI, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_chat, "SILENCE_SECONDS", 0.3)
    impatient = open_chat(find_model("gpt-4o-mini"), settings)
    server.replies(Hang(), Hang())
    begun = time.perf_counter()
    with pytest.raises(errors.TimedOut):
        impatient.invoke("hi")
    with pytest.raises(errors.TimedOut):
        list(impatient.stream("hi"))
    assert time.perf_counter() - begun < 3
    assert len(server.requests) == 2, "a time-out is not tripled by asking again"


def test_a_short_wait_is_waited_for(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.replies(Status(429, headers={"retry-after-ms": "300"}), Status(503), Words("at last"))
    begun = time.perf_counter()
    assert chat.invoke("hi").text == "at last"
    assert time.perf_counter() - begun > 0.3
    assert len(server.requests) == 3


def test_a_wait_is_waited_for_when_awaited(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.replies(Status(429, headers={"retry-after": "0.2"}), Words("at last"))
    assert asyncio.run(chat.ainvoke("hi")).text == "at last"
    assert len(server.requests) == 2


def test_patience_has_an_end(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.default = Status(500)
    with pytest.raises(errors.ProviderFailed, match="500"):
        chat.invoke("hi")
    assert len(server.requests) == patient.ATTEMPTS


def test_a_long_wait_is_told(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.default = Status(429, headers={"retry-after": "75"})
    with pytest.raises(errors.RateLimited) as raised:
        chat.invoke("hi")
    assert raised.value.retry_after == 75.0
    assert "75 s" in raised.value.text("de")
    assert isinstance(raised.value, errors.WORTH_RETRYING)


def test_closing_a_stream_closes_the_connection(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.replies(Words("word " * 2000, pause=0.005))
    stream = chat.stream("hi")
    assert [next(stream).text for _ in range(3)] == ["", "word", " word"]
    close = getattr(stream, "close", None)
    assert close is not None
    close()
    assert server.disconnected.wait(5)


def test_answers_cut_off_or_refused(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.replies(
        Words("half an ans", finish="length"), Words("", finish="content_filter"), Words("", refusal="I can't")
    )
    for expected in (errors.CutOff, errors.Refused, errors.Refused):
        with pytest.raises(expected):
            check_finish(chat.invoke("hi"), "gpt-4o-mini")


def test_several_threads_share_a_model(server: FakeOpenAI, chat: OpenAIChat) -> None:
    server.default = Words("shared", wait=0.2)
    heard: list[str] = []
    threads = [threading.Thread(target=lambda: heard.append(chat.invoke("hi").text)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert heard == ["shared"] * 4
    assert server.most_at_once > 1


def test_a_key_is_in_no_repr(settings: Settings, chat: OpenAIChat) -> None:
    assert KEY not in repr(settings) and KEY not in repr(chat)
    assert KEY not in repr(replace(settings, openai_base_url=None))


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        (f"a {KEY} b", "a ••• b"),
        ("Incorrect API key provided: sk-abc***wxyz.", "Incorrect API key provided: •••"),
        ("Bearer abcdef and http://user:pass@host/x", "••• and http://•••host/x"),
        ("two\n lines", "two lines"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_what_providers_say_is_scrubbed(detail: str, shown: str) -> None:
    assert errors.scrub(detail, KEY, None) == shown


def test_every_error_speaks_both_languages() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ModelError)]
    assert len(kinds) > 12
    for kind in kinds:
        assert kind is ModelError or (kind.en != ModelError.en and kind.de != ModelError.de), kind
