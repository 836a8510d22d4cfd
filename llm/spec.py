"""The nouns of the catalog: a model, the files it needs, its family, whether it is ready. Imports no SDK."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from graph.errors import Language

Where = Literal["provider", "server", "here"]
"""Where the words of a question and its sources go: to the provider, to a server you named, or nowhere."""


class Text(NamedTuple):
    """The same words in the languages of the interface."""

    en: str
    de: str

    def say(self, language: Language) -> str:
        """The words in one language, English where there is no other."""
        return self.de if language == "de" else self.en


NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Weights:
    """The files of a model that runs on this computer, and the memory it takes, all in bytes.

    `repo` names them on the Hugging Face hub, `files` are the patterns of those that are needed, `size` is their sum.
    `ram` is what the model takes in main memory, `gpu` on a graphics card with 16 bits a weight, `gpu_4bit` with 4
    (0: not offered). `licence_page` is where a licence must be accepted before the hub gives the files (None: freely).
    """

    repo: str
    files: tuple[str, ...]
    size: int
    ram: int
    gpu: int = 0
    gpu_4bit: int = 0
    licence: str = "Apache-2.0"
    licence_page: str | None = None


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model: what it can do, what it costs in USD per million tokens (None: unknown), when it ends (ISO date).

    `weights` is set for a model that runs on this computer. `apart` says why a model cannot run beside the others and
    how to get it all the same; such a model is listed and never opened.
    """

    id: str
    family: str
    name: str
    title: str
    good_for: Text
    vision: bool
    structured: bool
    temperature_allowed: bool
    context_tokens: int
    max_output: int
    price_in: float | None = None
    price_out: float | None = None
    reasoning: str | None = None
    ends: str | None = None
    successor: str | None = None
    weights: Weights | None = None
    apart: Text | None = None


class Local(Protocol):
    """What has files and takes memory here: a chat model or an embedding model."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def weights(self) -> Weights | None: ...


@dataclass(frozen=True, slots=True)
class Family:
    """One backend: `opener` is the module whose `open_chat(spec, settings)` makes a model of this family.

    `packages` must be installed for it; `command` installs them. `any_prefix` is set where any name may be asked for.
    """

    id: str
    title: str
    about: Text
    opener: str
    packages: tuple[str, ...]
    command: str
    any_prefix: str | None = None
    here: bool = False
    """Whether its models run inside this program."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a model can be asked now; if not, the name of what is missing and what to do about it.

    `missing` is a variable (`OPENAI_API_KEY`), a package, or one of "weights", "licence", "memory", "apart", "address".
    """

    ready: bool
    missing: str | None = None
    todo: Text = NOTHING
