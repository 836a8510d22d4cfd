"""Servers of one's own that speak OpenAI's protocol: their models, their key, and their silence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import llm.errors as errors
from llm.catalog import find_model, open_chat
from llm.offered import Offer, server_models
from llm.replies import tokens
from settings import Settings
from tests.fake_openai import FakeOpenAI, Hang, Status, Words

KEY = "sk-planted-SECRET-0123456789abcdef"


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        yield running


def test_the_models_of_a_server(server: FakeOpenAI, home: Path) -> None:
    own = Settings(home=home, model_server_url=server.url.removesuffix("/v1"), model_server_key=KEY)
    assert server_models("server", own) == Offer(("gpt-4o-mini", "local-model"))
    assert server.requests[0].path == "/v1/models", "the protocol's own path may be left out"
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    server.models = []
    assert server_models("server", own) == Offer(())
    with pytest.raises(errors.NoAddress, match="MODEL_SERVER_URL"):
        server_models("server", Settings(home=home))


def test_a_page_does_not_wait_for_a_silent_server(server: FakeOpenAI, home: Path) -> None:
    server.models_reply = Hang()
    begun = time.perf_counter()
    with pytest.raises(errors.TimedOut):
        server_models("server", Settings(home=home, model_server_url=server.url), seconds=0.3)
    assert time.perf_counter() - begun < 1.5
    with pytest.raises(errors.Unreachable):
        server_models("server", Settings(home=home, model_server_url="http://127.0.0.1:9/v1"))


def test_a_server_of_ones_own(server: FakeOpenAI, home: Path) -> None:
    server.default = Words("From here.", usage=(7, 3))
    for key, sent in ((None, "not-needed"), (KEY, KEY)):
        own = Settings(home=home, model_server_url=server.url, model_server_key=key, openai_api_key="sk-other-key")
        chat = open_chat(find_model("server:qwen3:4b", own), own)
        answer = chat.invoke("hi")
        assert (answer.text, tokens(answer)) == ("From here.", (7, 3))
        asked = server.requests[-1]
        assert (asked.body["model"], asked.headers["authorization"]) == ("qwen3:4b", f"Bearer {sent}")
    server.replies(Status(401, KEY))
    with pytest.raises(errors.BadKey, match="MODEL_SERVER_KEY"):
        chat.invoke("hi")
