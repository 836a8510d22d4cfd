"""Puts the blocks of an Office file into one text, page after page, with the path of headings above each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from graph.errors import Failure
from graph.types import Region, State
from ingest.sources.base import Block, BlockKind, PageText

_SOFT = {0x00: " ", 0xAD: None, 0x200B: None, 0xFEFF: None, 0x0D: " ", 0x0B: "\n", 0x0C: "\n"}


class Writer:
    """One text in the making; blocks are separated by an empty line."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._path: list[tuple[int, str]] = []
        self._begin = 0
        self.length = 0
        self.blocks: list[Block] = []
        self.pages: list[PageText] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def page(self) -> int:
        """The page that is being written."""
        return len(self.pages) + 1

    def add(self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, region: Region | None = None) -> None:
        """Write one block; what has nothing but white space in it is left out."""
        clean = clean_text(text)
        if not clean:
            return
        if self.length:
            self._put("\n\n")
        start = self.length
        self._put(clean)
        self.blocks.append(Block(start, self.length, self.page, kind, tuple(title for _, title in self._path), region))

    def heading(self, text: str, level: int, region: Region | None = None) -> None:
        """Write a heading; it ends those of its own level and below."""
        self.close_headings(level)
        title = one_line(text)
        self.add(title, BlockKind.HEADING, region)
        if title:
            self._path.append((level, title))

    def close_headings(self, level: int = 0) -> None:
        """End the headings of this level and below."""
        self._path = [above for above in self._path if above[0] < level]

    def lines(self, lines: Sequence[str], kind: BlockKind, region: Region | None = None) -> None:
        """Write a list or table, one item or row to a line."""
        self.add("\n".join(line for line in lines if line.strip()), kind, region)

    def end_page(self, width: int = 0, height: int = 0, failure: Failure | None = None) -> None:
        """The page is written; one without a word is empty."""
        own = [block for block in self.blocks[self._begin :] if block.kind is not BlockKind.METADATA]
        first = self.blocks[self._begin].start if self._begin < len(self.blocks) else self.length
        state = State.DONE if own else State.EMPTY
        if failure and not own:
            state = State.FAILED
        self.pages.append(PageText(self.page, first, self.length, width, height, state, failure))
        self._begin = len(self.blocks)

    def on_one_page(self) -> None:
        """Forget where pages began: there is one."""
        failures = [page.failure for page in self.pages if page.failure]
        done = any(page.state is State.DONE for page in self.pages)
        self.pages = [
            PageText(
                1,
                self.pages[0].start if self.pages else 0,
                self.length,
                state=State.DONE if done else State.EMPTY,
                failure=failures[0] if failures else None,
            )
        ]
        self.blocks = [replace(block, page=1) for block in self.blocks]

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self.length += len(text)


def clean_text(text: str) -> str:
    """Text without soft hyphens and marks that show nothing, and without white space around its lines."""
    lines = text.translate(_SOFT).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def one_line(text: str) -> str:
    """Text with every white space as a single blank, as a heading or the cell of a table needs it."""
    if not text.isascii() or "\0" in text:
        text = text.translate(_SOFT)
    return " ".join(text.split())
