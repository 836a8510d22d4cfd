"""Whether a model can be asked now, and what is missing: looks at packages, keys, files and memory, asks no network."""

from __future__ import annotations

import importlib.util

from graph.errors import Missing
from llm import catalog, gguf, memory, resident, weights
from llm.endpoint import endpoint
from llm.errors import BadModelFile, NoAddress, NoKey, NotEnoughMemory, NotInstalled, NoWeights, RunsApart
from llm.spec import ModelSpec, Readiness, Text
from settings import Settings

_NAMES: dict[type[Missing], str] = {
    BadModelFile: "file",
    NoWeights: "weights",
    NotEnoughMemory: "memory",
    RunsApart: "apart",
}


def readiness(spec: ModelSpec, settings: Settings) -> Readiness:
    """Whether a model can be asked with these settings, cheap enough to be asked for every model on every page."""
    missing = gap(spec, settings)
    if missing is None:
        return Readiness(True)
    what = missing.params.get("variable") or missing.params.get("package") or _NAMES[type(missing)]
    return Readiness(False, str(what), Text(missing.text("en"), missing.text("de")))


def gap(spec: ModelSpec, settings: Settings) -> Missing | None:
    """What keeps the model from being asked, as the error that says so; None where nothing does."""
    family = catalog.family(spec.family)
    if spec.apart:
        return RunsApart(model=spec.title, why=spec.apart.en, warum=spec.apart.de)
    for package in family.packages:
        if importlib.util.find_spec(package) is None:
            return NotInstalled(model=spec.title, package=package, command=family.command)
    return _local_gap(spec, settings) if family.here else _remote_gap(spec, settings)


def _remote_gap(spec: ModelSpec, settings: Settings) -> Missing | None:
    at = endpoint(spec.family, settings)
    if at.url is None:
        return NoAddress(variable=at.address)
    if at.key is None and at.place == "provider":
        return NoKey(model=spec.title, server=at.name, variable=at.variable)
    return None


def _local_gap(spec: ModelSpec, settings: Settings) -> Missing | None:
    assert spec.weights is not None, f"{spec.id} runs here and names no files"
    loaded = any(each.key == spec.id for each in resident.residents())
    if spec.family == "llama" and not loaded and (problem := gguf.gap(spec, memory.here(resident.reclaimable()))):
        return problem
    if weights.present(spec, settings) is None:
        return weights.missing(spec)
    if loaded or spec.family == "llama":
        return None
    try:
        memory.placement(spec, memory.here_for_torch(resident.reclaimable()), four_bit=memory.four_bit())
    except NotEnoughMemory as refused:
        return refused
    return None
