"""Starts the engine for a home and waits until it can be used, or says why it cannot."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import psutil

from graph import arcade, record
from graph.errors import StoreError
from graph.record import Record, Server
from settings import Settings

START_SECONDS = 120
"""A large database that was killed is repaired from its log before the server answers."""
ATTEMPTS = 5
"""Starts that may fail for a reason that can pass by itself: a port taken meanwhile, a process killed."""


class ServerFailed(StoreError):
    en = "The embedded database did not start: {detail}. Your data is untouched. The whole story is in {log}."
    de = "Die eingebaute Datenbank ist nicht gestartet: {detail}. Ihre Daten sind unberührt. Näheres steht in {log}."


class ServerSlow(StoreError):
    en = (
        "The embedded database did not answer within {seconds} s. Try again, or stop it with `python -m graph stop`; "
        "what it is doing is written in {log}."
    )
    de = (
        "Die eingebaute Datenbank hat {seconds} s lang nicht geantwortet. Versuchen Sie es noch einmal oder halten "
        "Sie sie mit `python -m graph stop` an; was sie tut, steht in {log}."
    )


class DiskFull(StoreError):
    en = "The disk that holds {folder} is full. Free some space (100 MB at least) and try again; nothing is lost."
    de = "Der Datenträger mit {folder} ist voll. Schaffen Sie Platz (mindestens 100 MB); verloren ist nichts."


class DatabaseHeld(StoreError):
    en = "Another program has the database in {folder} open. Close it, or set WUNDERKAMMER_HOME to another folder."
    de = (
        "Ein anderes Programm hat die Datenbank in {folder} geöffnet. "
        "Schließen Sie es oder setzen Sie WUNDERKAMMER_HOME auf einen anderen Ordner."
    )


class TooLittleMemory(StoreError):
    en = (
        "There is too little memory for the embedded database, which wants {heap}. Close other programs, or set "
        "WUNDERKAMMER_HEAP=256m. See {log}."
    )
    de = (
        "Für die eingebaute Datenbank, die {heap} braucht, fehlt Speicher. Schließen Sie andere Programme oder setzen "
        "Sie WUNDERKAMMER_HEAP=256m. Siehe {log}."
    )


class ServerKilled(StoreError):
    en = (
        "The embedded database was ended from outside while it started (signal {signal}). Try again. If it happens "
        "again, there is too little memory: close other programs, or set WUNDERKAMMER_HEAP=256m."
    )
    de = (
        "Die eingebaute Datenbank wurde beim Start von außen beendet (Signal {signal}). Versuchen Sie es noch einmal. "
        "Geschieht es wieder, fehlt Speicher: Schließen Sie andere Programme oder setzen Sie WUNDERKAMMER_HEAP=256m."
    )


class PortTaken(StoreError):
    en = "Another program took the database's port while it started. Try again."
    de = "Ein anderes Programm hat den Port der Datenbank beim Start belegt. Versuchen Sie es noch einmal."


def server_log(settings: Settings) -> Path:
    return settings.logs / "database.log"


def free_ports() -> tuple[int, int]:
    """Two ports of the loopback address that nobody uses at this moment."""
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def start(settings: Settings, java: Sequence[str] = ()) -> Record:
    """Start a server for this home and wait until it can be used; raises the errors of this module.

    `java` are options for Java itself.
    """
    _end_orphans(settings)
    for _ in range(ATTEMPTS - 1):
        try:
            return _start_once(settings, java)
        except (PortTaken, ServerKilled):
            continue
    return _start_once(settings, java)


def _start_once(settings: Settings, java: Sequence[str]) -> Record:
    bolt_port, http_port = free_ports()
    password, reader_password = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
    process = _launch(settings, bolt_port, http_port, password, java)
    server = Server(
        bolt_uri=f"bolt://127.0.0.1:{bolt_port}",
        http_uri=f"http://127.0.0.1:{http_port}",
        user="root",
        password=password,
        reader="reader",
        reader_password=reader_password,
        database=arcade.DATABASE,
        pid=process.pid,
    )
    me = os.getpid()
    entry = Record(server, record.born(process.pid) or 0.0, me, record.born(me) or 0.0)
    record.write(settings, entry)
    try:
        _wait_until_it_listens(settings, server, process)
        if not arcade.answers(server):
            arcade.command(server, f"create database {server.database}")
        rights = {"name": server.reader, "password": reader_password, "databases": {server.database: ["readers"]}}
        arcade.command(server, f"create user {json.dumps(rights)}")
    except BaseException:
        process.kill()
        process.wait()
        record.record_path(settings).unlink(missing_ok=True)
        raise
    finally:
        arcade.arguments_path(settings).unlink(missing_ok=True)
    entry = replace(entry, ready=True)
    record.write(settings, entry)
    return entry


def _launch(
    settings: Settings, bolt_port: int, http_port: int, password: str, java: Sequence[str]
) -> subprocess.Popen[bytes]:
    engine = arcade.find_engine()
    config = record.private(record.private(settings.database) / "config")
    # Passwords are new at each start: what an older record says opens nothing.
    (config / "server-users.jsonl").unlink(missing_ok=True)
    record.write_private(config / "server-groups.json", json.dumps(arcade.GROUPS))
    record.write_private(settings.run / "logging.properties", arcade.LOGGING)
    path = arcade.arguments_path(settings)
    record.write_private(path, arcade.arguments(engine, settings, bolt_port, http_port, password, java))
    log = server_log(settings)
    if log.exists():
        log.replace(log.with_suffix(".old.log"))
    with log.open("wb") as output:
        return subprocess.Popen(
            [str(engine.java), f"@{path}"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=settings.logs,
            env=arcade.environment(),
            creationflags=arcade.no_window(),
        )


def _wait_until_it_listens(settings: Settings, server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise _reason(settings, process.returncode)
        if arcade.listens(server):
            return
        time.sleep(0.02)
    raise ServerSlow(seconds=START_SECONDS, log=str(server_log(settings)))


def _reason(settings: Settings, code: int) -> StoreError:
    """What the log of a server that gave up says, as one of our errors."""
    if code < 0:
        return ServerKilled(signal=-code)
    log = server_log(settings)
    text = log.read_text(encoding="utf-8", errors="replace")
    if "is locked by another process" in text:
        return DatabaseHeld(folder=str(settings.database))
    if "No space left on device" in text or "not enough space on the disk" in text:
        return DiskFull(folder=str(settings.database))
    if "Address already in use" in text or "BindException" in text:
        return PortTaken()
    if "insufficient memory" in text or "Could not reserve enough space" in text or "OutOfMemoryError" in text:
        return TooLittleMemory(heap=arcade.heap(settings), log=str(log))
    telling = [line for line in text.splitlines() if "SEVER" in line or "Exception" in line]
    detail = telling[0] if telling else " ".join(text.splitlines()[-3:]) or f"exit code {code}"
    return ServerFailed(detail=detail.strip()[:200].rstrip("."), log=str(log))


def _end_orphans(settings: Settings) -> None:
    """End servers of this home that no record names: they hold the database."""
    for process in psutil.process_iter():
        if arcade.is_server_of(settings, process):
            arcade.end(process, None)
