"""Room in the folder of the files where a storage stands behind it: contents that were not used for long go here.

What the storage does not have stays, whatever it takes; so does what was used a moment ago, which somebody may be
reading.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import filelock

from graph.contents import INCOMING, Contents, is_sha256, originals
from graph.errors import StoreError

IN_USE: Final = 600.0
"""Seconds for which a content that was used stays."""
_LEFT: Final = 0.9
"""Of the room that may be taken: so much is left, so that not each new file makes others go."""
_SHARE: Final = 50
"""After a fiftieth of the room came in, it is looked how much is taken."""
_AGAIN: Final = 3600.0
_OLD: Final = 86_400.0
_TIDIED: Final = "tidied"
_SOURCES: Final = "canvases.json"

log = logging.getLogger("wunderkammer.files")
_came: dict[Path, int] = {}
_counting = threading.Lock()


@dataclass(frozen=True, slots=True)
class Held:
    """A content here: its folder, its size in bytes, when it was last used."""

    folder: Path
    size: int
    used: float


def came(contents: Contents, size: int) -> None:
    """Note that so many bytes came in; now and then, room is made by a thread of its own."""
    with _counting:
        _came[contents.root] = _came.get(contents.root, 0) + size
        if _came[contents.root] < contents.room / _SHARE and not _long_ago(contents):
            return
        _came[contents.root] = 0
        _stamp(contents).touch()
    threading.Thread(target=_quietly, args=(contents,), name="room", daemon=True).start()


def make_room(contents: Contents, in_use: float = IN_USE) -> int:
    """Let contents go until the folder takes less than it may; the bytes that went.

    Raises what the storage raises. Returns at once where another program is at it.
    """
    lock = filelock.FileLock(contents.root / INCOMING / "room.lock")
    try:
        with lock.acquire(timeout=0):
            _sweep(contents)
            held = sorted(holdings(contents), key=lambda each: each.used)
            taken = sum(each.size for each in held)
            if not contents.storage or not contents.room or taken <= contents.room:
                return 0
            gone = 0
            for each in held:
                if taken - gone <= contents.room * _LEFT:
                    break
                if _unused(each.folder, in_use) and _is_there(contents, each.folder) and _unused(each.folder, in_use):
                    _drop(contents, each.folder)
                    gone += each.size
            return gone
    except filelock.Timeout:
        return 0


def holdings(contents: Contents) -> Iterator[Held]:
    """The contents that are here."""
    for folder in contents.root.glob("[0-9a-f][0-9a-f]/*"):
        if not is_sha256(folder.name):
            continue
        with suppress(FileNotFoundError):
            size = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
            yield Held(folder, size, folder.stat().st_mtime)


def missing(contents: Contents, folder: Path) -> list[Path]:
    """The files of a content here that the storage does not have, the original last; not those that are made again."""
    stored = contents.stored(folder.name)
    found = [
        each
        for each in sorted(folder.rglob("*"))
        if each.is_file()
        and not each.name.startswith(".")
        and not is_made_again(folder, each)
        and _lacks(contents, each, stored)
    ]
    return sorted(found, key=lambda each: each in originals(folder))


def _lacks(contents: Contents, path: Path, stored: dict[str, int]) -> bool:
    """Whether a file is to be put into the storage; a text that another machine wrote later is not written over."""
    name = path.relative_to(contents.root).as_posix()
    size, here = stored.get(name), path.stat()
    if size is None or size == here.st_size or path.name.startswith("original") or not contents.storage:
        return size != here.st_size
    return here.st_mtime > contents.storage.written_at(name)


def push(contents: Contents, folder: Path) -> int:
    """Put into the storage what it does not have of a content here; the bytes that were put."""
    if not contents.storage:
        return 0
    put = 0
    for each in missing(contents, folder):
        contents.send(each)
        put += each.stat().st_size
    return put


def has_original(contents: Contents, sha256: str) -> bool:
    """Whether the storage has a content's original."""
    return any(name.rpartition("/")[2].startswith("original") for name in contents.stored(sha256))


def is_made_again(folder: Path, path: Path) -> bool:
    """Whether a machine makes a file itself from the original: pages that are drawn, not those that were fetched."""
    inside = path.relative_to(folder).parts[0]
    if inside in (_SOURCES, "thumbs"):
        return True
    return inside == "pages" and not (folder / _SOURCES).exists()


def _unused(folder: Path, in_use: float) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > in_use
    except FileNotFoundError:
        return False


def _is_there(contents: Contents, folder: Path) -> bool:
    """Whether the storage has all of a content; what was only offered to it is put there now.

    What it has nothing of was removed by another machine, or never put there: neither is for us to put there now.
    """
    left = missing(contents, folder)
    if any(each in originals(folder) for each in left):
        return False
    for each in left:
        contents.send(each)
    return True


def due(contents: Contents) -> bool:
    """Whether a day has passed since all contents were looked at (`looked_at`)."""
    stamp = contents.root / INCOMING / _TIDIED
    return not stamp.exists() or time.time() - stamp.stat().st_mtime > _OLD


def looked_at(contents: Contents) -> None:
    """Note that all contents were looked at now."""
    stamp = contents.root / INCOMING / _TIDIED
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()


def _drop(contents: Contents, folder: Path) -> None:
    grave = Path(tempfile.mkdtemp(prefix="removed-", dir=contents.root / INCOMING))
    folder.rename(grave / "content")
    shutil.rmtree(grave)


def _sweep(contents: Contents) -> None:
    """Take away what programs left that died over it."""
    for each in (contents.root / INCOMING).iterdir():
        if time.time() - each.stat().st_mtime < _OLD:
            continue
        if each.name.startswith("removed-"):
            shutil.rmtree(each, ignore_errors=True)
        elif each.name.startswith(tempfile.gettempprefix()):
            each.unlink(missing_ok=True)


def _stamp(contents: Contents) -> Path:
    return contents.root / INCOMING / "room"


def _long_ago(contents: Contents) -> bool:
    try:
        return time.time() - _stamp(contents).stat().st_mtime > _AGAIN
    except FileNotFoundError:
        return True


def _quietly(contents: Contents) -> None:
    try:
        gone = make_room(contents)
    except (StoreError, OSError) as problem:
        log.warning("no room could be made in %s: %s", contents.root, problem)
        return
    if gone:
        log.info("%d MB went from %s; they are in the storage", gone // 1_000_000, contents.root)
