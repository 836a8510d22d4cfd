"""Mistral's embedding models over its SDK."""

from __future__ import annotations

from typing import Any, Final

from llm.embed import EmbeddingSpec, asked_dimensions
from llm.embed_server import RemoteEmbedder
from llm.mistral_api import mistral_endpoint, open_client, translated
from settings import Settings

_CHARACTERS: Final = 15_000
"""In one request: it may have 16,384 tokens, and in some scripts each letter is one."""
_TEXTS: Final = 64


def open_embedder(spec: EmbeddingSpec, settings: Settings) -> RemoteEmbedder:
    """An embedder of Mistral's platform."""
    at = mistral_endpoint(settings)
    client = open_client(at)
    size: dict[str, Any] = {"output_dimension": asked} if (asked := asked_dimensions(spec)) else {}

    def ask(texts: list[str]) -> list[list[float]]:
        with translated(spec.name, at):
            answer = client.embeddings.create(model=spec.name, inputs=texts, **size)
            data = sorted(answer.data, key=lambda each: each.index or 0)
            vectors = [each.embedding for each in data if each.embedding]
            if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) > 1:
                raise ValueError(f"{len(vectors)} vectors for {len(texts)} texts")
            return vectors

    return RemoteEmbedder(spec, ask, _TEXTS, _CHARACTERS)
