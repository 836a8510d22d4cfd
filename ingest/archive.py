"""ZIP archives, opened with care: names made harmless, members counted, bombs refused before they are unpacked.

Their limits are here and in `graph.zip_limits`. What a member's entry says of its size is what is read at most, so the
sums below hold.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from graph.contents import BLOCK
from graph.zip_limits import BROKEN, RATIO_FROM, is_bomb, opened
from ingest.archive_errors import (
    ArchiveDamaged,
    ArchiveTooLarge,
    ArchiveTooMany,
    MemberDamaged,
    MemberEncrypted,
    MemberUnreadable,
)
from ingest.files import MEGABYTE, clean_name, open_source
from ingest.litter import is_litter

MAX_MEMBERS: Final = 10_000
MAX_TOTAL_MB: Final = 4_000
"""What all members together may unpack to."""
STARTS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED, _UTF8 = 0x1, 0x800
PACKED: Final = frozenset(
    ".docx .docm .dotx .xlsx .xlsm .xltx .pptx .pptm .ppsx .potx .odt .ods .odp .odg .ott .ots .otp .epub".split()
)
"""Names of documents that are archives themselves."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive: its path made harmless, its size as the archive says, whether a password is needed."""

    path: str
    size: int
    encrypted: bool
    entry: zipfile.ZipInfo


class Archive:
    """An open archive; made by `open_archive`. Its files are in the order of the archive, litter left out."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        self._archive = archive
        self.members = tuple(_members(archive))
        self._by_path = {member.path: member for member in self.members}

    def get(self, path: str) -> Member | None:
        """The member at a path."""
        return self._by_path.get(path)

    @contextmanager
    def open(self, member: Member) -> Iterator[MemberStream]:
        """A member for reading; raises `MemberEncrypted`, `MemberUnreadable`, `MemberDamaged`."""
        shown = clean_name(member.path)
        if member.encrypted:
            raise MemberEncrypted(name=shown, archive=self.name)
        try:
            stream = self._archive.open(member.entry)
        except (NotImplementedError, RuntimeError):
            raise MemberUnreadable(name=shown, archive=self.name) from None
        except (*BROKEN, OSError):
            raise MemberDamaged(name=shown, archive=self.name) from None
        with stream:
            yield MemberStream(stream, shown, self.name)

    def read(self, path: str, limit: int) -> bytes | None:
        """At most `limit` bytes of a member, and none where there is no such member; raises what `open` raises."""
        member = self.get(path)
        if member is None:
            return None
        with self.open(member) as stream:
            parts, left = [], limit
            while left > 0 and (block := stream.read(min(left, BLOCK))):
                parts.append(block)
                left -= len(block)
        return b"".join(parts)


class MemberStream:
    """The content of a member; what goes wrong while it is unpacked becomes ours."""

    def __init__(self, stream: IO[bytes], name: str, archive: str) -> None:
        self._stream, self._name, self._archive = stream, name, archive

    def read(self, size: int = BLOCK) -> bytes:
        """At most `size` bytes."""
        try:
            return self._stream.read(size)
        except (*BROKEN, OSError):
            raise MemberDamaged(name=self._name, archive=self._archive) from None
        except (NotImplementedError, RuntimeError):
            raise MemberUnreadable(name=self._name, archive=self._archive) from None


@contextmanager
def open_archive(path: Path, name: str, max_mb: int) -> Iterator[Archive]:
    """An archive for reading; raises what `open_source` raises, `ArchiveDamaged`, `ArchiveTooMany`, `ArchiveTooLarge`.

    `max_mb` is the most the archive itself may have.
    """
    shown = clean_name(name)
    with open_source(path, name, max_mb) as file:
        try:
            archive = opened(file, lambda: ArchiveTooMany(name=shown, limit=MAX_MEMBERS))
        except (*BROKEN, NotImplementedError, OSError):
            raise ArchiveDamaged(name=shown) from None
        with archive:
            _check(archive, shown)
            yield Archive(archive, shown)


def _check(archive: zipfile.ZipFile, name: str) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise ArchiveTooMany(name=name, limit=MAX_MEMBERS)
    grows = any(map(is_bomb, entries))
    if grows or sum(entry.file_size for entry in entries) > MAX_TOTAL_MB * MEGABYTE:
        raise ArchiveTooLarge(name=name, limit_mb=RATIO_FROM // MEGABYTE if grows else MAX_TOTAL_MB)


def _members(archive: zipfile.ZipFile) -> Iterator[Member]:
    for entry in archive.infolist():
        parts = safe_parts(_file_name(entry))
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if entry.is_dir() or link or not parts or any(map(is_litter, parts)):
            continue
        yield Member("/".join(parts), entry.file_size, bool(entry.flag_bits & _ENCRYPTED), entry)


def safe_parts(name: str) -> list[str]:
    """The parts of a path without what leads elsewhere: no root, no drive, no step upwards, no control characters."""
    parts = name.replace("\\", "/").split("/")
    if parts and len(parts[0]) == 2 and parts[0][1] == ":":
        parts = parts[1:]
    return [clean_name(part) for part in parts if part.strip() not in {"", ".", ".."}]


def _file_name(entry: zipfile.ZipInfo) -> str:
    """The name as its writer meant it: many write UTF-8 without saying so."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def is_plain(archive: Archive) -> bool:
    """Whether an archive is one of files; Office files and EPUBs are archives too, and are documents themselves."""
    if Path(archive.name).suffix.lower() in PACKED or archive.get("META-INF/container.xml"):
        return False
    return archive.get("[Content_Types].xml") is None and archive.get("mimetype") is None
