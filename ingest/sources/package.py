"""Office files are ZIPs of XML: their parts are read here, within the limits; XML that declares entities is refused.

The standard library's parser reads them as a stream; the parts that are not asked for (pictures, fonts, macros) are
never unpacked. Nothing outside of the file is ever opened.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, NoReturn
from xml.etree import ElementTree
from xml.parsers import expat

from graph.errors import SourceError
from graph.zip_limits import BROKEN, MAX_DIRECTORY, is_bomb, opened
from ingest.files import MEGABYTE, clean_name, open_source
from ingest.office_errors import (
    BlockTooLarge,
    ExpandsTooFar,
    OfficeDamaged,
    OfficeEncrypted,
    PartMissing,
    XmlDeclaresEntities,
)
from ingest.sources.base import Limits
from ingest.sources.elements import Element, local

MAX_DEPTH = 150
"""XML deeper than this is no document: tables nested ten times need 60."""
MAX_HELD = 2_000_000
"""Elements held in memory at once, about 400 MB: those of one paragraph, one table of Word, one row, one small part."""
_BLOCK = 1 << 16
_BROKEN = (*BROKEN, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part refers to: the last word of the kind of relation, and the part."""

    kind: str
    target: str


def _directory_too_large(name: str) -> ExpandsTooFar:
    return ExpandsTooFar(name=name, limit_mb=MAX_DIRECTORY // MEGABYTE)


class Part:
    """An open part; reading counts against what the whole file may expand to."""

    def __init__(self, stream: IO[bytes], package: Package) -> None:
        self._stream, self._package = stream, package

    def read(self, size: int = _BLOCK) -> bytes:
        """At most `size` bytes; raises `OfficeDamaged` and `ExpandsTooFar`."""
        try:
            block = self._stream.read(min(size, _BLOCK) if size >= 0 else _BLOCK)
        except _BROKEN:
            raise OfficeDamaged(name=self._package.name) from None
        self._package.count(len(block))
        return block


class Package:
    """The parts of an open Office file by their names; made by `open_package`."""

    def __init__(self, archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self.name = name
        self._archive, self._limits = archive, limits
        self._expanded = self._held = 0
        self._members = {_key(member.filename): member for member in archive.infolist()}

    def has(self, part: str) -> bool:
        """Whether there is a part of this name; capitals make no difference, as the standard says."""
        return _key(part) in self._members

    def count(self, size: int) -> None:
        """Count what was unpacked; raises `ExpandsTooFar`."""
        self._expanded += size
        if self._expanded > self._limits.max_expanded_mb * MEGABYTE:
            self._too_far()

    @contextmanager
    def open(self, part: str) -> Iterator[Part]:
        """A part for reading; raises `PartMissing`, `OfficeEncrypted`, `OfficeDamaged`, `ExpandsTooFar`."""
        member = self._members.get(_key(part))
        if member is None:
            raise PartMissing(name=self.name, part=clean_name(part))
        if member.flag_bits & 0x1:
            raise OfficeEncrypted(name=self.name)
        if is_bomb(member):
            self._too_far()
        try:
            stream = self._archive.open(member)
        except _BROKEN:
            raise OfficeDamaged(name=self.name) from None
        with stream:
            yield Part(stream, self)

    def read(self, part: str, size: int) -> bytes:
        """The first bytes of a part."""
        with self.open(part) as stream:
            return stream.read(size)

    def tree(self, part: str) -> Element:
        """A part as a tree; raises `OfficeDamaged`, `XmlDeclaresEntities` and what `open` raises."""
        root: Element | None = None
        for _, element in self.events(part):
            root = element if root is None else root
        if root is None:
            self._damaged()
        return root

    def children(self, part: str, *containers: str) -> Iterator[Element]:
        """Each child of each element with one of these local names, whole; forgotten when the next one is asked for."""
        holder: Element | None = None
        depth = level = 0
        for event, element in self.events(part):
            if event == "start":
                depth += 1
                if holder is None and local(element) in containers:
                    holder, level = element, depth
            else:
                if holder is not None and depth == level + 1:
                    yield element
                    holder.clear()
                    self.forget()
                elif holder is element:
                    holder = None
                depth -= 1

    def events(self, part: str) -> Iterator[tuple[str, Element]]:
        """Each start and end of an element in order; who clears elements says so by `forget`."""
        self._refuse_doctype(part)
        depth = self._held = 0
        with self.open(part) as stream:
            try:
                for event, element in ElementTree.iterparse(stream, ("start", "end")):
                    if event == "start":
                        depth, self._held = depth + 1, self._held + 1
                        if depth > MAX_DEPTH:
                            self._damaged()
                        if self._held > MAX_HELD:
                            raise BlockTooLarge(name=self.name)
                    else:
                        depth -= 1
                    yield event, element
            except (ElementTree.ParseError, LookupError, ValueError):
                self._damaged()

    def forget(self) -> None:
        """The elements that came so far are no longer held."""
        self._held = 0

    def _refuse_doctype(self, part: str) -> None:
        """Look at what stands before the first element: a document type could declare entities or name a file."""
        begun = False

        def element(*_: object) -> None:
            nonlocal begun
            begun = True

        def doctype(*_: object) -> NoReturn:
            raise XmlDeclaresEntities(name=self.name)

        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.StartDoctypeDeclHandler = element, doctype
        with self.open(part) as stream:
            try:
                while not begun and (block := stream.read()):
                    parser.Parse(block)
            except (expat.ExpatError, LookupError, ValueError):
                self._damaged()

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part refers to inside the file, by id; empty where it refers to nothing."""
        folder, file = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{file}.rels")
        if not self.has(listed):
            return {}
        found: dict[str, Relation] = {}
        for element in self.tree(listed):
            target = element.get("Target", "")
            if element.get("TargetMode") != "External" and target:
                inside = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[element.get("Id", "")] = Relation(element.get("Type", "").rsplit("/", 1)[-1], inside)
        return found

    def related(self, part: str, kind: str) -> str | None:
        """The first existing part of one kind that a part refers to; the empty name stands for the whole file."""
        for relation in self.relations(part).values():
            if relation.kind == kind and self.has(relation.target):
                return relation.target
        return None

    def main(self) -> str:
        """The part that the file is about; raises `PartMissing`."""
        found = self.related("", "officeDocument")
        if found is None:
            raise PartMissing(name=self.name, part="officeDocument")
        return found

    def _damaged(self) -> NoReturn:
        raise OfficeDamaged(name=self.name) from None

    def _too_far(self) -> NoReturn:
        raise ExpandsTooFar(name=self.name, limit_mb=self._limits.max_expanded_mb)


_MAIN_PARTS = (
    ("wordprocessingml.", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("ms-word.", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("spreadsheetml.", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ms-excel.", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("presentationml.", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("ms-powerpoint.", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_MAIN = (".main+xml", ".main")


def media_type_of(file: BinaryIO, name: str, limits: Limits) -> str | None:
    """What a ZIP says that it is, in its `mimetype` or its list of content types; None for one that says nothing.

    A ZIP that is damaged says nothing either: reading it will tell.
    """
    try:
        with _archive(file, clean_name(name)) as archive:
            package = Package(archive, clean_name(name), limits)
            if package.has("mimetype"):
                return package.read("mimetype", 200).decode("ascii", "replace").strip()
            if not package.has("[Content_Types].xml"):
                return None
            types = [element.get("ContentType", "") for element in package.tree("[Content_Types].xml")]
    except SourceError:
        return None
    for content_type in types:
        # Sheets of macros and the like name the same program; the main part ends like this in all of them.
        if content_type.endswith(_MAIN):
            return next((kind for part, kind in _MAIN_PARTS if part in content_type), None)
    return None


@contextmanager
def open_package(path: Path, name: str, limits: Limits) -> Iterator[Package]:
    """The parts of an Office file; raises what `open_source` raises, `OfficeDamaged` and `ExpandsTooFar`."""
    with open_source(path, name, limits.max_file_mb) as file, _archive(file, clean_name(name)) as archive:
        yield Package(archive, clean_name(name), limits)


@contextmanager
def _archive(file: BinaryIO, name: str) -> Iterator[zipfile.ZipFile]:
    try:
        archive = opened(file, lambda: _directory_too_large(name))
    except _BROKEN:
        raise OfficeDamaged(name=name) from None
    with archive:
        yield archive


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
