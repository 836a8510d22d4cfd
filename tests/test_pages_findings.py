"""The page Findings against a real store: empty, many, one whose documents are gone, edited, asked again, deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from graph.delivery import DeliveryState
from graph.finding import Piece
from graph.store import Store
from ingest.submit import remove_document
from settings import Settings
from tests.fake_openai import FakeOpenAI, Words
from tests.make_findings import finding
from tests.page_homes import page_home
from tests.teams_server import SIG, Teams, Turn, teams
from tests.test_pages import GLOBE, fill, run, words

QUESTION = "Who built the globe of Gottorf?"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("pages")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


@pytest.fixture
def store(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
    with Store(filled) as opened:
        for each in opened.findings.listed(limit=1000):
            opened.findings.remove(each.id)
        yield opened


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def test_empty_and_unknown_say_what_to_do(store: Store) -> None:
    assert "Nothing is kept yet." in words(run("findings"))
    assert "Noch ist nichts aufgehoben." in words(run("findings", "de-DE"))
    assert "not here, or not any more" in words(run("findings", finding="nobody"))


def test_from_the_question_to_a_finding_and_back_to_the_place(store: Store) -> None:
    app = press(run("ask", q=QUESTION), "keep.do")
    app.text_input(key="keep.title").set_value("Der Globus <b>")
    press(app, "keep.save")
    assert "Kept as a finding." in words(app)
    (listed,) = store.findings.listed()
    kept = store.findings.get(listed.id).finding
    assert (kept.title, kept.question, kept.model) == ("Der Globus <b>", QUESTION, None) and kept.claims
    page = run("findings", finding=listed.id)
    said = words(page)
    assert "Der Globus \\<b\\>" in said and "<b>" not in said.replace("<b></b>", "")
    assert "The cabinet is as it was when this was kept." in said
    assert f">{GLOBE.split('. ')[0]}</mark>" in said, "the words that a claim rests on"
    places = [link.proto.query_string for link in page.page_link if link.value == "Open the page"]
    assert (
        f"document={kept.evidence[0].document}" in places[0] and f"start={kept.claims[0].sources[0].start}" in places[0]
    )


def listed(app: AppTest) -> str:
    """What the page says, the titles that are links too."""
    return "\n".join([words(app), *(link.proto.label for link in app.get("page_link"))])


def test_many_are_shown_in_pages_and_found_by_words(store: Store) -> None:
    for n in range(45):
        store.findings.put(finding(title=f"Finding {n:02}", created_at=f"2026-01-01T00:00:{n:02}+00:00"))
    app = run("findings")
    assert "45 findings" in listed(app) and "Finding 44" in listed(app) and "Finding 24" not in listed(app)
    app.number_input(key="findings.page").set_value(3).run()
    assert "Finding 04" in listed(app) and "Finding 05" not in listed(app)
    app.text_input(key="findings.search").set_value("finding 31").run()
    assert "1 finding" in listed(app) and "Finding 31" in listed(app)
    app.text_input(key="findings.search").set_value("dodo").run()
    assert "No finding has these words." in listed(app)


def test_a_note_is_edited_and_a_finding_deleted_with_what_goes(store: Store) -> None:
    id_ = store.findings.put(finding())
    app = run("findings", finding=id_)
    app.text_area[0].set_value("A new <i>note</i>")
    app.button(key="FormSubmitter:finding.form-Save").click().run()
    assert "A new &lt;i&gt;note&lt;/i&gt;" in words(app) and store.findings.get(id_).finding.edited_at
    assert 'class="wk-unsupported">He sold it to the pope' in words(app)
    assert "The documents of 2 pieces of evidence are not here any more" in "".join(w.value for w in app.warning)
    assert "The document was removed. The words are those that were kept." in words(app)
    press(app, "finding.delete")
    assert "the 2 quotes it keeps" in words(app)
    press(app, "finding.delete.do")
    assert store.findings.count() == 0 and app.title[0].value == "Findings"


def test_asked_again_it_says_what_changed(store: Store, filled: Settings, tmp_path: Path) -> None:
    app = press(run("ask", q=QUESTION), "keep.do")
    press(app, "keep.save")
    (listed,) = store.findings.listed()
    kept = store.findings.get(listed.id).finding
    page = press(run("findings", finding=listed.id), "finding.again.do")
    assert "Nothing has changed: the same evidence, the same claims." in words(page)
    other = Piece(9, "nowhere", "nobody", "Lost letters", "He built a clock.", 0, 17)
    less = replace(kept, title="less", evidence=(*kept.evidence[1:], other), claims=())
    id_ = store.findings.put(less)
    page = press(run("findings", finding=id_), "finding.again.do")
    said = words(page)
    assert "New" in said and "Not found any more" in said and "Lost letters" in said and "+ Andreas" in said
    press(page, "finding.again.keep")
    latest = store.findings.get(store.findings.listed()[0].id).finding
    assert latest.earlier == id_ and latest.question == QUESTION


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Teams]:
    with teams() as running:
        monkeypatch.setenv("TEAMS_WEBHOOK_URL", running.url)
        yield running


@pytest.mark.parametrize(
    ("locale", "state"), [("en-GB", "unknown: may have arrived"), ("de-DE", "vielleicht angekommen")]
)
def test_what_is_sent_is_shown_before_and_its_state_after(store: Store, server: Teams, locale: str, state: str) -> None:
    id_ = store.findings.put(finding())
    app = press(run("findings", locale, finding=id_), "finding.send")
    said = words(app)
    assert "Museum Wormianum" in said and SIG not in said and server.posted == []
    preview = app.code[0].value
    assert '"AdaptiveCard"' in preview and SIG not in preview
    server.then(Turn(None))
    press(app, "send.now")
    for _ in range(100):
        app.run()
        if state in words(app):
            break
    assert state in words(app) and len(server.asked) == 1
    (made,) = store.outbox.listed(finding=id_)
    press(app, f"message-again-{made.id}")
    for _ in range(100):
        app.run()
        if server.posted:
            break
    assert len(server.posted) == 1
    while store.outbox.get(made.id).state is not DeliveryState.ACCEPTED:
        app.run()
    store.outbox.forget(id_)


def test_the_model_of_then_writes_again_only_after_a_click(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeOpenAI() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-x")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        id_ = store.findings.put(finding(question=QUESTION, title="Then", evidence=()))
        server.replies(Words("Andreas Bösch built the globe of Gottorf [1]."))
        page = press(run("findings", finding=id_), "finding.again.do")
        assert not server.requests
        press(page, "finding.again.model")
        said = words(page)
        assert len(server.requests) == 1 and "Answer of then" in said and "Answer of now" in said
        assert "Andreas Bösch built the globe of Gottorf" in said and "He sold it to the pope" in said
        press(page, "finding.again.keep")
    latest = store.findings.get(store.findings.listed()[0].id).finding
    assert latest.answer.startswith("Andreas Bösch") and latest.earlier == id_ and latest.model == "gpt-4o-mini"


def test_documents_that_go_leave_their_words(store: Store, filled: Settings) -> None:
    app = press(run("ask", q="What did Ole Worm own?"), "keep.do")
    press(app, "keep.save")
    (listed,) = store.findings.listed()
    for document in store.findings.get(listed.id).finding.documents:
        remove_document(store, filled, document)
    page = run("findings", finding=listed.id)
    assert "The cabinet has changed since this was kept." in words(page)
    assert "great auk" in words(page) and any("not here any more" in w.value for w in page.warning)
