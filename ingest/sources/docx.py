"""Word: paragraphs, headings by their outline level, lists with their numbers, tables, notes under what they belong to.

Headers, footers, comments, hidden text and deletions that are tracked are left out; insertions and text boxes are kept.
A Word file has no fixed pages. The breaks of Word's last layout and those that people set are counted; where they come
to the number of pages that the file tells of itself, they are followed, and a paragraph or a table's row belongs to the
page on which it begins. Otherwise all is page 1: half of the files with a layout lack breaks, and no page number is
better than a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ingest.errors import TooManyPages
from ingest.sources.base import BlockKind, Limits, ReadDocument
from ingest.sources.blocks import Writer, one_line
from ingest.sources.docx_runs import Notes, Runs, Words, note_texts
from ingest.sources.docx_styles import Numbering, Style, Styles, value
from ingest.sources.elements import Element, child, chosen, is_on, local, number
from ingest.sources.office_about import core_properties, finished
from ingest.sources.package import Package, open_package

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_INSIDE = {"ins", "moveTo", "customXml", "smartTag", "sdtContent", "body", "txbxContent"}


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A Word file; raises `OfficeDamaged`, `OfficeEncrypted`, `PartMissing`, `ExpandsTooFar`, `XmlDeclaresEntities`."""
    with open_package(path, name, limits) as package:
        main = package.main()
        about = core_properties(package)
        reader = _Reader(package, main, limits)
        about.write(reader.writer)
        for element in package.children(main, "body"):
            reader.block(element)
        reader.end()
    return finished(reader.writer, about, MEDIA_TYPE, name)


class _Reader:
    def __init__(self, package: Package, main: str, limits: Limits) -> None:
        self.writer = Writer()
        self._package, self._limits = package, limits
        self._styles, self._numbering = Styles(package, main), Numbering(package, main)
        self._footnotes = _notes(package, main, "footnotes")
        self._endnotes = _notes(package, main, "endnotes")
        self._runs = Runs(self._footnotes, self._endnotes)
        self._items: list[str] = []
        self._item_notes: list[str] = []
        self._carried = ""

    def block(self, element: Element) -> None:
        """Write what stands at the level of paragraphs."""
        name = local(element)
        if name == "p":
            self._paragraph(element)
        elif name == "tbl":
            self._table(element)
        elif name == "sdt":
            self._blocks(child(element, "sdtContent"))
        elif name == "AlternateContent":
            self._blocks(chosen(element))
        elif name in _INSIDE:
            self._blocks(element)

    def _blocks(self, elements: Iterable[Element] | None) -> None:
        for element in elements if elements is not None else ():
            self.block(element)

    def end(self) -> None:
        """Write what still waits: the last list, the endnotes, the last page."""
        self._close_list()
        self.writer.add(self._carried)
        self.writer.close_headings()
        for note in self._endnotes.taken():
            self.writer.add(note)
        self.writer.end_page()
        if len(self.writer.pages) != _pages_told(self._package):
            self.writer.on_one_page()

    def _paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        style = self._styles.of(properties)
        words = Words()
        self._runs.read(element, words)
        self._turn(words.before)
        if _joined_to_next(properties):
            # Its end was deleted: it is one paragraph with the next.
            self._carried += words.text
        else:
            text, self._carried = self._carried + words.text, ""
            self._write(text, style)
        for box in words.boxes:
            self._close_list()
            self._blocks(box)
        self._turn(words.after)

    def _write(self, text: str, style: Style) -> None:
        if not text.strip():
            return
        label = self._numbering.label(style)
        if style.heading is not None:
            self._close_list()
            self.writer.heading(f"{label} {text}" if label and label != "-" else text, style.heading)
        elif label is not None or style.name.startswith("toc "):
            self._items.append("  " * (style.level or 0) + one_line(f"{label or ''} {text}"))
            self._item_notes += self._footnotes.taken()
            return
        else:
            self._close_list()
            self.writer.add(text, BlockKind.CAPTION if style.name == "caption" else BlockKind.PARAGRAPH)
        self._write_footnotes()

    def _table(self, element: Element) -> None:
        rows = list(_rows(element))
        if len(rows) == 1 and len(cells := list(_cells(rows[0]))) == 1:
            # A table of a single cell is a frame around what is in it.
            self._blocks(cells[0])
            return
        self._close_list()
        lines: list[str] = []
        for row in rows:
            words = Words()
            line = " | ".join(self._cell(cell, words) for cell in _cells(row))
            if words.before:
                self.writer.lines(lines, BlockKind.TABLE)
                lines = []
                self._turn(words.before)
            if line.strip(" |"):
                lines.append(line)
            if words.after:
                self.writer.lines(lines, BlockKind.TABLE)
                lines = []
                self._turn(words.after)
        self.writer.lines(lines, BlockKind.TABLE)
        self._write_footnotes()

    def _cell(self, cell: Element, row: Words) -> str:
        """The words of a cell on one line, text boxes in it included; page breaks count for the row."""
        begin, boxes = len(row.parts), len(row.boxes)
        self._runs.read(cell, row)
        while len(row.boxes) > boxes:
            self._runs.read(row.boxes.pop(boxes), row)
        return one_line("".join(row.parts[begin:]))

    def _close_list(self) -> None:
        self.writer.lines(self._items, BlockKind.LIST)
        for note in self._item_notes:
            self.writer.add(note)
        self._items, self._item_notes = [], []

    def _write_footnotes(self) -> None:
        for note in self._footnotes.taken():
            self.writer.add(note)

    def _turn(self, pages: int) -> None:
        if pages:
            self._close_list()
        for _ in range(pages):
            if self.writer.page >= self._limits.max_pages:
                raise TooManyPages(name=self._package.name, pages=self.writer.page + 1, limit=self._limits.max_pages)
            self.writer.end_page()


def _pages_told(package: Package) -> int | None:
    """How many pages the file says that it has."""
    part = package.related("", "extended-properties")
    pages = child(package.tree(part), "Pages") if part else None
    return number(pages.text) if pages is not None else None


def _notes(package: Package, main: str, kind: str) -> Notes:
    part = package.related(main, kind)
    if part is None:
        return Notes()
    runs = Runs(Notes(), Notes())

    def words_of(element: Element) -> str:
        words = Words()
        runs.read(element, words)
        return words.text

    return Notes(note_texts(package.children(part, kind), words_of), roman=kind == "endnotes")


def _joined_to_next(properties: Element | None) -> bool:
    mark = child(properties, "rPr")
    return child(mark, "del") is not None or child(mark, "moveFrom") is not None


def _rows(table: Element) -> Iterable[Element]:
    """The rows of a table, those left out whose deletion is tracked."""
    for element in table:
        if local(element) == "tr":
            hidden = child(element, "trPr", "hidden")
            if child(element, "trPr", "del") is None and (hidden is None or not is_on(value(hidden))):
                yield element
        elif local(element) in {"sdt", "sdtContent", "ins", "customXml"}:
            yield from _rows(element)


def _cells(row: Element) -> Iterable[Element]:
    for element in row:
        if local(element) == "tc" and child(element, "tcPr", "cellDel") is None:
            yield element
        elif local(element) in {"sdt", "sdtContent", "customXml"}:
            yield from _cells(element)
