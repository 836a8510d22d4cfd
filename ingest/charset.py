"""Which encoding markup is in: by its mark, by being UTF-8, by what it declares, by what its server said."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from ingest.sources.text import decode

_DECLARED: Final = re.compile(
    rb"""<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?\bencoding\s*=\s*["']([\w.:-]{2,40})""",
    re.I,
)
_KNOWN: Final = re.compile(
    r"utf-?8|utf-16(?:le|be)?|(?:iso-?)?8859-?\d+|iso-?2022-\w+|iso8859-\d+|windows-?\d+|cp\d+|latin-?\d+|us-ascii|ascii"
    r"|koi8-\w+|shift[_-]?jis|sjis|euc[_-]\w+|gb\w+|big5(?:-?hkscs)?|mac-?\w+|hz|tis-620",
    re.I,
)
_LOOK: Final = 4096
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode_markup(raw: bytes, name: str) -> str:
    """Markup as text: by its mark, as valid UTF-8, by what it declares, then by its letters; raises `BinaryFile`.

    Bytes that are valid UTF-8 are taken for it whatever is declared: in another encoding they practically never are.
    """
    declared = declared_encoding(raw)
    if declared and not raw.startswith(_MARKS):
        shifting = b"\x1b" in raw and "2022" in declared
        if shifting or not _is_utf8(raw):
            try:
                return raw.decode(declared)
            except (UnicodeDecodeError, LookupError):
                # The declaration does not hold; the letters decide.
                return decode(raw, name)
    return decode(raw, name)


def declared_encoding(raw: bytes) -> str | None:
    """The encoding that a page declares in its head, if it is a real one; Latin-1 means Windows-1252, as on the web."""
    found = _DECLARED.search(raw[:_LOOK])
    return _real((found.group(1) or found.group(2)).decode("ascii", "replace")) if found else None


def _real(label: str) -> str | None:
    """The encoding of a label, None for what is none of text, and for those that are told from the bytes."""
    if not _KNOWN.fullmatch(label):
        return None
    try:
        known = codecs.lookup(label).name
    except LookupError:
        return None
    if known in {"utf-8", "utf-16", "utf-16-le", "utf-16-be"}:
        return None
    return "cp1252" if known in {"iso8859-1", "ascii"} else known


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def keep_charset(path: Path, charset: str) -> None:
    """Write a fetched file anew as UTF-8 with its mark, where only its server said in which encoding it is.

    The file alone would not tell afterwards. One that says so itself, or is UTF-8, stays byte for byte as it came.
    """
    raw, known = path.read_bytes(), _real(charset)
    if not known or raw.startswith(_MARKS) or _is_utf8(raw) or declared_encoding(raw):
        return
    try:
        text = raw.decode(known)
    except UnicodeDecodeError:
        return
    path.write_bytes(codecs.BOM_UTF8 + text.encode())
