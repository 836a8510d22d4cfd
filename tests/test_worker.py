"""A worker that ends: nothing that was queued meanwhile is left lying, and nobody takes it for one that works."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

import settings as configuration
from graph import cypher
from graph.connection import Connection, Row
from graph.record import born, private, write_private
from graph.store import Store
from ingest import worker, worker_marks
from ingest.submit import Options, remove_document, submit
from settings import Settings
from tests.fake_openai import FakeOpenAI, Hang, structured

FORMER, LATER = "sk-former-0123456789abcdef", "sk-later-0123456789abcdef"
HOME = Settings(home=Path("/nowhere"))
KEYED = replace(HOME, openai_api_key=FORMER)


def test_what_is_queued_while_a_worker_decides_to_end_is_done(embedded_server: Settings, tmp_path: Path) -> None:
    """Whoever starts a worker and whoever is about to stop being one wait for the same lock."""
    (tmp_path / "late.txt").write_text("Ole Worm died in Copenhagen in 1654.")
    run = private(embedded_server.run)
    note: dict[str, object] = {"pid": os.getpid(), "born": born(os.getpid())}
    write_private(run / "worker.json", json.dumps(note))
    with Store(embedded_server) as store:
        with worker._changing(embedded_server):
            ending = threading.Thread(target=worker.work, args=(embedded_server, 0.1))
            ending.start()
            time.sleep(1.5)
            assert ending.is_alive(), "it asks once more before it ends"
            (late,) = submit(store, embedded_server, [tmp_path / "late.txt"], Options()).queued
        ending.join(30)
        assert store.queue.left() == {}
        assert worker.worker_pid(embedded_server) is None and not (run / "worker.json").exists()
        remove_document(store, embedded_server, late)


def test_when_the_work_is_done_each_vector_index_is_asked_once(
    embedded_server: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index that is not ready is made so inside a search: nobody who has a question should wait for that."""
    asked: list[str] = []
    read = Connection.read

    def seen(self: Connection, query: str, /, **parameters: Any) -> list[Row]:
        rows = read(self, query, **parameters)
        if query == cypher.VECTOR_SEARCH and threading.current_thread() is not threading.main_thread():
            waiting = read(self, "MATCH (d:Document) WHERE d.work <> 'none' RETURN count(d) AS n")[0]["n"]
            asked.append(f"{parameters['index']} {waiting}")
        return rows

    monkeypatch.setattr(Connection, "read", seen)
    (tmp_path / "worm.txt").write_text("Ole Worm died in Copenhagen in 1654.")
    with Store(embedded_server) as store:
        (id_,) = submit(store, embedded_server, [tmp_path / "worm.txt"], Options()).queued
        worker.work(embedded_server, 0.1)
        assert asked == ["Chunk[embedding] 0", "Statement[embedding] 0"]
        worker.work(embedded_server, 0.1)
        assert len(asked) == 2, "not where nothing is new"
        remove_document(store, embedded_server, id_)


def until(what: Callable[[], object], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_a_worker_with_another_key_gives_back_what_it_is_at(embedded_server: Settings, tmp_path: Path) -> None:
    """It is no worker that died over the document; the next one asks with the key of who handed in last."""
    (tmp_path / "worm.txt").write_text("Ole Worm taught medicine in Copenhagen.")
    with FakeOpenAI() as server, Store(embedded_server) as store:
        server.default = Hang(120)
        former = replace(embedded_server, openai_api_key=FORMER, openai_base_url=server.url)
        later = replace(former, openai_api_key=LATER)
        (id_,) = submit(store, former, [tmp_path / "worm.txt"], Options("statements", "gpt-4o-mini")).queued
        try:
            worker.ensure_worker(former)
            first = worker.worker_pid(former)
            until(server.chats)
            worker.ensure_worker(former)
            worker.keep_worker(later)
            assert worker.worker_pid(former) == first, "who only waits leaves it, and so does who wants the same"
            command_line = " ".join(psutil.Process(first).cmdline())
            assert worker.stop_worker(former)
            (row,) = store.query("MATCH (d:Document {id: $id}) RETURN d.lease_owner AS owner, d.attempts AS n", id=id_)
            assert (row["owner"], row["n"]) == (None, 0)
            worker.ensure_worker(former)
            second = worker.worker_pid(former)
            asked = len(server.chats())
            until(lambda: len(server.chats()) > asked)
            server.default = structured({"claims": []})
            worker.ensure_worker(later)
            assert worker.worker_pid(later) not in (None, first, second)
            until(lambda: not store.queue.left())
        finally:
            worker.stop_worker(embedded_server)
        keys = [each.headers["authorization"].removeprefix("Bearer ") for each in server.chats()]
        assert keys[0] == FORMER and keys[-1] == LATER
        kept = [path.read_bytes() for path in (*private(later.run).glob("*.json"), *later.logs.iterdir())]
        assert kept and not [
            text for text in (*kept, command_line.encode()) for key in (FORMER, LATER) if key.encode() in text
        ]
        remove_document(store, embedded_server, id_)


@pytest.mark.parametrize(
    ("started", "wanted", "serves"),
    [
        (HOME, HOME, True),
        (HOME, KEYED, False),
        (KEYED, KEYED, True),
        (KEYED, HOME, True),
        (KEYED, replace(HOME, openai_api_key=LATER), False),
        (KEYED, replace(KEYED, openai_base_url="http://localhost:1"), False),
        (replace(KEYED, openai_base_url="http://localhost:1"), KEYED, False),
        (HOME, replace(HOME, allow_private=True), False),
        (replace(HOME, allow_private=True), HOME, False),
        (HOME, replace(HOME, neo4j_uri="bolt://localhost"), False),
        (replace(HOME, neo4j_uri="bolt://localhost"), HOME, False),
        (HOME, replace(HOME, calls_at_once=4), False),
        (replace(HOME, calls_at_once=4), HOME, True),
        (HOME, replace(HOME, server_idle=1, heap="1g"), True),
    ],
)
def test_a_worker_is_kept_only_where_it_works_as_wanted(started: Settings, wanted: Settings, serves: bool) -> None:
    noted: dict[str, Any] = json.loads(json.dumps(worker_marks.marks(started)))
    assert worker_marks.serves(noted, wanted) is serves
    assert FORMER not in json.dumps(noted)
    assert noted["marks"] != worker_marks.marks(started)["marks"], "the same key has another mark next time"


def test_a_worker_reads_what_its_starter_read(tmp_path: Path) -> None:
    full = replace(HOME, openai_api_key=FORMER, allow_private=True, max_file_mb=7, neo4j_database="x")
    for each in (HOME, full):
        (tmp_path / ".env").write_text("MISTRAL_API_KEY=of-another-folder\n")
        assert configuration.read(worker_marks.variables(each), tmp_path / ".env") == each
