"""OpenDocument spreadsheets: a sheet is a page under its name, each row a line (see `table_lines`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.errors import Failure
from ingest.errors import TooManyPages
from ingest.office_errors import SheetCutOff
from ingest.sources.base import Limits
from ingest.sources.blocks import Writer, one_line
from ingest.sources.elements import Element, attribute, local, number
from ingest.sources.odf_styles import OdfStyles
from ingest.sources.odf_text import Inline, read_inline
from ingest.sources.package import Package
from ingest.sources.table_lines import Budget, Cell, Lines

_MAX_COLUMNS = 16_384
_TIME = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")


class Sheets:
    """Reads the sheets of a file; what is repeated counts as often as it is repeated."""

    def __init__(self, package: Package, limits: Limits) -> None:
        self._package, self._limits = package, limits
        self.budget = Budget(limits)

    def cut_off(self) -> Failure:
        """Says how much was read."""
        limits = self._limits
        return SheetCutOff(
            name=self._package.name, cells=limits.max_cells, characters=limits.max_characters, rows=self.budget.rows
        ).failure()

    def write(self, part: str, writer: Writer) -> None:
        """Write all sheets, a page for each; a page is written at least."""
        styles = OdfStyles(self._package, part)
        lines, title, position, depth = Lines(self.budget), "", 0, 0
        for event, element in self._package.events(part):
            name = local(element)
            if name == "table" and event == "start":
                depth += 1
                if depth == 1:
                    hidden = styles.is_hidden(attribute(element, "style-name"))
                    title = one_line(attribute(element, "name") or "") + (" [hidden]" if hidden else "")
                    lines, position = Lines(self.budget), 0
            elif name == "table":
                depth -= 1
                if depth == 0:
                    self._end(writer, title, lines)
                    element.clear()
                    self._package.forget()
            elif name == "table-row" and event == "end" and depth == 1:
                position = self._row(element, lines, position)
                element.clear()
                self._package.forget()
                if self.budget.cut:
                    self._end(writer, title, lines)
                    return
        if not writer.pages:
            writer.end_page()

    def _end(self, writer: Writer, title: str, lines: Lines) -> None:
        if writer.page > self._limits.max_pages:
            raise TooManyPages(name=self._package.name, pages=writer.page, limit=self._limits.max_pages)
        if not lines.is_empty:
            writer.heading(title, 1)
            lines.end(writer)
        writer.close_headings()
        writer.end_page()

    def _row(self, element: Element, lines: Lines, position: int) -> int:
        row = tuple(self._cells(element))
        times = max(number(attribute(element, "number-rows-repeated"), 1), 1)
        if not row:
            return position + times
        for _ in range(times):
            position += 1
            if not self.budget.take(row):
                break
            lines.add(position, row)
        return position

    def _cells(self, row: Element) -> Iterator[Cell]:
        column = 0
        for element in row:
            if local(element) not in {"table-cell", "covered-table-cell"}:
                continue
            times = max(number(attribute(element, "number-columns-repeated"), 1), 1)
            text, words = value_of(element)
            line = one_line(text)
            if line:
                for repeated in range(column, min(column + times, _MAX_COLUMNS)):
                    yield Cell(repeated, line, words)
            column += times


def value_of(cell: Element) -> tuple[str, bool]:
    """The value of a cell as people see it, dates as ISO 8601, and whether it is words."""
    kind = attribute(cell, "value-type")
    if kind == "date":
        return (attribute(cell, "date-value") or "").removesuffix("T00:00:00"), False
    if kind == "time":
        time = _TIME.fullmatch(attribute(cell, "time-value") or "")
        if time:
            return ":".join(f"{int(figure):02d}" for figure in time.groups()), False
    inline = Inline()
    read_inline(cell, inline)
    notes = "".join(f" {note}" for note in (*inline.notes, *inline.endnotes))
    return inline.text + notes, kind not in {"float", "percentage", "currency", "boolean", "time"}
