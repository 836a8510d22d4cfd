"""A file whose single reads are small: zipfile would otherwise read a directory of any size into memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from graph.errors import SourceError


class Bounded:
    """Reads at most `limit` bytes at once; what asks for more and gets it raises what `refused` makes."""

    def __init__(self, file: BinaryIO, limit: int, refused: Callable[[], SourceError]) -> None:
        self._file, self._limit, self._refused = file, limit, refused
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        block = self._file.read(self._limit + 1 if size < 0 else min(size, self._limit + 1))
        if len(block) > self._limit:
            raise self._refused()
        return block
