"""The table of models: a model is one line. Importing it imports no SDK and asks no network."""

from __future__ import annotations

import difflib
import importlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llm.endpoint import where
from llm.errors import UnknownModel
from llm.open_models import GEMMA, MOLMO
from llm.spec import Family, ModelSpec, Text, Weights
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Family", "ModelSpec", "Text", "find_model", "models", "open_chat", "where"]

_GB: Final = 10**9
_LOCAL: Final = "make local-models"
_CORE: Final = "make run"

FAMILIES: tuple[Family, ...] = (
    Family(
        "openai",
        "OpenAI",
        Text("Strong and quick, needs a key.", "Stark und schnell, braucht einen Schlüssel."),
        opener="llm.openai_chat",
        packages=("langchain_openai",),
        command=_CORE,
        any_prefix="openai:",
    ),
    Family(
        "mistral",
        "Mistral",
        Text("A European provider, needs a key.", "Ein europäischer Anbieter, braucht einen Schlüssel."),
        opener="llm.mistral_chat",
        packages=("mistralai",),
        command=_CORE,
        any_prefix="mistral:",
    ),
    Family(
        "gemma",
        "Gemma (Hugging Face)",
        Text(
            "Google's open models. Run on this computer, read pictures; nothing leaves it.",
            "Googles offene Modelle. Laufen auf diesem Rechner, lesen Bilder; nichts verlässt ihn.",
        ),
        opener="llm.transformers_chat",
        packages=("torch", "transformers", "accelerate"),
        command=_LOCAL,
        here=True,
    ),
    Family(
        "llama",
        "Llama (GGUF)",
        Text(
            "Quantized open models from one file. Run on this computer, also without a graphics card.",
            "Quantisierte offene Modelle aus einer Datei. Laufen auf diesem Rechner, auch ohne Grafikkarte.",
        ),
        opener="llm.llama_chat",
        packages=("llama_cpp",),
        command=_LOCAL,
        any_prefix="llama:",
        here=True,
    ),
    Family(
        "molmo",
        "Molmo",
        Text(
            "Describes pictures and points at things in them. Runs on this computer.",
            "Beschreibt Bilder und zeigt auf Dinge darin. Läuft auf diesem Rechner.",
        ),
        opener="llm.transformers_chat",
        packages=("torch", "transformers", "accelerate", "torchvision"),
        command=_LOCAL,
        here=True,
    ),
    Family(
        "server",
        "A server of your own",
        Text(
            "Any server that speaks OpenAI's protocol: vLLM, Ollama, llama.cpp; for a team, many answers at once.",
            "Jeder Server mit OpenAIs Protokoll: vLLM, Ollama, llama.cpp; für ein Team viele Antworten zugleich.",
        ),
        opener="llm.openai_chat",
        packages=("langchain_openai",),
        command=_CORE,
        any_prefix="server:",
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
    # Prices of Mistral's own price list in October 2026; a name that ends in "latest" is always the newest of its size.
    ModelSpec(
        id="mistral-small-latest",
        family="mistral",
        name="mistral-small-latest",
        title="Mistral Small",
        good_for=Text("Answers and claims from text, pictures", "Antworten und Aussagen aus Text, Bilder"),
        vision=True,
        structured=True,
        temperature_allowed=True,
        context_tokens=256_000,
        max_output=32_000,
        price_in=0.15,
        price_out=0.60,
    ),
    ModelSpec(
        id="mistral-medium-latest",
        family="mistral",
        name="mistral-medium-latest",
        title="Mistral Medium",
        good_for=Text("Hard texts and handwriting; the dearest", "Schwierige Texte, Handschriften; das teuerste"),
        vision=True,
        structured=True,
        temperature_allowed=True,
        context_tokens=256_000,
        max_output=32_000,
        price_in=1.50,
        price_out=7.50,
    ),
    ModelSpec(
        id="mistral-large-latest",
        family="mistral",
        name="mistral-large-latest",
        title="Mistral Large",
        good_for=Text("Long and difficult questions, pictures", "Lange und schwierige Fragen, Bilder"),
        vision=True,
        structured=True,
        temperature_allowed=True,
        context_tokens=256_000,
        max_output=32_000,
        price_in=0.50,
        price_out=1.50,
    ),
    *GEMMA,
    ModelSpec(
        id="llama-3.2-3b",
        family="llama",
        name="Llama-3.2-3B-Instruct-Q4_K_M",
        title="Llama 3.2 3B (Q4_K_M)",
        good_for=Text("Short answers from text, without a graphics card", "Kurze Antworten, ohne Grafikkarte"),
        vision=False,
        structured=True,
        temperature_allowed=True,
        context_tokens=8_192,
        max_output=2_048,
        weights=Weights(
            "bartowski/Llama-3.2-3B-Instruct-GGUF",
            ("Llama-3.2-3B-Instruct-Q4_K_M.gguf",),
            size=2_019_377_696,
            ram=int(3.9 * _GB),
            licence="Llama 3.2",
        ),
    ),
    *MOLMO,
)

DEFAULT_MODEL = "gpt-4o-mini"


def models(settings: Settings | None = None) -> tuple[ModelSpec, ...]:
    """All models of the table, in the order in which they are offered; with settings also the one that they name."""
    if settings is None or settings.llama_gguf is None:
        return _MODELS
    from llm.gguf import given_model

    given = given_model(settings)
    return (*_MODELS, given) if given and given.name not in {spec.name for spec in _MODELS} else _MODELS


def family(id: str) -> Family:
    """The family of that id; raises KeyError for one that is not in the table."""
    return {each.id: each for each in FAMILIES}[id]


def find_model(id: str, settings: Settings | None = None) -> ModelSpec:
    """The model of that id, or one made for `openai:NAME` and the like; raises UnknownModel naming what is close.

    With settings, prices that do not hold there (another server than the provider's) are left out.
    """
    spec = _find(id)
    if settings and spec.weights is None and where(spec, settings) != "provider":
        return replace(spec, price_in=None, price_out=None)
    return spec


def _find(id: str) -> ModelSpec:
    known = {spec.id: spec for spec in _MODELS}
    if id in known:
        return known[id]
    for each in FAMILIES:
        if each.any_prefix and id.startswith(each.any_prefix) and (name := id.removeprefix(each.any_prefix).strip()):
            return _any(each, id, name)
    close = difflib.get_close_matches(id, known, n=3, cutoff=0.5)
    names = ", ".join(close or known)
    raise UnknownModel(
        model=id,
        hint=f"{'Did you mean' if close else 'There are'}: {names}; or server:NAME for one of a server of your own.",
        hinweis=f"{'Meinen Sie' if close else 'Es gibt'}: {names}; oder server:NAME für eines Ihres eigenen Servers.",
    )


def _any(family: Family, id: str, name: str) -> ModelSpec:
    """A model that the table does not know, by its family's prefix and its name there."""
    same = {spec.name: spec for spec in _MODELS if spec.family == family.id}
    if name in same:
        return same[name]
    if family.id == "llama":
        from llm.gguf import spec_of_file

        return spec_of_file(id, name)
    return ModelSpec(
        id=id,
        family=family.id,
        name=name,
        title=name,
        good_for=Text("A model you named", "Ein Modell, das Sie genannt haben"),
        # Nobody here knows: the server says so when it is shown a picture that it cannot see.
        vision=True,
        structured=True,
        # OpenAI's own newer models refuse to be told; without it a server's answers differ from time to time.
        temperature_allowed=family.id != "openai",
        context_tokens=8_192,
        max_output=4_096,
    )


def open_chat(spec: ModelSpec, settings: Settings) -> BaseChatModel:
    """The model, ready to be asked; its errors are those of `llm.errors`. Raises what is missing; sends nothing."""
    from llm.metered import metered
    from llm.ready import gap

    if missing := gap(spec, settings):
        raise missing
    module = importlib.import_module(family(spec.family).opener)
    chat: BaseChatModel = module.open_chat(spec, settings)
    return chat if settings.meter is None else metered(chat, spec, settings.meter)
