"""What holds other files: a ZIP and a mail; their files come out into a temporary folder, under names of our own.

Names from inside are only shown and compared, never used as paths. One archive may lie in another, no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from graph.contents import BLOCK
from graph.errors import Failure, SourceError
from ingest import archive as archives
from ingest.archive import Archive, Member, is_plain, open_archive
from ingest.archive_errors import ArchiveDamaged, ArchiveEmpty, ArchiveTooLarge, ArchiveTooMany, MemberTooLarge
from ingest.files import MEGABYTE, clean_name, open_source, written
from ingest.mail import open_mail
from ingest.sources import SNIFF, recognise

INSIDE: Final = "!/"
"""Stands between an archive and a path in it: `archive.zip!/folder/name.pdf`."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file that somebody gave or that came out of one: where it lies, what to call it, or why it could not be had."""

    path: Path
    name: str
    uri: str
    failure: Failure | None = None
    inside: str = ""
    """Its path in the archive that it came out of."""


@dataclass(slots=True)
class Budget:
    """How much may still come out of one named file, archives in it included."""

    members: int = field(default_factory=lambda: archives.MAX_MEMBERS)
    bytes: int = field(default_factory=lambda: archives.MAX_TOTAL_MB * MEGABYTE)

    def take(self, name: str, size: int) -> None:
        """Count one file; raises `ArchiveTooMany` and `ArchiveTooLarge`."""
        self.members -= 1
        self.bytes -= size
        if self.members < 0:
            raise ArchiveTooMany(name=name, limit=archives.MAX_MEMBERS)
        if self.bytes < 0:
            raise ArchiveTooLarge(name=name, limit_mb=archives.MAX_TOTAL_MB)


def holds_files(given: Given, max_mb: int) -> str | None:
    """`zip` or `mail` for a file that holds others; a file that cannot be opened is reported when it is copied."""
    try:
        with open_source(given.path, given.name, max_mb) as file:
            head = file.read(SNIFF)
        if head.startswith(archives.STARTS):
            with open_archive(given.path, given.name, max_mb) as archive:
                return "zip" if is_plain(archive) else None
        return "mail" if recognise(head, given.name).kind == "mail" else None
    except (ArchiveDamaged, ArchiveTooLarge, ArchiveTooMany):
        return "zip" if Path(given.name).suffix.lower() not in archives.PACKED else None
    except SourceError:
        return None


def unpack(given: Given, kind: str, folder: Path, budget: Budget, max_mb: int) -> Iterator[Given]:
    """The files in a file, each written into the folder when it is asked for; one that cannot be had has its failure.

    Raises, as a failure of the whole, what `open_archive` and `open_mail` raise.
    """
    source = _from_archive if kind == "zip" else _from_mail
    yield from source(given, folder, budget, max_mb)


def _from_archive(given: Given, folder: Path, budget: Budget, max_mb: int) -> Iterator[Given]:
    with open_archive(given.path, given.name, max_mb) as archive:
        if not archive.members:
            raise ArchiveEmpty(name=archive.name)
        for number, member in enumerate(archive.members):
            path = folder / f"{number:05d}"
            name, uri = clean_name(member.path), f"{given.uri}{INSIDE}{member.path}"
            budget.take(archive.name, 0 if member.size > max_mb * MEGABYTE else member.size)
            try:
                _write_member(archive, member, path, max_mb)
            except SourceError as problem:
                yield Given(path, name, uri, problem.failure(), member.path)
            else:
                yield Given(path, name, uri, None, member.path)


def _write_member(archive: Archive, member: Member, path: Path, max_mb: int) -> None:
    if member.size > max_mb * MEGABYTE:
        size = -(-member.size // MEGABYTE)
        raise MemberTooLarge(name=clean_name(member.path), archive=archive.name, size_mb=size, limit_mb=max_mb)
    with archive.open(member) as stream, written(path, clean_name(member.path)) as file:
        while block := stream.read(BLOCK):
            file.write(block)


def _from_mail(given: Given, folder: Path, budget: Budget, max_mb: int) -> Iterator[Given]:
    mail = open_mail(given.path, given.name, max_mb)
    for number, attachment in enumerate(mail.attachments()):
        path = folder / f"{number:05d}"
        budget.take(given.name, len(attachment.content))
        with written(path, attachment.name) as file:
            file.write(attachment.content)
        yield Given(path, attachment.name, f"{given.uri}{INSIDE}{attachment.name}", None, attachment.name)
