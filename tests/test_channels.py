"""Channels and rules: addresses that are secrets and stay so, what is sent after an import and once a day."""

from __future__ import annotations

import io
import json
import logging
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph.delivery import DeliveryState, When
from graph.errors import WunderkammerError
from graph.store import Store
from graph.work import now
from ingest.submit import Options, submit
from ingest.worker import stop_worker, work
from settings import Settings, as_variables
from share.__main__ import main
from share.channels import add, channel, channels, check, path, remove
from share.compose import queue_finding
from share.errors import (
    AnswerMissing,
    ChannelsUnreadable,
    ChannelUnclear,
    NoChannel,
    NoSuchChannel,
    NotAChannelName,
    NotAWebhook,
    WebhookPrivate,
    WebhookUnknownHost,
)
from share.keeper import keeper
from share.post import NotSent, Why, post
from share.rules import follow, rule
from share.sender import Sender
from tests.graph_samples import empty
from tests.make_findings import finding
from tests.teams_server import SIG, Teams, Turn, teams
from tests.test_keys import Safe as Safe
from tests.test_keys import safe as safe
from tests.test_sending import queued
from tests.waiting import wait_for


@pytest.fixture
def server() -> Iterator[Teams]:
    with teams() as running:
        yield running


@pytest.fixture
def settings(embedded_server: Settings, server: Teams) -> Settings:
    path(embedded_server).unlink(missing_ok=True)
    return replace(embedded_server, allow_private=True)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store(settings) as opened:
        yield opened
        for each in opened.findings.listed(limit=1000):
            opened.outbox.forget(each.id)
            opened.findings.remove(each.id)
        for made in opened.outbox.rules():
            opened.outbox.drop_rule(made.id)
        for waiting in opened.outbox.listed(limit=1000):
            opened.outbox.cancel(waiting.id)
        empty(opened)


def test_channels_are_kept_in_a_file_that_only_its_owner_reads(settings: Settings, server: Teams) -> None:
    with pytest.raises(NoChannel):
        channel(settings)
    made = add(settings, "  Seminar  A ", "teams", f" {server.url}\n")
    assert made.name == "Seminar A" and made.place == "file" and channel(settings).address == server.url
    assert stat.S_IMODE(path(settings).stat().st_mode) == 0o600
    assert stat.S_IMODE(path(settings).parent.stat().st_mode) == 0o700
    assert SIG not in repr(made) + str(made) + made.masked + repr(channels(settings))
    for name in ("", "seminar a", "x" * 61, "Teams", "a\x00b"):
        with pytest.raises(NotAChannelName):
            add(settings, name, "teams", server.url)
    add(settings, "Slack", "slack", server.url)
    with pytest.raises(ChannelUnclear):
        channel(settings)
    assert channel(settings, "SLACK").target == "slack"
    with pytest.raises(NoSuchChannel) as unknown:
        channel(settings, "Nobody")
    assert "“Seminar A”" in str(unknown.value) and SIG not in str(unknown.value)
    given = replace(settings, teams_webhook_url=server.url)
    assert channel(given).name == "Teams" and [*channels(given)] == ["Teams", "Seminar A", "Slack"]
    remove(settings, "Slack")
    assert [*channels(settings)] == ["Seminar A"] and server.url in path(settings).read_text()
    with pytest.raises(NoSuchChannel):
        remove(settings, "Slack")
    path(settings).write_text(f'{{"channels": [{{"name": 1, "address": "{server.url}"}}]')
    with pytest.raises(ChannelsUnreadable) as damaged:
        channels(settings)
    assert SIG not in str(damaged.value)


def test_a_keyring_keeps_the_address_where_there_is_one(
    settings: Settings, server: Teams, safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("settings._looked_up", {})
    made = add(settings, "Seminar", "teams", server.url)
    assert made.place == "keyring" and [*safe.held.values()] == [server.url]
    assert SIG not in path(settings).read_text() and channel(settings, "Seminar") == made
    monkeypatch.setattr("settings._looked_up", {})
    assert channel(settings).address == server.url, "also after a new start"
    remove(settings, "Seminar")
    assert safe.held == {} and channels(settings) == {}
    safe.locked = True
    assert add(settings, "Seminar", "teams", server.url).place == "file"


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("", NotAWebhook),
        ("http://example.org/hook", NotAWebhook),
        ("https://user:pass@example.org/", NotAWebhook),
        ("https://example.org/ x", NotAWebhook),
        ("https://example.org/\u202ex", NotAWebhook),
        ("https://[::1", NotAWebhook),
        ("javascript:alert(1)", NotAWebhook),
        ("https://example.org/" + "x" * 2000, NotAWebhook),
        ("https://no-such-host.invalid/hook", WebhookUnknownHost),
        ("https://127.0.0.1/hook", WebhookPrivate),
        ("https://[::1]/hook", WebhookPrivate),
        ("https://169.254.169.254/latest", WebhookPrivate),
        ("https://10.0.0.1/hook", WebhookPrivate),
    ],
)
def test_what_leads_elsewhere_is_no_channel(tmp_path: Path, address: str, error: type[WunderkammerError]) -> None:
    with pytest.raises(error):
        check(address, Settings(home=tmp_path))


def test_a_name_that_turns_private_later_gets_nothing(server: Teams) -> None:
    """What is connected to is what was checked: a name that has another meaning now leads nowhere."""
    address = server.url.replace("127.0.0.1", "hooks.example.org")
    came = post(address, "{}", False, 2, resolve=lambda host, port: ("127.0.0.1",))
    assert came == NotSent(Why.HOST, private=True) and server.asked == []
    mixed = post(address, "{}", False, 2, resolve=lambda host, port: ("93.184.216.34", "127.0.0.1"))
    assert isinstance(mixed, NotSent) and mixed.private and server.asked == []
    assert post(address, "{}", True, 2, resolve=lambda host, port: ("127.0.0.1",)) != came and len(server.asked) == 1


def test_the_address_is_found_nowhere(
    store: Store,
    settings: Settings,
    server: Teams,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in the database, a log, what commands say, an error, or a command line; after all that can go wrong."""
    caplog.set_level(logging.DEBUG)
    for name, value in as_variables(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{server.url}\n"))
    assert main(["channels", "--add", "Seminar"]) == 0
    made = channel(settings)
    kept = store.findings.get(store.findings.put(finding()))
    turns = (
        *(Turn(status) for status in (401, 400, 404, 413, 500, 302)),
        Turn(None),
        Turn(early=True),
        Turn(hangs=2.4),
        Turn(429, (("Retry-After", "0"),), text=server.url),
        Turn(),
    )
    server.then(*turns)
    for n, _ in enumerate(turns):
        store.findings.edit(kept.id, note=str(n))
        queue_finding(store, settings, store.findings.get(kept.id), made)
        # Not before its time: fewer than four go to a channel in a second.
        wait_for(Sender(store, settings, seconds=2.0).step)
        monkeypatch.setattr("share.sender.FIRST_WAIT", 0.0)
    nobody = replace(made, name="Nobody", address=server.url.replace(str(server.port), "9"))
    path(settings).write_text(json.dumps({"channels": [
        {"name": each.name, "target": "teams", "address": each.address} for each in (made, nobody)
    ]}))  # fmt: skip
    store.outbox.put_rule(rule(settings, When.IMPORT, nobody, "en"))
    queue_finding(store, settings, kept, nobody)
    Sender(store, settings).drain(1)
    for command in (
        ["channels"],
        ["queue"],
        ["rules"],
        ["list"],
        ["teams", kept.id, "--dry-run", "--channel", "Seminar"],
    ):
        for form in ([], ["--json"]):
            main([*command, *form])
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{server.url}\n"))
    assert main(["channels", "--add", "Seminar", "--json"]) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO(f"ftp://{SIG}\n"))
    assert main(["channels", "--add", "Other"]) == 2
    said = capsys.readouterr()
    assert len(store.outbox.listed(finding=kept.id)) >= len(turns)
    assert {each.state for each in store.outbox.listed(finding=kept.id)} >= {
        DeliveryState.REFUSED, DeliveryState.UNKNOWN, DeliveryState.WAITING, DeliveryState.ACCEPTED
    }  # fmt: skip
    everything = json.dumps(store.query("MATCH (n) RETURN labels(n) AS l, properties(n) AS p"), default=str)
    everything += json.dumps(store.query("MATCH ()-[r]->() RETURN type(r) AS t, properties(r) AS p"), default=str)
    assert "Worm's auk" in everything
    logs = "".join(file.read_text(errors="replace") for file in settings.logs.glob("*") if file.is_file())
    for secret in (SIG, "/workflows/0123", "sig="):
        assert secret not in everything and secret not in said.out + said.err and secret not in logs
        assert secret not in caplog.text, secret


def test_after_an_import_it_is_told_once(store: Store, settings: Settings, server: Teams, tmp_path: Path) -> None:
    made = add(settings, "Seminar", "teams", server.url)
    (tmp_path / "old.txt").write_text("Ole Worm owned a great auk.")
    submit(store, settings, [tmp_path], Options())
    work(settings, idle=0.02)
    time.sleep(0.01)
    store.outbox.put_rule(rule(settings, When.IMPORT, made, "de"))
    assert follow(store, settings) == [], "what was before is nobody's news"
    (tmp_path / "new.txt").write_text("Andreas Bösch built the globe of Gottorf.")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.4 no more of it")
    submit(store, settings, [tmp_path], Options())
    work(settings, idle=0.02)
    # The worker had it sent, without the app.
    wait_for(lambda: server.posted)
    assert follow(store, settings) == []
    card = server.posted[0]["attachments"][0]["content"]
    assert "2 Dokumente, " in json.dumps(card, ensure_ascii=False) and len(server.posted) == 1
    (sent,) = [each for each in store.outbox.listed() if each.rule]
    wait_for(lambda: store.outbox.get(sent.id).state is DeliveryState.ACCEPTED)
    remove(settings, "Seminar")
    assert follow(store, settings) == []
    (noted,) = store.outbox.rules()
    assert noted.failure and noted.failure.code == "NoChannel"
    stop_worker(settings)


def test_a_digest_comes_once_a_day_and_only_with_something_new(store: Store, settings: Settings, server: Teams) -> None:
    made = add(settings, "Seminar", "teams", server.url)
    here = datetime.now().astimezone()
    store.findings.put(finding(title="old", created_at=now()))
    time.sleep(0.001)
    store.outbox.put_rule(rule(settings, When.DIGEST, made, "en", hour=here.hour))
    day = timedelta(days=1)
    due = here.replace(minute=0, second=0, microsecond=0) + day
    assert follow(store, settings, at=due - timedelta(minutes=1)) == []
    assert follow(store, settings, at=due) == [], "nothing is new"
    for n in range(25):
        at = (due + timedelta(hours=1, seconds=n)).astimezone(UTC).isoformat(timespec="microseconds")
        store.findings.put(finding(title=f"new {n:02}", created_at=at))
    assert follow(store, settings, at=due + timedelta(hours=2)) == []
    (queued_id,) = follow(store, settings, at=due + day + timedelta(hours=3))
    assert follow(store, settings, at=due + day + timedelta(hours=4)) == []
    said = store.outbox.get(queued_id).body
    assert "New findings: 25" in said and "new 24" in said and "new 04" not in said and "and 5 more" in said
    assert follow(store, settings, at=due + 2 * day) == []


def test_each_reason_why_nothing_came_is_said_in_both_languages() -> None:
    for why in Why:
        said = [AnswerMissing(channel="Seminar", why=why.value).text(language) for language in ("en", "de")]
        assert said[0] != said[1] and "Seminar" in said[0] and "status" not in "".join(said).lower()


def test_the_app_sends_while_it_runs_and_ends_when_there_is_nothing(
    store: Store, settings: Settings, server: Teams
) -> None:
    add(settings, "Seminar", "teams", server.url)
    sending = keeper(store, lambda: settings)
    sending.ensure()
    server.then(Turn(429, (("Retry-After", "0"),)))
    made = queued(store, settings)
    sending.ensure()
    wait_for(lambda: store.outbox.get(made.id).state is DeliveryState.ACCEPTED)
    assert len(server.posted) == 1
    sending.ensure()
    wait_for(lambda: not sending.running)


def test_rules_and_channels_by_command(
    store: Store,
    settings: Settings,
    server: Teams,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in as_variables(settings).items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> tuple[int, Any]:
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert run("rules", "--add", "digest")[0] == 3
    monkeypatch.setattr("sys.stdin", io.StringIO(server.url))
    assert run("channels", "--add", "Seminar")[1]["channels"][0]["name"] == "Seminar"
    assert run("channels", "--test", "Seminar")[1]["state"] == "accepted" and len(server.posted) == 1
    code, made = run("rules", "--add", "digest", "--hour", "7")
    assert code == 0 and [(each["when"], each["hour"]) for each in made["rules"]] == [("digest", 7)]
    assert run("rules", "--add", "digest", "--hour", "24")[0] == 2
    assert run("rules", "--remove", "nothing")[0] == 2
    assert run("rules", "--remove", made["rules"][0]["id"])[1]["rules"] == []
    assert run("channels", "--remove", "Seminar")[1]["channels"] == []
