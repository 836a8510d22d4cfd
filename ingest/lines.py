"""Where on the page the words of a text stand: the boxes of its printed lines, kept compactly beside the text."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path

from graph.storage_errors import CopyMissing
from graph.types import Region
from ingest.sources.base import Line

_NARROW, _WIDE = frozenset("iIjl.,;:'|!()[]ftr1 -‘’"), frozenset("mMwWQ@%—…ÆŒæœ")
Cut = Callable[[Line, int, int], Region | None]
"""Answers where the part of a line from one offset to another stands, None where that is not known."""
PADDING = 9
"""Pixels that a part of a line is widened by on both sides, about a letter: its place is estimated from the letters'
usual widths, and rather too much is marked than too little."""


class LineIndex:
    """The lines of one document in the order of its text; empty for what has no printed lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self._starts = [line.start for line in lines]
        self._ends = [line.end for line in lines]

    @classmethod
    def load(cls, path: Path) -> LineIndex:
        """Read what `dumps` wrote; raises `CopyMissing` when there is no such file or it is not whole."""
        try:
            rows = json.loads(path.read_bytes())
            return cls([Line(s, e, page, Region(x, y, w, h)) for s, e, page, x, y, w, h in rows])
        except (FileNotFoundError, ValueError, TypeError):
            raise CopyMissing(folder=str(path.parent)) from None

    def dumps(self) -> bytes:
        """The lines as JSON, `[[start, end, page, x, y, w, h], ...]`; write it to `FileStore.lines_path`."""
        rows = [[n.start, n.end, n.page, n.region.x, n.region.y, n.region.w, n.region.h] for n in self.lines]
        return json.dumps(rows, separators=(",", ":")).encode()

    def touching(self, start: int, end: int) -> Sequence[Line]:
        """The lines that the span has at least one character of."""
        return self.lines[bisect_right(self._ends, start) : bisect_left(self._starts, end)]

    def locate(self, start: int, end: int) -> Region | None:
        """The smallest box around the whole lines that the span touches on its first page; None without lines."""
        lines = self.touching(start, end)
        return union([line.region for line in lines if line.page == lines[0].page])

    def regions(
        self, start: int, end: int, text: str | None = None, cut: Cut | None = None
    ) -> list[tuple[int, Region]]:
        """(page, box) of each line that the span touches, cut to the span's own part of the line.

        `cut` knows where letters stand. Where it does not, or is not given, the cut follows the letters' usual widths,
        and without the document's text every letter is equally wide.
        """
        found = []
        for line in self.touching(start, end):
            begin, stop = max(start, line.start), min(end, line.end)
            whole = (begin, stop) == (line.start, line.end)
            exact = cut(line, begin, stop) if cut and not whole else None
            found.append((line.page, exact or _part(line, begin, stop, text)))
        return found


def union(regions: Sequence[Region]) -> Region | None:
    """The smallest box around all of them; None for none."""
    return reduce(Region.union, regions) if regions else None


def _part(line: Line, start: int, end: int, text: str | None) -> Region:
    if (start, end) == (line.start, line.end):
        return line.region
    box, whole = line.region, _width(line.start, line.end, text)
    left = box.x + round(box.w * _width(line.start, start, text) / whole) - PADDING
    right = box.x + round(box.w * _width(line.start, end, text) / whole) + PADDING
    left, right = max(left, box.x), min(right, box.x + box.w)
    return Region(left, box.y, max(right - left, 1), box.h)


def _width(start: int, end: int, text: str | None) -> float:
    if text is None or end > len(text):
        return float(end - start)
    return sum(0.5 if c in _NARROW else 1.5 if c in _WIDE else 1.25 if c.isupper() else 1.0 for c in text[start:end])
