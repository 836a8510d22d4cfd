"""Pages that a vision model reads or looks at: scans in reading order, pages too long for an answer, plates in text."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from graph.store import Store
from graph.types import ChunkKind, Mode, State
from ingest.plan import plan
from ingest.submit import Options
from llm.retrieve import retrieve
from settings import Settings
from tests import make_files
from tests.fake_openai import Asked, FakeOpenAI, Reply, Words, structured
from tests.test_looks import EYES, chunks_of, imported, picture_in, server, settings, store
from tests.test_ocr import scanned

__all__ = ["server", "settings", "store"]


def test_scans_are_read_by_a_vision_model_in_reading_order(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    def read(asked: Asked) -> Reply:
        grey = picture_in(asked).convert("L").resize((1, 1)).tobytes()[0]
        assert "every word" in asked.prompt
        if grey > 150:
            return structured({"blocks": []})
        box = {"left": 100, "top": 100, "right": 900, "bottom": 200}
        return structured(
            {
                "blocks": [
                    {"kind": "heading", "text": "Das Inventar von 1655", "box": box},
                    {"kind": "paragraph", "text": f"Der Narwalzahn {grey} hängt an der Decke.", "box": None},
                ]
            }
        )

    server.default = read
    path = scanned(tmp_path / "scan.pdf", [50, "Getippter Text über Prag und Rudolf.", 120, 200])
    document = imported(store, settings, path, Options(ocr="gpt-4o-mini"))
    chunks = chunks_of(store, settings, document)
    assert {(c.page, c.kind, c.state is State.EMPTY and not c.text) for c in chunks} == {
        (1, ChunkKind.OCR, False), (2, ChunkKind.TEXT, False), (3, ChunkKind.OCR, False), (4, ChunkKind.OCR, True),
    }  # fmt: skip
    (first,) = [c for c in chunks if c.page == 1]
    assert first.text.startswith("Das Inventar von 1655\n\nDer Narwalzahn") and first.written_by == "gpt-4o-mini"
    assert len(server.chats()) == 3 and document.state is State.DONE
    best = retrieve(store, None, "Wo hängt der Narwalzahn?", Mode.HYBRID).evidence[0].chunk
    assert best.page in (1, 3)


def test_a_page_that_is_too_long_is_read_in_halves(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    def read(asked: Asked) -> Reply:
        image = picture_in(asked)
        if image.height > 1100:
            return Words('{"blocks": [{"kind": "paragraph", "text": "Der An', finish="length")
        box = {"left": 0, "top": 0, "right": 1000, "bottom": 1000}
        return structured({"blocks": [{"kind": "paragraph", "text": f"Teil {image.height}", "box": box}]})

    server.default = read
    document = imported(store, settings, scanned(tmp_path / "long.pdf", [90]), Options(ocr="gpt-4o-mini"))
    (chunk,) = chunks_of(store, settings, document)
    assert chunk.text.count("Teil") == 2 and chunk.page == 1
    server.default = Words('{"blocks": [', finish="length")
    document = imported(store, settings, scanned(tmp_path / "longer.pdf", [70]), Options(ocr="gpt-4o-mini"))
    (chunk,) = chunks_of(store, settings, document)
    assert chunk.state is State.FAILED and chunk.failure is not None and chunk.failure.code == "CutOff"


def test_plates_among_text_are_described_where_they_stand(
    store: Store, settings: Settings, server: FakeOpenAI, tmp_path: Path
) -> None:
    photo = ImageReader(Image.new("RGB", (300, 200), "#804020"))
    lines = ["Der Narwalzahn hängt an der Decke, darunter stehen die Schränke mit den Muscheln."] * 9

    def draw(canvas: Canvas) -> None:
        make_files.write_lines(canvas, lines, 72, 700)
        canvas.drawImage(photo, 72, 300, 300, 200)
        canvas.drawImage(photo, 500, 780, 20, 20)
        canvas.showPage()
        make_files.write_lines(canvas, lines, 72, 700)
        canvas.showPage()
        canvas.drawImage(photo, 0, 0, make_files.WIDTH, make_files.HEIGHT)
        make_files.write_lines(canvas, lines, 72, 700)
        canvas.showPage()
        canvas.drawImage(photo, 0, 0, make_files.WIDTH, make_files.HEIGHT)
        make_files.write_lines(canvas, ["Tafel IV"], 72, 100)
        canvas.showPage()

    path = make_files.pdf(tmp_path / "plates.pdf", draw)
    assert plan([path], settings, EYES).described == 2
    document = imported(store, settings, path)
    described = [c for c in chunks_of(store, settings, document) if c.written_by and c.text.startswith("A painted")]
    top = round((make_files.HEIGHT - 500) * 2)
    assert described[0].page == 1 and described[0].region is not None
    x, y, w, h = (int(part) for part in str(described[0].region).split(","))
    assert max(abs(x - 144), abs(y - top), abs(w - 600), abs(h - 400)) <= 2, "the photograph, not the ornament"
    assert [(c.page, c.region and c.region.x) for c in described[1:]] == [(4, 0)], "no scan that has its text"
    widths = sorted(picture_in(asked).width for asked in server.chats())
    assert widths[0] > 1.5 * 600 and widths[1] > 1400, "sharper than on the screen"
