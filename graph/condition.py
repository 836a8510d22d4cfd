"""How the database is, looked at without opening the cabinet: nothing is migrated and nothing can be written.

On the embedded engine the login is that of the reader, whom the engine itself keeps from writing; on Neo4j sessions
have READ access, which it enforces.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graph import cypher, cypher_jobs
from graph.bolt import exceptions as bolt
from graph.bolt import neo4j
from graph.connection import DatabaseLogin, DatabaseUnreachable, QueryFailed
from graph.dialect import ArcadeDialect, Dialect, Neo4jDialect
from graph.embedded import ensure_server
from graph.jobs import HALTED, Use, Uses, to_uses
from graph.schema import MIGRATIONS, Meta, to_meta
from settings import Settings

T = TypeVar("T")
KNOWN = len(MIGRATIONS)
"""The schema that this version brings a database to."""
OLDEST_NEO4J = (5, 26)


@dataclass(frozen=True, slots=True)
class Condition:
    """What the database says of itself; `waiting` are documents by what is next for them, halted imports left out."""

    engine: str
    agent: str
    meta: Meta
    vectors: Mapping[str, int | None] = field(default_factory=dict)
    """Labels that have a vector index, and its dimensions where the engine tells them."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    held_until: float | None = None
    """When the lease ends that ends last, in seconds since 1970."""

    @property
    def fits(self) -> bool:
        """Whether this version can work with it: an older schema becomes the present one when the cabinet is opened."""
        return self.meta.version <= KNOWN

    @property
    def beating(self) -> bool:
        """Whether somebody is at work on a document at this moment."""
        return self.held_until is not None and self.held_until > time.time()

    @property
    def neo4j_version(self) -> tuple[int, int] | None:
        """The version of a Neo4j server; None for the embedded one, and where the server tells none."""
        name, _, version = self.agent.partition("/")
        parts = version.split(".")
        numbers = len(parts) >= 2 and parts[0].isdecimal() and parts[1].isdecimal()
        return (int(parts[0]), int(parts[1])) if name == "Neo4j" and self.engine == "neo4j" and numbers else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of all collections together: what there is, imports by their state, what they spent on models."""

    things: Mapping[str, int]
    waiting: Mapping[str, int]
    jobs: Mapping[str, int]
    spent: Uses


def look(settings: Settings, seconds: float = 10.0) -> Condition:
    """Ask the database how it is; the embedded server is started where it does not run.

    Raises DatabaseUnreachable, DatabaseLogin, QueryFailed and what `ensure_server` raises. No connection takes longer
    than so many seconds.
    """
    return _ask(settings, seconds, _asked)


def figures(settings: Settings, seconds: float = 10.0) -> Figures:
    """Count what there is; starts and raises what `look` does."""
    return _ask(settings, seconds, _counted)


def _ask(settings: Settings, seconds: float, ask: Callable[[neo4j.Driver, str | None, Dialect], T]) -> T:
    dialect: Dialect
    if settings.neo4j_uri is None:
        server = ensure_server(settings)
        uri, database, auth = server.bolt_uri, server.database, (server.reader, server.reader_password)
        dialect = ArcadeDialect(server)
    else:
        uri, database = settings.neo4j_uri, settings.neo4j_database or ""
        if not settings.neo4j_password:
            raise DatabaseLogin(uri=uri)
        auth, dialect = (settings.neo4j_username, settings.neo4j_password), Neo4jDialect()
    limits: dict[str, Any] = {
        "connection_timeout": seconds,
        "connection_acquisition_timeout": seconds,
        "max_transaction_retry_time": 0,
    }
    try:
        with neo4j.GraphDatabase.driver(uri, auth=auth, notifications_min_severity="OFF", **limits) as driver:
            return ask(driver, database or None, dialect)
    except bolt.AuthError as error:
        raise DatabaseLogin(uri=uri) from error
    except (bolt.ServiceUnavailable, bolt.SessionExpired, bolt.TransientError) as error:
        raise DatabaseUnreachable(uri=uri, detail=_reason(error)) from error
    except (bolt.Neo4jError, bolt.DriverError, bolt.ConfigurationError, ValueError) as error:
        raise QueryFailed(detail=_reason(error)) from error


def _asked(driver: neo4j.Driver, database: str | None, dialect: Dialect) -> Condition:
    agent = str(driver.get_server_info().agent)
    with driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        rows = session.run(cypher.META).data()
        waiting = _waiting(session)
        held = session.run(cypher_jobs.HELD_UNTIL).data()[0]["until"]
    vectors = dialect.vector_dimensions(driver, database)
    return Condition(dialect.name, agent, to_meta(rows), vectors, waiting, held)


def _waiting(session: neo4j.Session) -> dict[str, int]:
    halted = [each.value for each in HALTED]
    besides = [row["id"] for row in session.run(cypher_jobs.HALTED_JOBS, states=halted)]
    return {row["work"]: row["n"] for row in session.run(cypher_jobs.WORK_LEFT, job=None, besides=besides)}


def _counted(driver: neo4j.Driver, database: str | None, dialect: Dialect) -> Figures:
    with driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        things = {name: session.run(query).data()[0]["n"] for name, query in cypher.SIZES_BY_NAME.items()}
        jobs: Counter[str] = Counter()
        spent: Uses = {}
        for row in session.run(cypher_jobs.SPENT):
            jobs[row["state"]] += 1
            for paid, use in to_uses(json.loads(row["spent"] or "[]")).items():
                spent[paid] = spent.get(paid, Use()) + use
        return Figures(things, _waiting(session), jobs, spent)


def _reason(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
