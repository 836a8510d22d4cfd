"""Collections to choose from: read page by page when somebody looks, from an address or a file; and all of one.

Nothing but what is listed is fetched. Names and addresses in a collection are a stranger's text.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from graph.errors import SourceError, WrongUse
from ingest.fetch import fetch, is_address
from ingest.files import clean_name, name_in, open_source
from ingest.iiif_address import accept, behind, is_json
from ingest.iiif_collection import Entry, Listing, listed_file
from ingest.sources import SNIFF
from ingest.sources.base import Limits
from settings import Settings

SECONDS: Final = 60.0
"""For one page of a collection."""
EVERYTHING: Final = 1_000_000
MOST: Final = 10_000
"""Manifests that are taken from a collection at once, at most."""
MAX_REQUESTS: Final = 500
"""Pages and collections within one that are fetched to find its manifests."""


class NoCollection(SourceError):
    en = "“{name}” is neither a IIIF collection nor a manifest, so there is nothing to list. Is the address complete?"
    de = (
        "„{name}“ ist weder eine IIIF-Sammlung noch ein Manifest; aufzuzählen gibt es darin nichts. "
        "Ist die Adresse vollständig?"
    )


class TooManyToAdd(WrongUse):
    en = "The collection has more than {limit} manifests. Take the first of them with --limit, or smaller collections."
    de = "Die Sammlung hat mehr als {limit} Manifeste. Mit --limit die ersten nehmen oder kleinere Sammlungen angeben."


class NotAllLooked(SourceError):
    en = "More than {limit} collections lie in each other, so this one was not opened. List it by itself."
    de = "Mehr als {limit} Sammlungen liegen ineinander; diese wurde nicht geöffnet. Bitte für sich auflisten."


@dataclass(frozen=True, slots=True)
class Missed:
    """A collection within another one, or a page of one, that could not be had, and why."""

    address: str
    why: SourceError


@dataclass(frozen=True, slots=True)
class Opened:
    """A page of a collection, or a manifest as its only entry: where it is in the end, and all its entries."""

    address: str
    listing: Listing


def opened(source: Path | str, settings: Settings, inside: Sequence[int] = ()) -> Opened:
    """What is at an address or in a file, with all entries of this page; `inside` leads to a collection within it.

    Raises `NoCollection`, what fetching raises, `JsonDamaged` and `JsonTooLarge`.
    """
    with _here(source, settings) as (path, name, address):
        limits = Limits.of(settings)
        with open_source(path, name, settings.max_file_mb) as file:
            head = file.read(SNIFF)
        try:
            if is_json(head):
                return Opened(address, listed_file(path, name, limits, inside, count=EVERYTHING))
        except SourceError as problem:
            if problem.code != "JsonWithoutIiif":
                raise
        raise NoCollection(name=name)


@contextmanager
def _here(source: Path | str, settings: Settings) -> Iterator[tuple[Path, str, str]]:
    """The file, what it is called, and where it came from."""
    if isinstance(source, Path) or not is_address(source):
        yield Path(source), clean_name(Path(source).name), str(source)
        return
    wanted = behind(source)
    with fetch(wanted, settings, accept=accept(wanted), seconds=SECONDS) as got:
        yield got.path, got.name, got.final_url


def keep(source: str, settings: Settings, path: Path) -> str:
    """Keep what is at an address as a file, so that collections within it can be opened; its address in the end."""
    with _here(source, settings) as (found, _, address):
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, path)
    return address


def walk(source: Path | str, settings: Settings, missed: list[Missed]) -> Iterator[Entry]:
    """The manifests of a collection one by one, page after page, those of collections within it too, each once.

    Lazy: a page is fetched when what is before it has been taken. Raises as `opened` does for the first one; those
    within that cannot be had are put into `missed`. A source that is no collection has none.
    """
    with tempfile.TemporaryDirectory(prefix="wunderkammer-") as folder:
        path = source
        if is_address(source):
            path = Path(folder) / name_in(behind(str(source)), ".json")
            keep(str(source), settings, path)
        yield from _walk(path, (), _Walk(settings, missed, {str(source)}))


@dataclass(frozen=True, slots=True)
class _Walk:
    """What is known on the way through a collection: addresses that were asked, manifests that were given."""

    settings: Settings
    missed: list[Missed]
    asked: set[str]
    given: set[str] = field(default_factory=set)

    def may_ask(self, address: str) -> bool:
        if not is_address(address) or address in self.asked:
            return False
        if len(self.asked) >= MAX_REQUESTS:
            self.missed.append(Missed(address, NotAllLooked(limit=MAX_REQUESTS)))
            return False
        self.asked.add(address)
        return True

    def open(self, address: str) -> Listing | None:
        """A collection or page at an address; None where it may not be asked or cannot be had."""
        if not self.may_ask(address):
            return None
        try:
            return opened(address, self.settings).listing
        except SourceError as problem:
            self.missed.append(Missed(address, problem))
            return None


def _walk(source: Path | str, inside: tuple[int, ...], way: _Walk, begin: Listing | None = None) -> Iterator[Entry]:
    page: Listing | None = begin or opened(source, way.settings, inside).listing
    while page is not None:
        for entry in page.entries:
            if entry.type == "Manifest":
                if is_address(entry.id) and entry.id not in way.given:
                    way.given.add(entry.id)
                    yield entry
            elif entry.embedded and isinstance(source, Path) and len(entry.path) < 8:
                yield from _walk(source, entry.path, way)
            elif below := way.open(entry.id):
                yield from _walk(entry.id, (), way, below)
        page = way.open(page.next_page) if page.next_page else None


def expanded(
    sources: Sequence[Path | str], settings: Settings, limit: int | None, missed: list[Missed]
) -> list[Path | str]:
    """The sources, each collection among them replaced by its manifests, at most so many of each; None for all.

    What cannot be had within a collection is put into `missed`. Raises `TooManyToAdd`, and what fetching raises.
    """
    found: list[Path | str] = []
    for source in sources:
        if not is_address(source) and Path(source).suffix.lower() not in {".json", ".jsonld"}:
            found.append(source)
            continue
        try:
            first = opened(source, settings).listing
        except NoCollection:
            found.append(source)
            continue
        if len(first.entries) == 1 and not first.entries[0].path and first.entries[0].type == "Manifest":
            found.append(source)
            continue
        for taken, entry in enumerate(walk(source, settings, missed)):
            if limit is not None and taken >= limit:
                break
            if taken >= MOST:
                raise TooManyToAdd(limit=MOST)
            found.append(entry.id)
    return list(dict.fromkeys(found))
