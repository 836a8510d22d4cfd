"""A page, a picture or a part of one as a model is shown it: upright, sharp, no larger than models can see."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from PIL import Image

from graph.errors import SourceError
from graph.types import Document, Region
from ingest.files import FileStore
from ingest.for_model import Shown as ForModel
from ingest.iiif_fetch import from_web, picture
from ingest.iiif_json import IIIF
from ingest.iiif_pages import bring, source_of
from ingest.images import draw, page_size
from ingest.pictures import fit, within
from settings import Settings

LONGEST: Final = 2048
"""Pixels of the longest side: OpenAI's models see no more, and others need not read for minutes."""
SHARPER: Final = 2.0
"""Pages of a PDF are drawn at 288 dots per inch before they are cut and fitted: small type can be read."""
_QUALITY: Final = 90
_AT_ONCE: Final = threading.Semaphore(2)
"""Decoded pictures take hundreds of megabytes: many calls at once must not mean as many pictures at once."""


class OutsidePicture(SourceError):
    en = "The region {region} lies outside of the picture, which is {width} pixels wide and {height} high."
    de = "Der Ausschnitt {region} liegt außerhalb des Bildes, das {width} Pixel breit und {height} hoch ist."


@dataclass(frozen=True, slots=True)
class Shown:
    """The pixels for a model, and the region of the page that they show, in the page's pixels."""

    image: Image.Image
    region: Region

    @property
    def jpeg(self) -> bytes:
        """The bytes that are sent; the same picture always gives the same."""
        out = io.BytesIO()
        self.image.save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()

    def place(self, box: tuple[float, float, float, float] | None) -> Region:
        """A box in parts of the shown picture as a region of the page; the whole of it for None."""
        if box is None:
            return self.region
        whole, (left, top, right, bottom) = self.region, box
        x, y = round(left * whole.w), round(top * whole.h)
        inside = Region(x, y, max(1, round(right * whole.w) - x), max(1, round(bottom * whole.h) - y))
        cut = within(inside, (whole.w, whole.h))
        return Region(whole.x + cut.x, whole.y + cut.y, cut.w, cut.h)


def shown(files: FileStore, document: Document, page: int, region: Region | None, settings: Settings) -> Shown:
    """A page of a document, or a region of it; a page of a manifest is fetched unless it is here.

    Raises what fetching and drawing raise: NoSuchPage, NoPageImage, CanvasUnreachable, PictureDamaged and the like.
    """
    assert document.sha256 is not None
    if document.media_type == IIIF:
        bring(files, document.sha256, page, from_web(settings), settings.max_megapixels)
    size = page_size(files, document.sha256, document.media_type, page)
    whole = Region(0, 0, *size)
    wanted = within(region, size) if region else whole
    with _AT_ONCE:
        if document.media_type == IIIF and wanted != whole:
            image = _from_service(files, document.sha256, page, wanted, size, settings)
        else:
            image = draw(files.original(document.sha256), document.media_type, page, SHARPER)
            image = _cut(image, wanted, size)
        return Shown(fit(image, LONGEST), wanted)


def part_for_model(source: Path, whole: ForModel, region: Region) -> ForModel:
    """A region of a picture, or of a page of a PDF, in a file that is not in the library; raises `OutsidePicture`.

    `whole` is what `ingest.for_model` made of all of it. The region is cut from the file's own pixels.
    """
    with source.open("rb") as file:
        media_type = "application/pdf" if file.read(5) == b"%PDF-" else "image/any"
    image = draw(source, media_type, whole.page)
    if region.x >= image.width or region.y >= image.height:
        raise OutsidePicture(region=str(region), width=image.width, height=image.height)
    wanted = within(region, image.size)
    part = Shown(fit(_cut(image, wanted, image.size), LONGEST), wanted)
    return ForModel(part.jpeg, "image/jpeg", *part.image.size, whole.page, whole.pages)


def halves(part: Shown) -> tuple[Shown, Shown]:
    """The upper and the lower half, divided between two lines of writing where there is such a place."""
    image = part.image
    cut = _between_lines(image)
    line = part.region.y + round(cut * part.region.h / image.height)
    above, below = line - part.region.y, part.region.y + part.region.h - line
    return (
        Shown(image.crop((0, 0, image.width, cut)), Region(part.region.x, part.region.y, part.region.w, max(1, above))),
        Shown(
            image.crop((0, cut, image.width, image.height)), Region(part.region.x, line, part.region.w, max(1, below))
        ),
    )


def _between_lines(image: Image.Image) -> int:
    """The row near the middle on which the least is drawn: where neighbouring pixels differ least."""
    grey = image.convert("L").resize((min(400, image.width), image.height))
    pixels = grey.tobytes()
    width, middle = grey.width, image.height // 2
    reach = max(1, image.height // 8)

    def drawn(row: int) -> int:
        line = pixels[row * width : (row + 1) * width]
        return sum(abs(a - b) for a, b in pairwise(line))

    rows = range(max(1, middle - reach), min(image.height - 1, middle + reach) + 1)
    return min(rows, key=lambda row: (drawn(row), abs(row - middle)), default=max(1, middle))


def _cut(image: Image.Image, region: Region, size: tuple[int, int]) -> Image.Image:
    if region == Region(0, 0, *size):
        return image
    across, down = image.width / size[0], image.height / size[1]
    left, top = int(region.x * across), int(region.y * down)
    right, bottom = round((region.x + region.w) * across), round((region.y + region.h) * down)
    return image.crop((left, top, max(left + 1, right), max(top + 1, bottom)))


def _from_service(
    files: FileStore, sha256: str, page: int, region: Region, size: tuple[int, int], settings: Settings
) -> Image.Image:
    """A region of a canvas as sharp as its image service has it."""
    source = source_of(files, sha256, page)
    if source.painting is None or not (source.width and source.height):
        return _cut(draw(files.original(sha256), IIIF, page), region, size)
    name = f"page {page}"
    fetch = from_web(settings)
    return picture(source.painting, size, fetch, name, settings.max_megapixels, LONGEST, region)
