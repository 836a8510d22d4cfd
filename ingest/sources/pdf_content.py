"""Whether a page's program draws anything: pdfium shows nothing, without a word, where it cannot understand one."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable

from ingest.errors import PageDamaged
from ingest.pdfium import Pdf, cut_page

_CONTENTS = re.compile(rb"/Contents\s*(\[[^\]]*\]|\d+\s+\d+\s+R)")
_REFERENCE = re.compile(rb"(\d+)\s+(\d+)\s+R")
_OPERATOR = re.compile(rb"(?:^|[\s)\]>])(?:Tj|TJ|'|\"|S|s|f|F|f\*|B|B\*|b|b\*|sh|Do|BI)(?=\s|$)")
"""What shows text, fills or strokes a path, paints a shading or an image (ISO 32000-2, table 50)."""
_MOST = 1_000_000
_FILTERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"FlateDecode": lambda packed: zlib.decompressobj().decompress(packed, _MOST),
    b"ASCII85Decode": lambda packed: base64.a85decode(packed.removesuffix(b"~>")),
    b"ASCIIHexDecode": lambda packed: bytes.fromhex(packed.removesuffix(b">").decode("ascii")),
}


def draws(pdf: Pdf, number: int) -> bool:
    """Whether the program of a page (from 1) would paint something, or is damaged; the caller holds the lock."""
    try:
        alone = cut_page(pdf, number)
    except PageDamaged:
        return True
    found = _CONTENTS.search(alone)
    return found is not None and any(
        _paints(*_stream(alone, number, generation)) for number, generation in _REFERENCE.findall(found.group(1))
    )


def _stream(file: bytes, number: bytes, generation: bytes) -> tuple[bytes, bytes]:
    """The dictionary and the bytes of a stream in a file as pdfium writes it; empty where there is none."""
    found = re.search(rb"(?:^|[\r\n])" + number + rb" +" + generation + rb" +obj\b(.*?)\bstream\r?\n", file, re.S)
    if found is None:
        return b"", b""
    length = re.search(rb"/Length\s+(\d+)", found.group(1))
    end = found.end() + int(length.group(1)) if length else file.find(b"endstream", found.end())
    return found.group(1), file[found.end() : end]


def _paints(about: bytes, content: bytes) -> bool:
    """Whether a stream holds an operator that paints, or cannot be unpacked; False where its packing is unknown."""
    named = re.search(rb"/Filter\s*(\[[^\]]*\]|/\w+)", about)
    try:
        for name in re.findall(rb"/(\w+)", named.group(1)) if named else ():
            if name not in _FILTERS:
                return False
            content = _FILTERS[name](content.strip() if name.startswith(b"ASCII") else content)
    except (zlib.error, ValueError):
        return bool(content.strip())
    return _OPERATOR.search(content) is not None
