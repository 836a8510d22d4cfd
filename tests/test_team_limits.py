"""Limits for each person and day, and the log: on both engines, and on the pages with a provider's protocol."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graph import journal
from graph.__main__ import main as graph
from graph.allowances import Allowance, MoneyUsedUp, Used
from graph.guarded import Guarded
from graph.jobs import Job
from graph.journal import Entry, noted
from graph.permits import PERMITS
from graph.roles import NotAllowed, Role
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from graph.work import now
from pages.language import TEXTS
from pages.parts.log import _cell
from pages.parts.spending import _DEEDS, PageMeter
from settings import Settings
from tests.fake_openai import FakeOpenAI, Words
from tests.page_homes import page_home
from tests.test_pages import ENTRY, GLOBE, fill, words
from tests.test_pages_roles import AUTH

OWNER, READER = "owner@example.org", "reader@example.org"
QUESTION = "Who built the globe of Gottorf?"
KEY = "sk-planted-key"


@pytest.fixture
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        yield opened


def test_what_is_allowed_used_and_left(store: Store) -> None:
    here = store.cabinets.make(f"Limits {uuid.uuid4().hex}", "t").id
    of, usual = store.allowances, Allowance(usd=2.0, calls=50)
    assert of.of(here, READER, usual) == usual and of.used(here, READER) == Used()
    of.allow(here, Allowance(calls=10, mb=5.0))
    of.allow(here, Allowance(calls=3), READER)
    assert of.of(here, READER, usual) == Allowance(2.0, 3, 5.0) and of.of(here, OWNER, usual).calls == 10
    for _ in range(2):
        of.count(here, READER, Used(usd=0.75, calls=1, mb=2.0))
    assert of.left(here, READER, usual) == Allowance(0.5, 1, 1.0) and of.left(here, OWNER, usual).calls == 10
    # What imports of today have used counts too.
    job = Job(uuid.uuid4().hex, here, "statements", now(), "gpt-4o-mini")
    store.queue.put_job(job)
    store.query("MATCH (j:Job {id: $id}) RETURN j.id AS id", id=job.id)
    store.journal.put(Entry(READER, "import", here, job.id))
    before = of.used(here, READER)
    store.spending.settle(job.id, "tester", {})
    assert of.used(here, READER) == before
    of.allow(here, Allowance(), READER)
    assert of.of(here, READER, usual).calls == 10
    assert store.allowances.used(DEFAULT_COLLECTION, READER).calls == 0, "each cabinet counts for itself"
    meter = PageMeter(store, replace(store.settings, daily_usd=2.5, log_questions="hash"), READER, here, True, "Why?")
    meter.before("m")
    meter.after("m", 10, 5, 1.25)
    with pytest.raises(MoneyUsedUp):
        meter.before("m")
    (noted_, *_) = store.journal.listed([here])
    assert noted_.question == noted("Why?", "hash") and noted_.usd == 1.25


def test_the_log_grows_and_tells_owners_alone(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    here = store.cabinets.make(f"Log {uuid.uuid4().hex}", "t").id
    # Two of one moment, and a page ends between them.
    monkeypatch.setattr(journal, "PAGE", 1)
    moments = iter(["2026-01-01", "2026-01-02", "2026-01-02", "2026-01-03"])
    monkeypatch.setattr(journal, "now", lambda: next(moments))
    for n in range(3):
        store.journal.put(Entry(READER, "model asked", here, model="m", question=f"q{n}", passages=("a", "b"), usd=0.1))
    store.journal.put(Entry(OWNER, "export", DEFAULT_COLLECTION))
    found = list(store.journal.every([here]))
    assert sorted(each.question or "" for each in found) == ["q0", "q1", "q2"] and found[0].passages == ("a", "b")
    assert found[2].question == "q0" and store.journal.listed([here], before=found[0].at, limit=1) == [found[2]]
    assert not [name for name in dir(store.journal) if name.startswith(("delete", "drop", "edit", "remove", "set"))]
    with pytest.raises(NotAllowed):
        Guarded(store, here, Role.EDITOR, "e").journal.listed((here,))
    assert len(Guarded(store, here, Role.OWNER, "o").journal.listed((here,))) == 3
    assert noted("a question", "none") is None and len(noted("a question", "hash") or "") == 64
    assert _cell("=1+1") == "'=1+1" and _cell(("a", "b")) == "a b"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("limits")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        with Store(settings) as store:
            store.members.put(DEFAULT_COLLECTION, READER, Role.READER, OWNER)
            store.members.put(DEFAULT_COLLECTION, OWNER, Role.OWNER, "host@example.org")
        yield settings


@pytest.fixture
def server(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as running:
        running.default = Words(f"{GLOBE.split('. ')[0]} [1].")
        for name, value in {
            "WUNDERKAMMER_HOME": str(filled.home), "OPENAI_BASE_URL": running.url, "OPENAI_API_KEY": KEY,
            "WUNDERKAMMER_OWNERS": "host@example.org", "WUNDERKAMMER_DAILY_CALLS": "2",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield running


def ask(email: str, question: str = QUESTION, locale: str = "en-US") -> AppTest:
    app = AppTest.from_file(ENTRY, default_timeout=60)
    app.secrets = AUTH
    app.user = {"is_logged_in": True, "email": email, "email_verified": True}
    app.query_params.update({"q": question, "model": "gpt-4o-mini", "mode": "hybrid"} | _language(locale))
    app.run()
    return app.button(key="answer.ask").click().run()


def _language(locale: str) -> dict[str, str]:
    return {"lang": "de"} if locale.startswith("de") else {}


def test_questions_are_counted_noted_and_refused_when_nothing_is_left(
    server: FakeOpenAI, filled: Settings, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for n in range(2):
        app = ask(READER, f"{QUESTION} {n}")
        assert "built the globe" in words(app), app.error
    app = ask(READER, f"{QUESTION} again")
    assert any("used up your 2 calls" in each.value for each in app.error), (words(app), app.error)
    assert len(server.chats()) == 2, "what may not be asked is not sent"
    assert any("2 Modellaufrufe" in each.value for each in ask(READER, f"{QUESTION} noch einmal", "de-DE").error)
    app = ask(OWNER)
    assert "built the globe" in words(app), "the limit is each person's own"
    with Store(filled) as store:
        found = [each for each in store.journal.every([DEFAULT_COLLECTION]) if each.did == "model asked"]
        assert store.allowances.used(DEFAULT_COLLECTION, READER).calls == 2
    assert [each.who for each in found] == [OWNER, READER, READER]
    assert found[-1].question == f"{QUESTION} 0" and found[-1].model == "gpt-4o-mini"
    assert (found[-1].tokens_in, found[-1].tokens_out) == (100, 20)
    assert found[-1].usd is None, "what another server than the provider's own takes is not known"
    assert found[-1].passages and found[-1].documents
    assert KEY not in json.dumps([asdict(each) for each in found])
    graph(["audit", "--json"])
    assert json.loads(capsys.readouterr().out)["entries"][0]["who"] == OWNER


def test_every_deed_has_words_in_both_languages() -> None:
    deeds = {did for did, _ in _DEEDS.values()} | {"export", "model asked", "corrected"}
    assert [
        (language, did)
        for language in TEXTS
        for did in deeds
        if f"log.did.{did.replace(' ', '_')}" not in TEXTS[language]
    ] == []
    assert set(_DEEDS) <= set(PERMITS)
