"""The embedded server's record and its bad days: damaged files, strangers, held folders, too little of everything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from graph import arcade, embedded, record
from graph.arcade import HeapNotUnderstood, heap
from graph.embedded import FolderNotWritable, Server, ensure_server, server_status, stop_server
from graph.launch import DatabaseHeld, DiskFull, ServerFailed, free_ports, server_log
from settings import Settings

HOLDER = """
import fcntl, sys, time
with open(sys.argv[1], "w") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print(1, flush=True)
    time.sleep(60)
"""

NEVER_BURIES = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid, flush=True)
time.sleep(60)
"""


def test_a_dead_process_that_its_parent_never_asks_for_is_over() -> None:
    """As in a container whose first process buries nobody."""
    parent = subprocess.Popen([sys.executable, "-c", NEVER_BURIES], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    try:
        assert not record.ends(child, 0.05)
        child.terminate()
        assert record.ends(child, 30)
        assert child.is_running() and child.status() == psutil.STATUS_ZOMBIE
        record.kill(child, 1)
    finally:
        parent.kill()
        parent.wait()


@pytest.mark.parametrize("same_start", [False, True], ids=["reused pid", "living stranger"])
def test_record_that_names_a_stranger_is_replaced_and_the_stranger_lives(own: Settings, same_start: bool) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    started = record.born(stranger.pid)
    assert started is not None
    bolt, http = free_ports()
    lost = Server(f"bolt://127.0.0.1:{bolt}", f"http://127.0.0.1:{http}", "u", "p", "r", "p", "d", stranger.pid)
    record.private(own.run)
    record.write(own, record.Record(lost, started if same_start else started - 60, stranger.pid, started, ready=True))
    assert server_status(own).running is False
    assert stop_server(own) is False
    record.write(own, record.Record(lost, started if same_start else started - 60, stranger.pid, started, ready=True))
    assert ensure_server(own).pid != stranger.pid
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"server": {"pid": 1}}', '{"server": null, "born": 1}'])
def test_damaged_record_is_replaced(own: Settings, content: str) -> None:
    record.private(own.run)
    record.record_path(own).write_text(content)
    assert record.read(own) is None
    assert server_status(own).running is False


def test_database_held_by_another_program(own: Settings) -> None:
    ensure_server(own)
    stop_server(own)
    lock = own.database / "databases" / "wunderkammer" / "database.lck"
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "1\n"
    with pytest.raises(DatabaseHeld) as caught:
        ensure_server(own)
    assert str(own.database) in caught.value.text("de")
    process.kill()
    process.wait()
    assert ensure_server(own).pid > 0


def test_java_that_cannot_start_says_why_and_where(own: Settings) -> None:
    with pytest.raises(ServerFailed) as caught:
        ensure_server(replace(own, heap="4k"))
    assert "Too small maximum heap" in str(caught.value)
    assert caught.value.params["log"] == str(server_log(own))
    assert not record.record_path(own).exists()
    assert ensure_server(own).pid > 0


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderNotWritable) as caught:
        ensure_server(Settings(home=tmp_path / "file"))
    assert str(tmp_path / "file") in str(caught.value)


def test_full_disk_is_said_before_anything_starts(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "NEEDED_BYTES", 2**80)
    with pytest.raises(DiskFull) as caught:
        ensure_server(own)
    assert str(own.database) in str(caught.value)
    assert not server_log(own).exists()


def test_heap_is_as_set_or_fits_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("unused")
    assert heap(Settings(home=home, heap="2g")) == "2g"
    for gigabytes, megabytes in ((64, 4096), (24, 4096), (8, 2048), (4, 1024), (0.5, 192)):
        monkeypatch.setattr(arcade, "_memory", lambda size=gigabytes: int(size * 2**30))
        assert heap(Settings(home=home)) == f"{megabytes}m"
    with pytest.raises(HeapNotUnderstood):
        heap(Settings(home=home, heap="much"))


def test_clients_that_died_are_forgotten(own: Settings) -> None:
    record.register(own)
    folder = own.run / "clients"
    for stale in (f"{os.getpid()}-1.00", "999999999-1.00", "rubbish", "12-x"):
        (folder / stale).touch()
    assert record.clients(own) == [os.getpid()]
    assert len(list(folder.iterdir())) == 1
    record.unregister(own)
    assert record.clients(own) == []


def test_record_survives_writing_and_reading(own: Settings) -> None:
    server = Server("bolt://127.0.0.1:1", "http://127.0.0.1:2", "root", "a", "reader", "b", "d", 3)
    entry = record.Record(server, 1.5, 4, 2.5, ready=True)
    record.private(own.run)
    record.write(own, entry)
    assert record.read(own) == entry
    assert json.loads(record.record_path(own).read_text())["server"]["pid"] == 3
    assert [path.name for path in own.run.iterdir()] == ["server.json"]
