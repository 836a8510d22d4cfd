"""The text of an OpenDocument file: headings, paragraphs, lists, tables, notes under what they belong to, text boxes.

Comments and deletions that are tracked are left out, insertions are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.errors import TooManyPages
from ingest.sources.base import BlockKind, Limits
from ingest.sources.blocks import Writer, one_line
from ingest.sources.elements import Element, attribute, child, inside, local, number
from ingest.sources.odf_styles import OdfStyles, list_label

_LEFT_OUT = {
    "annotation", "annotation-end", "tracked-changes", "ruby-text", "binary-data", "title", "desc", "forms",
    "sequence-decls", "variable-decls", "user-field-decls", "event-listeners", "script", "image-map", "notes",
    "index-title-template", "table-of-content-source", "alphabetical-index-source", "user-index-source",
    "illustration-index-source", "table-index-source", "object-index-source", "bibliography-source",
    "named-expressions", "database-ranges", "glue-point",
}  # fmt: skip
_SPACE = re.compile(r"[ \t\r\n]+")
_SPACES = re.compile(" {2,}")


@dataclass(slots=True)
class Inline:
    """The words of a paragraph or row, with the pages that begin around its start, its notes and text boxes."""

    parts: list[str] = field(default_factory=list)
    before: int = 0
    after: int = 0
    notes: list[str] = field(default_factory=list)
    endnotes: list[str] = field(default_factory=list)
    boxes: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return _SPACES.sub(" ", "".join(self.parts))

    def turn(self) -> None:
        """A page ends here; what has begun before belongs to the page it began on."""
        if any(part.strip() for part in self.parts):
            self.after += 1
        else:
            self.before += 1


def read_inline(element: Element, into: Inline) -> None:
    """Add the words of everything inside an element; white space as the standard reads it."""
    if element.text:
        into.parts.append(_SPACE.sub(" ", element.text))
    for inner in element:
        _inline(inner, into)
        if inner.tail:
            into.parts.append(_SPACE.sub(" ", inner.tail))


def _inline(element: Element, into: Inline) -> None:
    name = local(element)
    if name in _LEFT_OUT:
        return
    if name == "s":
        into.parts.append(" ")
    elif name == "tab":
        into.parts.append("\t")
    elif name == "line-break":
        into.parts.append("\n")
    elif name == "soft-page-break":
        into.turn()
    elif name == "note":
        _note(element, into)
    elif name == "text-box":
        into.boxes.append(element)
    else:
        read_inline(element, into)
        if name in {"p", "h", "list-item", "table-cell"}:
            into.parts.append(" ")


def _note(element: Element, into: Inline) -> None:
    """A mark in the text, and the note with the same mark in front."""
    citation = child(element, "note-citation")
    label = one_line("".join(citation.itertext())) if citation is not None else ""
    own = Inline()
    for paragraph in inside(element, "note-body"):
        read_inline(paragraph, own)
        own.parts.append("\n")
    if own.text.strip():
        mark = f"[{label or '*'}]"
        into.parts.append(mark)
        is_end = attribute(element, "note-class") == "endnote"
        (into.endnotes if is_end else into.notes).append(f"{mark} {own.text.strip()}")
    into.boxes += own.boxes


class OdfText:
    """Writes the blocks of a text, a cell of it or a text box."""

    def __init__(self, styles: OdfStyles, writer: Writer, limits: Limits, name: str) -> None:
        self._styles, self._writer, self._limits, self._name = styles, writer, limits, name
        self._endnotes: list[str] = []

    def block(self, element: Element) -> None:
        """Write what stands at the level of paragraphs."""
        name = local(element)
        if name in {"p", "h"}:
            self._paragraph(element)
        elif name == "list":
            self._list(element)
        elif name == "table":
            self._table(element)
        elif name == "soft-page-break":
            self._turn(1)
        elif name not in _LEFT_OUT:
            # Sections, indexes, frames at the page, groups of shapes.
            for inner in element:
                self.block(inner)

    def end(self) -> None:
        """Write the endnotes and close the last page."""
        self._writer.close_headings()
        for note in self._endnotes:
            self._writer.add(note)
        self._writer.end_page()

    def _paragraph(self, element: Element) -> None:
        style = attribute(element, "style-name")
        inline = Inline()
        read_inline(element, inline)
        begins = self._styles.begins_page(style) and self._writer.length > 0
        self._turn(max(inline.before, int(begins)))
        if local(element) == "h":
            self._writer.heading(inline.text, max(number(attribute(element, "outline-level"), 1), 1))
        elif self._styles.is_title(style):
            self._writer.heading(inline.text, 0)
        else:
            kind = BlockKind.CAPTION if self._styles.is_caption(style) else BlockKind.PARAGRAPH
            self._writer.add(inline.text, kind)
        self._after(inline, [])
        self._turn(max(inline.after, int(self._styles.ends_page(style))))

    def _after(self, inline: Inline, lines: list[str], kind: BlockKind = BlockKind.LIST) -> None:
        """What hangs on a block that is written: its lines, if it has such, its notes, the text boxes in it."""
        self._writer.lines(lines, kind)
        for note in inline.notes:
            self._writer.add(note)
        self._endnotes += inline.endnotes
        for box in inline.boxes:
            for inner in box:
                self.block(inner)

    def _list(self, element: Element) -> None:
        if any(local(inner) == "h" for inner in element.iter()):
            # Numbered headings come as lists of one item.
            for item in element:
                for inner in item:
                    self.block(inner)
            return
        lines: list[str] = []
        hanging = Inline()
        for line, inline in self._items(element, attribute(element, "style-name") or "", []):
            if inline.before:
                self._after(hanging, lines)
                lines, hanging = [], Inline()
                self._turn(inline.before)
            lines.append(line)
            hanging.notes += inline.notes
            hanging.endnotes += inline.endnotes
            hanging.boxes += inline.boxes
            if inline.after:
                self._after(hanging, lines)
                lines, hanging = [], Inline()
                self._turn(inline.after)
        self._after(hanging, lines)

    def _items(self, element: Element, style: str, above: list[int]) -> Iterable[tuple[str, Inline]]:
        """The items of a list and of those inside it, each as a line."""
        count = max(self._styles.list_level(style, len(above) + 1).start, 0) - 1
        for item in element:
            if local(item) not in {"list-item", "list-header"}:
                continue
            labelled = local(item) == "list-item"
            count = number(attribute(item, "start-value"), count + 1) if labelled else count
            counts = [*above, count]
            own = Inline()
            for inner in item:
                if local(inner) != "list":
                    read_inline(inner, own) if local(inner) in {"p", "h"} else _inline(inner, own)
                    own.parts.append(" ")
            if own.text.strip():
                label = list_label(self._styles, style, counts) if labelled else ""
                yield "  " * len(above) + one_line(f"{label} {own.text}"), own
            for inner in item:
                if local(inner) == "list":
                    yield from self._items(inner, attribute(inner, "style-name") or style, counts)

    def _table(self, element: Element) -> None:
        rows = list(rows_of(element))
        if self._styles.begins_page(attribute(element, "style-name")) and self._writer.length:
            self._turn(1)
        if len(rows) == 1 and len(cells := list(_cells(rows[0]))) == 1:
            # A table of a single cell is a frame around what is in it.
            for inner in cells[0]:
                self.block(inner)
            return
        lines: list[str] = []
        hanging = Inline()
        for row in rows:
            if local(row) == "soft-page-break":
                self._after(hanging, lines, BlockKind.TABLE)
                lines, hanging = [], Inline()
                self._turn(1)
                continue
            line = " | ".join(self._cell(cell, hanging) for cell in _cells(row))
            if line.strip(" |"):
                lines.append(line)
        self._after(hanging, lines, BlockKind.TABLE)
        self._turn(hanging.before + hanging.after)

    def _cell(self, cell: Element, hanging: Inline) -> str:
        """The words of a cell on one line, text boxes in it included."""
        own = Inline()
        read_inline(cell, own)
        while own.boxes:
            read_inline(own.boxes.pop(0), own)
        hanging.notes += own.notes
        hanging.endnotes += own.endnotes
        hanging.after += own.before + own.after
        return one_line(own.text)

    def _turn(self, pages: int) -> None:
        for _ in range(pages):
            if self._writer.page >= self._limits.max_pages:
                raise TooManyPages(name=self._name, pages=self._writer.page + 1, limit=self._limits.max_pages)
            self._writer.end_page()


def rows_of(table: Element) -> Iterable[Element]:
    """The rows of a table, those of its groups too, and the page breaks between them."""
    for inner in table:
        if local(inner) in {"table-row", "soft-page-break"}:
            yield inner
        elif local(inner) in {"table-header-rows", "table-row-group", "table-rows"}:
            yield from rows_of(inner)


def _cells(row: Element) -> Iterable[Element]:
    for inner in row:
        if local(inner) in {"table-cell", "covered-table-cell"}:
            yield inner
