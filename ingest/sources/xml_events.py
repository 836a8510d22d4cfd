"""XML as a stream of events, whatever its size: nothing is fetched, nothing explodes, nothing is built in memory.

Python's own expat, because it hands over each tag as it comes (lxml and ElementTree build a tree; defusedxml refuses
every entity, and old TEI is full of `&auml;`). It never opens a file or an address by itself. On top of it: entities
that stand for more than a few characters, or for other entities or files, are refused; depth and the length of a tag
are limited; character entities of DTDs that are not fetched are known by their names, which HTML shares.

Names of elements and attributes lose their prefix, so files without namespaces, or with wrong ones, are read as well.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html.entities import html5
from pathlib import Path
from typing import BinaryIO, Protocol
from xml.parsers import expat

from ingest.files import clean_name, open_source
from ingest.sources.base import Limits
from ingest.xml_errors import XmlBroken, XmlEncoding, XmlEntity, XmlTooDeep, XmlTooLong

MAX_DEPTH = 500
LONGEST_TAG_MB = 4
"""A tag or comment longer than this is no writing of people; looking for its end again and again would take hours."""
LONGEST_ENTITY = 32
_BLOCK = 1 << 16
_XMLNS = "xmlns"
_SPACE = b" \t\r\n"
_LATIN = re.compile(
    rb"""<\?xml[^>]{1,80}encoding\s*=\s*["'](?:iso-8859-1|iso-8859-15|windows-1252|latin-?1)["']""", re.I
)
_ESCAPED = frozenset({"&#38;", "&#60;"})
"""How XML itself writes & and < where a file declares them again."""


class Handler(Protocol):
    """What is told of each event; names have no prefix."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, data: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Root:
    """The outermost element: its name without prefix, its namespace, empty where it has none."""

    tag: str
    namespace: str


class _Enough(Exception):
    """Stops a parser that has seen what was asked for."""


def stream(path: Path, name: str, limits: Limits, handler: Handler) -> None:
    """Tell `handler` all of a file; raises what `open_source` raises, and the errors of XML that start with `Xml`."""
    with open_source(path, name, limits.max_file_mb) as file:
        parse(file, clean_name(name), handler)


def parse(file: BinaryIO, name: str, handler: Handler) -> None:
    """Tell `handler` all of an open file; `name` is for the errors."""
    block = file.read(_BLOCK).lstrip(_SPACE)
    guard = _Guard(name, handler, _encoding(block))
    parser = guard.parser
    fed = 0
    try:
        while block:
            parser.Parse(block)
            fed += len(block)
            if fed - max(parser.CurrentByteIndex, 0) > LONGEST_TAG_MB * 1_000_000:
                raise XmlTooLong(name=name, limit=LONGEST_TAG_MB, line=parser.CurrentLineNumber)
            block = file.read(_BLOCK)
        parser.Parse(b"", True)
    except expat.ExpatError as problem:
        detail = expat.ErrorString(problem.code) or "?"
        raise XmlBroken(name=name, line=problem.lineno, column=problem.offset + 1, detail=detail) from None
    except (LookupError, ValueError) as problem:
        # Python's part of the parser says so that it does not know an encoding, before there is any element.
        if guard.started:
            raise
        raise XmlEncoding(name=name, detail=str(problem)) from None


def _encoding(head: bytes) -> str | None:
    """UTF-8 where a file calls itself Latin-1 and is UTF-8: it was converted, and its first line was forgotten."""
    if not _LATIN.match(head) or head.isascii():
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return None
    return "utf-8"


def root_of(head: bytes) -> Root | None:
    """The outermost element of a file that begins with `head`; None where it is not in there, or this is no XML."""
    found: list[Root] = []

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        prefix, _, local = tag.rpartition(":")
        found.append(Root(local, attributes.get(f"{_XMLNS}:{prefix}" if prefix else _XMLNS, "")))
        raise _Enough

    parser = expat.ParserCreate()
    parser.UseForeignDTD(True)
    parser.StartElementHandler = start
    with suppress(_Enough, expat.ExpatError, LookupError, ValueError):
        parser.Parse(head.lstrip(_SPACE))
    return found[0] if found else None


class _Guard:
    """A parser that passes on what is harmless and raises our errors for the rest."""

    def __init__(self, name: str, handler: Handler, encoding: str | None) -> None:
        self._name, self._handler = name, handler
        self._outside: set[str] = set()
        self._depth = 0
        self.started = False
        self.parser = parser = expat.ParserCreate(encoding)
        # Entities that the file does not define are then skipped, and told, instead of being an error.
        parser.UseForeignDTD(True)
        parser.buffer_text = True
        parser.buffer_size = _BLOCK
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = handler.text
        parser.EntityDeclHandler = self._declared
        parser.SkippedEntityHandler = self._skipped
        parser.ExternalEntityRefHandler = self._external

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.started = True
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise XmlTooDeep(name=self._name, limit=MAX_DEPTH)
        for key in attributes:
            if ":" in key:
                attributes = {_local(key): value for key, value in attributes.items()}
                break
        self._handler.start(_local(tag) if ":" in tag else tag, attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        self._handler.end(_local(tag) if ":" in tag else tag)

    def _declared(
        self,
        entity: str,
        is_parameter: bool,
        value: str | None,
        _base: str | None,
        _system: str | None,
        _public: str | None,
        notation: str | None,
    ) -> None:
        if is_parameter or notation is not None:
            # Parameter entities are for the DTD, and entities with a notation are pictures: neither is put in.
            return
        if value is None:
            self._outside.add(entity)
        elif len(value) > LONGEST_ENTITY or "<" in value or ("&" in value and value not in _ESCAPED):
            raise XmlEntity(name=self._name, entity=entity)

    def _skipped(self, entity: str, is_parameter: bool) -> None:
        if is_parameter:
            return
        if entity in self._outside:
            raise XmlEntity(name=self._name, entity=entity)
        self._handler.text(html5.get(f"{entity};", f"&{entity};"))

    def _external(self, context: str, _base: str | None, _system: str | None, _public: str | None) -> int:
        raise XmlEntity(name=self._name, entity=(context or "?").split("\f")[-1])


def _local(name: str) -> str:
    return name.rpartition(":")[2]
