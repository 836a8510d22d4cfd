"""hOCR: what Tesseract, Kraken and others write as HTML; the class of an element says what it is, its title where.

Most of it is XHTML and is read as XML. Files that are HTML only, with tags left open, are read by Python's HTML parser,
in small pieces, so that a tag without an end cannot keep it busy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from ingest.files import clean_name, open_source
from ingest.sources.base import BlockKind, Limits, ReadDocument, tidy
from ingest.sources.page_layout import Box, LaidBlock, LaidLine, LaidPage, check_pages, number, written
from ingest.sources.text import decode
from ingest.sources.xml_events import Handler, stream
from ingest.xml_errors import XmlBroken, XmlEncoding, XmlTooLong

MEDIA_TYPE = "text/vnd.hocr+html"
_PIECE = 1 << 14
_LONGEST_TAG, _LONGEST_SCRIPT = 2 * _PIECE, 1 << 20
"""Characters that the HTML parser may keep because it has not seen the end of a tag, or of a script."""
_BBOX = re.compile(r"\bbbox\s+(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)")
_KINDS = {
    "ocr_title": BlockKind.HEADING, "ocr_chapter": BlockKind.HEADING, "ocr_section": BlockKind.HEADING,
    "ocr_subsection": BlockKind.HEADING, "ocr_header": BlockKind.HEADING, "ocr_caption": BlockKind.CAPTION,
    "ocr_table": BlockKind.TABLE,
}  # fmt: skip
_BLOCKS = frozenset({"ocr_carea", "ocr_par", "ocrx_block", "ocr_textfloat", *_KINDS})
_LINES = frozenset({"ocr_line", "ocrx_line"})
_LINE_KINDS = frozenset({"ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"})
"""Tesseract gives these names to single lines inside of a paragraph."""
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT = frozenset({"head", "script", "style"})
_EMPTY = frozenset("area base br col embed hr img input link meta source track wbr".split())
_NO_TITLE = re.compile(r"\W*|(?:h?ocr|tesseract|image|output|results?|\s)*|.*\.(?:tiff?|png|jpe?g|jp2|pdf)", re.I)


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A hOCR file with pages, blocks and lines; raises `TooManyPages`, `XmlTooLong`, `XmlWithoutText`."""
    reader = _Reader(name, limits)
    try:
        stream(path, name, limits, reader)
    except (XmlBroken, XmlEncoding):
        reader = _Reader(name, limits)
        _as_html(path, name, limits, reader)
    reader.finish()
    return written(reader.pages, name, MEDIA_TYPE, "hOCR", reader.title(), reader.language)


@dataclass(slots=True)
class _Element:
    """An open element and what it opened."""

    tag: str
    opened: str = ""


class _Reader:
    """Makes pages of the elements as they come."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.pages: list[LaidPage] = []
        self.language: str | None = None
        self._name, self._limits = name, limits
        self._stack: list[_Element] = []
        self._silent = 0
        self._title: list[str] | None = None
        self._titles: list[str] = []
        self._block: LaidBlock | None = None
        self._box: Box | None = None
        self._line: list[str] | None = None
        self._line_box: Box | None = None

    def title(self) -> str | None:
        """The title of the file, unless it is only a word for OCR or the name of an image."""
        found = tidy(" ".join(self._titles))
        return None if found is None or _NO_TITLE.fullmatch(found) else found

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        element = _Element(tag.lower())
        self._stack.append(element)
        if element.tag in _SILENT:
            self._silent += 1
        elif element.tag == "title":
            self._title = self._titles
        elif element.tag == "br":
            self._close_line()
        if self._silent:
            return
        classes = attributes.get("class", "").split()
        box, language = _box(attributes.get("title", "")), attributes.get("lang")
        if "ocr_page" in classes:
            self._open_page(box)
            element.opened = "page"
        elif _LINES.intersection(classes) or (self._in_paragraph() and _LINE_KINDS.intersection(classes)):
            self._open_line(box, next((_KINDS[c] for c in classes if c in _KINDS), None))
            element.opened = "line"
        elif _BLOCKS.intersection(classes) or element.tag in _HEADINGS:
            kind = next((_KINDS[c] for c in classes if c in _KINDS), None)
            kind = kind or (BlockKind.HEADING if element.tag in _HEADINGS else BlockKind.PARAGRAPH)
            self._open_block(kind, box, language)
            element.opened = "paragraph" if "ocr_par" in classes else "block"
        elif "ocrx_word" in classes or "ocr_word" in classes:
            self.text(" ")
        elif element.tag == "html":
            self.language = language

    def end(self, tag: str) -> None:
        """Close an element, and with it those inside of it that the file has left open."""
        tag = tag.lower()
        if not any(element.tag == tag for element in self._stack):
            return
        while self._stack:
            element = self._stack.pop()
            if element.tag in _SILENT:
                self._silent -= 1
            elif element.tag == "title":
                self._title = None
            if element.opened:
                self._close_line()
            if element.opened in {"page", "paragraph", "block"}:
                self._block = None
            if element.tag == tag:
                return

    def text(self, data: str) -> None:
        if self._title is not None:
            self._title.append(data)
        if self._silent or not (self._line is not None or data.strip()):
            return
        if self._line is None:
            # Words that no line holds: they stand somewhere in their block, or on the page.
            self._open_line(self._block.box if self._block else None, None)
        assert self._line is not None
        self._line.append(data)

    def finish(self) -> None:
        """Close what the file has left open."""
        self._close_line()

    def _in_paragraph(self) -> bool:
        return any(element.opened == "paragraph" for element in self._stack)

    def _open_page(self, box: Box | None) -> None:
        self._close_line()
        check_pages(len(self.pages) + 1, self._name, self._limits)
        self.pages.append(LaidPage(width=box.x1 if box else 0, height=box.y1 if box else 0))
        self._block = None

    def _open_block(self, kind: BlockKind, box: Box | None, language: str | None) -> None:
        self._close_line()
        if not self.pages:
            self._open_page(None)
        self._block = LaidBlock([], kind, box=box, language=language)
        self.pages[-1].blocks.append(self._block)

    def _open_line(self, box: Box | None, kind: BlockKind | None) -> None:
        self._close_line()
        if self._block is None or (kind and self._block.kind is not kind):
            self._open_block(kind or BlockKind.PARAGRAPH, None, self._block.language if self._block else None)
        self._line, self._line_box = [], box

    def _close_line(self) -> None:
        line, self._line = self._line, None
        if line is not None and self._block is not None and (text := "".join(line)).strip():
            self._block.lines.append(LaidLine(text.strip(), self._line_box))


class _Html(HTMLParser):
    """Python's HTML parser, telling the same events."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(convert_charrefs=True)
        self._handler = handler

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._handler.start(tag, {key: value or "" for key, value in attrs})
        if tag in _EMPTY:
            self._handler.end(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._handler.start(tag, {key: value or "" for key, value in attrs})
        self._handler.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self._handler.end(tag)

    def handle_data(self, data: str) -> None:
        self._handler.text(data)


def _as_html(path: Path, name: str, limits: Limits, handler: Handler) -> None:
    with open_source(path, name, limits.max_file_mb) as file:
        text = decode(file.read(), clean_name(name))
    parser = _Html(handler)
    for begin in range(0, len(text), _PIECE):
        parser.feed(text[begin : begin + _PIECE])
        ends = begin + _PIECE >= len(text)
        if len(parser.rawdata) > (_LONGEST_SCRIPT if parser.cdata_elem and not ends else _LONGEST_TAG):
            raise XmlTooLong(name=clean_name(name), limit="0.03", line=parser.getpos()[0])
    parser.close()


def _box(title: str) -> Box | None:
    found = _BBOX.search(title)
    values = [number(value) for value in found.groups()] if found else []
    known = [value for value in values if value is not None]
    return Box(*known) if len(known) == 4 else None
