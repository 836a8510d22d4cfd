"""Runs a query from outside that was checked: as one who may only read, for a limited time and number of rows.

Three doors stand one behind the other: the grammar of `graph.cypher_read`, which writes the query anew; the database,
which lets this login or session only read (on Neo4j `EXPLAIN` says so first); and the clock.
"""

from __future__ import annotations

import contextlib
import re
import secrets
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from graph import arcade
from graph.bolt import exceptions as bolt
from graph.bolt import neo4j
from graph.connection import Connection
from graph.cypher_narrow import Narrowing
from graph.cypher_read import Checked, checked
from graph.cypher_words import QueryForbidden
from graph.dialect import ArcadeDialect
from graph.embedded import Server
from graph.errors import StoreError, WrongUse
from graph.ways import Filters, Table

MOST_ROWS: Final = 100
EVERYTHING: Final = Filters()
SECONDS: Final = 10.0
_LONGEST_CELL: Final = 400
_ID: Final = re.compile(r"[0-9a-f]{32}")
_STOPPED: Final = ("Terminated", "TransactionTimedOut", "LockClientStopped")
_NEVER: Final = frozenset(("embedding", "search", "keys", "collection"))
"""Properties that tell nobody anything."""


class QueryStopped(WrongUse):
    en = "The query was stopped after {seconds} s. Make it narrower: name a document, a person or a kind of claim."
    de = "Die Abfrage wurde nach {seconds} s angehalten. Fassen Sie sie enger: ein Dokument, eine Person, eine Aussage."


class QueryDidNotRun(StoreError):
    en = "The database could not run this query. Leave out parts of it until it runs. {detail}"
    de = "Die Datenbank konnte diese Abfrage nicht ausführen. Lassen Sie Teile weg, bis sie geht. {detail}"


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query returned, as text, and the ids that stand in it, in their order."""

    table: Table
    ids: tuple[str, ...]


class Reader:
    """Queries of models and people."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def check(
        self,
        query: str,
        collection: str,
        kinds: Collection[str] = (),
        most: int = MOST_ROWS,
        filters: Filters = EVERYTHING,
        documents: frozenset[str] | None = None,
    ) -> Checked:
        """The query as it would run; raises QueryNotUnderstood, QueryForbidden, QueryTooBroad, NotNarrowed."""
        return checked(query, collection, kinds, most + 1, Narrowing(filters, documents))

    def rows(
        self,
        query: str,
        collection: str,
        kinds: Collection[str] = (),
        most: int = MOST_ROWS,
        seconds: float = SECONDS,
        filters: Filters = EVERYTHING,
        documents: frozenset[str] | None = None,
    ) -> Rows:
        """At most `most` rows of one collection; every part of the query sees only what the filters let through.

        `documents` are those that may be seen, None for all: the documents and the language of the filters come so.
        Raises QueryNotUnderstood, QueryForbidden, QueryTooBroad, NotNarrowed before anything runs; QueryStopped,
        QueryDidNotRun.
        """
        allowed = self.check(query, collection, kinds, most, filters, documents)
        with self._opened() as (driver, server):
            try:
                columns, found = self._run(driver, server, allowed, seconds)
            except bolt.Neo4jError as error:
                if any(word in (error.code or "") for word in _STOPPED):
                    raise QueryStopped(seconds=seconds) from None
                # The embedded database tells its reasons to its log alone.
                raise QueryDidNotRun(detail="" if server else (error.message or "")[:300]) from None
            except bolt.DriverError as error:
                raise QueryDidNotRun(detail=str(error)[:300]) from None
        rows = tuple(tuple(_cell(value) for value in row) for row in found[:most])
        ids = dict.fromkeys(id_ for row in found[:most] for value in row for id_ in _ids(value))
        return Rows(Table(query.strip(), columns, rows, len(found) > most), tuple(ids))

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[neo4j.Driver, Server | None]]:
        """A driver that may only read. The embedded database has a login for that; Neo4j takes it from the session."""
        dialect = self._db.dialect
        if not isinstance(dialect, ArcadeDialect):
            yield self._db.driver, None
            return
        server = dialect.server
        login = (server.reader, server.reader_password)
        with neo4j.GraphDatabase.driver(server.bolt_uri, auth=login, notifications_min_severity="OFF") as driver:
            yield driver, server

    def _run(
        self, driver: neo4j.Driver, server: Server | None, query: Checked, seconds: float
    ) -> tuple[tuple[str, ...], list[Sequence[Any]]]:
        mark = f"/* {secrets.token_hex(8)} */"
        with self._db.session(driver, read_only=True) as session:
            if server is None:
                kind = session.run(neo4j.Query(f"EXPLAIN {query.text}"), query.parameters).consume().query_type
                if kind != "r":
                    raise QueryForbidden(word=str(kind))
            timed = neo4j.Query(f"{mark} {query.text}", timeout=seconds)
            with _clock(server, mark, seconds):
                result = session.run(timed, query.parameters)
                return tuple(result.keys()), [record.values() for record in islice(result, MOST_ROWS + 1)]


@contextlib.contextmanager
def _clock(server: Server | None, mark: str, seconds: float) -> Iterator[None]:
    """Ends the query when its time is over; Neo4j does so itself."""
    if server is None:
        yield
        return
    timer = threading.Timer(seconds, _end, (server, mark))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _end(server: Server, mark: str) -> None:
    # A server that does not answer has stopped, and the query with it.
    with contextlib.suppress(OSError, arcade.RefusedByServer):
        arcade.end_query(server, mark)


def _cell(value: Any) -> str:
    """A value as text: of a thing what it is called, of a list its parts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, neo4j.graph.Node):
        said = {name: each for name, each in value.items() if name not in _NEVER}
        return _short(str(said.get("name") or said.get("title") or said.get("text") or said.get("id") or ""))
    if isinstance(value, neo4j.graph.Relationship):
        return _short(str(value.get("predicate") or value.get("quote") or value.type))
    if isinstance(value, list | tuple):
        return _short(", ".join(_cell(each) for each in value[:20]))
    return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


def _ids(value: Any) -> Iterator[str]:
    """Ids among what was returned."""
    if isinstance(value, neo4j.graph.Node):
        value = value.get("id")
    if isinstance(value, list | tuple):
        for each in value[:20]:
            yield from _ids(each)
    elif isinstance(value, str) and _ID.fullmatch(value):
        yield value
