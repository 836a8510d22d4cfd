"""Vectors that are known before they are asked for: those of the sample come with it, so that it opens in seconds.

A vector is found by the model's name and the hash of the text, so a changed text or model is simply computed anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from graph.types import make_id
from llm.embed import Embedder

KNOWN = Path(__file__).resolve().parent.parent / "sample" / "vectors.npz"

Vectors = npt.NDArray[np.float32]


def key(model: str, text: str) -> str:
    """By what a vector is found."""
    return make_id("vector", model, text)


@cache
def _known(path: Path) -> dict[str, Vectors]:
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        vectors = stored["vectors"].astype(np.float32)
        return dict(zip(stored["keys"].tolist(), vectors, strict=True))


def passages(embedder: Embedder, texts: Sequence[str], path: Path = KNOWN) -> Vectors:
    """One vector per text, shape (n, d), float32, unit length: known ones looked up, the others computed."""
    known = _known(path)
    keys = [key(embedder.spec.id, text) for text in texts]
    missing = [i for i, k in enumerate(keys) if k not in known]
    result = np.zeros((len(texts), embedder.spec.dimensions), dtype=np.float32)
    for i, k in enumerate(keys):
        if k in known:
            result[i] = known[k] / np.linalg.norm(known[k])
    if missing:
        result[missing] = embedder.passages([texts[i] for i in missing])
    return result


def save(path: Path, model: str, texts: Sequence[str], vectors: Vectors) -> None:
    """Write vectors with their keys, half precision: about 0.8 kB a text of 384 dimensions."""
    np.savez_compressed(path, keys=np.array([key(model, t) for t in texts]), vectors=vectors.astype(np.float16))
