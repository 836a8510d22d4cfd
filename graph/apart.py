"""Reads in a process of its own what takes long, for a program that many people use at once.

Python computes in one thread at a time: while the claims of a large collection become objects, everybody's page would
wait for its turn. Another process reads them and hands over arrays, which take a tenth of the time to take in.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from graph import arcade
from graph.connection import Connection
from graph.errors import WunderkammerError
from graph.kept import is_small
from graph.kept_file import Arrays
from settings import Settings

Reading = Callable[[Connection, Sequence[str]], Arrays]
"""A function of a module, which a process of its own can be told to call; arguments: database, collections."""
_PATIENCE: Final = 900.0
"""Seconds after which a reading is given up; of a million passages it takes minutes."""
_KINDNESS: Final = 5
"""How far it gives way to those who ask meanwhile, as `nice` counts."""
_COMMAND: Final = (sys.executable, "-m", "graph.apart")
_one_at_a_time = threading.Lock()

log = logging.getLogger("wunderkammer.kept")


def read(db: Connection, reading: Reading, collections: Sequence[str]) -> Arrays | None:
    """What the reading answers, from a process of its own; None where it is to be called here.

    That is where few ask, of a small database (it is read before a process has begun), and where the process broke.
    """
    # In a cluster only who wrote something knows how far whoever is asked next has to be.
    if not db.many or db.routed or is_small(db):
        return None
    with _one_at_a_time:
        try:
            done = subprocess.run(
                _COMMAND, input=pickle.dumps((db.settings, reading, list(collections))), capture_output=True,
                cwd=Path(__file__).resolve().parents[1], timeout=_PATIENCE, creationflags=arcade.no_window(),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as problem:
            log.warning("nothing was read apart: %s", type(problem).__name__)
            return None
    try:
        if done.returncode == 0:
            return dict(np.load(io.BytesIO(done.stdout), allow_pickle=False))
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        pass
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    log.warning("nothing was read apart: code %s, %s", done.returncode, said[-1] if said else "nothing said")
    return None


def main() -> int:
    """Read what standard input says, and write its arrays to standard output; 1 where the database has an error."""
    settings, reading, collections = _asked(sys.stdin.buffer.read())
    if hasattr(os, "nice"):
        os.nice(_KINDNESS)
    try:
        db = Connection(settings)
        try:
            arrays = reading(db, collections)
        finally:
            db.close()
    except WunderkammerError as error:
        # Whoever asked meets the same, and tells it.
        print(type(error).__name__, file=sys.stderr)
        return 1
    content = io.BytesIO()
    np.savez(content, **dict[str, Any](arrays))
    sys.stdout.buffer.write(content.getvalue())
    return 0


def _asked(content: bytes) -> tuple[Settings, Reading, list[str]]:
    asked: tuple[Settings, Reading, list[str]] = pickle.loads(content)
    return asked


if __name__ == "__main__":
    sys.exit(main())
