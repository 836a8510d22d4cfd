"""From the printed pieces of a page to its reading order: columns, rows of tables, running heads left out."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from ingest.sources.pdf_page import Piece

MARGIN = 0.11
"""Running heads and page numbers stand in this part of the page's height, above and below."""
_BAND = 20
"""Pixels: running heads stand at the same height within about this much."""
_NUMBER = re.compile(
    r"[\s\-–—|·.\[(]*(?:(?:Seite|Page|Blatt|S\.|p\.|pp\.|fol\.)\s*)?(?:\d{1,4}|[ivxlcdm]{1,7})"
    r"(?:\s*(?:/|of|von|\||-|–)\s*\d{1,4})?[\s\-–—|·.\])]*",
    re.I,
)
_EDGE_NUMBER = re.compile(r"^\s*\d{1,4}\b|\b\d{1,4}\s*$")


def without_running_heads(
    pages: Sequence[Sequence[Piece]], heights: Sequence[int], body: float
) -> tuple[list[list[Piece]], tuple[str, ...]]:
    """The pages without the lines at their top and bottom that repeat on most pages, and without page numbers.

    Beside them what was left out, as lines like `21 × Wunderkammern in Europa`. A page keeps all it has when nothing
    else would be left; headings larger than the body text are never dropped.
    """
    edges = [_edge_rows(page, height, body) for page, height in zip(pages, heights, strict=True)]
    need = max(3, round(0.4 * sum(bool(page) for page in pages)))
    seen = Counter(place for rows in edges for place in {place for edge in rows for place in _places(edge)})
    running = {place for place, count in seen.items() if count >= need}
    chapters, numbered = _with_page_numbers(edges), _numbered(edges)
    kept = []
    gone: dict[str, list[str]] = defaultdict(list)
    for index, page in enumerate(pages):
        drop = {
            edge.row: edge
            for edge in edges[index]
            if edge.key in chapters
            or any(place in running for place in _places(edge))
            or (numbered and _NUMBER.fullmatch(edge.text))
        }
        rest = [piece for piece in page if piece.row not in drop]
        kept.append(rest if rest else list(page))
        for edge in drop.values() if rest else ():
            gone[edge.key].append(edge.text)
    return kept, tuple(_told(texts) for texts in gone.values())


def _told(texts: Sequence[str]) -> str:
    """How often lines with the same words were left out, and the words, which differ by numbers at most."""
    if len(texts) > 1 and texts[0] != texts[-1]:
        return f"{len(texts)} × {texts[0]} … {texts[-1]}"
    return f"{len(texts)} × {texts[0]}"


@dataclass(frozen=True, slots=True)
class _Edge:
    """A line in the margin: `key` is its text without the number at its edge, `band` how high it stands, roughly."""

    row: int
    text: str
    key: str
    band: int


def _places(edge: _Edge) -> tuple[tuple[str, int], tuple[str, int]]:
    """Where a line stands, twice: what lies near an edge of a band is in the next one too."""
    return (edge.key, edge.band // 2), (edge.key, -1 - (edge.band + 1) // 2)


def _key(text: str) -> str:
    return _EDGE_NUMBER.sub("#", text).casefold() if not _NUMBER.fullmatch(text) else "#"


def _edge_rows(page: Sequence[Piece], height: int, body: float) -> list[_Edge]:
    """The lines in the margins that a clear gap keeps apart from the text."""
    rows = _by_row(page)
    ordered = sorted(rows, key=lambda row: rows[row][0].middle)
    found: dict[int, _Edge] = {}
    for near, position in ((ordered[:2], 1), (ordered[-2:][::-1], -1)):
        for row in near:
            first = rows[row][0]
            in_margin = first.y1 < MARGIN * height if position == 1 else first.y0 > (1 - MARGIN) * height
            if not in_margin or first.size > 1.15 * body or sum(len(p.text) for p in rows[row]) > 120:
                break
            text = " ".join(piece.text for piece in rows[row])
            found[row] = _Edge(row, text, _key(text), round(first.middle / _BAND))
    return [*found.values()]


def _with_page_numbers(edges: Sequence[Sequence[_Edge]]) -> set[str]:
    """Heads of chapters: the same words on three pages at least, with a number that grows with the page."""
    places: Counter[tuple[str, int]] = Counter()
    for index, rows in enumerate(edges):
        for edge in rows:
            found = _EDGE_NUMBER.search(edge.text)
            if found and len(edge.text.split()) > 2:
                places[edge.key, int(found.group()) - index] += 1
    return {key for (key, _), count in places.items() if count >= 3}


def _numbered(edges: Sequence[Sequence[_Edge]]) -> bool:
    """Whether lone numbers in the margins count the pages: they grow by one from page to page, at least twice."""
    offsets: Counter[int] = Counter()
    for index, rows in enumerate(edges):
        for edge in rows:
            digits = re.findall(r"\d+", edge.text)
            if digits and _NUMBER.fullmatch(edge.text):
                offsets[int(digits[0]) - index] += 1
    return bool(offsets) and offsets.most_common(1)[0][1] >= 2


def _by_row(page: Iterable[Piece]) -> dict[int, list[Piece]]:
    rows: dict[int, list[Piece]] = defaultdict(list)
    for piece in page:
        rows[piece.row].append(piece)
    return rows


def reading_order(page: Sequence[Piece], depth: int = 3) -> list[list[Piece]]:
    """The pieces in reading order, as rows: one piece a row in running text, several where cells stand side by side."""
    gutter = _gutter(page) if depth else None
    if gutter is None:
        return _single(page)
    across = sorted((p for p in page if p.x0 < gutter < p.x1), key=lambda p: p.middle)
    rest = [p for p in page if not p.x0 < gutter < p.x1]
    ordered: list[list[Piece]] = []
    top = float("-inf")
    for spanner in [*across, None]:
        bottom = spanner.middle if spanner else float("inf")
        band = [p for p in rest if top < p.middle <= bottom]
        for column in ([p for p in band if p.x1 <= gutter], [p for p in band if p.x0 >= gutter]):
            if column:
                ordered += reading_order(column, depth - 1)
        if spanner:
            ordered.append([spanner])
            top = bottom
    return ordered


def _gutter(page: Sequence[Piece]) -> float | None:
    """The x that parts two columns of running text, crossed by the fewest lines; None where there are no columns."""
    if len(page) < 4:
        return None
    left_edge, right_edge = min(p.x0 for p in page), max(p.x1 for p in page)
    starts = Counter(round(p.x0 / 4) for p in page)
    best: tuple[int, float] | None = None
    for start, count in starts.items():
        x = start * 4 - 3.0
        if count + starts[start + 1] < 2 or not left_edge + 0.15 * (right_edge - left_edge) < x:
            continue
        left, right = [p for p in page if p.x1 <= x], [p for p in page if p.x0 >= x]
        crossing = len(page) - len(left) - len(right)
        if crossing <= 0.3 * len(page) and (best is None or crossing < best[0]) and _are_columns(left, right):
            best = crossing, x
    return best[1] if best else None


def _are_columns(left: Sequence[Piece], right: Sequence[Piece]) -> bool:
    """Running text on both sides, side by side for a good part of their height; cells of a table are too short."""
    if len(left) < 2 or len(right) < 2:
        return False
    if min(median(len(p.text) for p in left), median(len(p.text) for p in right)) < 14:
        return False
    spans = [(min(p.y0 for p in side), max(p.y1 for p in side)) for side in (left, right)]
    shared = min(span[1] for span in spans) - max(span[0] for span in spans)
    return shared > 0.4 * min(span[1] - span[0] for span in spans)


def _single(page: Sequence[Piece]) -> list[list[Piece]]:
    """One column: as it is drawn where that runs down the page; what is drawn out of order goes where it stands."""
    rows = [sorted(row, key=lambda p: p.x0) for row in _by_row(page).values()]
    runs: list[list[list[Piece]]] = []
    for row in rows:
        if runs and row[0].middle > runs[-1][-1][0].middle - 0.5 * row[0].size:
            runs[-1].append(row)
        else:
            runs.append([row])
    if len(runs) == 1:
        return rows
    if len(runs) > 0.2 * len(rows) + 3:
        return _same_height(sorted(rows, key=lambda row: row[0].middle))
    clusters: list[tuple[float, list[list[Piece]]]] = []
    for run in sorted(runs, key=lambda run: run[0][0].y0):
        bottom = max(row[0].y1 for row in run)
        if clusters and run[0][0].middle < clusters[-1][0]:
            reach, together = clusters.pop()
            clusters.append((max(reach, bottom), together + run))
        else:
            clusters.append((bottom, run))
    drawn = {id(row[0]): number for number, row in enumerate(rows)}
    return [row for _, cluster in clusters for row in sorted(cluster, key=lambda row: drawn[id(row[0])])]


def _same_height(rows: list[list[Piece]]) -> list[list[Piece]]:
    """Rows that stand at the same height become one, from left to right."""
    joined: list[list[Piece]] = []
    for row in rows:
        last = joined[-1][0] if joined else None
        if last is not None and abs(row[0].middle - last.middle) < 0.3 * min(last.size, row[0].size):
            joined[-1] = sorted([*joined[-1], *(replace(p, row=last.row) for p in row)], key=lambda p: p.x0)
        else:
            joined.append(row)
    return joined
