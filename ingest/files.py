"""Our copies of the imported files, one folder for each content, with what is made from it beside it.

A folder is `files/<two digits>/<sha256>/` and holds `original.<ext>`, `text.txt`, `lines.json`, `pages/`, `thumbs/`.

Names that come from outside are never used as paths; a path here is made of a checked hash and our own words only.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from graph.contents import BLOCK, GB, Contents, originals
from graph.storage import FULL, storage_of
from graph.storage_errors import CopyMissing, FilesNotWritable, NoSpaceForFile
from graph.types import Region
from ingest.errors import (
    EmptyFile,
    FileMissing,
    FileTooLarge,
    FolderGiven,
    NoPermission,
    NotAFile,
    Unreadable,
)
from settings import Settings

MEGABYTE = 1_000_000
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept copy: the hash of its content, its size in bytes, where it lies, whether it was new."""

    sha256: str
    size: int
    path: Path
    new: bool


def clean_name(name: str) -> str:
    """The last part of a file name as it may be shown: no folders, no control or direction characters, at most 200."""
    last = _UNSAFE.sub("", name.replace("\\", "/")).rstrip("/").rsplit("/", 1)[-1].strip()
    return last[:200] if last.strip(". ") else "unnamed"


@contextmanager
def open_source(path: Path, name: str, max_mb: int) -> Iterator[BinaryIO]:
    """Open a file given by a person for reading; raises our errors before anything is read.

    Refused are what is not there, a folder, a pipe or device, an empty file, one that is too large or not permitted.
    """
    shown = clean_name(name)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as problem:
        raise _cannot_read(problem, shown) from None
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise FolderGiven(name=shown) if stat.S_ISDIR(about.st_mode) else NotAFile(name=shown)
    with os.fdopen(descriptor, "rb") as file:
        check_size(about.st_size, shown, max_mb)
        try:
            yield file
        except OSError as problem:
            raise _cannot_read(problem, shown) from None


def check_size(size: int, name: str, max_mb: int) -> None:
    """Raise `EmptyFile` for 0 bytes and `FileTooLarge` for more than `max_mb` million bytes."""
    if size == 0:
        raise EmptyFile(name=name)
    if size > max_mb * MEGABYTE:
        raise FileTooLarge(name=name, size_mb=-(-size // MEGABYTE), limit_mb=max_mb)


def _cannot_read(problem: OSError, name: str) -> FileMissing | FolderGiven | NoPermission | NotAFile | Unreadable:
    match problem.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return FileMissing(name=name)
        case errno.EISDIR:
            return FolderGiven(name=name)
        case errno.EACCES | errno.EPERM:
            return NoPermission(name=name)
        case errno.ENXIO | errno.ENODEV:
            return NotAFile(name=name)
    return Unreadable(name=name, detail=problem.strerror or str(problem))


@dataclass(frozen=True, slots=True)
class FileStore(Contents):
    """The folder `files/`, with the names of all that is kept of a content."""

    @classmethod
    def of(cls, settings: Settings) -> FileStore:
        """The files of a cabinet; raises as `graph.storage.storage_of` does."""
        return cls(settings.files, storage_of(settings), settings.files_gb * GB)

    def put(self, source: Path | BinaryIO, name: str, max_mb: int = 150) -> Stored:
        """Copy a file or an open stream; the same content is kept once.

        Raises the errors of `open_source`, `NoSpaceForFile` and `FilesNotWritable`.
        """
        if isinstance(source, Path):
            with open_source(source, name, max_mb) as file:
                return self._copy(file, name, max_mb)
        return self._copy(source, name, max_mb)

    def text_path(self, sha256: str) -> Path:
        """Where the document's text is kept (UTF-8)."""
        return self.folder(sha256) / "text.txt"

    def lines_path(self, sha256: str) -> Path:
        """Where the boxes of the text's lines are kept, see `ingest.lines`."""
        return self.folder(sha256) / "lines.json"

    def page_image_path(self, sha256: str, page: int) -> Path:
        """Where the image of a page is kept once it was drawn."""
        return self.folder(sha256) / "pages" / f"{page:04d}.jpg"

    def thumbnail_path(self, sha256: str, page: int = 1) -> Path:
        """Where the small image of a page is kept once it was drawn."""
        return self.folder(sha256) / "thumbs" / f"{page:04d}.jpg"

    def part_path(self, sha256: str, page: int, part: Region) -> Path:
        """Where the image of a part of a page is kept that was fetched without the rest of it."""
        return self.folder(sha256) / "parts" / f"{page:04d}-{part.x}-{part.y}-{part.w}-{part.h}.jpg"

    def page_image_uri(self, sha256: str, page: int) -> str:
        """The page image's path relative to `files/`, as chunks carry it; the image need not be drawn yet."""
        return page_image_uri(sha256, page)

    def write_text(self, sha256: str, text: str) -> str:
        """Keep the document's text, exactly; its hash, for `Document.text_sha256`."""
        content = text.encode("utf-8", "surrogatepass")
        self.write(self.text_path(sha256), content)
        return hashlib.sha256(content).hexdigest()

    def read_text(self, sha256: str) -> str:
        """The document's text, exactly as it was written; raises `CopyMissing`."""
        path = self.text_path(sha256)
        if not self.here(path):
            raise CopyMissing(folder=str(path.parent))
        return path.read_bytes().decode("utf-8", "surrogatepass")

    def _copy(self, stream: BinaryIO, name: str, max_mb: int) -> Stored:
        shown = clean_name(name)
        digest, size = hashlib.sha256(), 0
        with self.temporary(shown) as temporary:
            while block := _read(stream, shown):
                digest.update(block)
                size += len(block)
                if size > max_mb * MEGABYTE:
                    raise FileTooLarge(name=shown, size_mb=-(-size // MEGABYTE), limit_mb=max_mb)
                temporary.file.write(block)
            check_size(size, shown, max_mb)
            sha256 = digest.hexdigest()
            folder = self.folder(sha256)
            kept = originals(folder)
            there = self._there(sha256, size)
            if kept:
                if self.storage and kept[0].name not in there:
                    # Put here before there was a storage, or removed from it by another machine.
                    self.send(kept[0])
                return Stored(sha256, size, kept[0], new=False)
            suffix = Path(shown).suffix.lower()
            path = folder / (there[0] if there else "original" + (suffix if _SUFFIX.fullmatch(suffix) else ""))
            self.settle(temporary, path, sent=not there)
            return Stored(sha256, size, path, new=not there)

    def _there(self, sha256: str, size: int) -> list[str]:
        """The names under which the storage has the whole of a file that is taken in; it is not to be removed then."""
        if not self.storage:
            return []
        self.stays(sha256)
        start = f"{sha256[:2]}/{sha256}/"
        found = {name.removeprefix(start): n for name, n in self.stored(sha256).items()}
        return sorted(name for name, n in found.items() if name.startswith("original") and n == size)


@contextmanager
def written(path: Path, name: str) -> Iterator[BinaryIO]:
    """A new temporary file, open for writing; raises `NoSpaceForFile` and `FilesNotWritable`, which name its folder."""
    try:
        with path.open("wb") as file:
            yield file
    except OSError as problem:
        if problem.errno in FULL:
            raise NoSpaceForFile(name=clean_name(name), folder=str(path.parent.parent)) from None
        raise FilesNotWritable(folder=str(path.parent.parent), detail=problem.strerror or str(problem)) from None


def name_in(uri: str, suffix: str = "") -> str:
    """What the file at an address is called: the last part of its path; `suffix` is put to one that has none."""
    path = urlsplit(uri).path if uri.startswith(("http://", "https://")) else uri
    name = clean_name(unquote(path) if path is not uri else Path(uri).name)
    return name if Path(name).suffix else name + suffix


def page_image_uri(sha256: str, page: int) -> str:
    """The path of a page image relative to `files/`."""
    return f"{sha256[:2]}/{sha256}/pages/{page:04d}.jpg"


def _read(stream: BinaryIO, name: str) -> bytes:
    try:
        return stream.read(BLOCK)
    except OSError as problem:
        raise _cannot_read(problem, name) from None
