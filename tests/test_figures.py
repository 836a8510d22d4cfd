"""How much was searched: pages read of all there are, what could not be read, what waits; kept on the documents."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph.figures import count_all
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Chunk, ChunkKind, Document, Extraction, Searched, State
from ingest.submit import Options, remove_document, submit
from ingest.worker import work
from llm.__main__ import main as llm_main
from pages.language import TEXTS
from settings import Settings
from tests import make_files
from tests.page_homes import page_home
from tests.test_pages import run, words

HERE = [DEFAULT_COLLECTION]
WORDS = b"BT /F1 12 Tf 72 500 Td (%s) Tj ET"


def fill(settings: Settings, folder: Path) -> None:
    """A PDF of three pages of which one is damaged, a scan of two pages, a text, and a PDF that is cut off."""
    good = [zlib.compress(WORDS % words) for words in (b"Ole Worm owned a great auk.", b"He lived in Copenhagen.")]
    make_files.with_content(folder / "a.pdf", good[0], b"\x07" * 90, good[1])
    make_files.scan(folder / "scan.pdf", 2)
    (folder / "globe.txt").write_text("Andreas Bösch built the globe of Gottorf.", encoding="utf-8")
    (folder / "cut.pdf").write_bytes(b"%PDF-1.4 no more of it")
    with Store(settings) as store:
        submit(store, settings, [folder], Options())
    work(settings, idle=0.1)


EXPECTED = Searched(
    chunks=3, documents=3, failed=2, waiting=2, unembedded=0, pages=3, pages_total=6, pages_failed=1, documents_failed=1
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with page_home(tmp_path_factory.mktemp("figures")) as settings:
        fill(settings, tmp_path_factory.mktemp("sources"))
        yield settings


def test_the_figures_of_an_import_and_of_a_database_from_before(filled: Settings) -> None:
    with Store(filled) as store:
        assert store.documents.searched(HERE) == EXPECTED
        unread = store.documents.listed(HERE, unread=True)
        assert {d.uri.rpartition("/")[2] for d in unread} == {"a.pdf", "scan.pdf", "cut.pdf"}
        assert store.documents.count(HERE, unread=True) == 3 and store.documents.count(HERE) == 4
        pdf = next(d for d in unread if d.uri.endswith("a.pdf"))
        assert (pdf.pages, pdf.pages_failed, pdf.pages_waiting, pdf.state) == (3, 1, 0, State.DONE)
        connection = store.documents._db
        connection.run("MATCH (d:Document) REMOVE d.chunks, d.waiting, d.pages_failed, d.pages_waiting, d.unembedded")
        assert store.documents.searched(HERE).chunks == 0
        count_all(connection)
        assert store.documents.searched(HERE) == EXPECTED


def test_the_command_line_says_it(
    filled: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
    assert llm_main(["ask", "Who owned a great auk?", "--model", "none", "--json"]) == 0
    searched = json.loads(capsys.readouterr().out)["searched"]
    assert searched == {
        "chunks": 3, "documents": 3, "failed": 2, "pages": 3, "pages_total": 6, "waiting": 2, "unembedded": 0,
    }  # fmt: skip
    assert llm_main(["ask", "Who owned a great auk?", "--model", "none"]) == 0
    assert (
        "searched 3 of 6 pages in 3 documents; 1 page could not be read; 1 document could not be read; "
        "2 pages or pictures wait to be read" in capsys.readouterr().out
    )


def test_ask_says_it_in_one_line_and_leads_to_what_is_missing(
    filled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(filled.home))
    en = (
        "Searched 3 of 6 pages in 3 documents · one page could not be read · one document could not be read · "
        "2 pages or pictures wait for a vision model"
    )
    de = (
        "Durchsucht: 3 von 6 Seiten in 3 Dokumenten · eine Seite war nicht lesbar · ein Dokument war nicht lesbar · "
        "2 Seiten oder Bilder warten auf ein Bildmodell"
    )
    for question in ("Who owned a great auk?", "xylophone quartz"):
        for language, line in (("en", en), ("de", de)):
            assert words(run("ask", q=question, lang=language)).count(line) == 1, question
    listed = words(run("library", show="unread"))
    assert "3 documents of which something could not be read or still waits" in listed
    assert "scan" in listed and "globe" not in listed


def test_one_and_many_are_said_rightly() -> None:
    for language, texts in TEXTS.items():
        for what in ("pages_failed", "documents_failed", "waiting", "unembedded"):
            assert "{n}" not in texts[f"searched.{what}.one"] and "{n}" in texts[f"searched.{what}.many"], language


def test_a_page_with_words_and_a_picture_that_waits_is_read(embedded_server: Settings) -> None:
    with Store(embedded_server) as store:
        document = Document("figures-d", "T", "u", "application/pdf", "figures", pages=3, state=State.RUNNING)
        store.documents.put([document], "read")

        def piece(index: int, page: int, text: str, state: State, kind: ChunkKind = ChunkKind.TEXT) -> Chunk:
            return Chunk(f"figures-{index}", document.id, index, text, 0, len(text), "figures", kind, page, state=state)

        chunks = [
            piece(0, 1, "Words", State.PENDING),
            piece(1, 1, "", State.WAITING, ChunkKind.CAPTION),
            piece(2, 2, "", State.FAILED, ChunkKind.OCR),
            piece(3, 3, "About it", State.PENDING, ChunkKind.METADATA),
            piece(4, 3, "", State.WAITING, ChunkKind.CAPTION),
        ]
        assert store.documents.put_chunks(document, chunks, "read", "none")
        searched = store.documents.searched(["figures"])
        assert (searched.pages, searched.pages_total, searched.pages_failed, searched.waiting) == (1, 3, 1, 2)
        assert (searched.chunks, searched.unembedded, searched.failed) == (2, 2, 1)
        described = replace(chunks[4], text="A cup", end=5, state=State.DONE)
        assert store.described.put(replace(document, state=State.DONE), described, Extraction(described.id))
        searched = store.documents.searched(["figures"])
        assert (searched.pages, searched.waiting, searched.chunks) == (2, 1, 3)
        remove_document(store, embedded_server, document.id)
        assert store.documents.searched(["figures"]) == Searched()
