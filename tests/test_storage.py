"""Files at a storage that several machines share, over the real protocol of S3: what one takes in, the others show."""

from __future__ import annotations

import io
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from graph import storage
from graph.contents_room import IN_USE, holdings, make_room
from graph.errors import WunderkammerError
from graph.storage_errors import (
    BucketMissing,
    StorageAddressWrong,
    StorageAway,
    StorageCopyDamaged,
    StoragePackageMissing,
    StorageRefused,
)
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, State
from ingest import versions, worker
from ingest.files import FileStore
from ingest.images import page_image, thumbnail
from ingest.submit import Options, remove_document, submit
from ingest.texts import document_text, hash_of
from ingest.versions import tidy_files
from ingest.worker import work
from scripts import doctor_machine
from scripts.doctor_lines import BROKEN, WELL
from settings import Settings, as_variables
from tests import graph_samples as samples
from tests import make_files
from tests.page_homes import page_home
from tests.s3_server import BUCKET, KEY, SECRET, S3Server, names_of, s3_server
from tests.test_pages import run, words

PDF = "application/pdf"
WORM = "Ole Worm was born in Aarhus in 1588. His museum in Copenhagen had a great auk."
SHORT = Options()


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with pytest.MonkeyPatch.context() as patch, s3_server(patch) as running:
        yield running


@pytest.fixture(autouse=True)
def asked_anew(server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has clients of its own, for a server that answers; one that does not is asked again at once."""
    storage._storage.cache_clear()
    monkeypatch.setattr(storage, "_PEACE", 0.0)
    monkeypatch.setitem(storage._S3["config_kwargs"], "retries", {"mode": "standard", "max_attempts": 2})
    yield
    if not server.running:
        server.start()


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """A machine of its own at the bucket."""
    return Settings(home=tmp_path / "here", files_address=f"s3://{BUCKET}/{tmp_path.name}")


def age(machine: Settings, seconds: float) -> None:
    """Let all contents here be used for the last time so long ago."""
    for each in holdings(FileStore.of(machine)):
        os.utime(each.folder, (time.time() - seconds,) * 2)


@pytest.fixture
def shared(store_target: Settings, here: Settings) -> Iterator[tuple[Store, Settings, Settings]]:
    """Two machines at one database and one bucket."""
    first = replace(store_target, files_address=here.files_address)
    with Store(first) as store:
        samples.empty(store)
        yield store, first, replace(first, home=here.home)
        samples.empty(store)
    shutil.rmtree(first.files, ignore_errors=True)


def test_what_one_machine_takes_in_another_shows_and_removes(
    server: S3Server, shared: tuple[Store, Settings, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, first, second = shared
    make_files.book(tmp_path / "book.pdf", 2)
    submit(store, first, [tmp_path / "book.pdf"], SHORT)
    work(first, idle=0.1)
    (document,) = store.documents.every([DEFAULT_COLLECTION])
    sha256 = document.sha256 or ""
    assert document.state is State.DONE
    assert names_of(server, first, sha256) == ["lines.json", "original.pdf", "text.txt"]

    there = FileStore.of(second)
    text = document_text(there, document)
    assert text == document_text(FileStore.of(first), document) and hash_of(text) == document.text_sha256
    assert thumbnail(there, sha256, PDF, 1).exists() and page_image(there, sha256, PDF, 2).exists()
    assert "thumbs/0001.jpg" in names_of(server, first, sha256) and "pages/0002.jpg" not in names_of(
        server, first, sha256
    )
    server.asked.clear()
    for _ in range(2):
        assert document_text(there, document) == text
        assert thumbnail(there, sha256, PDF, 1).exists() and page_image(there, sha256, PDF, 2).exists()
    assert server.asked == [], "what is here is asked of nobody"

    added = f"{text}\n\nA hand wrote: Ambras."
    after = replace(document, text_sha256=there.write_text(sha256, added), characters=len(added))
    store.documents.update(after, "none")
    assert document_text(FileStore.of(first), after) == added, "the graph tells that the copy here is old"

    remove_document(store, first, document.id)
    assert names_of(server, first, sha256) == [] and not FileStore.of(first).folder(sha256).exists()
    never_there = FileStore(second.files).put(io.BytesIO(b"of another database"), "a.txt").sha256
    age(second, 10)
    monkeypatch.setattr(versions, "LEFT_ALONE", 5.0)
    tidy_files(store, there)
    assert not there.folder(sha256).exists(), "a copy of what another machine removed goes too"
    assert there.folder(never_there).exists(), "what was only ever here is not taken for removed"


def test_a_page_shows_its_picture_and_words_after_the_cache_was_deleted(
    server: S3Server, here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_files.book(tmp_path / "book.pdf", 1)
    with page_home(tmp_path) as plain:
        machine = replace(plain, files_address=here.files_address)
        with Store(machine) as store:
            submit(store, machine, [tmp_path / "book.pdf"], SHORT)
            work(machine, idle=0.1)
            (document,) = store.documents.every([DEFAULT_COLLECTION])
        for name, value in as_variables(machine).items():
            monkeypatch.setenv(name, value)
        shutil.rmtree(machine.files)
        app = run("library", document=document.id)
        assert document.title in words(app) and not app.error and not app.warning
        assert FileStore(machine.files).original(document.sha256 or "").exists(), "it was fetched"
        server.stop()
        assert not run("library", document=document.id).warning, "what is here is shown without the storage"
        shutil.rmtree(machine.files)
        app = run("library", document=document.id)
        assert "cannot be reached" in app.warning[0].value
        assert "Library" in words(run("library")), "a shelf without its covers is a shelf"


def test_an_import_waits_for_the_storage_and_goes_on(
    server: S3Server, shared: tuple[Store, Settings, Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, first, _ = shared
    monkeypatch.setattr(worker, "TROUBLE_ROUNDS", 1)
    (tmp_path / "worm.txt").write_text(WORM)
    server.stop()
    with pytest.raises(StorageAway, match=r"s3://.*Nothing is lost"):
        submit(store, first, [tmp_path / "worm.txt"], SHORT)
    assert not [each for each in first.files.rglob("*") if each.is_file()], "nothing half-written is left"
    server.start()
    server.refusing = 1
    (id_,) = submit(store, first, [tmp_path / "worm.txt"], SHORT).queued
    assert server.refusing == 0, "trouble that passes is tried again"
    server.stop()
    work(first, idle=0.1)
    waiting = store.documents.get(id_)
    assert waiting is not None and waiting.state is State.PENDING and waiting.failure is not None
    assert waiting.failure.code == "StorageAway" and "geht weiter" in waiting.failure.say("de")
    server.start()
    work(first, idle=0.1)
    done = store.documents.get(id_)
    assert done is not None and done.state is State.DONE and done.failure is None
    assert names_of(server, first, done.sha256) == ["original.txt", "text.txt"]


def test_what_is_wrong_with_the_storage_is_said_and_no_key_is(
    server: S3Server, here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert doctor_machine.storage(here).state == WELL and names_of(server, here) == []
    assert doctor_machine.storage(replace(here, files_address=None)).state == WELL

    def told(machine: Settings, kind: type[WunderkammerError]) -> str:
        storage._storage.cache_clear()
        with pytest.raises(kind) as caught:
            FileStore.of(machine).put(io.BytesIO(b"x"), "x.txt")
        line = doctor_machine.storage(machine)
        assert line.state == BROKEN and line.found == (caught.value.text("en"), caught.value.text("de"))
        assert not any(secret in str(line) + repr(caught.value) for secret in (KEY, SECRET, "pass" + "word1"))
        return caught.value.text("en")

    assert "Make it" in told(replace(here, files_address="s3://no-such-bucket/x"), BucketMissing)
    assert "gcsfs" in told(replace(here, files_address="gs://bucket/x"), StoragePackageMissing)
    for address in ("s3://somebody:password1@bucket/x", "s3://bucket/x?secret=password1", "bucket", "what://bucket"):
        told(replace(here, files_address=address), StorageAddressWrong)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key-of-somebody-else")
    assert "InvalidAccessKeyId" in told(here, StorageRefused)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(here.home / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(here.home / "none"))
    assert "AWS_ACCESS_KEY_ID" in told(here, StorageRefused)


def test_contents_go_when_there_is_no_room_but_never_what_is_only_here(server: S3Server, here: Settings) -> None:
    alone = FileStore(here.files)
    only_here = alone.put(io.BytesIO(b"1" * 400_000), "old.txt").sha256
    files = replace(FileStore.of(here), room=0)
    old, newer, newest = (files.put(io.BytesIO(each * 400_000), "a.txt").sha256 for each in (b"2", b"3", b"4"))
    files.write_here(files.page_image_path(old, 1), b"drawn")
    files.write_here(files.thumbnail_path(old, 1), b"small")
    files = replace(files, room=1_000_000)
    assert make_room(files) == 0, "what was just used stays"
    age(here, IN_USE * 2)
    files.original(newest)
    assert make_room(files) > 800_000
    assert {each.folder.name for each in holdings(files)} == {only_here, newest}
    assert files.original(old).read_bytes() == b"2" * 400_000 and files.original(newer).exists()
    assert not files.page_image_path(old, 1).exists() and not files.here(files.thumbnail_path(old, 1))


def test_a_copy_that_is_not_what_was_put_there_is_not_shown(server: S3Server, here: Settings) -> None:
    sha256 = FileStore.of(here).put(io.BytesIO(WORM.encode()), "worm.txt").sha256
    key = f"{here.home.parent.name}/{sha256[:2]}/{sha256}/original.txt"
    server.client().put_object(Bucket=BUCKET, Key=key, Body=b"something else")
    there = FileStore.of(replace(here, home=here.home.parent / "there"))
    with pytest.raises(StorageCopyDamaged, match="--push"):
        there.original(sha256)
    assert not [each for each in there.root.rglob("*") if each.is_file()]


def test_a_removal_that_the_storage_did_not_hear_of_is_made_up_for(
    server: S3Server, shared: tuple[Store, Settings, Settings]
) -> None:
    store, first, _ = shared
    files = FileStore.of(first)
    gone, back = (files.put(io.BytesIO(each.encode()), "a.txt").sha256 for each in (WORM, WORM * 2))
    server.stop()
    files.remove(gone)
    files.remove(back)
    assert files.left_behind() == sorted([gone, back])
    server.start()
    files.put(io.BytesIO((WORM * 2).encode()), "a.txt")
    assert files.left_behind() == [gone], "what came back is not removed"
    tidy_files(store, files)
    assert files.left_behind() == [] and names_of(server, first, gone) == []
    assert names_of(server, first, back) == ["original.txt"]
    files.remove(back)
