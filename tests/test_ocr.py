"""Scanned pages read by OCR: from a file that is only a picture to words that are found on the right page."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Chunk, ChunkKind, Document, Mode, Region, State
from graph.work import Work
from ingest import __main__ as command
from ingest.files import FileStore
from ingest.images import page_size
from ingest.ocr import merged
from ingest.plan import plan
from ingest.rest import retry
from ingest.sources import read
from ingest.sources.base import Limits
from ingest.submit import Options, submit
from ingest.texts import document_text
from ingest.worker import work
from llm.errors import NoKey, NotUnderstood, RateLimited
from llm.mistral_ocr import read_pages
from llm.ocr import OcrBlock, OcrPage, UnknownOcr
from llm.retrieve import retrieve
from settings import Settings
from tests import make_files
from tests.fake_mistral import FakeMistral
from tests.fake_openai import Raw, Status
from tests.graph_samples import empty

KEY = "planted0OCR1key2of3thirty4two"
READS = {
    50: "# Das Inventar von 1655\n\nDer Narwalzahn hängt an der Decke.",
    120: "Ein Krokodil aus Ägypten.\n\n| Nr. | Ding |\n| --- | --- |\n| 7 | Bezoar |",
    200: "Korallen und Muscheln liegen im dritten Schrank.",
}
WAIT_LONG = Status(429, KEY, headers={"retry-after": "75"})


def scanned(path: Path, pages: Sequence[int | str]) -> Path:
    """A PDF whose pages are text, or one grey each as a scanner would make it (0 to 255; -1: nothing at all)."""

    def draw(canvas: Canvas) -> None:
        for page in pages:
            if isinstance(page, str):
                make_files.write_lines(canvas, [page], 72, 700)
            elif page >= 0:
                canvas.setFillGray(page / 255)
                canvas.rect(0, 0, make_files.WIDTH, make_files.HEIGHT, fill=1, stroke=0)
            canvas.showPage()

    return make_files.pdf(path, draw)


@pytest.fixture
def server() -> Iterator[FakeMistral]:
    with FakeMistral() as running:
        running.reads = dict(READS)
        yield running


@pytest.fixture
def settings(server: FakeMistral, embedded_server: Settings) -> Iterator[Settings]:
    """The shared database, emptied before and after, with the key of the service."""
    for_test = replace(embedded_server, mistral_api_key=KEY, mistral_base_url=server.address)
    _empty(for_test)
    yield for_test
    _empty(for_test)


def _empty(settings: Settings) -> None:
    with Store(settings) as store:
        empty(store)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store(settings) as opened:
        yield opened


def imported(store: Store, settings: Settings, path: Path, ocr: str | None = "mistral-ocr") -> Document:
    (id_,) = submit(store, settings, [path], Options(ocr=ocr)).queued
    work(settings, idle=0.1)
    document = store.documents.get(id_)
    assert document is not None
    return document


def chunks_of(store: Store, settings: Settings, document: Document) -> list[Chunk]:
    """All chunks, each proven to be exactly its part of the text."""
    text = document_text(FileStore(settings.files), document)
    chunks = list(store.documents.all_chunks(document.id))
    for chunk in chunks:
        assert text[chunk.start : chunk.end] == chunk.text
    assert [c.index for c in chunks] == list(range(len(chunks)))
    return chunks


def test_scanned_pages_are_found_on_the_right_page(
    store: Store, settings: Settings, server: FakeMistral, tmp_path: Path
) -> None:
    path = scanned(tmp_path / "scan.pdf", [50, "Getippter Text über Prag und Rudolf.", 120, -1, 200, "Das Ende hier."])
    document = imported(store, settings, path)
    assert (document.state, document.pages, document.ocr, document.failure) == (State.DONE, 6, "mistral-ocr", None)
    chunks = chunks_of(store, settings, document)
    assert {(c.page, c.kind) for c in chunks} == {
        (1, ChunkKind.OCR), (2, ChunkKind.TEXT), (3, ChunkKind.OCR), (5, ChunkKind.OCR), (6, ChunkKind.TEXT),
    }  # fmt: skip
    assert all(c.state in {State.DONE, State.EMPTY} and c.embedded for c in chunks)
    width, height = page_size(FileStore(settings.files), document.sha256 or "", "application/pdf", 1)
    for chunk in chunks:
        assert chunk.region and chunk.region.x + chunk.region.w <= width and chunk.region.y + chunk.region.h <= height
    first = next(c for c in chunks if c.page == 1)
    assert first.region != Region(0, 0, width, height), "the blocks' own places, not the whole page"
    assert first.region and first.region.x == pytest.approx(width * 0.1, abs=3)
    assert first.text.startswith("Das Inventar von 1655") and "#" not in first.text
    for question, page in (
        ("Wo hängt der Narwalzahn?", 1),
        ("Krokodil Bezoar", 3),
        ("Korallen", 5),
        ("Prag Rudolf", 2),
    ):
        best = retrieve(store, None, question, Mode.HYBRID).evidence[0].chunk
        assert (best.document, best.page) == (document.id, page)
    (asked,) = server.ocr_requests()
    assert asked.body["model"] == "mistral-ocr-latest" and asked.headers["authorization"] == f"Bearer {KEY}"
    data = base64.b64decode(asked.body["document"]["document_url"].partition(",")[2])
    sent = pypdfium2.PdfDocument(data)
    assert len(sent) == 3, "only the pages without text leave this computer"
    sent.close()
    assert not any(store.check().values())


def test_without_boxes_the_whole_page_is_the_place(
    store: Store, settings: Settings, server: FakeMistral, tmp_path: Path
) -> None:
    server.with_blocks = False
    document = imported(store, settings, scanned(tmp_path / "scan.pdf", [200]))
    (chunk,) = chunks_of(store, settings, document)
    width, height = page_size(FileStore(settings.files), document.sha256 or "", "application/pdf", 1)
    assert (chunk.text, chunk.region) == (READS[200], Region(0, 0, width, height))


def test_a_picture_is_read_too_and_one_without_words_waits_on(
    store: Store, settings: Settings, server: FakeMistral, tmp_path: Path
) -> None:
    for name, grey in (("words.png", 50), ("plain.png", 250)):
        (tmp_path / name).write_bytes(make_files.encoded(Image.new("RGB", (300, 200), (grey,) * 3), "PNG"))
    document = imported(store, settings, tmp_path / "words.png")
    chunks = chunks_of(store, settings, document)
    assert "Narwalzahn" in " ".join(c.text for c in chunks) and document.state is State.DONE
    assert all(c.kind is ChunkKind.OCR and c.region and c.region.w < 300 for c in chunks)
    waiting = imported(store, settings, tmp_path / "plain.png")
    assert waiting.state is State.WAITING
    assert [(c.kind, c.text, c.state) for c in chunks_of(store, settings, waiting)] == [
        (ChunkKind.CAPTION, "", State.WAITING)
    ]


def test_trouble_that_passes_fails_the_document_and_retry_tries_again(
    store: Store, settings: Settings, server: FakeMistral, tmp_path: Path
) -> None:
    path = scanned(tmp_path / "scan.pdf", [50] * 8 + [120, 200])
    fine = Raw(json.dumps(server._read({"document": {"document_url": _url(path, 8)}, "model": "m"})).encode())
    server.ocr = [fine, WAIT_LONG]
    document = imported(store, settings, path)
    assert document.state is State.FAILED and document.failure and document.failure.code == RateLimited.__name__
    assert "75 s" in document.failure.say("de") and KEY not in repr(document)
    assert store.documents.chunks(document.id) == [] and store.queue.left() == {}, "nothing is half written"
    assert len(retry(store, document.id)) == 1
    work(settings, idle=0.1)
    again = store.documents.get(document.id)
    assert again is not None and (again.state, again.failure) == (State.DONE, None)
    assert {c.page for c in chunks_of(store, settings, again)} == set(range(1, 11))
    sizes = [_pages(asked.body["document"]["document_url"]) for asked in server.ocr_requests()]
    assert sizes == [8, 2, 2], "what was read before the trouble is not paid for twice"


def _url(path: Path, pages: int) -> str:
    from ingest.pdfium import cut_out

    cut = cut_out(path, path.name, range(1, pages + 1))
    return f"data:application/pdf;base64,{base64.b64encode(cut).decode()}"


def _pages(url: str) -> int:
    pdf = pypdfium2.PdfDocument(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    try:
        return len(pdf)
    finally:
        pdf.close()


def test_a_document_that_waits_is_read_when_ocr_is_chosen_later(
    store: Store, settings: Settings, server: FakeMistral, tmp_path: Path
) -> None:
    path = scanned(tmp_path / "scan.pdf", [200, "Getippt."])
    assert imported(store, settings, path, None).ocr is None and server.ocr_requests() == []
    document = imported(store, settings, path)
    assert [c.kind for c in chunks_of(store, settings, document)] == [ChunkKind.OCR, ChunkKind.TEXT]
    assert submit(store, settings, [path], Options(ocr="mistral-ocr")).queued == (), "nothing is left to be read"
    assert submit(store, settings, [path], Options()).queued == (), "what was paid for is not thrown away"


def test_a_cancelled_import_stops_between_requests(
    store: Store, settings: Settings, server: FakeMistral, tmp_path: Path
) -> None:
    from ingest.steps import Steps

    submitted = submit(store, settings, [scanned(tmp_path / "scan.pdf", [50] * 20)], Options(ocr="mistral-ocr"))
    lease = store.queue.lease("test/1/1.0")
    assert lease is not None and lease.work is Work.READ
    Steps(store, settings).take(lease, lambda: len(server.ocr_requests()) >= 1)
    assert len(server.ocr_requests()) == 1 and store.documents.chunks(submitted.queued[0]) == []


def test_what_is_missing_is_told_before_anything_is_queued(
    store: Store, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = scanned(tmp_path / "scan.pdf", [50])
    with pytest.raises(NoKey, match="MISTRAL_API_KEY"):
        submit(
            store, replace(settings, mistral_api_key=None, mistral_base_url=None), [path], Options(ocr="mistral-ocr")
        )
    with pytest.raises(UnknownOcr, match="mistral-ocr"):
        submit(store, settings, [path], Options(ocr="tesseract"))
    assert store.documents.count([DEFAULT_COLLECTION]) == 0


def test_the_plan_counts_pages_and_money(
    settings: Settings, server: FakeMistral, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scanned(tmp_path / "scan.pdf", [50, "Getippt.", 120])
    at_provider = replace(settings, mistral_base_url=None)
    planned = plan([tmp_path], at_provider, Options(ocr="mistral-ocr"))
    assert planned.ocr_pages == 2 and planned.cost == pytest.approx(2 * 4.0 / 1000)
    assert plan([tmp_path], settings, Options(ocr="mistral-ocr")).cost is None, "another server has other prices"
    assert plan([tmp_path], at_provider, Options()).ocr_pages == 0
    assert command.main(["plan", str(tmp_path), "--ocr", "mistral-ocr", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["totals"]["ocr_pages"] == 2
    assert command.main(["add", str(tmp_path), "--ocr", "mistral-ocr", "--json"]) == 2, "it costs money, so it is asked"
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "NotConfirmed"
    assert server.requests == []


def test_an_answer_that_does_not_fit_is_refused(settings: Settings, server: FakeMistral) -> None:
    for body in (b"{}", b'{"pages": [], "model": "m", "usage_info": {"pages_processed": 0}}', b"<html>"):
        server.ocr = [Raw(body)]
        with pytest.raises(NotUnderstood):
            read_pages(b"%PDF-", "application/pdf", [1], settings)


@pytest.mark.parametrize(
    "layout", [[50], [50, "a"], ["a", 50], [50, 50, "a"], ["a", -1, 50, "b", 50], [50, -1, "a b c"]]
)
def test_offsets_stay_exact_wherever_the_pages_stand(layout: list[int | str], tmp_path: Path) -> None:
    content = read(scanned(tmp_path / "x.pdf", layout), "x.pdf", Limits())
    found = {
        page.page: OcrPage(page.page, (OcrBlock("heading", "Kopf"), OcrBlock("paragraph", f"Blatt {page.page}.")))
        for page in content.pages
        if page.state is State.WAITING
    }
    result = merged(content, found, "a reader")
    before = [content.text[b.start : b.end] for b in content.blocks]
    assert [result.text[b.start : b.end] for b in result.blocks if not b.ocr] == before
    assert [result.text[n.start : n.end] for n in result.lines] == [
        content.text[n.start : n.end] for n in content.lines
    ]
    assert [result.text[b.start : b.end] for b in result.blocks if b.ocr] == [
        text for page in sorted(found) for text in ("Kopf", f"Blatt {page}.")
    ]
    covered = 0
    for block in result.blocks:
        assert block.start >= covered and not result.text[covered : block.start].strip()
        covered = block.end
    assert not result.text[covered:].strip()
    for page in result.pages:
        assert all(page.start <= b.start and b.end <= page.end for b in result.blocks if b.page == page.page)
