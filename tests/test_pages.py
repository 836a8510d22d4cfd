"""Each page against a real store with real documents, without a browser; the error paths have their own texts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import filelock
import pytest
from streamlit.testing.v1 import AppTest

from graph.embedded import stop_server
from graph.store import Store
from graph.types import Document
from ingest.submit import Options, submit
from ingest.worker import work
from llm.keys import forget
from settings import Settings
from tests.fake_openai import FakeOpenAI, Words
from tests.page_homes import page_home

ROOT = Path(__file__).resolve().parents[1]
ENTRY = str(ROOT / "streamlit_app.py")
GLOBE = "Andreas Bösch built the globe of Gottorf between 1650 and 1664. Twelve people could sit inside it."
CLAIM = "Andreas Bösch built the globe of Gottorf."
PAGES = {
    "ask": ("Ask your sources", "Fragen Sie Ihre Quellen"),
    "compare": ("Compare answers", "Antworten vergleichen"),
    "add": ("Add documents", "Dokumente hinzufügen"),
    "library": ("Library", "Bibliothek"),
    "explore": ("Explore", "Erkunden"),
    "findings": ("Findings", "Fundstücke"),
    "history": ("What was corrected", "Was berichtigt wurde"),
    "describe": ("Describe a picture", "Ein Bild beschreiben"),
    "models": ("Models", "Modelle"),
    "cabinets": ("Cabinets", "Kabinette"),
}


def fill(settings: Settings, folder: Path) -> None:
    """Two texts, a claim about one of them, a damaged and an empty file, through the real import."""
    (folder / "globe.md").write_text(f"# The globe\n\n{GLOBE}\n", encoding="utf-8")
    (folder / "worm.txt").write_text("Ole Worm owned a great auk. He lived in Copenhagen.", encoding="utf-8")
    (folder / "empty.txt").touch()
    (folder / "cut.pdf").write_bytes(b"%PDF-1.4 no more of it")
    lines = [
        {"type": "document", "file": "globe.md", "title": "The globe", "language": "en"},
        {
            "type": "statement",
            "subject": "Andreas Bösch",
            "subject_type": "Person",
            "predicate": "CREATED",
            "object": "Gottorf globe",
            "object_type": "Object",
            "text": CLAIM,
            "document": "globe.md",
            "quote": GLOBE.split(". ")[0],
        },
    ]
    (folder / "claims.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    with Store(settings) as store:
        submit(store, settings, [folder], Options())
    work(settings, idle=0.1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a home with documents."""
    with page_home(tmp_path_factory.mktemp("pages")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


@pytest.fixture
def open_page(filled: Settings, monkeypatch: pytest.MonkeyPatch) -> type[Opened]:
    """Opens pages on the filled home."""
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
    return Opened


class Opened(AppTest):
    """A page that has run."""


def run(page: str, locale: str = "en-GB", **parameters: str) -> AppTest:
    """Run a page as a new session would."""
    app = AppTest.from_file(ENTRY, default_timeout=60)
    app.context = {"locale": locale, "theme": "light"}
    app.run()
    if page != "ask":
        app.switch_page(f"pages/{page}.py")
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All that a page says, HTML included, styles left out."""
    html = [element.value for element in app.html if not element.value.startswith("<style")]
    return "\n".join([*html, *(e.value for e in app.markdown), *(e.value for e in app.caption), *headings(app)])


def headings(app: AppTest) -> list[str]:
    return [element.value for element in (*app.title, *app.subheader)]


def labels(app: AppTest) -> list[str]:
    return [element.label for element in app.button]


def the_document(settings: Settings, title: str) -> Document:
    with Store(settings) as store:
        return store.documents.find(title, ["default"])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
def test_each_page_speaks_both_languages(open_page: object, page: str, locale: str) -> None:
    app = run(page, locale)
    assert [title.value for title in app.title] == [PAGES[page][locale.startswith("de")]]
    assert not app.error


def test_an_address_names_the_language(open_page: object) -> None:
    assert run("models", "en-US", lang="de").title[0].value == "Modelle"
    assert run("models", "de-DE", lang="xx").title[0].value == "Modelle"


def test_evidence_marks_the_sentence_and_leads_to_it(open_page: object, filled: Settings) -> None:
    app = run("ask", q="Who built the globe of Gottorf?")
    said = words(app)
    assert ">Andreas Bösch built the globe of Gottorf between 1650 and 1664</mark>" in said
    assert f"{CLAIM} <a" in said and 'href="#quote-1-' in said and 'id="evidence-1"' in said
    assert "Evidence only. Choose a model for a written answer." in said
    links = [link for link in app.page_link if link.value == "Read it there"]
    assert the_document(filled, "The globe").id in links[0].proto.query_string
    assert "Which" not in said and app.session_state["ask.retrieved"]


def test_the_form_writes_the_address_and_the_address_fills_the_form(open_page: object) -> None:
    app = run("ask")
    app.text_input(key="ask.question").set_value("  Where did Ole Worm live? ")
    app.selectbox(key="ask.mode").set_value(app.selectbox(key="ask.mode").options[0])
    app.button[0].click().run()
    assert app.query_params["q"] == "Where did Ole Worm live?"
    assert "mode" not in app.query_params and "model" not in app.query_params
    again = run("ask", q="Where did Ole Worm live?", mode="hybrid")
    assert again.text_input(key="ask.question").value == "Where did Ole Worm live?"
    assert again.selectbox(key="ask.mode").value == "hybrid"
    assert "By words and meaning" in words(again)


def test_a_model_answers_with_citations_and_unsupported_sentences_are_marked(
    open_page: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FakeOpenAI() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        server.replies(
            Words(f"{GLOBE.split('. ')[0]} [1]. It was made of cheese in 1999 [1]. ![x](https://evil.example)")
        )
        app = run("ask", q="Who built the globe of Gottorf?", model="gpt-4o-mini")
        assert not server.requests, "an address alone asks no model"
        app.button(key="answer.ask").click().run()
        assert len(server.requests) == 1
        said = words(app)
        assert "wk-answer" in said and 'class="wk-n wk-cite-1"' in said
        unsupported = said.split('class="wk-unsupported"')[1]
        assert "made of cheese" in unsupported and "not supported by the evidence" in unsupported
        assert "evil.example" not in said
        assert "100 read, 20 written" in said
        app.run()
        assert len(server.requests) == 1, "a kept answer is not asked for again"


def test_what_a_model_refuses_is_said_in_the_language(open_page: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")
    app = run("ask", "de-DE", q="Wer baute den Globus?", model="gpt-4o-mini")
    app.button(key="answer.ask").click().run()
    assert len(app.error) == 1
    said = app.error[0].value.replace("\\", "")
    assert "127.0.0.1:9" in said and "Traceback" not in said
    assert "<mark>" in words(app), "the evidence stays"


def test_library_tells_how_far_each_document_is(open_page: object) -> None:
    said = words(run("library"))
    assert "3 documents" in said
    assert "The one passage is read · 1 claim" in said or "passages are read · 1 claim" in said
    assert "“cut.pdf” is damaged or cut off" in said and "empty.txt" not in said


def test_library_finds_by_title(open_page: object) -> None:
    app = run("library")
    app.text_input(key="library.search").set_value("GLO").run()
    said = words(app)
    assert "1 document<" in said and "The globe" in said and "worm" not in said


def test_reader_shows_the_claims_of_the_page(open_page: object, filled: Settings) -> None:
    document = the_document(filled, "The globe")
    app = run("library", document=document.id, start="15", end="40")
    assert '<h1 class="wk-title">The globe</h1>' in words(app)
    links = [link.value.replace("\\", "") for link in app.page_link]
    assert CLAIM in links and "Andreas Bösch" in links and "Gottorf globe" in links


def test_reader_says_when_there_is_no_such_document(open_page: object) -> None:
    app = run("library", document="nothing")
    assert app.title[0].value == "No such document" and not app.error
    assert [link.value for link in app.page_link] == ["All documents"]


def test_explore_shows_what_is_known(open_page: object, filled: Settings) -> None:
    with Store(filled) as store:
        entity = store.search.complete("Bösch", 1, ["default"])[0]
    app = run("explore", entity=entity.id)
    assert "Andreas Bösch</h2>" in words(app) and CLAIM in words(app)
    app.segmented_control(key="explore.view").set_value("table").run()
    table = app.dataframe[0].value
    row = table[table.iloc[:, 1] == "Andreas Bösch"].iloc[0]
    assert list(row) == [CLAIM, "Andreas Bösch", "created", "Gottorf globe"]


def test_explore_completes_names(open_page: object) -> None:
    app = run("explore")
    app.text_input(key="explore.search").set_value("bös").run()
    assert any("Andreas Bösch" in label for label in labels(app))
    app.text_input(key="explore.search").set_value("zzz").run()
    assert "Nothing is called “zzz”." in words(app)


def test_models_say_what_is_missing_and_take_a_key(open_page: object, monkeypatch: pytest.MonkeyPatch) -> None:
    app = run("models")
    assert "OPENAI_API_KEY" in words(app) and "Something is missing" in words(app)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    app.run()
    app.text_input(key="models.key.OPENAI_API_KEY").set_value(" sk-secret ")
    try:
        next(button for button in app.button if button.label == "Use it").click().run()
        assert "sk-secret" not in words(app) and "is kept until the program ends" in words(app)
        assert "GPT\\-4o mini · ready" in [expander.label for expander in app.expander]
        assert run("ask").selectbox(key="ask.model").options[:2] == ["Evidence only", "GPT-4o mini"]
        app.button(key="models.forget.OPENAI_API_KEY").click().run()
        assert run("ask").selectbox(key="ask.model").options == ["Evidence only"]
    finally:
        forget("OPENAI_API_KEY")


def test_nothing_is_deleted_before_it_is_said_what_goes(open_page: object, filled: Settings, tmp_path: Path) -> None:
    (tmp_path / "gone.txt").write_text("The dodo of Oxford belonged to the Tradescants.", encoding="utf-8")
    with Store(filled) as store:
        submitted = submit(store, filled, [tmp_path / "gone.txt"], Options())
    work(filled, idle=0.1)
    document = submitted.queued[0]
    app = run("library")
    app.button(key=f"delete-{document}").click().run()
    said = words(app)
    assert "This goes with it:" in said and "1 passage" in said and "0 claims that only this document makes" in said
    with Store(filled) as store:
        assert store.documents.get(document) is not None
        store.removal.remove(document, "default")


def test_add_shows_the_plan_before_anything_runs(open_page: object, filled: Settings) -> None:
    app = run("add")
    app.file_uploader[0].upload("../../etc/late.txt", b"Philipp Hainhofer sold a cabinet to Gustavus Adolphus.")
    app.file_uploader[0].upload("broken.pdf", b"%PDF-1.7 nothing")
    app.run()
    assert "What this takes" in headings(app)
    assert any("broken" in warning.value for warning in app.warning)
    with Store(filled) as store:
        before = store.stats(["default"])["documents"]
    filled.run.mkdir(exist_ok=True)
    with filelock.FileLock(filled.run / "worker.lock"):
        next(button for button in app.button if button.label == "Import one document").click().run()
        assert "Reading: 0 of 2 documents" in [bar.text for bar in app.progress]
    work(filled, idle=0.1)
    app.run()
    said = words(app)
    assert "One document was read." in said and "One document could not be read" in said
    with Store(filled) as store:
        assert store.stats(["default"])["documents"] == before + 2
    assert not list((filled.home / "incoming").glob("*"))
    assert not list(filled.home.rglob("etc"))


def test_an_empty_cabinet_offers_the_two_ways_to_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(tmp_path / "home"))
    try:
        app = run("ask")
        assert labels(app)[:2] == ["Open the sample cabinet", "Add documents"]
        assert "No documents yet." in words(run("library"))
        assert "Nothing to explore yet." in words(run("explore"))
    finally:
        stop_server(Settings(home=tmp_path / "home"))


def test_a_database_that_cannot_start_is_told_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(tmp_path / "file" / "home"))
    app = run("ask", "de-DE")
    said = app.error[0].value.replace("\\", "")
    assert "WUNDERKAMMER_HOME" in said and "file/home" in said
    assert "Was Sie gespeichert haben, ist sicher." in words(app)
    assert "Noch einmal versuchen" in labels(app)


def test_the_unexpected_is_one_sentence_and_the_rest_is_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_MAX_FILE_MB", "many")
    app = run("ask")
    assert app.error[0].value.startswith("Something unexpected happened")
    assert "Traceback" not in app.error[0].value and "many" not in app.error[0].value
