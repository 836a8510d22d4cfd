"""Parts of pages in any size, for a viewer that zooms: cut from what is kept, or drawn finer where that is too coarse.

A zoomed page has pixels of its own, those of its finest image: more than regions count in for a PDF, which can be drawn
larger, and for a canvas whose image has more pixels than the canvas. Nothing here uses the network.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PIL import Image

from graph.types import Region
from ingest.decoded import Decoded
from ingest.errors import NoPageImage, PageDamaged
from ingest.files import FileStore
from ingest.iiif_json import IIIF
from ingest.images import MAX_MEGAPIXELS, has_images, page_image, page_size
from ingest.pdfium import SCALE, open_page, open_pdf
from ingest.pictures import go_to, open_picture, upright

SHARPER: Final = 3.0
"""How much larger than `PAGE_DPI` a page of a PDF is drawn at most: 432 dots per inch, more than most scans have."""
FINEST: Final = 5000
"""Pixels of the longer side of a page of a PDF, at most."""
KEPT_MEGAPIXELS: Final = 100
"""Of decoded images in memory, so that neighbouring parts do not decode them again: 300 MB."""
_REDUCTIONS: Final = (8, 4, 2)
"""By which a JPEG can be decoded without reading it in full."""


@dataclass(frozen=True, slots=True)
class PageOf:
    """A page of a content in our files."""

    sha256: str
    media_type: str
    page: int


@dataclass(frozen=True, slots=True)
class Zoom:
    """How far into a page can be zoomed: the size of its finest image, and of what its regions count in."""

    width: int
    height: int
    page_width: int
    page_height: int


_decoded = Decoded(KEPT_MEGAPIXELS)


def zoom_of(files: FileStore, page: PageOf) -> Zoom:
    """How far into a page can be zoomed; raises what `page_size` raises, `CopyMissing` for what was removed."""
    # What is remembered must not outlive the files.
    files.original(page.sha256)
    return _zoom_of(files, page)


@lru_cache(maxsize=512)
def _zoom_of(files: FileStore, page: PageOf) -> Zoom:
    if not has_images(page.media_type):
        raise NoPageImage(media_type=page.media_type)
    width, height = page_size(files, page.sha256, page.media_type, page.page)
    if page.media_type == "application/pdf":
        scale = min(SHARPER, FINEST / max(width, height))
    elif page.media_type == IIIF:
        scale = _of_canvas(files, page, width)
    else:
        scale = 1.0
    return Zoom(max(1, round(width * scale)), max(1, round(height * scale)), width, height)


def _of_canvas(files: FileStore, page: PageOf, width: int) -> float:
    """How many pixels the finest image of a canvas has for one of the canvas: of its service, or of the one kept."""
    from ingest.iiif_detail import finest_width

    with Image.open(page_image(files, page.sha256, page.media_type, page.page)) as kept:
        return max(kept.width, finest_width(files, page)) / width


def kept_is_enough(files: FileStore, page: PageOf, zoom: Zoom, region: Region, width: int) -> bool:
    """Whether the kept page image has the pixels to show a region (of the finest image) in this width."""
    return width / region.w <= _kept(files, page).width / zoom.width * 1.01


def cut(files: FileStore, page: PageOf, zoom: Zoom, region: Region, size: tuple[int, int]) -> Image.Image:
    """A region (pixels of the finest image, inside of it) in a size; of a canvas from the kept image, however coarse.

    Raises what `ingest.images.page_image` raises.
    """
    share = size[0] / region.w
    source = _source(files, page, zoom, share)
    across, down = source.width / zoom.width, source.height / zoom.height
    box = (region.x * across, region.y * down, (region.x + region.w) * across, (region.y + region.h) * down)
    inside = (box[0], box[1], min(box[2], source.width), min(box[3], source.height))
    return source.resize(size, Image.Resampling.LANCZOS, box=inside, reducing_gap=2.0)


def _source(files: FileStore, page: PageOf, zoom: Zoom, share: float) -> Image.Image:
    """The decoded image to cut from: of those that have pixels enough the one that is cheapest to have."""
    if page.media_type == IIIF:
        return _kept(files, page)
    if page.media_type == "application/pdf":
        kept = _kept(files, page)
        if share <= kept.width / zoom.width * 1.01:
            return kept
        return _decoded.get((files.root, page, SHARPER), lambda: _finest_pdf(files, page, zoom))
    reduction = next((each for each in _REDUCTIONS if share * each <= 1), 1)
    # What was made smaller and compressed a second time is only for views from afar.
    if reduction > 1 and share <= _kept(files, page).width / zoom.width / 2:
        return _kept(files, page)
    return _decoded.get((files.root, page, reduction), lambda: _picture(files, page, reduction))


def _kept(files: FileStore, page: PageOf) -> Image.Image:
    path = page_image(files, page.sha256, page.media_type, page.page)

    def decode() -> Image.Image:
        with Image.open(path) as image:
            return image.convert("RGB")

    return _decoded.get((files.root, page, "kept"), decode)


def _picture(files: FileStore, page: PageOf, reduction: int) -> Image.Image:
    original = files.original(page.sha256)
    with open_picture(original, original.name, MAX_MEGAPIXELS) as picture:
        go_to(picture, page.page)
        if reduction > 1:
            # Has no effect on anything but a JPEG, which is then decoded in an eighth, a quarter or half of its size.
            picture.draft(None, (math.ceil(picture.width / reduction), math.ceil(picture.height / reduction)))
        return upright(picture)


def _finest_pdf(files: FileStore, page: PageOf, zoom: Zoom) -> Image.Image:
    original = files.original(page.sha256)
    with open_pdf(original, original.name) as pdf, open_page(pdf, page.page - 1) as opened:
        if opened is None:
            raise PageDamaged(page=page.page)
        bitmap = opened.render(scale=SCALE * zoom.width / zoom.page_width, rev_byteorder=True)
        try:
            drawn: Image.Image = bitmap.to_pil().convert("RGB").copy()
        finally:
            bitmap.close()
        return drawn
