"""Where single letters stand on a page of a PDF, asked of pdfium when words are to be marked.

Asking for every letter while a file is read would cost more than all else; a page that is looked at takes a moment.
"""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.types import Region
from ingest.lines import LineIndex
from ingest.pdfium import Geometry, Page, geometry, open_page, open_pdf
from ingest.sources.base import Line
from ingest.sources.pdf_page import clean

_MARGIN = 2
"""Pixels around the ink of the letters."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as people write it, and the box of its ink in pixels of the page."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float


class Letters:
    """The letters of one page in the order in which it draws them."""

    def __init__(self, letters: list[Letter]) -> None:
        self._letters = letters

    @classmethod
    def of(cls, original: Path, page: int) -> Letters:
        """Read a page (from 1) of a PDF; none for one that is damaged. Raises as `open_pdf` does."""
        with open_pdf(original, original.name) as pdf, open_page(pdf, page - 1) as opened:
            return cls([*_letters(opened, geometry(opened))] if opened is not None else [])

    def part(self, line: Line, words: str, start: int, end: int) -> Region | None:
        """The box of `words[start:end]` where `words` is the text of the line; None where they are not found there.

        As high as the line, and as wide as the letters; for lines that run down the page the other way round.
        """
        box = line.region
        right, bottom = box.x + box.w, box.y + box.h
        here = [
            n for n in self._letters if box.x <= (n.x0 + n.x1) / 2 <= right and box.y <= (n.y0 + n.y1) / 2 <= bottom
        ]
        found = "".join(letter.text for letter in here).find("".join(words.split()))
        if found < 0:
            return None
        first = found + sum(not c.isspace() for c in words[:start])
        last = found + sum(not c.isspace() for c in words[:end])
        marked = list(_each(here))[first:last]
        if not marked:
            return None
        if box.h > box.w and len(words) > 3:
            y0, y1 = _within(min(n.y0 for n in marked), max(n.y1 for n in marked), box.y, bottom)
            return Region(box.x, y0, box.w, y1 - y0)
        x0, x1 = _within(min(n.x0 for n in marked), max(n.x1 for n in marked), box.x, right)
        return Region(x0, box.y, x1 - x0, box.h)


def boxes_on_page(
    index: LineIndex, text: str, page: int, spans: Sequence[tuple[int, int]], original: Path | None = None
) -> list[Region]:
    """The boxes of what the spans have on a page; exact to the letter where `original` is a PDF with those letters."""
    return [box for boxes in boxes_of_each(index, text, page, spans, original) for box in boxes]


def boxes_of_each(
    index: LineIndex, text: str, page: int, spans: Sequence[tuple[int, int]], original: Path | None = None
) -> list[list[Region]]:
    """The same for each span by itself, in their order; the page's letters are read once."""
    letters: Letters | None = None

    def cut(line: Line, start: int, end: int) -> Region | None:
        nonlocal letters
        if original is None or line.page != page:
            return None
        letters = Letters.of(original, page) if letters is None else letters
        return letters.part(line, text[line.start : line.end], start - line.start, end - line.start)

    return [[box for number, box in index.regions(a, b, text, cut) if number == page] for a, b in spans]


def _within(low: float, high: float, least: int, most: int) -> tuple[int, int]:
    begin = max(round(low) - _MARGIN, least)
    return begin, max(min(round(high) + _MARGIN, most), begin + 1)


def _each(letters: list[Letter]) -> Iterator[Letter]:
    """One for each character: a ligature counts as often as it has letters."""
    for letter in letters:
        for _ in letter.text:
            yield letter


def _letters(page: Page, shape: Geometry) -> Iterator[Letter]:
    """The page's letters, accents with what they stand on; white space and what is not shown left out."""
    from pypdfium2 import raw

    textpage = page.get_textpage()
    edges = tuple(ctypes.c_double() for _ in range(4))
    references = tuple(ctypes.byref(edge) for edge in edges)
    try:
        held: Letter | None = None
        for index in range(raw.FPDFText_CountChars(textpage.raw)):
            code = raw.FPDFText_GetUnicode(textpage.raw, index)
            character = chr(code) if 0 < code < 0x110000 else ""
            if not raw.FPDFText_GetCharBox(textpage.raw, index, *references):
                continue
            left, right, bottom, top = (edge.value for edge in edges)
            if held is not None and character and unicodedata.combining(character):
                held = Letter(clean(held.text + character), held.x0, held.y0, held.x1, held.y1)
                continue
            if held is not None:
                yield held
            text = clean(character)
            held = Letter(text, *shape.box(left, bottom, right, top)) if text else None
        if held is not None:
            yield held
    finally:
        textpage.close()
