"""PAGE-XML (2010 to 2019; Transkribus, eScriptorium, OCR-D): transcribed pages with the box of every line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.sources.alto import block_kind
from ingest.sources.base import BlockKind, Limits, ReadDocument
from ingest.sources.page_layout import (
    Box,
    LaidBlock,
    LaidLine,
    LaidPage,
    box_around,
    check_pages,
    in_order,
    number,
    written,
)
from ingest.sources.xml_events import stream

MEDIA_TYPE = "application/vnd.prima.page+xml"
_POINT = re.compile(r"(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)")
_CUSTOM_TYPE = re.compile(r"structure\s*\{[^}]*?type\s*:\s*([\w-]+)")
_CUSTOM_INDEX = re.compile(r"readingOrder\s*\{[^}]*?index\s*:\s*(\d+)")
_LIST = frozenset({"list", "list-label", "toc-entry"})
_WITH_TEXT = frozenset({"TextRegion", "TextLine", "Word", "TableCell", "Glyph"})
_REGIONS = frozenset({"TextRegion", "TableCell"})


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A PAGE file with its regions in reading order; raises the errors of XML and `TooManyPages`."""
    reader = _Reader(name, limits)
    stream(path, name, limits, reader)
    return written(reader.pages, name, MEDIA_TYPE, "PAGE", language=reader.language)


@dataclass(slots=True)
class _Open:
    """An element that may carry text: region, line, word."""

    tag: str
    attributes: Mapping[str, str]
    box: Box | None = None
    said: dict[int, str] = field(default_factory=dict)
    """Its own transcriptions by their index; the lowest is the one that counts."""
    words: list[_Open] = field(default_factory=list)
    lines: list[tuple[int, _Open]] = field(default_factory=list)
    block: LaidBlock | None = None
    """Of a region: what it becomes, in its place among the others though regions may lie in each other."""

    @property
    def text(self) -> str:
        """What it says itself, else what its words say."""
        own = next((self.said[index] for index in sorted(self.said) if self.said[index].strip()), "")
        between = "" if self.tag == "Word" else " "
        return own or between.join(part.text for part in self.words if part.text)


@dataclass(slots=True)
class _Table:
    """A table whose cells become one line for each row."""

    block: LaidBlock
    rows: dict[int, list[tuple[int, str, Box | None]]] = field(default_factory=dict)

    def finish(self) -> None:
        for _, cells in sorted(self.rows.items()):
            cells.sort(key=lambda cell: cell[0])
            self.block.lines.append(
                LaidLine(" | ".join(text for _, text, _ in cells), box_around(b for *_, b in cells))
            )


class _Reader:
    """Makes pages of the elements as they come."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.pages: list[LaidPage] = []
        self.language: str | None = None
        self._name, self._limits = name, limits
        self._order: list[str] = []
        self._indexes: dict[str, int] = {}
        self._open: list[_Open] = []
        self._table: _Table | None = None
        self._index = 0
        self._said: list[str] | None = None
        self._points: list[tuple[float, float]] | None = None
        self._cell: tuple[int, int] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _WITH_TEXT:
            self._open.append(_Open(tag, attributes))
            if tag in _REGIONS:
                self._cell = _cell(attributes)
                self._open[-1].block = self._block(attributes) if self._table is None else None
        elif tag == "Coords":
            self._points = []
            for x, y in _POINT.findall(attributes.get("points", "")):
                self._add_point(x, y)
        elif tag == "Point":
            self._add_point(attributes.get("x"), attributes.get("y"))
        elif tag == "TextEquiv":
            self._index = int(number(attributes.get("index")) or 0)
        elif tag == "Unicode":
            self._said = []
        elif tag == "Page":
            self._open_page(attributes)
        elif tag in {"RegionRef", "RegionRefIndexed", "OrderedGroupIndexed", "UnorderedGroupIndexed"}:
            self._order.append(attributes.get("regionRef", ""))
        elif tag == "TableRegion":
            self._table = _Table(self._block(attributes))
            self._table.block.kind = BlockKind.TABLE
        elif tag == "TableCellRole":
            self._cell = _cell({"row": attributes.get("rowIndex", ""), "col": attributes.get("columnIndex", "")})

    def end(self, tag: str) -> None:
        if tag in _WITH_TEXT and self._open:
            self._close(self._open.pop())
        elif tag == "Coords":
            self._close_coords()
        elif tag == "Unicode" and self._said is not None:
            if self._open:
                self._open[-1].said.setdefault(self._index, "".join(self._said))
            self._said = None
        elif tag == "TableRegion" and self._table is not None:
            self._table.finish()
            self._table = None
        elif tag == "Page" and self.pages:
            self._close_page(self.pages[-1])

    def text(self, data: str) -> None:
        if self._said is not None:
            self._said.append(data)

    def _open_page(self, attributes: Mapping[str, str]) -> None:
        check_pages(len(self.pages) + 1, self._name, self._limits)
        width, height = number(attributes.get("imageWidth")) or 0, number(attributes.get("imageHeight")) or 0
        self.pages.append(LaidPage(width=width, height=height))
        self.language = self.language or attributes.get("primaryLanguage")
        self._order, self._indexes = [], {}

    def _page(self) -> LaidPage:
        if not self.pages:
            self._open_page({})
        return self.pages[-1]

    def _close_page(self, page: LaidPage) -> None:
        """The regions in the order that the page gives, else in that of Transkribus, else as they stand."""
        order = [name for name in self._order if name] or sorted(self._indexes, key=self._indexes.__getitem__)
        page.blocks = in_order(page.blocks, order)

    def _add_point(self, x: str | None, y: str | None) -> None:
        at, down = number(x), number(y)
        if self._points is not None and at is not None and down is not None:
            self._points.append((at, down))

    def _close_coords(self) -> None:
        points, self._points = self._points, None
        if points and self._open and self._open[-1].box is None:
            xs, ys = [x for x, _ in points], [y for _, y in points]
            self._open[-1].box = Box(min(xs), min(ys), max(xs), max(ys))

    def _close(self, closed: _Open) -> None:
        above = self._open[-1] if self._open else None
        if closed.tag in {"Word", "Glyph"}:
            if above is not None:
                above.words.append(closed)
        elif closed.tag == "TextLine":
            if above is not None:
                above.lines.append((_custom_index(closed.attributes, len(above.lines)), closed))
        elif self._table is not None:
            self._add_cell(self._table, closed)
        elif closed.block is not None:
            closed.block.box = closed.box
            closed.block.lines = _lines(closed)

    def _block(self, attributes: Mapping[str, str]) -> LaidBlock:
        """A new block in the place of a region."""
        id_, custom = attributes.get("id", ""), attributes.get("custom", "")
        if found := _CUSTOM_INDEX.search(custom):
            self._indexes[id_] = int(found.group(1))
        structure = _CUSTOM_TYPE.search(custom)
        label = structure.group(1) if structure else attributes.get("type", "")
        kind = BlockKind.LIST if label in _LIST else block_kind(label)
        block = LaidBlock([], kind, id_, language=attributes.get("primaryLanguage"))
        self._page().blocks.append(block)
        return block

    def _add_cell(self, table: _Table, cell: _Open) -> None:
        row, column = self._cell or (len(table.rows), 0)
        text = " ".join(line.text.strip() for line in _lines(cell))
        table.rows.setdefault(row, []).append((column, text, cell.box))


def _lines(region: _Open) -> list[LaidLine]:
    """The lines of a region in their order; a region that is transcribed only as a whole has lines without boxes."""
    if any(line.text.strip() for _, line in region.lines):
        in_sequence = sorted(region.lines, key=lambda each: each[0])
        return [LaidLine(line.text, line.box or box_around(w.box for w in line.words)) for _, line in in_sequence]
    return [LaidLine(text) for text in region.text.splitlines()]


def _custom_index(attributes: Mapping[str, str], otherwise: int) -> int:
    found = _CUSTOM_INDEX.search(attributes.get("custom", ""))
    return int(found.group(1)) if found else otherwise


def _cell(attributes: Mapping[str, str]) -> tuple[int, int] | None:
    row, column = number(attributes.get("row")), number(attributes.get("col"))
    return (int(row), int(column)) if row is not None and column is not None else None
