"""One connection to the database over Bolt: retries, reconnects to the embedded server, says clearly what is wrong."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from graph.bolt import exceptions as bolt
from graph.bolt import neo4j
from graph.dialect import ArcadeDialect, Dialect, Neo4jDialect
from graph.embedded import ensure_server, require_space
from graph.errors import Missing, StoreError
from graph.quiet import Quiet
from settings import Settings

T = TypeVar("T")
Row = dict[str, Any]
Parameters = Mapping[str, Any]

ATTEMPTS = 8
"""Tries of a write that loses a race or finds the server gone, with growing pauses (about 20 s in all)."""


class DatabaseUnreachable(StoreError):
    en = "The database at {uri} does not answer: {detail}. Start it, or correct NEO4J_URI, and try again."
    de = "Die Datenbank unter {uri} antwortet nicht: {detail}. Starten Sie sie oder berichtigen Sie NEO4J_URI."


class DatabaseHalted(DatabaseUnreachable):
    en = (
        "The database at {uri} has stopped after an error of its own, most often for want of room on its disk. "
        "Make room there, start it again, and try again: what was stored is there. It said: {detail}"
    )
    de = (
        "Die Datenbank unter {uri} hat nach einem eigenen Fehler angehalten, meist weil ihre Platte voll ist. "
        "Schaffen Sie dort Platz, starten Sie sie neu und versuchen Sie es wieder: Gespeichertes ist noch da. "
        "Ihre Meldung: {detail}"
    )


class DatabaseLogin(Missing):
    en = "The database at {uri} refused the login. Check NEO4J_USERNAME and NEO4J_PASSWORD."
    de = "Die Datenbank unter {uri} hat die Anmeldung abgelehnt. Prüfen Sie NEO4J_USERNAME und NEO4J_PASSWORD."


class QueryFailed(StoreError):
    en = "The database could not do this: {detail}"
    de = "Die Datenbank konnte das nicht ausführen: {detail}"


class Transaction:
    """A managed transaction; what it runs is either wholly stored or not at all."""

    __slots__ = ("_tx",)

    def __init__(self, tx: neo4j.ManagedTransaction) -> None:
        self._tx = tx

    def run(self, query: str, /, **parameters: Any) -> list[Row]:
        """Run one query and return all its rows."""
        return [_row(record) for record in self._tx.run(query, parameters)]

    def batches(self, query: str, rows: Sequence[Any], size: int = 1000, /, **parameters: Any) -> list[Row]:
        """Run a query that UNWINDs `$rows` in batches; returns the rows of all of them. No rows, no query."""
        found: list[Row] = []
        for begin in range(0, len(rows), size):
            found += self.run(query, rows=rows[begin : begin + size], **parameters)
        return found


class Connection:
    """A connection that survives the embedded server being stopped, killed or moved to another port."""

    def __init__(self, settings: Settings, many: bool = False) -> None:
        self.settings = settings
        self.many = many
        """Whether many people ask by this connection at once."""
        self._lock = threading.Lock()
        self._driver: neo4j.Driver | None = None
        self._uri = settings.neo4j_uri or ""
        self._database = settings.neo4j_database
        self.quiet = Quiet(self.read, self.note)
        # In a cluster what was just written may not have come to whoever is asked next: bookmarks make it wait.
        self.routed = _routed(self._uri)
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager() if self.routed else None
        self.dialect: Dialect
        self._connect()

    @property
    def embedded(self) -> bool:
        return self.settings.neo4j_uri is None

    @property
    def driver(self) -> neo4j.Driver:
        assert self._driver is not None
        return self._driver

    @property
    def database(self) -> str | None:
        return self._database

    def _connect(self) -> None:
        if self.settings.neo4j_uri is None:
            server = ensure_server(self.settings)
            self._uri, self._database = server.bolt_uri, server.database
            self.dialect = ArcadeDialect(server)
            auth = (server.user, server.password)
        else:
            if not self.settings.neo4j_password:
                raise DatabaseLogin(uri=self._uri)
            self.dialect = Neo4jDialect()
            auth = (self.settings.neo4j_username, self.settings.neo4j_password)
        self._driver = neo4j.GraphDatabase.driver(
            self._uri,
            auth=auth,
            # The embedded server comes back on another port: our own loop reconnects, so the driver must not wait.
            max_transaction_retry_time=0 if self.embedded else 10,
            connection_timeout=10,
            max_connection_lifetime=600,
            notifications_min_severity="OFF",
        )

    def _reconnect(self, broken: neo4j.Driver) -> None:
        with self._lock:
            if self._driver is not broken:
                return
            self._connect()
        broken.close()

    def session(self, driver: neo4j.Driver, read_only: bool = False) -> neo4j.Session:
        """A session that knows what this connection has written, whichever member of a cluster answers it."""
        access = neo4j.READ_ACCESS if read_only else neo4j.WRITE_ACCESS
        return driver.session(database=self._database, default_access_mode=access, bookmark_manager=self._bookmarks)

    def close(self) -> None:
        """Close all sockets; the connection cannot be used afterwards."""
        if self._driver is not None:
            self._driver.close()

    def read(self, query: str, /, **parameters: Any) -> list[Row]:
        """Rows of one query that only reads, in a transaction of its own."""
        if self.embedded:
            # Without saying where it begins and ends: one way to the server and back instead of three. On a cluster
            # the driver's own managed transaction finds the right member.
            return self._retry(lambda session: [_row(record) for record in session.run(query, parameters)])
        return self._retry(lambda session: session.execute_read(lambda tx: Transaction(tx).run(query, **parameters)))

    def look(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, which only reads, in one managed read transaction; it may be called again."""
        return self._retry(lambda session: session.execute_read(lambda tx: work(Transaction(tx))))

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one managed write transaction; it may be called again, so it must only touch the database.

        Waits while a backup is written, see `graph.quiet`.
        """
        self.quiet.wait()
        return self._written(work)

    def note(self, query: str, /, **parameters: Any) -> list[Row]:
        """As `run`, for what belongs to this machine and in no backup, such as who works on what: it never waits."""
        return self._written(lambda tx: tx.run(query, **parameters))

    def _written(self, work: Callable[[Transaction], T]) -> T:
        return self._retry(lambda session: session.execute_write(lambda tx: work(Transaction(tx))))

    def run(self, query: str, /, **parameters: Any) -> list[Row]:
        """Rows of one writing query in a transaction of its own."""
        return self.write(lambda tx: tx.run(query, **parameters))

    def _retry(self, work: Callable[[neo4j.Session], T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            driver = self.driver
            try:
                with self.session(driver) as session:
                    return work(session)
            except bolt.AuthError as error:
                # The embedded server has new passwords after each start: what refuses the old one is its successor.
                if not self.embedded or attempt == ATTEMPTS:
                    raise DatabaseLogin(uri=self._uri) from error
                self._reconnect(driver)
            except bolt.ConstraintError as error:
                # Two writers made the same id at once: the engine kept one; the loser finds it on the next try.
                if attempt == ATTEMPTS:
                    raise QueryFailed(detail=_first_line(error)) from error
            except (bolt.ServiceUnavailable, bolt.SessionExpired, bolt.TransientError) as error:
                # On a server of its own the driver has tried long enough already.
                gone = not self.embedded and isinstance(error, bolt.ServiceUnavailable)
                if attempt == ATTEMPTS or gone:
                    raise DatabaseUnreachable(uri=self._uri, detail=_first_line(error)) from error
                if self.embedded and not isinstance(error, bolt.TransientError):
                    self._reconnect(driver)
            except bolt.Neo4jError as error:
                if self.embedded and attempt < ATTEMPTS and (error.code or "").endswith(_VANISHED):
                    # What this had just found was deleted by somebody else: the next try does not find it.
                    continue
                raise self._refused(error) from error
            time.sleep(random.uniform(0.5, 1.0) * 0.1 * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _refused(self, error: bolt.Neo4jError) -> StoreError:
        """What is told of an error of the database itself; raises DiskFull where that is why."""
        if self.embedded:
            # A full disk shows as all sorts of errors; whether it is one is quickly seen.
            require_space(self.settings)
        elif error.code in _HALTED:
            return DatabaseHalted(uri=self._uri, detail=(error.message or error.code or "")[:_SAID])
        return QueryFailed(detail=_first_line(error))


_SAID = 160
"""Characters of what the database says itself, where our own words say what it means."""
_VANISHED = "EntityNotFound"
"""How the embedded engine says that a record is gone which the same query has found."""
_HALTED = frozenset(
    f"Neo.DatabaseError.Transaction.{what}"
    for what in ("TransactionStartFailed", "TransactionCommitFailed", "TransactionLogError")
)
"""How Neo4j says that it cannot write its log any more; from then on it wants to be started again."""
_PLAIN = frozenset((str, int, float, bool, type(None)))


class _Other(Exception):
    """A value that is neither plain, nor a node, nor made of these."""


def _row(record: neo4j.Record) -> Row:
    """What `record.data()` gives, without looking at each number of a vector: that took longer than the query."""
    try:
        return {key: _value(value) for key, value in zip(record.keys(), record.values(), strict=True)}
    except _Other:
        return record.data()


def _value(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return value if _PLAIN.issuperset(map(type, value)) else [_value(each) for each in value]
    if kind is neo4j.graph.Node:
        return dict(value.items())
    if kind is dict:
        return {key: _value(each) for key, each in value.items()}
    raise _Other


def _routed(uri: str) -> bool:
    """Whether this scheme has the driver find the members of a cluster: `neo4j://`, `neo4j+s://`, `neo4j+ssc://`."""
    return uri.partition(":")[0].partition("+")[0] == "neo4j"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
