"""The whole text of a document, as its offsets count it."""

from __future__ import annotations

import hashlib
import time
from functools import lru_cache
from pathlib import Path
from typing import Final

from graph.contents import digest_of
from graph.types import Document
from ingest.files import FileStore

_ASKED_AGAIN: Final = 15.0
"""Seconds for which a copy that is not the one that the graph knows is not fetched again: it may stay so."""
_fetched: dict[tuple[FileStore, str], float] = {}


def document_text(files: FileStore, document: Document, newest: bool = False) -> str:
    """The text that `start` and `end` of the document's chunks count in; empty where nothing was read.

    `newest` is for who writes it: what another machine wrote a moment ago is in it.
    """
    if document.sha256 is None:
        return ""
    if newest and files.storage:
        files.fetch_again(files.text_path(document.sha256))
    else:
        renew(files, document)
    return files.read_text(document.sha256) if files.here(files.text_path(document.sha256)) else ""


def hash_of(text: str) -> str:
    """The hash of a text as `Document.text_sha256` has it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def renew(files: FileStore, document: Document) -> None:
    """Where another machine has written the text anew, fetch it and the places of its lines; asks nothing otherwise."""
    if files.storage is None or document.sha256 is None or document.text_sha256 is None:
        return
    path, key = files.text_path(document.sha256), (files, document.sha256)
    if not path.exists() or _digest(path, path.stat().st_mtime_ns) == document.text_sha256:
        return
    if time.monotonic() - _fetched.get(key, -_ASKED_AGAIN) < _ASKED_AGAIN:
        return
    if len(_fetched) > 1000:
        _fetched.clear()
    _fetched[key] = time.monotonic()
    if files.fetch_again(path) and files.lines_path(document.sha256).exists():
        files.fetch_again(files.lines_path(document.sha256))


@lru_cache(maxsize=512)
def _digest(path: Path, changed: int) -> str:
    return digest_of(path)
