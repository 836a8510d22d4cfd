"""The files of models that run here: where they are. `llm.download` brings them.

They lie where every program of the Hugging Face family looks for them (`HF_HUB_CACHE`, `HF_HOME`), so that a model
which another program has brought is not brought again. Found by path alone: pages ask this for every model.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from llm import memory
from llm.errors import NoWeights
from llm.spec import Local, Weights
from settings import Settings

_WILD: Final = frozenset("*?[")
_INDEX: Final = "*.safetensors.index.json"
_CONFIG: Final = "config.json"
_TOKENIZERS: Final = ("tokenizer.json", "tokenizer.model", "tokenizer_config.json")


def present(spec: Local, settings: Settings) -> Path | None:
    """The folder (or the one file) of a model whose files are all here; None where any is missing. Asks no network."""
    return locate(spec.weights) if spec.weights else None


def missing(spec: Local) -> NoWeights:
    """The error that says how to get the files of a model that are not here, and how much that is where it is known."""
    size = memory.gigabytes(spec.weights.size) if spec.weights and spec.weights.size else "?"
    return NoWeights(model=spec.title, size=size, command=download_command(spec))


def download_command(spec: Local) -> str:
    """What brings the files of a model."""
    return f"python -m llm download {spec.id}"


def locate(weights: Weights) -> Path | None:
    """The same for the files themselves."""
    given = Path(weights.repo)
    if given.is_absolute():
        return given if given.is_file() else _complete(given, weights)
    return next((found for each in _snapshots(weights.repo) if (found := _complete(each, weights))), None)


def cache_folder() -> Path:
    """The folder that programs of the Hugging Face family share, by the variables that they obey."""
    environ = os.environ
    if named := environ.get("HF_HUB_CACHE") or environ.get("HUGGINGFACE_HUB_CACHE"):
        return Path(os.path.expandvars(named)).expanduser()
    cache = environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = environ.get("HF_HOME") or str(Path(cache) / "huggingface")
    return Path(os.path.expandvars(home)).expanduser() / "hub"


def repo_folder(repo: str) -> Path:
    """The folder of one model in the shared cache, whether it is there or not."""
    return cache_folder() / f"models--{repo.replace('/', '--')}"


def _snapshots(repo: str) -> list[Path]:
    """The versions of a model that are here, wholly or in part: the current one first, then the newest."""
    folder = repo_folder(repo) / "snapshots"
    try:
        found = sorted(folder.iterdir(), key=lambda each: -each.stat().st_mtime)
    except OSError:
        return []
    try:
        current = (repo_folder(repo) / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        return found
    return sorted(found, key=lambda each: each.name != current)


def _complete(folder: Path, weights: Weights) -> Path | None:
    """The folder, or its first GGUF file, if all that the model needs is in it. Links to nothing count as missing."""
    named = [pattern for pattern in weights.files if not _WILD & set(pattern)]
    files = [folder / name for name in named]
    if named and len(named) == len(weights.files):
        return (files[0] if named[0].endswith(".gguf") else folder) if all(f.is_file() for f in files) else None
    # Of patterns nobody can say what they stand for; what transformers cannot do without is known.
    if not (folder / _CONFIG).is_file() or not any((folder / name).is_file() for name in _TOKENIZERS):
        return None
    indexes = list(folder.glob(_INDEX))
    shards = [folder / name for index in indexes for name in _shards(index, index.stat().st_mtime_ns)]
    found = shards or list(folder.glob("*.safetensors"))
    return folder if found and all(each.is_file() for each in found) else None


@lru_cache(maxsize=64)
def _shards(index: Path, _changed: int) -> tuple[str, ...]:
    """The files that an index of safetensors names; one that cannot be read asks for a file that is never there."""
    try:
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ("\0",)
    return tuple(sorted(str(name) for name in names))
