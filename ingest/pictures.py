"""Pillow behind one door: only the formats we know, the size checked before a pixel is decoded, errors made ours."""

from __future__ import annotations

import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from graph.types import Region
from ingest.errors import NoSuchPage, PictureDamaged, PictureTooLarge
from ingest.files import clean_name

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP", "MPO")
MEDIA_TYPES = {"MPO": "image/jpeg"} | {name: f"image/{name.lower()}" for name in FORMATS if name != "MPO"}
_TURNED = {5, 6, 7, 8}
_ORIENTATION = 0x0112
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError,
    struct.error, zlib.error,
)  # fmt: skip
"""What Pillow's decoders raise on damaged files, in the places where they were tried."""
_WARNINGS = threading.Lock()


@contextmanager
def open_picture(source: Path | BinaryIO, name: str, max_megapixels: int) -> Iterator[Image.Image]:
    """Open a picture without decoding it; raises `PictureTooLarge` by its header and `PictureDamaged`.

    What Pillow raises inside of the `with` because the file is damaged becomes `PictureDamaged` too.
    """
    shown = clean_name(name)
    try:
        with _WARNINGS, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(source, formats=FORMATS)
        with picture:
            check_megapixels(picture.size, shown, max_megapixels)
            yield picture
    except Image.DecompressionBombError:
        raise PictureTooLarge(name=shown, megapixels="more than 178", limit=max_megapixels) from None
    except _BROKEN:
        raise PictureDamaged(name=shown) from None


def check_megapixels(size: tuple[int, int], name: str, limit: int) -> None:
    """Raise `PictureTooLarge` for more than `limit` million pixels."""
    if size[0] * size[1] > limit * 1_000_000:
        raise PictureTooLarge(name=name, megapixels=round(size[0] * size[1] / 1_000_000, 1), limit=limit)


def go_to(picture: Image.Image, page: int) -> None:
    """Turn to a page of a multi-page TIFF (of other formats the first picture counts); raises `NoSuchPage`."""
    pages = page_count(picture)
    if not 1 <= page <= pages:
        raise NoSuchPage(page=page, pages=pages)
    if pages > 1:
        picture.seek(page - 1)


def page_count(picture: Image.Image) -> int:
    """How many pages a picture has: more than one only for TIFF; an animation is its first frame."""
    return int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1


def upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height after the camera's turn is applied; nothing is decoded."""
    width, height = picture.size
    return (height, width) if picture.getexif().get(_ORIENTATION) in _TURNED else (width, height)


def upright(picture: Image.Image) -> Image.Image:
    """The picture decoded, turned as it should be seen, in RGB on white."""
    turned = ImageOps.exif_transpose(picture)
    if turned.mode in {"I", "F"} or turned.mode.startswith("I;16"):
        grey = turned.convert("F")
        low, high = (float(str(value)) for value in grey.getextrema())
        scale = 255.0 / (high - low) if high > low else 1.0
        turned = grey.point(lambda value: value * scale - low * scale)
        return turned.convert("L").convert("RGB")
    if turned.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return turned.convert("RGB")


def fit(picture: Image.Image, longest: int) -> Image.Image:
    """The picture scaled down so that its longest side is at most `longest`; never enlarged."""
    factor = longest / max(picture.size)
    if factor >= 1:
        return picture
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def within(region: Region, size: tuple[int, int], margin: int = 0) -> Region:
    """The region with a margin around it, cut to a page of this size; at least one pixel."""
    width, height = size
    x0, y0 = min(max(region.x - margin, 0), width - 1), min(max(region.y - margin, 0), height - 1)
    x1, y1 = min(region.x + region.w + margin, width), min(region.y + region.h + margin, height)
    return Region(x0, y0, max(x1 - x0, 1), max(y1 - y0, 1))
