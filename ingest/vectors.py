"""Vectors that are known before they are asked for: those of the sample come with it, so that it opens in seconds.

A vector is found by the model's name and the hash of the text, so a changed text or model is simply computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from graph.jobs import Paid, Purpose, Use
from graph.types import make_id
from ingest.budget import Budget
from llm.cost import estimate_tokens
from llm.embed import Embedder, EmbeddingSpec
from llm.endpoint import endpoint
from settings import Settings

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


def vectors_paid(
    budget: Budget,
    job: str | None,
    spec: EmbeddingSpec,
    texts: Sequence[str],
    settings: Settings,
    stopped: Callable[[], bool],
) -> AbstractContextManager[object]:
    """Asks and counts a request for the vectors of these texts around it; servers tell no tokens, so they are guessed.

    Raises Halted.
    """
    characters = sum(map(len, texts))
    tokens = estimate_tokens(characters)
    usd = vectors_cost(spec, tokens, settings)
    use = Use(1, tokens, 0, usd or 0.0, 0.0, characters, 1, int(usd is None))
    # No tokenizer makes more tokens of a text than it has bytes.
    most = vectors_cost(spec, sum(len(text.encode("utf-8", "replace")) for text in texts), settings)
    return budget.call(job, Paid(Purpose.VECTORS, spec.id), use, most, stopped)


def vectors_cost(spec: EmbeddingSpec, tokens: int, settings: Settings) -> float | None:
    """US dollars for the vectors of so many tokens; None where the price is not known."""
    if spec.here:
        return 0.0
    priced = spec.price_in is not None and endpoint(spec.family, settings).place == "provider"
    return tokens * (spec.price_in or 0.0) / 1_000_000 if priced else None


def save(path: Path, model: str, texts: Sequence[str], vectors: Vectors) -> None:
    """Write vectors with their keys, half precision: about 0.8 kB a text of 384 dimensions."""
    np.savez_compressed(path, keys=np.array([key(model, t) for t in texts]), vectors=vectors.astype(np.float16))
