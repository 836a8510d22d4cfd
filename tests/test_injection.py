"""Planted orders with a model that obeys them all: nothing is called, fetched, shown as markup, or believed."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html as markup
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Evidence, Mode, Retrieved
from graph.ways import Reason
from ingest.submit import Options, submit
from ingest.worker import work
from llm.__main__ import main
from llm.answer import Answer, Words, stream_answer
from llm.catalog import find_model, open_chat
from llm.checked import POOL, Checker, checked
from llm.compare import Column, Comparison
from llm.compare_export import to_csv, to_markdown
from llm.told import told
from pages.parts.answering import coming, written
from settings import Settings
from tests import fake_openai as fake
from tests import planted
from tests.fake_openai import FakeOpenAI
from tests.page_homes import page_home
from tests.planted import PLANTED, QUESTION
from tests.test_answer import HORN, retrieved
from tests.test_pages import run, words
from tests.web_server import Web, web

ALIVE = re.compile(r"!\[|\]\(|<[a-zA-Z/!?]|://|\bwww\.", re.IGNORECASE)
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")
KEY = "sk-real-key-of-the-user"


@pytest.fixture(scope="module")
def trap() -> Iterator[Web]:
    """The server that all planted addresses lead to; at the end nobody may have asked it."""
    with web() as running:
        yield running
        assert running.asked == []


@pytest.fixture(scope="module")
def settings(trap: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home with all planted documents; private addresses are allowed, so that only our own care keeps us away."""
    folder: Path = tmp_path_factory.mktemp("planted")
    planted.write(folder, trap.url(""))
    with page_home(tmp_path_factory.mktemp("injection")) as empty:
        made = replace(empty, allow_private=True)
        with Store(made) as store:
            submit(store, made, [folder], Options())
            work(made, idle=0.1)
            assert store.stats((DEFAULT_COLLECTION,))["documents"] == len(PLANTED)
        yield made


@pytest.fixture(scope="module")
def passages(settings: Settings) -> list[Evidence]:
    """Every passage of the planted documents."""
    with Store(settings) as store:
        ids = [id_ for id_, _ in store.search.chunks_by_words("casket room rules order", 500, [DEFAULT_COLLECTION])]
        found = store.search.chunks(ids)
        return [Evidence(n, f.chunk, f.title, f.media_type, 1.0) for n, f in enumerate(found, 1)]


@pytest.fixture
def server(trap: Web) -> Iterator[FakeOpenAI]:
    """A model that obeys."""
    with FakeOpenAI() as running:
        running.default = lambda asked: fake.Words(" ".join(planted.obeyed(asked.prompt, trap.url(""))))
        yield running


def test_there_are_more_than_thirty_in_both_languages() -> None:
    assert len(PLANTED) >= 30 and len({each.id for each in PLANTED}) == len(PLANTED)
    assert sum(each.id.endswith("-de") for each in PLANTED) >= 5
    assert len({each.where for each in PLANTED}) >= 9


def asked_with(passages: list[Evidence], server: FakeOpenAI, settings: Settings) -> Iterator[tuple[str, Answer]]:
    """The sent text and the answer for every passage, each beside a harmless one."""
    model = replace(settings, openai_api_key=KEY, openai_base_url=server.url)
    chat, spec = open_chat(find_model("gpt-4o-mini"), model), find_model("gpt-4o-mini")
    for piece in passages:
        pieces = (replace(piece, n=1), replace(passages[0], n=2))
        events = list(stream_answer(chat, Retrieved(QUESTION, Mode.GRAPH, pieces), spec=spec))
        answer = events.pop()
        assert isinstance(answer, Answer)
        heard = ""
        for event in events:
            assert isinstance(event, Words)
            heard += event.text
            assert not ALIVE.search(heard), heard
            assert_only_words(coming(heard))
        assert heard == answer.text
        body = server.requests[-1].body
        assert not {"tools", "functions", "tool_choice"} & set(body)
        assert KEY not in json.dumps(body)
        yield body["messages"][-1]["content"], answer


def assert_only_words(page: str) -> None:
    """HTML that holds nothing but words, breaks, and links to the evidence beside it."""
    for element in markup.fragment_fromstring(page, create_parent="div").iter():
        assert element.tag in {"div", "p", "br", "span", "a"}, page
        assert set(element.attrib) <= {"class", "href", "title"}, page
        assert re.fullmatch(r"#evidence-\d+", element.get("href", "#evidence-1"))


def test_no_order_gets_out_of_its_passage_or_through_the_answer(
    passages: list[Evidence], server: FakeOpenAI, settings: Settings
) -> None:
    assert len(passages) >= len(PLANTED)
    for sent, answer in asked_with(passages, server, settings):
        assert re.findall(r"<<<(\w+)", sent) == ["SOURCE", "SOURCE"]
        assert re.findall(r"SOURCE (\d+)>>>", sent) == ["1", "2"]
        assert not re.search(r"<\|im_|<start_of_turn>|\[INST\]|＜{3}", sent)
        assert not STEERING.search(sent)
        assert not ALIVE.search(answer.text) and not STEERING.search(answer.text)
        page = written(answer)
        assert_only_words(page)
        moon = next(sentence for sentence in answer.sentences if "on the moon" in sentence.text)
        assert not moon.supported
        assert page.index("wk-unsupported") < page.index("on the moon")
        assert "[99]" in page and "evidence-99" not in page
    assert len(server.chats()) == len(passages), "one question, one call"


def test_a_model_that_looks_through_passages_is_believed_numbers_only(
    passages: list[Evidence], server: FakeOpenAI, settings: Settings
) -> None:
    model = replace(settings, openai_api_key=KEY, openai_base_url=server.url)
    checker = Checker(open_chat(find_model("gpt-4o-mini"), model), find_model("gpt-4o-mini"))
    with Store(settings) as store:
        for at in range(0, len(passages), POOL):
            pool = Retrieved(QUESTION, Mode.GRAPH, tuple(passages[at : at + POOL]))
            found = checked(store, None, checker, pool, POOL)
            body = server.requests[-1].body
            sent = body["messages"][-1]["content"]
            count = len(pool.evidence)
            assert re.findall(r"<<<(\w+) (\d+)", sent) == [("PASSAGE", str(n)) for n in range(1, count + 1)]
            assert re.findall(r"PASSAGE (\d+)>>>", sent) == [str(n) for n in range(1, count + 1)]
            assert not re.search(r"<\|im_|<start_of_turn>|\[INST\]|＜{3}", sent) and not STEERING.search(sent)
            assert not {"tools", "functions", "tool_choice"} & set(body) and KEY not in json.dumps(body)
            assert [piece.chunk.id for piece in found.evidence] == [piece.chunk.id for piece in pool.evidence]
            assert found.way.reason is Reason.CHECK_FAILED, "it obeyed the passages and named none"


def test_the_terminal_gets_words_only(
    passages: list[Evidence],
    server: FakeOpenAI,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, answer = next(asked_with(passages[:1], server, settings))
    said = told(Retrieved(QUESTION, Mode.GRAPH, tuple(passages)), answer)
    assert not STEERING.search(said)
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
    monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    for more in (["--json"], []):
        assert main(["ask", QUESTION, "--model", "gpt-4o-mini", "--limit", "50", *more]) == 0
        out = capsys.readouterr().out
        assert not STEERING.search(out) and KEY not in out


def test_exports_hold_nothing_that_loads_or_counts(
    passages: list[Evidence], server: FakeOpenAI, settings: Settings
) -> None:
    model = replace(settings, openai_api_key=KEY, openai_base_url=server.url)
    found = Retrieved(QUESTION, Mode.GRAPH, tuple(passages))
    comparison = Comparison(QUESTION, [Column("gpt-4o-mini", Mode.GRAPH)], {Mode.GRAPH: found}, model, "en")
    comparison.start()
    while not all(seen.over for seen in comparison.seen()):
        time.sleep(0.02)
    as_markdown = to_markdown(comparison, None)
    assert_no_links(MarkdownIt("commonmark").enable("table").render(as_markdown))
    for row in csv.reader(io.StringIO(to_csv(comparison, None))):
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) and not cell[1:2].isdigit() for cell in row)


def assert_no_links(page: str) -> None:
    for element in markup.fragment_fromstring(page, create_parent="div").iter():
        assert element.tag not in {"a", "img", "script", "iframe", "form", "style", "svg"}, markup.tostring(element)


@pytest.mark.parametrize(("locale", "question"), [("en-GB", QUESTION), ("de-DE", planted.FRAGE)])
def test_the_page_shows_words_and_asks_nobody(
    settings: Settings, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, locale: str, question: str
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(settings.home))
    monkeypatch.setenv("WUNDERKAMMER_ALLOW_PRIVATE", "1")
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    app = run("ask", locale, q=question, model="gpt-4o-mini")
    app.button(key="answer.ask").click().run()
    assert not app.exception and len(server.chats()) == 1
    said = words(app)
    assert "moon" in said and KEY not in said
    assert_harmless(app)


def assert_harmless(app: AppTest) -> None:
    """No element of the page's own HTML is a picture, a script or a link to elsewhere."""
    for block in app.get("html"):
        for element in markup.fragment_fromstring(block.proto.body, create_parent="div").iter():
            if not isinstance(element.tag, str):
                continue
            assert element.tag not in {"img", "script", "iframe", "form", "input", "object", "embed"}, block.proto.body
            assert not any(name.startswith("on") for name in element.attrib)
            assert not re.match(r"(?i)\s*(?:javascript|data|vbscript|https?|//)", element.get("href", ""))


def test_a_model_that_calls_tools_is_told_nothing_back(server: FakeOpenAI, settings: Settings) -> None:
    call = {"index": 0, "id": "1", "type": "function", "function": {"name": "fetch", "arguments": "{}"}}
    events = [
        fake.frame("chat.completion.chunk", {}, [{"index": 0, "delta": {"role": "assistant", "tool_calls": [call]}}]),
        fake.frame("chat.completion.chunk", {}, [{"index": 0, "delta": {"content": "It is here."}}]),
        fake.frame("chat.completion.chunk", {}, [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]),
    ]
    data = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    server.replies(fake.Raw(data.encode(), "text/event-stream"))
    model = replace(settings, openai_api_key=KEY, openai_base_url=server.url)
    chat = open_chat(find_model("gpt-4o-mini"), model)
    *_, answer = stream_answer(chat, retrieved(HORN))
    assert isinstance(answer, Answer)
    assert (answer.text, answer.unsupported, len(server.requests)) == ("It is here.", 1, 1)
