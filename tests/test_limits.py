"""Imports that spend: counted as they go, stopped before a limit, paused, taken up again; nothing lost or twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from graph.jobs import NO_LIMITS, Job, JobState, Limits, Paid, Purpose, Use
from graph.spending import Flying, Wish
from graph.store import Store
from graph.types import State
from graph.work import owner_name
from ingest.budget import Budget, Halted, NotNow
from ingest.limits import BadLimit, NothingHalted, PriceUnknown, StillAtLimit, resume
from ingest.submit import Options, Submitted, submit
from ingest.vectors import vectors_paid
from ingest.worker import work
from llm.embed import find_embedding
from settings import Settings
from tests.fake_mistral import FakeMistral
from tests.fake_openai import Asked, FakeOpenAI, Status, Words
from tests.test_by_model import _empty, claims, pieces
from tests.test_ocr import KEY, READS, scanned
from tests.waiting import wait_for

PAID = Paid(Purpose.CLAIMS, "gpt-4o-mini")


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = quick_claims
        yield running


@pytest.fixture
def settings(server: FakeOpenAI, embedded_server: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    # The fake stands where the provider stands, so that its prices hold.
    monkeypatch.setattr("llm.endpoint._HERE", "provider")
    for_test = replace(embedded_server, openai_api_key="sk-x", openai_base_url=server.url, calls_at_once=4)
    _empty(for_test)
    yield for_test
    _empty(for_test)


def quick_claims(asked: Asked) -> Words:
    return replace(claims(asked), wait=0.05)


def taken_in(store: Store, settings: Settings, folder: Path, limits: Limits = NO_LIMITS) -> Submitted:
    """Two documents of six passages each."""
    for number in range(2):
        parts = [
            f"## Part {part}\n\n" + f"Ole Worm showed tusk {number}-{part} in Copenhagen. " * 6 for part in range(6)
        ]
        (folder / f"{number}.md").write_text("\n\n".join(parts))
    options = Options("statements", "gpt-4o-mini", limits=limits)
    return submit(store, settings, sorted(folder.glob("*.md")), options)


def job_of(store: Store, submitted: Submitted) -> Job:
    job = store.queue.job(submitted.job.id)
    assert job is not None
    return job


@contextmanager
def working(settings: Settings, idle: float = 0.1) -> Iterator[None]:
    thread = threading.Thread(target=work, args=(settings, idle))
    thread.start()
    yield
    thread.join(60)
    assert not thread.is_alive()


def test_a_limit_of_calls_is_never_passed_and_raising_it_goes_on_there(
    settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    with Store(settings) as store:
        submitted = taken_in(store, settings, tmp_path, Limits(calls=7))
        work(settings, idle=0.1)
        job, chunks = job_of(store, submitted), pieces(store, submitted)
        assert job.state is JobState.LIMIT and len(server.chats()) == 7 == job.use.calls
        assert sum(chunk.state is State.DONE for chunk in chunks) == 7 and len(chunks) == 12
        assert {chunk.state for chunk in chunks} == {State.DONE, State.PENDING}, "what is not read has not failed"
        assert job.use.tokens_in == 700 and job.use.tokens_out == 140
        assert job.use.usd == pytest.approx((700 * 0.15 + 140 * 0.60) / 1e6) and job.use.estimated == 0
        with pytest.raises(StillAtLimit, match="7 calls"):
            resume(store, settings, job)
        with pytest.raises(StillAtLimit):
            resume(store, settings, job, Limits(calls=7))
        resume(store, settings, job, Limits(calls=100))
        work(settings, idle=0.1)
        job = job_of(store, submitted)
        assert job.state is JobState.DONE and len(server.chats()) == len(chunks) == job.use.calls
        assert {chunk.state for chunk in pieces(store, submitted)} == {State.DONE}
        assert not any(store.check().values())


def test_a_limit_of_money_holds_whatever_a_call_turns_out_to_cost(
    settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    dear = 4096, 4096
    server.default = lambda asked: replace(quick_claims(asked), usage=dear)
    each = (dear[0] * 0.15 + dear[1] * 0.60) / 1e6
    with Store(settings) as store:
        submitted = taken_in(store, settings, tmp_path, Limits(usd=0.03))
        work(settings, idle=0.1)
        job = job_of(store, submitted)
        assert job.state is JobState.LIMIT
        assert job.use.usd == pytest.approx(job.use.calls * each) and 0.02 < job.use.usd <= 0.03
        assert job.use.calls == len(server.chats())
        assert store.queue.left() == {} and sum(store.queue.left(job.id).values()) > 0
        store.queue.cancel(job.id)


def test_answers_that_are_of_no_use_are_counted_and_refusals_are_not(
    settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    server.replies(Words("no claims here"), Words("{", finish="length"), Status(429, headers={"retry-after": "0.1"}))
    (tmp_path / "one.md").write_text("Ole Worm showed a tusk in Copenhagen. " * 12)
    with Store(settings) as store:
        submitted = submit(store, settings, [tmp_path / "one.md"], Options("statements", "gpt-4o-mini"))
        work(settings, idle=0.1)
        (chunk,) = pieces(store, submitted)
        asked, job = len(server.chats()), job_of(store, submitted)
        assert asked >= 4 and job.use.calls == asked - 1 and chunk.state in (State.DONE, State.FAILED)
        assert job.use.estimated == 1 and job.use.tokens_out > 4096, "one that was cut off costs what it may be long"


def test_a_pause_keeps_what_is_on_its_way_and_begins_nothing_more(
    settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    server.default = lambda asked: replace(claims(asked), wait=1.2)
    with Store(settings) as store:
        submitted = taken_in(store, settings, tmp_path)
        with working(settings, idle=4.0):
            wait_for(lambda: len(server.chats()) >= 4)
            assert store.queue.pause(submitted.job.id) and not store.queue.pause(submitted.job.id)
            wait_for(lambda: job_of(store, submitted).use.calls == len(server.chats()))
            time.sleep(1.0)
            asked, chunks = len(server.chats()), pieces(store, submitted)
            assert asked <= 8 < len(chunks) and sum(chunk.state is State.DONE for chunk in chunks) == asked
            assert job_of(store, submitted).use.calls == asked
            assert store.queue.left() == {}, "nobody waits for what is paused"
            server.default = quick_claims
            resume(store, settings, job_of(store, submitted))
            wait_for(lambda: job_of(store, submitted).state is JobState.DONE)
        assert {chunk.state for chunk in pieces(store, submitted)} == {State.DONE}
        assert len(server.chats()) == len(chunks)
        with pytest.raises(NothingHalted):
            resume(store, settings, job_of(store, submitted))


def test_money_is_not_limited_where_no_price_is_known(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("Ole Worm.")
    with Store(settings) as store:
        for options in (Options("statements", "openai:other"), Options("statements", "server:x")):
            with pytest.raises(PriceUnknown, match="limit of calls instead"):
                submit(store, settings, [tmp_path / "one.txt"], replace(options, limits=Limits(usd=1.0)))
        with pytest.raises(BadLimit):
            submit(store, settings, [tmp_path / "one.txt"], Options(limits=Limits(calls=0)))


def test_several_workers_share_one_limit_and_the_dead_have_spent_what_they_held(store_target: Settings) -> None:
    with Store(store_target) as store:
        job = Job("account", "default", "statements", "2026", "gpt-4o-mini", limits=Limits(1.0, 10))
        store.queue.put_job(job)
        mine, other = owner_name(), "elsewhere/1/1.0"
        first = store.spending.settle(job.id, other, {}, wish=Wish(8, 0.05))
        second = store.spending.settle(job.id, mine, {}, wish=Wish(8, 0.05))
        assert first is not None and second is not None and (first.granted, second.granted) == (8, 2)
        third = store.spending.settle(job.id, mine, {PAID: Use(2, 100, 20, 0.08)}, wish=Wish(8, 0.05))
        assert third is not None and third.granted == 0 and third.state is JobState.RUNNING, "the other holds the rest"
        dead = f"{mine.rsplit('/', 2)[0]}/1/1.0"
        store.spending.settle(job.id, other, {})
        store.spending.settle(job.id, dead, {}, Flying({PAID: Use(3, 300, 60, 0.2, estimated=3)}, 0.6))
        store.spending.bury_dead(mine)
        counted = store.queue.job(job.id)
        assert counted is not None and replace(counted.use, usd=0.28) == Use(5, 400, 80, 0.28, estimated=3)
        assert counted.use.usd == pytest.approx(0.28)
        money = store.spending.settle(job.id, mine, {}, wish=Wish(8, 0.4))
        assert money is not None and money.granted == 1, "money is what fits least"
        assert store.spending.settle("no such job", mine, {}) is None


def test_many_who_count_at_once_lose_nothing(store_target: Settings) -> None:
    with Store(store_target) as store:
        store.queue.put_job(Job("crowd", "default", "statements", "2026"))

        def count() -> None:
            for _ in range(5):
                store.spending.settle("crowd", owner_name(), {PAID: Use(1, 10, 1)})

        threads = [threading.Thread(target=count) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        counted = store.queue.job("crowd")
        assert counted is not None and counted.use == Use(20, 200, 20)


def test_pages_that_are_read_count_and_are_not_paid_for_twice(embedded_server: Settings, tmp_path: Path) -> None:
    with FakeMistral() as ocr, Store(embedded_server) as store:
        ocr.reads = dict(READS)
        settings = replace(embedded_server, mistral_api_key=KEY, mistral_base_url=ocr.address)
        _empty(settings)
        options = Options(ocr="mistral-ocr", limits=Limits(calls=1))
        submitted = submit(store, settings, [scanned(tmp_path / "scan.pdf", [50] * 12)], options)
        work(settings, idle=0.1)
        job = job_of(store, submitted)
        assert job.state is JobState.LIMIT and len(ocr.ocr_requests()) == 1
        assert dict(job.spent) == {Paid(Purpose.PAGES, "mistral-ocr"): Use(1, unpriced=1)}
        document = store.documents.get(submitted.queued[0])
        assert document is not None and document.state is State.PENDING and document.failure is None
        resume(store, settings, job, Limits(calls=2))
        work(settings, idle=0.1)
        assert job_of(store, submitted).state is JobState.DONE and len(ocr.ocr_requests()) == 2
        assert sum(chunk.state is State.DONE for chunk in pieces(store, submitted)) == 12
        _empty(settings)


def test_vectors_from_a_server_are_paid_for_and_wait_for_what_is_held(embedded_server: Settings) -> None:
    spec = find_embedding("openai:text-embedding-3-small")
    settings = replace(embedded_server, openai_api_key="sk-x")
    with Store(settings) as store:
        store.queue.put_job(Job("vectors", "default", "quick", "2026", limits=Limits(usd=0.00003)))
        budget = Budget(store.spending, owner_name())
        text = "Der Narwalzahn hängt an der Decke. " * 20

        def asked() -> AbstractContextManager[object]:
            return vectors_paid(budget, "vectors", spec, [text], settings, lambda: False)

        with asked():
            held = store.queue.job("vectors")
            assert held is not None and held.use == Use() and not budget.halted("vectors")
            with pytest.raises(NotNow):
                budget.begin("vectors", Paid(Purpose.VECTORS, spec.id), Use(1), 0.00003)
        with pytest.raises(ConnectionError), asked():
            raise ConnectionError("what was not answered costs nothing")
        job = store.queue.job("vectors")
        assert job is not None and (job.use.calls, job.use.estimated) == (1, 1)
        assert job.use.usd == pytest.approx(195 * 0.02 / 1e6)
        time.sleep(0.6)
        with pytest.raises(Halted) as refused:
            budget.begin("vectors", Paid(Purpose.VECTORS, spec.id), Use(1), 0.00003)
        assert not isinstance(refused.value, NotNow) and budget.halted("vectors")
