"""What ALTO, PAGE and hOCR have in common: pages of blocks of lines with boxes, written as one text with exact places.

Words that a line's end divides are joined, so that they are found; the lines keep the boxes of their parts. A word of
which the program that read the page was not sure is kept like any other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path

from graph.types import Region, State
from ingest.errors import TooManyPages
from ingest.files import clean_name
from ingest.language import guess_language
from ingest.lines import union
from ingest.sources.base import Block, BlockKind, Limits, Line, PageText, ReadDocument
from ingest.sources.codes import language_code
from ingest.sources.hyphens import HYPHENS, Join, Words
from ingest.xml_errors import XmlWithoutText

_SIGNS = ".,;:!?)]}»«“”’\"'…"
"""What may stand behind a word and is no part of it."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the file's own units: left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def empty(self) -> bool:
        """Whether it is no place at all, as where a program wrote zeros."""
        return self.x1 <= self.x0 or self.y1 <= self.y0

    def around(self, other: Box) -> Box:
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def scaled(self, factor: float) -> Box:
        return Box(self.x0 * factor, self.y0 * factor, self.x1 * factor, self.y1 * factor)


@dataclass(slots=True)
class LaidLine:
    """A line as the file has it. `whole` is the word that its end divides, where the file says which it is."""

    text: str
    box: Box | None = None
    hyphen: bool = False
    """Whether the file itself says that the last character is a hyphen that divides a word."""
    whole: str | None = None


@dataclass(slots=True)
class LaidBlock:
    """Lines that belong together; `id` is what the reading order calls the block."""

    lines: list[LaidLine] = field(default_factory=list)
    kind: BlockKind = BlockKind.PARAGRAPH
    id: str = ""
    box: Box | None = None
    language: str | None = None


@dataclass(slots=True)
class LaidPage:
    """A page; without a size it is as large as what stands on it."""

    blocks: list[LaidBlock] = field(default_factory=list)
    width: float = 0
    height: float = 0
    scale: float = 1.0
    """Pixels for one of the file's units."""


def in_order(blocks: Sequence[LaidBlock], wanted: Sequence[str]) -> list[LaidBlock]:
    """The blocks in the order in which `wanted` names them; one it does not name stays behind all before it."""
    places = {name: place for place, name in reversed(list(enumerate(wanted)))}
    furthest = -1
    keyed: list[tuple[int, int, LaidBlock]] = []
    for sequence, block in enumerate(blocks):
        place = places.get(block.id, furthest)
        furthest = max(furthest, place)
        keyed.append((place, sequence, block))
    return [block for *_, block in sorted(keyed, key=lambda each: each[:2])]


def box_around(boxes: Iterable[Box | None]) -> Box | None:
    """The smallest rectangle around all of them; None for none."""
    known = [box for box in boxes if box is not None]
    return reduce(Box.around, known) if known else None


def check_pages(count: int, name: str, limits: Limits) -> None:
    """Raise `TooManyPages` where there are more pages than the limits allow."""
    if count > limits.max_pages:
        raise TooManyPages(name=clean_name(name), pages=count, limit=limits.max_pages)


def written(
    pages: Sequence[LaidPage],
    name: str,
    media_type: str,
    kind: str,
    title: str | None = None,
    language: str | None = None,
) -> ReadDocument:
    """The pages as one text; raises `XmlWithoutText` where there is no page at all."""
    if not pages:
        raise XmlWithoutText(name=clean_name(name), kind=kind)
    writer = _Writer()
    for page in pages:
        writer.words.learn(line.text for block in page.blocks for line in block.lines)
    texts = [writer.page(page, number) for number, page in enumerate(pages, start=1)]
    text = writer.text
    said = Counter[str]()
    for block in (block for page in pages for block in page.blocks):
        if code := language_code(block.language):
            said[code] += sum(len(line.text) for line in block.lines)
    return ReadDocument(
        title=title or Path(clean_name(name)).stem,
        media_type=media_type,
        text=text,
        pages=tuple(texts),
        blocks=tuple(writer.blocks),
        lines=tuple(writer.lines),
        # Of its parts first: Tesseract calls every file English, whatever it read.
        language=said.most_common(1)[0][0] if said else language_code(language) or guess_language(text),
    )


class _Writer:
    """Puts pages into one text and notes where each line and block came to stand."""

    def __init__(self) -> None:
        self.words = Words()
        self._parts: list[str] = []
        self._length = 0
        self.lines: list[Line] = []
        self.blocks: list[Block] = []
        self._heading: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def page(self, page: LaidPage, number: int) -> PageText:
        """Write a page; one without a word is `empty`."""
        width, height = _size(page)
        begin: int | None = None
        for block in page.blocks:
            lines = [replace(line, text=text) for line in block.lines if (text := " ".join(line.text.split()))]
            if lines:
                if self._length:
                    self._put("\n\n")
                begin = self._length if begin is None else begin
                self._block(replace(block, lines=lines), number, page.scale, width, height)
        state = State.EMPTY if begin is None else State.DONE
        return PageText(number, self._length if begin is None else begin, self._length, width, height, state)

    def _block(self, block: LaidBlock, number: int, scale: float, width: int, height: int) -> None:
        start, first, parts = self._length, len(self.lines), len(self._parts)
        before: LaidLine | None = None
        for line in block.lines:
            line = line if before is None else self._after(before, line, block.kind)
            begin = self._length
            self._put(line.text)
            if line.box is not None and not line.box.empty and width and height:
                self.lines.append(Line(begin, self._length, number, region(line.box.scaled(scale), width, height)))
            before = line
        found = union([line.region for line in self.lines[first:]])
        if found is None and block.box is not None and not block.box.empty and width and height:
            found = region(block.box.scaled(scale), width, height)
        heading = () if block.kind is BlockKind.HEADING else self._heading
        self.blocks.append(Block(start, self._length, number, block.kind, heading, found, ocr=True))
        if block.kind is BlockKind.HEADING:
            self._heading = ("".join(self._parts[parts:]),)

    def _after(self, above: LaidLine, line: LaidLine, kind: BlockKind) -> LaidLine:
        """Write what comes between two lines; the following one, changed where a word begins in the one above."""
        if kind in {BlockKind.TABLE, BlockKind.LIST}:
            self._put("\n")
            return line
        if above.whole is not None:
            return self._one_word(above.whole, line)
        if not (above.hyphen or above.text.endswith(tuple(HYPHENS))) or len(above.text) < 2:
            self._put(" ")
            return line
        join = self.words.across(above.text, line.text)
        if join is Join.APART:
            self._put(" ")
        elif join is Join.ONE_WORD or above.text[-1] in "\u00ad\u00ac":
            self._take_back(1)
        return line

    def _one_word(self, whole: str, line: LaidLine) -> LaidLine:
        """Write a word that is known as a whole so that each line has its part: Zuk-ker is Zu and cker."""
        _, _, first = self._parts[-1].rpartition(" ")
        second, space, rest = line.text.partition(" ")
        bare = first.rstrip(HYPHENS)
        if not bare:
            self._put(" ")
            return line
        sign = second[len(second.rstrip(_SIGNS)) :]
        whole = whole if whole.endswith(sign) else whole + sign
        same = next(
            (n for n, (a, b) in enumerate(zip(bare, whole, strict=False)) if a != b), min(len(bare), len(whole))
        )
        tail = whole[same:]
        if not same or not tail or abs(len(whole) - len(bare) - len(second)) > 3:
            # What the file calls the whole word is not made of these parts: they are what is printed.
            tail, same = second, len(bare)
        self._take_back(len(first) - same)
        return replace(line, text=tail + space + rest)

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _take_back(self, count: int) -> None:
        """Take away the last characters of the line that was written last."""
        if not count:
            return
        self._parts[-1] = self._parts[-1][:-count]
        self._length -= count
        if self.lines and self.lines[-1].end == self._length + count:
            self.lines[-1] = replace(self.lines[-1], end=self._length)


def _size(page: LaidPage) -> tuple[int, int]:
    """Width and height in pixels: what the file says, else as far as its boxes reach."""
    width, height = page.width * page.scale, page.height * page.scale
    if not (width > 0 and height > 0):
        reach = box_around(box for block in page.blocks for box in (block.box, *(line.box for line in block.lines)))
        width, height = (reach.x1 * page.scale, reach.y1 * page.scale) if reach else (0, 0)
    return max(0, round(width)), max(0, round(height))


def region(box: Box, width: int, height: int) -> Region:
    """A box in whole pixels, inside of the page, at least one pixel large."""
    x0, y0 = min(max(int(box.x0), 0), width - 1), min(max(int(box.y0), 0), height - 1)
    x1, y1 = min(round(box.x1), width), min(round(box.y1), height)
    return Region(x0, y0, max(x1 - x0, 1), max(y1 - y0, 1))


def number(value: str | None) -> float | None:
    """A number as files write it, None for anything else, endless ones included."""
    try:
        found = float(value or "")
    except ValueError:
        return None
    return found if abs(found) < 1e9 else None
