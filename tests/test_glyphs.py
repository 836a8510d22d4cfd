"""Marks on a page of a PDF: exactly around the ink of the words."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from graph.types import Region
from ingest.glyphs import Letters, boxes_on_page
from ingest.images import draw
from ingest.lines import LineIndex
from ingest.sources import read
from tests import make_files
from tests.make_files import write_lines
from tests.reading import LIMITS


def marked(path: Path, words: str, page: int = 1, exact: bool = True) -> list[Region]:
    content = read(path, path.name, LIMITS)
    start = content.text.index(words, content.pages[page - 1].start)
    span = (start, start + len(words))
    return boxes_on_page(LineIndex(content.lines), content.text, page, [span], path if exact else None)


def ink(path: Path, box: Region, page: int = 1) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is black inside of a box a little larger than this one."""
    image = draw(path, "application/pdf", page).convert("L").point(lambda value: 255 if value < 128 else 0)
    found = image.crop((box.x, box.y, box.x + box.w, box.y + box.h)).getbbox()
    assert found is not None
    return found[0] + box.x, found[1] + box.y, found[2] + box.x, found[3] + box.y


LINE = "WWWWWW illi Hainhofer mmm in iiiii Augsburg WWW"


def test_a_mark_is_as_wide_as_its_words(tmp_path: Path) -> None:
    path = make_files.pages_of_lines(tmp_path / "a.pdf", [[LINE, "und eine zweite Zeile danach"]])
    (box,) = marked(path, "Hainhofer mmm")
    left, _, right, _ = ink(path, box)
    assert 0 <= left - box.x <= 4 and 0 <= box.x + box.w - right <= 4
    (guess,) = marked(path, "Hainhofer mmm", exact=False)
    assert guess != box and abs(guess.x - box.x) > 4


def test_a_mark_over_two_lines_and_a_divided_word(tmp_path: Path) -> None:
    path = make_files.pages_of_lines(tmp_path / "a.pdf", [["illi die große Wun-", "derkammer zu Augsburg"]])
    above, below = marked(path, "Wunderkammer zu")
    assert above.y < below.y and below.x <= 144
    whole = marked(path, "derkammer")[0]
    assert (below.x, whole.w < below.w) == (whole.x, True)
    left, _, right, _ = ink(path, below)
    assert below.x + below.w - right <= 4 and left - below.x <= 4


def test_sideways_text_is_marked_along_its_line(tmp_path: Path) -> None:
    def drawing(canvas: Canvas) -> None:
        canvas.rotate(90)
        write_lines(canvas, ["Quer gesetzte erste Zeile", "quer gesetzte zweite Zeile"], 100, -100)
        canvas.showPage()

    path = make_files.pdf(tmp_path / "a.pdf", drawing)
    (box,) = marked(path, "gesetzte erste")
    _, top, _, bottom = ink(path, box)
    assert box.h > box.w and 0 <= top - box.y <= 4 and 0 <= box.y + box.h - bottom <= 4


def test_turned_pages_are_marked_where_they_are_shown(tmp_path: Path) -> None:
    def drawing(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        write_lines(canvas, [LINE, "und eine zweite Zeile danach"], 72, 400)
        canvas.showPage()

    path = make_files.pdf(tmp_path / "a.pdf", drawing)
    (box,) = marked(path, "Augsburg")
    left, top, right, bottom = ink(path, box)
    long = (left, right, box.x, box.x + box.w) if box.w > box.h else (top, bottom, box.y, box.y + box.h)
    assert 0 <= long[0] - long[2] <= 4 and 0 <= long[3] - long[1] <= 4


def test_ligatures_and_accents_count_as_what_they_are_read_as(tmp_path: Path) -> None:
    font = make_files.with_font()
    if font is None:
        pytest.skip("DejaVu Serif is not installed")

    def drawing(canvas: Canvas) -> None:
        write_lines(canvas, ["Die ﬁnale Ausgabe der Eﬀekte fu\u0308r Augsburg und Wien"], 72, 700, font=font)
        canvas.showPage()

    path = make_files.pdf(tmp_path / "a.pdf", drawing)
    (box,) = marked(path, "Augsburg")
    left, _, right, _ = ink(path, box)
    assert 0 <= left - box.x <= 4 and 0 <= box.x + box.w - right <= 4


def test_words_that_are_not_on_the_page_are_not_found_there(tmp_path: Path) -> None:
    path = make_files.pages_of_lines(tmp_path / "a.pdf", [[LINE]])
    (line,) = read(path, "a.pdf", LIMITS).lines
    letters = Letters.of(path, 1)
    assert letters.part(line, LINE, 0, 6) is not None
    assert letters.part(line, "ganz andere Worte", 0, 4) is None
    assert Letters([]).part(line, LINE, 0, 6) is None
    assert isinstance(draw(path, "application/pdf", 1), Image.Image)
