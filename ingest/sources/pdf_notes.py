"""Footnotes: smaller text at the foot of a column that begins with a mark; it is read after the text of its page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.sources.pdf_page import Piece

MARK = re.compile(r"(?:(?:\d{1,3}(?!\d)|[*†‡§¹²³⁴-⁹]{1,3})[.)]?\s*|[a-z]\)\s*)[^\s\d]")
"""How a note begins: a number, a sign or a letter."""
_SMALLER = 0.94
_LOWER_PART = 0.4
"""Notes begin below this part of the page's height."""


def apart(page: Sequence[Piece], body: float, height: float) -> tuple[list[Piece], list[Piece]]:
    """The text of a page and its footnotes, each in the order in which they were given."""
    small = [p for p in page if p.size <= _SMALLER * body and p.y0 > _LOWER_PART * height and not p.table]
    if not small or len(small) == len(page):
        return list(page), []
    large = [p for p in page if p.size > _SMALLER * body]
    foot = [p for p in small if not any(_below(other, p) for other in large)]
    begins = [p for p in foot if MARK.match(p.text)]
    notes = {id(p) for p in foot if any(p.middle > b.middle - b.size and _over(p, b) for b in begins)}
    return [p for p in page if id(p) not in notes], [p for p in page if id(p) in notes]


def _below(other: Piece, piece: Piece) -> bool:
    return other.middle > piece.middle and _over(other, piece)


def _over(a: Piece, b: Piece) -> bool:
    """Whether two pieces stand in the same column."""
    return min(a.x1, b.x1) > max(a.x0, b.x0)
