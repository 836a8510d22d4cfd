"""Real servers for the tests, started by the tests themselves."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

import neo4j
from filelock import FileLock
from neo4j.exceptions import ServiceUnavailable, SessionExpired, TransientError

ROOT = Path(__file__).resolve().parents[1]
RECIPE = ROOT / "tests" / "neo4j"
JARS = ROOT / ".cache" / "neo4j-lib"
START_SECONDS = 300
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Java optimises for hours what runs for seconds here: without its second compiler our servers need half the work."""


class CannotRun(Exception):
    """A server that this machine cannot run; the text is the reason."""


@dataclass(frozen=True, slots=True)
class Neo4jProcess:
    """A running Neo4j server that nobody else uses."""

    uri: str
    user: str
    password: str = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)

    def stop(self) -> None:
        """Stop it cleanly; kill it after half a minute."""
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_neo4j(
    home: Path, java_options: Sequence[str] = (), /, heap_mb: int = 768, pages_mb: int = 128, port: int | None = None
) -> Neo4jProcess:
    """Start a Neo4j server with the database in `home`, at first an empty one; raises CannotRun without a JDK or jars.

    `heap_mb` and `pages_mb` are megabytes of Java's heap and for the pages of its files; without `port` any free one.
    """
    java, jars = java_and_jars()
    home.mkdir(parents=True, exist_ok=True)
    port = port or _free_port()
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch")]
    program = str(RECIPE / "Neo4jServer.java")
    with (home / "neo4j.log").open("wb") as log:
        process = subprocess.Popen(
            [
                java,
                f"-Xmx{heap_mb}m",
                *java_options,
                *opened,
                "-cp",
                f"{jars}/*",
                program,
                str(home),
                str(port),
                str(pages_mb),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    kept = home / "password"
    password = kept.read_text(encoding="utf-8") if kept.exists() else secrets.token_urlsafe(16)
    server = Neo4jProcess(f"bolt://127.0.0.1:{port}", "neo4j", password, process)
    try:
        if kept.exists():
            _wait_for(server, password, "SHOW CURRENT USER", home / "neo4j.log")
        else:
            change = "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new"
            _wait_for(server, "neo4j", change, home / "neo4j.log", new=password)
            kept.write_text(password, encoding="utf-8")
    except BaseException:
        process.kill()
        process.wait()
        raise
    return server


def java_and_jars() -> tuple[str, Path]:
    """The Java that runs the server, and the folder of its jars; raises CannotRun."""
    java, version = _java()
    return java, neo4j_jars(version)


def neo4j_jars(version: str | None = None) -> Path:
    """The folder with the server's jars, fetched by Maven when they are not there yet; raises CannotRun."""
    version = version or _java()[1]
    target = JARS / version
    JARS.mkdir(parents=True, exist_ok=True)
    with FileLock(JARS / "lock"):
        if not (target / "complete").exists():
            _fetch(version, target)
    return target


def _fetch(version: str, target: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotRun("Maven (mvn) is not installed; it fetches Neo4j's jars")
    shutil.rmtree(target, ignore_errors=True)
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={target}"]
    done = subprocess.run(
        [maven, "-q", "-B", "-f", str(RECIPE / "pom.xml"), *goal, f"-Dneo4j.version={version}"],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise CannotRun(f"Maven could not fetch Neo4j {version}: {done.stdout[-500:]}{done.stderr[-500:]}")
    (target / "complete").touch()


def _java() -> tuple[str, str]:
    """A Java that compiles, and the Neo4j version that it runs."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        raise CannotRun("Java is not installed; Neo4j needs a JDK, version 17 or newer")
    text = subprocess.run([java, "--list-modules"], capture_output=True, text=True).stdout
    found = re.search(r"^jdk\.compiler@(\d+)", text, re.MULTILINE)
    if found is None or int(found[1]) < 17:
        raise CannotRun(f"{java} is not a JDK of version 17 or newer")
    return java, "5.26.25" if int(found[1]) < 25 else "2026.09.0"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(server: Neo4jProcess, password: str, first: LiteralString, log: Path, **parameters: str) -> None:
    """Wait until the server answers a first query of its system database, and has its own."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with (
                neo4j.GraphDatabase.driver(server.uri, auth=("neo4j", password)) as driver,
                driver.session(database="system") as session,
            ):
                session.run(first, parameters).consume()
            break
        except (ServiceUnavailable, SessionExpired, TransientError):
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise CannotRun(f"Neo4j did not start: {log.read_text(errors='replace')[-1500:]}") from None
            time.sleep(0.2)
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.user, server.password)) as driver:
        driver.execute_query("RETURN 1", database_="neo4j")


if __name__ == "__main__":
    try:
        print(neo4j_jars())
    except CannotRun as reason:
        sys.exit(str(reason))
