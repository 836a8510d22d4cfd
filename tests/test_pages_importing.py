"""An import on the pages: limited, paused, gone on, tried again; what it spent, how far it is, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import filelock
import pytest

from graph.jobs import Job, JobState, Limits
from graph.store import Store
from graph.types import State
from ingest.__main__ import main
from ingest.rest import retry
from ingest.submit import Options, submit
from ingest.worker import stop_worker, work
from settings import Settings
from tests.fake_openai import FakeOpenAI, Status
from tests.page_homes import page_home
from tests.test_by_model import claims
from tests.test_pages import labels, run, words

TEXT = "\n\n".join(f"## Part {n}\n\n" + f"Ole Worm showed tusk {n} in Copenhagen. " * 6 for n in range(6))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with page_home(tmp_path_factory.mktemp("importing")) as settings:
        yield settings.home


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = claims
        yield running


@pytest.fixture
def settings(server: FakeOpenAI, home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(home))
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-key")
    return Settings(home=home, openai_api_key="sk-planted-key", openai_base_url=server.url, calls_at_once=2)


@contextmanager
def nobody_works(settings: Settings) -> Iterator[None]:
    """Whoever is started as a worker meanwhile finds that there is one."""
    settings.run.mkdir(exist_ok=True, parents=True)
    with filelock.FileLock(settings.run / "worker.lock"):
        yield
        stop_worker(settings)


def state_of(settings: Settings, job: Job) -> JobState:
    with Store(settings) as store:
        found = store.queue.job(job.id)
        assert found is not None
        return found.state


def test_a_limit_is_told_raised_and_gone_on_from(settings: Settings, server: FakeOpenAI, tmp_path: Path) -> None:
    (tmp_path / "tusks.md").write_text(TEXT)
    options = Options("statements", "gpt-4o-mini", limits=Limits(calls=2))
    with Store(settings) as store:
        job = submit(store, settings, [tmp_path / "tusks.md"], options).job
    work(settings, idle=0.1)
    assert len(server.chats()) == 2 and "Stopped at the limit." in words(run("library"))
    german = words(run("add", "de-DE", job=job.id))
    assert "Grenze erreicht" in german and "Modellaufrufe: 2 von höchstens 2 · Kosten: unbekannt" in german
    app = run("add", job=job.id)
    assert "Reading: 2 of 6 passages" in [bar.text for bar in app.progress]
    assert app.number_input(key=f"resume.{job.id}.usd").disabled, "no price is known at this server"
    with nobody_works(settings):
        app.button(key=f"resume.{job.id}").click().run()
        assert "its limit leaves no room for more" in app.warning[0].value and state_of(settings, job) is JobState.LIMIT
        app.number_input(key=f"resume.{job.id}.calls").set_value(50)
        app.button(key=f"resume.{job.id}").click().run()
        assert not app.exception and state_of(settings, job) is JobState.RUNNING
        assert "Time left not known yet · calls to a model: 2 of at most 50 · cost: unknown" in words(app)
        app.button(key=f"tray.pause.{job.id}").click().run()
        app.run()
        assert state_of(settings, job) is JobState.PAUSED and "Paused. What is read stays" in words(app)
        run("ask").button(key=f"tray.resume.{job.id}").click().run()
        assert state_of(settings, job) is JobState.RUNNING
    work(settings, idle=0.1)
    app.run()
    assert "One document was read." in words(app) and "Used: calls to a model: 6 of at most 50" in words(app)
    assert len(server.chats()) == 6 and not any(name in labels(app) for name in ("Pause", "Go on"))


def test_what_is_tried_again_shows_as_progress_of_its_import(
    settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    server.default = lambda asked: claims(asked) if "tusk" in asked.prompt.rsplit("<<<PASSAGE")[-1] else Status(401)
    (tmp_path / "one.md").write_text("Ole Worm showed tusk 77 in Copenhagen.")
    (tmp_path / "two.md").write_text("Nobody showed anything.")
    with Store(settings) as store:
        submitted = submit(store, settings, [tmp_path], Options("statements", "gpt-4o-mini"))
        work(settings, idle=0.1)
        states = [store.documents.by_ids(submitted.queued)[id_].state for id_ in submitted.queued]
        assert sorted(states) == [State.DONE, State.FAILED] and state_of(settings, submitted.job) is JobState.DONE
        with nobody_works(settings):
            assert len(retry(store, submitted.queued[states.index(State.FAILED)])) == 1
            shown = [bar.text for bar in run("library").progress]
            assert "Reading: 1 of 2 passages" in shown, "only what failed is read again"
            store.queue.cancel(submitted.job.id)


def test_the_command_line_limits_resumes_and_tells_what_it_spent(
    settings: Settings, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tusks.md").write_text(TEXT.replace("Worm showed", "Worm showed "))

    def command(*given: str) -> tuple[int, dict[str, Any], str]:
        code = main([*given, "--json"])
        out, said = capsys.readouterr()
        return code, json.loads(out), said

    paid = ["add", str(tmp_path / "tusks.md"), "--extractor", "statements", "--model", "gpt-4o-mini", "--yes"]
    code, found, said = command(*paid, "--limit-usd", "1")
    assert code == 2 and "Set a limit of calls instead" in said
    try:
        code, found, said = command(*paid, "--limit-calls", "3")
        assert code == 1 and found["state"] == "limit" and len(server.chats()) == 3
        assert "limit reached" in said and "3 of at most 3 calls" in said and "resume" in said
        assert found["used"] == found["used"] | {"calls": 3, "tokens_in": 300, "tokens_out": 60, "unpriced": 3}
        assert command("pause")[0] == 2 and command("resume")[0] == 2
        code, status, _ = command("status")
        assert [job["job"] for job in status["jobs"]] == [found["job"]]
        code, after, _ = command("resume", str(found["job"])[:8], "--limit-calls", "4")
        assert code == 0 and after["state"] == "running" and after["limits"] == {"usd": None, "calls": 4}
        assert command("pause", "nothing of that name")[0] == 2
        assert command("cancel")[0] == 0 and command("cancel")[0] == 2
    finally:
        stop_worker(settings)
