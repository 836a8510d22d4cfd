"""The storage behind the folder of the files: any address that fsspec knows, such as s3://bucket/folder.

Who may go in there is told by the usual variables and profiles of the storage, never by the address. A file is there
whole or not at all.
"""

from __future__ import annotations

import errno
import importlib
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from graph.storage_errors import (
    BucketMissing,
    StorageAddressWrong,
    StorageAway,
    StoragePackageMissing,
    StorageRefused,
)
from settings import Settings

_S3: Final[dict[str, Any]] = {
    "config_kwargs": {"connect_timeout": 5, "read_timeout": 60, "retries": {"mode": "standard", "max_attempts": 3}}
}
_OPTIONS: Final = {"s3": _S3, "s3a": _S3}
_AT_ONCE: Final = {*_OPTIONS, "gs", "gcs", "az", "abfs", "abfss", "adl", "oci", "oss"}
"""Protocols under which a file appears whole: elsewhere it is put under a name of its own first."""
_PEACE: Final = 3.0
"""Seconds for which a storage that did not answer is not asked again: a page asks for dozens of pictures."""
_TROUBLE: Final = (
    ("botocore.exceptions", ("BotoCoreError", "ClientError")),
    ("aiohttp", ("ClientError",)),
    ("requests.exceptions", ("RequestException",)),
    ("azure.core.exceptions", ("AzureError",)),
    ("gcsfs.retry", ("HttpError",)),
)
"""What storages raise besides OSError, looked up where their packages are loaded."""
FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_LOGIN: Final = {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "ProfileNotFound",
                 "TokenRetrievalError", "SSOTokenLoadError", "UnauthorizedSSOTokenError"}  # fmt: skip
"""Errors that mean that nobody told how to get in."""
_REFUSALS: Final = {"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken",
                    "InvalidToken", "AllAccessDisabled", "AccountProblem", "Forbidden"}  # fmt: skip


class Storage:
    """Files at one address, by names with slashes. For threads; `storage_of` gives it."""

    def __init__(self, address: str) -> None:
        """Raises StorageAddressWrong and StoragePackageMissing; nothing is asked of the storage yet."""
        self.address = address
        protocol = _checked(address)
        try:
            from fsspec.core import url_to_fs

            # What a listing said must not be remembered: other machines write there too.
            options = {"use_listings_cache": False, "skip_instance_cache": True, **_OPTIONS.get(protocol, {})}
            self._fs, root = url_to_fs(address, **options)
        except ImportError as problem:
            raise StoragePackageMissing(address=address, detail=str(problem)[:200]) from None
        except ValueError as problem:
            raise StorageAddressWrong(detail=str(problem)[:200]) from None
        self._root = str(root).rstrip("/")
        self._away, self._away_until = "", 0.0
        self._by_prefix = protocol in _OPTIONS
        self._whole_at_once = protocol in _AT_ONCE

    def put(self, path: Path, name: str) -> None:
        """Copy a file there, over what is there; returns when it is there. Raises StorageAway and its like."""
        target = self._at(name)
        try:
            with self._told():
                if self._whole_at_once:
                    self._fs.put_file(str(path), target)
                else:
                    self._put_and_rename(str(path), target)
        except _NotThere:
            raise BucketMissing(address=self.address) from None

    def get(self, name: str, path: Path) -> bool:
        """Copy a file from there, over `path`; False where there is none.

        Raises StorageAway and its like, OSError where `path` cannot be written.
        """
        source = self._at(name)
        try:
            with self._told(reads=True):
                self._fs.get_file(source, str(path))
        except _NotThere:
            return False
        return True

    def sizes(self, folder: str = "") -> dict[str, int]:
        """The names below a folder with their sizes in bytes; empty where there is none."""
        base = self._at(folder)
        above, _, last = folder.rpartition("/")
        try:
            with self._told():
                if above and self._by_prefix:
                    # In one request; asked for a folder that is not there, s3fs makes three.
                    found = self._fs.find(self._at(above), detail=True, prefix=f"{last}/")
                else:
                    found = self._fs.find(base, detail=True)
        except _NotThere:
            return {}
        start = f"{self._root}/"
        listed = {str(path): about for path, about in found.items() if str(path).startswith(f"{base}/")}
        return {
            path.removeprefix(start): int(about.get("size") or 0)
            for path, about in listed.items()
            if not PurePosixPath(path).name.startswith(".")
        }

    def written_at(self, name: str) -> float:
        """When a file was put there, in seconds since 1970; 0 where there is none or the storage does not tell."""
        try:
            with self._told():
                return float(self._fs.modified(self._at(name)).timestamp())
        except (_NotThere, NotImplementedError):
            return 0.0

    def remove(self, folder: str) -> None:
        """Delete all files below a folder; what is not there is no error."""
        if names := list(self.sizes(folder)):
            try:
                with self._told():
                    self._fs.rm([self._at(name) for name in names])
            except _NotThere:
                # Somebody else deletes it too.
                return
            if not self._whole_at_once:
                with suppress(OSError):
                    self._fs.rm(self._at(folder), recursive=True)

    def check(self, path: Path) -> None:
        """Put a small file there, read it and delete it; raises what keeps that from being done. `path` is written."""
        folder = f".check-{uuid.uuid4().hex}"
        path.write_bytes(b"wunderkammer")
        self.put(path, f"{folder}/file")
        try:
            if not self.get(f"{folder}/file", path):
                raise StorageAway(address=self.address, detail="what was put there is not there")
        finally:
            self.remove(folder)

    def _put_and_rename(self, path: str, target: str) -> None:
        folder = str(PurePosixPath(target).parent)
        self._fs.makedirs(folder, exist_ok=True)
        passing = f"{folder}/.{uuid.uuid4().hex}"
        try:
            self._fs.put_file(path, passing)
            self._fs.mv(passing, target)
        except BaseException:
            with suppress(OSError):
                self._fs.rm_file(passing)
            raise

    def _at(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    @contextmanager
    def _told(self, reads: bool = False) -> Iterator[None]:
        """What the storage raises becomes ours; its words may hold what nobody should read, so few of them are told.

        Where something is fetched, a disk that is full is the one here, and stays an OSError.
        """
        if time.monotonic() < self._away_until:
            raise StorageAway(address=self.address, detail=self._away)
        try:
            yield
        except _trouble() as problem:
            code = _code(problem)
            if code == "NoSuchBucket":
                raise BucketMissing(address=self.address) from None
            if isinstance(problem, FileNotFoundError):
                raise _NotThere() from None
            if isinstance(problem, PermissionError) or code in _REFUSALS or type(problem).__name__ in _LOGIN:
                raise StorageRefused(address=self.address, detail=code or type(problem).__name__) from None
            if reads and isinstance(problem, OSError) and problem.errno in FULL:
                raise
            said = problem.strerror if isinstance(problem, OSError) and not code else None
            self._away = code or said or type(problem).__name__
            self._away_until = time.monotonic() + _PEACE
            raise StorageAway(address=self.address, detail=self._away) from None


class _NotThere(Exception):
    """There is no such file; the bucket may be there."""


def storage_of(settings: Settings) -> Storage | None:
    """The storage that the settings name, None where files are kept here alone; raises as `Storage` does."""
    return _storage(settings.files_address) if settings.files_address else None


@lru_cache(maxsize=8)
def _storage(address: str) -> Storage:
    return Storage(address)


def _checked(address: str) -> str:
    """The protocol of an address in which no login stands; raises StorageAddressWrong, which does not repeat it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise StorageAddressWrong(detail="it cannot be read") from None
    if "://" not in address or "::" in address or not parts.scheme:
        raise StorageAddressWrong(detail="it does not begin with a protocol")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise StorageAddressWrong(detail="it holds more than a place")
    return parts.scheme


def _trouble() -> tuple[type[BaseException], ...]:
    kinds: list[type[BaseException]] = [OSError, TimeoutError]
    for module, names in _TROUBLE:
        if module in sys.modules:
            kinds += [getattr(importlib.import_module(module), name) for name in names]
    return tuple(kinds)


def _code(problem: BaseException) -> str:
    """What an S3 server calls the trouble, such as NoSuchBucket; empty where it said nothing."""
    for each in (problem, problem.__cause__):
        response = getattr(each, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", ""))[:60]
    return ""
