"""A file on its way: what of it has come so far lies beside its place, with the checksum of all that came."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Self

_PIECE: Final = 1 << 20
_SHA256_LENGTH: Final = 64


def checksum_of(file: Path, size: int, kind: str, read: Callable[[int], None]) -> str | None:
    """The checksum of a file here, of the kind that `kind` is; None where the file is not `size` long or not there.

    `read` is told of every piece.
    """
    try:
        if file.stat().st_size != size:
            return None
        running = _running(kind, size)
        for piece in _pieces(file):
            running.update(piece)
            read(len(piece))
        return str(running.hexdigest())
    except OSError:
        return None


class Partial:
    """The part of a file that is here; within `with` more can be added. It stays when the adding breaks off."""

    def __init__(self, path: Path, size: int, checksum: str) -> None:
        self.path = path
        self._size = size
        self._checksum = checksum
        self._running = _running(checksum, size)
        self.done = 0
        self.too_long = False

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size > self._size:
            self.path.unlink()
        self._file = self.path.open("ab")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take_up(self) -> Iterator[int]:
        """Read what earlier attempts have left; says how long each piece was."""
        for piece in _pieces(self.path):
            self._running.update(piece)
            self.done += len(piece)
            yield len(piece)

    def add(self, piece: bytes) -> None:
        """More of the file; what is more than there should be is not kept, and makes it unsound."""
        if self.done + len(piece) > self._size:
            self.too_long = True
            return
        self._file.write(piece)
        self._running.update(piece)
        self.done += len(piece)

    @property
    def whole(self) -> bool:
        """Whether all has come, or more."""
        return self.too_long or self.done == self._size

    @property
    def sound(self) -> bool:
        """Whether all that came is what was announced."""
        return not self.too_long and self.whole and self._running.hexdigest() == self._checksum


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


def _running(kind: str, size: int) -> Any:
    """SHA-256 where the checksum is one, else what Git calls a file by: SHA-1 with the length before it."""
    if len(kind) == _SHA256_LENGTH:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
