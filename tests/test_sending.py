"""Findings on their way to Teams, over a real socket: each failure ends in its state; none is lost, none doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from graph.delivery import AGAIN, MOST_TRIES, Delivery, DeliveryState
from graph.store import Store
from graph.work import now, owner_name
from settings import Settings
from share import sender as sending
from share.__main__ import main
from share.channels import channel
from share.compose import delivery, queue_finding
from share.sender import Sender, send_now, wait_after
from tests.make_findings import finding
from tests.teams_server import SIG, Teams, Turn, teams

State = DeliveryState


@pytest.fixture
def server() -> Iterator[Teams]:
    with teams() as running:
        yield running


@pytest.fixture
def settings(store_target: Settings, server: Teams, tmp_path: Path) -> Settings:
    return replace(store_target, teams_webhook_url=server.url)


@pytest.fixture
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened
        for each in opened.findings.listed(limit=1000):
            opened.outbox.forget(each.id)
            opened.findings.remove(each.id)
        for waiting in opened.outbox.listed(limit=1000):
            opened.outbox.cancel(waiting.id)


def queued(store: Store, settings: Settings, title: str = "Worm's auk") -> Delivery:
    id_ = store.findings.put(finding(title=title))
    return queue_finding(store, settings, store.findings.get(id_), channel(settings))


@pytest.mark.parametrize(
    ("turn", "state", "status", "code", "posted"),
    [
        (Turn(), State.ACCEPTED, 202, None, 1),
        (Turn(200, takes=True), State.ACCEPTED, 200, None, 1),
        (Turn(400), State.REFUSED, 400, "CardRefused", 0),
        (Turn(401), State.REFUSED, 401, "AddressExpired", 0),
        (Turn(403), State.REFUSED, 403, "AddressExpired", 0),
        (Turn(404), State.REFUSED, 404, "ChannelDeleted", 0),
        (Turn(413), State.REFUSED, 413, "MessageTooLarge", 0),
        (Turn(302, (("Location", "http://127.0.0.1:9/"),)), State.REFUSED, 302, "ChannelRefused", 0),
        (Turn(429, (("Retry-After", "7"),)), State.WAITING, 429, "ChannelBusy", 0),
        (Turn(503), State.WAITING, 503, "ChannelBusy", 0),
        (Turn(504, takes=True), State.UNKNOWN, None, "AnswerMissing", 1),
        (Turn(hangs=1.0), State.UNKNOWN, None, "AnswerMissing", 1),
        (Turn(None, takes=True), State.UNKNOWN, None, "AnswerMissing", 1),
        (Turn(None), State.UNKNOWN, None, "AnswerMissing", 0),
        (Turn(early=True), State.UNKNOWN, None, "AnswerMissing", 0),
    ],
    ids=lambda each: str(each.status if isinstance(each, Turn) else "")
)  # fmt: skip
def test_each_answer_ends_in_its_state(
    store: Store, settings: Settings, server: Teams, turn: Turn, state: State, status: int | None, code: str | None,
    posted: int
) -> None:  # fmt: skip
    made = queued(store, settings)
    server.then(turn)
    began = time.time()
    assert Sender(store, settings, seconds=0.5).step()
    done = store.outbox.get(made.id)
    assert (done.state, done.status, done.failure.code if done.failure else None) == (state, status, code)
    assert len(server.posted) == posted and len(server.asked) == 1 and done.attempts == 1
    if state is State.WAITING:
        assert done.next_at - began > (6.9 if status == 429 else 1.5)
        assert not Sender(store, settings).step(), "not before its time"
    else:
        assert (done.done_at or 0) >= began and not Sender(store, settings).step()
    if done.failure:
        assert "Teams" in done.failure.say("de") and SIG not in done.failure.say("en")
    if code == "AnswerMissing":
        why = "Status 504" if turn.status == 504 else "es dauerte zu lange" if turn.hangs else "die Verbindung brach ab"
        assert done.failure and why in done.failure.say("de")
    assert store.outbox.again(made.id) is (state in AGAIN)
    if state in AGAIN:
        assert send_now(store, settings, made.id, 5).state is State.ACCEPTED


def test_an_unreachable_channel_is_tried_again_later_and_in_the_end_given_up(
    store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = replace(settings, teams_webhook_url="http://127.0.0.1:9/?sig=" + SIG)
    made = queued(store, nobody)
    waits = [wait_after(n) for n in range(1, MOST_TRIES)]
    assert 1.5 < waits[0] < 2.5 and all(1.9 < b / a < 4.6 or b > 2_800 for a, b in pairwise(waits))
    monkeypatch.setattr(sending, "wait_after", lambda tries: 0.0)
    monkeypatch.setattr("share.pace.SECONDS_BETWEEN", 0.0)
    sender = Sender(store, nobody)
    steps = 0
    while sender.step():
        steps += 1
    done = store.outbox.get(made.id)
    assert (steps, done.state, done.tries) == (MOST_TRIES, State.FAILED, MOST_TRIES)
    assert done.failure and done.failure.code == "ChannelUnreachable"
    assert "nobody answers there" in done.failure.say("en") and "dort meldet sich niemand" in done.failure.say("de")
    assert store.outbox.again(made.id) and store.outbox.get(made.id).tries == 0
    assert store.outbox.cancel(made.id) and not store.outbox.cancel(made.id)
    assert not Sender(store, nobody).step()
    assert store.outbox.again(made.id)
    elsewhere = replace(settings, teams_webhook_url=None)
    assert not Sender(store, elsewhere).step() and store.outbox.get(made.id).state is State.WAITING


def test_what_the_dead_left_is_unknown_and_the_slow_still_say_what_became_of_theirs(
    store: Store, settings: Settings, server: Teams
) -> None:
    made = queued(store, settings)
    dead = owner_name().rsplit("/", 1)[0] + "/1.00"
    taken = store.outbox.take(dead, {"Teams": 0.0})
    assert taken and taken.id == made.id and store.outbox.get(made.id).state is State.SENDING
    assert store.outbox.take(owner_name(), {"Teams": 0.0}) is None, "nobody else takes it"
    assert store.outbox.recover() == [made.id] and store.outbox.recover() == []
    lost = store.outbox.get(made.id)
    assert lost.state is State.UNKNOWN and lost.failure and "may have arrived" in lost.failure.say("en")
    assert not Sender(store, settings).step() and server.asked == []
    assert store.outbox.accepted(taken, 202) and store.outbox.get(made.id).state is State.ACCEPTED
    assert not store.outbox.accepted(taken, 202), "only once"
    assert not store.outbox.again(made.id)


def test_many_go_out_in_order_and_slowly_enough(store: Store, settings: Settings, server: Teams) -> None:
    made = [queued(store, settings, f"n{n}") for n in range(6)]
    assert queued(store, settings, "n0").id == made[0].id, "the same that waits already is not queued twice"
    server.then(Turn(429, (("Retry-After", "0"),)))
    deadline = time.monotonic() + 20
    while any(store.outbox.get(each.id).state is State.WAITING for each in made) and time.monotonic() < deadline:
        # Each sender is another program, as far as the database can see.
        Sender(store, settings).drain(5)
    assert [store.outbox.get(each.id).state for each in made] == [State.ACCEPTED] * 6
    assert len(server.posted) == 6 and server.most_in_a_second() < 4


def test_the_command_sends_and_says_what_came_of_it(
    store: Store, settings: Settings, server: Teams, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in as_environment(settings).items():
        monkeypatch.setenv(name, value)
    id_ = store.findings.put(finding())

    def run(*words: str) -> tuple[int, Any]:
        code = main([*words, "--json"])
        said = capsys.readouterr()
        assert SIG not in said.out + said.err
        return code, json.loads(said.out)

    code, shown = run("teams", id_[:12], "--dry-run")
    assert code == 0 and server.asked == [] and shown["body"]["type"] == "message" and shown["bytes"] < 20_000
    code, sent = run("teams", "Worm's auk")
    assert code == 0 and sent["state"] == "accepted" and "queued" in sent["said"] and server.posted == [shown["body"]]
    server.then(Turn(401), Turn(None), Turn(503))
    assert run("teams", id_)[0] == 3
    code, lost = run("teams", id_)
    assert code == 1 and lost["said"] == "unknown: may have arrived"
    assert run("teams", id_, "--wait", "0")[0] == 1
    code, listed = run("queue")
    assert code == 0 and len(listed["messages"]) == 4 and listed["states"]["unknown"] == 1
    waiting = next(each for each in listed["messages"] if each["state"] == "waiting")
    assert run("queue", "--cancel", waiting["id"])[0] == 0 and run("queue", "--cancel", waiting["id"])[0] == 1
    assert run("queue", "--again", lost["id"])[0] == 0
    assert run("queue", "--send", "0")[0] == 0
    assert run("teams", "nothing")[0] == 2 and run("teams", id_, "--channel", "Nobody")[0] == 2
    assert run("queue", "--again", "nothing")[0] == 2
    code, known = run("channels")
    assert code == 0 and known["channels"] == [
        {"name": "Teams", "kind": "teams", "address": "127.0.0.1/…", "in": "environment"}
    ]
    monkeypatch.setenv("TEAMS_WEBHOOK_URL", "")
    code, missing = run("teams", id_)
    assert code == 3 and missing["error"]["code"] == "NoChannel"
    assert run("teams", id_, "--dry-run")[0] == 0


def as_environment(settings: Settings) -> dict[str, str]:
    from settings import as_variables

    return as_variables(settings)


SENDER = "import sys, settings; from graph.store import Store; from share.sender import Sender; s = settings.read()\n"
SENDER += "with Store(s) as store:\n Sender(store, s).drain(60)"


def test_senders_that_are_killed_lose_and_double_nothing(store: Store, settings: Settings, server: Teams) -> None:
    """The small form of `python -m bench.share_faults`."""
    to = channel(settings)
    body = queued(store, settings).body
    made = [replace(delivery(to, f"n{n}", body, "default", "", now()), finding="none") for n in range(8)]
    for each in made:
        store.outbox.put(each)
    everybody = {each.id for each in store.outbox.listed(limit=100)}
    server.then(Turn(), Turn(hangs=3.0), Turn())
    environment = os.environ | as_environment(settings)
    killed = subprocess.Popen([sys.executable, "-c", SENDER], env=environment, cwd=Path(__file__).parents[1])
    while len(server.asked) < 2 and killed.poll() is None:
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    Sender(store, settings).drain(10)
    ended = {each.id: each.state for each in store.outbox.listed(limit=100) if each.id in everybody}
    assert sorted(ended.values()) == [State.ACCEPTED] * 8 + [State.UNKNOWN]
    assert len(server.posted) == 9 and server.most_in_a_second() < 4
    store.outbox.forget("none")
