"""What a ZIP may be, whether it is an archive or a document: how long its list of members, how much one may grow."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final

from graph.errors import WunderkammerError

MEGABYTE: Final = 1_000_000

MAX_DIRECTORY: Final = 8 * MEGABYTE
"""The list of members is read at once; about 100,000 members fit into this."""
MAX_RATIO: Final = 250
RATIO_FROM: Final = 20 * MEGABYTE
"""A member that grows by more than the ratio, and beyond this size, is a bomb; the most regular tables grow by 60."""
BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError)
"""What Python's own zipfile raises for one that is damaged."""


def is_bomb(member: zipfile.ZipInfo) -> bool:
    """Whether a member grows as only files made to do harm do, by what its entry says; no more is ever read of it."""
    return member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1)


def opened(file: BinaryIO, refused: Callable[[], WunderkammerError]) -> zipfile.ZipFile:
    """A ZIP whose list of members is not too long; raises what `refused` makes, and what zipfile raises."""
    return zipfile.ZipFile(Bounded(file, MAX_DIRECTORY, refused))


class Bounded:
    """A file whose single reads are small: zipfile would otherwise read a list of any size into memory.

    Reads at most `limit` bytes at once; what asks for more and gets it raises what `refused` makes.
    """

    def __init__(self, file: BinaryIO, limit: int, refused: Callable[[], WunderkammerError]) -> None:
        self._file, self._limit, self._refused = file, limit, refused
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes."""
        block = self._file.read(self._limit + 1 if size < 0 else min(size, self._limit + 1))
        if len(block) > self._limit:
            raise self._refused()
        return block
