"""The embedded server's life, with real processes: started once, shared, stopped, and killed in every way."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import neo4j
import psutil
import pytest

from graph import record
from graph.embedded import (
    Server,
    ensure_server,
    server_status,
    stop_server,
)
from graph.launch import server_log
from settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CLIENT = """
import sys, time
from pathlib import Path
from graph.embedded import ensure_server
from graph.launch import server_log
from settings import Settings
print(ensure_server(Settings(home=Path(sys.argv[1]), server_idle=int(sys.argv[2]))).pid, flush=True)
time.sleep(float(sys.argv[3]))
"""


def client(settings: Settings, stays: float = 0.0) -> subprocess.Popen[str]:
    """Another process that uses the server for some seconds; its first line of output is the server's process id."""
    arguments = [str(settings.home), str(settings.server_idle), str(stays)]
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def said(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def becomes(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def query(server: Server, cypher: str, reader: bool = False) -> list[neo4j.Record]:
    login = (server.reader, server.reader_password) if reader else (server.user, server.password)
    with neo4j.GraphDatabase.driver(server.bolt_uri, auth=login) as driver:
        return driver.execute_query(cypher, database_=server.database).records


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_starts_answers_at_once_and_stops_without_a_trace(own: Settings) -> None:
    server = ensure_server(own)
    assert query(server, "CREATE (n:Note {text: 'here'}) RETURN n.text AS text")[0]["text"] == "here"
    assert ensure_server(own) == server
    status = server_status(own)
    assert (status.running, status.server, status.clients) == (True, server, (os.getpid(),))
    assert status.memory > 50e6
    assert status.keeper is not None
    assert stop_server(own) is True
    assert not psutil.pid_exists(server.pid)
    assert record.born(status.keeper) is None
    assert not record.record_path(own).exists()
    assert server_status(own).running is False
    assert stop_server(own) is False
    again = ensure_server(own)
    assert query(again, "MATCH (n:Note) RETURN n.text AS text")[0]["text"] == "here"
    assert again.password != server.password


def test_nothing_is_open_to_others(embedded_server: Settings) -> None:
    own, server = embedded_server, ensure_server(embedded_server)
    assert mode(own.run) == mode(own.database) == mode(own.logs) == 0o700
    assert mode(record.record_path(own)) == 0o600
    assert not (own.run / "java.args").exists()
    secret = {server.password, server.reader_password}
    assert len(secret) == 2 and all(len(word) >= 32 for word in secret)
    assert not any(word in repr(server) for word in secret)
    for process in psutil.process_iter():
        try:
            seen = " ".join(process.cmdline())
        except psutil.Error:
            continue
        assert not any(word in seen for word in secret)
    for log in own.logs.iterdir():
        assert not any(word in log.read_text(errors="replace") for word in secret)
    java = psutil.Process(server.pid)
    listening = [c.laddr for c in java.net_connections(kind="inet") if c.status == psutil.CONN_LISTEN]
    assert {address.ip.removeprefix("::ffff:") for address in listening} == {"127.0.0.1"}
    assert {f"bolt://127.0.0.1:{address.port}" for address in listening} >= {server.bolt_uri}
    assert not {"OPENAI_API_KEY", "NEO4J_PASSWORD", "JAVA_TOOL_OPTIONS"} & set(java.environ())


def test_reader_reads_and_cannot_write(embedded_server: Settings) -> None:
    server = ensure_server(embedded_server)
    query(server, "CREATE (:Note {text: 'here'})")
    assert query(server, "MATCH (n:Note) RETURN n.text AS text", reader=True)[0]["text"] == "here"
    for write in ("CREATE (:Note)", "MATCH (n:Note) SET n.text = 'x'", "MATCH (n:Note) DELETE n", "CREATE (:New)"):
        with pytest.raises(neo4j.exceptions.Forbidden):
            query(server, write, reader=True)
    assert query(server, "MATCH (n:Note) RETURN collect(n.text) AS texts")[0]["texts"] == ["here"]
    query(server, "MATCH (n:Note) DELETE n")


def test_processes_that_start_at_once_share_one_server(own: Settings) -> None:
    processes = [client(own, stays=1.0) for _ in range(4)]
    pids = {said(process) for process in processes}
    assert len(pids) == 1
    assert ensure_server(own).pid == pids.pop()
    for process in processes:
        process.wait(10)


def test_server_outlives_its_first_client_and_stops_when_nobody_is_left(own: Settings) -> None:
    first = client(own, stays=60)
    pid = said(first)
    second = client(own, stays=4)
    assert said(second) == pid
    assert first.pid != second.pid
    os.killpg(first.pid, signal.SIGINT)
    first.wait(30)
    time.sleep(own.server_idle + 1.5)
    assert psutil.pid_exists(pid), "the second client still uses it"
    second.kill()
    second.wait(30)
    assert becomes(lambda: not psutil.pid_exists(pid), own.server_idle + 6)
    assert becomes(lambda: not record.record_path(own).exists())
    assert "ArcadeDB Server is down" in server_log(own).read_text()


def test_killed_server_is_noticed_and_its_data_is_kept(own: Settings) -> None:
    before = ensure_server(own)
    query(before, "CREATE (:Note {text: 'kept'})")
    os.kill(before.pid, signal.SIGKILL)
    after = ensure_server(own)
    assert after.pid != before.pid
    assert query(after, "MATCH (n:Note) RETURN n.text AS text")[0]["text"] == "kept"


def test_server_killed_while_it_starts_is_started_again(own: Settings) -> None:
    starting = client(own)
    assert becomes(lambda: record.read(own) is not None)
    first = record.read(own)
    assert first is not None and first.ready is False
    os.kill(first.server.pid, signal.SIGKILL)
    assert said(starting) not in (0, first.server.pid)
    starting.wait(10)


def test_keeper_ends_with_its_server(own: Settings) -> None:
    server = ensure_server(own)
    watching = server_status(own).keeper
    os.kill(server.pid, signal.SIGKILL)
    assert watching is not None
    assert becomes(lambda: record.born(watching) is None)
    assert not record.record_path(own).exists()


def test_server_without_keeper_is_adopted(own: Settings) -> None:
    server = ensure_server(own)
    watching = server_status(own).keeper
    assert watching is not None
    os.kill(watching, signal.SIGKILL)
    assert becomes(lambda: record.born(watching) is None)
    assert server_status(own).keeper is None
    assert ensure_server(own) == server
    assert server_status(own).keeper not in (None, watching)
    assert stop_server(own) is True


def test_both_killed_and_record_left_behind(own: Settings) -> None:
    server = ensure_server(own)
    watching = server_status(own).keeper
    assert watching is not None
    os.kill(watching, signal.SIGKILL)
    os.kill(server.pid, signal.SIGKILL)
    assert record.record_path(own).exists()
    assert ensure_server(own).pid != server.pid


def test_server_and_keeper_survive_the_loss_of_the_run_folder(own: Settings) -> None:
    server = ensure_server(own)
    for path in (record.record_path(own), *(own.run / "clients").iterdir()):
        path.unlink()
    assert ensure_server(own) == server


def test_server_that_nobody_knows_of_is_replaced(own: Settings) -> None:
    server = ensure_server(own)
    watching = server_status(own).keeper
    assert watching is not None
    os.kill(watching, signal.SIGKILL)
    record.record_path(own).unlink()
    assert ensure_server(own).pid != server.pid
    assert record.born(server.pid) is None
