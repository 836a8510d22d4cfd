"""What takes long to read of a large collection, kept on disk, so that the next program need not read it again.

A file belongs to one state of one database: of any other it is passed over, as one that cannot be read is. It holds
ids, kinds and numbers, no names and no text, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from graph.connection import Connection
from graph.kept import state
from graph.record import private, write_private
from graph.schema import read_meta

_MOST = 4
"""Files of a kind that are kept, those written last: one for each choice of collections."""
_FORMAT = 2
_OF = "of"

T = TypeVar("T")
Arrays = Mapping[str, npt.NDArray[Any]]

log = logging.getLogger("wunderkammer.kept")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """The file of some collections in the state that they were in when this was made."""

    path: Path
    of: str
    """Of what it is: the database, its state, and how what it holds is made."""

    def read(self, make: Callable[[Arrays], T]) -> T | None:
        """What `make` makes of the file of exactly this state; None where none was kept, or not a whole one.

        `make` may raise ValueError, KeyError or IndexError where arrays do not belong together.
        """
        try:
            with np.load(self.path, allow_pickle=False) as held:
                return make(held) if str(held[_OF]) == self.of else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as problem:
            log.warning("%s is passed over: %s", self.path.name, problem)
            return None

    def write(self, arrays: Arrays) -> None:
        """Keep arrays, whole or not at all; that a full disk keeps none harms nothing else."""
        content = io.BytesIO()
        everything: dict[str, Any] = {_OF: np.array(self.of), **arrays}
        np.savez(content, **everything)
        try:
            folder = private(self.path.parent)
            write_private(self.path, content.getvalue())
            alike = folder.glob(f"{self.path.name.split('-')[0]}-*.npz")
            for old in sorted(alike, key=lambda path: -path.stat().st_mtime)[_MOST:]:
                old.unlink(missing_ok=True)
        except OSError as problem:
            log.warning("%s was not kept: %s", self.path.name, problem)


def kept_file(db: Connection, kind: str, collections: Sequence[str], made_by: str = "") -> KeptFile | None:
    """The file of these collections as they are now; None where a database cannot tell its state, or who it is.

    `made_by` says how what is kept is made: what was made otherwise is another's.
    """
    names = sorted(set(collections))
    now, who = state(db, names), read_meta(db).id
    if len(now) < len(names) or not who:
        return None
    name = hashlib.sha256(json.dumps([who, names]).encode()).hexdigest()[:16]
    of = json.dumps([_FORMAT, who, [list(stamp) for stamp in now], made_by])
    return KeptFile(db.settings.cache / f"{kind}-{name}.npz", of)


def packed(words: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Words as bytes; an array of words would take four bytes for each letter of the longest."""
    return np.frombuffer(json.dumps(words).encode("utf-8"), np.uint8)


def unpacked(content: npt.NDArray[Any]) -> list[str]:
    """The words of `packed`; ValueError where there are none."""
    words = json.loads(content.tobytes().decode("utf-8"))
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("no list of words")
    return words
