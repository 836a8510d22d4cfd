"""Where the files of local models are looked for, when they count as here, and that a download makes them so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from llm.catalog import find_model, open_chat
from llm.download import download
from llm.ready import readiness
from llm.resident import residents, unload
from llm.spec import ModelSpec, Weights
from llm.weights import cache_folder, locate, present, repo_folder
from settings import Settings
from tests.downloading import Told, one_model
from tests.fake_hub import FakeHub, Repository
from tests.tiny_models import tiny

PATTERNS = ("*.safetensors", "*.json")


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    with one_model(monkeypatch, tmp_path) as server:
        yield server


def kept(cache: Path, commit: str, *names: str, current: bool = False) -> Path:
    """A version of a model in the cache."""
    repo = cache / "models--a--b"
    folder = repo / "snapshots" / commit
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}")
    if current:
        (repo / "refs").mkdir(exist_ok=True)
        (repo / "refs" / "main").write_text(commit)
    return folder


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({"HF_HUB_CACHE": "/x/hub"}, "/x/hub"),
        ({"HUGGINGFACE_HUB_CACHE": "/y"}, "/y"),
        ({"HF_HOME": "/z"}, "/z/hub"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/huggingface/hub"),
        ({"HF_HUB_CACHE": "/x", "HF_HOME": "/z"}, "/x"),
    ],
)
def test_the_folder_is_that_of_the_family(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], folder: str
) -> None:
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == Path(folder) and repo_folder("a/b") == Path(folder) / "models--a--b"


def test_one_named_file_counts_alone(cache: Path) -> None:
    weights = Weights("a/b", ("m.gguf",), size=1, ram=1)
    assert locate(weights) is None
    folder = kept(cache, "1", "m.gguf")
    assert locate(weights) == folder / "m.gguf"
    (folder / "m.gguf").unlink()
    (folder / "m.gguf").symlink_to(cache / "nothing")
    assert locate(weights) is None, "a link to nothing is no file"


def test_a_folder_counts_when_all_shards_are_there(cache: Path) -> None:
    weights = Weights("a/b", PATTERNS, size=1, ram=1)
    folder = kept(cache, "1", "config.json", "model-1.safetensors")
    assert locate(weights) is None, "without a tokenizer nothing is read"
    kept(cache, "1", "tokenizer.json")
    assert locate(weights) == folder
    index = {"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert locate(weights) is None
    kept(cache, "1", "model-2.safetensors")
    assert locate(weights) == folder
    (folder / "model.safetensors.index.json").write_text("broken")
    assert locate(weights) is None


def test_the_current_version_comes_first_if_it_is_whole(cache: Path) -> None:
    weights = Weights("a/b", PATTERNS, size=1, ram=1)
    whole = ("config.json", "tokenizer.json", "model.safetensors")
    current = kept(cache, "1", *whole, current=True)
    older = kept(cache, "2", *whole)
    assert locate(weights) == current
    (current / "model.safetensors").unlink()
    assert locate(weights) == older


def test_a_model_that_was_downloaded_answers(hub: FakeHub, tmp_path: Path) -> None:
    """The whole way: nothing here, the hub has it, it comes, it is ready, it speaks."""
    given = tiny("tiny-gemma-3")
    assert given.weights is not None
    files = {each.name: each.read_bytes() for each in Path(given.weights.repo).iterdir()}
    hub.repositories["tiny/gemma"] = Repository(files | {"pytorch_model.bin": b"x" * 20_000})
    like = find_model("gemma-3-1b").weights
    assert like is not None
    spec: ModelSpec = replace(given, id="fetched", weights=replace(given.weights, repo="tiny/gemma", files=like.files))
    settings = Settings(home=tmp_path)
    assert readiness(spec, settings).missing == "weights" and present(spec, settings) is None
    folder = download(spec, settings, Told())
    assert folder == present(spec, settings) and folder is not None and not (folder / "pytorch_model.bin").exists()
    assert readiness(spec, settings).ready
    try:
        assert str(open_chat(spec, settings).bind(max_tokens=5).invoke("Who was Worm?").content)
    finally:
        for each in residents():
            if each.key == spec.id:
                unload(each.key)
