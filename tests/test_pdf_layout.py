"""What stands on a PDF page in a place of its own: columns, notes, tables, running heads, words set wide, damage."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest
from reportlab.lib import colors
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from graph.types import State
from ingest.errors import TooManyPages
from ingest.sources import read
from ingest.sources.base import Limits
from tests import make_files
from tests.make_files import HEIGHT, write_lines
from tests.reading import LIMITS, check, kinds


def test_three_columns_under_a_title(tmp_path: Path) -> None:
    names = ("Links", "Mitte", "Rechts")
    texts = [" ".join(f"{name} steht der Satz Nummer {n} hier." for n in range(1, 12)) for name in names]

    def draw(canvas: Canvas) -> None:
        lines = [make_files.wrap(text, 28) for text in texts]
        # Line by line across all three, as scanners draw them.
        for number in range(max(map(len, lines))):
            for column, column_lines in enumerate(lines):
                write_lines(canvas, column_lines[number : number + 1], 50 + 170 * column, 700 - 14 * number, 10)
        write_lines(canvas, ["Ein Titel über drei Spalten hinweg"], 50, 760, 18)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert [text for _, text in kinds(content)] == ["Ein Titel über drei Spalten hinweg", *texts]
    check(content)


def test_footnotes_follow_the_text_of_both_columns(tmp_path: Path) -> None:
    sentence = "Der Sammler kaufte in Augsburg eine Kanne und schickte sie dem"

    def draw(canvas: Canvas) -> None:
        for column, name in enumerate(("Links", "Rechts")):
            x = 50 + 260 * column
            write_lines(canvas, make_files.wrap(f"{name} beginnt es. {sentence * 9}", 42)[:14], x, 740)
            notes = [f"{2 * column + 1} Vgl. Worm, Museum, S. 12", f"und {name}.", f"{2 * column + 2} Ebd., S. 14."]
            write_lines(canvas, notes, x, 120, 8)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    texts = [text for _, text in kinds(content)]
    assert texts[-4:] == [
        "1 Vgl. Worm, Museum, S. 12 und Links.", "2 Ebd., S. 14.",
        "3 Vgl. Worm, Museum, S. 12 und Rechts.", "4 Ebd., S. 14.",
    ]  # fmt: skip
    assert "".join(texts[:-4]).startswith("Links beginnt") and "Vgl." not in "".join(texts[:-4])
    check(content)


def test_a_table_with_ruling_lines_keeps_its_rows(tmp_path: Path) -> None:
    rows = [
        ["Stück", "Jahr", "Herkunft"],
        [Paragraph("Horn des Einhorns, wohl von einem Narwal"), "1596", "Grönland"],
        ["Kanne", "", "Prag"],
        ["Koralle", "1602", Paragraph("aus dem Meer bei Genua, gekauft in Augsburg")],
    ]

    def draw(canvas: Canvas) -> None:
        write_lines(canvas, ["Das Inventar der Kammer folgt hier:"], 72, 760)
        table = Table(rows, colWidths=[110, 50, 150], style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        height = table.wrapOn(canvas, 400, 400)[1]
        table.drawOn(canvas, 72, 740 - height)
        write_lines(canvas, ["Danach geht der Text weiter."], 72, 710 - height)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert kinds(content) == [
        ("paragraph", "Das Inventar der Kammer folgt hier:"),
        (
            "table",
            "Stück | Jahr | Herkunft\nHorn des Einhorns, wohl von einem Narwal | 1596 | Grönland\n"
            "Kanne |  | Prag\nKoralle | 1602 | aus dem Meer bei Genua, gekauft in Augsburg",
        ),
        ("paragraph", "Danach geht der Text weiter."),
    ]
    region = content.blocks[1].region
    assert region is not None and 150 <= region.x <= 160 and 530 < region.w <= 610
    (year,) = (line.region for line in content.lines if content.text[line.start : line.end] == "1596")
    assert 2 * (72 + 110) <= year.x <= 2 * (72 + 110 + 20)
    check(content)


def test_cells_that_touch_are_parted_by_the_line_between_them(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([72, 150, 260], [700, 680, 660, 640])
        for row, (left, right) in enumerate([("Der Name des Dings", "Jahr"), ("Kanne", "1602"), ("Horn", "1596")]):
            write_lines(canvas, [left], 72 + 76 - stringWidth(left, "Helvetica", 8), 686 - 20 * row, 8)
            write_lines(canvas, [right], 153, 686 - 20 * row, 8)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert kinds(content) == [("table", "Der Name des Dings | Jahr\nKanne | 1602\nHorn | 1596")]


def test_a_table_without_lines_has_its_empty_and_its_long_cells(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        rows = [("1", "Inventar der", "30 fl."), ("", "Kammer", ""), ("2", "", "90 fl."), ("3", "Koralle", "12 fl.")]
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                write_lines(canvas, [cell] if cell else [], 72 + 100 * column, 740 - 14 * row)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert kinds(content) == [("table", "1 | Inventar der Kammer | 30 fl.\n2 |  | 90 fl.\n3 | Koralle | 12 fl.")]


def test_frames_around_running_text_and_lines_of_a_drawing_are_no_tables(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.grid([60, 300, 540], [760, 500, 240])
        for column, row in ((0, 0), (1, 0), (0, 1), (1, 1)):
            text = " ".join(make_files.SENTENCES) * 2
            write_lines(canvas, make_files.wrap(text, 46)[:16], 70 + 240 * column, 740 - 260 * row, 10)
        canvas.showPage()
        write_lines(canvas, ["Wunderkammer"], 72, 700)
        canvas.line(100, 690, 100, 720)
        canvas.line(72, 690, 140, 690)
        canvas.line(72, 720, 140, 720)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert "table" not in [kind for kind, _ in kinds(content)]
    assert content.text.endswith("Wunderkammer")


def test_words_set_wide_are_words(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        x = 72.0
        for word, wide in (("Die", 0), ("schöne", 2), ("Wunderkammer", 2), ("in", 0), ("Prag.", 0)):
            for letter in word:
                write_lines(canvas, [letter], x, 700, 12)
                x += stringWidth(letter, "Helvetica", 12) + wide
            x += 3.3 + wide
        write_lines(canvas, ["A B C D E sind Buchstaben."], 72, 640)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert content.text == "Die schöne Wunderkammer in Prag.\n\nA B C D E sind Buchstaben."


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    content = read(make_files.book(tmp_path / "book.pdf", pages=21), "book.pdf", LIMITS)
    assert content.left_out == ("21 × Wunderkammern in Europa", "21 × 1 … 21")


def test_the_same_words_elsewhere_on_the_page_stay(tmp_path: Path) -> None:
    """On each page the same line stands at the top, but at another height: it is no running head."""

    def draw(canvas: Canvas) -> None:
        for number in range(4):
            write_lines(canvas, ["Herr Worm aus Kopenhagen"], 72, HEIGHT - 30 - 14 * number)
            write_lines(canvas, [f"Brief {number} an den Fürsten, der lange darauf wartete."], 72, 600)
            canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert content.text.count("Herr Worm") == 4 and content.left_out == ()


@pytest.mark.parametrize(
    ("stream", "filters", "state"),
    [
        (b"\x07" * 80, b"/FlateDecode", State.FAILED),
        (zlib.compress(b"q BT /F1 12 Tf 0 0 Td"), b"/FlateDecode", State.EMPTY),
        (zlib.compress(b"q 1 0 0 1 0 0 cm /Im0 Do Q"), b"/FlateDecode", State.FAILED),
        (zlib.compress(b"q Q /Artifact BMC EMC"), b"/FlateDecode", State.EMPTY),
        (b"q Q", b"[]", State.EMPTY),
        (b"zz not hex >", b"/ASCIIHexDecode", State.FAILED),
        (b"anything at all", b"/LZWDecode", State.EMPTY),
    ],
)
def test_a_page_that_pdfium_cannot_draw_is_not_called_empty(
    tmp_path: Path, stream: bytes, filters: bytes, state: State
) -> None:
    content = read(make_files.with_content(tmp_path / "a.pdf", stream, filters=filters), "a.pdf", LIMITS)
    (page,) = content.pages
    assert page.state is state
    assert (page.failure.code if page.failure else None) == ("PageDamaged" if state is State.FAILED else None)


def test_10_000_pages_are_refused_with_the_reason(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for _ in range(10_000):
            canvas.showPage()

    path = make_files.pdf(tmp_path / "a.pdf", draw)
    with pytest.raises(TooManyPages) as caught:
        read(path, "many.pdf", LIMITS)
    assert "10000 pages" in caught.value.text("en") and "5000" in caught.value.text("en")
    with pytest.raises(TooManyPages):
        read(path, "many.pdf", Limits(max_pages=9_999))
