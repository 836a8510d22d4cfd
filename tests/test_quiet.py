"""While a backup is written nobody else writes; it is of one moment, and nothing that waited is lost."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph import cypher
from graph.embedded import stop_server
from graph.quiet import BackupRuns
from graph.store import Store
from graph.types import Collection
from graph.work import Work
from ingest.submit import remove_document
from settings import Settings
from share.cabinet import content_of, write_cabinet
from share.cabinet_open import open_cabinet
from tests import graph_samples as samples


@pytest.fixture
def here() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def two(store_target: Settings) -> Iterator[tuple[Store, Store]]:
    """Two programs at one database."""
    with Store(store_target) as one, Store(store_target) as other:
        yield one, other


def test_others_wait_until_it_is_over(two: tuple[Store, Store], here: str) -> None:
    one, other = two
    times: dict[str, float] = {}

    def write() -> None:
        other.documents.put_collection(Collection(here, "waited"))
        times["written"] = time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        with one.quiet.kept():
            waiting = pool.submit(write)
            one.documents.put_collection(Collection(f"{here}2", "by who asked for it"))
            time.sleep(0.6)
            assert not waiting.done()
            times["over"] = time.monotonic()
        waiting.result()
    assert 0 <= times["written"] - times["over"] < 5
    assert {here, f"{here}2"} <= {each.id for each in other.cabinets.listed()}


def test_who_does_not_wait_is_told_and_work_is_kept(two: tuple[Store, Store], here: str) -> None:
    one, other = two
    one.documents.put_collection(Collection(here, here))
    of = samples.document(here, f"{here}.txt")
    one.documents.put([of], Work.READ)
    lease = next(each for each in iter(lambda: other.queue.lease("me/1/1.0"), None) if each.document.id == of.id)
    other.quiet.patience = 0.3
    with one.quiet.kept():
        time.sleep(0.6)
        with pytest.raises(BackupRuns):
            other.documents.put_collection(Collection(here, "another"))
        with pytest.raises(BackupRuns), other.quiet.kept():
            pass
        assert other.queue.renew([lease], "me/1/1.0") == {of.id}
    assert next(each.name for each in one.cabinets.listed() if each.id == here) == here
    other.documents.put_collection(Collection(here, "another"))
    other.queue.release(of.id, "me/1/1.0")
    remove_document(one, one.settings, of.id)


def test_one_who_died_keeps_nobody_waiting(two: tuple[Store, Store], here: str) -> None:
    one, other = two
    moment = time.time()
    assert one._db.note(cypher.ASK_QUIET, now=moment, until=moment + 1.5, by="somebody who died")
    other.documents.put_collection(Collection(here, here))
    assert 1.0 < time.time() - moment < 10
    with one.quiet.kept():
        pass


def test_a_backup_during_writes_is_of_one_moment(
    store_target: Settings, here: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = threading.Event()
    written: list[str] = []

    def write() -> None:
        with Store(store_target) as store:
            while not enough.is_set():
                name = f"{here}-{len(written)}"
                samples.put_random(store, here, name)
                written.append(name)

    with Store(store_target) as store, ThreadPoolExecutor(1) as pool:
        store.documents.put_collection(Collection(here, here))
        # The database is shared with tests that write what no cabinet holds.
        monkeypatch.setattr(store.cabinets, "listed", lambda: [Collection(here, here)])
        writing = pool.submit(write)
        try:
            while len(written) < 3:
                time.sleep(0.02)
            told = write_cabinet(store, store_target, tmp_path / "backup.zip")
            at_backup = len(written)
        finally:
            enough.set()
        writing.result()
        assert len(written) > at_backup - 1 and store.stats([here])["documents"] == len(written)
    empty = Settings(home=tmp_path / "restored", server_idle=5)
    with Store(empty) as store:
        open_cabinet(store, empty, tmp_path / "backup.zip")
        assert not any(store.check().values())
        assert content_of(store, [here]) == told.content
        assert 3 <= store.stats([here])["documents"] <= at_backup + 1, "one is stored before it is counted"
    stop_server(empty)
