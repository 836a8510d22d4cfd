"""Rows of a spreadsheet as lines that can be understood by themselves: `column: value | column: value`.

The header row is the one that the file marks as such (a table, a filter, rows that stay on the screen). Otherwise it is
the first row of two cells or more that are all words, differ, are short, cover the width of what follows and are not
repeated below. Rows above it are kept as they are. Without a header row the values stand alone, separated by ` | `.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ingest.sources.base import BlockKind, Limits
from ingest.sources.blocks import Writer, one_line

LOOKED_AT = 30
"""So many rows are looked at before it is decided which one is the header."""
_LONGEST_NAME = 80
_NUMBER = re.compile(
    r"[-+]?[\d.,'\s]*\d\s?[%€$£]?|[€$£]\s?[\d.,]+|\d{4}-\d{2}(?:-\d{2}.*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}|true|false",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty: its column from 0, its text on one line, whether it is words (no number or date)."""

    column: int
    text: str
    words: bool = True


Row = tuple[Cell, ...]


@dataclass(slots=True)
class Budget:
    """How much may still be read of a file's tables."""

    limits: Limits
    cells: int = 0
    characters: int = 0
    rows: int = 0
    cut: bool = False

    def take(self, row: Row) -> bool:
        """Count a row; False, from then on, when it is more than may be read."""
        self.cells += len(row)
        self.characters += sum(len(cell.text) for cell in row)
        self.cut = self.cut or self.cells > self.limits.max_cells or self.characters > self.limits.max_characters
        self.rows += not self.cut
        return not self.cut


@dataclass(slots=True)
class Lines:
    """Takes the rows of one table, one after the other, and makes lines of them."""

    budget: Budget
    header_row: int | None = None
    """The number of the header row where the file says it."""
    _waiting: list[tuple[int, Row]] | None = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    above: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether no row came."""
        return not self._waiting and not self.lines

    def add(self, number: int, row: Row) -> None:
        """Take a row with its number; a row without cells says nothing."""
        if not row:
            return
        if self._waiting is None:
            self._write(row)
            return
        self._waiting.append((number, row))
        if len(self._waiting) >= LOOKED_AT and (self.header_row is None or number > self.header_row):
            self._decide()

    def end(self, writer: Writer) -> None:
        """Write the table: the rows above its header, then the header and what belongs to it."""
        self._decide()
        writer.lines(self.above, BlockKind.PARAGRAPH)
        writer.lines(self.lines, BlockKind.TABLE)

    def _decide(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        position = next((i for i, (number, _) in enumerate(waiting) if number == self.header_row), None)
        if position is None:
            position = find_header([row for _, row in waiting])
        if position is not None:
            self.above = [_plain(row) for _, row in waiting[:position]]
            self.lines.append(_plain(waiting[position][1]))
            self._names = {cell.column: cell.text for cell in waiting[position][1]}
            waiting = waiting[position + 1 :]
        for _, row in waiting:
            self._write(row)

    def _write(self, row: Row) -> None:
        named = [f"{self._names[c.column]}: {c.text}" if c.column in self._names else c.text for c in row]
        line = " | ".join(named)
        self.budget.characters += len(line)
        if self.budget.characters <= 2 * self.budget.limits.max_characters:
            self.lines.append(line)
        else:
            self.budget.cut = True


def find_header(rows: Sequence[Row]) -> int | None:
    """Which of a table's first rows is its header; None where none looks like one."""
    for position, row in enumerate(rows[:-1]):
        if len(row) < 2:
            continue
        below = rows[position + 1 :]
        width = max(len(other) for other in below)
        if len(row) < 0.6 * width:
            continue
        texts = {cell.text.casefold() for cell in row}
        if not all(cell.words and len(cell.text) <= _LONGEST_NAME for cell in row) or len(texts) < len(row):
            return None
        repeated = {(cell.column, cell.text) for cell in row} & {(c.column, c.text) for other in below for c in other}
        return None if repeated or width < 2 else position
    return None


def cells(values: Iterable[str]) -> Row:
    """The cells of a row of texts."""
    found = ((column, one_line(value)) for column, value in enumerate(values))
    return tuple(Cell(column, text, not _NUMBER.fullmatch(text[:60])) for column, text in found if text)


def _plain(row: Row) -> str:
    return " | ".join(cell.text for cell in row)
