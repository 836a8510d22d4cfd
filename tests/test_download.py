"""Downloads of models against a server that speaks the hub's protocol: whole, broken off, damaged, twice at once."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from llm import __main__ as command_line
from llm import download as downloads
from llm.catalog import find_model, models
from llm.download import Plan, download, plan, size
from llm.embed import find_embedding
from llm.errors import (
    DamagedDownload,
)
from llm.hub import DownloadBroke
from llm.spec import ModelSpec, Weights
from llm.weights import cache_folder, present, repo_folder
from settings import Settings
from tests.downloading import DATA, FILE, ID, REPO, Told, one_model
from tests.fake_hub import FakeHub, Repository

CUT = 150_000


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


@contextmanager
def other_process(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """Another program that brings the same model."""
    process = subprocess.Popen(
        [sys.executable, "-m", "llm", "download", ID, "--yes", "--json"],
        env=os.environ | {"WUNDERKAMMER_HOME": str(settings.home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until_begun(spec: ModelSpec, settings: Settings) -> None:
    """Wait until some of the model has come."""
    until = time.monotonic() + 30
    while plan(spec, settings).here == 0:
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.05)


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
    wanted = [(0, CUT), (CUT, CUT), (2 * CUT, len(DATA) - 2 * CUT)]
    end = time.monotonic() + 5
    # The last bytes are here a moment before the server notes that they were sent.
    while (parts := [(asked.start, sum(asked.sent)) for asked in hub.fetched()]) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    assert parts == wanted
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


def test_a_killed_process_loses_nothing(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.pause = 0.1
    with other_process(settings) as process:
        until_begun(spec, settings)
        process.kill()
    hub.pause = 0.0
    had = plan(spec, settings).here
    assert 0 < had < len(DATA)
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


def test_two_processes_bring_it_once(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.pause = 0.05
    with other_process(settings) as process:
        until_begun(spec, settings)
        told = Told()
        found = download(spec, settings, told)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0 and json.loads(out)["path"] == str(found), err
    assert sum(sum(asked.sent) for asked in hub.fetched()) == len(DATA)
    assert 0 < told.all[0][0] < len(DATA), "who waits sees how far the other is"


def test_who_waits_may_stop(hub: FakeHub, spec: ModelSpec, settings: Settings) -> None:
    hub.pause = 0.03
    first, second = Told(), Told(stop_at=0)
    thread = threading.Thread(target=download, args=(spec, settings, first))
    thread.start()
    while not first.all:
        time.sleep(0.01)
    assert download(spec, settings, second, second.stop) is None
    thread.join()
    assert len(second.all) == 1 and len(hub.fetched()) == 1 and present(spec, settings)


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
    assert Path(told["path"]) == present(e5, Settings(home=Path())) and "0.4 MB" in err and "100 %" in err
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
