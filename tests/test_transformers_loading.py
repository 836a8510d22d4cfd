"""Gemma and Molmo in memory: refused before they are read, loaded with progress, unloaded, damaged; their catalog."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from graph.errors import Missing
from llm import resident
from llm.catalog import find_model
from llm.errors import ContextTooLong, DamagedWeights, NotEnoughMemory
from llm.memory import GB, NO_ROOM
from llm.resident import hold
from llm.spec import ModelSpec
from llm.transformers_chat import TransformersChat, open_chat
from llm.transformers_model import Loaded
from settings import Settings
from tests.tiny_models import TINY, tiny


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"))


def opened(spec: ModelSpec, settings: Settings, longest: int) -> TransformersChat:
    chat = open_chat(spec, settings)
    chat.max_tokens = longest
    return chat


@pytest.mark.parametrize("name", list(TINY))
def test_a_question_that_is_too_long_is_refused_before_anything_runs(name: str, settings: Settings) -> None:
    with pytest.raises(ContextTooLong):
        open_chat(tiny(name), settings).invoke("Dresden zeigt Elfenbein. 12345 xyz " * 400)


def test_an_answer_gets_the_room_that_is_left(settings: Settings) -> None:
    chat = opened(replace(tiny("tiny-gemma-3"), id="narrow", context_tokens=120), settings, 4000)
    usage = chat.invoke("zz 11 " * 8).usage_metadata
    assert usage is not None and usage["output_tokens"] > 16
    assert usage["total_tokens"] <= 120


def test_what_does_not_fit_is_refused_with_numbers_before_it_is_read(settings: Settings) -> None:
    spec = tiny("tiny-gemma-3")
    assert spec.weights is not None
    vast = replace(spec, id="vast", weights=replace(spec.weights, ram=9_000 * GB))
    with pytest.raises(NotEnoughMemory, match=r"9000\.0 GB"):
        open_chat(vast, settings).invoke("Who?")
    assert "vast" not in {each.key for each in resident.residents()}


def test_loading_tells_how_far_it_is_and_unloading_gives_the_memory_back(settings: Settings) -> None:
    spec = replace(tiny("tiny-molmo-2"), id="once")
    told: list[float] = []
    chat = opened(spec, settings, 3)
    plan = chat._plan
    loaded: Loaded = plan.find(NO_ROOM).load(told.append)
    assert told == sorted(told) and told[0] == 0.0 and told[-1] == 1.0 and len(told) > 10
    plan.close(loaded)
    del loaded

    chat.invoke("Who?")
    with hold(plan) as held:
        model = weakref.ref(cast("Any", held.model))
    del held
    assert resident.unload("once")
    gc.collect()
    assert model() is None
    assert chat.invoke("Who?").text is not None
    assert resident.unload("once")


def damaged(tmp_path: Path, name: str = "tiny-gemma-3") -> tuple[ModelSpec, Path]:
    """A copy of a tiny model that may be spoilt, and its folder."""
    spec = tiny(name)
    assert spec.weights is not None
    for file in Path(spec.weights.repo).iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return replace(spec, id="damaged", weights=replace(spec.weights, repo=str(tmp_path))), tmp_path


@pytest.mark.parametrize("how", ["half", "noise", "a tensor is missing", "no config", "no tokenizer"])
def test_damaged_files_are_told(how: str, tmp_path: Path, settings: Settings) -> None:
    from safetensors.torch import load_file, save_file

    spec, folder = damaged(tmp_path)
    file = folder / "model.safetensors"
    if how == "half":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif how == "noise":
        file.write_bytes(b"\x00" * 1000)
    elif how == "a tensor is missing":
        tensors = load_file(file)
        del tensors["model.layers.1.mlp.up_proj.weight"]
        save_file(tensors, file, {"format": "pt"})
    elif how == "no config":
        (folder / "config.json").write_text("{}")
    else:
        (folder / "tokenizer.json").write_text("[")
    with pytest.raises(DamagedWeights, match="python -m llm download damaged") as caught:
        open_chat(spec, settings).invoke("Who?")
    assert isinstance(caught.value, Missing)
    assert str(folder) not in caught.value.text("de")


def test_the_catalog_knows_them_and_says_why_two_stand_apart() -> None:
    for id in ("gemma-3-1b", "gemma-3-4b", "gemma-4-e2b", "molmo2-4b", "molmo2-8b"):
        spec = find_model(id)
        assert spec.weights is not None and spec.apart is None
        assert bool(spec.weights.licence_page) is (spec.weights.licence == "Gemma")
        assert spec.weights.ram > GB
    for id in ("molmoe-1b-0924", "molmo-7b-d-0924"):
        apart = find_model(id).apart
        assert apart is not None
        for text in apart:
            assert "transformers==4.48.3" in text and find_model(id).name in text
