"""From a tree of HTML to blocks in reading order: headings, paragraphs, lists, tables, captions, preformatted text.

The tree is walked without recursion: pages are nested as deep as their programs like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from lxml import etree

from ingest.sources.base import BlockKind
from ingest.sources.blocks import Writer
from ingest.sources.html_tree import Element, attribute, local

LeaveOut = Callable[[Element], bool]
_SPACE: Final = re.compile(r"[ \t\r\n\f\xa0\u2028\u2029]+")
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_LISTS: Final = frozenset({"ul", "ol", "dl", "menu", "dir"})
_ITEMS: Final = frozenset({"li", "dt", "dd"})
_CAPTIONS: Final = frozenset({"figcaption", "caption"})
_BLOCKS: Final = frozenset(
    "address article aside blockquote body center details dialog div fieldset figure footer form header hgroup hr html "
    "legend main nav p pre search section summary table tbody td tfoot th thead tr".split()
) | {*_HEADINGS, *_LISTS, *_ITEMS, *_CAPTIONS}
_NO_LIST: Final = {*_HEADINGS, "table", "article", "section", "pre", "figure"}
_NO_DATA: Final = {*_HEADINGS, "table", "ul", "ol", "dl", "pre", "blockquote", "article", "section", "figure"}
_LONG_CELL: Final = 1500


def write_flow(root: Element, writer: Writer, leave_out: LeaveOut) -> None:
    """Write what stands in an element, but for what `leave_out` names."""
    _Flow(writer, leave_out).walk(root)


class _Flow:
    """The walk; text gathers in `_inline` until a block begins or ends."""

    def __init__(self, writer: Writer, leave_out: LeaveOut) -> None:
        self._writer, self._leave_out = writer, leave_out
        self._inline: list[str] = []
        self._heading = self._caption = self._pre = 0
        self._lists: list[int] = []
        """How many items each open list has so far, outermost first."""
        self._lines: list[str] = []
        self._bullet = ""
        self._pictures: list[str] = []
        self._last_caption = self._last_picture = ""

    def walk(self, root: Element) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        passed: Element | None = None
        for event, element in walker:
            if event == "start":
                if self._leave_out(element) or self._whole(element):
                    passed = element
                    walker.skip_subtree()
                else:
                    self._start(element, local(element))
                    self._text(element.text)
            else:
                if element is not passed:
                    self._end(local(element))
                passed = None
                if element is not root:
                    self._text(element.tail)
        self._flush()
        self._end_list()

    def _text(self, text: str | None) -> None:
        if text:
            self._inline.append(str(text) if self._pre else _SPACE.sub(" ", str(text)))

    def _whole(self, element: Element) -> bool:
        """Write what is one piece: a table of data, a picture's own words."""
        tag = local(element)
        if tag == "img" or (tag == "image" and attribute(element, "alt")):
            self._picture(_SPACE.sub(" ", attribute(element, "alt")).strip())
            return True
        if tag != "table" or self._heading or self._lists or not is_data(element, self._leave_out):
            return False
        self._flush()
        for part in element.iter():
            if local(part) == "caption":
                self._write_caption(inline_text(part, self._leave_out))
        self._writer.lines(list(rows(element, self._leave_out)), BlockKind.TABLE)
        return True

    def _picture(self, words: str) -> None:
        if len(words) > 2 and any(c.isalpha() for c in words):
            if self._heading:
                self._inline.append(words)
            else:
                self._pictures.append(words)

    def _start(self, element: Element, tag: str) -> None:
        if tag == "br":
            self._inline.append("\n")
        if tag not in _BLOCKS:
            return
        if self._heading:
            self._inline.append(" ")
            return
        self._flush()
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        elif tag in _CAPTIONS:
            self._caption += 1
        elif tag == "pre":
            self._pre += 1
        elif tag in _LISTS and (self._lists or _is_list(element)):
            self._lists.append(_first_number(element, tag))
        elif tag in _ITEMS and self._lists:
            self._item(element, tag)

    def _item(self, element: Element, tag: str) -> None:
        above = element.getparent()
        if tag == "li" and above is not None and local(above) == "ol":
            self._bullet = f"{self._lists[-1]}. "
            self._lists[-1] += 1
        else:
            self._bullet = {"li": "• ", "dd": "  "}.get(tag, "")

    def _end(self, tag: str) -> None:
        if tag not in _BLOCKS or (self._heading and tag not in _HEADINGS):
            return
        self._flush()
        if tag in _HEADINGS:
            self._heading = 0
        elif tag in _CAPTIONS:
            self._caption = max(0, self._caption - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in _LISTS and self._lists:
            self._lists.pop()
            if not self._lists:
                self._end_list()

    def _end_list(self) -> None:
        self._lists.clear()
        self._writer.lines(self._lines, BlockKind.LIST)
        self._lines, self._bullet = [], ""
        self._write_pictures()

    def _flush(self) -> None:
        """Write what has gathered as the kind of block that is open."""
        text = "".join(self._inline)
        self._inline.clear()
        if text.strip():
            if self._heading:
                self._writer.heading(text, self._heading)
            elif self._lists:
                self._line(text)
            elif self._pre:
                self._writer.add(text.strip("\n"), BlockKind.CODE)
            elif self._caption:
                self._write_caption(_one_line(text))
            else:
                for paragraph in re.split(r"\n[ \n]*\n", text):
                    self._writer.add("\n".join(_one_line(line) for line in paragraph.split("\n") if line.strip()))
        if not self._lists:
            self._write_pictures()

    def _line(self, text: str) -> None:
        line = _one_line(text)
        if line:
            self._lines.append("  " * (len(self._lists) - 1) + (self._bullet or "  ") + line)
            self._bullet = ""

    def _write_pictures(self) -> None:
        """Write the words of pictures, but those that only repeat the caption before them."""
        for words in self._pictures:
            if words != self._last_caption:
                self._writer.add(words, BlockKind.CAPTION)
            self._last_picture = words
        self._pictures.clear()

    def _write_caption(self, words: str) -> None:
        """Write a caption, unless the picture before it has said the same."""
        if words != self._last_picture:
            self._writer.add(words, BlockKind.CAPTION)
        self._last_caption, self._last_picture = words, ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _is_list(element: Element) -> bool:
    """Whether a list is one of things said, not a way to lay out a page."""
    return not any(local(inner) in _NO_LIST for inner in element.iter())


def _first_number(element: Element, tag: str) -> int:
    given = attribute(element, "start")
    return int(given) if tag == "ol" and given.isdecimal() and len(given) < 7 else 1


def is_data(table: Element, leave_out: LeaveOut) -> bool:
    """Whether a table holds data, not the layout of a page: several columns of short cells with nothing built in."""
    if attribute(table, "role").lower() in {"presentation", "none"}:
        return False
    if any(local(inner) in _NO_DATA for inner in table.iterdescendants()):
        return False
    found = [row_cells(row) for row in table.iter() if local(row) == "tr"]
    if not any(len(row) > 1 for row in found):
        return False
    return all(len(inline_text(cell, leave_out)) <= _LONG_CELL for row in found for cell in row)


def row_cells(row: Element) -> list[Element]:
    """The cells of a row."""
    return [cell for cell in row if local(cell) in {"td", "th"}]


def rows(table: Element, leave_out: LeaveOut) -> Iterator[str]:
    """Each row of a table as one line, its cells separated by " | "."""
    for row in table.iter():
        if local(row) == "tr" and not leave_out(row):
            cells = [inline_text(cell, leave_out) for cell in row_cells(row) if not leave_out(cell)]
            line = " | ".join(cells).rstrip(" |")
            if line.strip(" |"):
                yield line


def inline_text(element: Element, leave_out: LeaveOut) -> str:
    """The words in an element as one line, without what is left out; pictures with their own words."""
    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    passed: Element | None = None
    for event, inner in walker:
        if event == "start":
            if inner is not element and leave_out(inner):
                passed = inner
                walker.skip_subtree()
                continue
            tag = local(inner)
            parts += [attribute(inner, "alt") if tag == "img" else "", " " if tag in _BLOCKS or tag == "br" else ""]
            parts.append(str(inner.text or ""))
        else:
            if inner is not passed and local(inner) in _BLOCKS:
                parts.append(" ")
            passed = None
            if inner is not element:
                parts.append(str(inner.tail or ""))
    return _one_line("".join(parts))
