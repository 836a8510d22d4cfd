"""A watched folder: what is new or changed in it is taken in, what is gone is told, and removed only where asked for.

A file is known to be unchanged by its size and time, without being read. One that still grows waits: it is taken when
two looks, some seconds apart, find it the same.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from graph.errors import WrongUse
from graph.origins import Origin
from graph.store import Store
from ingest.collect import whole
from ingest.files import FileStore
from ingest.litter import is_litter
from ingest.submit import Options, Submitted, submit
from ingest.unpack import INSIDE
from ingest.versions import remove
from settings import Settings

SETTLE_SECONDS: Final = 2.0
"""How long a file must stay the same before it is taken in, and be gone before its document may go."""
_UNFINISHED: Final = (".part", ".partial", ".crdownload", ".download", ".tmp", ".swp", "~")
_STATEMENTS: Final = (".jsonl", ".ndjson")


class WatchedFolderGone(WrongUse):
    en = "The folder {folder} is not there or cannot be opened, so nothing was changed. Is its drive connected?"
    de = "Der Ordner {folder} ist nicht da oder lässt sich nicht öffnen; geändert wurde nichts. Fehlt ein Laufwerk?"


class WatchedFolderEmptied(WrongUse):
    en = (
        "The folder {folder} is empty, though {count:document|documents} came from it. Nothing was removed: is its "
        "drive connected? Documents can be deleted in the Library."
    )
    de = (
        "Der Ordner {folder} ist leer; daraus kam aber schon {count:Dokument|Dokumente}. Entfernt wurde nichts: Fehlt "
        "ein Laufwerk? Löschen lassen sich Dokumente in der Bibliothek."
    )


class WatchedFolderOurs(WrongUse):
    en = "{folder} holds Wunderkammer's own files and cannot be watched. Choose the folder where your sources are."
    de = "In {folder} liegen Wunderkammers eigene Dateien; bitte den Ordner wählen, in dem die Quellen liegen."


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look found: files in the folder, what was taken in, files that still grow, files that are gone."""

    files: int = 0
    submitted: Submitted | None = None
    waiting: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    """Titles of the documents that went with their files."""

    @property
    def changed(self) -> bool:
        """Whether anything in the graph changes by it."""
        return self.submitted is not None or bool(self.removed)


def folder_to_watch(given: str | Path, settings: Settings) -> Path:
    """The whole path of a folder that can be watched; raises `WatchedFolderGone` and `WatchedFolderOurs`."""
    folder = whole(Path(given).expanduser())
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        raise WatchedFolderGone(folder=str(folder))
    home, real = settings.home.resolve(), folder.resolve()
    if home.is_relative_to(real) or real.is_relative_to(home):
        raise WatchedFolderOurs(folder=str(folder))
    return folder


@dataclass(slots=True)
class _Seen:
    """The files of a folder by their paths, each with its mark; folders that could not be opened."""

    marks: dict[str, str] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)

    def hides(self, path: str) -> bool:
        """Whether a file may be there although it was not seen."""
        return any(path.startswith(_below(folder)) for folder in self.closed) or os.path.lexists(path)


@dataclass(slots=True)
class Watcher:
    """Looks at one folder again and again; what it remembers between looks is what was not quiet yet."""

    store: Store
    settings: Settings
    folder: Path
    options: Options
    remove_missing: bool = False
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _since: dict[str, tuple[str, float]] = field(default_factory=dict)

    def look(self, patient: bool = False) -> Looked:
        """Take in what is new or changed; `patient` waits some seconds for what has only just been seen.

        Raises `WatchedFolderGone`, `WatchedFolderEmptied`, and what `submit` and the database raise.
        """
        seen = _scan(self.folder)
        changed = self._changed(seen)
        gone = self._gone(seen)
        if patient and not (self._quiet(changed) == set(changed) and self._quiet(gone) == set(gone)):
            self.sleep(SETTLE_SECONDS)
            seen = _scan(self.folder)
            changed = self._changed(seen)
        ready = [path for path in changed if path in self._quiet(changed)]
        submitted = self._take(ready, seen) if ready else None
        waiting = tuple(path for path in changed if path not in ready)
        gone = self._gone(seen)
        self._since = {path: self._since[path] for path in (*waiting, *gone) if path in self._since}
        removed: tuple[str, ...] = ()
        if self.remove_missing and gone:
            if not seen.marks:
                raise WatchedFolderEmptied(folder=str(self.folder), count=len(gone))
            # What waits may be a missing one under its new name.
            removed = () if waiting else self._remove(self._quiet(gone))
        return Looked(len(seen.marks), submitted, waiting, () if removed else tuple(gone), removed)

    def fresh(self) -> list[Path | str]:
        """The files that a look would take in, as they are now; takes in nothing."""
        return [Path(path) for path in self._changed(_scan(self.folder))]

    def _changed(self, seen: _Seen) -> dict[str, str]:
        known = {each.uri: each.mark for each in self._origins()}
        return {path: mark for path, mark in seen.marks.items() if known.get(path) != mark}

    def _gone(self, seen: _Seen) -> dict[str, str]:
        """Places of documents that are not there any more, those in archives with their archives."""
        found: dict[str, str] = {}
        for each in self._origins():
            path = each.uri.partition(INSIDE)[0]
            if path in seen.marks or seen.hides(path):
                continue
            if each.document is None:
                self.store.origins.forget(self.options.collection, [each.uri])
            else:
                found[each.uri] = "gone"
        return found

    def _origins(self) -> Iterable[Origin]:
        return self.store.origins.below(self.options.collection, _below(self.folder))

    def _quiet(self, marks: dict[str, str]) -> set[str]:
        """Those that have looked the same for long enough; the others are remembered."""
        moment = self.clock()
        quiet = set()
        for path, mark in marks.items():
            before = self._since.get(path)
            if before is None or before[0] != mark:
                self._since[path] = (mark, moment)
            elif moment - before[1] >= SETTLE_SECONDS * 0.9:
                quiet.add(path)
        return quiet

    def _take(self, ready: list[str], seen: _Seen) -> Submitted:
        # Claims made by people belong to documents beside them: either changes, both are looked at.
        claims = [path for path in seen.marks if path.lower().endswith(_STATEMENTS)]
        submitted = submit(
            self.store, self.settings, [Path(path) for path in dict.fromkeys([*ready, *claims])], self.options
        )
        self.store.origins.mark(self.options.collection, {path: seen.marks[path] for path in ready})
        return submitted

    def _remove(self, gone: set[str]) -> tuple[str, ...]:
        """Forget places, and remove the documents that are found nowhere else."""
        held = self.store.origins.at(self.options.collection, sorted(gone))
        self.store.origins.forget(self.options.collection, sorted(gone))
        elsewhere = self.store.origins.of([*held.values()])
        removed = []
        for document in self.store.documents.by_ids([*dict.fromkeys(held.values())]).values():
            if document.id in elsewhere:
                self.store.origins.move(document.id, elsewhere[document.id][0])
            else:
                remove(self.store, FileStore.of(self.settings), document)
                removed.append(document.title)
        return tuple(removed)


def _below(folder: Path | str) -> str:
    """How the paths of all files in a folder begin."""
    return str(folder).rstrip(os.sep) + os.sep


def _scan(folder: Path) -> _Seen:
    """All files in a folder and those below it; hidden ones and unfinished downloads are left out."""
    seen = _Seen()
    if not folder.is_dir():
        raise WatchedFolderGone(folder=str(folder))

    def closed(problem: OSError) -> None:
        seen.closed.append(str(problem.filename or folder))

    for here, folders, names in os.walk(folder, onerror=closed):
        folders[:] = sorted(name for name in folders if not is_litter(name))
        for name in sorted(names):
            if is_litter(name) or name.lower().endswith(_UNFINISHED):
                continue
            path = Path(here) / name
            try:
                about = path.stat()
            except OSError:
                continue
            seen.marks[str(path)] = f"{about.st_size} {about.st_mtime_ns}"
    if str(folder) in seen.closed:
        raise WatchedFolderGone(folder=str(folder))
    return seen
