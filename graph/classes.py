"""Java's classes, made ready once at installation, so that each start of the embedded server takes half the time.

The engine's Java comes without the archive that other Javas have, and reads every class anew at each start. Class data
sharing (JEP 310, JEP 350) keeps them as they are in memory: `python -m graph.classes` starts a server in an empty home,
uses it a little, and lets Java write down what it has loaded. Without the archive everything works, only slower.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil

from graph import arcade, launch, record
from settings import Settings

_SECONDS = 60


def make() -> Path:
    """Write the archive beside the engine, in one step; raises what starting a server raises, and OSError."""
    engine = arcade.find_engine()
    target = arcade.archive_path(engine)
    base = [str(engine.java), "-XX:+UseCompactObjectHeaders", "-Xshare:dump"]
    subprocess.run(base, check=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    partial = target.with_name(f"{target.name}.{os.getpid()}")
    with tempfile.TemporaryDirectory(prefix="wunderkammer-classes-", ignore_cleanup_errors=True) as folder:
        settings = Settings(home=Path(folder))
        for needed in (settings.run, settings.logs):
            record.private(needed)
        server = launch.start(settings, (f"-XX:ArchiveClassesAtExit={partial}",)).server
        _use(settings)
        process = psutil.Process(server.pid)
        process.terminate()
        if not record.ends(process, _SECONDS):
            raise psutil.TimeoutExpired(_SECONDS, server.pid)
    partial.replace(target)
    return target


def _use(settings: Settings) -> None:
    """What every start does: log in, look at the schema, ask."""
    # Only here: the classes of Java are what counts, and this module is also asked where the archive is.
    from graph.store import Store

    with Store(settings) as store:
        store.stats(["default"])
        store.search.chunks_by_words("words", 1, ["default"])


if __name__ == "__main__":
    try:
        print(make())
    except (OSError, subprocess.SubprocessError, psutil.TimeoutExpired) as problem:
        sys.exit(f"the database will start more slowly: {problem}")
