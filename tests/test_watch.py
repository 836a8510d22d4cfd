"""A watched folder: new, changed, moved, growing and missing files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.jobs import Limits
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.__main__ import main
from ingest.claim_schema import own_schema
from ingest.submit import Options
from ingest.watch import (
    SETTLE_SECONDS,
    Looked,
    WatchedFolderEmptied,
    WatchedFolderGone,
    WatchedFolderOurs,
    Watcher,
    folder_to_watch,
)
from ingest.watching import begin, options_of
from ingest.worker import work
from settings import Settings
from tests.graph_samples import empty
from tests.make_web import zipped

WORM = "Ole Worm owned a great auk."
BOESCH = "Andreas Bösch built the globe."


@pytest.fixture
def store(embedded_server: Settings) -> Iterator[Store]:
    with Store(embedded_server) as opened:
        empty(opened)
        yield opened
        empty(opened)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Quellen"
    folder.mkdir()
    return folder


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def watcher(store: Store, folder: Path, clock: Clock, remove_missing: bool = False) -> Watcher:
    return Watcher(store, store.settings, folder, Options(), remove_missing, clock.sleep, clock)


def look(each: Watcher) -> tuple[int, int, int, Looked]:
    """How many were added, updated, unchanged; with everything else."""
    found = each.look(patient=True)
    if found.submitted:
        work(each.settings, idle=0.02)
    assert not any(each.store.check().values())
    done = found.submitted
    if done is None:
        return (0, 0, 0, found)
    return (len(done.queued) - len(done.updated), len(done.updated), len(done.unchanged), found)


def names(store: Store) -> list[str]:
    return sorted(d.uri.rsplit("/", 1)[-1] for d in store.documents.every([DEFAULT_COLLECTION]))


def test_new_changed_unchanged_and_missing(store: Store, folder: Path, clock: Clock) -> None:
    (folder / "worm.txt").write_text(WORM)
    zipped(folder / "a.zip", {"in.md": "# Kircher in Rom"})
    (folder / "download.pdf.part").write_text("half")
    (folder / ".hidden").write_text("x")
    for name in ("Thumbs.db", "desktop.ini", "~$worm.docx"):
        (folder / name).write_text("what a program keeps for itself")
    watched = watcher(store, folder, clock)
    assert look(watched)[:3] == (2, 0, 0)
    unread = look(watcher(store, folder, clock))[3]
    assert unread == Looked(files=2), "known by size and time, also to another watcher"
    (folder / "worm.txt").write_text(BOESCH)
    assert look(watched)[:3] == (0, 1, 0)
    os.utime(folder / "worm.txt", (5, 5))
    assert look(watched)[:3] == (0, 0, 1)
    (folder / "worm.txt").rename(folder / "boesch.txt")
    assert look(watched)[:3] == (0, 0, 1)
    assert names(store) == ["boesch.txt", "in.md"]
    (folder / "a.zip").unlink()
    gone = look(watched)[3]
    assert gone.missing == (f"{folder}/a.zip!/in.md",) and not gone.removed and len(names(store)) == 2
    watched.remove_missing = True
    assert len(look(watched)[3].removed) == 1
    assert names(store) == ["boesch.txt"] and look(watched)[3].missing == ()


def test_a_file_that_still_grows_waits(store: Store, folder: Path, clock: Clock) -> None:
    path = folder / "long.txt"
    path.write_text("a")
    watched = watcher(store, folder, clock)
    assert watched.look().waiting == (str(path),)
    for _ in range(3):
        clock.sleep(SETTLE_SECONDS)
        with path.open("a") as file:
            file.write(" more")
        assert watched.look().waiting == (str(path),)
    clock.sleep(SETTLE_SECONDS)
    done = watched.look()
    assert done.waiting == () and done.submitted is not None and len(done.submitted.queued) == 1


def test_what_somebody_deleted_does_not_come_back_by_itself(store: Store, folder: Path, clock: Clock) -> None:
    (folder / "worm.txt").write_text(WORM)
    watched = watcher(store, folder, clock)
    look(watched)
    empty(store)
    assert look(watched)[3].submitted is None and names(store) == []
    (folder / "worm.txt").write_text(WORM + BOESCH)
    assert look(watched)[:3] == (1, 0, 0)


def test_a_folder_that_is_gone_or_empty_removes_nothing(store: Store, folder: Path, clock: Clock) -> None:
    (folder / "worm.txt").write_text(WORM)
    watched = watcher(store, folder, clock, remove_missing=True)
    look(watched)
    (folder / "worm.txt").unlink()
    with pytest.raises(WatchedFolderEmptied):
        look(watched)
    folder.rmdir()
    with pytest.raises(WatchedFolderGone):
        look(watched)
    assert names(store) == ["worm.txt"]
    with pytest.raises(WatchedFolderGone):
        folder_to_watch(folder, store.settings)
    for ours in (store.settings.home, store.settings.files, store.settings.home.parent):
        ours.mkdir(exist_ok=True)
        with pytest.raises(WatchedFolderOurs):
            folder_to_watch(ours, store.settings)


def test_claims_of_people_stay_with_a_changed_document(store: Store, folder: Path, clock: Clock) -> None:
    claim = {"type": "statement", "subject": "Ole Worm", "predicate": "owned", "object": "great auk"}
    claim |= {"text": WORM, "document": "worm.txt", "quote": WORM}
    rows = [{"type": "document", "file": "worm.txt", "title": "Worm"}, claim]
    (folder / "claims.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    (folder / "worm.txt").write_text(WORM)
    watched = watcher(store, folder, clock)
    assert look(watched)[:3] == (1, 0, 0)
    assert look(watched)[3] == Looked(files=2)
    (folder / "worm.txt").write_text(f"News. {WORM}")
    assert look(watched)[:3] == (0, 1, 0)
    (document,) = store.documents.every([DEFAULT_COLLECTION])
    assert store.documents.coverage([document])[0].statements == 1


def test_the_command_looks_once(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WUNDERKAMMER_HOME", str(store.settings.home))
    monkeypatch.setattr("ingest.watch.SETTLE_SECONDS", 0.2)
    (folder / "worm.txt").write_text(WORM)
    for added in (1, 0):
        assert main(["watch", str(folder), "--once", "--json"]) == 0
        data = json.loads(capsys.readouterr().out)
        assert (len(data["added"]), data["missing"], data["files"]) == (added, [], 1)
    assert main(["watch", str(folder / "nothing"), "--once"]) == 2


def test_how_a_folder_is_read_is_kept_whole(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    schema = own_schema(["Ship"], ["sailed to"], False, "Ships")
    options = Options("statements", "gpt-4o-mini", language="de", schema=schema, limits=Limits(usd=2.5, calls=7))
    begin(store, store.settings, str(folder), options, False)
    (watch,) = store.watches.listed((options.collection,))
    assert options_of(watch) == options
    begin(store, store.settings, str(folder), Options(), False)
    (watch,) = store.watches.listed((options.collection,))
    assert options_of(watch) == Options()
    store.watches.stop(watch.id)
