"""One PDF page as printed pieces of lines, each with its box, in the order in which the file draws them.

pdfium gives characters; asking for the box of each one costs more than everything else, so boxes are asked for by line,
and by character only where a line has a wide gap and may belong to two columns.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from ingest.pdfium import Geometry, Page

_HYPHEN = "\x02"
_LIGATURES = str.maketrans(
    {
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "ft",
        "ﬆ": "st",
        "\u00ad": "",
        "\u00a0": " ",
        "\ufffe": "",
    }
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\uffff]")
_LINE = re.compile(r"[^\r\n\x02]+\x02?|\x02")
_SPACED = re.compile(r"(?<!\S)\w(?: \w){3,}(?!\w)")
"""Single letters with spaces between them: a word that is set wide, as German print stresses words."""
GAP = 1.6
"""A gap this many times the height of the letters is no space between words."""


Borders = Sequence[tuple[float, float, float]]
"""Upright lines: x, and from which y to which."""
Cells = tuple[tuple[tuple["Piece", ...], ...], ...]
"""The rows of a table, each of cells, each of pieces from top to bottom."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A printed line or the part of it in one column; `row` counts the lines of the page as they are drawn.

    x and y are pixels as the text is read: on a page with sideways text they are turned, and `box` is where it stands.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    row: int
    size: float
    bold: bool = False
    hyphen: bool = False
    """The line ended in a hyphen (left in `text`) that may only divide a word."""
    box: tuple[float, float, float, float] | None = None
    table: Cells = ()
    """Of a piece that stands for a whole table: its rows of cells of pieces."""

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


def pieces(page: Page, geometry: Geometry, borders: Borders = ()) -> list[Piece]:
    """All pieces of text that are visible on the page, cut at the borders of cells; the caller holds the lock."""
    textpage = page.get_textpage()
    try:
        reader = _Reader(textpage.raw, geometry, borders)
        found = [piece for row in _LINE.finditer(reader.text) for piece in reader.row(row.start(), row.end())]
        shown = [piece for piece in found if piece.text and _visible(piece, geometry)]
        if sum(_sideways(piece) for piece in shown) > len(shown) / 2:
            down = reader.runs_down()
            shown = [_turned(piece, down) for piece in shown]
    finally:
        textpage.close()
    return shown


def _sideways(piece: Piece) -> bool:
    return len(piece.text) > 3 and piece.y1 - piece.y0 > 2 * (piece.x1 - piece.x0)


def _turned(piece: Piece, down: bool) -> Piece:
    """The piece as it stands when the head is turned to read it."""
    box = piece.x0, piece.y0, piece.x1, piece.y1
    x0, x1 = (piece.y0, piece.y1) if down else (-piece.y1, -piece.y0)
    y0, y1 = (-piece.x1, -piece.x0) if down else (piece.x0, piece.x1)
    return replace(piece, x0=x0, x1=x1, y0=y0, y1=y1, size=y1 - y0, box=box)


def _visible(piece: Piece, geometry: Geometry) -> bool:
    return piece.x1 > 0 and piece.y1 > 0 and piece.x0 < geometry.width and piece.y0 < geometry.height


def clean(text: str) -> str:
    """Letters as people write them: composed, no ligatures, no control characters, single spaces."""
    if text.isascii():
        return " ".join(_CONTROLS.sub("", text).split())
    return " ".join(unicodedata.normalize("NFC", _CONTROLS.sub("", text.translate(_LIGATURES))).split())


class _Reader:
    """Reads boxes for ranges of characters of one text page."""

    def __init__(self, textpage: Any, geometry: Geometry, borders: Borders = ()) -> None:
        from pypdfium2 import raw

        self._raw, self._page, self._geometry, self._borders = raw, textpage, geometry, borders
        unicode_of = raw.FPDFText_GetUnicode
        count = raw.FPDFText_CountChars(textpage)
        self.text = "".join([_character(unicode_of(textpage, index)) for index in range(count)])
        self._edges = tuple(ctypes.c_double() for _ in range(4))
        self._references = tuple(ctypes.byref(edge) for edge in self._edges)
        self._loose = raw.FS_RECTF()
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._row = 0

    def row(self, start: int, end: int) -> Iterator[Piece]:
        """The pieces of one line; more than one where a wide gap stands between them."""
        while start < end and self.text[start].isspace():
            start += 1
        hyphen = self.text[end - 1] == _HYPHEN
        while end > start and (self.text[end - 1].isspace() or self.text[end - 1] == _HYPHEN):
            end -= 1
        if start >= end:
            return
        self._row += 1
        # A bullet or bracket may be from another font: the first letter tells the size of the line.
        letter = next((index for index in range(start, end) if self.text[index].isalpha()), start)
        top, bottom, size = self._letters(letter)
        whole = self._piece(start, end, top, bottom, size)
        if whole is None:
            return
        if whole.y1 - whole.y0 > 1.5 * size and len(lines := [*self._lines(start, end, size)]) > 1:
            for begin, stop in lines:
                yield from self.row(begin, stop)
            return
        parts = [whole]
        cuts = [x for x, a, b in self._borders if a < whole.middle < b and whole.x0 + 2 < x < whole.x1 - 2]
        if cuts:
            split = [self._piece(s, e, top, bottom, size) for s, e in self._cells(start, end, cuts)]
            parts = [part for part in split if part is not None and part.text] or parts
        elif size > 0 and whole.x1 - whole.x0 > 4 * size and self._has_gap(start, end, GAP * size):
            split = [self._piece(s, e, top, bottom, size) for s, e in self._columns(start, end, GAP * size)]
            parts = [part for part in split if part is not None] or parts
        last = parts[-1]
        ends_in_hyphen = hyphen or last.text.endswith(("-", "\u2010"))
        if hyphen and not last.text.endswith(("-", "\u2010")):
            last = replace(last, text=last.text + "-")
        yield from parts[:-1]
        yield replace(last, hyphen=ends_in_hyphen)

    def runs_down(self) -> bool:
        """Whether sideways text runs from top to bottom, by where each letter stands to the one before."""
        letters = [index for index, c in enumerate(self.text[:2000]) if c.isalnum()]
        steps = [self._letter(b)[1] - self._letter(a)[1] for a, b in pairwise(letters) if b == a + 1]
        return sum(step > 0 for step in steps) * 2 >= len(steps)

    def _piece(self, start: int, end: int, top: float, bottom: float, size: float) -> Piece | None:
        boxes = self._boxes(start, end)
        if not boxes:
            return None
        x0, y0 = min(box[0] for box in boxes), min(box[1] for box in boxes)
        x1, y1 = max(box[2] for box in boxes), max(box[3] for box in boxes)
        # The letters' full height makes all lines equally high; some fonts claim absurd ones.
        if 0 < bottom - top < 3 * max(y1 - y0, 1):
            y0, y1 = min(y0, top), max(y1, bottom)
        text = self.text[start:end]
        text = clean(self._closed(start, end) if _SPACED.search(text) else text)
        hyphen = text.endswith(("-", "\u2010"))
        return Piece(text, x0, y0, x1, y1, self._row, size or y1 - y0, self._bold(start, end), hyphen)

    def _boxes(self, start: int, end: int) -> list[tuple[float, float, float, float]]:
        """Boxes in pixels of the runs of characters from start to end, in drawing order."""
        raw, edges = self._raw, self._edges
        boxes = []
        for index in range(raw.FPDFText_CountRects(self._page, start, end - start)):
            if raw.FPDFText_GetRect(self._page, index, *self._references):
                left, top, right, bottom = (edge.value for edge in edges)
                boxes.append(self._geometry.box(left, bottom, right, top))
        return boxes

    def _lines(self, start: int, end: int, size: float) -> Iterator[tuple[int, int]]:
        """The spans of lines that pdfium took for one: each begins lower and further to the left."""
        begin, last = start, None
        for index in range(start, end):
            if self.text[index].isspace():
                continue
            box = self._letter(index)
            if last is not None and box[1] - last[1] > 0.7 * size and box[0] < last[0] - size:
                yield begin, index
                begin = index
            last = box
        yield begin, end

    def _has_gap(self, start: int, end: int, gap: float) -> bool:
        boxes = sorted(self._boxes(start, end))
        reach = boxes[0][2] if boxes else 0.0
        for box in boxes[1:]:
            if box[0] - reach > gap:
                return True
            reach = max(reach, box[2])
        return False

    def _columns(self, start: int, end: int, gap: float) -> Iterator[tuple[int, int]]:
        """The spans between wide gaps, from the boxes of the single characters."""
        begin, right = start, None
        for index in range(start, end):
            if self.text[index].isspace():
                continue
            left, _, reach, _ = self._letter(index)
            if right is not None and left - right > gap:
                yield begin, index
                begin, right = index, reach
            right = reach if right is None else max(right, reach)
        yield begin, end

    def _cells(self, start: int, end: int, cuts: Sequence[float]) -> Iterator[tuple[int, int]]:
        """The spans between upright lines, from the boxes of the single characters."""
        begin, cell, reach = start, None, 0.0
        for index in range(start, end):
            if self.text[index].isspace():
                continue
            left, top, right, bottom = self._letter(index)
            of = sum(cut < (left + right) / 2 for cut in cuts)
            # A line that goes through a word is a drawing's.
            if cell is not None and of != cell and left - reach > 0.12 * (bottom - top):
                yield begin, index
                begin = index
            cell, reach = of, right
        yield begin, end

    def _closed(self, start: int, end: int) -> str:
        """The text of a line with the words that are set wide closed up: W u n d e r is Wunder.

        Only spaces that no program wrote but pdfium saw between letters are taken away, the widest of them kept.
        """
        text = self.text[start:end]
        for found in reversed([*_SPACED.finditer(text)]):
            spaces = range(start + found.start() + 1, start + found.end(), 2)
            if not all(self._raw.FPDFText_IsGenerated(self._page, index) == 1 for index in spaces):
                continue
            gaps = [self._letter(index + 1)[0] - self._letter(index - 1)[2] for index in spaces]
            wide = 1.7 * median(gaps) + 1
            words = text[found.start()] + "".join(
                (" " if gap > wide else "") + self.text[index + 1] for index, gap in zip(spaces, gaps, strict=True)
            )
            text = text[: found.start()] + words + text[found.end() :]
        return text

    def _letter(self, index: int) -> tuple[float, float, float, float]:
        box = self._loose
        self._raw.FPDFText_GetLooseCharBox(self._page, index, ctypes.byref(box))
        return self._geometry.box(box.left, box.bottom, box.right, box.top)

    def _letters(self, index: int) -> tuple[float, float, float]:
        """Top, bottom and height of the line's letters, by its first."""
        _, top, _, bottom = self._letter(index)
        return top, bottom, bottom - top

    def _bold(self, start: int, end: int) -> bool:
        index = next((index for index in range(start, end) if self.text[index].isalpha()), start)
        length = self._raw.FPDFText_GetFontInfo(self._page, index, self._name, 128, ctypes.byref(self._flags))
        name = self._name.value.lower() if 0 < length <= 128 else b""
        return b"bold" in name or b"black" in name or b"heavy" in name


def _character(code: int) -> str:
    return chr(code) if 0 < code < 0x110000 else "\ufffe"
