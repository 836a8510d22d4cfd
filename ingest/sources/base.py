"""What every kind of source gives back when it is read: one text, and the places in it.

Offsets count characters of `text`, `end` exclusive. Regions are pixels of the page at `PAGE_DPI` (PDF) or of the
upright original (pictures). Blocks are in reading order, do not overlap, and hold every character but white space.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from graph.errors import Failure
from graph.types import Region, State
from settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """What is refused before it is read."""

    max_file_mb: int = 150
    max_megapixels: int = 80
    max_pages: int = 5000
    max_expanded_mb: int = 400
    """What the parts of one packed file that are read may unpack to."""
    max_cells: int = 500_000
    """Cells of a spreadsheet or of a table in a text file; what follows is left out, and that is said."""
    max_characters: int = 20_000_000
    """Characters of a spreadsheet or of a table in a text file, likewise."""

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings name."""
        return cls(max_file_mb=settings.max_file_mb, max_megapixels=settings.max_megapixels)


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    TABLE = "table"
    CAPTION = "caption"
    CODE = "code"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of structure; `heading` is the path of headings above it, outermost first."""

    start: int
    end: int
    page: int
    kind: BlockKind = BlockKind.PARAGRAPH
    heading: tuple[str, ...] = ()
    region: Region | None = None
    ocr: bool = False
    """Whether its words were read off the picture of the page."""
    read_by: str | None = None
    """The service that read them, where it is known."""


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line (or one column's part of it): its span in the text and its box on the page."""

    start: int
    end: int
    page: int
    region: Region


@dataclass(frozen=True, slots=True)
class PageText:
    """A page, its span in the text, its size in pixels (0 where it has no image), and whether it could be read.

    `done` has text, `empty` shows nothing at all, `waiting` needs a vision model, `failed` could not be read.
    """

    page: int
    start: int
    end: int
    width: int = 0
    height: int = 0
    state: State = State.DONE
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A source as it was read. `failure` is set when only part of the file could be read, and says so."""

    title: str
    media_type: str
    text: str
    pages: tuple[PageText, ...]
    blocks: tuple[Block, ...] = ()
    lines: tuple[Line, ...] = ()
    language: str | None = None
    rights: str | None = None
    attribution: str | None = None
    failure: Failure | None = None
    left_out: tuple[str, ...] = ()
    """Lines that stand on many pages and were left out, such as running heads: how often, and the words."""


def cover(text: str, blocks: Iterable[Block], page: int = 1) -> tuple[Block, ...]:
    """The blocks, lengthened (or one added) so that no character but white space is outside of them.

    For sources with one page; the blocks must be in order and must not overlap.
    """
    covered: list[Block] = []
    position = 0
    for block in blocks:
        _fill(text, position, block.start, covered, page)
        covered.append(block)
        position = block.end
    _fill(text, position, len(text), covered, page)
    return tuple(covered)


def _fill(text: str, start: int, end: int, covered: list[Block], page: int) -> None:
    gap = text[start:end]
    if not gap.strip():
        return
    last = end - (len(gap) - len(gap.rstrip()))
    if covered:
        covered[-1] = replace(covered[-1], end=last)
    else:
        covered.append(Block(start + len(gap) - len(gap.lstrip()), last, page))


def tidy(value: object, limit: int = 300) -> str | None:
    """A value from a file's own description as one clean line, or None when nothing is left of it."""
    if value is None:
        return None
    line = " ".join("".join(c if c.isprintable() else " " for c in str(value)).split())
    return line[:limit].rstrip() or None
