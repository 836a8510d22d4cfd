"""Tables of a PDF page: the cells that ruling lines make, or that stand under each other, and the text in them.

Ruling lines are read from the page's paths by pdfium, which costs next to nothing; a library that finds tables reads
the whole file a second time and slower than all else together, and gives no places in our text.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from ingest.pdfium import Geometry, Page
from ingest.sources.pdf_page import Cells, Piece

_THIN = 6.0
"""Pixels: a rectangle narrower than this is a line."""
_NEAR = 5.0
"""Pixels within which lines meet, or are the same."""
_MOST_OBJECTS, _MOST_POINTS, _MOST_RULES = 3000, 6000, 600
"""What has more is a drawing or a map, not a table."""
_LONGEST_CELL = 400
"""Characters of a cell on average; frames around columns of running text hold more."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line along an axis: at `at`, from `begin` to `end` in pixels of the page."""

    at: float
    begin: float
    end: float

    def covers(self, place: float) -> bool:
        return self.begin - _NEAR <= place <= self.end + _NEAR


@dataclass(frozen=True, slots=True)
class Rules:
    """The ruling lines of a page."""

    across: tuple[Rule, ...] = ()
    down: tuple[Rule, ...] = ()


def rules(page: Page, geometry: Geometry) -> Rules:
    """The page's ruling lines, merged; none for a page that is a drawing. The caller holds the lock."""
    across: list[Rule] = []
    down: list[Rule] = []
    for x0, y0, x1, y1 in _segments(page, geometry):
        if y1 - y0 < _THIN and x1 - x0 > 2 * _THIN:
            across.append(Rule((y0 + y1) / 2, x0, x1))
        elif x1 - x0 < _THIN and y1 - y0 > 2 * _THIN:
            down.append(Rule((x0 + x1) / 2, y0, y1))
        if len(across) + len(down) > 10 * _MOST_RULES:
            return Rules()
    found = Rules(_merged(across), _merged(down))
    return found if len(found.across) + len(found.down) <= _MOST_RULES else Rules()


def _segments(page: Page, geometry: Geometry) -> Iterator[tuple[float, float, float, float]]:
    """The boxes in pixels of straight parts of stroked paths, and of paths that are as thin as a line."""
    from pypdfium2 import raw

    count, points = raw.FPDFPage_CountObjects(page.raw), 0
    if count > _MOST_OBJECTS:
        return
    edges = tuple(ctypes.c_float() for _ in range(4))
    references = tuple(ctypes.byref(edge) for edge in edges)
    for index in range(count):
        path = raw.FPDFPage_GetObject(page.raw, index)
        if raw.FPDFPageObj_GetType(path) != raw.FPDF_PAGEOBJ_PATH or not raw.FPDFPageObj_GetBounds(path, *references):
            continue
        left, bottom, right, top = (edge.value for edge in edges)
        box = geometry.box(left, bottom, right, top)
        if min(box[2] - box[0], box[3] - box[1]) < _THIN:
            yield box
            continue
        points += raw.FPDFPath_CountSegments(path)
        if points > _MOST_POINTS:
            return
        yield from _strokes(raw, path, geometry)


def _strokes(raw: Any, path: Any, geometry: Geometry) -> Iterator[tuple[float, float, float, float]]:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    matrix = raw.FS_MATRIX()
    if not raw.FPDFPath_GetDrawMode(path, ctypes.byref(fill), ctypes.byref(stroke)) or not stroke.value:
        return
    raw.FPDFPageObj_GetMatrix(path, ctypes.byref(matrix))
    x, y = ctypes.c_float(), ctypes.c_float()
    begin = last = None
    for index in range(raw.FPDFPath_CountSegments(path)):
        segment = raw.FPDFPath_GetPathSegment(path, index)
        if not raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y)):
            continue
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            begin = point
        elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
            yield geometry.box(*last, *point)
        if raw.FPDFPathSegment_GetClose(segment) and begin is not None:
            yield geometry.box(*point, *begin)
        last = point


def _merged(lines: Iterable[Rule]) -> tuple[Rule, ...]:
    """Lines along each other that touch become one."""
    merged: list[Rule] = []
    for rule in sorted(lines, key=lambda rule: (round(rule.at / _NEAR), rule.begin)):
        last = merged[-1] if merged else None
        if last is not None and abs(last.at - rule.at) < _NEAR and rule.begin <= last.end + _NEAR:
            merged[-1] = replace(last, end=max(last.end, rule.end))
        else:
            merged.append(rule)
    return tuple(merged)


def with_tables(page: Sequence[Piece], lines: Rules) -> list[Piece]:
    """The pieces of a page; those in the cells of a ruled table are one piece that holds the table."""
    left = list(page)
    for across, down in _grids(lines):
        inside, cells = _filled(left, across, down)
        if not inside or not _is_table(cells):
            continue
        first = min(inside, key=lambda piece: piece.row)
        whole = Piece(
            " ".join(piece.text for row in cells for cell in row for piece in cell),
            min(piece.x0 for piece in inside), min(piece.y0 for piece in inside),
            max(piece.x1 for piece in inside), max(piece.y1 for piece in inside),
            first.row, first.size, table=cells,
        )  # fmt: skip
        gone = set(map(id, inside))
        at = next(index for index, piece in enumerate(left) if id(piece) in gone)
        rest = [piece for piece in left[at:] if id(piece) not in gone]
        left = [*left[:at], whole, *rest]
    return left


def _grids(lines: Rules) -> Iterator[tuple[list[Rule], list[Rule]]]:
    """Lines that cross or touch each other, directly or over others: one group for each table."""
    across, down = list(lines.across), list(lines.down)
    while down:
        rows: list[Rule] = []
        columns, fresh = [], [down.pop()]
        while fresh:
            column = fresh.pop()
            columns.append(column)
            for row in [row for row in across if row.covers(column.at) and column.covers(row.at)]:
                across.remove(row)
                rows.append(row)
                met = [other for other in down if other.covers(row.at) and row.covers(other.at)]
                down = [other for other in down if other not in met]
                fresh += met
        if rows:
            yield rows, columns


def borders(lines: Rules) -> list[tuple[float, float, float]]:
    """The upright lines of what may be tables: x, and from which y to which."""
    return [
        (rule.at, rule.begin, rule.end)
        for across, down in _grids(lines)
        if len(across) > 1 and len(down) > 1
        for rule in down
    ]


def _places(values: Iterable[float]) -> list[float]:
    """The values in order, those that lie close together once."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _NEAR:
            places.append(value)
    return places


def _filled(page: Sequence[Piece], across: Sequence[Rule], down: Sequence[Rule]) -> tuple[list[Piece], Cells]:
    """The pieces inside of the lines, and the same as rows of cells; a table may be open at its sides."""
    lowest = _places([*(rule.at for rule in across), *(end for rule in down for end in (rule.begin, rule.end))])
    left = min(min(rule.begin for rule in across), min(rule.at for rule in down))
    right = max(max(rule.end for rule in across), max(rule.at for rule in down))
    inside = [
        piece
        for piece in page
        if left - _NEAR < (piece.x0 + piece.x1) / 2 < right + _NEAR and lowest[0] < piece.middle < lowest[-1]
    ]
    rows = []
    for top, bottom in pairwise(lowest):
        middle = (top + bottom) / 2
        borders = _places([left, right, *(rule.at for rule in down if rule.begin < middle < rule.end)])
        band = [piece for piece in inside if top < piece.middle <= bottom]
        if band:
            rows.append(
                tuple(
                    tuple(piece for piece in band if a < (piece.x0 + piece.x1) / 2 <= b) for a, b in pairwise(borders)
                )
            )
    held = [piece for row in rows for cell in row for piece in cell]
    return held, tuple(rows)


def _is_table(cells: Cells) -> bool:
    """Two rows and two columns at least, a good part of them filled, none with whole columns of running text."""
    filled = [cell for row in cells for cell in row if cell]
    if len(cells) < 2 or max(len(row) for row in cells) < 2 or sum(len(row) > 1 for row in cells) < 2:
        return False
    length = sum(len(piece.text) for cell in filled for piece in cell)
    return 3 * len(filled) >= sum(map(len, cells)) and length <= _LONGEST_CELL * len(filled)


def wraps(row: Sequence[Piece], above: Sequence[Sequence[Piece]], pitch: float) -> bool:
    """Whether a lone piece goes on with a cell of the table above it, in any column but the first."""
    (piece,) = row
    last = above[-1]
    wide = max(above, key=len)
    step = piece.middle - last[0].middle
    if len(wide) < 2 or not 0.3 * piece.size < step < 1.35 * min(pitch, 1.6) * piece.size:
        return False
    return any(abs(piece.x0 - cell.x0) < 0.6 * piece.size for cell in wide[1:])


def aligned(rows: Sequence[Sequence[Piece]]) -> Cells:
    """Rows of pieces as cells: columns are where the fullest rows have theirs; what lacks is an empty cell."""
    width = max(map(len, rows))
    full = [row for row in rows if len(row) == width]
    columns = [(min(row[n].x0 for row in full), max(row[n].x1 for row in full)) for n in range(width)]
    table: list[list[tuple[Piece, ...]]] = []
    for number, row in enumerate(rows):
        if number and len(row) == 1 and (at := _column(row[0], columns)) > 0:
            table[-1][at] += (row[0],)
            continue
        cells: list[tuple[Piece, ...]] = [()] * width
        for piece in row:
            at = _column(piece, columns)
            cells[at] += (piece,)
        table.append(cells)
    return tuple(tuple(row) for row in table)


def _column(piece: Piece, columns: Sequence[tuple[float, float]]) -> int:
    """The column that a piece shares most of its width with, or stands nearest to."""
    shared = [min(piece.x1, right) - max(piece.x0, left) for left, right in columns]
    return shared.index(max(shared))
