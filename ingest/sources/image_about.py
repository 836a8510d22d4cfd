"""What a picture says about itself, in EXIF, IPTC, XMP and the text fields of PNG, as lines such as `Photographer: …`.

Fields that are damaged are passed over: no picture is lost for them.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from xml.etree import ElementTree

from PIL import Image, ImageFile, IptcImagePlugin

from ingest.sources.base import tidy
from ingest.sources.image_fields import (
    CAMERA,
    EXIF_FIELDS,
    EXIF_WIDE,
    IPTC_FIELDS,
    LABELS,
    PNG_FIELDS,
    RDF,
    SINGLE,
    XMP_FIELDS,
)

XMP_LIMIT = 1_000_000
_JUNK = {"", "ascii", "unknown", "none", "null", "default", "olympus digital camera", "created with gimp"}
_DATE = re.compile(r"(\d{4})(?:[:-]?(\d{2})(?:[:-]?(\d{2}))?)?(?!\d)")
_XMP_DEGREES = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])")
_EXIF_IFD, _GPS_IFD, _TAKEN = 0x8769, 0x8825, 0x9003
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, struct.error,
    zlib.error,
)  # fmt: skip
"""What Pillow raises, in the places where it was tried, on descriptions that are damaged."""

Said = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class About:
    """A picture's own description; `text` has one line for each thing it says."""

    text: str = ""
    title: str | None = None
    rights: str | None = None
    attribution: str | None = None


def about(picture: Image.Image) -> About:
    """Everything the picture says about itself, each thing once; empty where it says nothing. Raises nothing."""
    found: dict[str, list[str]] = {field: [] for field in LABELS}
    for ask in (_xmp, _iptc, _exif, _png):
        for field, value in _answers(ask, picture):
            clean = _day(value) if field == "date" else tidy(value, limit=4000)
            if clean and clean.casefold() not in _JUNK and clean not in found[field]:
                found[field].append(clean)
    return About(
        text="\n".join(_lines(found, _by_camera(picture))),
        title=found["title"][0][:300] if found["title"] else None,
        rights="; ".join(found["rights"])[:500] or None,
        attribution=", ".join(found["maker"] or found["credit"])[:500] or None,
    )


def _lines(found: dict[str, list[str]], photographed: bool) -> Iterator[str]:
    for field, values in found.items():
        label = "Photographer" if field == "maker" and photographed else LABELS[field]
        if field == "keywords" and values:
            yield f"{label}: {', '.join(values)}"
            continue
        for value in values[:1] if field in SINGLE else values:
            yield f"{label}: {value}"


def _answers(ask: Callable[[Image.Image], Said], picture: Image.Image) -> Said:
    """What one kind of description says, as far as it can be read."""
    said = ask(picture)
    while True:
        try:
            one = next(said)
        except (StopIteration, *_BROKEN):
            return
        yield one


def _by_camera(picture: Image.Image) -> bool:
    """Whether a camera made the picture, so that its maker is a photographer."""
    return any(True for _ in _answers(_camera, picture))


def _camera(picture: Image.Image) -> Said:
    exif = picture.getexif()
    if any(exif.get(tag) for tag in CAMERA) or exif.get_ifd(_EXIF_IFD).get(_TAKEN):
        yield "camera", "yes"


def _exif(picture: Image.Image) -> Said:
    exif = picture.getexif()
    for tag, field in EXIF_FIELDS.items():
        if tag in exif:
            yield field, _repaired(exif[tag])
    for tag, field in EXIF_WIDE.items():
        value = exif.get(tag)
        if isinstance(value, bytes):
            yield field, value.decode("utf-16-le", "ignore").rstrip("\0")
    if taken := exif.get_ifd(_EXIF_IFD).get(_TAKEN):
        yield "date", _repaired(taken)
    gps = exif.get_ifd(_GPS_IFD)
    if 2 in gps and 4 in gps:
        latitude, longitude = _degrees(gps[2], gps.get(1)), _degrees(gps[4], gps.get(3))
        yield "coordinates", _coordinates(latitude, longitude)


def _degrees(parts: object, side: object) -> float:
    """Degrees of degrees, minutes and seconds; raises what odd values raise."""
    if not isinstance(parts, tuple | list):
        raise ValueError(parts)
    values = [float(part) for part in parts]
    degrees = sum(value / 60.0**place for place, value in enumerate(values[:3]))
    return -degrees if str(side).strip("\0 ").upper() in {"S", "W"} else degrees


def _coordinates(latitude: float, longitude: float) -> str:
    """Latitude and longitude in degrees; nothing for no place on Earth, or both 0, as receivers without signal say."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or latitude == longitude == 0:
        return ""
    return f"{latitude:.5f}, {longitude:.5f}"


def _day(value: str) -> str | None:
    """A date as ISO writes it, as exactly as it is known; None for what is none."""
    match = _DATE.match(value.strip())
    if not match:
        return None
    year, month, day = (int(part or 0) for part in match.groups())
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return "-".join(filter(None, match.groups() if month else match.groups()[:1]))


def _repaired(value: object) -> str:
    """An EXIF string as its writer meant it: mostly UTF-8, which the standard does not know."""
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    try:
        return text.encode("latin-1").decode("utf-8").strip("\0 ")
    except UnicodeError:
        return text.strip("\0 ")


def _iptc(picture: Image.Image) -> Said:
    told = IptcImagePlugin.getiptcinfo(picture) if isinstance(picture, ImageFile.ImageFile) else None
    for key, value in (told or {}).items():
        if key in IPTC_FIELDS:
            for part in value if isinstance(value, list) else [value]:
                yield IPTC_FIELDS[key], _repaired(part)


def _png(picture: Image.Image) -> Said:
    for key, value in picture.info.items():
        field = PNG_FIELDS.get(str(key).casefold())
        if field and isinstance(value, str | bytes):
            yield field, _repaired(value) if isinstance(value, bytes) else value


def _xmp(picture: Image.Image) -> Said:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    raw = packet.encode("utf-8", "replace") if isinstance(packet, str) else packet
    raw = raw.rstrip(b"\0 \n\r\t") if isinstance(raw, bytes) else b""
    # A packet with declarations of its own could be made to explode; real ones have none, and are UTF-8.
    if not 0 < len(raw) < XMP_LIMIT or b"<!" in raw or b"\0" in raw:
        return
    try:
        root = ElementTree.fromstring(raw)
    except (ElementTree.ParseError, LookupError):
        return
    degrees: dict[str, float] = {}
    for element in root.iter():
        values = [(element.tag, value) for value in _values(element)] if element.tag in XMP_FIELDS else []
        for name, value in (*values, *((key, value) for key, value in element.attrib.items() if key in XMP_FIELDS)):
            field = XMP_FIELDS[name]
            if match := _XMP_DEGREES.fullmatch(value) if field in {"latitude", "longitude"} else None:
                *parts, side = match.groups()
                degrees[field] = _degrees([part or "0" for part in parts], side)
            elif field in LABELS:
                yield field, value
    if len(degrees) == 2:
        yield "coordinates", _coordinates(degrees["latitude"], degrees["longitude"])


def _values(element: ElementTree.Element) -> list[str]:
    items = [item.text or "" for item in element.iter(RDF + "li")]
    return items or [element.text or element.get(RDF + "resource") or ""]
