"""Plain text in the encodings people have: UTF-8, UTF-16, UTF-32, with or without a mark, Windows-1252, Latin-1."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from graph.types import State
from ingest.errors import BinaryFile, EmptyFile
from ingest.files import clean_name, open_source
from ingest.language import guess_language
from ingest.sources.base import Block, BlockKind, Limits, PageText, ReadDocument, cover

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*")
_RULE = re.compile(r"\s*([=\-~*_])\1{2,}\s*")
_ITEM = re.compile(r"\s*(?:[-*•–·]|\(?\d{1,3}[.)])\s+\S")
_CHAPTER = re.compile(
    r"\s*(?:(?:Kapitel|Chapter|Teil|Part|Abschnitt|Section)\s+\w+|\d{1,2}(?:\.\d{1,2})*\.?\s+\S)", re.I
)


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A text file as one page; line ends become `\\n`. Raises `BinaryFile` for what is no text."""
    text = read_text(path, name, limits)
    blocks = cover(text, _blocks(text))
    return ReadDocument(
        title=_title(text, name),
        media_type="text/plain",
        text=text,
        pages=(PageText(1, 0, len(text), state=State.DONE),),
        blocks=blocks,
        language=guess_language(text),
    )


def read_text(path: Path, name: str, limits: Limits) -> str:
    """The decoded content of a text file with `\\n` as line end; raises our errors."""
    with open_source(path, name, limits.max_file_mb) as file:
        raw = file.read()
    text = decode(raw, clean_name(name)).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise EmptyFile(name=clean_name(name))
    return text


def decode(raw: bytes, name: str) -> str:
    """Bytes as text, the encoding told from the bytes; raises `BinaryFile` where no encoding makes sense."""
    if marked := marked_encoding(raw[:4096]):
        encoding, length = marked
        return _checked(raw[length:].decode(encoding, "replace"), name)
    if b"\0" in raw:
        raise BinaryFile(name=name)
    try:
        return _checked(raw.decode("utf-8"), name)
    except UnicodeDecodeError:
        return _checked(raw.decode(eight_bit_encoding(raw), "replace"), name)


def marked_encoding(head: bytes) -> tuple[str, int] | None:
    """The encoding that a mark at the start or the place of zero bytes tells, and the length of the mark."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    wide = _wide(head)
    return (wide, 0) if wide else None


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: in most scripts every other byte is zero, in one half only."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    many = len(head) // 2 * 0.3
    if odd > many and even < odd * 0.05:
        return "utf-16-le"
    if even > many and odd < even * 0.05:
        return "utf-16-be"
    return None


def eight_bit_encoding(raw: bytes) -> str:
    """An eight-bit encoding: Western European as a rule, otherwise what the statistics of the letters say."""
    letters = sum(byte >= 0xC0 for byte in raw[:100_000])
    ascii_letters = sum(65 <= byte < 123 for byte in raw[:100_000])
    if letters > 0.3 * (letters + ascii_letters):
        import charset_normalizer

        best = charset_normalizer.from_bytes(raw[:100_000]).best()
        if best is not None:
            return best.encoding
    try:
        raw.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def _checked(text: str, name: str) -> str:
    check_words(text, name)
    return text.replace("\0", " ")


def check_words(text: str, name: str) -> None:
    """Raise `BinaryFile` unless there are hardly any control characters or undecodable places among the first."""
    head = text[:20_000]
    odd = sum((c < " " and c not in "\t\n\r\f\x0b\x1b") or c in "\x7f\ufffd" for c in head)
    if odd > max(2, 0.01 * len(head)) or "\0" in head:
        raise BinaryFile(name=name)


def _title(text: str, name: str) -> str:
    first = next((line.strip() for line in text[:2000].split("\n") if line.strip() and not _RULE.fullmatch(line)), "")
    if 3 <= len(first) <= 120 and any(c.isalpha() for c in first):
        return first
    return Path(clean_name(name)).stem


def _blocks(text: str) -> Iterator[Block]:
    """Paragraphs between empty lines; short lines that stand alone without a full stop are headings."""
    heading: tuple[str, ...] = ()
    for number, match in enumerate(_PARAGRAPH.finditer(text)):
        start, end = match.start(), match.start() + len(match.group().rstrip())
        lines = text[start:end].split("\n")
        if _is_heading(lines, first=number == 0):
            heading = (lines[0].strip(),)
            yield Block(start, end, 1, BlockKind.HEADING)
        elif all(_ITEM.match(line) for line in lines):
            yield Block(start, end, 1, BlockKind.LIST, heading)
        else:
            yield Block(start, end, 1, BlockKind.PARAGRAPH, heading)


def _is_heading(lines: list[str], first: bool) -> bool:
    line = lines[0].strip()
    if len(line) > 100 or not any(c.isalpha() for c in line):
        return False
    if len(lines) == 2:
        return _RULE.fullmatch(lines[1]) is not None
    if len(lines) > 1 or line.endswith((".", "!", "?", ":", ";", ",", "“", '"')):
        return False
    return first or line.isupper() or _CHAPTER.match(line) is not None
