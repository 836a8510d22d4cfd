"""What the doctor looks at on this machine: the cabinet's folders, the disk, the memory."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

import psutil

from graph import arcade
from graph.embedded import server_status
from graph.errors import WunderkammerError
from graph.storage import storage_of
from graph.wording import Number
from ingest.files import FileStore
from scripts.doctor_lines import BROKEN, LOOK, Line, well
from settings import Settings

GB = 10**9
LEAST_FREE, WANTED_FREE = GB // 2, 5 * GB
"""Bytes of free disk space below which nothing can be imported, and below which it soon cannot."""
_BESIDE_HEAP = 1.5
"""What the embedded database takes of memory in all, as a part of its heap."""


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def folders(settings: Settings) -> Line:
    """Whether the cabinet's folders can be written, and read by their owner alone; writes nothing."""
    home, nearest = settings.home, _existing(settings.home)
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        todo = (
            "Correct its rights or set WUNDERKAMMER_HOME to another folder.",
            "Berichtigen Sie seine Rechte oder setzen Sie WUNDERKAMMER_HOME auf einen anderen Ordner.",
        )
        return Line("home", BROKEN, (f"{nearest} cannot be written", f"{nearest} ist nicht beschreibbar"), todo)
    if nearest != home:
        return well("home", f"{home} will be made", f"{home} wird angelegt")
    inside = [folder for folder in (settings.run, settings.database, settings.logs, settings.files) if folder.exists()]
    for folder in inside:
        if not os.access(folder, os.W_OK | os.X_OK):
            owner = folder.stat().st_uid if os.name != "nt" else "?"
            todo = (
                f"Give it to the user who runs the app: chown -R USER {folder}",
                f"Geben Sie ihn dem Benutzer, der die App ausführt: chown -R BENUTZER {folder}",
            )
            en, de = f"{folder} belongs to user {owner}", f"{folder} gehört Benutzer {owner}"
            return Line("home", BROKEN, (f"{en} and cannot be written", f"{de} und ist nicht beschreibbar"), todo)
    open_ones = [folder for folder in inside if _open(folder)]
    if os.name != "nt" and _open(home) and open_ones:
        todo = (f'Run: chmod 700 "{home}"', f'Führen Sie aus: chmod 700 "{home}"')
        en, de = f"{home}: other users can read it", f"{home}: andere Benutzer können ihn lesen"
        return Line("home", LOOK, (en, de), todo)
    return well("home", str(home), str(home))


def _open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def space(settings: Settings) -> Line:
    """Whether there is room for more."""
    free = shutil.disk_usage(_existing(settings.home)).free
    found = (f"{_size(free, 'en')} free", f"{_size(free, 'de')} frei")
    if free >= WANTED_FREE:
        return well("disk", *found)
    todo = ("Free some space, or move the cabinet.", "Schaffen Sie Platz, oder verlegen Sie die Sammlung.")
    return Line("disk", LOOK if free >= LEAST_FREE else BROKEN, found, todo)


def storage(settings: Settings) -> Line:
    """Whether the storage of the files can be written, read and deleted in: a small file of ours is, and goes again."""
    begun = time.monotonic()
    try:
        found = storage_of(settings)
        if found is None:
            return well("storage", "files are kept on this machine", "Dateien liegen auf diesem Rechner")
        with tempfile.TemporaryDirectory(prefix="wunderkammer-doctor-") as folder:
            found.check(Path(folder, "file"))
    except WunderkammerError as problem:
        return failed("storage", problem)
    took = round((time.monotonic() - begun) * 1000)
    left = len(FileStore.of(settings).left_behind())
    if left:
        todo = ("The next import does it.", "Der nächste Import erledigt das.")
        en, de = f"{left} removed contents are still there", f"{left} entfernte Inhalte liegen noch dort"
        return Line("storage", LOOK, (f"{found.address}: {en}", f"{found.address}: {de}"), todo)
    return well("storage", f"{found.address} answers ({took} ms)", f"{found.address} antwortet ({took} ms)")


def memory(settings: Settings) -> Line:
    """Whether the embedded database has the memory that it may take."""
    try:
        heap = _bytes(arcade.heap(settings))
    except WunderkammerError as problem:
        return failed("memory", problem)
    status = server_status(settings)
    if status.running:
        en, de = (_size(status.memory, language) for language in ("en", "de"))
        return well("memory", f"the database runs and holds {en}", f"die Datenbank läuft und belegt {de}")
    free = psutil.virtual_memory().available
    found = (
        f"{_size(free, 'en')} are free, the database may take {_size(heap, 'en')} and half as much again",
        f"{_size(free, 'de')} sind frei, die Datenbank darf {_size(heap, 'de')} und die Hälfte dazu belegen",
    )
    if free >= heap * _BESIDE_HEAP:
        return well("memory", *found)
    todo = (
        "Close other programs, or set WUNDERKAMMER_HEAP to less, such as 512m.",
        "Schließen Sie andere Programme, oder setzen Sie WUNDERKAMMER_HEAP auf weniger, etwa 512m.",
    )
    return Line("memory", LOOK, found, todo)


def _size(size: float, language: str) -> str:
    return f"{Number(round(size / GB, 1), language)} GB"


def _bytes(size: str) -> int:
    return int(size[:-1]) * {"k": 2**10, "m": 2**20, "g": 2**30}[size[-1].lower()]


def failed(check: str, problem: WunderkammerError) -> Line:
    """One of our errors says what happened and what to do next in one text."""
    return Line(check, BROKEN, (problem.text("en"), problem.text("de")))
