"""What a request to the image service asks for: IIIF Image API 3.0 (iiif.io/api/image/3.0) at level 1, and 2.1.

Every word of an address is checked here; what is wrong is refused with its status and the reason.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Final

from graph.types import Region
from ingest.zoom import Zoom

MOST: Final = 4096
"""Pixels of a side of an image that is given, at most."""
TILE: Final = 1024
FORMATS: Final = {"jpg": ("JPEG", "image/jpeg"), "png": ("PNG", "image/png"), "webp": ("WEBP", "image/webp")}
VERSIONS: Final = (2, 3)
_FOREIGN_FORMATS: Final = ("tif", "gif", "jp2", "pdf")
_WHOLE: Final = r"[0-9]{1,7}"
_PART: Final = r"[0-9]{1,7}(?:\.[0-9]{1,6})?"
_PIXELS: Final = re.compile(rf"({_WHOLE}),({_WHOLE}),({_WHOLE}),({_WHOLE})")
_PERCENT: Final = re.compile(rf"pct:({_PART}),({_PART}),({_PART}),({_PART})")
_SIZE: Final = re.compile(rf"(!?)({_WHOLE})?,({_WHOLE})?")
_SIZE_PERCENT: Final = re.compile(rf"pct:({_PART})")
_ROTATION: Final = re.compile(rf"!?({_PART})")
_FILE: Final = re.compile(r"([a-z]{1,12})\.([a-z0-9]{1,5})")


class Refused(Exception):
    """A request that is not answered with an image: the status of HTTP and the reason, in English as IIIF's own."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """An image that is asked for: the part of the finest image, inside of it, its size, and the format."""

    region: Region
    size: tuple[int, int]
    format: str


def asked(version: int, region: str, size: str, rotation: str, file: str, zoom: Zoom) -> Asked:
    """Read the four parts of an address; raises `Refused` with 400 for nonsense and 501 for what is not offered."""
    part = _region(region, zoom)
    _unturned(rotation)
    return Asked(part, _size(version, size, part), _format(file))


def info(version: int, base: str, zoom: Zoom) -> dict[str, Any]:
    """The `info.json` of an image at the address `base`."""
    last = max(0, math.ceil(math.log2(max(zoom.width, zoom.height) / TILE)))
    common = {
        "protocol": "http://iiif.io/api/image",
        "width": zoom.width,
        "height": zoom.height,
        "tiles": [{"width": TILE, "height": TILE, "scaleFactors": [2**n for n in range(last + 1)]}],
    }
    if version == 2:
        offered = {"formats": list(FORMATS), "supports": ["regionSquare", "regionByPct", "sizeByPct", "sizeByWh"]}
        profile = ["http://iiif.io/api/image/2/level1.json", offered | {"maxWidth": MOST, "maxHeight": MOST}]
        return {"@context": "http://iiif.io/api/image/2/context.json", "@id": base, **common, "profile": profile}
    return {
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": base,
        "type": "ImageService3",
        **common,
        "profile": "level1",
        "maxWidth": MOST,
        "maxHeight": MOST,
        "extraFormats": ["png", "webp"],
        "extraFeatures": ["regionByPct", "sizeByPct", "sizeByConfinedWh"],
    }


def _region(text: str, zoom: Zoom) -> Region:
    width, height = zoom.width, zoom.height
    if text == "full":
        return Region(0, 0, width, height)
    if text == "square":
        side = min(width, height)
        return Region((width - side) // 2, (height - side) // 2, side, side)
    if found := _PIXELS.fullmatch(text):
        x, y, w, h = (int(each) for each in found.groups())
    elif found := _PERCENT.fullmatch(text):
        shares = [float(each) / 100 for each in found.groups()]
        x, y, w, h = (round(share * side) for share, side in zip(shares, (width, height) * 2, strict=True))
    else:
        raise Refused(400, "The region must be full, square, x,y,w,h in pixels or pct:x,y,w,h.")
    part = Region(x, y, min(w, width - x), min(h, height - y))
    if part.w < 1 or part.h < 1:
        raise Refused(400, f"The region has no pixel of the image, which is {width} x {height}.")
    return part


def _size(version: int, text: str, part: Region) -> tuple[int, int]:
    if text.startswith("^"):
        raise Refused(501, "Images are not enlarged.")
    if text == "max" or (version == 2 and text == "full"):
        return _scaled(part, min(1.0, MOST / max(part.w, part.h)))
    if found := _SIZE_PERCENT.fullmatch(text):
        size = _scaled(part, float(found.group(1)) / 100) if float(found.group(1)) else (0, 0)
    elif (found := _SIZE.fullmatch(text)) and (found.group(2) or found.group(3)):
        size = _of_sides(part, bool(found.group(1)), *(int(each) if each else None for each in found.groups()[1:]))
    else:
        raise Refused(400, "The size must be max, w,  ,h  w,h  !w,h or pct:n.")
    if min(size) < 1:
        raise Refused(400, "An image has at least one pixel.")
    if size[0] > part.w or size[1] > part.h:
        raise Refused(400, f"The size is larger than the region, which is {part.w} x {part.h}; nothing is enlarged.")
    if max(size) > MOST:
        raise Refused(400, f"At most {MOST} pixels a side are given.")
    return size


def _of_sides(part: Region, within: bool, width: int | None, height: int | None) -> tuple[int, int]:
    if width is None or height is None:
        if within:
            raise Refused(400, "The size !w,h must have both sides.")
        if width is not None:
            return width, max(1, round(part.h * width / part.w)) if width else 0
        return max(1, round(part.w * (height or 0) / part.h)) if height else 0, height or 0
    if not within:
        return width, height
    return _scaled(part, min(1.0, width / part.w, height / part.h)) if width and height else (0, 0)


def _scaled(part: Region, scale: float) -> tuple[int, int]:
    return max(1, round(part.w * scale)), max(1, round(part.h * scale))


def _unturned(text: str) -> None:
    found = _ROTATION.fullmatch(text)
    if found is None or float(found.group(1)) > 360:
        raise Refused(400, "The rotation must be a number from 0 to 360.")
    if text.startswith("!") or float(found.group(1)):
        raise Refused(501, "Images are given as they are kept: the rotation must be 0.")


def _format(file: str) -> str:
    found = _FILE.fullmatch(file)
    if found is None:
        raise Refused(400, "The address must end with quality.format, such as default.jpg.")
    quality, format_ = found.groups()
    if quality not in ("default", "color", "gray", "bitonal") or format_ not in (*FORMATS, *_FOREIGN_FORMATS):
        raise Refused(400, f"There is no such quality or format: only default, in {', '.join(FORMATS)}.")
    if quality not in ("default", "color") or format_ not in FORMATS:
        raise Refused(501, f"Only the quality default is given, in {', '.join(FORMATS)}.")
    return format_
