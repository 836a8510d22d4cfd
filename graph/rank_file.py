"""The matrix of a large collection on disk, so that the next program that opens it need not read it edge by edge.

A file belongs to one state of one database: of any other it is passed over, as one that cannot be read is. It holds ids
and numbers, no names and no text, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from graph.connection import Connection
from graph.kept import state
from graph.record import private, write_private
from graph.schema import read_meta

LARGE = 10_000
"""Matrices of fewer nodes are read from the database within a second or two."""
_MOST = 4
"""Files that are kept, those written last: one for each choice of collections."""
_FORMAT = 1

log = logging.getLogger("wunderkammer.rank")


class Parts(NamedTuple):
    """What makes a matrix: ids in the order of its rows, entities first; edges; how many chunks name each entity."""

    ids: tuple[str, ...]
    adjacency: sp.csr_matrix
    chunk_counts: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankFile:
    """The file of some collections in the state that they were in when this was made."""

    path: Path
    of: str
    """Of what it is: the database, its state, and how the matrix is made."""

    def read(self) -> Parts | None:
        """The matrix of exactly this state; None where none was kept, or not a whole one."""
        try:
            with np.load(self.path, allow_pickle=False) as held:
                if str(held["of"]) != self.of:
                    return None
                ids, parts = tuple(held["ids"].tolist()), (held["data"], held["indices"], held["indptr"])
                counts = held["chunk_counts"]
            matrix = sp.csr_matrix(parts, shape=(len(ids), len(ids)))
            matrix.check_format(full_check=True)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
            log.warning("%s is passed over: %s", self.path.name, problem)
            return None
        return Parts(ids, matrix, counts)

    def write(self, parts: Parts) -> None:
        """Keep the matrix, whole or not at all; that a full disk keeps none harms nothing else."""
        content = io.BytesIO()
        matrix = parts.adjacency
        np.savez(
            content,
            of=np.array(self.of),
            ids=np.array(parts.ids),
            data=matrix.data,
            indices=matrix.indices,
            indptr=matrix.indptr,
            chunk_counts=parts.chunk_counts,
        )
        try:
            folder = private(self.path.parent)
            write_private(self.path, content.getvalue())
            by_age = sorted(folder.glob("rank-*.npz"), key=lambda path: -path.stat().st_mtime)
            for old in by_age[_MOST:]:
                old.unlink(missing_ok=True)
        except OSError as problem:
            log.warning("%s was not kept: %s", self.path.name, problem)


def rank_file(db: Connection, collections: Sequence[str], made_by: str) -> RankFile | None:
    """The file of these collections as they are now; None where a database cannot tell its state, or who it is.

    `made_by` says how the matrix is made: one that was made otherwise is another's.
    """
    names = sorted(set(collections))
    now, who = state(db, names), read_meta(db).id
    if len(now) < len(names) or not who:
        return None
    name = hashlib.sha256(json.dumps([who, names]).encode()).hexdigest()[:16]
    of = json.dumps([_FORMAT, who, [list(stamp) for stamp in now], made_by])
    return RankFile(db.settings.cache / f"rank-{name}.npz", of)
