"""Comparing models: each answer by itself, evidence shared, local models in turn, stop, what failed, the exports."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph.types import Chunk, Evidence, Mode, Retrieved
from llm import catalog, compare, resident
from llm.answer import Status
from llm.compare import NO_MODEL, Column, Comparison, Stage
from llm.compare_export import HEADERS, to_csv, to_markdown
from llm.looking import Looking
from llm.memory import NO_ROOM
from llm.trial import Trial
from settings import Settings
from tests.fake_openai import Cut, FakeOpenAI, Hang, Words, structured
from tests.fake_openai import Status as Refusal

SENTENCE = "Andreas Bösch built the globe of Gottorf between 1650 and 1664."
ANSWER = f"{SENTENCE[:-1]} [1]. It was made of cheese [2]."
QUESTION = "=Who built the globe?"


def found(mode: Mode = Mode.HYBRID, question: str = QUESTION) -> Retrieved:
    pieces = tuple(
        Evidence(n, Chunk(f"c{n}", "d", n, SENTENCE, 0, len(SENTENCE), page=n), f"The globe | {n}", "text/plain", 1.0)
        for n in (1, 2)
    )
    return Retrieved(question, mode, pieces)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = Words(ANSWER)
        yield running


def settings_of(server: FakeOpenAI) -> Settings:
    return Settings(home=Path("nowhere"), openai_api_key="key", openai_base_url=server.url)


def compared(server: FakeOpenAI, *columns: Column, question: str = QUESTION) -> Comparison:
    modes = {column.mode for column in columns}
    return Comparison(question, columns, {mode: found(mode, question) for mode in modes}, settings_of(server), "en")


def wait(until: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.01)


def test_columns_stream_at_the_same_time_and_are_checked(server: FakeOpenAI) -> None:
    server.default = Words(ANSWER, pause=0.03)
    columns = (Column("gpt-4o-mini", Mode.HYBRID), Column("gpt-6-luna", Mode.GRAPH), Column(NO_MODEL, Mode.GRAPH))
    running = compared(server, *columns)
    running.start()
    wait(lambda: all(seen.text for seen in running.seen()[:2]))
    assert not running.over and server.most_at_once == 2
    wait(lambda: running.over)
    first, second, none = running.seen()
    assert [seen.stage for seen in running.seen()] == [Stage.DONE] * 3
    assert first.answer and second.answer and none.answer
    assert (first.answer.model, second.answer.model, none.answer.model) == ("gpt-4o-mini", "gpt-6-luna", None)
    assert none.answer.status is Status.EVIDENCE_ONLY
    assert first.answer.text.startswith(SENTENCE[:-1]) and first.answer.unsupported == 1
    assert [each.supported for each in first.answer.citations] == [True, False]
    assert first.answer.timings.first_word is not None and first.answer.timings.total > first.answer.timings.first_word
    assert first.answer.usage.tokens_in == 100 and first.answer.shown == 2
    assert [asked.body["model"] for asked in server.chats()].count("gpt-4o-mini") == 1


def test_what_fails_fails_in_its_own_column(server: FakeOpenAI) -> None:
    server.replies(Refusal(401))
    running = compared(server, Column("gpt-4o-mini", Mode.HYBRID))
    running.start()
    wait(lambda: running.over)
    refused = running.seen()[0].failure
    assert refused and refused.code == "BadKey"
    mixed = compared(server, Column("no-such-model", Mode.HYBRID), Column("gpt-4o-mini", Mode.HYBRID))
    mixed.start()
    wait(lambda: mixed.over)
    bad, good = mixed.seen()
    assert (bad.stage, good.stage) == (Stage.FAILED, Stage.DONE)
    assert bad.failure and bad.failure.code == "UnknownModel"
    server.replies(Cut("The globe was"))
    broken = compared(server, Column("gpt-4o-mini", Mode.HYBRID))
    broken.start()
    wait(lambda: broken.over)
    answer = broken.seen()[0].answer
    assert answer and answer.text.startswith("The globe") and answer.failure and answer.failure.code == "Interrupted"


def test_stopping_keeps_what_came_and_ends_the_connection(server: FakeOpenAI) -> None:
    server.default = Words("word " * 400, pause=0.02)
    running = compared(server, Column("gpt-4o-mini", Mode.HYBRID))
    running.start()
    wait(lambda: bool(running.seen()[0].text))
    running.stop()
    wait(lambda: running.over, 5)
    answer = running.seen()[0].answer
    assert answer and answer.stopped and 0 < len(answer.text) < 1800
    wait(server.disconnected.is_set, 5)


def test_models_of_this_computer_take_turns(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two columns of local models, asked through a server in their place: what is tested is the order of asking."""
    local = [spec.id for spec in catalog.models() if spec.weights and not spec.apart][:2]
    remote = catalog.find_model("gpt-4o-mini")

    def through_the_server(spec: object, settings: Settings) -> object:
        return catalog.open_chat(remote, settings)

    monkeypatch.setattr(compare, "open_chat", through_the_server)
    server.default = Words("one two three four [1].", pause=0.05)
    running = compared(server, *(Column(model, Mode.HYBRID) for model in (*local, local[0])))
    running.start()
    wait(lambda: bool(running.seen()[0].text))
    assert [seen.stage for seen in running.seen()[1:]] == [Stage.WAITING, Stage.WAITING]
    while not running.over:
        assert sum(seen.stage in (Stage.WRITING, Stage.LOADING) for seen in running.seen()) <= 1
        time.sleep(0.005)
    assert len(server.chats()) == 3
    again = compared(server, *(Column(local[0], Mode.HYBRID) for _ in range(2)))
    again.start()
    wait(lambda: bool(again.seen()[0].text))
    again.stop()
    wait(lambda: again.over)
    assert len(server.chats()) == 4, "what was not begun is not begun"
    assert all(seen.answer and seen.answer.stopped for seen in again.seen())


def test_loading_is_told_while_a_model_is_loaded(server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    local = next(spec.id for spec in catalog.models() if spec.weights and not spec.apart)
    reached, go_on = threading.Event(), threading.Event()

    def load(report: resident.Report) -> str:
        report(0.4)
        reached.set()
        go_on.wait(10)
        return "a model"

    plan = resident.Plan(local, "A model", 1, lambda _: resident.Way(NO_ROOM, 0, load))

    def slowly(spec: object, settings: Settings) -> object:
        with resident.hold(plan):
            return catalog.open_chat(catalog.find_model("gpt-4o-mini"), settings)

    monkeypatch.setattr(compare, "open_chat", slowly)
    running = compared(server, Column(local, Mode.HYBRID))
    running._put(0, compare.Seen(Stage.WRITING))
    running.start()
    assert reached.wait(10)
    assert (running.seen()[0].stage, running.seen()[0].share) == (Stage.LOADING, 0.4)
    go_on.set()
    wait(lambda: running.over)
    assert running.seen()[0].stage is Stage.DONE
    assert resident.unload(local)


def test_the_table_holds_every_number_and_no_formula(server: FakeOpenAI) -> None:
    server.default = Words("=1+1 stands in the globe [1]. @SUM(A1) too [1].")
    running = compared(server, Column("gpt-4o-mini", Mode.HYBRID), Column(NO_MODEL, Mode.HYBRID))
    running.start()
    wait(lambda: running.over)
    rows = list(csv.DictReader(io.StringIO(to_csv(running, better=0))))
    assert list(rows[0]) == list(HEADERS)
    assert rows[0]["question"] == "'=Who built the globe?"
    assert rows[0]["answer"].startswith("'=1+1") and rows[0]["better"] == "yes" and rows[1]["better"] == ""
    assert (rows[0]["tokens_in"], rows[0]["tokens_out"], rows[0]["evidence_read"]) == ("100", "20", "2")
    assert float(rows[0]["total_s"]) > 0 and rows[1]["total_s"] == ""
    assert rows[0]["citations_unsupported"] == "1" and rows[1]["status"] == "evidence_only"
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_the_text_shows_letters_only(server: FakeOpenAI) -> None:
    server.default = Words("![x](https://evil.example/x.png) <img src=x> [1] *bold*\n\n# Heading\n- item")
    running = compared(server, Column("gpt-4o-mini", Mode.HYBRID), question="A | B <b>?")
    running.start()
    wait(lambda: running.over)
    text = to_markdown(running, None)
    assert text.startswith("# A \\| B \\<b\\>?\n")
    assert "![" not in text and "<img" not in text and "](http" not in text and "\n# Heading" not in text
    assert "| total s |" in text and "1. The globe \\| 1, p. 1" in text


def test_a_trial_tells_how_fast_a_model_is_and_can_be_stopped(server: FakeOpenAI) -> None:
    server.default = Words("one two three four five six", pause=0.02)
    trial = Trial("Hello", catalog.find_model("gpt-4o-mini"), settings_of(server))
    trial.start()
    wait(lambda: trial.over)
    assert trial.text == "one two three four five six" and trial.failure is None
    assert trial.first_word is not None and 0 < trial.first_word < trial.seconds
    assert trial.tokens == 20 and (trial.tokens_per_second or 0) > 20
    server.default = Words("word " * 500, pause=0.02)
    long = Trial("Hello", catalog.find_model("gpt-4o-mini"), settings_of(server))
    long.start()
    wait(lambda: bool(long.text))
    long.stop()
    wait(lambda: long.over, 5)
    assert long.failure is None and len(long.text) < 1000
    server.default = Refusal(401)
    bad = Trial("Hello", catalog.find_model("gpt-4o-mini"), settings_of(server))
    bad.start()
    wait(lambda: bad.over)
    assert bad.failure and bad.failure.code == "BadKey"


def test_looking_at_a_picture_can_be_given_up(server: FakeOpenAI) -> None:
    def looking() -> Looking:
        begun = Looking(b"picture", "image/png", None, "en", catalog.find_model("gpt-4o-mini"), settings_of(server))
        begun.start()
        return begun

    server.replies(structured({"what": "a cup"}), Refusal(401))
    for _ in range(2):
        each = looking()
        while not each.over:
            time.sleep(0.01)
        assert (each.result is None) is (each.failure is not None)
    server.replies(Hang(2))
    hanging = looking()
    wait(lambda: len(server.requests) == 3)
    before = hanging.over
    hanging.give_up()
    assert (before, hanging.over, hanging.result) == (False, True, None)
