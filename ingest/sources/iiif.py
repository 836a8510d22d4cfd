"""IIIF manifests, Presentation API 2 and 3: canvases are the pages, ranges and labels the headings; nothing is fetched.

Regions are pixels of the canvas. A canvas without words waits for a model that can see, like a scanned page. A
collection is no document: see `ingest.iiif_collection`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from graph.errors import Failure
from graph.types import Region, State
from ingest import iiif_about
from ingest.errors import TooManyPages
from ingest.files import clean_name
from ingest.iiif_canvas import Canvas, Written
from ingest.iiif_collection import refuse
from ingest.iiif_errors import (
    CanvasOfSeveral,
    CanvasRestricted,
    CanvasTextElsewhere,
    CanvasWithoutPicture,
    CanvasWithoutText,
    JsonWithoutIiif,
    ManifestWithoutPages,
)
from ingest.iiif_json import IIIF, Node, load, nodes, uncollected
from ingest.iiif_manifest import RangeLabel, canvas_nodes, canvases, headings, is_collection, is_manifest
from ingest.iiif_service import as_manifest, is_image_info
from ingest.language import guess_language
from ingest.sources.base import Block, BlockKind, Limits, Line, PageText, ReadDocument

PAGES: Final = 4
"""A page of a manifest is a description and an address: so many times more of them are taken than of drawn pages."""
_LINE_GAP: Final = 1.2
"""Lines that stand further apart than this many of their heights are of two paragraphs."""


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A manifest with its words in the order of its canvases.

    Raises `JsonTooLarge`, `JsonDamaged`, `JsonWithoutIiif`, `CollectionGiven`, `CollectionEmpty`,
    `ManifestWithoutPages`, `TooManyPages`.
    """
    with uncollected():
        return _read(path, name, limits)


def _read(path: Path, name: str, limits: Limits) -> ReadDocument:
    shown = clean_name(name)
    manifest = manifest_in(load(path, name, limits), shown)
    among = canvas_nodes(manifest)
    if not among:
        raise ManifestWithoutPages(name=shown)
    if len(among) > PAGES * limits.max_pages:
        raise TooManyPages(name=shown, pages=len(among), limit=PAGES * limits.max_pages)
    writer = _Writer(headings(manifest))
    told = iiif_about.lines(manifest)
    for number, canvas in enumerate(canvases(manifest, among), start=1):
        writer.page(canvas, number, told if number == 1 else ())
    text = "".join(writer.parts)
    return ReadDocument(
        title=iiif_about.title(manifest) or Path(shown).stem,
        media_type=IIIF,
        text=text,
        pages=tuple(writer.pages),
        blocks=tuple(writer.blocks),
        lines=tuple(writer.lines),
        language=_language(writer, text, manifest),
        rights=iiif_about.rights(manifest),
        attribution=iiif_about.attribution(manifest),
    )


def _language(writer: _Writer, text: str, manifest: Node) -> str | None:
    """The language of the words on the pages; without any that of the description, if it is one it names."""
    words = [text[block.start : block.end] for block in writer.blocks if block.kind is BlockKind.PARAGRAPH]
    if words:
        return guess_language("\n".join(words))
    found, named = guess_language(text), iiif_about.languages(manifest)
    return found if found in named or not named else None


def manifest_in(content: object, shown: str) -> Node:
    """The manifest that a file holds; raises `JsonWithoutIiif`, and says of a collection what to do with it."""
    for each in nodes(content):
        if is_manifest(each):
            return each
        if is_image_info(each):
            return as_manifest(each)
        if is_collection(each):
            raise refuse(each, shown)
    raise JsonWithoutIiif(name=shown)


@dataclass(slots=True)
class _Writer:
    """Puts the document together, page by page."""

    ranges: dict[str, tuple[RangeLabel, ...]]
    parts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    pages: list[PageText] = field(default_factory=list)
    _length: int = 0
    _begun: set[int] = field(default_factory=set)

    def page(self, canvas: Canvas, number: int, told: Sequence[str]) -> None:
        """One canvas: first what the manifest says of itself, then headings, the canvas' own description, its words."""
        first = len(self.blocks)
        label = iiif_about.title(canvas.about)
        label = label if any(c.isalnum() for c in label) else ""
        self._block("\n".join(told), number, BlockKind.METADATA)
        path = self._headings(canvas, number)
        if label:
            self._block(label, number, _about(canvas), path)
            path = (*path, label)
        self._block("\n".join(iiif_about.lines(canvas.about, label)), number, BlockKind.METADATA, path)
        for group in _paragraphs(canvas.written):
            self._written(group, number, path, sized=canvas.width > 0)
        start = self.blocks[first].start if len(self.blocks) > first else self._length
        state, failure = _state(canvas, number)
        self.pages.append(PageText(number, start, self._length, canvas.width, canvas.height, state, failure))

    def _headings(self, canvas: Canvas, number: int) -> tuple[str, ...]:
        """The labels of the ranges above a canvas; each is written where it begins."""
        above: tuple[str, ...] = ()
        for each in self.ranges.get(canvas.id, ()):
            if each.key not in self._begun:
                self._begun.add(each.key)
                self._block(each.text, number, _about(canvas), above)
            above = (*above, each.text)
        return above

    def _written(self, group: Sequence[Written], number: int, path: tuple[str, ...], sized: bool) -> None:
        """A paragraph; its lines have places of their own where the page has a size that these count in."""
        separator = " " if group[0].granularity in {"word", "glyph"} else "\n"
        region = None
        for each in group:
            if each.region:
                region = region.union(each.region) if region else each.region
        start = self._block(
            separator.join(each.text for each in group),
            number,
            BlockKind.PARAGRAPH,
            path,
            region,
            ocr=group[0].transcribed,
        )
        for each in group:
            if each.region and each.transcribed and sized:
                self.lines.append(Line(start, start + len(each.text), number, each.region))
            start += len(each.text) + len(separator)

    def _block(
        self,
        text: str,
        page: int,
        kind: BlockKind,
        heading: tuple[str, ...] = (),
        region: Region | None = None,
        ocr: bool = False,
    ) -> int:
        """Write a block, and say where it begins; nothing is written for an empty one."""
        if not text:
            return self._length
        if self.parts:
            self._put("\n\n")
        start = self._length
        self._put(text)
        self.blocks.append(Block(start, self._length, page, kind, heading, region, ocr))
        return start

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self._length += len(text)


def _paragraphs(written: Sequence[Written]) -> list[list[Written]]:
    """What belongs together: the lines and words of a transcription below each other; all else stands alone."""
    groups: list[list[Written]] = []
    for each in sorted(written, key=lambda found: not found.transcribed):
        if groups and _follows(groups[-1][-1], each):
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def _follows(above: Written, each: Written) -> bool:
    if not (above.transcribed and each.transcribed and above.granularity == each.granularity):
        return False
    if "\n" in above.text or "\n" in each.text or above.region is None or each.region is None:
        return False
    if above.language != each.language:
        return False
    height = max(above.region.h, each.region.h)
    gap = each.region.y - (above.region.y + above.region.h)
    return -2 * height <= gap <= _LINE_GAP * height


def _about(canvas: Canvas) -> BlockKind:
    """What the labels above a canvas are: headings of its words, or, where it has none, only said about it."""
    return BlockKind.HEADING if canvas.written else BlockKind.METADATA


def _state(canvas: Canvas, number: int) -> tuple[State, Failure | None]:
    """Whether a page has words, waits for a model, cannot be read, or is empty; and what to say of it."""
    if canvas.restricted:
        restricted = CanvasRestricted(page=number).failure()
        return (State.DONE if _has_words(canvas) else State.FAILED), restricted
    if _has_words(canvas):
        return State.DONE, None
    if canvas.painting is None:
        if not canvas.other:
            return State.EMPTY, None
        return State.SKIPPED, CanvasWithoutPicture(page=number, kind=canvas.other).failure()
    if canvas.elsewhere:
        return State.WAITING, CanvasTextElsewhere(page=number, address=canvas.elsewhere[0][:500]).failure()
    if canvas.images > 1:
        return State.WAITING, CanvasOfSeveral(page=number, count=canvas.images).failure()
    return State.WAITING, CanvasWithoutText(page=number).failure()


def _has_words(canvas: Canvas) -> bool:
    return any(not each.tag for each in canvas.written)
