"""The table of models: a model is one line. Importing it imports no SDK and asks no network."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from graph.errors import Language
from llm.errors import NoKey, NotInstalled, UnknownModel
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Where = Literal["provider", "server", "here"]
"""Where the words of a question and its sources go: to the provider, to a server you named, or nowhere."""

OPENAI = "https://api.openai.com/v1"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "host.docker.internal"})


class Text(NamedTuple):
    """The same words in the languages of the interface."""

    en: str
    de: str

    def say(self, language: Language) -> str:
        """The words in one language, English where there is no other."""
        return self.de if language == "de" else self.en


_NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model: what it can do, what it costs in USD per million tokens (None: unknown), when it ends (ISO date)."""

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


@dataclass(frozen=True, slots=True)
class Family:
    """One of the five backends; `package` and `opener` are None while it is planned and cannot be used yet."""

    id: str
    title: str
    about: Text
    package: str | None = None
    opener: str | None = None

    @property
    def available(self) -> bool:
        """Whether this version can run models of this family."""
        return self.opener is not None


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a model can be asked now; if not, the name of what is missing and what to do about it."""

    ready: bool
    missing: str | None = None
    todo: Text = _NOTHING


FAMILIES: tuple[Family, ...] = (
    Family(
        "openai",
        "OpenAI and compatible servers",
        Text(
            "Strong and quick, needs a key. Also any server with the same protocol, such as one on your machine.",
            "Stark und schnell, braucht einen Schlüssel. Auch jeder Server gleichen Protokolls, etwa auf dem Rechner.",
        ),
        package="langchain_openai",
        opener="llm.openai_chat",
    ),
    Family(
        "mistral",
        "Mistral",
        Text(
            "Planned, not in this version: European provider.", "Geplant, noch nicht enthalten: europäischer Anbieter."
        ),
    ),
    Family(
        "gemma",
        "Gemma (Hugging Face)",
        Text(
            "Planned, not in this version: runs on this computer, reads images.",
            "Geplant, noch nicht enthalten: läuft auf diesem Rechner, liest Bilder.",
        ),
    ),
    Family(
        "llama",
        "Llama (GGUF)",
        Text(
            "Planned, not in this version: runs on this computer from one file.",
            "Geplant, noch nicht enthalten: läuft auf diesem Rechner aus einer Datei.",
        ),
    ),
    Family(
        "molmo",
        "Molmo 2",
        Text(
            "Planned, not in this version: describes images on this computer.",
            "Geplant, noch nicht enthalten: beschreibt Bilder auf diesem Rechner.",
        ),
    ),
)

_MODELS: tuple[ModelSpec, ...] = (
    ModelSpec(
        id="gpt-4o-mini",
        family="openai",
        name="gpt-4o-mini",
        title="GPT-4o mini",
        good_for=Text("Answers and claims from text, pictures", "Antworten und Aussagen aus Text, Bilder"),
        vision=True,
        structured=True,
        temperature_allowed=True,
        context_tokens=128_000,
        max_output=16_384,
        price_in=0.15,
        price_out=0.60,
        ends="2027-01-14",
        successor="gpt-6-luna",
    ),
    ModelSpec(
        id="gpt-6-luna",
        family="openai",
        name="gpt-6-luna",
        title="GPT-6 Luna",
        good_for=Text("The same, newer and cheaper", "Dasselbe, neuer und günstiger"),
        vision=True,
        structured=True,
        temperature_allowed=False,
        context_tokens=922_000,
        max_output=128_000,
        price_in=0.10,
        price_out=0.50,
        reasoning="low",
    ),
)

DEFAULT_MODEL = "gpt-4o-mini"
ANY_OPENAI = "openai:"
"""`openai:NAME` is any model of that name at OPENAI_BASE_URL, or at OpenAI where that is not set."""


def models() -> tuple[ModelSpec, ...]:
    """All models of the table, in the order in which they are offered."""
    return _MODELS


def family(id: str) -> Family:
    """The family of that id; raises KeyError for one that is not in the table."""
    return {each.id: each for each in FAMILIES}[id]


def find_model(id: str, settings: Settings | None = None) -> ModelSpec:
    """The model of that id, or one made for `openai:NAME`; raises UnknownModel naming what is close.

    With settings, prices that do not hold there (another server than the provider's) are left out.
    """
    spec = _find(id)
    if settings and where(spec, settings) != "provider":
        return replace(spec, price_in=None, price_out=None)
    return spec


def _find(id: str) -> ModelSpec:
    known = {spec.id: spec for spec in _MODELS}
    if id in known:
        return known[id]
    name = id.removeprefix(ANY_OPENAI).strip() if id.startswith(ANY_OPENAI) else ""
    if name:
        return _any_openai(id, name)
    close = difflib.get_close_matches(id, known, n=3, cutoff=0.5)
    names = ", ".join(close or known)
    raise UnknownModel(
        model=id,
        hint=f"{'Did you mean' if close else 'There are'}: {names}; or openai:NAME for one of a compatible server.",
        hinweis=f"{'Meinen Sie' if close else 'Es gibt'}: {names}; oder openai:NAME bei einem kompatiblen Server.",
    )


def _any_openai(id: str, name: str) -> ModelSpec:
    if name in (known := {spec.name: spec for spec in _MODELS if spec.family == "openai"}):
        return known[name]
    return ModelSpec(
        id=id,
        family="openai",
        name=name,
        title=name,
        good_for=Text("A model of a server you named", "Ein Modell eines Servers, den Sie angegeben haben"),
        vision=False,
        structured=True,
        temperature_allowed=False,
        context_tokens=8_192,
        max_output=4_096,
    )


def base_url(settings: Settings) -> str:
    """The address that models of the OpenAI family are asked at."""
    return (settings.openai_base_url or OPENAI).rstrip("/")


def server_name(settings: Settings) -> str:
    """How that server is called in messages: "OpenAI" or host and port, never with a password."""
    host, port = _address(settings)
    if _is_openai(host):
        return "OpenAI"
    return f"{host}:{port}" if port else host


def where(spec: ModelSpec, settings: Settings) -> Where:
    """Where the words go when this model is asked with these settings."""
    host, _ = _address(settings)
    if _is_openai(host):
        return "provider"
    return "here" if host in _LOOPBACK else "server"


def _address(settings: Settings) -> tuple[str, int | None]:
    """Host and port; an address that is none is shown as it is and fails when it is used."""
    try:
        parts = urlsplit(base_url(settings))
        return (parts.hostname or parts.path).lower(), parts.port
    except ValueError:
        return "OPENAI_BASE_URL", None


def _is_openai(host: str) -> bool:
    return host == "openai.com" or host.endswith(".openai.com")


def readiness(spec: ModelSpec, settings: Settings) -> Readiness:
    """Whether a model can be asked with these settings; looks at packages and keys only, never at the network."""
    gap = _gap(spec, settings)
    if gap is None:
        return Readiness(True)
    missing = gap.params.get("variable") or gap.params.get("package")
    return Readiness(False, str(missing), Text(gap.text("en"), gap.text("de")))


def open_chat(spec: ModelSpec, settings: Settings) -> BaseChatModel:
    """The model, ready to be asked; its errors are those of `llm.errors`. Raises NoKey, NotInstalled; sends nothing."""
    if gap := _gap(spec, settings):
        raise gap
    opener = family(spec.family).opener
    assert opener is not None, "a gap is reported for a family without opener"
    module = importlib.import_module(opener)
    chat: BaseChatModel = module.open_chat(spec, settings)
    return chat


def _gap(spec: ModelSpec, settings: Settings) -> NoKey | NotInstalled | None:
    """What keeps the model from being asked, as the error that says so."""
    package = family(spec.family).package
    if package is None or importlib.util.find_spec(package) is None:
        return NotInstalled(model=spec.title, package=package or spec.family, command="make local-models")
    if settings.openai_api_key is None and where(spec, settings) == "provider":
        return NoKey(model=spec.title, server=server_name(settings), variable="OPENAI_API_KEY")
    return None
