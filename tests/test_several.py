"""Several servers with one setting: balanced, failing ones left out, each asked only for what it has."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from llm import errors
from llm.catalog import find_model, open_chat
from llm.endpoint import endpoint
from llm.offered import Offer, server_models
from llm.openai_chat import open_embeddings
from llm.several import FIRST_REST, LACKS, LONGEST_REST, Servers
from settings import Settings
from tests.fake_openai import Asked, Cut, FakeOpenAI, Hang, Reply, Status, Words

NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture
def one() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = Words("one", wait=0.02)
        yield running


@pytest.fixture
def two() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = Words("two", wait=0.02)
        yield running


def asked(home: Path, *urls: str, model: str = "m", times: int = 1, at_once: int = 1) -> Counter[str]:
    """What was answered, how often."""
    chat = open_chat(find_model(f"server:{model}"), Settings(home=home, model_server_url=" , ".join(urls)))
    with ThreadPoolExecutor(at_once) as pool:
        return Counter(pool.map(lambda _: chat.invoke("hi").text, range(times)))


def test_requests_go_where_the_fewest_are(one: FakeOpenAI, two: FakeOpenAI, home: Path) -> None:
    two.default = Words("two", wait=0.1)
    answers = asked(home, one.url, two.url, times=48, at_once=8)
    assert answers.total() == 48 and answers["two"] >= 8
    assert answers["one"] > 1.5 * answers["two"], "the quicker one gets more"
    even = asked(home, two.url, one.url, times=6)
    assert even == {"one": 3, "two": 3}, "with nothing on its way they take turns"


@pytest.mark.parametrize("sign", [503, 502, None])
def test_one_that_fails_is_left_out_and_nobody_notices(one: FakeOpenAI, home: Path, sign: int | None) -> None:
    with FakeOpenAI() as ill:
        ill.default = Status(sign or 500)
        answers = asked(home, ill.url if sign else NOBODY, one.url, times=20, at_once=4)
        assert answers == {"one": 20}
        assert len(ill.requests) <= 4, "those that were on their way before the first had failed"


def test_an_error_of_the_request_leaves_nobody_out(one: FakeOpenAI, two: FakeOpenAI, home: Path) -> None:
    def ill(request: Asked) -> Reply:
        return Status(500) if "poison" in request.prompt else Words("fine")

    one.default = two.default = ill
    chat = open_chat(find_model("server:m"), Settings(home=home, model_server_url=f"{one.url} {two.url}"))
    with pytest.raises(errors.ProviderFailed):
        chat.invoke("poison")
    before = len(one.requests), len(two.requests)
    assert all(chat.invoke("hi").text == "fine" for _ in range(4))
    assert (len(one.requests) - before[0], len(two.requests) - before[1]) == (2, 2)


def test_one_that_has_too_much_to_do_sends_us_on(one: FakeOpenAI, two: FakeOpenAI, home: Path) -> None:
    one.replies(Status(429, headers={"retry-after": "15"}))
    assert asked(home, one.url, two.url, times=4) == {"two": 2, "one": 2}
    one.default = two.default = Status(429, headers={"retry-after": "90"})
    with pytest.raises(errors.RateLimited):
        asked(home, one.url, two.url)


def test_a_server_is_asked_for_what_it_has(one: FakeOpenAI, two: FakeOpenAI, home: Path) -> None:
    def of(model: str, words: str) -> object:
        return lambda request: Words(words) if request.body["model"] == model else Status(404)

    one.default, two.default = of("a", "one"), of("b", "two")  # type: ignore[assignment]
    assert asked(home, one.url, two.url, model="b", times=6) == {"two": 6}
    assert asked(home, one.url, two.url, model="a", times=6) == {"one": 6}
    assert len(one.requests) + len(two.requests) <= 14, "one that has not got a model is asked for it once"
    with pytest.raises(errors.NoSuchModel):
        asked(home, one.url, two.url, model="c")
    one.models, two.models = ["a"], ["b", "shared"]
    both = Settings(home=home, model_server_url=f"{one.url},{two.url},{NOBODY}")
    assert server_models("server", both) == Offer(("a", "b", "shared"), ("127.0.0.1:9",))
    with pytest.raises(errors.Unreachable):
        server_models("server", Settings(home=home, model_server_url=f"{NOBODY} {NOBODY}/other"))


def test_a_stream_that_breaks_is_told_and_its_server_left_out(one: FakeOpenAI, two: FakeOpenAI, home: Path) -> None:
    chat = open_chat(find_model("server:m"), Settings(home=home, model_server_url=f"{one.url} {two.url}"))
    one.replies(Cut("The horn is"))
    with pytest.raises(errors.Interrupted):
        list(chat.stream("hi"))
    streamed = ["".join(part.text for part in chat.stream("hi")) for _ in range(4)]
    assert streamed == ["two"] * 4
    given_up = chat.stream("hi")
    next(given_up)
    given_up.close()  # type: ignore[attr-defined]
    assert len(one.requests) == 1


def test_a_silent_server_is_told_and_left_out(
    one: FakeOpenAI, two: FakeOpenAI, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("llm.openai_chat.SILENCE_SECONDS", 0.3)
    one.default = Hang()
    with pytest.raises(errors.TimedOut):
        asked(home, one.url, two.url)
    assert asked(home, one.url, two.url, times=4) == {"two": 4}


def test_whoever_awaits_and_vectors_are_served_alike(one: FakeOpenAI, home: Path) -> None:
    several = Settings(home=home, model_server_url=f"{NOBODY} {one.url}")

    async def ask() -> list[str]:
        chat = open_chat(find_model("server:m"), several)
        answer = await chat.ainvoke("hi")
        return [answer.text, "".join([part.text async for part in chat.astream("hi")])]

    assert asyncio.run(ask()) == ["one", "one"]
    vectors = open_embeddings("server", "e", 8, several)
    assert [len(vector) for vector in vectors(["a", "b"])] == [8, 8]


def test_when_none_answers_all_are_named(home: Path) -> None:
    with pytest.raises(errors.Unreachable) as told:
        asked(home, NOBODY, "http://user:SECRET@127.0.0.1:1/v1")
    assert "127.0.0.1:9, 127.0.0.1:1" in told.value.text("en") and "SECRET" not in told.value.text("en")


def test_addresses_may_differ_in_their_paths(one: FakeOpenAI, two: FakeOpenAI, home: Path) -> None:
    assert asked(home, one.url.removesuffix("/v1"), f"{two.url}/", times=4) == {"one": 2, "two": 2}
    assert {request.path for request in (*one.requests, *two.requests)} == {"/v1/chat/completions"}


def test_where_several_servers_are(home: Path) -> None:
    def place(urls: str) -> tuple[str, str]:
        at = endpoint("openai", Settings(home=home, openai_base_url=urls))
        return at.name, at.place

    assert place("http://localhost:1/v1 http://127.0.0.1:2") == ("localhost:1, 127.0.0.1:2", "here")
    assert place("http://localhost:1/v1,https://gpu.example.org")[1] == "server"
    assert place("https://api.openai.com/v1, https://eu.api.openai.com/v1") == ("OpenAI", "provider")
    assert place("https://api.openai.com/v1, http://localhost:1")[1] == "server"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_how_long_one_is_left_out() -> None:
    clock = Clock()
    servers = Servers(["http://a/v1", "http://b/v1"], clock)
    a, b = servers.all

    def turn(well: bool | None = True) -> str:
        at = servers.begin("m", ())
        assert at is not None
        servers.ended(at, well)
        return at.base.host

    assert turn(False) == "a"
    for rest in (FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST, 8 * FIRST_REST, LONGEST_REST, LONGEST_REST):
        assert [turn() for _ in range(3)] == ["b"] * 3
        clock.now += rest - 0.1
        assert turn() == "b"
        clock.now += 0.2
        trial = servers.begin("m", ())
        assert trial is a
        # While it proves itself the others get the rest.
        assert [turn() for _ in range(3)] == ["b"] * 3
        servers.ended(a, False)
    clock.now += LONGEST_REST + 1
    assert turn() == "a" and sorted(turn() for _ in range(4)) == ["a", "a", "b", "b"]
    # Of two that rest the one is asked that has rested longest.
    for _ in range(2):
        turn(False)
    clock.now += 1
    assert servers.begin("m", (a, b)) is None
    servers.lacks(servers.begin("m", ()) or a, "m")
    clock.now += LACKS + LONGEST_REST
    assert {turn(), turn()} == {"a", "b"}
    assert a.running == b.running == 0


def test_a_request_keeps_what_it_says(one: FakeOpenAI, two: FakeOpenAI, home: Path) -> None:
    from llm.several import Round

    servers = Servers(["https://a.example/v1", "https://b.example:8443/models/v1"])
    request = httpx2.Request(
        "POST", "https://a.example/v1/chat/completions?x=1", headers={"authorization": "Bearer k"}, json={"model": "m"}
    )
    way = Round(servers, request)
    assert str(way.next().url) == str(request.url)
    assert way.failed(httpx2.ConnectError("no"))
    moved = way.next()
    assert str(moved.url) == "https://b.example:8443/models/v1/chat/completions?x=1"
    assert moved.headers["host"] == "b.example:8443" and moved.headers["authorization"] == "Bearer k"
    assert moved.content == request.content
    assert not way.failed(httpx2.ConnectError("no"))
