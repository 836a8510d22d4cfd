"""The computers of a Ray cluster as those who do the work: chat models and embedders that look like those here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from langchain_core.runnables import Runnable, RunnableBinding, RunnableSequence
from pydantic import PrivateAttr

from graph.types import Chunk, Extraction
from ingest import on_node
from ingest.cluster import Cluster
from ingest.on_node import Question
from llm.catalog import family, open_chat
from llm.embed import Embedder, EmbeddingSpec, open_embedder
from llm.endpoint import narrowed
from llm.replies import raw_only
from llm.spec import ModelSpec
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.callbacks import CallbackManagerForLLMRun


class OnRay:
    """See `ingest.hands.Hands`. Models that run inside the program stay with the worker: their files lie there."""

    elsewhere = True

    def __init__(self, settings: Settings) -> None:
        assert settings.ray_address is not None
        self._settings = settings
        self._cluster = Cluster(settings.ray_address, settings.calls_at_once)

    def ready(self) -> None:
        self._cluster.ready()

    def places(self) -> int:
        return self._cluster.processors()

    def computes(self, spec: EmbeddingSpec) -> bool:
        return spec.family == "offline"

    def chat(self, spec: ModelSpec) -> BaseChatModel:
        here = open_chat(spec, self._settings)
        if family(spec.family).here:
            return here
        longest: int | None = getattr(here, "max_tokens", None)
        chat = ElsewhereChat(model_name=spec.name, max_tokens=longest)
        chat._here, chat._spec, chat._settings = here, spec, narrowed(spec.family, self._settings)
        chat._ask = lambda question: self._cluster.ask("ask", question)
        return chat

    def embedder(self, name: str) -> Embedder:
        here = open_embedder(name, self._settings)
        return here if here.spec.family == "transformers" else _ElsewhereEmbedder(here, self._cluster, self._settings)

    def names(self, chunks: Sequence[Chunk], language: str | None, collection: str) -> list[Extraction]:
        found: list[Extraction] = self._cluster.compute(on_node.names, chunks, language, collection)
        return found

    def close(self) -> None:
        self._cluster.leave()


class ElsewhereChat(BaseChatModel):
    """A chat model that is asked on a computer of the cluster; its errors are those of `llm.errors`, and NodeLost."""

    model_name: str
    max_tokens: int | None = None
    _here: BaseChatModel = PrivateAttr()
    _spec: ModelSpec = PrivateAttr()
    _settings: Settings = PrivateAttr()
    _ask: Callable[[Question], ChatResult] = PrivateAttr()

    @property
    def _llm_type(self) -> str:
        return "elsewhere"

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **options: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """The model asked for a form as it would be asked from here, its message as it came.

        Raises ValueError where that is not said in the request alone.
        """
        held = raw_only(self._here.with_structured_output(schema, include_raw=include_raw, **options))
        asked = held.first if isinstance(held, RunnableSequence) else held
        if not isinstance(asked, RunnableBinding):
            raise ValueError("the form of the answer is not a part of the request")
        return self.bind(**asked.kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        return self._ask(Question(self._spec, self._settings, messages, stop, options, self.max_tokens))


class _ElsewhereEmbedder:
    """Makes the vectors of passages on computers of the cluster; questions are for the program that is asked them."""

    def __init__(self, here: Embedder, cluster: Cluster, settings: Settings) -> None:
        self._here, self._cluster = here, cluster
        self.spec = here.spec
        self._settings = Settings(home=settings.home) if self.spec.here else narrowed(self.spec.family, settings)

    def query(self, text: str) -> np.ndarray:
        return self._here.query(text)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        return self._here.queries(texts)

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        given = self.spec, self._settings, list(texts)
        found: np.ndarray = (
            self._cluster.compute(on_node.vectors_here, *given)
            if self.spec.here
            else self._cluster.ask("vectors", *given)
        )
        return found
