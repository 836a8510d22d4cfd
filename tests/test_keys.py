"""Keys that are typed: where they are kept, who finds them, and that none is ever shown."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError, PasswordSetError

import settings as configuration
from graph.errors import ModelError
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest import worker
from ingest.submit import Options, submit
from ingest.worker import work
from llm import __main__ as llm_command
from llm.catalog import find_model, open_chat
from llm.embed import open_embedder
from llm.endpoint import endpoint
from llm.keys import NotAKey, NotKept, forget, keep, kept
from llm.offered import server_models
from settings import Settings
from tests.fake_mistral import FakeMistral
from tests.fake_openai import FakeOpenAI, Raw, Reply, Status

PLANTED = "sk-planted-SECRET-0123456789abcdef"
OPENAI = "OPENAI_API_KEY"


class Safe(KeyringBackend):
    """A keyring as desktops have one: a service that other programs share."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.wait = 0.0
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        time.sleep(self.wait)
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise PasswordSetError("locked")
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("none")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Nothing typed, nothing looked up, no variable set, a working folder of its own."""
    monkeypatch.setattr(configuration, "typed", {})
    monkeypatch.setattr(configuration, "_looked_up", {})
    for name in configuration.KEPT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    yield


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Safe]:
    """A desktop with a keyring."""
    before = keyring.get_keyring()
    backend = Safe()
    keyring.set_keyring(backend)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    yield backend
    keyring.set_keyring(before)


def test_without_a_keyring_a_key_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if sys.platform.startswith("linux"):
        assert not configuration.has_keyring()
    assert kept(OPENAI) is None and configuration.read().openai_api_key is None
    assert keep(OPENAI, f"  {PLANTED}\n") == "session"
    assert kept(OPENAI) == "session" and configuration.read().openai_api_key == PLANTED
    assert PLANTED not in repr(configuration.read()) and PLANTED not in json.dumps(dict(os.environ))
    forget(OPENAI)
    assert kept(OPENAI) is None and configuration.read().openai_api_key is None


def test_a_keyring_keeps_it_for_the_next_start(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keep(OPENAI, PLANTED) == "keyring"
    assert safe.held == {("wunderkammer", OPENAI): PLANTED} and configuration.typed == {}
    monkeypatch.setattr(configuration, "_looked_up", {})
    assert kept(OPENAI) == "keyring" and configuration.read().openai_api_key == PLANTED
    forget(OPENAI)
    assert safe.held == {} and kept(OPENAI) is None and configuration.read().openai_api_key is None


def test_a_keyring_is_asked_once(safe: Safe) -> None:
    configuration.read()
    asked = safe.asked
    begun = time.perf_counter()
    for _ in range(50):
        configuration.read()
    assert safe.asked == asked and (time.perf_counter() - begun) / 50 < 0.001


def test_a_keyring_that_hangs_or_is_locked_is_none(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    safe.locked = True
    assert keep(OPENAI, PLANTED) == "session" and safe.held == {}
    monkeypatch.setattr(configuration, "_KEYRING_SECONDS", 0.05)
    monkeypatch.setattr(configuration, "_looked_up", {})
    safe.wait = 1.0
    begun = time.perf_counter()
    assert configuration.from_keyring("HF_TOKEN") is None
    assert time.perf_counter() - begun < 0.5


def test_keyrings_that_keep_nothing_safely_do_not_count(safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Safe, "priority", 0.5)
    assert not configuration.has_keyring()
    assert keep(OPENAI, PLANTED) == "session" and safe.held == {}


def test_the_environment_comes_before_the_file_and_the_file_before_the_keyring(
    safe: Safe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    safe.held["wunderkammer", OPENAI] = "sk-of-the-keyring"
    assert configuration.read().openai_api_key == "sk-of-the-keyring"
    (tmp_path / ".env").write_text(f"{OPENAI}=sk-of-the-file\n")
    assert (kept(OPENAI), configuration.read().openai_api_key) == ("file", "sk-of-the-file")
    monkeypatch.setenv(OPENAI, "sk-of-the-environment")
    assert (kept(OPENAI), configuration.read().openai_api_key) == ("environment", "sk-of-the-environment")
    assert keep(OPENAI, PLANTED) == "session", "what was typed last is what is meant, but only for now"
    assert (kept(OPENAI), configuration.read().openai_api_key) == ("session", PLANTED)
    assert safe.held["wunderkammer", OPENAI] == "sk-of-the-keyring"
    forget(OPENAI)
    monkeypatch.setenv(OPENAI, "")
    assert (kept(OPENAI), configuration.read().openai_api_key) == (None, None), "an empty variable hides all others"
    assert configuration.read(environ={}).openai_api_key == "sk-of-the-file"


@pytest.mark.parametrize(
    "value", ["", "   ", "two words", "line\nbreak", "Schlüssel-ähnlich", "short", "x" * 600, "a\0bcdef"]
)
def test_what_cannot_be_a_key_is_refused(value: str) -> None:
    with pytest.raises(NotAKey) as raised:
        keep(OPENAI, value)
    assert OPENAI in raised.value.text("de") and (not value.strip() or value not in str(raised.value))
    with pytest.raises(NotKept):
        keep("PATH", PLANTED)


def test_a_worker_gets_what_was_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A worker that was started before a key was typed is replaced by one that has it; without typed keys never."""
    settings = Settings(home=tmp_path / "home")
    sleeper = [
        sys.executable,
        "-c",
        "import os, time; print(os.environ.get('OPENAI_API_KEY'), flush=True); time.sleep(60)",
    ]
    real: Any = subprocess.Popen

    def start(_: list[str], **options: Any) -> Any:
        return real(sleeper, **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    pids = []
    try:
        for step in (lambda: None, lambda: None, lambda: keep(OPENAI, PLANTED), lambda: None):
            step()
            worker.ensure_worker(settings)
            pids.append(worker.worker_pid(settings))
        assert pids[0] == pids[1] != pids[2] == pids[3]
        note = (settings.run / "worker.json").read_text()
        assert PLANTED not in note and OPENAI in note
        monkeypatch.setattr(configuration, "typed", {})
        worker.ensure_worker(settings)
        assert worker.worker_pid(settings) == pids[3], "another program without the key leaves it alone"
        deadline = time.monotonic() + 5
        while PLANTED not in (out := (settings.logs / "worker.out").read_text()) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert out.strip() == PLANTED
    finally:
        worker.stop_worker(settings)


TROUBLES: list[Reply] = [
    Status(401, f"Incorrect API key provided: {PLANTED}."),
    Status(403, PLANTED),
    Status(404, PLANTED),
    Status(429, PLANTED, headers={"retry-after": "60"}),
    Status(400, f"bad {PLANTED} Bearer {PLANTED}"),
    Status(500, PLANTED, headers={"retry-after": "0"}),
    Raw(f"<html>{PLANTED}".encode()),
    Raw(json.dumps({"error": PLANTED, "choices": None, "data": PLANTED}).encode()),
]


def _troubles(settings: Settings, family: str) -> list[Callable[[], object]]:
    """Every way in which this family's server is asked."""
    name = {"openai": "gpt-4o-mini", "mistral": "mistral-small-latest", "server": "server:any"}[family]
    chat = open_chat(find_model(name, settings), settings)
    assert PLANTED not in repr(chat) + repr(settings) + repr(endpoint(family, settings))
    ways: list[Callable[[], object]] = [
        lambda: chat.invoke("hi"),
        lambda: list(chat.stream("hi")),
        lambda: open_embedder(f"{family}:vectors", settings).query("hi"),
    ]
    return ways if family == "mistral" else [*ways, lambda: server_models(family, settings)]


@pytest.mark.parametrize("family", ["openai", "mistral", "server"])
@pytest.mark.parametrize("reply", TROUBLES)
def test_no_error_shows_a_key(family: str, reply: Reply, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeMistral() if family == "mistral" else FakeOpenAI() as server:
        server.default = server.embeddings = server.models_reply = reply
        own = {
            "openai": Settings(home=home, openai_api_key=PLANTED, openai_base_url=server.url),
            "mistral": Settings(home=home, mistral_api_key=PLANTED, mistral_base_url=server.url),
            "server": Settings(home=home, model_server_key=PLANTED, model_server_url=server.url),
        }[family]
        for ask in _troubles(own, family):
            with pytest.raises(ModelError) as raised:
                ask()
            error = raised.value
            shown = error.text("en") + error.text("de") + repr(error.failure()) + repr(error.args) + caplog.text
            assert PLANTED[:14] not in shown, f"{family}: {shown}"
            assert error.__cause__ is None and error.__suppress_context__


def test_no_stored_failure_and_no_command_shows_a_key(
    embedded_server: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "worm.md").write_text("# Worm\n\nOle Worm taught medicine in Copenhagen.\n")
    with FakeOpenAI() as server:
        server.default = Status(401, f"Incorrect API key provided: {PLANTED}")
        for name, value in (
            ("WUNDERKAMMER_HOME", str(embedded_server.home)),
            ("OPENAI_BASE_URL", server.url),
            (OPENAI, PLANTED),
            ("HF_TOKEN", PLANTED),
        ):
            monkeypatch.setenv(name, value)
        settings = configuration.read()
        with Store(settings) as store:
            options = Options("statements", "gpt-4o-mini")
            (document,) = submit(store, settings, [tmp_path / "worm.md"], options).queued
            work(settings, idle=0.1)
            stored = store.query("MATCH (n) RETURN n AS node")
            problems = store.documents.problems(document)
            found = store.documents.get(document)
            assert problems and problems[0].failure and problems[0].failure.code == "BadKey"
            for arguments in (["ask", "Who was Worm?", "--model", "gpt-4o-mini", "--json"], ["models", "--json"]):
                llm_command.main(arguments)
            store.removal.remove(document, DEFAULT_COLLECTION)
    shown = capsys.readouterr()
    everything = [str(stored), repr(found), repr(problems), shown.out, shown.err, caplog.text]
    assert "BadKey" in shown.out and not [text for text in everything if PLANTED[:14] in text]
