"""The folder of the kept files, one folder for each content, and the storage behind it where one is set.

With a storage the folder here is a cache: what is written is in the storage before it is here under its name, what is
not here is fetched when it is asked for, and what was not used for long may go. What can be made again from the
original (drawn pages, where a manifest's images are) stays here alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from graph.errors import StoreError
from graph.storage import FULL, Storage
from graph.storage_errors import CopyMissing, FilesNotWritable, NoSpaceForFile, StorageCopyDamaged

BLOCK: Final = 1 << 20
GB: Final = 1_000_000_000
INCOMING: Final = ".incoming"
_LEAVING: Final = ".leaving"
_STORED: Final = ".stored"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_REMEMBERED: Final = 120.0
"""Seconds for which a picture that is not in the storage is not asked for again: a shelf has many without one."""
_REMEMBERED_TEXT: Final = 5.0
_MARKED: Final = 60.0
"""Seconds within which a content that is used again is not marked again."""
_ABSENT: dict[tuple[Storage, str], float] = {}
_LOCKS: Final = tuple(threading.Lock() for _ in range(64))

log = logging.getLogger("wunderkammer.files")


@dataclass(frozen=True, slots=True)
class Temporary:
    """A file that is being written."""

    file: BinaryIO
    path: Path


@dataclass(frozen=True, slots=True)
class Contents:
    """The folder `files/`; every write is synced and renamed, so a crash leaves no half file. For threads.

    Where one is set, what the storage raises (`graph.storage_errors`) is raised by all that reads and writes.
    """

    root: Path
    storage: Storage | None = None
    room: int = 0
    """Bytes that the folder may take while there is a storage behind it, about; 0: without end."""

    def folder(self, sha256: str) -> Path:
        """The folder of one content; raises ValueError for what is not a SHA-256 in hexadecimal."""
        if not is_sha256(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / sha256[:2] / sha256

    def here(self, path: Path) -> bool:
        """Whether there is such a file; one that is only in the storage is fetched now."""
        if path.exists():
            self._mark(path)
            return True
        return self.storage is not None and self._asked(path) and self._fetch(path)

    def fetch_again(self, path: Path) -> bool:
        """Fetch a file whatever is here; False where the storage has none."""
        return self.storage is not None and self._fetch(path, again=True)

    def original(self, sha256: str) -> Path:
        """The copy as it was imported; raises `CopyMissing` if it is gone."""
        folder = self.folder(sha256)
        kept = originals(folder)
        if kept:
            self._mark(kept[0])
            return kept[0]
        for name in sorted(self.stored(sha256)):
            path = self.root / name
            if path.parent == folder and path.name.startswith("original") and self._fetch(path):
                return path
        raise CopyMissing(folder=self.storage.address if self.storage else str(folder))

    def stored(self, sha256: str) -> dict[str, int]:
        """What the storage has of a content: names below the root, with their sizes."""
        return self.storage.sizes(_name(self.folder(sha256), self.root)) if self.storage else {}

    def bring(self, sha256: str) -> Path:
        """The folder of a content with all that the storage has of it, but for what lies in folders of its own."""
        folder = self.folder(sha256)
        for name in self.stored(sha256):
            if (path := self.root / name).parent == folder and not path.exists():
                self._fetch(path)
        return folder

    def send(self, path: Path) -> None:
        """Put a file that is here into the storage."""
        if self.storage:
            self.storage.put(path, _name(path, self.root))
            _ABSENT.pop((self.storage, _name(path, self.root)), None)
            _note(path)

    def write(self, path: Path, content: bytes) -> Path:
        """Put `content` at a path below the root in one step; raises `NoSpaceForFile` and `FilesNotWritable`."""
        with self.temporary(path.name) as temporary:
            temporary.file.write(content)
            self.settle(temporary, path)
        return path

    def write_here(self, path: Path, content: bytes) -> Path:
        """The same for what each machine can make itself: it does not go into the storage."""
        with self.temporary(path.name) as temporary:
            temporary.file.write(content)
            self.settle(temporary, path, sent=False)
        return path

    def offer(self, path: Path) -> Path:
        """Put a file that is here into the storage, if that answers: whoever only looks at something must not wait."""
        try:
            self.send(path)
        except StoreError as problem:
            log.warning("%s is not in the storage: %s", path.name, problem)
        return path

    def remove(self, sha256: str) -> None:
        """Delete a content and everything made from it; what is not there is no error.

        A storage that does not answer keeps its copy for now: `left_behind` names it.
        """
        folder = self.folder(sha256)
        try:
            if self.storage:
                self._leaving(sha256).touch()
            if folder.exists():
                grave = Path(tempfile.mkdtemp(prefix="removed-", dir=self._incoming()))
                folder.rename(grave / "content")
                shutil.rmtree(grave)
        except OSError as problem:
            raise self._cannot_write(problem, sha256) from None
        if self.storage:
            try:
                self.storage.remove(_name(folder, self.root))
            except StoreError as problem:
                log.warning("%s stays in the storage for now: %s", sha256, problem)
                return
            self.stays(sha256)

    def left_behind(self) -> list[str]:
        """Contents that were removed while the storage did not answer."""
        folder = self.root / INCOMING / _LEAVING
        return sorted(each.name for each in folder.iterdir()) if self.storage and folder.is_dir() else []

    def stays(self, sha256: str) -> None:
        """Forget that a content was to be removed."""
        self._leaving(sha256).unlink(missing_ok=True)

    @contextmanager
    def temporary(self, name: str) -> Iterator[Temporary]:
        """A temporary file in the root that is gone afterwards unless it was settled; write errors become ours."""
        path = None
        try:
            descriptor, name_given = tempfile.mkstemp(dir=self._incoming())
            path = Path(name_given)
            with os.fdopen(descriptor, "wb") as file:
                yield Temporary(file, path)
        except OSError as problem:
            raise self._cannot_write(problem, name) from None
        finally:
            if path is not None:
                path.unlink(missing_ok=True)

    def settle(self, temporary: Temporary, path: Path, sent: bool = True) -> None:
        """Give a temporary file its name, in the storage first: what is here is there too."""
        temporary.file.flush()
        os.fsync(temporary.file.fileno())
        size = temporary.file.tell()
        if self.storage and sent:
            self.storage.put(temporary.path, _name(path, self.root))
            _ABSENT.pop((self.storage, _name(path, self.root)), None)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.path.replace(path)
        if os.name == "posix":
            # The new name itself survives a crash only when its folder is synced too.
            parent = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(parent)
            finally:
                os.close(parent)
        if self.storage:
            _note(path)
        self._came(size)

    def _asked(self, path: Path) -> bool:
        """Whether the storage is worth asking: not where it had no such file a moment ago."""
        assert self.storage is not None
        since = _ABSENT.get((self.storage, _name(path, self.root)))
        kept = _REMEMBERED_TEXT if path.parent.parent.parent == self.root else _REMEMBERED
        return since is None or time.monotonic() - since > kept

    def _fetch(self, path: Path, again: bool = False) -> bool:
        assert self.storage is not None
        name = _name(path, self.root)
        with _LOCKS[hash(name) % len(_LOCKS)]:
            if path.exists() and not again:
                return True
            with self.temporary(path.name) as temporary:
                if not self.storage.get(name, temporary.path):
                    if len(_ABSENT) > 10_000:
                        _ABSENT.clear()
                    _ABSENT[self.storage, name] = time.monotonic()
                    return False
                if path.name.startswith("original") and digest_of(temporary.path) != path.parent.name:
                    raise StorageCopyDamaged(address=self.storage.address, name=name)
                size = temporary.path.stat().st_size
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.path.replace(path)
                _note(path)
        self._came(size)
        return True

    def _mark(self, path: Path) -> None:
        """Note that a content was used: its folder's time says when, to whoever makes room."""
        if self.storage is None:
            return
        folder = self.root / path.relative_to(self.root).parts[0] / path.relative_to(self.root).parts[1]
        try:
            if time.time() - folder.stat().st_mtime > _MARKED:
                os.utime(folder)
        except FileNotFoundError:
            # It goes at this moment: whoever reads it fetches it again.
            return

    def _came(self, size: int) -> None:
        if self.storage and self.room:
            # Only here: who has no storage needs none of it.
            from graph.contents_room import came

            came(self, size)

    def _incoming(self) -> Path:
        incoming = self.root / INCOMING
        incoming.mkdir(parents=True, exist_ok=True)
        return incoming

    def _leaving(self, sha256: str) -> Path:
        folder = self._incoming() / _LEAVING
        folder.mkdir(exist_ok=True)
        return folder / sha256

    def _cannot_write(self, problem: OSError, name: str) -> NoSpaceForFile | FilesNotWritable:
        if problem.errno in FULL:
            return NoSpaceForFile(name=name, folder=str(self.root))
        return FilesNotWritable(folder=str(self.root), detail=problem.strerror or str(problem))


def was_stored(folder: Path) -> bool:
    """Whether the storage had a content that is here: where it has none now, some machine removed it."""
    return (folder / _STORED).exists()


def _note(path: Path) -> None:
    if path.name.startswith("original"):
        (path.parent / _STORED).touch()


def is_sha256(text: str) -> bool:
    """Whether this names a content."""
    return _SHA256.fullmatch(text) is not None


def originals(folder: Path) -> list[Path]:
    """The copies of the imported file in a content's folder: one, where all is well."""
    return sorted(folder.glob("original*")) if folder.is_dir() else []


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()
