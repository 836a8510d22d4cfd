"""The small real model that tests run: SmolLM2, 135 million parameters, as a GGUF file."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from llm.gguf import spec_of_file
from llm.spec import ModelSpec
from tests.conftest import cannot_run

FILE = Path(__file__).resolve().parents[1] / ".cache" / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"


def tiny_gguf(path: Path = FILE) -> ModelSpec:
    """The model as people name it, ready to be opened; skips the test where its file or llama.cpp is not here."""
    if not path.exists():
        cannot_run("the small model is not here: make test brings it")
    if importlib.util.find_spec("llama_cpp") is None:
        cannot_run("llama.cpp is not installed: make local-models")
    return spec_of_file(f"llama:{path}", str(path))
