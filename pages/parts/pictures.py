"""Images of pages and pictures for the browser, with the words that matter marked on them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image, ImageChops, ImageDraw

from graph.errors import SourceError
from graph.storage_errors import NotAtHand
from graph.types import Chunk, Document, Region
from pages.language import say
from pages.parts.passages import Span
from pages.parts.plain import escaped
from settings import Settings

if TYPE_CHECKING:
    from ingest.files import FileStore
    from ingest.lines import LineIndex

HIGHLIGHT = (250, 224, 140)
FRAME = (31, 95, 99)
MARGIN = 26
CONTEXT = 64
"""Pixels of the page above and below the marked words that a crop shows."""
WIDEST = 1400
_BROAD = 1.4
"""How much broader than high a crop is at least, where the page is broad enough."""
_PATIENCE = 25.0
"""Seconds that a reader waits for the server of a page's image."""
_BLANK = """<svg xmlns="http://www.w3.org/2000/svg" width="72" height="96" viewBox="0 0 72 96">
<rect x="1" y="1" width="70" height="94" rx="3" fill="#fffdf8" stroke="#cfc7b6"/>
<path d="M14 22h44M14 34h44M14 46h44M14 58h44M14 70h28" stroke="#b9af9b" stroke-width="3"/></svg>"""
"""The cover of what has no picture: a sheet with lines."""


def has_pages(document: Document) -> bool:
    """Whether the document's pages can be shown as images."""
    from ingest.images import has_images

    return bool(document.sha256) and has_images(document.media_type)


def bring(settings: Settings, files: FileStore, document: Document, number: int) -> None:
    """Have the image of a page here: one of a manifest is fetched once. Raises as `ingest.iiif_pages.bring` does."""
    from ingest.images import is_here

    if is_here(files, document.sha256 or "", document.media_type, number):
        return
    from ingest.iiif_fetch import from_web
    from ingest.iiif_pages import bring as fetched

    with st.spinner(say("reader.fetching")):
        fetched(files, document.sha256 or "", number, from_web(settings, _PATIENCE), settings.max_megapixels)


def cover(files: FileStore, document: Document) -> str:
    """A small image of the first page for `st.image`, or a blank sheet where there is none."""
    from ingest.images import is_here, thumbnail

    if not has_pages(document) or document.failure:
        return _BLANK
    try:
        if not is_here(files, document.sha256 or "", document.media_type, 1):
            return _BLANK
        return str(thumbnail(files, document.sha256 or "", document.media_type))
    except NotAtHand:
        # Opening the document says what is wrong.
        return _BLANK


def boxes(files: FileStore, document: Document, number: int, spans: tuple[Span, ...]) -> tuple[tuple[Region, ...], ...]:
    """Where the words of each span stand on a page; nothing where the lines of the document are not known."""
    if not spans:
        return ()
    from ingest.texts import renew

    renew(files, document)
    path = files.lines_path(document.sha256 or "")
    if not files.here(path):
        return ((),) * len(spans)
    changed = path.stat().st_mtime_ns
    return _each_boxes(files, str(files.root), document.sha256 or "", document.media_type, number, spans, changed)


@st.cache_data(max_entries=200, show_spinner=False)
def _each_boxes(
    _files: FileStore, root: str, sha256: str, media_type: str, number: int, spans: tuple[Span, ...], changed: int
) -> tuple[tuple[Region, ...], ...]:
    from ingest.glyphs import boxes_of_each

    index, text = _lines(str(_files.lines_path(sha256)), changed), _files.read_text(sha256)
    original = _files.original(sha256) if media_type == "application/pdf" else None
    return tuple(tuple(found) for found in boxes_of_each(index, text, number, spans, original))


def crop_of(files: FileStore, document: Document, chunk: Chunk, spans: Sequence[Span]) -> bytes | None:
    """A JPEG of the part of the page that a passage stands on, spans marked; None where there is no page image."""
    try:
        return _crop_of(files, document, chunk, spans) if has_pages(document) else None
    except NotAtHand:
        # The words are evidence without their picture too.
        return None


def _crop_of(files: FileStore, document: Document, chunk: Chunk, spans: Sequence[Span]) -> bytes | None:
    from ingest.images import is_here

    if not is_here(files, document.sha256 or "", document.media_type, chunk.page or 1):
        shown = part_of(files, document, chunk, spans)
        if shown is None or not files.here(files.part_path(document.sha256 or "", chunk.page or 1, shown)):
            return None
    return _crop(files, str(files.root), document.sha256 or "", document.media_type, chunk, tuple(spans))


def over(files: FileStore, document: Document, chunk: Chunk, spans: Sequence[Span], names: Mapping[Span, str]) -> str:
    """HTML to lie over a crop of these spans: for each named one an invisible frame that a link can lead to."""
    from ingest.images import page_size

    number = chunk.page or 1
    width, height = page_size(files, document.sha256 or "", document.media_type, number)
    area = _area(_boxes(files, document, number, spans), chunk.region, width, height)
    quotes = tuple(names)
    frames = ""
    for quote, found in zip(quotes, boxes(files, document, number, quotes), strict=True):
        places = "".join(f'<i style="{_within(box, area)}"></i>' for box in found)
        frames += f'<span class="wk-spot" id="{escaped(names[quote])}">{places}</span>'
    return f'<div class="wk-over" style="aspect-ratio:{area.w}/{area.h}">{frames}</div>'


def _within(box: Region, area: Region) -> str:
    """Where a box stands in a part of its page, as CSS in percent."""
    left, top = 100 * (box.x - area.x) / area.w, 100 * (box.y - area.y) / area.h
    return f"left:{left:.2f}%;top:{top:.2f}%;width:{100 * box.w / area.w:.2f}%;height:{100 * box.h / area.h:.2f}%"


def part_of(files: FileStore, document: Document, chunk: Chunk, spans: Sequence[Span]) -> Region | None:
    """The part of a page of a manifest that a crop shows; None where its size is known only once it is here."""
    from ingest.iiif_pages import source_of

    try:
        source = source_of(files, document.sha256 or "", chunk.page or 1)
    except SourceError:
        # Whoever fetches the page is told.
        return None
    if not (source.width and source.height):
        return None
    boxes = _boxes(files, document, chunk.page or 1, spans)
    return _area(boxes, chunk.region, source.width, source.height)


@st.cache_data(max_entries=400, show_spinner=False)
def _crop(_files: FileStore, root: str, sha256: str, media_type: str, chunk: Chunk, spans: tuple[Span, ...]) -> bytes:
    from ingest.images import is_here, page_image, page_size

    files, number = _files, chunk.page or 1
    width, height = page_size(files, sha256, media_type, number)
    boxes = _boxes_of(files, sha256, media_type, number, spans)
    area = _area(boxes, chunk.region, width, height)
    if is_here(files, sha256, media_type, number):
        with Image.open(page_image(files, sha256, media_type, number)) as kept:
            image = _highlighted(kept.convert("RGB"), boxes, kept.width / width)
            scale = image.width / width
            box = (area.x * scale, area.y * scale, (area.x + area.w) * scale, (area.y + area.h) * scale)
            part = image.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3])))
    else:
        with Image.open(files.part_path(sha256, number, area)) as kept:
            inside = [Region(box.x - area.x, box.y - area.y, box.w, box.h) for box in boxes]
            part = _highlighted(kept.convert("RGB"), inside, kept.width / area.w)
    about = chunk.region
    if about and not boxes and area.w > about.w + 2 * MARGIN:
        _framed(part, Region(about.x - area.x, about.y - area.y, about.w, about.h), part.width / area.w)
    part.thumbnail((WIDEST, WIDEST))
    out = io.BytesIO()
    part.save(out, "JPEG", quality=85)
    return out.getvalue()


def _area(boxes: Sequence[Region], region: Region | None, width: int, height: int) -> Region:
    """The part of the page to show: the marked lines with the lines around them, as wide as the passage."""
    whole = Region(0, 0, width, height)
    passage = region or whole
    if not boxes:
        # A narrow part of a picture would fill the screen with itself: what is beside it is shown too.
        sideways = max(MARGIN, round((passage.h * _BROAD - passage.w) / 2))
        return _inside(passage, sideways, MARGIN, whole)
    lines = boxes[0]
    for box in boxes[1:]:
        lines = lines.union(box)
    return _inside(Region(passage.x, lines.y, passage.w, lines.h).union(lines), MARGIN, CONTEXT, whole)


def _framed(image: Image.Image, region: Region, scale: float) -> None:
    """Draw a frame around the part that a passage is about."""
    corners = (region.x * scale, region.y * scale, (region.x + region.w) * scale, (region.y + region.h) * scale)
    ImageDraw.Draw(image).rectangle(corners, outline=FRAME, width=max(2, round(min(image.size) / 200)))


def _inside(region: Region, sideways: int, upright: int, whole: Region) -> Region:
    left, top = max(0, region.x - sideways), max(0, region.y - upright)
    right = min(whole.w, region.x + region.w + sideways)
    bottom = min(whole.h, region.y + region.h + upright)
    return Region(left, top, max(1, right - left), max(1, bottom - top))


def _highlighted(image: Image.Image, boxes: Sequence[Region], scale: float) -> Image.Image:
    """The page as if a text marker had been drawn over the boxes: the ink stays black."""
    if not boxes:
        return image
    marker = Image.new("RGB", image.size, "white")
    draw = ImageDraw.Draw(marker)
    for box in boxes:
        corners = (box.x * scale, box.y * scale, (box.x + box.w) * scale, (box.y + box.h) * scale)
        draw.rectangle(corners, fill=HIGHLIGHT)
    return ImageChops.multiply(image, marker)


def _boxes(files: FileStore, document: Document, number: int, spans: Sequence[Span]) -> list[Region]:
    from ingest.texts import renew

    renew(files, document)
    return _boxes_of(files, document.sha256 or "", document.media_type, number, spans)


def _boxes_of(files: FileStore, sha256: str, media_type: str, number: int, spans: Sequence[Span]) -> list[Region]:
    """The boxes of the words of the spans on one page; none where the document has no printed lines."""
    from ingest.glyphs import boxes_on_page

    path = files.lines_path(sha256)
    if not files.here(path):
        return []
    index, text = _lines(str(path), path.stat().st_mtime_ns), files.read_text(sha256)
    original = files.original(sha256) if media_type == "application/pdf" else None
    return boxes_on_page(index, text, number, spans, original)


@st.cache_resource(max_entries=20, show_spinner=False)
def _lines(path: str, changed: int) -> LineIndex:
    from ingest.lines import LineIndex

    return LineIndex.load(Path(path))
