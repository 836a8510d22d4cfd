"""The folder in which programs of the Hugging Face family share a model's files, and one version of it there.

Every file is kept once, by its checksum; a version is a folder of links to such files.
"""

from __future__ import annotations

import os
from pathlib import Path

from llm.hub import HubFile, Listing
from llm.weights import repo_folder


class Version:
    """One version of a model in the shared folder, whether its files are there or not."""

    def __init__(self, repo: str, listing: Listing) -> None:
        self.folder = repo_folder(repo)
        self._listing = listing

    def blob(self, file: HubFile) -> Path:
        """Where the file is kept by its checksum."""
        return self.folder / "blobs" / file.checksum

    def partial(self, file: HubFile) -> Path:
        """Where it is while it comes. Other programs use other names: they may be at the same file at once."""
        return self.folder / "blobs" / f"{file.checksum}.wunderkammer.incomplete"

    def pointer(self, file: HubFile) -> Path:
        """Where the version has it."""
        return self.folder / "snapshots" / self._listing.commit / file.path

    def here(self) -> int:
        """How many bytes of all files are here, by their lengths alone."""
        return sum(self._here(file) for file in self._listing.files)

    def _here(self, file: HubFile) -> int:
        for place in (self.pointer(file), self.blob(file), self.partial(file)):
            try:
                return min(place.stat().st_size, file.size)
            except OSError:
                continue
        return 0

    def remove(self, file: HubFile) -> None:
        """Take the file away, from the version and from where it is kept."""
        self.pointer(file).unlink(missing_ok=True)
        self.blob(file).unlink(missing_ok=True)

    def put(self, file: HubFile) -> None:
        """Let the version have the file that is kept by its checksum; where no links can be made, move it there."""
        blob, pointer = self.blob(file), self.pointer(file)
        if pointer.exists():
            return
        pointer.parent.mkdir(parents=True, exist_ok=True)
        pointer.unlink(missing_ok=True)
        try:
            pointer.symlink_to(os.path.relpath(blob, pointer.parent))
        except OSError:
            blob.replace(pointer)

    def make_current(self) -> None:
        """Let this be the version that is used."""
        path = self.folder / "refs" / "main"
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.write_text(self._listing.commit, encoding="utf-8")
        fresh.replace(path)
