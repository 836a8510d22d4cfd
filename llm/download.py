"""Bringing the files of a model to this computer, where every program of the Hugging Face family finds them.

What has come stays when it breaks off, and the next attempt fetches only the rest; every file is checked by its
checksum before it counts; two programs never bring the same model at once.
"""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from graph.errors import Missing, ModelError, WrongUse
from llm.errors import DamagedDownload, DamagedWeights, NoRoomOnDisk, ProviderFailed, RateLimited, RunsApart, TimedOut
from llm.hub import SERVER, DownloadBroke, Hub, HubFile, HubUnreachable, Listing
from llm.hub_cache import Version
from llm.memory import gigabytes
from llm.partial import Partial, checksum_of
from llm.spec import Local, ModelSpec, Weights
from llm.weights import cache_folder, download_command, locate
from settings import Settings

Report = Callable[[int, int], None]
"""Is told the bytes that are here and the bytes there are; in the thread that called, some ten times a second."""
Stop = Callable[[], bool]
"""Is asked whether to stop, after every piece."""

_MAY_PASS: Final[tuple[type[ModelError], ...]] = (
    DownloadBroke,
    HubUnreachable,
    ProviderFailed,
    RateLimited,
    TimedOut,
)
_WAITS: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each further attempt at a file; begins anew whenever something has come."""
_LONGEST_WAIT: Final = 120.0
_LOOK: Final = 0.2
_TELL: Final = 0.1
_KEPT_FREE: Final = 200 * 10**6
"""Of the disk: what everything else needs to go on."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class NeedsNoFiles(WrongUse):
    en = "{model} needs no files from elsewhere: there is nothing to download."
    de = "{model} braucht keine Dateien von anderswo: Es gibt nichts herunterzuladen."


class CannotWrite(Missing):
    en = "{folder} lets no model files be written ({detail}). Set HF_HOME to a folder of your own and try again."
    de = (
        "In {folder} lassen sich keine Modelldateien schreiben ({detail}). Setzen Sie HF_HOME auf einen eigenen Ordner "
        "und versuchen Sie es noch einmal."
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """How many bytes a model's files have, and how many of them are here, wholly or in part."""

    total: int
    here: int


class _Stopped(Exception):
    """Somebody said stop."""


def size(spec: Local, settings: Settings) -> int:
    """The bytes that the model's files have: as the hub says, or as the catalog does where the hub cannot be asked."""
    try:
        return plan(spec, settings).total
    except (Missing, ModelError):
        return _weights(spec).size


def plan(spec: Local, settings: Settings) -> Plan:
    """What a download would bring, without bringing it; raises what `download` raises."""
    weights = _weights(spec)
    listing = Hub(spec, weights, settings).listing()
    return Plan(listing.size, Version(weights.repo, listing).here())


def download(spec: Local, settings: Settings, report: Report, stop: Stop = lambda: False) -> Path | None:
    """Bring what is not here of a model, check what is; the folder or file as `present` finds it, None if stopped.

    Waits while another program brings the same model. Raises RunsApart, NeedsNoFiles, NotInstalled, HubOffline,
    HubUnreachable, BadKey, LicenceNotAccepted, NoSuchModel, Forbidden, RateLimited, TimedOut, ProviderFailed,
    DownloadBroke, DamagedDownload, NoRoomOnDisk or CannotWrite.
    """
    weights = _weights(spec)
    hub = Hub(spec, weights, settings)
    try:
        listing = hub.listing()
        version = Version(weights.repo, listing)
        with _disk(spec, version, listing.size), _alone(version, listing.size, report, stop):
            _check_room(spec, listing.size - version.here())
            _Bringing(spec, hub, listing, version, report, stop).all()
    except _Stopped:
        return None
    found = locate(weights)
    if found is None:
        raise DamagedWeights(model=spec.title, detail=weights.repo, command=download_command(spec))
    return found


def _weights(spec: Local) -> Weights:
    """The files that there are to bring; raises where there are none, or where they would be of no use."""
    if isinstance(spec, ModelSpec) and spec.apart:
        raise RunsApart(model=spec.title, why=spec.apart.en, warum=spec.apart.de)
    if spec.weights is None or Path(spec.weights.repo).is_absolute():
        raise NeedsNoFiles(model=spec.title)
    return spec.weights


class _Bringing:
    """One download at work: every file in turn, small ones first."""

    def __init__(self, spec: Local, hub: Hub, listing: Listing, version: Version, report: Report, stop: Stop) -> None:
        self._spec = spec
        self._hub = hub
        self._listing = listing
        self._version = version
        self._report = report
        self._stop = stop
        self._done = 0
        self._told = float("-inf")

    def all(self) -> None:
        """Bring and check everything; only then is this version the current one."""
        for file in self._listing.files:
            before = self._done
            self._tell()
            if not self._is_sound(file):
                self._done = before
                self._bring(file, before)
            self._done = before + file.size
        self._version.make_current()
        self._tell(last=True)

    def _tell(self, last: bool = False) -> None:
        if self._stop():
            raise _Stopped
        now = time.monotonic()
        if last or now - self._told >= _TELL:
            self._told = now
            self._report(min(self._done, self._listing.size), self._listing.size)

    def _read(self, length: int) -> None:
        self._done += length
        self._tell()

    def _is_sound(self, file: HubFile) -> bool:
        """Whether the file is here already, and whole; one that is not is removed."""
        pointer, blob = self._version.pointer(file), self._version.blob(file)
        place = pointer if pointer.exists() else blob
        if checksum_of(place, file.size, file.checksum, self._read) == file.checksum:
            self._version.put(file)
            return True
        self._version.remove(file)
        return False

    def _bring(self, file: HubFile, before: int) -> None:
        with Partial(self._version.partial(file), file.size, file.checksum) as partial:
            for length in partial.take_up():
                self._read(length)
            waits = iter(_WAITS)
            while not partial.whole:
                had = partial.done
                try:
                    self._fetch(file, partial, before)
                except _MAY_PASS as problem:
                    waits = iter(_WAITS) if partial.done > had else waits
                    self._wait(next(waits, None), problem)
        if not partial.sound:
            partial.path.unlink()
            raise DamagedDownload(
                file=file.path, model=self._spec.title, server=SERVER, command=download_command(self._spec)
            )
        partial.path.replace(self._version.blob(file))
        self._version.put(file)

    def _fetch(self, file: HubFile, partial: Partial, before: int) -> None:
        with closing(self._hub.read(file, self._listing.commit, partial.done)) as pieces:
            for piece in pieces:
                partial.add(piece)
                self._done = before + partial.done
                self._tell()
        if not partial.whole:
            raise self._hub.broke(file)

    def _wait(self, seconds: float | None, problem: ModelError) -> None:
        """Wait before the next attempt; raises the problem where there is to be none."""
        asked = problem.retry_after if isinstance(problem, RateLimited) else 0.0
        if seconds is None or asked > _LONGEST_WAIT:
            raise problem
        until = time.monotonic() + max(seconds, asked)
        while (left := until - time.monotonic()) > 0:
            self._tell()
            time.sleep(min(_LOOK, left))


@contextmanager
def _alone(version: Version, size: int, report: Report, stop: Stop) -> Iterator[None]:
    """Keeps other programs from bringing the same model; while one does, tells how far it is."""
    path = cache_folder() / ".locks" / version.folder.name / "wunderkammer.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            if stop():
                raise _Stopped from None
            report(version.here(), size)
            time.sleep(_LOOK)
    try:
        yield
    finally:
        lock.release()


def _check_room(spec: Local, missing: int) -> None:
    if missing and missing + _KEPT_FREE > _free():
        raise _no_room(spec, missing)


@contextmanager
def _disk(spec: Local, version: Version, size: int) -> Iterator[None]:
    """What goes wrong with the disk, as our errors."""
    try:
        yield
    except ConnectionError:
        # Of whom the progress is told to; never of the disk.
        raise
    except OSError as problem:
        if problem.errno in _FULL:
            raise _no_room(spec, size - version.here()) from None
        raise CannotWrite(folder=str(cache_folder()), detail=problem.strerror or type(problem).__name__) from None


def _no_room(spec: Local, needed: int) -> NoRoomOnDisk:
    return NoRoomOnDisk(
        model=spec.title, needed=gigabytes(needed), folder=str(cache_folder()), free=gigabytes(max(0, _free()))
    )


def _free() -> int:
    folder = cache_folder()
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
