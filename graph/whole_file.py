"""Files and folders that are there whole or not at all: written beside their place under another name, then renamed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.errors import WrongUse


class OutputExists(WrongUse):
    en = "“{name}” is there already. Choose another name, or say --force to replace it."
    de = "„{name}“ gibt es schon. Wählen Sie einen anderen Namen, oder ersetzen Sie es mit --force."


class FolderExists(WrongUse):
    en = "“{name}” is a folder that is there already, and a folder is not replaced. Choose another name."
    de = (
        "„{name}“ ist ein Ordner, den es schon gibt, und ein Ordner wird nicht ersetzt. Wählen Sie einen anderen Namen."
    )


class OutputNotWritable(WrongUse):
    en = "“{name}” cannot be written: {detail}. Choose another place, or make room there."
    de = "„{name}“ lässt sich nicht schreiben: {detail}. Wählen Sie einen anderen Ort, oder schaffen Sie dort Platz."


@contextmanager
def whole_file(out: Path, force: bool = False) -> Iterator[Path]:
    """A path to write a new file to, which becomes `out` when all went well; otherwise nothing is left of it.

    Raises OutputExists (unless `force`), FolderExists, OutputNotWritable.
    """
    _require_room(out, force)
    temporary = out.with_name(f".{out.name[:80]}.{secrets.token_hex(4)}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        _require_room(out, force)
        temporary.replace(out)
    except OSError as problem:
        raise OutputNotWritable(name=out.name, detail=problem.strerror or str(problem)) from problem
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """The same for a folder, which must not be there yet, or be empty."""
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise FolderExists(name=out.name) if out.is_dir() else OutputExists(name=out.name)
    temporary = out.with_name(f".{out.name[:80]}.{secrets.token_hex(4)}.part")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        if out.is_dir():
            out.rmdir()
        temporary.rename(out)
    except OSError as problem:
        raise OutputNotWritable(name=out.name, detail=problem.strerror or str(problem)) from problem
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _require_room(out: Path, force: bool) -> None:
    if out.is_dir():
        raise FolderExists(name=out.name)
    if out.exists() and not force:
        raise OutputExists(name=out.name)
    if not out.parent.is_dir():
        raise OutputNotWritable(name=out.name, detail=f"there is no folder {out.parent}")
