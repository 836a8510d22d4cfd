"""Gemma and Molmo in the catalog's table: what they are, how much there is to download, what memory they take.

Sizes are about those of the published files: the exact ones are asked of the hub before a download begins. Memory is
estimated: the weights with 16 bits each (with 4 where that is offered, tables of words left at 16), and what a question
of 4,000 tokens or three pictures takes beside them; for Gemma 3 4B and Molmo 2 4B measured on a card (docs/models.md).
"""

from __future__ import annotations

from typing import Final

from llm.spec import ModelSpec, Text, Weights

_GB: Final = 10**9
_HUB: Final = "https://huggingface.co"
_FILES: Final = ("*.safetensors", "*.json", "*.jinja")
_QWEN_FILES: Final = (*_FILES, "*.txt")
_READS: Final = Text("Answers from text, pictures", "Antworten aus Text, Bilder")
_SEES: Final = Text("Describing pictures", "Bilder beschreiben")


def _gemma(id: str, repo: str, title: str, good_for: Text, weights: Weights, vision: bool = True) -> ModelSpec:
    return ModelSpec(
        id=id,
        family="gemma",
        name=repo,
        title=title,
        good_for=good_for,
        vision=vision,
        structured=True,
        temperature_allowed=True,
        context_tokens=32_768,
        max_output=4_096,
        weights=weights,
    )


def _molmo(id: str, repo: str, title: str, weights: Weights, apart: Text | None = None) -> ModelSpec:
    return ModelSpec(
        id=id,
        family="molmo",
        name=repo,
        title=title,
        good_for=_SEES,
        vision=True,
        structured=apart is None,
        temperature_allowed=True,
        context_tokens=4_096 if apart else 16_384,
        max_output=2_048,
        weights=weights,
        apart=apart,
    )


def _apart(repo: str) -> Text:
    """Why the models of 2024 stand apart, and the exact way to them."""
    commands = (
        "python3.11 -m venv molmo-2024\n"
        'molmo-2024/bin/pip install "transformers==4.48.3" "torch==2.5.1" "torchvision==0.20.1" accelerate einops\n'
        f"molmo-2024/bin/python -c \"from transformers import AutoModelForCausalLM as M; M.from_pretrained('{repo}', "
        "trust_remote_code=True, torch_dtype='auto')\""
    )
    return Text(
        "it brings program code of its own that works with transformers up to 4.53 only and runs unchecked on your "
        "computer; Wunderkammer needs a newer version and runs no code that comes with a model. Molmo 2 is its "
        f"successor and runs here. To try this one all the same, in an environment of its own:\n{commands}",
        "es bringt eigenen Programmcode mit, der nur mit transformers bis 4.53 läuft und ungeprüft auf Ihrem Rechner "
        "ausgeführt wird; Wunderkammer braucht eine neuere Version und führt keinen Code aus, der mit einem Modell "
        f"kommt. Molmo 2 ist der Nachfolger und läuft hier. Wer es trotzdem will, in eigener Umgebung:\n{commands}",
    )


GEMMA: Final = (
    _gemma(
        "gemma-3-1b",
        "google/gemma-3-1b-it",
        "Gemma 3 1B",
        Text("Short answers from text on a small computer", "Kurze Antworten aus Text auf kleinen Rechnern"),
        Weights(
            "google/gemma-3-1b-it",
            (*_FILES, "tokenizer.model"),
            size=int(2.04 * _GB),
            ram=3 * _GB,
            gpu=3 * _GB,
            licence="Gemma",
            licence_page=f"{_HUB}/google/gemma-3-1b-it",
        ),
        vision=False,
    ),
    _gemma(
        "gemma-3-4b",
        "google/gemma-3-4b-it",
        "Gemma 3 4B",
        _READS,
        Weights(
            "google/gemma-3-4b-it",
            (*_FILES, "tokenizer.model"),
            size=int(8.64 * _GB),
            ram=10 * _GB,
            gpu=10 * _GB,
            gpu_4bit=int(4.8 * _GB),
            licence="Gemma",
            licence_page=f"{_HUB}/google/gemma-3-4b-it",
        ),
    ),
    _gemma(
        "gemma-4-e2b",
        "google/gemma-4-E2B-it",
        "Gemma 4 E2B",
        Text("The same, newer; no licence to accept", "Dasselbe, neuer; keine Lizenz anzunehmen"),
        Weights(
            "google/gemma-4-E2B-it",
            _FILES,
            size=int(10.3 * _GB),
            ram=int(11.8 * _GB),
            gpu=int(11.8 * _GB),
            gpu_4bit=int(7.6 * _GB),
        ),
    ),
)
MOLMO: Final = (
    _molmo(
        "molmo2-4b",
        "allenai/Molmo2-4B",
        "Molmo 2 4B",
        Weights("allenai/Molmo2-4B", _QWEN_FILES, size=int(19.4 * _GB), ram=int(10.9 * _GB), gpu=int(11.2 * _GB)),
    ),
    _molmo(
        "molmo2-8b",
        "allenai/Molmo2-8B",
        "Molmo 2 8B",
        Weights("allenai/Molmo2-8B", _QWEN_FILES, size=int(34.7 * _GB), ram=19 * _GB, gpu=19 * _GB),
    ),
    _molmo(
        "molmoe-1b-0924",
        "allenai/MolmoE-1B-0924",
        "MolmoE 1B (2024)",
        Weights("allenai/MolmoE-1B-0924", ("*",), size=int(14.4 * _GB), ram=int(15.5 * _GB)),
        apart=_apart("allenai/MolmoE-1B-0924"),
    ),
    _molmo(
        "molmo-7b-d-0924",
        "allenai/Molmo-7B-D-0924",
        "Molmo 7B D (2024)",
        Weights("allenai/Molmo-7B-D-0924", ("*",), size=int(32.1 * _GB), ram=int(33.5 * _GB)),
        apart=_apart("allenai/Molmo-7B-D-0924"),
    ),
)
