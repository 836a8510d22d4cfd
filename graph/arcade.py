"""The ArcadeDB engine as a program: where it is, how it is called, its HTTP door."""

from __future__ import annotations

import base64
import http.client
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from graph.confined import confined
from graph.errors import StoreError
from graph.record import Server, ends, kill
from settings import Settings

DATABASE = "wunderkammer"
ARCHIVE = "wunderkammer.jsa"
UNUSED = ("studio", "mcp", "postgresw", "redisw", "graphql", "console", "python-bridge")
"""Parts of the engine that are left out: doors nobody here uses."""
MAX_HEAP_MB, MIN_HEAP_MB = 4096, 192
INHERITED = ("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "SystemRoot", "USERPROFILE", "TZ", "LD_LIBRARY_PATH")
"""All of the environment that the server gets: it needs no keys, and JAVA_TOOL_OPTIONS could break it."""
JAVA_OPTIONS = "WUNDERKAMMER_JAVA"
"""A variable with more options for Java, for whoever starts many servers that live for seconds, as our tests do."""
READERS = {
    "resultSetLimit": -1,
    "readTimeout": 60_000,
    "access": [],
    "types": {"*": {"access": ["readRecord"]}},
}
ADMINS = {
    "resultSetLimit": -1,
    "readTimeout": -1,
    "access": ["updateSecurity", "updateSchema", "updateDatabaseSettings"],
    "types": {"*": {"access": ["createRecord", "readRecord", "updateRecord", "deleteRecord"]}},
}
NOBODY = {"resultSetLimit": -1, "readTimeout": -1, "access": [], "types": {"*": {"access": []}}}
GROUPS = {"databases": {"*": {"groups": {"admin": ADMINS, "readers": READERS, "*": NOBODY}}}, "version": 2}
LOGGING = """handlers=java.util.logging.ConsoleHandler
.level=INFO
io.undertow.level=WARNING
org.xnio.level=WARNING
org.jboss.level=WARNING
java.util.logging.ConsoleHandler.level=INFO
java.util.logging.ConsoleHandler.formatter=com.arcadedb.log.LogFormatter
"""


class EngineMissing(StoreError):
    en = (
        "The embedded database is not installed for this computer ({detail}). Run `make run` once more, or "
        "`pip install arcadedb-embedded`; where it does not exist for your system, set NEO4J_URI to a Neo4j server."
    )
    de = (
        "Die eingebaute Datenbank ist für diesen Rechner nicht installiert ({detail}). Führen Sie `make run` noch "
        "einmal aus oder `pip install arcadedb-embedded`; wo es sie für Ihr System nicht gibt, setzen Sie NEO4J_URI "
        "auf einen Neo4j-Server."
    )


class HeapNotUnderstood(StoreError):
    en = "WUNDERKAMMER_HEAP is {value!r}. Write a size such as 512m or 2g, or leave it out."
    de = "WUNDERKAMMER_HEAP ist {value!r}. Schreiben Sie eine Größe wie 512m oder 2g, oder lassen Sie es weg."
    exit_code = 2


class RefusedByServer(StoreError):
    en = "The embedded database refused a command: {detail}"
    de = "Die eingebaute Datenbank hat einen Befehl abgelehnt: {detail}"


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine's own Java and the jars that it is made of."""

    java: Path
    jars: tuple[Path, ...]


def find_engine() -> Engine:
    """The engine that is installed with the package; raises EngineMissing."""
    spec = importlib.util.find_spec("arcadedb_embedded")
    if spec is None or spec.origin is None:
        raise EngineMissing(detail="package arcadedb-embedded")
    home = Path(spec.origin).parent
    java = home / "jre" / "bin" / ("java.exe" if sys.platform == "win32" else "java")
    jars = tuple(
        jar
        for jar in sorted((home / "jars").glob("*.jar"))
        if not jar.name.startswith(tuple(f"arcadedb-{part}" for part in UNUSED))
    )
    if not java.is_file() or not jars:
        raise EngineMissing(detail=str(java))
    return Engine(java, jars)


def archive_path(engine: Engine) -> Path:
    """Where Java's classes are kept ready, see `graph.classes`; the file need not be there."""
    return engine.java.parents[2] / ARCHIVE


def heap(settings: Settings) -> str:
    """The server's largest heap as Java writes it: as set, otherwise a quarter of the memory, 4 GiB at most.

    Java takes that only when it is needed, and a small collection may become a large one while the server runs: at
    1 GiB the vectors of 300,000 claims had no room, and making their index took five times as long.
    """
    if settings.heap:
        if not re.fullmatch(r"[1-9][0-9]*[kKmMgG]", settings.heap):
            raise HeapNotUnderstood(value=settings.heap)
        return settings.heap
    return f"{max(MIN_HEAP_MB, min(MAX_HEAP_MB, _memory() // 4 // 2**20))}m"


def _memory() -> int:
    """Bytes of memory that this process may use: the machine's, or the limit of its container or service."""
    total, limit = int(psutil.virtual_memory().total), confined()
    return total if limit is None else min(total, limit.limit)


def arguments_path(settings: Settings) -> Path:
    """Java reads its arguments from this file: the password is in it, and everyone can read a command line."""
    # Resolved, for the path also tells whose server a process is.
    return settings.run.resolve() / "java.args"


def arguments(
    engine: Engine, settings: Settings, bolt_port: int, http_port: int, password: str, java: Sequence[str] = ()
) -> str:
    """The content of Java's argument file for a server of this home; `java` are options for Java itself.

    Without any, Java takes its classes from the archive where there is one; one that does not fit is passed over.
    """
    archive = archive_path(engine)
    if not java and archive.is_file():
        java = (f"-XX:SharedArchiveFile={archive}",)
    options = {
        "arcadedb.server.name": "wunderkammer",
        "arcadedb.server.rootPath": settings.database,
        "arcadedb.server.databaseDirectory": settings.database / "databases",
        "arcadedb.server.logsDirectory": settings.logs,
        "arcadedb.server.mode": "production",
        "arcadedb.server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        "arcadedb.bolt.host": "127.0.0.1",
        "arcadedb.bolt.port": bolt_port,
        "arcadedb.server.httpIncomingHost": "127.0.0.1",
        "arcadedb.server.httpIncomingPort": http_port,
        "arcadedb.server.rootPassword": password,
        # Slow hashing protects short passwords; ours are 192 random bits, and every login would wait.
        "arcadedb.server.saltIterations": 1000,
        "java.util.logging.config.file": settings.run / "logging.properties",
        "java.awt.headless": "true",
    }
    lines = [
        *java,
        *os.environ.get(JAVA_OPTIONS, "").split(),
        f"-Xmx{heap(settings)}",
        "--add-modules=jdk.incubator.vector",
        "-XX:+UseCompactObjectHeaders",
        "-XX:+ExitOnOutOfMemoryError",
        f"-XX:ErrorFile={settings.logs / 'java_crash_%p.log'}",
        "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
        "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        *(f"-D{name}={value}" for name, value in options.items()),
        "-cp",
        os.pathsep.join(str(jar) for jar in engine.jars),
        "com.arcadedb.server.ArcadeDBServer",
    ]
    return "".join(f"{_quoted(line)}\n" for line in lines)


def _quoted(argument: str) -> str:
    return '"' + argument.replace("\\", "\\\\").replace('"', '\\"') + '"'


def environment() -> dict[str, str]:
    """The server's environment, with a locale: in its encoding Java reads file names such as Jürgen's."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8"} if sys.platform == "linux" else kept


def no_window() -> int:
    """Process creation flags: on Windows no console window, and Ctrl-C in a client does not arrive."""
    if sys.platform == "win32":
        return subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
    return 0


def answers(server: Server, timeout: float = 2.0) -> bool:
    """Whether the server takes our password and has the database."""
    try:
        status, body = _request(server, "GET", f"/api/v1/exists/{server.database}", None, timeout)
    except (OSError, http.client.HTTPException):
        return False
    return status == 200 and b"true" in body


def listens(server: Server) -> bool:
    """Whether somebody takes HTTP requests on the server's port, with or without the database."""
    try:
        return _request(server, "GET", f"/api/v1/exists/{server.database}", None, 2.0)[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def command(server: Server, text: str, timeout: float = 30.0) -> None:
    """Run one of the server's own commands, such as `create database x`; raises RefusedByServer, OSError."""
    _commanded(server, text, timeout)


def end_query(server: Server, mark: str) -> None:
    """End the queries that have this mark in their text, wherever they are; raises RefusedByServer, OSError."""
    for query in json.loads(_commanded(server, "list queries", 10.0)).get("result", []):
        if mark in query["text"]:
            _commanded(server, f"terminate query {query['id']}", 10.0)


def _commanded(server: Server, text: str, timeout: float) -> bytes:
    status, body = _request(server, "POST", "/api/v1/server", json.dumps({"command": text}), timeout)
    if status >= 400:
        raise RefusedByServer(detail=body.decode("utf-8", "replace")[:300])
    return body


def _request(server: Server, method: str, path: str, body: str | None, timeout: float) -> tuple[int, bytes]:
    # Not urllib: it would send this to a proxy where one is set.
    address = urlsplit(server.http_uri)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=timeout)
    login = base64.b64encode(f"{server.user}:{server.password}".encode()).decode()
    try:
        connection.request(method, path, body, {"Authorization": f"Basic {login}"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def is_server_of(settings: Settings, process: psutil.Process) -> bool:
    """Whether this is a server of this home, told by its command line: never end anything else."""
    try:
        return f"@{arguments_path(settings)}" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def end(process: psutil.Process, server: Server | None, patience: float = 30.0) -> None:
    """Ask a server to write what it holds and stop, wait until it is gone, and kill it if it does not go."""
    try:
        if sys.platform == "win32" and server is not None:
            # Windows has no polite signal; the engine's own command does the same.
            command(server, "shutdown")
        else:
            process.terminate()
    except psutil.NoSuchProcess:
        return
    except (OSError, http.client.HTTPException, RefusedByServer):
        pass
    else:
        if ends(process, patience):
            return
    kill(process, patience)
