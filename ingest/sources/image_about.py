"""What a picture says about itself: EXIF, IPTC, XMP and the text fields of PNG; title, description, makers, rights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from PIL import Image, ImageFile, IptcImagePlugin

from ingest.sources.base import tidy

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_XMP_FIELDS = {
    _DC + "title": "title",
    _DC + "description": "description",
    _DC + "creator": "maker",
    _DC + "rights": "rights",
    _DC + "subject": "keywords",
    "{http://ns.adobe.com/photoshop/1.0/}Headline": "title",
    "{http://ns.adobe.com/photoshop/1.0/}Credit": "maker",
    "{http://ns.adobe.com/xap/1.0/rights/}UsageTerms": "rights",
}
_EXIF_FIELDS = {0x010E: "description", 0x013B: "maker", 0x8298: "rights"}
_EXIF_WIDE = {0x9C9B: "title", 0x9C9C: "description", 0x9C9D: "maker", 0x9C9E: "keywords", 0x9C9F: "description"}
_IPTC_FIELDS = {
    (2, 5): "title", (2, 105): "title", (2, 120): "description", (2, 80): "maker", (2, 110): "maker",
    (2, 116): "rights", (2, 25): "keywords",
}  # fmt: skip
_PNG_FIELDS = {"title": "title", "description": "description", "comment": "description", "author": "maker",
               "artist": "maker", "copyright": "rights", "keywords": "keywords"}  # fmt: skip
_ORDER = ("title", "description", "maker", "keywords", "rights")
_JUNK = {"", "ascii", "unknown", "none", "null", "default", "olympus digital camera", "created with gimp"}
XMP_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class About:
    """A picture's own description; `text` has one line for each thing it says."""

    text: str = ""
    title: str | None = None
    rights: str | None = None
    attribution: str | None = None


def about(picture: Image.Image) -> About:
    """Everything the picture says about itself, each thing once; empty where it says nothing."""
    found: dict[str, list[str]] = {field: [] for field in _ORDER}
    for field, value in (*_xmp(picture), *_iptc(picture), *_exif(picture), *_png(picture)):
        clean = tidy(value, limit=4000)
        if clean and clean.casefold() not in _JUNK and clean not in found[field]:
            found[field].append(clean)
    said: dict[str, None] = {}
    for field in _ORDER:
        values = [", ".join(found[field])] if field == "keywords" and found[field] else found[field]
        said.update(dict.fromkeys(values))
    return About(
        text="\n".join(said),
        title=found["title"][0][:300] if found["title"] else None,
        rights="; ".join(found["rights"])[:500] or None,
        attribution=", ".join(found["maker"])[:500] or None,
    )


def _exif(picture: Image.Image) -> Iterator[tuple[str, str]]:
    exif = picture.getexif()
    for tag, field in _EXIF_FIELDS.items():
        if tag in exif:
            yield field, _repaired(exif[tag])
    for tag, field in _EXIF_WIDE.items():
        value = exif.get(tag)
        if isinstance(value, bytes):
            yield field, value.decode("utf-16-le", "ignore").rstrip("\0")


def _repaired(value: object) -> str:
    """An EXIF string as its writer meant it: mostly UTF-8, which the standard does not know."""
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    try:
        return text.encode("latin-1").decode("utf-8").strip("\0 ")
    except UnicodeError:
        return text.strip("\0 ")


def _iptc(picture: Image.Image) -> Iterator[tuple[str, str]]:
    told = IptcImagePlugin.getiptcinfo(picture) if isinstance(picture, ImageFile.ImageFile) else None
    for key, value in (told or {}).items():
        if key in _IPTC_FIELDS:
            for part in value if isinstance(value, list) else [value]:
                yield _IPTC_FIELDS[key], _repaired(part)


def _png(picture: Image.Image) -> Iterator[tuple[str, str]]:
    for key, value in picture.info.items():
        field = _PNG_FIELDS.get(str(key).casefold())
        if field and isinstance(value, str | bytes):
            yield field, _repaired(value) if isinstance(value, bytes) else value


def _xmp(picture: Image.Image) -> Iterator[tuple[str, str]]:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    raw = packet.encode() if isinstance(packet, str) else packet
    # A packet with declarations of its own could be made to explode; real ones have none.
    if not isinstance(raw, bytes) or not 0 < len(raw) < XMP_LIMIT or b"<!" in raw:
        return
    try:
        root = ElementTree.fromstring(raw.rstrip(b"\0 \n\r\t"))
    except (ElementTree.ParseError, ValueError, LookupError):
        return
    for element in root.iter():
        if element.tag in _XMP_FIELDS:
            for value in _values(element):
                yield _XMP_FIELDS[element.tag], value
        for key, value in element.attrib.items():
            if key in _XMP_FIELDS:
                yield _XMP_FIELDS[key], value


def _values(element: ElementTree.Element) -> Iterable[str]:
    items = [item.text or "" for item in element.iter(_RDF + "li")]
    return items or [element.text or ""]
