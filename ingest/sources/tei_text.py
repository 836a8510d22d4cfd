"""The text of a TEI edition while it is written: blocks one after the other, notes after what they belong to, pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graph.types import State
from ingest.sources.base import Block, BlockKind, PageText
from ingest.sources.hyphens import HYPHENS, Join, Words

SPACE, LINE = " ", "\n"
_TAIL = 80
"""As many characters before a line's end are looked at to see the word that it may divide."""


@dataclass(slots=True)
class Draft:
    """A block in the making. White space is written only when something follows it."""

    kind: BlockKind = BlockKind.PARAGRAPH
    parts: list[str] = field(default_factory=list)
    gap: str = ""
    broken: bool | None = None
    """A printed line has just ended: True where the file says that a word goes on, False where it does not say."""
    mark: str = ""
    """What leads from the text to a note, and stands before it."""
    after: list[Draft] = field(default_factory=list)
    """Notes and captions, which follow when the block is complete."""

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def add(self, data: str) -> None:
        """Add words; any white space in them is one space."""
        words = data.split()
        if not words:
            if data:
                self.space(SPACE)
            return
        if data[0].isspace():
            self.space(SPACE)
        text = " ".join(words)
        if self.broken is not None:
            self._go_on(text)
        if self.parts and self.gap:
            self.parts.append(self.gap)
        self.parts.append(text)
        self.gap = SPACE if data[-1].isspace() else ""

    def space(self, gap: str) -> None:
        """White space or the end of a line, which is the stronger of the two."""
        self.gap = self.gap if self.gap == LINE else gap

    def row(self, cells: Sequence[str]) -> None:
        """A row of a table, as one line."""
        if any(cells):
            self.parts.append(("\n" if self.parts else "") + " | ".join(cells).strip())

    def line_end(self, goes_on: bool) -> None:
        """A printed line ends; `goes_on` where the file says that it divides a word."""
        self.broken = goes_on or bool(self.broken)

    def _go_on(self, text: str) -> None:
        broken, self.broken = self.broken, None
        if self.gap == LINE or not self.parts:
            return
        tail = "".join(self.parts[-3:])[-_TAIL:]
        if broken:
            self.gap = ""
            self._without_hyphen()
            return
        join = Words().across(tail, text) if tail.endswith(tuple(HYPHENS)) and len(tail) > 1 else Join.APART
        self.gap = SPACE if join is Join.APART else ""
        if join is Join.ONE_WORD:
            self._without_hyphen()

    def _without_hyphen(self) -> None:
        if self.parts[-1].endswith(tuple(HYPHENS)):
            self.parts[-1] = self.parts[-1][:-1]


class TeiText:
    """Puts blocks into one text. What is open is a stack: the block itself, and the notes that lie in each other."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._drafts: list[Draft] = []
        self._titles: list[str | None] = [None]
        self._just_titled = False
        self.blocks: list[Block] = []
        self.page = 1
        self._turns: list[str] = []
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def begun(self) -> bool:
        """Whether there is any text but the description of the file."""
        return bool(self.open and self.open.parts) or any(block.kind is not BlockKind.METADATA for block in self.blocks)

    @property
    def open(self) -> Draft | None:
        """What words go into now."""
        return self._drafts[-1] if self._drafts else None

    @property
    def aside(self) -> bool:
        """Whether this is a note or a caption inside of a block."""
        return len(self._drafts) > 1

    def add(self, data: str) -> None:
        """Add words to what is open; a paragraph begins where nothing is."""
        if not self._drafts:
            if not data.strip():
                return
            self._drafts.append(Draft())
        self._drafts[-1].add(data)

    def space(self, gap: str = SPACE) -> None:
        """White space in what is open."""
        if self._drafts:
            self._drafts[-1].space(gap)

    def begin(self, kind: BlockKind, mark: str = "") -> None:
        """A new block; the one before is complete."""
        self.close()
        self._drafts.append(Draft(kind, mark=mark))

    def begin_aside(self, kind: BlockKind, mark: str = "") -> None:
        """A note or caption inside of the open block, to be written after it."""
        self._drafts.append(Draft(kind, mark=mark))

    def end_aside(self) -> None:
        draft = self._drafts.pop()
        self._drafts[-1].after.append(draft)

    def end_cell(self) -> str:
        """Complete an aside whose words belong into the open block, in one line."""
        draft = self._drafts.pop()
        self._drafts[-1].after += draft.after
        return " ".join(draft.text.split())

    def close(self) -> None:
        """Complete the open block, and write it with the notes that belong to it."""
        while self.aside:
            self.end_aside()
        if self._drafts:
            self._write(self._drafts.pop())
        self.page += len(self._turns)
        self._turns.clear()

    def enter(self) -> None:
        """A division begins, which may have a heading."""
        self.close()
        self._titles.append(None)

    def leave(self) -> None:
        """A division ends."""
        self.close()
        if len(self._titles) > 1:
            self._titles.pop()

    def turn(self, label: str) -> None:
        """A new page begins; what is open goes on there as a block of its own.

        A note that goes on belongs to the page where it began: the page turns when the text it belongs to has ended,
        or where the text itself says that the page with this label begins.
        """
        if self.aside:
            self._turns.append(label)
            return
        if label and label in self._turns:
            self._turns.remove(label)
        kind = self._drafts[0].kind if self._drafts else None
        self.close()
        self.page += 1
        if kind is not None:
            self._drafts.append(Draft(kind))

    def metadata(self, lines: Sequence[str]) -> None:
        """What the file says about itself, as one block."""
        self.close()
        if lines:
            self._put(BlockKind.METADATA, "\n".join(lines), ())

    def pages(self) -> tuple[PageText, ...]:
        """All pages; one that nothing stands on is `empty`."""
        found: list[PageText] = []
        position = 0
        for number in range(1, self.page + 1):
            start, end = self._starts.get(number, position), self._ends.get(number, position)
            found.append(PageText(number, start, end, state=State.DONE if number in self._starts else State.EMPTY))
            position = end
        return tuple(found)

    def _write(self, draft: Draft) -> None:
        text = draft.text
        if text:
            text = f"{draft.mark} {text}" if draft.mark else text
            outer = self._titles[:-1] if draft.kind is BlockKind.HEADING else self._titles
            self._put(draft.kind, text, tuple(title for title in outer if title))
            if draft.kind is BlockKind.HEADING and not (self._just_titled and self._titles[-1]):
                self._titles[-1] = " ".join(text.split())
            self._just_titled = draft.kind is BlockKind.HEADING
        for after in draft.after:
            self._write(after)

    def _put(self, kind: BlockKind, text: str, heading: tuple[str, ...]) -> None:
        if self._length:
            self._parts.append("\n\n")
            self._length += 2
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        self._starts.setdefault(self.page, start)
        self._ends[self.page] = self._length
        self.blocks.append(Block(start, self._length, self.page, kind, heading))
