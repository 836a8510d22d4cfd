"""Reading PDF: the words in the order in which people read them, and where on the page they stand."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from graph.types import Document, State
from ingest.chunk import chunk
from ingest.lines import LineIndex
from ingest.quick import extract_quick
from ingest.sources import read
from ingest.sources.base import BlockKind
from tests import make_files
from tests.reading import LIMITS, check, kinds


def test_pdf_text_lines_and_joined_words(tmp_path: Path) -> None:
    lines = ["Die Samm-", "lung des Fürsten umfasst Kunst-", "und Naturgegenstände, eine Schloss-"]
    lines += ["Kapelle und well-", "known things."]
    other = ["Later the well-known things were sold."]
    content = read(make_files.pages_of_lines(tmp_path / "a.pdf", [lines, other]), "a.pdf", LIMITS)
    assert content.text == (
        "Die Sammlung des Fürsten umfasst Kunst- und Naturgegenstände, eine Schloss-Kapelle und well-known things.\n\n"
        "Later the well-known things were sold."
    )
    assert [content.text[line.start : line.end] for line in content.lines][:3] == [
        "Die Samm", "lung des Fürsten umfasst Kunst-", "und Naturgegenstände, eine Schloss-",
    ]  # fmt: skip
    assert [(page.page, page.width, page.height, page.state) for page in content.pages] == [
        (1, 1191, 1684, State.DONE),
        (2, 1191, 1684, State.DONE),
    ]
    # Drawn at 72 points from the left and 760 from below, at 144 pixels an inch.
    first = content.lines[0].region
    assert 140 <= first.x <= 146 and 2 * (make_files.HEIGHT - 760) - 24 <= first.y <= 2 * (make_files.HEIGHT - 760)
    check(content)


def test_soft_hyphens_and_ligatures(tmp_path: Path) -> None:
    font = make_files.with_font()
    if font is None:
        pytest.skip("DejaVu Serif is not installed")

    def draw(canvas: Canvas) -> None:
        make_files.write_lines(
            canvas, ["Die ﬁnale Aus\u00adgabe der Eﬀekte im Wun\u00ad", "derbuch"], 72, 700, font=font
        )
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert content.text == "Die finale Ausgabe der Effekte im Wunderbuch"


@pytest.mark.parametrize("by_row", [True, False], ids=["drawn by row", "drawn by column"])
def test_two_columns_are_read_one_after_the_other(tmp_path: Path, by_row: bool) -> None:
    content = read(make_files.two_columns(tmp_path / "two.pdf", by_row), "two.pdf", LIMITS)
    title, left, right = (text for _, text in kinds(content))
    assert content.title == title == "Zwei Spalten über den Sammler"
    assert left == " ".join(f"Links steht der Satz Nummer {n} zum Lesen." for n in range(1, 13))
    assert right == " ".join(f"Rechts folgt der Satz Nummer {n} danach." for n in range(1, 13))
    assert content.blocks[1].region is not None and content.blocks[2].region is not None
    assert content.blocks[1].region.x + content.blocks[1].region.w < content.blocks[2].region.x
    check(content)


def test_a_table_is_read_by_row_and_what_is_drawn_last_stands_where_it_is(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        make_files.write_lines(canvas, ["Es folgt das Inventar der Kammer mit allen Stücken:"], 72, 700)
        for row, cells in enumerate(
            [("Stück", "Jahr", "Wert"), ("Horn", "1596", "30 fl."), ("Kanne", "1602", "90 fl.")]
        ):
            for column, cell in enumerate(cells):
                make_files.write_lines(canvas, [cell], 72 + 150 * column, 650 - 16 * row)
        make_files.write_lines(canvas, ["Inventar 1602"], 72, 770, 20, "Helvetica-Bold")
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "table.pdf", draw), "table.pdf", LIMITS)
    assert kinds(content) == [
        ("heading", "Inventar 1602"),
        ("paragraph", "Es folgt das Inventar der Kammer mit allen Stücken:"),
        ("table", "Stück | Jahr | Wert\nHorn | 1596 | 30 fl.\nKanne | 1602 | 90 fl."),
    ]
    assert content.title == "Inventar 1602"
    check(content)


def test_a_book_without_its_running_heads_and_page_numbers(tmp_path: Path) -> None:
    content = read(make_files.book(tmp_path / "book.pdf", pages=21), "book.pdf", LIMITS)
    assert content.title == "Das Buch der Kammern" and content.language == "de"
    assert "Wunderkammern in Europa" not in content.text
    headings = [text for kind, text in kinds(content) if kind == "heading"]
    assert headings == ["Kapitel 1", "Kapitel 2", "Kapitel 3"]
    assert [content.text[page.start : page.end][:30] for page in content.pages][1] == "Absatz 1 auf Blatt 2. Im 16. J"
    assert not any(content.text[page.start : page.end].endswith(str(page.page)) for page in content.pages)
    assert content.blocks[-1].heading == ("Kapitel 3",)
    check(content)


def test_heads_of_chapters_with_page_numbers(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(1, 31):
            chapter = ("Die Kammer in Prag", "Das Haus in Halle", "Die Halle in Rom")[number // 10 % 3]
            make_files.write_lines(canvas, [f"{chapter} {number + 10}"], 72, make_files.HEIGHT - 36, 9)
            make_files.write_lines(
                canvas, [f"Blatt {number} erzählt von vielen Dingen aus Prag und Wien."] * 4, 72, 700
            )
            canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert "Die Kammer" not in content.text and "Das Haus" not in content.text and "Die Halle" not in content.text
    assert content.text.count("erzählt von vielen Dingen") == 120


def test_short_pages_that_look_alike_lose_nothing(tmp_path: Path) -> None:
    path = make_files.pages_of_lines(tmp_path / "a.pdf", [[f"Page {n} of the sample"] for n in range(1, 6)])
    assert read(path, "a.pdf", LIMITS).text == "\n\n".join(f"Page {n} of the sample" for n in range(1, 6))


def test_turned_and_cropped_pages_have_their_regions_where_they_are_shown(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setCropBox((50, 300, 400, 820))
        make_files.write_lines(canvas, ["Oben links im Ausschnitt", "und eine zweite Zeile"], 60, 800)
        make_files.write_lines(canvas, ["Liegt außerhalb"], 60, 100)
        canvas.showPage()
        canvas.setCropBox((0, 0, make_files.WIDTH, make_files.HEIGHT))
        canvas.rotate(90)
        make_files.write_lines(canvas, ["Quer gesetzte erste Zeile", "quer gesetzte zweite Zeile"], 100, -100)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "turned.pdf", draw), "turned.pdf", LIMITS)
    assert content.text == (
        "Oben links im Ausschnitt und eine zweite Zeile\n\nQuer gesetzte erste Zeile quer gesetzte zweite Zeile"
    )
    assert (content.pages[0].width, content.pages[0].height) == (700, 1040)
    first, _, across, below = (line.region for line in content.lines)
    assert 15 <= first.x <= 25 and 15 <= first.y <= 45
    assert across.h > 4 * across.w and below.x > across.x
    check(content)


def test_the_place_of_a_quote(tmp_path: Path) -> None:
    content = read(make_files.book(tmp_path / "book.pdf", pages=3), "book.pdf", LIMITS)
    path = tmp_path / "lines.json"
    path.write_bytes(LineIndex(content.lines).dumps())
    index = LineIndex.load(path)
    assert index.lines == list(content.lines)
    quote = "Der dänische Arzt Ole Worm zeigte 1638, dass das Horn des Einhorns"
    start = content.text.index(quote, content.pages[1].start)
    regions = index.regions(start, start + len(quote), content.text)
    whole = index.locate(start, start + len(quote))
    assert [page for page, _ in regions] == [2, 2] and whole is not None
    assert regions[0][1].y < regions[1][1].y and regions[1][1].x == 143
    touched = [line for line in content.lines if line.start < start + len(quote) and line.end > start]
    assert whole == touched[0].region.union(touched[1].region)
    assert regions[0][1].x > touched[0].region.x and regions[1][1].w < touched[1].region.w
    assert index.regions(touched[0].start, touched[0].end) == [(2, touched[0].region)]
    assert index.locate(0, 0) is None and LineIndex([]).locate(0, 9) is None


def test_200_pages_are_read_in_a_few_seconds(tmp_path: Path) -> None:
    path = make_files.book(tmp_path / "book.pdf", pages=200)
    begin = time.process_time()
    content = read(path, "book.pdf", LIMITS)
    chunks = chunk(content, Document("d", "t", "u", content.media_type, language=content.language))
    found = extract_quick(chunks, content.language, "default")
    assert time.process_time() - begin < 10
    assert len(content.pages) == 200 and len(found) == len(chunks) >= 900
    check(content)


def test_blocks_have_all_kinds_of_a_page(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        y = make_files.write_lines(canvas, ["Tafeln"], 72, 760, 16, "Helvetica-Bold")
        y = make_files.write_lines(
            canvas, ["Ein Absatz über die Tafeln, der zwei ganze Zeilen hat und", "dann endet."], 72, y
        )
        y = make_files.write_lines(canvas, ["• Muscheln", "• Hörner"], 72, y - 12)
        make_files.write_lines(canvas, ["Abb. 1: Das Horn des Einhorns"], 72, y - 12, 9)
        canvas.showPage()

    content = read(make_files.pdf(tmp_path / "a.pdf", draw), "a.pdf", LIMITS)
    assert [block.kind for block in content.blocks] == [
        BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.LIST, BlockKind.CAPTION,
    ]  # fmt: skip
    assert {block.heading for block in content.blocks[1:]} == {("Tafeln",)}
