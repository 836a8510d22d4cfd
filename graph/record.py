"""What the processes of one home know of each other: the running server's record and its clients, files in `run/`."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import psutil

from settings import Settings

TOLERANCE = 2.0
"""Seconds by which two readings of a process's start may differ; a reused pid differs by more."""
_LOOK = 0.2
"""Seconds between two looks at whether a process is dead."""


@dataclass(frozen=True, slots=True)
class Server:
    """How to reach the embedded server; `reader` may only read, which the engine itself enforces."""

    bolt_uri: str
    http_uri: str
    user: str
    password: str = field(repr=False)
    reader: str
    reader_password: str = field(repr=False)
    database: str
    pid: int


@dataclass(frozen=True, slots=True)
class Record:
    """The server of a home, when its process started, and whether it can be used yet."""

    server: Server
    born: float
    keeper: int
    keeper_born: float
    ready: bool = False


def born(pid: int) -> float | None:
    """When the process with this id started, in seconds of the system's clock; None when it is not there or dead."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except (psutil.NoSuchProcess, psutil.AccessDenied, ValueError, OverflowError):
        return None


def alive(pid: int, started: float) -> bool:
    """Whether the process with this id and start is still there; another one with the same id does not count."""
    now = born(pid)
    return now is not None and abs(now - started) < TOLERANCE


def ends(process: psutil.Process, seconds: float) -> bool:
    """Whether a process is over within so many seconds.

    One that is dead and that its parent has not asked for counts as over: in a container whose first process buries
    nobody it stays in the list of processes for ever, and waiting for it to go would never end.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            process.wait(max(0.0, min(_LOOK, deadline - time.monotonic())))
            return True
        except psutil.TimeoutExpired:
            if born(process.pid) is None:
                return True
            if time.monotonic() >= deadline:
                return False


def kill(process: psutil.Process, seconds: float) -> None:
    """End a process at once; raises psutil.TimeoutExpired where even that takes longer than so many seconds."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()
        if not ends(process, seconds):
            raise psutil.TimeoutExpired(seconds, process.pid)


def private(folder: Path) -> Path:
    """Make a folder that only its owner can open, and return it; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_private(path: Path, content: str | bytes) -> None:
    """Replace a file by one that only its owner can read; nobody ever sees half of it. Raises OSError."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        _replace(Path(temporary), path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _replace(source: Path, target: Path) -> None:
    for _ in range(50 if sys.platform == "win32" else 0):
        try:
            source.replace(target)
        except PermissionError:
            # Windows does not replace a file while another process reads it.
            time.sleep(0.02)
        else:
            return
    source.replace(target)


def record_path(settings: Settings) -> Path:
    return settings.run / "server.json"


def read(settings: Settings) -> Record | None:
    """The record as it stands; None when there is none or it cannot be understood."""
    try:
        raw = json.loads(record_path(settings).read_text(encoding="utf-8"))
        return Record(**{**raw, "server": Server(**raw["server"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write(settings: Settings, record: Record) -> None:
    """Put the record down for others to find; raises OSError."""
    write_private(record_path(settings), json.dumps(asdict(record), indent=1))


def refreshed(record: Record) -> Record:
    """The record with its server's start read anew, so that a corrected system clock does not make it look stale."""
    return replace(record, born=born(record.server.pid) or record.born)


_registered: set[tuple[Path, int]] = set()


def register(settings: Settings) -> None:
    """Note that this process uses the server, until it ends."""
    pid = os.getpid()
    entry = private(settings.run / "clients") / f"{pid}-{born(pid) or 0.0:.2f}"
    entry.touch(mode=0o600)
    _registered.add((entry, pid))


def unregister(settings: Settings | None = None) -> None:
    """Note that this process no longer uses the server of this home, or of any."""
    for entry, pid in list(_registered):
        if pid == os.getpid() and (settings is None or entry.parent.parent == settings.run):
            entry.unlink(missing_ok=True)
            _registered.discard((entry, pid))


atexit.register(unregister)


def clients(settings: Settings) -> list[int]:
    """Process ids of the living clients; what dead ones left behind is removed."""
    living: list[int] = []
    folder = settings.run / "clients"
    for entry in folder.iterdir() if folder.is_dir() else ():
        pid, _, started = entry.name.partition("-")
        if pid.isdigit() and _is_number(started) and alive(int(pid), float(started)):
            living.append(int(pid))
        else:
            entry.unlink(missing_ok=True)
    return living


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
