"""The archive of a cabinet, opened in an empty one: checked from end to end before anything of it is kept.

An archive comes from anybody. No name in it is used as a path, nothing is unpacked beyond the room there is, each row
is one that an archive of ours could have, and the hashes of everything hold.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from graph.archived import PARTS, VECTORS, EdgesWithoutEnds, Part
from graph.connection import Row
from graph.contents import Contents
from graph.contents_room import has_original, push
from graph.errors import StoreError, WunderkammerError
from graph.schema import MIGRATIONS, OtherEmbeddingModel
from graph.storage import storage_of
from graph.store import Store
from graph.zip_limits import BROKEN, is_bomb, opened
from settings import Settings
from share.cabinet import FORMAT, KEPT_FILE, MANIFEST, VERSION, content_hash, content_of, member_of
from share.cabinet_errors import CabinetDamaged, CabinetNewer, CabinetNotEmpty, CabinetTooLarge, NotACabinet
from share.cabinet_rows import require_row

_BLOCK: Final = 1 << 20
_LONGEST: Final = 64_000_000
"""Bytes of one line: the longest are findings, with all that they quote."""
_MANIFEST_BYTES: Final = 4_000_000
_FILE: Final = re.compile(r"files/([0-9a-f]{64})/([^/]{1,80})")
_SPARE: Final = 1_000_000_000
"""Bytes that are left free on the disk."""
_HASH: Final = r"^[0-9a-f]{64}$"


class About(BaseModel):
    """`wunderkammer.json`."""

    model_config = ConfigDict(strict=True, frozen=True)

    format: str
    version: int
    schema_: int = Field(alias="schema", ge=0)
    collections: list[str] = Field(min_length=1, max_length=10_000)
    counts: dict[str, int]
    hashes: dict[str, str]
    content: str = Field(pattern=_HASH)
    model: str | None = Field(default=None, max_length=300)
    dimensions: int | None = Field(default=None, ge=1, le=100_000)


@dataclass(frozen=True, slots=True)
class Opened:
    """What came out of an archive; not `new` where all of it was here already. `vectors` False: they are made anew."""

    counts: dict[str, int]
    files: int
    new: bool
    vectors: bool


def open_cabinet(store: Store, settings: Settings, path: Path) -> Opened:
    """Open an archive in an empty cabinet, wholly or not at all; one that is here already changes nothing.

    Raises the errors of `share.cabinet_errors`; OSError where files cannot be written.
    """
    half = store.archived.half_opened()
    if half is not None:
        store.archived.wipe(half)
    try:
        with path.open("rb") as file, opened(file, lambda: CabinetTooLarge(name=path.name)) as archive:
            return _Opening(store, settings, archive, path.name).run()
    except FileNotFoundError:
        raise NotACabinet(name=path.name) from None
    except IsADirectoryError:
        raise NotACabinet(name=path.name) from None
    except (*BROKEN, RuntimeError, NotImplementedError) as problem:
        kind = NotACabinet if isinstance(problem, zipfile.BadZipFile) and not _begins(path) else CabinetDamaged
        raise kind(name=path.name, detail=str(problem) or type(problem).__name__) from problem


def _begins(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


class _Opening:
    def __init__(self, store: Store, settings: Settings, archive: zipfile.ZipFile, name: str) -> None:
        self.store, self.settings, self.archive, self.name = store, settings, archive, name
        self.members = self._members()
        self.about = self._about()

    def run(self) -> Opened:
        about = self.about
        for part in PARTS:
            for _ in self._rows(part):
                pass
        vectors = about.model is not None
        if self._is_here():
            return Opened(about.counts, 0, False, vectors)
        files = [found for found in map(_FILE.fullmatch, self.members) if found]
        with self._files(files) as moved:
            self.store.archived.begin(about.collections)
            try:
                for part in PARTS:
                    self.store.archived.put(part, self._rows(part))
                self.store.archived.put_readable(about.collections)
                vectors = vectors and self._put_vectors()
                self.store.archived.finish(about.schema_)
            except BaseException as problem:
                self.store.archived.wipe(about.collections)
                if isinstance(problem, EdgesWithoutEnds):
                    raise self._damaged(str(problem.params.get("detail"))) from problem
                raise
        return Opened(about.counts, moved, True, vectors)

    def _members(self) -> dict[str, zipfile.ZipInfo]:
        """The members by name; everything that an archive of ours cannot have is refused before it is unpacked."""
        found: dict[str, zipfile.ZipInfo] = {}
        known = {member_of(part.name) for part in PARTS} | {member_of(label, "vectors") for label in VECTORS}
        for entry in self.archive.infolist():
            inside = _FILE.fullmatch(entry.filename)
            fine = inside is not None and KEPT_FILE.fullmatch(inside[2])
            if entry.filename in found or not (fine or entry.filename in known | {MANIFEST}):
                if MANIFEST not in self.archive.namelist():
                    raise NotACabinet(name=self.name)
                raise self._damaged(f"it holds {entry.filename[:80]!r}")
            if entry.flag_bits & 1:
                raise self._damaged("it is encrypted")
            if is_bomb(entry):
                raise CabinetTooLarge(name=self.name)
            found[entry.filename] = entry
        self.settings.files.mkdir(parents=True, exist_ok=True)
        if sum(each.file_size for each in found.values()) > shutil.disk_usage(self.settings.files).free - _SPARE:
            raise CabinetTooLarge(name=self.name)
        if MANIFEST not in found:
            raise NotACabinet(name=self.name)
        return found

    def _about(self) -> About:
        with self.archive.open(MANIFEST) as member:
            text = member.read(_MANIFEST_BYTES)
        try:
            raw: Any = json.loads(text)
        except (ValueError, RecursionError):
            raise self._damaged(MANIFEST) from None
        if not isinstance(raw, dict) or raw.get("format") != FORMAT:
            raise NotACabinet(name=self.name)
        for key, known in (("version", VERSION), ("schema", len(MIGRATIONS))):
            if isinstance(raw.get(key), int) and raw[key] > known:
                raise CabinetNewer(name=self.name, found=f"{key} {raw[key]}", known=str(known))
        try:
            about = About.model_validate(raw)
        except ValidationError as problem:
            raise self._damaged(f"{MANIFEST}: {problem.error_count()} wrong values") from None
        graph = {name: sha256 for name, sha256 in about.hashes.items() if name.startswith("graph/")}
        if set(graph) != {member_of(part.name) for part in PARTS} or content_hash(graph) != about.content:
            raise self._damaged(MANIFEST)
        return about

    def _rows(self, part: Part) -> Iterator[Row]:
        """The rows of a kind, each checked, and all of them by their hash and number."""
        number = -1
        for number, line in enumerate(self._lines(member_of(part.name))):
            try:
                yield require_row(part, json.loads(line), self.about.collections)
            except (ValueError, KeyError, TypeError, RecursionError) as problem:
                raise self._damaged(f"{part.name}, line {number + 1}") from problem
        if number + 1 != self.about.counts.get(part.name):
            raise self._damaged(part.name)

    def _lines(self, name: str) -> Iterator[bytes]:
        if name not in self.members:
            raise self._damaged(f"{name} is missing")
        digest = hashlib.sha256()
        with self.archive.open(name) as member:
            while line := member.readline(_LONGEST):
                if not line.endswith(b"\n"):
                    raise self._damaged(f"{name}: a line without end")
                digest.update(line)
                yield line
        if digest.hexdigest() != self.about.hashes.get(name):
            raise self._damaged(name)

    def _is_here(self) -> bool:
        """Whether its collections hold all of this already; raises CabinetNotEmpty where they hold something else."""
        about = self.about
        counts = self.store.archived.counts(about.collections)
        if not any(n for label, n in counts.items() if label != "ClaimSchema"):
            return False
        nodes = [part for part in PARTS if part.label in counts and not part.is_edge]
        same = all(counts[part.label] == about.counts[part.name] for part in nodes)
        if same and content_of(self.store, about.collections) == about.content:
            return True
        raise CabinetNotEmpty()

    @contextmanager
    def _files(self, found: list[re.Match[str]]) -> Iterator[int]:
        """Put the documents' files where they belong, each folder at once; they go again where opening fails."""
        root = self.settings.files
        contents = Contents(root, storage_of(self.settings))
        made: list[str] = []
        by_folder: dict[str, list[re.Match[str]]] = {}
        for each in found:
            by_folder.setdefault(each[1], []).append(each)
        try:
            with tempfile.TemporaryDirectory(prefix=".opening-", dir=root) as temporary:
                for sha256, members in by_folder.items():
                    target = root / sha256[:2] / sha256
                    if target.exists() or has_original(contents, sha256):
                        push(contents, target)
                        continue
                    source = Path(temporary) / sha256
                    source.mkdir()
                    for each in members:
                        self._unpack(each, source / each[2], sha256)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    made.append(sha256)
                    source.rename(target)
                    push(contents, target)
            yield len(found)
        except BaseException:
            for sha256 in made:
                with suppress(StoreError):
                    contents.remove(sha256)
            raise

    def _unpack(self, found: re.Match[str], path: Path, sha256: str) -> None:
        digest = hashlib.sha256()
        with self.archive.open(found[0]) as member, path.open("xb") as out:
            while block := member.read(_BLOCK):
                digest.update(block)
                out.write(block)
        if found[2].startswith("original") and digest.hexdigest() != sha256:
            raise self._damaged(found[0])

    def _put_vectors(self) -> bool:
        """Store the vectors; not where those here are another model's."""
        model, dimensions = self.about.model or "", self.about.dimensions or 0
        try:
            self.store.archived.use_model(model, dimensions)
        except OtherEmbeddingModel:
            return False
        for label, put in zip(
            VECTORS, (self.store.embeddings.put_chunks, self.store.embeddings.put_statements), strict=True
        ):
            some: list[tuple[str, list[float]]] = []
            for line in self._lines(member_of(label, "vectors")):
                some.append(self._vector(line, dimensions))
                if len(some) == 500:
                    put(some, model)
                    some = []
            put(some, model)
        return True

    def _vector(self, line: bytes, dimensions: int) -> tuple[str, list[float]]:
        try:
            row = json.loads(line)
            vector = np.frombuffer(base64.b64decode(row["v"], validate=True), "<f4")
            if not isinstance(row["id"], str) or len(vector) != dimensions or not np.isfinite(vector).all():
                raise ValueError("no vector of this model")
        except (ValueError, KeyError, TypeError, binascii.Error) as problem:
            raise self._damaged("vectors") from problem
        return row["id"], [float(each) for each in vector]

    def _damaged(self, detail: str) -> WunderkammerError:
        return CabinetDamaged(name=self.name, detail=detail)
