"""What the tests of downloads share: a hub with one model, and what a page would show of its way here."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from llm import download
from tests.fake_hub import FakeHub, Repository, running

REPO = "tiny/model-GGUF"
FILE = "model.Q4.gguf"
DATA = random.Random(7).randbytes(400_000)
ID = f"llama:{REPO}/{FILE}"


@contextmanager
def one_model(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[FakeHub]:
    """A hub with one model, a cache in `folder`, no patience."""
    with running() as server:
        server.repositories[REPO] = Repository({FILE: DATA, "README.md": b"about it", "other.gguf": b"not wanted"})
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HUB_CACHE", str(folder / "cache"))
        for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setattr(download, "_WAITS", (0.0,))
        yield server


class Told:
    """What a page would show."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.all: list[tuple[int, int]] = []
        self._stop_at = stop_at

    def __call__(self, done: int, total: int) -> None:
        self.all.append((done, total))

    def stop(self) -> bool:
        return self._stop_at is not None and bool(self.all) and self.all[-1][0] >= self._stop_at
