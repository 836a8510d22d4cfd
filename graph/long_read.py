"""What takes long to read of a large collection: from the disk, in a process of its own, or else here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from graph import apart
from graph.connection import Connection
from graph.kept_file import Arrays, kept_file

LARGE = 10_000
"""What has fewer nodes or claims is read from the database within a second or two."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LongRead(Generic[T]):
    """Something that is read as a whole, and how it becomes arrays and is made of them again."""

    kind: str
    """What its files are called."""
    to_arrays: Callable[[T], Arrays]
    from_arrays: Callable[[Arrays], T]
    """Raises ValueError, KeyError or IndexError where arrays do not belong together."""
    size: Callable[[T], int]
    reading: apart.Reading
    """The same as arrays, for a process of its own."""
    made_by: str = ""
    """How it is made: a file that was made otherwise is another's."""

    def of(self, db: Connection, collections: Sequence[str], here: Callable[[], T]) -> T:
        """It, of these collections as they are now; `here` reads it in this process."""
        # As of now, not of when it is done: what changes meanwhile makes it another's.
        file = kept_file(db, self.kind, collections, self.made_by)
        if file is not None and (kept := file.read(self.from_arrays)) is not None:
            return kept
        if (arrays := apart.read(db, self.reading, collections)) is not None:
            return self.from_arrays(arrays)
        found = here()
        if file is not None and self.size(found) >= LARGE:
            file.write(self.to_arrays(found))
        return found
