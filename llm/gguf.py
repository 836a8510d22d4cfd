"""GGUF files that people name themselves, as models of the catalog; and the window that memory has room for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from graph.errors import Missing
from llm.errors import BadModelFile, NotEnoughMemory, UnknownModel
from llm.gguf_header import Header, header, part_names, part_paths
from llm.memory import Memory, Room, gigabytes
from llm.spec import ModelSpec, Text, Weights
from llm.weights import locate
from settings import Settings

PREFIX: Final = "llama:"
BATCH: Final = 256
"""Tokens of a question that are read at once; after each lot it can be stopped. More is hardly faster, and takes more
memory."""
_WINDOW: Final = 8_192
_LEAST_WINDOW: Final = 2_048
_STEP: Final = 256
_LONGEST_ANSWER: Final = 2_048
_HUB_FILE: Final = re.compile(r"([\w.-]+/[\w.-]+)/([\w./ -]+\.gguf)")


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model is opened: its window in tokens, the bytes it takes with it, whether on the graphics card."""

    window: int
    needed: int
    gpu: bool

    @property
    def taken(self) -> Room:
        """The bytes it takes, where it takes them."""
        return Room(gpu=self.needed) if self.gpu else Room(ram=self.needed)

    @property
    def rank(self) -> int:
        """0 on the card, more in main memory, where it answers slower."""
        return 0 if self.gpu else 1


def spec_of_file(id: str, name: str) -> ModelSpec:
    """The model in a GGUF file: a path on this computer, or OWNER/REPOSITORY/FILE.gguf on the Hugging Face hub.

    Raises BadModelFile for a file here that cannot be used, UnknownModel for a name that is neither.
    """
    bare = _bare(id, name)
    assert bare.weights is not None
    file = Path(bare.weights.repo) if _is_local(bare) else locate(bare.weights)
    return bare if file is None else _told(bare, header(file))


def given_model(settings: Settings) -> ModelSpec | None:
    """The model that LLAMA_GGUF names; where its file is not right, that shows when somebody wants to use it."""
    if settings.llama_gguf is None:
        return None
    id = PREFIX + settings.llama_gguf
    try:
        return spec_of_file(id, settings.llama_gguf)
    except BadModelFile:
        return _bare(id, settings.llama_gguf)
    except UnknownModel:
        return _spec(id, settings.llama_gguf, Weights(str(Path(settings.llama_gguf).absolute()), (), 0, 0))


def gap(spec: ModelSpec, memory: Memory) -> Missing | None:
    """What keeps a model whose file is here, or was named by its path, from being opened; None where nothing does."""
    assert spec.weights is not None
    file = Path(spec.weights.repo) if _is_local(spec) else locate(spec.weights)
    try:
        if file is not None:
            fit(spec, header(file), memory)
    except (BadModelFile, NotEnoughMemory) as problem:
        return problem
    return None


def fit(spec: ModelSpec, about: Header, memory: Memory, gpu: bool = True) -> Fit:
    """The largest window, up to the model's own, that there is memory for: all of it on the graphics card, or none.

    Raises NotEnoughMemory with the numbers where not even a small one fits.
    """
    full = min(about.context, spec.context_tokens)
    least = min(full, _LEAST_WINDOW)
    if gpu and memory.gpu and (needed := about.needed(full, BATCH)) - about.reordered <= memory.gpu_free:
        return Fit(full, needed - about.reordered, True)
    if (smallest := about.needed(least, BATCH)) > memory.ram_free:
        raise NotEnoughMemory(
            model=spec.title,
            needed=gigabytes(smallest),
            free=gigabytes(memory.ram_free),
            total=gigabytes(memory.ram_total),
        )
    window = full
    if (needed := about.needed(full, BATCH)) > memory.ram_free:
        each = (needed - smallest) / (full - least)
        window = least + int((memory.ram_free - smallest) / each) // _STEP * _STEP
    return Fit(window, about.needed(window, BATCH), False)


def _is_local(spec: ModelSpec) -> bool:
    return spec.weights is not None and Path(spec.weights.repo).is_absolute()


def _bare(id: str, name: str) -> ModelSpec:
    """The model as far as its name tells."""
    path = Path(name).expanduser()
    on_hub = _HUB_FILE.fullmatch(name)
    if path.exists() or path.is_absolute() or (path.suffix == ".gguf" and on_hub is None):
        path = path.absolute()
        return _spec(id, path.stem, Weights(str(path), part_names(path.name), 0, 0, licence="?"))
    if on_hub is None:
        raise UnknownModel(
            model=id,
            hint="After llama: comes the path of a .gguf file, or OWNER/REPOSITORY/FILE.gguf on huggingface.co.",
            hinweis="Nach llama: kommt der Pfad einer .gguf-Datei oder BESITZER/REPOSITORY/DATEI.gguf auf "
            "huggingface.co.",
        )
    repo, file = on_hub.groups()
    return _spec(id, Path(file).stem, Weights(repo, part_names(file), 0, 0, licence="?"))


def _spec(id: str, title: str, weights: Weights) -> ModelSpec:
    return ModelSpec(
        id=id,
        family="llama",
        name=title,
        title=title,
        good_for=Text("A model from a file that you named", "Ein Modell aus einer Datei, die Sie genannt haben"),
        vision=False,
        structured=True,
        temperature_allowed=True,
        context_tokens=_WINDOW,
        max_output=_LONGEST_ANSWER,
        weights=weights,
    )


def _told(spec: ModelSpec, about: Header) -> ModelSpec:
    """The same model with what its file says of it."""
    assert spec.weights is not None
    window = min(about.context, _WINDOW)
    ram = about.needed(window, BATCH)
    weights = replace(spec.weights, size=about.size, ram=ram, gpu=ram - about.reordered, licence=about.licence)
    return replace(spec, context_tokens=window, max_output=min(_LONGEST_ANSWER, window // 2), weights=weights)


__all__ = ["BATCH", "Fit", "Header", "fit", "gap", "given_model", "header", "part_paths", "spec_of_file"]
