"""Who does the work on passages and pictures: this program, or the computers of a Ray cluster. One setting decides.

The worker alone takes leases, keeps the pace, counts what is spent and writes. What is handed over has no effect of its
own: words or pictures in, an answer out. So whoever dies over it costs one more try, and nothing is stored twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from graph.types import Chunk, Extraction
from ingest.quick import extract_quick
from llm.catalog import open_chat
from llm.embed import Embedder, EmbeddingSpec, open_embedder
from llm.spec import ModelSpec
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


class Hands(Protocol):
    """Does what has no effect of its own; may be used from several threads. All raise ClusterError."""

    @property
    def elsewhere(self) -> bool:
        """Whether they are not this program."""
        ...

    def ready(self) -> None:
        """Raise what keeps the work from being done, as far as that can be known before."""
        ...

    def places(self) -> int:
        """How many computations may run at once elsewhere."""
        ...

    def computes(self, spec: EmbeddingSpec) -> bool:
        """Whether the vectors of a model that needs no server are made elsewhere."""
        ...

    def chat(self, spec: ModelSpec) -> BaseChatModel:
        """The model, ready to be asked; raises what `llm.catalog.open_chat` raises."""
        ...

    def embedder(self, name: str) -> Embedder:
        """The embedder, ready to use; raises what `llm.embed.open_embedder` raises."""
        ...

    def names(self, chunks: Sequence[Chunk], language: str | None, collection: str) -> list[Extraction]:
        """What `ingest.quick.extract_quick` finds in all passages of a document."""
        ...

    def close(self) -> None:
        """Let go of what was held."""
        ...


class Here:
    """This program: what is computed it makes itself, one after the other."""

    elsewhere = False

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def ready(self) -> None:
        """It always is."""

    def places(self) -> int:
        return 0

    def computes(self, spec: EmbeddingSpec) -> bool:
        return False

    def chat(self, spec: ModelSpec) -> BaseChatModel:
        return open_chat(spec, self._settings)

    def embedder(self, name: str) -> Embedder:
        return open_embedder(name, self._settings)

    def names(self, chunks: Sequence[Chunk], language: str | None, collection: str) -> list[Extraction]:
        return extract_quick(chunks, language, collection)

    def close(self) -> None:
        """Nothing is held."""


def open_hands(settings: Settings) -> Hands:
    """Those that the settings name; the cluster is not asked before there is something to do."""
    if settings.ray_address is None:
        return Here(settings)
    from ingest.on_ray import OnRay

    return OnRay(settings)
