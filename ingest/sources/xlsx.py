"""Excel: a sheet is a page under its name, each row a line (see `table_lines`); formulas by the values Excel kept.

What is merged downwards is said in each of its rows. Hidden sheets are kept and marked `[hidden]`; hidden rows and
columns are kept. Comments, charts and pictures are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import Failure
from ingest.errors import TooManyPages
from ingest.office_errors import OfficeDamaged, OldOffice, PartMissing, SheetCutOff, SheetDamaged
from ingest.sources.base import Limits, ReadDocument
from ingest.sources.blocks import Writer, one_line
from ingest.sources.elements import Element, attribute, child, inside, is_on, local, number
from ingest.sources.office_about import core_properties, finished
from ingest.sources.package import Package, open_package
from ingest.sources.table_lines import Budget, Cell, Lines, Row
from ingest.sources.xlsx_values import Formats, shared_strings, unescaped

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_COLUMNS, MAX_ROWS = 16_384, 1_048_576
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_FILTER = "_xlnm._FilterDatabase"


@dataclass(frozen=True, slots=True)
class _Area:
    """A rectangle of cells: columns from 0, rows from 1, both ends included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    hidden: bool
    header_row: int | None


@dataclass(slots=True)
class _Found:
    """What a sheet's part holds; what is merged comes after the rows."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    merged: list[_Area] = field(default_factory=list)
    header_row: int | None = None


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """An Excel file; a damaged sheet fails alone, and what is beyond the limits is left out, as `failure` says.

    Raises what reading a Word file raises, `OldOffice` for the binary form (XLSB), `TooManyPages`.
    """
    with open_package(path, name, limits) as package:
        main = package.main()
        if main.casefold().endswith(".bin"):
            raise OldOffice(name=package.name, program="Excel (XLSB)", new="XLSX")
        about = core_properties(package)
        book = _Book(package, main, limits)
        if len(book.sheets) > limits.max_pages:
            raise TooManyPages(name=package.name, pages=len(book.sheets), limit=limits.max_pages)
        writer = Writer()
        about.write(writer)
        for sheet in book.sheets:
            failure = book.write(sheet, writer)
            writer.close_headings()
            writer.end_page(failure=failure)
        if not book.sheets:
            writer.end_page()
    return finished(
        writer, about, MEDIA_TYPE, name, book.cut_off() if book.budget.cut else None, Path(package.name).stem
    )


class _Book:
    def __init__(self, package: Package, main: str, limits: Limits) -> None:
        self._package, self._limits = package, limits
        self._relations = package.relations(main)
        root = package.tree(main)
        date1904 = child(root, "workbookPr")
        self._formats = Formats(package, main, date1904 is not None and is_on(date1904.get("date1904"), absent=False))
        self._strings = shared_strings(package, main, limits)
        self.budget = Budget(limits)
        filters = _filters(root)
        self.sheets = [
            _Listed(
                one_line(sheet.get("name") or str(position + 1)),
                next((v for key, v in sheet.items() if key.startswith("{") and key.endswith("}id")), ""),
                sheet.get("state") in {"hidden", "veryHidden"},
                filters.get(position),
            )
            for position, sheet in enumerate(inside(root, "sheets"))
        ]

    def write(self, sheet: _Listed, writer: Writer) -> Failure | None:
        """Write one sheet; returns what kept it from being read."""
        relation = self._relations.get(sheet.relation)
        if relation is not None and relation.kind != "worksheet":
            return None
        before, cut_before = len(writer.blocks), self.budget.cut
        if cut_before:
            return self.cut_off()
        try:
            if relation is None:
                raise PartMissing(name=self._package.name, part=sheet.name)
            found = self._read(relation.target, sheet.header_row)
        except (OfficeDamaged, PartMissing):
            return SheetDamaged(sheet=sheet.name).failure()
        lines = Lines(self.budget, found.header_row)
        for row in _with_merged(found, self._limits.max_cells):
            lines.add(*row)
        if found.rows:
            writer.heading(f"{sheet.name} [hidden]" if sheet.hidden else sheet.name, 1)
            lines.end(writer)
        return self.cut_off() if self.budget.cut and len(writer.blocks) == before else None

    def cut_off(self) -> Failure:
        """Says how much was read."""
        limits = self._limits
        return SheetCutOff(
            name=self._package.name, cells=limits.max_cells, characters=limits.max_characters, rows=self.budget.rows
        ).failure()

    def _read(self, part: str, header_row: int | None) -> _Found:
        found = _Found(header_row=self._table_header(part) or header_row)
        position = 0
        for element in self._package.children(part, "sheetData", "mergeCells", "sheetViews"):
            name = local(element)
            if name == "row":
                position = number(element.get("r"), position + 1)
                row = tuple(self._cells(element))
                if not self.budget.take(row):
                    break
                if row:
                    found.rows.append((position, row))
            elif name == "mergeCell" and (area := _area(element.get("ref") or "")):
                found.merged.append(area)
            elif name == "sheetView" and found.header_row is None:
                pane = child(element, "pane")
                if pane is not None and pane.get("state", "").startswith("frozen"):
                    found.header_row = number(pane.get("ySplit")) or None
        return found

    def _table_header(self, part: str) -> int | None:
        """The header row of the sheet's first table."""
        tables = [r.target for r in self._package.relations(part).values() if r.kind == "table"]
        for target in tables:
            if self._package.has(target):
                table = self._package.tree(target)
                area = _area(table.get("ref") or "")
                if area and number(table.get("headerRowCount"), 1):
                    return area.top
        return None

    def _cells(self, row: Element) -> Iterator[Cell]:
        column = -1
        for element in row:
            if local(element) != "c":
                continue
            place = _REFERENCE.fullmatch(element.get("r") or "")
            column = _column(place.group(1)) if place else column + 1
            text, words = self._value(element)
            line = one_line(text)
            if line and column < MAX_COLUMNS:
                yield Cell(column, line, words)

    def _value(self, element: Element) -> tuple[str, bool]:
        """The value of a cell as people see it, and whether it is words."""
        kind, value = element.get("t", "n"), child(element, "v")
        given = (value.text or "") if value is not None else ""
        if kind == "inlineStr":
            return unescaped("".join(_strings(child(element, "is")))), True
        if kind == "s":
            index = number(given, -1)
            return (self._strings[index], True) if 0 <= index < len(self._strings) else ("", True)
        if kind == "str":
            return unescaped(given), True
        if kind == "b":
            return ("TRUE" if given == "1" else "FALSE" if given else ""), False
        if kind in {"e", "d"}:
            return given, False
        return self._formats.shown(given, number(element.get("s"))), False


def _strings(element: Element | None) -> Iterator[str]:
    for inner in inside(element):
        if local(inner) == "t":
            yield inner.text or ""
        elif local(inner) == "r":
            yield from _strings(inner)


def _filters(root: Element) -> dict[int, int]:
    """The rows on which filters stand, by the position of the sheet: above a filter's arrows are names of columns."""
    found: dict[int, int] = {}
    for defined in inside(root, "definedNames"):
        area = _area((defined.text or "").rpartition("!")[2])
        if defined.get("name") == _FILTER and area:
            found[number(attribute(defined, "localSheetId"), -1)] = area.top
    return found


def _with_merged(found: _Found, limit: int) -> Iterator[tuple[int, Row]]:
    """The rows; a cell that is merged downwards also in its rows below, in the header also to the right."""
    waiting = sorted(found.merged, key=lambda area: (area.top, area.left), reverse=True)
    active: dict[int, tuple[_Area, Cell]] = {}
    for number_, row in found.rows:
        if limit <= 0:
            yield number_, row
            continue
        while waiting and waiting[-1].top <= number_:
            area = waiting.pop()
            first = next((c for c in row if c.column == area.left), None) if area.top == number_ else None
            if first is None:
                continue
            if area.bottom > number_:
                active[area.left] = (area, first)
            if number_ == found.header_row:
                own = {cell.column for cell in row}
                right = range(area.left + 1, min(area.right, MAX_COLUMNS - 1) + 1)
                row = (*row, *(Cell(c, first.text, first.words) for c in right if c not in own))
        active = {column: known for column, known in active.items() if known[0].bottom >= number_}
        own = {cell.column for cell in row}
        added = [Cell(c, cell.text, cell.words) for c, (area, cell) in active.items() if c not in own]
        limit -= len(added)
        if added:
            row = tuple(sorted((*row, *added), key=lambda cell: cell.column))
        yield number_, row


def _column(letters: str) -> int:
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _area(reference: str) -> _Area | None:
    first, _, last = reference.partition(":")
    corner, other = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if not corner or not other:
        return None
    return _Area(_column(corner.group(1)), int(corner.group(2)), _column(other.group(1)), int(other.group(2)))
