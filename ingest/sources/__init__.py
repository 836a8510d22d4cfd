"""The kinds of sources: a table, one file per kind. Importing the table imports no parser.

A kind is recognised by its content first and by its name second, so a wrong extension does no harm.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from ingest.errors import BinaryFile, UnknownKind
from ingest.files import clean_name, open_source
from ingest.sources.base import Limits, ReadDocument
from ingest.sources.xml import xml_kind

SNIFF = 8192
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ZIPPED = {"docx", "pptx", "xlsx", "opendocument"}
"""The kinds that are ZIPs inside."""


class Reader(Protocol):
    """What the file of each kind offers."""

    def read(self, path: Path, name: str, limits: Limits) -> ReadDocument:
        """Read a file into text with places; raises subclasses of SourceError, nothing else."""
        ...


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One kind: its name (also that of its file here), how it begins, how its names end."""

    kind: str
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]
    magic: tuple[bytes, ...] = ()


SOURCES: tuple[SourceKind, ...] = (
    SourceKind("pdf", ("application/pdf",), (".pdf",), (b"%PDF-",)),
    SourceKind("image", ("image/png",), (".png",), (b"\x89PNG\r\n\x1a\n",)),
    SourceKind("image", ("image/jpeg",), (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    SourceKind("image", ("image/tiff",), (".tif", ".tiff"), (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    SourceKind("image", ("image/webp",), (".webp",)),
    SourceKind("image", ("image/gif",), (".gif",), (b"GIF87a", b"GIF89a")),
    SourceKind("image", ("image/bmp",), (".bmp",)),
    SourceKind(
        "docx",
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
        (".docx", ".docm", ".dotx", ".dotm"),
    ),
    SourceKind(
        "pptx",
        ("application/vnd.openxmlformats-officedocument.presentationml.presentation",),
        (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"),
    ),
    SourceKind(
        "xlsx",
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
        (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb"),
    ),
    *(
        SourceKind(
            "opendocument",
            tuple(f"application/vnd.oasis.opendocument.{kind}{more}" for more in ("", "-template", "-master")),
            suffixes,
        )
        for kind, suffixes in (
            ("text", (".odt", ".ott")),
            ("spreadsheet", (".ods", ".ots")),
            ("presentation", (".odp", ".otp")),
        )
    ),
    SourceKind("compound", ("application/x-ole-storage",), (".doc", ".dot", ".xls", ".ppt"), (b"\xd0\xcf\x11\xe0",)),
    SourceKind("delimited", ("text/csv",), (".csv",)),
    SourceKind("delimited", ("text/tab-separated-values",), (".tsv", ".tab")),
    SourceKind("html", ("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml", ".xht", ".shtml")),
    SourceKind("epub", ("application/epub+zip",), (".epub",)),
    SourceKind("mail", ("message/rfc822",), (".eml", ".mht", ".mhtml")),
    SourceKind("tei", ("application/tei+xml",), ()),
    SourceKind("alto", ("application/alto+xml",), ()),
    SourceKind("pagexml", ("application/vnd.prima.page+xml",), ()),
    SourceKind("hocr", ("text/vnd.hocr+html",), ()),
    SourceKind("xml", ("application/xml",), ()),
    SourceKind("iiif", ("application/ld+json", "application/json"), (".json", ".jsonld")),
    SourceKind("statements", ("application/jsonl",), (".jsonl", ".ndjson")),
    SourceKind("markdown", ("text/markdown",), (".md", ".markdown", ".mdown")),
    SourceKind("text", ("text/plain",), (".txt", ".text", ".log", "")),
)

_NOT_YET: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "ZIP"),
    (b"{\\rtf", "RTF"),
    (b"%!PS", "PostScript"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"AT&TFORM", "DjVu"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"8BPS", "Photoshop"),
)
_NOT_YET_NAMES = {
    ".svg": "SVG", ".rtf": "RTF",
}  # fmt: skip

_HTML = re.compile(
    rb"""\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:[^-]|-(?!->)){0,3000}-->\s*){0,5}"""
    rb"""(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])""",
    re.I,
)
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*\[?\s*\{\s*"')
_IIIF = re.compile(rb'iiif\.io/api/presentation/|shared-canvas\.org/ns/context|"@type"\s*:\s*"sc:[MC]')


def identify(path: Path, name: str, limits: Limits) -> SourceKind:
    """Which kind a file is, by its first bytes, then its name; raises what `open_source` raises, and `UnknownKind`."""
    with open_source(path, name, limits.max_file_mb) as file:
        return recognise_file(file, name, limits)


def recognise_file(file: BinaryIO, name: str, limits: Limits) -> SourceKind:
    """Which kind an open file is; a ZIP is looked into. Leaves the file at its start; raises `UnknownKind`."""
    head = file.read(SNIFF)
    found = _in_zip(file, name, limits) if head.startswith(_ZIP) else None
    file.seek(0)
    return found or recognise(head, name)


def _in_zip(file: BinaryIO, name: str, limits: Limits) -> SourceKind | None:
    """The kind that a ZIP says it is, else, where nothing can be seen in it, the kind that its name promises."""
    package = importlib.import_module("ingest.sources.package")
    told = package.media_type_of(file, name, limits)
    named = (
        kind for kind in SOURCES if kind.kind in _ZIPPED and Path(clean_name(name)).suffix.lower() in kind.suffixes
    )
    return next((kind for kind in SOURCES if told in kind.media_types), None) or next(named, None)


def recognise(head: bytes, name: str) -> SourceKind:
    """Which kind a file is that begins with `head`; raises `UnknownKind` for one that is known but not read yet."""
    shown = clean_name(name)
    suffix = Path(shown).suffix.lower()
    found = _by_content(head)
    # Statements are JSON too, line by line, and may be about a manifest.
    if found and not (found.kind == "iiif" and suffix in {".jsonl", ".ndjson"}):
        return found
    # Before HTML: hOCR is HTML too.
    if xml := xml_kind(head, suffix):
        return kind_named(xml)
    if _HTML.match(head.lstrip(b"\xef\xbb\xbf\xff\xfe").replace(b"\0", b"")):
        return kind_named("html")
    if _is_epub(head, suffix):
        return kind_named("epub")
    for magic, label in _NOT_YET:
        if head.startswith(magic):
            raise UnknownKind(name=shown, kind=label)
    if suffix in _NOT_YET_NAMES:
        raise UnknownKind(name=shown, kind=_NOT_YET_NAMES[suffix])
    kinds = [kind for kind in SOURCES if suffix in kind.suffixes]
    if kinds and kinds[0].kind in {"html", "mail", "statements", "markdown", "delimited", "iiif"}:
        return kinds[0]
    if kinds and kinds[0].kind in {"pdf", "image"} and b"\0" in head:
        raise BinaryFile(name=shown)
    return kind_named("text")


def _by_content(head: bytes) -> SourceKind | None:
    for kind in SOURCES:
        if head.startswith(kind.magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return kind_named("image/webp")
    # Text may begin with BM: a bitmap's two reserved words are zero and its header has one of few lengths.
    if (
        head[:2] == b"BM"
        and head[6:10] == b"\0\0\0\0"
        and head[14:18] in {bytes((n, 0, 0, 0)) for n in (12, 40, 108, 124)}
    ):
        return kind_named("image/bmp")
    if _JSON.match(head) and _IIIF.search(head):
        return kind_named("iiif")
    # Some writers put a few bytes in front of a PDF; readers accept it within the first kilobyte.
    if b"%PDF-" in head[:1024] and b"\0" not in head[: head.index(b"%PDF-")]:
        return kind_named("pdf")
    return None


def _is_epub(head: bytes, suffix: str) -> bool:
    """An EPUB says what it is in its first member, or, where its maker did not know that, by its name."""
    return head.startswith(b"PK\x03\x04") and (b"mimetypeapplication/epub+zip" in head[:100] or suffix == ".epub")


def kind_named(name: str) -> SourceKind:
    """The row of the table with this kind or media type; raises KeyError."""
    for kind in SOURCES:
        if name == kind.kind or name in kind.media_types:
            return kind
    raise KeyError(name)


def reader(kind: SourceKind) -> Reader:
    """The file that reads this kind, imported now."""
    return cast(Reader, importlib.import_module(f"ingest.sources.{kind.kind}"))


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """Read a file of any kind into text with places; raises subclasses of SourceError, nothing else."""
    kind = identify(path, name, limits)
    return reader(kind).read(path, name, limits)
