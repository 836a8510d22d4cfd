"""ALTO, versions 1 to 4: what OCR read on scanned pages, with the box of every line.

Boxes become pixels. Files that measure in tenths of millimetres or 1/1200 inch say how fine the scan was in some
place or other (`dpi`, or the width of the image); where they do not, 300 dots per inch are taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.sources.base import BlockKind, Limits, ReadDocument
from ingest.sources.page_layout import (
    Box,
    LaidBlock,
    LaidLine,
    LaidPage,
    box_around,
    check_pages,
    in_order,
    number,
    written,
)
from ingest.sources.xml_events import stream

MEDIA_TYPE = "application/alto+xml"
USUAL_DPI = 300
_PER_INCH = {"mm10": 254.0, "inch1200": 1200.0}
_DPI = re.compile(r"\b(?:x?dpi|xres(?:olution)?|resolution)\W{0,3}([1-9]\d{1,3})\b|\b([1-9]\d{1,3})\s*dpi\b", re.I)
_WIDTH = re.compile(r"\bwidth\W{1,3}([1-9]\d{2,4})\b", re.I)
_SETTINGS = frozenset({"processingStepSettings", "processingStepDescription"})
_BLOCKS = frozenset({"TextBlock", "ComposedBlock"})
_KINDS = (
    (re.compile(r"head(?!er)|title|überschrift", re.I), BlockKind.HEADING),
    (re.compile(r"caption|legend|bildunterschrift", re.I), BlockKind.CAPTION),
    (re.compile(r"table|tabelle", re.I), BlockKind.TABLE),
)


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """An ALTO file with pages, blocks and lines in reading order; raises the errors of XML and `TooManyPages`."""
    reader = _Reader(name, limits)
    stream(path, name, limits, reader)
    return written(reader.pages, name, MEDIA_TYPE, "ALTO")


def block_kind(label: str) -> BlockKind:
    """What a block is by the name that people or programs gave its kind."""
    return next((kind for pattern, kind in _KINDS if pattern.search(label)), BlockKind.PARAGRAPH)


@dataclass(slots=True)
class _Words:
    """A line while its strings come in."""

    box: Box | None
    parts: list[str] = field(default_factory=list)
    boxes: list[Box | None] = field(default_factory=list)
    spaced: bool = False
    """Whether the file writes its spaces; if not, there is one between any two strings."""
    hyphen: str = ""
    divided: bool = False
    whole: str | None = None

    def laid(self) -> LaidLine:
        text = ("" if self.spaced else " ").join(self.parts) + self.hyphen
        return LaidLine(text, self.box or box_around(self.boxes), bool(self.hyphen) or self.divided, self.whole)


class _Reader:
    """Makes pages of the elements as they come."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.pages: list[LaidPage] = []
        self._name, self._limits = name, limits
        self._unit = ""
        self._settings = ""
        self._listening: str | None = None
        self._tags: dict[str, str] = {}
        self._next: dict[str, str] = {}
        self._order: list[str] = []
        self._kinds: list[BlockKind] = []
        self._block: LaidBlock | None = None
        self._line: _Words | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "String":
            self._string(attributes)
        elif tag == "SP" and self._line is not None:
            self._line.spaced = True
            self._line.parts.append(" ")
        elif tag == "HYP" and self._line is not None:
            self._line.hyphen = attributes.get("CONTENT", "-") or "-"
        elif tag == "TextLine":
            self._line = _Words(_box(attributes))
        elif tag in _BLOCKS:
            self._open_block(tag, attributes)
        elif tag == "Page":
            self._open_page(attributes)
        elif tag in _SETTINGS or tag == "MeasurementUnit":
            self._listening = tag
        elif tag == "ElementRef":
            self._order.append(attributes.get("REF", ""))
        elif tag.endswith("Tag") and "ID" in attributes:
            self._tags[attributes["ID"]] = f"{attributes.get('LABEL', '')} {attributes.get('TYPE', '')}"

    def end(self, tag: str) -> None:
        if tag == "TextLine":
            self._close_line()
        elif tag in _BLOCKS and self._kinds:
            self._kinds.pop()
            self._block = None if tag == "TextBlock" else self._block
        elif tag == "Page" and self.pages:
            page = self.pages[-1]
            page.blocks = in_order(page.blocks, self._order or _chain(page.blocks, self._next))
        elif tag == self._listening:
            self._listening = None

    def text(self, data: str) -> None:
        if self._listening == "MeasurementUnit":
            self._unit += data
        elif self._listening and len(self._settings) < 100_000:
            self._settings += data

    def _open_page(self, attributes: Mapping[str, str]) -> None:
        check_pages(len(self.pages) + 1, self._name, self._limits)
        width, height = number(attributes.get("WIDTH")) or 0, number(attributes.get("HEIGHT")) or 0
        self.pages.append(LaidPage(width=width, height=height, scale=self._scale(width)))
        self._next, self._block, self._kinds = {}, None, []

    def _scale(self, width: float) -> float:
        """Pixels for one of the file's units."""
        per_inch = _PER_INCH.get(self._unit.strip().casefold())
        if per_inch is None:
            return 1.0
        if found := _DPI.search(self._settings):
            return float(found.group(1) or found.group(2)) / per_inch
        if width and (found := _WIDTH.search(self._settings)):
            return float(found.group(1)) / width
        return USUAL_DPI / per_inch

    def _open_block(self, tag: str, attributes: Mapping[str, str]) -> None:
        labels = " ".join(self._tags.get(tag_id, "") for tag_id in attributes.get("TAGREFS", "").split())
        kind = block_kind(f"{labels} {attributes.get('TYPE', '')}")
        if kind is BlockKind.PARAGRAPH and self._kinds:
            kind = self._kinds[-1]
        self._kinds.append(kind)
        if tag == "TextBlock":
            self._add_block(kind, attributes)

    def _add_block(self, kind: BlockKind, attributes: Mapping[str, str]) -> None:
        id_ = attributes.get("ID", "")
        if following := attributes.get("IDNEXT"):
            self._next[id_] = following
        language = attributes.get("LANG") or attributes.get("language")
        self._block = LaidBlock([], kind, id_, _box(attributes), language)
        self._page().blocks.append(self._block)

    def _page(self) -> LaidPage:
        if not self.pages:
            self._open_page({})
        return self.pages[-1]

    def _string(self, attributes: Mapping[str, str]) -> None:
        line, content = self._line, attributes.get("CONTENT", "")
        if line is None:
            return
        line.parts.append(content)
        if line.box is None:
            line.boxes.append(_box(attributes))
        part = attributes.get("SUBS_TYPE", "")
        if part == "HypPart1":
            line.divided, line.whole = True, attributes.get("SUBS_CONTENT") or None

    def _close_line(self) -> None:
        line, self._line = self._line, None
        if line is None or not any(part.strip() for part in line.parts):
            return
        if self._block is None:
            self._add_block(BlockKind.PARAGRAPH, {})
        assert self._block is not None
        self._block.lines.append(line.laid())


def _chain(blocks: list[LaidBlock], following: Mapping[str, str]) -> list[str]:
    """The ids of blocks in the order in which each names its next; empty where none does."""
    if not following:
        return []
    order: dict[str, None] = {}
    followed = set(following.values())
    heads = [block.id for block in blocks if block.id not in followed]
    for id_ in [*heads, *(block.id for block in blocks)]:
        at: str | None = id_
        while at is not None and at not in order:
            order[at] = None
            at = following.get(at)
    return list(order)


def _box(attributes: Mapping[str, str]) -> Box | None:
    x, y = number(attributes.get("HPOS")), number(attributes.get("VPOS"))
    width, height = number(attributes.get("WIDTH")), number(attributes.get("HEIGHT"))
    if x is None or y is None or not width or not height or width < 0 or height < 0:
        return None
    return Box(x, y, x + width, y + height)
