"""What tests share: a home of their own, and real servers that start when the first test asks for them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import hypothesis
import neo4j
import pytest
from streamlit.components.v2 import manifest_scanner

import settings as configuration
from graph import arcade
from graph.embedded import ensure_server, release_server, stop_server
from ingest.worker import stop_worker
from scripts import chromium
from settings import Settings
from tests import graph_samples, page_homes
from tests.servers import SHORT_LIVED, CannotRun, start_neo4j

# One core for each process of tests: threads that wait for each other burn the core that the other process needs.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
# How long an example takes says nothing on a machine that does other work too.
hypothesis.settings.register_profile(
    "busy",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
)
hypothesis.settings.load_profile("busy")
GIVEN = {field: os.environ.get(variable) for field, variable in configuration.VARIABLES.items()}
"""What the environment said before the tests hid it from the code under test."""
TARGETS = ["embedded", "neo4j", *(["given"] if GIVEN["neo4j_uri"] else [])]


SHARED: list[Settings] = []
"""Homes and databases that several files of tests use, one after the other."""


@pytest.fixture(scope="module", autouse=True)
def nothing_left() -> Iterator[None]:
    """End the worker that a file of tests may have started, and take out what it has put into shared databases.

    The next file does the work itself, and finds nothing that waits for it but its own documents.
    """
    yield
    for settings in SHARED:
        stop_worker(settings)
        graph_samples.clear(settings)


def cannot_run(reason: str) -> None:
    """Skip a test whose server this machine cannot run; in CI that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The `WUNDERKAMMER_HOME` of this run; no test sees the user's own settings, neither variables nor `.env`."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for variable in configuration.VARIABLES.values():
            patch.setenv(variable, "")
        patch.setenv("WUNDERKAMMER_HOME", str(folder))
        # Each AppTest reads the descriptions of all installed packages, which takes longer than the pages; they stay.
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        patch.setenv(arcade.JAVA_OPTIONS, " ".join(SHORT_LIVED))
        yield folder
        stop_server(Settings(home=folder))


@pytest.fixture(scope="session", autouse=True)
def warm_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The home that `page_home` gives to one file of tests after the other."""
    page_homes.WARM.settings = Settings(home=tmp_path_factory.mktemp("warm") / "Jürgens 'Kammer' №1")
    yield
    stop_server(page_homes.WARM.settings)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Settings]:
    """A home for one test, with a name that is hard for shells and for Java; its server stops after it."""
    settings = Settings(home=tmp_path / "Jürgens 'Kammer' №1", server_idle=2)
    yield settings
    stop_server(settings)
    release_server(settings)


@pytest.fixture(scope="session")
def embedded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a running embedded server that all tests of this run share."""
    settings = Settings(home=tmp_path_factory.mktemp("embedded"))
    ensure_server(settings)
    SHARED.append(settings)
    yield settings
    SHARED.remove(settings)
    stop_server(settings)


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a real Neo4j server that all tests of this run share."""
    folder = tmp_path_factory.mktemp("neo4j")
    try:
        server = start_neo4j(folder / "server", SHORT_LIVED)
    except CannotRun as reason:
        cannot_run(str(reason))
        raise
    settings = Settings(
        home=folder / "home", neo4j_uri=server.uri, neo4j_username=server.user, neo4j_password=server.password
    )
    SHARED.append(settings)
    yield settings
    SHARED.remove(settings)
    server.stop()


@pytest.fixture(scope="session")
def given_server(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the server that `NEO4J_URI` names; its database must be empty, for the tests write to it."""
    username, password = GIVEN["neo4j_username"] or "neo4j", GIVEN["neo4j_password"] or ""
    uri, database = GIVEN["neo4j_uri"] or "", GIVEN["neo4j_database"]
    with neo4j.GraphDatabase.driver(uri, auth=(username, password)) as driver:
        nodes = driver.execute_query("MATCH (n) RETURN count(n) AS nodes", database_=database).records[0]["nodes"]
    if nodes:
        pytest.skip(f"NEO4J_URI names a database that holds {nodes} nodes; the tests want an empty one")
    return Settings(
        home=tmp_path_factory.mktemp("given"),
        neo4j_uri=uri,
        neo4j_username=username,
        neo4j_password=password,
        neo4j_database=database,
    )


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The path of a Chromium for the browser tests."""
    path = chromium.find()
    if path is None:
        cannot_run("Chromium is not installed; on Debian and Ubuntu: sudo apt install chromium")
    return path or ""


@pytest.fixture(scope="session", params=TARGETS)
def store_target(request: pytest.FixtureRequest) -> Settings:
    """Settings of each database that the store must work with: embedded, Neo4j, and the one in `NEO4J_URI` if any."""
    settings = request.getfixturevalue(f"{request.param}_server")
    assert isinstance(settings, Settings)
    return settings
