"""`/v1/embeddings` of OpenAI or of a server with its protocol, and what all embedders over the network share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from llm.embed import EmbeddingSpec, WrongDimensions, asked_dimensions, clean
from settings import Settings

_REQUEST: Final = 128
"""Texts sent in one request."""

Ask = Callable[[list[str]], list[list[float]]]


def open_embedder(spec: EmbeddingSpec, settings: Settings) -> RemoteEmbedder:
    """An embedder of OpenAI or of a server of one's own."""
    from llm.openai_chat import open_embeddings

    return RemoteEmbedder(spec, open_embeddings(spec.family, spec.name, asked_dimensions(spec), settings))


class RemoteEmbedder:
    """Vectors as a server gives them, made to length one; a model unknown to us is asked once for its size."""

    def __init__(self, spec: EmbeddingSpec, ask: Ask, most: int = _REQUEST, characters: int | None = None) -> None:
        """At most `most` texts are sent in one request, and where there is a limit, so many `characters`."""
        self._ask, self._most, self._characters = ask, most, characters
        self.spec = spec if spec.dimensions else replace(spec, dimensions=len(ask(["size"])[0]))

    def query(self, text: str) -> np.ndarray:
        vector: np.ndarray = self.passages([text])[0]
        return vector

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.passages(texts)

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        found = np.empty((len(texts), self.spec.dimensions), dtype=np.float32)
        for start, part in self._parts(texts):
            vectors = np.asarray(self._ask(part), dtype=np.float32)
            if vectors.shape != (len(part), self.spec.dimensions):
                raise WrongDimensions(model=self.spec.id, found=vectors.shape[-1], wanted=self.spec.dimensions)
            found[start : start + len(part)] = vectors / np.maximum(
                np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9
            )
        return found

    def _parts(self, texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Requests of bounded size; an empty text is sent as a space, because servers refuse empty ones."""
        start, part, size = 0, list[str](), 0
        for number, text in enumerate(texts):
            ready = clean(text)[: self._characters] or " "
            if part and (len(part) == self._most or (self._characters and size + len(ready) > self._characters)):
                yield start, part
                start, part, size = number, [], 0
            part.append(ready)
            size += len(ready)
        if part:
            yield start, part
