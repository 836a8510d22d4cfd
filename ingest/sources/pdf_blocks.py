"""From the rows of a page in reading order to paragraphs, headings, lists, tables and captions, and to one text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from graph.types import Region
from ingest.lines import union
from ingest.sources.base import Block, BlockKind, Line
from ingest.sources.hyphens import Join, Words
from ingest.sources.pdf_notes import MARK
from ingest.sources.pdf_page import Cells, Piece
from ingest.sources.pdf_tables import aligned, wraps

_ITEM = re.compile(r"(?:[•▪‣◦–·*\-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_CAPTION = re.compile(
    r"(?:Abb(?:ildung|\.)|Fig(?:ure|\.)|Taf(?:el|\.)|Plate|Pl\.|Tab(?:elle|le|\.)|Karte|Map)\s*[\dIVXLC]+\b"
)
_TERMINAL = (".", "!", "?", ":", "…", ".“", ".”", '."', ".)", "。")

Row = list[Piece]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together."""

    rows: tuple[Row, ...]
    kind: BlockKind
    cells: Cells = ()
    """Of a table: its rows of cells."""

    @property
    def first(self) -> Piece:
        return self.rows[0][0]

    @property
    def last(self) -> Piece:
        return self.rows[-1][-1]

    @property
    def text(self) -> str:
        return " ".join(piece.text for row in self.rows for piece in row)


def groups(rows: Sequence[Row], body: float) -> list[Group]:
    """The blocks of a page in reading order."""
    if not rows:
        return []
    pitch = _pitch(rows)
    right = max(piece.x1 for row in rows for piece in row)
    found: list[list[Row]] = []
    for row in rows:
        if found and not _begins(row, found[-1], pitch, right, body):
            found[-1].append(row)
        else:
            found.append([row])
    return _continued([_group(rows, body) for rows in found])


def _group(rows: list[Row], body: float) -> Group:
    kind = _kind(rows, body)
    return Group(tuple(rows), kind, rows[0][0].table or aligned(rows) if kind is BlockKind.TABLE else ())


def _pitch(rows: Sequence[Row]) -> float:
    """The usual distance from one line to the next, in multiples of the letters' height."""
    steps = [
        (row[0].middle - above[0].middle) / above[0].size
        for above, row in pairwise(rows)
        if 0.3 * above[0].size < row[0].middle - above[0].middle < 3 * above[0].size
    ]
    return median(steps) if steps else 1.2


def _begins(row: Row, group: list[Row], pitch: float, right: float, body: float) -> bool:
    """Whether a row begins a new block after the group."""
    piece, above = row[0], group[-1][-1]
    if piece.table or above.table:
        return True
    step = piece.middle - group[-1][0].middle
    if step < -0.3 * piece.size or step > 1.35 * min(pitch, 2.0) * max(piece.size, above.size):
        return True
    if abs(piece.size - above.size) > 0.12 * above.size or piece.bold != group[0][0].bold:
        return True
    is_table = any(len(each) > 1 for each in group)
    if len(row) > 1 or is_table:
        return (len(row) > 1) != is_table and not (is_table and wraps(row, group, pitch))
    if piece.size < 0.95 * body and MARK.match(piece.text) and above.text.endswith(_TERMINAL):
        return True
    if _ITEM.match(piece.text) and (above.text.endswith(_TERMINAL) or _ITEM.match(group[0][0].text)):
        return True
    if _CAPTION.match(piece.text) and above.text.endswith(_TERMINAL):
        return True
    return _indented(piece, group, right)


def _indented(piece: Piece, group: list[Row], right: float) -> bool:
    above = group[-1][-1]
    if not above.text.endswith(_TERMINAL):
        return False
    if piece.x0 > group[-1][0].x0 + 0.7 * piece.size and not _ITEM.match(group[0][0].text):
        return True
    column = max(row[-1].x1 for row in group) - group[0][0].x0
    return (
        len(group) > 1 and above.x1 - above.x0 < 0.75 * column and piece.text[:1].isupper() and above.x1 < 0.85 * right
    )


def _kind(group: list[Row], body: float) -> BlockKind:
    first = group[0][0]
    text = " ".join(piece.text for row in group for piece in row)
    if first.table or any(len(row) > 1 for row in group):
        return BlockKind.TABLE
    if _CAPTION.match(first.text):
        return BlockKind.CAPTION
    if _ITEM.match(first.text) and len(text) < 1500 and not first.bold and first.size < 1.15 * body:
        return BlockKind.LIST
    if len(text) <= 200 and any(c.isalpha() for c in text):
        large = first.size >= 1.15 * body
        bold = first.bold and len(text) <= 100 and not text.endswith((".", ",", ";"))
        if large or bold:
            return BlockKind.HEADING
    return BlockKind.PARAGRAPH


def _continued(blocks: list[Group]) -> list[Group]:
    """Paragraphs that a change of column cut in two are one again."""
    joined: list[Group] = []
    for block in blocks:
        above = joined[-1] if joined else None
        if above is not None and {above.kind, block.kind} == {BlockKind.PARAGRAPH} and _goes_on(above, block):
            joined[-1] = replace(above, rows=above.rows + block.rows)
        else:
            joined.append(block)
    return joined


def _goes_on(above: Group, below: Group) -> bool:
    if abs(above.first.size - below.first.size) > 0.12 * above.first.size:
        return False
    begins_small = below.first.text[:1].islower()
    return begins_small and (above.last.hyphen or not above.last.text.endswith((*_TERMINAL, ";")))


class Writer:
    """Puts blocks into one text, page after page, and notes where each line and block came to stand."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._parts: list[str] = []
        self.length = 0
        self.lines: list[Line] = []
        self.blocks: list[Block] = []
        self._path: list[tuple[float, bool, str]] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def add(self, group: Group, page: int, width: int, height: int) -> None:
        """Write one block, after an empty line."""
        if self.length:
            self._put("\n\n")
        start, first_line = self.length, len(self.lines)
        if group.cells:
            self._table(group.cells, page, width, height)
        else:
            self._flow([piece for row in group.rows for piece in row], page, width, height)
        region = union([line.region for line in self.lines[first_line:]])
        path = self._heading(group) if group.kind is BlockKind.HEADING else self._path
        self.blocks.append(Block(start, self.length, page, group.kind, tuple(title for *_, title in path), region))
        if group.kind is BlockKind.HEADING:
            self._path = [*path, (group.first.size, group.first.bold, self.text_of(start))]

    def _flow(self, pieces: Sequence[Piece], page: int, width: int, height: int) -> None:
        """Pieces one after the other, divided words joined."""
        previous: Piece | None = None
        for piece in pieces:
            following = piece.text if previous is None else self._join(previous, piece)
            begin = self.length
            self._put(following)
            self.lines.append(Line(begin, self.length, page, _region(piece, width, height)))
            previous = piece

    def _table(self, rows: Cells, page: int, width: int, height: int) -> None:
        """Each row as one line, its cells apart as in `a | b | c`."""
        for number, row in enumerate(rows):
            self._put("\n" if number else "")
            filled = max((n for n, cell in enumerate(row) if cell), default=-1)
            for column, cell in enumerate(row[: filled + 1]):
                self._put(" | " if column else "")
                self._flow(cell, page, width, height)

    def text_of(self, start: int) -> str:
        """The text written since `start`, which lies in the last block."""
        tail: list[str] = []
        position = self.length
        for part in reversed(self._parts):
            if position <= start:
                break
            tail.append(part)
            position -= len(part)
        return "".join(reversed(tail))

    def _heading(self, group: Group) -> list[tuple[float, bool, str]]:
        size = group.first.size
        return [
            above
            for above in self._path
            if above[0] > 1.05 * size or (above[0] > 0.95 * size and above[1] > group.first.bold)
        ]

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)

    def _join(self, above: Piece, piece: Piece) -> str:
        """What comes after a line: the next line's text, with a space before it, or without where a word goes on."""
        if not above.hyphen:
            self._put(" ")
            return piece.text
        match self._words.across(above.text, piece.text):
            case Join.APART:
                self._put(" ")
            case Join.ONE_WORD:
                self._take_back_hyphen()
        return piece.text

    def _take_back_hyphen(self) -> None:
        self._parts[-1] = self._parts[-1][:-1]
        self.length -= 1
        last = self.lines[-1]
        self.lines[-1] = replace(last, end=last.end - 1)


def _region(piece: Piece, width: int, height: int) -> Region:
    """The piece's box in whole pixels, a little larger than the letters, inside of the page."""
    left, top, right, bottom = piece.box or (piece.x0, piece.y0, piece.x1, piece.y1)
    x0, y0 = max(int(left) - 1, 0), max(int(top) - 1, 0)
    x1, y1 = min(int(right) + 2, width), min(int(bottom) + 2, height)
    return Region(x0, y0, max(x1 - x0, 1), max(y1 - y0, 1))
