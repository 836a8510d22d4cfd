"""`python -m ingest files [--push]`: where the files are kept, and bringing those that are here into the storage."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

import cli
import settings as configuration
from graph.contents_room import Held, holdings, missing, push
from graph.errors import WrongUse
from graph.wording import many
from ingest.files import MEGABYTE, FileStore

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_AT_ONCE: Final = 8
"""Contents on their way into the storage at once."""
_TOLD: Final = 5.0
"""Seconds between two words on how far it is."""


class NoStorageNamed(WrongUse):
    en = "Files are kept on this machine alone. Set WUNDERKAMMER_FILES, such as s3://BUCKET/FOLDER, then run it again."
    de = "Dateien liegen nur auf diesem Rechner. Setzen Sie WUNDERKAMMER_FILES, etwa s3://BUCKET/ORDNER."


@dataclass(slots=True)
class _Pushed:
    """How far the files are in the storage."""

    contents: int = 0
    put: int = 0
    size: int = 0
    said: float = field(default_factory=time.monotonic)
    lock: Lock = field(default_factory=Lock)


def files_command(given: argparse.Namespace) -> int:
    """Where the documents' files are kept; with --push, put those into the storage that are only on this machine."""
    settings = configuration.read()
    files = FileStore.of(settings)
    if given.push and files.storage is None:
        raise NoStorageNamed()
    here = list(holdings(files))
    if given.push:
        return _push(given, files, here)
    lacking = [each for each in here if files.storage and missing(files, each.folder)]
    data = {
        "folder": str(files.root),
        "storage": files.storage.address if files.storage else None,
        "contents": len(here),
        "bytes": sum(each.size for each in here),
        "only_here": len(lacking) if files.storage else len(here),
    }
    text = f"{many(len(here), 'content')} here, {_mb(sum(each.size for each in here))}, in {files.root}"
    if files.storage:
        text += f"\n{len(lacking)} of them not or not wholly in {files.storage.address}"
        text += "; `python -m ingest files --push` puts them there" if lacking else ""
    cli.show(given, data, text)
    return cli.DONE


def _push(given: argparse.Namespace, files: FileStore, here: Sequence[Held]) -> int:
    """Put each content that is here into the storage; what is there already is not put again."""
    told = _Pushed()
    total = len(here)

    def one(held: Held) -> None:
        size = push(files, held.folder)
        with told.lock:
            told.contents += 1
            told.put += bool(size)
            told.size += size
            if time.monotonic() - told.said > _TOLD:
                told.said = time.monotonic()
                cli.say(f"{told.contents} of {many(total, 'content')}, {_mb(told.size)} put there")

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            list(pool.map(one, here))
        except BaseException:
            # One that cannot be put tells what is wrong with all: the others are not waited for.
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    assert files.storage is not None
    data = {"storage": files.storage.address, "contents": total, "put": told.put, "bytes": told.size}
    text = f"{many(total, 'content')} in {files.storage.address}; {told.put} put there now, {_mb(told.size)}"
    cli.show(given, data, text)
    return cli.DONE


def _mb(size: int) -> str:
    return f"{size / MEGABYTE:,.1f} MB"


def add_files(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Put the command among the others."""
    told = files_command.__doc__
    sub = cli.add_json(commands.add_parser("files", help=told, description=told))
    sub.add_argument("--push", action="store_true", help="put into the storage what is only here; can be broken off")
    sub.set_defaults(command=files_command)
