"""All files at once: a home moved into the storage, a cabinet written into one file and opened, a shared folder."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph import storage
from graph.contents_room import holdings, make_room
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Document
from ingest.__main__ import main
from ingest.files import FileStore
from ingest.submit import Options, submit
from ingest.texts import document_text
from ingest.worker import work
from settings import VARIABLES, Settings
from share.cabinet import write_cabinet
from share.cabinet_errors import CabinetDamaged
from share.cabinet_open import open_cabinet
from tests.page_homes import page_home
from tests.s3_server import BUCKET, S3Server, names_of, s3_server

WORM = "Ole Worm was born in Aarhus in 1588. His museum in Copenhagen had a great auk."
SHORT = Options()


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with pytest.MonkeyPatch.context() as patch, s3_server(patch) as running:
        storage._storage.cache_clear()
        yield running


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """A machine of its own at the bucket."""
    return Settings(home=tmp_path / "here", files_address=f"s3://{BUCKET}/{tmp_path.name}")


def test_a_home_moves_into_the_storage_however_often_it_is_broken_off(
    server: S3Server, here: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = FileStore(here.files)
    kept = [alone.put(io.BytesIO(f"{WORM} {n}".encode()), f"{n}.txt").sha256 for n in range(12)]
    for sha256 in kept:
        alone.write_text(sha256, WORM)
    for name in VARIABLES.values():
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(here.home))
    assert main(["files", "--push", "--json"]) == 2, "no storage is named"
    monkeypatch.setenv("WUNDERKAMMER_FILES", here.files_address or "")
    server.refusing = 10_000
    assert main(["files", "--push", "--json"]) == 3
    server.refusing = 0
    storage._storage.cache_clear()
    FileStore.of(here).send(alone.text_path(kept[0]))
    capsys.readouterr()
    assert main(["files", "--json"]) == 0 and json.loads(capsys.readouterr().out)["only_here"] == 12
    assert main(["files", "--push", "--json"]) == 0 and json.loads(capsys.readouterr().out)["put"] == 12
    assert main(["files", "--push", "--json"]) == 0 and json.loads(capsys.readouterr().out)["put"] == 0
    shutil.rmtree(here.files)
    assert all(FileStore.of(here).read_text(sha256) == WORM for sha256 in kept)


def test_a_cabinet_as_one_file_holds_what_only_the_storage_has(
    server: S3Server, here: Settings, tmp_path: Path
) -> None:
    (tmp_path / "worm.txt").write_text(WORM)
    out, broken = tmp_path / "cabinet.zip", tmp_path / "broken.zip"
    with page_home(tmp_path) as plain:
        machine = replace(plain, files_address=here.files_address)
        with Store(machine) as store:
            submit(store, machine, [tmp_path / "worm.txt"], SHORT)
            work(machine, idle=0.1)
            shutil.rmtree(machine.files)
            written = write_cabinet(store, machine, out)
            assert (written.files, written.missing) == (2, [])
            document = next(store.documents.every([DEFAULT_COLLECTION]))
            before = document_text(FileStore.of(machine), document)
    other = replace(plain, files_address=f"{here.files_address}/other")
    with page_home(tmp_path) as plain, Store(other) as store:
        damaged(out, broken)
        with pytest.raises(CabinetDamaged):
            open_cabinet(store, other, broken)
        assert names_of(server, other) == [], "what was not opened leaves nothing"
        assert open_cabinet(store, other, out).new
        shutil.rmtree(other.files)
        opened: Document = next(store.documents.every([DEFAULT_COLLECTION]))
        assert document_text(FileStore.of(other), opened) == before
        assert FileStore.of(other).original(opened.sha256 or "").read_bytes() == WORM.encode()


def damaged(archive: Path, out: Path) -> None:
    """The same archive, with one file that is not what its name says."""
    with zipfile.ZipFile(archive) as given, zipfile.ZipFile(out, "w") as made:
        for entry in given.infolist():
            content = given.read(entry)
            made.writestr(entry.filename, b"other" if "original" in entry.filename else content)


PUTS = """
import io, sys
from pathlib import Path
from ingest.files import FileStore
from settings import Settings
files = FileStore.of(Settings(home=Path(sys.argv[1]), files_address=sys.argv[2]))
print("begins", flush=True)
files.put(io.BytesIO(b"x" * 100_000), "x.txt")
"""


def test_a_program_that_dies_while_it_uploads_leaves_nothing_half(server: S3Server, here: Settings) -> None:
    server.slow = 30.0
    server.asked.clear()
    command = [sys.executable, "-c", PUTS, str(here.home), str(here.files_address)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not any(method == "PUT" for method, _ in server.asked) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.kill()
    server.slow = 0.0
    files = FileStore.of(here)
    assert list(holdings(files)) == [], "what is not there is not here under its name"
    kept = files.put(io.BytesIO(b"x" * 100_000), "x.txt")
    assert kept.path.exists() and names_of(server, here, kept.sha256) == ["original.txt"]
    for each in (here.files / ".incoming").iterdir():
        os.utime(each, (0, 0))
    assert make_room(files) == 0
    assert [each for each in (here.files / ".incoming").iterdir() if each.name.startswith("tmp")] == []


def test_a_folder_that_machines_share_does_as_well(tmp_path: Path) -> None:
    machine = Settings(home=tmp_path / "a", files_address=f"file://{tmp_path}/shared folder")
    files, there = FileStore.of(machine), FileStore.of(replace(machine, home=tmp_path / "b"))
    sha256 = files.put(io.BytesIO(b"x" * 1000), "x.txt").sha256
    files.write_text(sha256, WORM)
    assert there.original(sha256).read_bytes() == b"x" * 1000 and there.read_text(sha256) == WORM
    (tmp_path / "shared folder" / sha256[:2] / sha256 / ".half").write_bytes(b"died over it")
    assert sorted(files.stored(sha256).values()) == [len(WORM), 1000]
    files.remove(sha256)
    assert not [each for each in (tmp_path / "shared folder").rglob("*") if each.is_file()]
