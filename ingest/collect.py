"""From what people name (files, folders, statement files) to candidates for import, each copied into our own files.

Whatever cannot be read is a candidate with a failure, so that it is stored and shown and the rest goes on.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import Failure, SourceError
from ingest.errors import FileMissing, NoPermission
from ingest.files import FileStore, clean_name, open_source
from ingest.sources import SNIFF, recognise, recognise_file
from ingest.sources.base import Limits
from ingest.sources.statements import AboutDocument, StatementFile, read_statements
from settings import Settings


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file on its way in: its name, where it came from, its copy, or why there is none."""

    name: str
    uri: str
    media_type: str = "application/octet-stream"
    sha256: str | None = None
    size: int = 0
    failure: Failure | None = None
    claims: str | None = None
    about: AboutDocument | None = None


@dataclass(slots=True)
class _Files:
    """The files of one request, statement files apart."""

    plain: list[Path] = field(default_factory=list)
    failed: list[Candidate] = field(default_factory=list)


def collect(paths: Sequence[Path], files: FileStore, settings: Settings) -> Iterator[Candidate]:
    """Candidates for all files that are named or lie in named folders, in a stable order, copied one by one.

    A statement file brings the documents it is about; they are found beside it, or by name among the other files.
    """
    found = _Files()
    for path in paths:
        _gather(path, found)
    yield from found.failed
    statement_files = [path for path in found.plain if _is_statements(path)]
    ordinary = [path for path in dict.fromkeys(found.plain) if path not in set(statement_files)]
    spoken_for: set[Path] = set()
    for path in statement_files:
        yield from _with_statements(path, ordinary, spoken_for, files, settings)
    for path in ordinary:
        if path not in spoken_for:
            yield _copied(path, files, settings)


def _gather(path: Path, found: _Files) -> None:
    if not path.is_dir():
        found.plain.append(path.absolute())
        return

    def unreadable(problem: OSError) -> None:
        name = clean_name(str(problem.filename or path))
        found.failed.append(Candidate(name, str(problem.filename or path), failure=NoPermission(name=name).failure()))

    for folder, folders, names in os.walk(path.absolute(), onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found.plain += [Path(folder) / name for name in sorted(names) if not name.startswith(".")]


def _is_statements(path: Path) -> bool:
    """Whether a file is one of statements; one that cannot be opened is reported when it is copied."""
    if path.suffix.lower() != ".jsonl":
        return False
    try:
        with path.open("rb") as stream:
            return recognise(stream.read(SNIFF), path.name).kind == "statements"
    except (OSError, SourceError):
        return False


def _copied(
    path: Path, files: FileStore, settings: Settings, claims: str | None = None, about: AboutDocument | None = None
) -> Candidate:
    name = clean_name(path.name)
    try:
        with open_source(path, name, settings.max_file_mb) as stream:
            media_type = recognise_file(stream, name, Limits.of(settings)).media_types[0]
            stored = files.put(stream, name, settings.max_file_mb)
    except SourceError as error:
        return Candidate(name, str(path), failure=error.failure())
    return Candidate(name, str(path), media_type, stored.sha256, stored.size, None, claims, about)


def _with_statements(
    path: Path, ordinary: list[Path], spoken_for: set[Path], files: FileStore, settings: Settings
) -> Iterator[Candidate]:
    """The documents that a statement file is about; the file itself only where it is about nothing we can find."""
    own = _copied(path, files, settings)
    if own.failure or own.sha256 is None:
        yield own
        return
    try:
        content: StatementFile = read_statements(path)
    except SourceError as error:
        yield Candidate(own.name, own.uri, own.media_type, own.sha256, own.size, error.failure())
        return
    by_name = {other.name: other for other in ordinary}
    for about in content.documents:
        beside = (path.parent / about.file).resolve()
        # A statement file may name what lies in its own folder, never a file elsewhere on the machine.
        inside = beside.is_relative_to(path.parent.resolve()) and beside.exists()
        target = beside if inside else by_name.get(Path(about.file).name)
        if target is None:
            name = clean_name(about.file)
            yield Candidate(name, about.file, failure=FileMissing(name=name).failure())
            continue
        spoken_for.add(target)
        spoken_for.add(path.parent / about.file)
        yield _copied(target, files, settings, own.sha256, about)
