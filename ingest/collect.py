"""From what people name (files, folders, archives, web addresses, statement files) to candidates for import.

Each is copied into our own files.

Whatever cannot be read is a candidate with a failure, so that it is told of and the rest goes on.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from graph.errors import Failure, SourceError
from ingest.archive_errors import ArchiveNested
from ingest.charset import keep_charset
from ingest.door import check_document
from ingest.errors import FileMissing, NoPermission
from ingest.fetch import clean_url, fetch, is_address
from ingest.files import FileStore, clean_name, open_source
from ingest.iiif_address import accept, behind, complete
from ingest.litter import is_litter
from ingest.sources import SNIFF, recognise, recognise_file
from ingest.sources.base import Limits
from ingest.sources.statements import AboutDocument, StatementFile, read_statements
from ingest.unpack import INSIDE, Budget, Given, holds_files, unpack
from settings import Settings

_MARKUP = {"text/html", "application/xhtml+xml", "text/plain"}
INCOMING = "incoming"
"""The folder below the home where what a browser sent waits for its import: `incoming/SESSION/FILE/NAME`."""
MAX_DEPTH = 2
"""An archive may lie in another one, and no deeper."""


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
    key: str | None = None
    """What tells it from others where it has neither a copy nor a place of its own."""


@dataclass(slots=True)
class _Files:
    """The files of one request, those that cannot be listed apart."""

    plain: list[Path] = field(default_factory=list)
    failed: list[Candidate] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Way:
    """Where the candidates go, and how deep in archives we are."""

    files: FileStore
    settings: Settings
    depth: int = 0
    budget: Budget = field(default_factory=Budget)


def named(texts: Sequence[str]) -> list[Path | str]:
    """What somebody typed as what is collected: web addresses stay as they are, all else are paths."""
    return [text.strip() if is_address(text) else Path(text) for text in texts]


def collect(sources: Sequence[Path | str], files: FileStore, settings: Settings) -> Iterator[Candidate]:
    """Candidates for all files that are named or lie in named folders, in a stable order, copied one by one.

    A statement file brings the documents it is about; they are found beside it, or by name among the other files. The
    files in an archive, and those attached to a mail, are candidates of their own. Web addresses (text, not paths) come
    last, fetched one by one.
    """
    found = _Files()
    for source in sources:
        if not is_address(source):
            _gather(Path(source), found)
    yield from found.failed
    given = [Given(path, clean_name(path.name), str(path)) for path in found.plain]
    for candidate in _candidates(given, _Way(files, settings)):
        yield _as_uploaded(candidate, settings.home / INCOMING)
    for address in dict.fromkeys(source for source in sources if isinstance(source, str) and is_address(source)):
        yield from _fetched(address, files, settings)


def _as_uploaded(candidate: Candidate, incoming: Path) -> Candidate:
    """What a browser sent comes from no place that can be found again: its name is all that is known of it.

    It lies at `incoming/SESSION/FILE/NAME`. One that was not taken in is known again by its name and content.
    """
    path = Path(candidate.uri)
    if not path.is_relative_to(incoming):
        return candidate
    uri = "/".join(path.relative_to(incoming).parts[2:])
    key = f"{uri}\0{_digest(path)}" if candidate.failure else None
    return replace(candidate, uri=uri, key=key)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _fetched(address: str, files: FileStore, settings: Settings) -> Iterator[Candidate]:
    """What an address gives; the document's own address is the one it was found at in the end."""
    wanted = behind(address)
    try:
        with fetch(wanted, settings, accept=accept(wanted)) as got:
            if got.charset and got.media_type in _MARKUP:
                keep_charset(got.path, got.charset)
            name = got.name
            if complete(got.path, got.final_url, name, settings) and not name.endswith((".json", ".jsonld")):
                # Its first bytes need not say what it is.
                name += ".json"
            yield from _candidates([Given(got.path, name, got.final_url)], _Way(files, settings))
    except SourceError as problem:
        shown = clean_url(wanted)
        yield Candidate(clean_name(shown), shown, failure=problem.failure())


def whole(path: Path) -> Path:
    """The whole path, without steps back; links in it stay, since people know their folders by these."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` would follow the links


def _gather(path: Path, found: _Files) -> None:
    if not path.is_dir():
        found.plain.append(whole(path))
        return

    def unreadable(problem: OSError) -> None:
        name = clean_name(str(problem.filename or path))
        found.failed.append(Candidate(name, str(problem.filename or path), failure=NoPermission(name=name).failure()))

    for folder, folders, names in os.walk(whole(path), onerror=unreadable):
        folders[:] = sorted(name for name in folders if not is_litter(name))
        found.plain += [Path(folder) / name for name in sorted(names) if not is_litter(name)]


def _candidates(given: Sequence[Given], way: _Way) -> Iterator[Candidate]:
    """Candidates for files that came together."""
    each = list({one.uri: one for one in given}.values()) if way.depth == 0 else list(given)
    statement_files = [one for one in each if _is_statements(one)]
    ordinary = [one for one in each if one not in statement_files]
    spoken_for: set[str] = set()
    for one in statement_files:
        yield from _with_statements(one, ordinary, spoken_for, way)
    for one in ordinary:
        if one.uri in spoken_for:
            continue
        kind = holds_files(one, way.settings.max_file_mb) if one.failure is None else None
        if kind != "zip":
            yield _copied(one, way)
        if kind:
            # A file of its own brings its own budget; archives in an archive share that of the outer one.
            yield from _inside(one, kind, way if way.depth else _Way(way.files, way.settings))


def _inside(given: Given, kind: str, way: _Way) -> Iterator[Candidate]:
    """The files in an archive or mail, unpacked into a folder that is gone afterwards."""
    limit = way.settings.max_file_mb
    with tempfile.TemporaryDirectory(prefix="wunderkammer-") as folder:
        found: list[Given] = []
        try:
            for one in unpack(given, kind, Path(folder), way.budget, limit):
                if way.depth >= MAX_DEPTH:
                    raise ArchiveNested(name=given.name)
                found.append(one)
        except SourceError as problem:
            # What is wrong with a mail as a whole, its own document says.
            if kind == "zip" or way.depth >= MAX_DEPTH:
                uri = given.uri if kind == "zip" else given.uri + INSIDE
                yield Candidate(given.name, uri, failure=problem.failure())
        yield from _candidates(found, _Way(way.files, way.settings, way.depth + 1, way.budget))


def _is_statements(given: Given) -> bool:
    """Whether a file is one of statements; one that cannot be opened is reported when it is copied."""
    if given.failure or Path(given.name).suffix.lower() != ".jsonl":
        return False
    try:
        with given.path.open("rb") as stream:
            return recognise(stream.read(SNIFF), given.name).kind == "statements"
    except (OSError, SourceError):
        return False


def _copied(given: Given, way: _Way, claims: str | None = None, about: AboutDocument | None = None) -> Candidate:
    if given.failure:
        return Candidate(given.name, given.uri, failure=given.failure)
    limit = way.settings.max_file_mb
    try:
        with open_source(given.path, given.name, limit) as stream:
            limits = Limits.of(way.settings)
            kind = recognise_file(stream, given.name, limits)
            check_document(stream, given.path, given.name, kind.kind, limits)
            stored = way.files.put(stream, given.name, limit)
    except SourceError as error:
        return Candidate(given.name, given.uri, failure=error.failure())
    return Candidate(given.name, given.uri, kind.media_types[0], stored.sha256, stored.size, None, claims, about)


def _with_statements(given: Given, ordinary: Sequence[Given], spoken_for: set[str], way: _Way) -> Iterator[Candidate]:
    """The documents that a statement file is about; the file itself only where it is about nothing we can find."""
    own = _copied(given, way)
    if own.failure or own.sha256 is None:
        yield own
        return
    try:
        content: StatementFile = read_statements(given.path)
    except SourceError as error:
        yield Candidate(own.name, own.uri, own.media_type, own.sha256, own.size, error.failure())
        return
    by_name = {other.name: other for other in ordinary}
    for about in content.documents:
        target = _beside(given, about.file, ordinary) or by_name.get(PurePosixPath(about.file).name)
        if target is None:
            name = clean_name(about.file)
            yield Candidate(name, about.file, failure=FileMissing(name=name).failure())
            continue
        spoken_for.add(target.uri)
        if not given.inside:
            spoken_for.add(str(given.path.parent / about.file))
        yield _copied(target, way, own.sha256, about)


def _beside(given: Given, file: str, others: Sequence[Given]) -> Given | None:
    """The file that a statement file names relative to itself: in its own folder or archive, never elsewhere."""
    if given.inside:
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(given.inside), file))
        return next((other for other in others if other.inside == wanted), None)
    folder = given.path.parent.resolve()
    beside = (given.path.parent / file).resolve()
    if beside.is_relative_to(folder) and beside.exists():
        return Given(beside, clean_name(beside.name), str(beside))
    return None
