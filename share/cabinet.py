"""A whole cabinet as one file: written so that another Wunderkammer opens it, with nothing lost.

A ZIP: `wunderkammer.json` says what it is, `graph/` holds a line for each node and edge, `files/` the documents as they
were imported with their texts, `vectors/` the vectors where they were taken along. The same cabinet gives the same
lines; `content` in `wunderkammer.json` is the hash of them all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from graph.archived import PARTS, VECTORS, canonical
from graph.contents import GB, Contents
from graph.storage import storage_of
from graph.store import Store
from graph.whole_file import whole_file
from settings import Settings
from share.cabinet_errors import CabinetChanged

FORMAT: Final = "wunderkammer-archive"
VERSION: Final = 1
MANIFEST: Final = "wunderkammer.json"
KEPT_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
"""Names of what is kept of a document; what is drawn from it, in folders of its own, is drawn anew."""
_ATTEMPTS: Final = 3
"""In quiet: what was begun before it may be stored in its first seconds."""


@dataclass(slots=True)
class Written:
    """What an archive holds: how many of each kind, documents whose file is gone, and the hash of the graph."""

    counts: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)
    vectors: int = 0
    content: str = ""
    size: int = 0


def write_cabinet(store: Store, settings: Settings, out: Path, vectors: bool = False, force: bool = False) -> Written:
    """Write everything as it is at one moment; `out` is there whole or not at all.

    Where something is changed meanwhile, it is written once more while nobody else writes: imports wait, people's
    changes wait or are refused (`graph.quiet`). Raises what `graph.whole_file` raises, BackupRuns where another backup
    is being written, and CabinetChanged where something is changed even so.
    """
    collections = [each.id for each in store.cabinets.listed()]

    def state() -> tuple[object, object]:
        # Not all that is written moves the stamps, such as where a document was found.
        return store.archived.stamps(collections), store.archived.counts(collections)

    def attempt() -> Written | None:
        before = state()
        try:
            with whole_file(out, force) as path:
                written = _write(store, settings, path, collections, vectors)
                if state() != before:
                    raise CabinetChanged()
                written.size = path.stat().st_size
            return written
        except CabinetChanged:
            return None

    # While an import runs, the first would be in vain.
    written = None if store.queue.left() else attempt()
    if written is None:
        with store.quiet.kept():
            for _ in range(_ATTEMPTS):
                written = written or attempt()
    if written is None:
        raise CabinetChanged()
    return written


def content_of(store: Store, collections: Sequence[str]) -> str:
    """The hash of what these collections hold, as archives have it."""
    hashes = {}
    for part in PARTS:
        digest = hashlib.sha256()
        for row in store.archived.rows(part, collections):
            digest.update(_line(canonical(row)))
        hashes[member_of(part.name)] = digest.hexdigest()
    return content_hash(hashes)


def content_hash(hashes: dict[str, str]) -> str:
    """One hash of the hashes of the files in `graph/`, by their names."""
    lines = "".join(f"{name} {sha256}\n" for name, sha256 in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def member_of(part: str, folder: str = "graph") -> str:
    """The name of the file that holds the rows of a kind."""
    return f"{folder}/{part}.jsonl"


def _write(store: Store, settings: Settings, path: Path, collections: list[str], vectors: bool) -> Written:
    written = Written()
    hashes: dict[str, str] = {}
    meta = store.embeddings.meta()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for part in PARTS:
            lines = (canonical(row) for row in store.archived.rows(part, collections))
            name = member_of(part.name)
            written.counts[part.name], hashes[name] = _put(archive, name, lines)
        written.content = content_hash(hashes)
        for label in VECTORS if vectors and meta.embedding_model else ():
            found = store.archived.vectors(label, collections)
            name = member_of(label, "vectors")
            count, hashes[name] = _put(archive, name, (_vector(id_, vector) for id_, vector in found))
            written.vectors += count
        _put_files(store, settings, archive, collections, written)
        about = {
            "format": FORMAT,
            "version": VERSION,
            "schema": store.archived.schema,
            "collections": collections,
            "counts": written.counts,
            "hashes": hashes,
            "content": written.content,
            "model": meta.embedding_model if written.vectors else None,
            "dimensions": meta.dimensions if written.vectors else None,
        }
        archive.writestr(MANIFEST, json.dumps(about, indent=1))
    return written


def _put(archive: zipfile.ZipFile, name: str, lines: Iterator[str]) -> tuple[int, str]:
    """Write lines as a member; how many they were, and the hash of them all."""
    count, digest = 0, hashlib.sha256()
    with archive.open(name, "w", force_zip64=True) as member:
        for line in lines:
            data = _line(line)
            member.write(data)
            digest.update(data)
            count += 1
    return count, digest.hexdigest()


def _put_files(
    store: Store, settings: Settings, archive: zipfile.ZipFile, collections: list[str], written: Written
) -> None:
    done: set[str] = set()
    contents = Contents(settings.files, storage_of(settings), settings.files_gb * GB)
    for document in store.documents.every(collections):
        for sha256 in (document.sha256, document.claims):
            if sha256 is None or sha256 in done:
                continue
            done.add(sha256)
            folder = contents.bring(sha256)
            kept = sorted(folder.iterdir()) if folder.is_dir() else []
            found = [each for each in kept if each.is_file() and KEPT_FILE.fullmatch(each.name)]
            if not any(each.name.startswith("original") for each in found):
                written.missing.append(document.title)
            for each in found:
                archive.write(each, f"files/{sha256}/{each.name}")
                written.files += 1


def _vector(id_: str, vector: list[float]) -> str:
    packed = base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode("ascii")
    return canonical({"id": id_, "v": packed})


def _line(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass") + b"\n"
