"""XML of any kind: told apart by its outermost element, read by the file for that kind, refused with its name if none.

One table for what is read; a file whose outermost element comes only after a long preface is opened to look for it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

from ingest.files import clean_name, open_source
from ingest.sources.base import Limits, ReadDocument, tidy
from ingest.sources.xml_events import Root, root_of, stream
from ingest.xml_errors import MetsAlone, XmlKindUnknown

_KINDS = {"tei": "tei", "tei.2": "tei", "teicorpus": "tei", "teicorpus.2": "tei", "alto": "alto", "pcgts": "pagexml"}
"""The outermost element in small letters, and the kind it stands for."""
_TEI = "http://www.tei-c.org/ns/1.0"
LONGEST_PREFACE = 4_000_000
"""Bytes in which the outermost element has to come: before it there may be a declaration, a DTD and comments."""
_OCR = re.compile(rb"""\b(?:class|name)\s*=\s*["']?[^"'<>]{0,80}\b(?:ocr_page|ocr_line|ocrx_\w+|ocr-system)\b""", re.I)
_HTML = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+)?html\b", re.I | re.S)
_BEGINS = (b"<?xml", b"\xef\xbb\xbf<?xml", b"\xff\xfe<\0?\0", b"\xfe\xff\0<\0?", b"<\0?\0x\0", b"\0<\0?\0x")


class _Reader(Protocol):
    def read(self, path: Path, name: str, limits: Limits) -> ReadDocument: ...


class _Nothing:
    """Listens to a file only for the error that is in it."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, data: str) -> None: ...


def xml_kind(head: bytes, suffix: str) -> str | None:
    """The kind of XML that a file beginning with `head` is: tei, alto, pagexml, hocr, or xml where only reading tells.

    None for HTML, and for text that merely begins with a tag. Raises nothing.
    """
    start = head.lstrip(b" \t\r\n")
    begins = start.startswith(_BEGINS) or (suffix == ".xml" and start.startswith(b"<"))
    root = root_of(head)
    tag = root.tag.lower() if root else ""
    if _OCR.search(head) and (tag == "html" or (not root and _HTML.match(head))):
        return "hocr"
    if root is None:
        return "xml" if begins else None
    if tag == "html":
        return None
    if kind := kind_of(root):
        return kind
    return "xml" if begins or tag == "mets" or suffix == ".svg" else None


def kind_of(root: Root) -> str | None:
    """The kind of XML with this outermost element, None for one that is not read."""
    return _KINDS.get(root.tag.lower()) or ("tei" if root.namespace == _TEI else None)


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A file of which only its XML is known; raises `MetsAlone` and `XmlKindUnknown` for what is not read."""
    with open_source(path, name, limits.max_file_mb) as file:
        root = root_of(file.read(LONGEST_PREFACE))
    if root is None:
        stream(path, name, limits, _Nothing())
        root = Root("?", "")
    kind = kind_of(root)
    if kind is None:
        raise refused(root, name)
    return cast(_Reader, importlib.import_module(f"ingest.sources.{kind}")).read(path, name, limits)


def refused(root: Root, name: str) -> MetsAlone | XmlKindUnknown:
    """The error for XML with this outermost element."""
    if root.tag.lower() == "mets":
        return MetsAlone(name=clean_name(name))
    namespace = tidy(root.namespace, 120) or "–"
    return XmlKindUnknown(name=clean_name(name), root=tidy(root.tag, 60) or "?", namespace=namespace)
