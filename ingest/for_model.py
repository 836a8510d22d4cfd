"""A picture as a vision model gets it: the file itself where that can be, else the least change that makes it fit.

A PNG or JPEG goes through byte for byte. What is changed is told: turned upright (models do not read the camera's
note), made smaller than a provider's limit, written in a format that all of them read, a page drawn from a PDF.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PIL import Image

from ingest.files import clean_name, open_source
from ingest.images import MAX_MEGAPIXELS, beside, draw
from ingest.pictures import fit, go_to, open_picture, page_count, upright, upright_size
from ingest.sources.base import Limits
from llm.spec import Text

MEGABYTE: Final = 1_000_000
_PDF: Final = b"%PDF-"
_AS_IT_IS: Final = {"PNG": "image/png", "JPEG": "image/jpeg"}
_PLAIN_MODES: Final = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_ORIENTATION: Final = 0x0112
_QUALITY: Final = 92


@dataclass(frozen=True, slots=True)
class Takes:
    """What a family of models takes: bytes of a file, pixels of its longest side (0: whatever there is)."""

    bytes: int = 0
    side: int = 0


TAKES: Final[dict[str, Takes]] = {
    "openai": Takes(15 * MEGABYTE, 8000),
    "mistral": Takes(9 * MEGABYTE, 8000),
    "server": Takes(15 * MEGABYTE, 8000),
}
"""By family: what providers say, less the third that the way over the network adds. Models here take any size."""
_LARGEST_PNG: Final = 12_000_000
"""Pixels beyond which a converted picture is written as JPEG: a PNG of it would be tens of megabytes."""
_SMALLER: Final = 4096
"""Pixels of the longest side of what had to be made smaller; no model sees more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The bytes for the model, their kind, how large the picture is, and what was changed, in words."""

    data: bytes
    mime_type: str
    width: int
    height: int
    page: int = 1
    pages: int = 1
    changes: tuple[Text, ...] = ()


def for_model(source: Path, name: str, family: str, limits: Limits, page: int = 1) -> Shown:
    """A file (picture, or a page of a PDF or TIFF) for the models of a family of the catalog.

    Raises what reading a file raises: missing, too large, damaged, no picture, no such page.
    """
    if _is_manifest(source):
        return replace(for_model(beside(source, page), name, family, limits), page=page)
    takes = TAKES.get(family, Takes())
    with open_source(source, name, limits.max_file_mb) as file:
        if file.read(len(_PDF)) == _PDF:
            return _page_of_pdf(source, page, takes)
    with open_picture(source, name, limits.max_megapixels) as picture:
        pages = page_count(picture)
        go_to(picture, page)
        size = upright_size(picture)
        if pages == 1 and _goes_as_it_is(picture) and _fits(source.stat().st_size, size, takes):
            # Decoded once all the same: a damaged file should be told of here, not by a provider's riddle.
            picture.load()
            return Shown(source.read_bytes(), _AS_IT_IS[picture.format or ""], *size)
        return _converted(picture, clean_name(name), page, pages, takes)


def preview(source: Path, page: int, longest: int) -> bytes:
    """A JPEG of a picture, or of a page, for people to look at before a model does."""
    if _is_manifest(source):
        return preview(beside(source, page), 1, longest)
    if _is_pdf(source):
        return _jpeg(fit(draw(source, "application/pdf", page), longest))
    with open_picture(source, source.name, MAX_MEGAPIXELS) as picture:
        go_to(picture, page)
        if picture.format == "JPEG":
            # Decoded at a part of its size where that is enough: a large photograph in a tenth of the time.
            picture.draft("RGB", (longest, longest))
        return _jpeg(fit(upright(picture), longest))


def pages_in(source: Path) -> int:
    """How many pages a file has that could be shown to a model."""
    from ingest.pdfium import open_pdf

    if _is_pdf(source):
        with open_pdf(source, source.name) as pdf:
            return len(pdf)
    with open_picture(source, source.name, MAX_MEGAPIXELS) as picture:
        return page_count(picture)


def _is_manifest(source: Path) -> bool:
    """Whether this is a IIIF manifest in our files, whose pages lie beside it."""
    if not source.name.startswith("original"):
        return False
    with source.open("rb") as file:
        return file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


def _is_pdf(source: Path) -> bool:
    with source.open("rb") as file:
        return file.read(len(_PDF)) == _PDF


def _goes_as_it_is(picture: Image.Image) -> bool:
    turned = picture.getexif().get(_ORIENTATION, 1) not in (0, 1)
    return picture.format in _AS_IT_IS and picture.mode in _PLAIN_MODES and not turned


def _fits(size: int, pixels: tuple[int, int], takes: Takes) -> bool:
    return (not takes.bytes or size <= takes.bytes) and (not takes.side or max(pixels) <= takes.side)


def _page_of_pdf(source: Path, page: int, takes: Takes) -> Shown:
    from ingest.pdfium import open_pdf

    with open_pdf(source, source.name) as pdf:
        pages = len(pdf)
    drawn = draw(source, "application/pdf", page)
    told = [Text(f"Page {page} was drawn from the PDF.", f"Seite {page} wurde aus dem PDF gezeichnet.")]
    return _written(drawn, page, pages, takes, told)


def _converted(picture: Image.Image, name: str, page: int, pages: int, takes: Takes) -> Shown:
    told: list[Text] = []
    if picture.getexif().get(_ORIENTATION, 1) not in (0, 1):
        told.append(Text("Turned upright, as the camera noted.", "Aufrecht gedreht, wie die Kamera es vermerkt hat."))
    if picture.format not in _AS_IT_IS or picture.mode not in _PLAIN_MODES:
        kind = picture.format or name.rsplit(".", 1)[-1].upper()
        told.append(Text(f"Converted from {kind}.", f"Umgewandelt aus {kind}."))
    return _written(upright(picture), page, pages, takes, told)


def _written(image: Image.Image, page: int, pages: int, takes: Takes, told: list[Text]) -> Shown:
    size = image.size
    data, mime_type = _encoded(image)
    if not _fits(len(data), size, takes):
        image = fit(image, _SMALLER)
        data, mime_type = _encoded(image)
        if not _fits(len(data), image.size, takes):
            data, mime_type = _jpeg(image), "image/jpeg"
    if image.size != size:
        told.append(
            Text(
                f"Made smaller for the model: from {size[0]} × {size[1]} to {image.width} × {image.height} pixels.",
                f"Für das Modell verkleinert: von {size[0]} × {size[1]} auf {image.width} × {image.height} Pixel.",
            )
        )
    return Shown(data, mime_type, image.width, image.height, page, pages, tuple(told))


def _encoded(image: Image.Image) -> tuple[bytes, str]:
    """As PNG, which loses nothing, where that stays small; otherwise as JPEG."""
    if image.width * image.height > _LARGEST_PNG:
        return _jpeg(image), "image/jpeg"
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=3)
    return out.getvalue(), "image/png"


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
