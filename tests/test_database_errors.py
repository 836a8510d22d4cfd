"""What the database's own errors are told as."""

from __future__ import annotations

import pytest
from neo4j.exceptions import Neo4jError

from graph.connection import Connection, DatabaseHalted, QueryFailed, Transaction
from graph.errors import WunderkammerError
from settings import Settings

SAID = "The database has encountered a critical error, and needs to be restarted. " + "See the log. " * 50
CODES = ("TransactionStartFailed", "TransactionCommitFailed", "TransactionLogError")


def refused(settings: Settings, code: str) -> WunderkammerError:
    """What whoever asks is told where the database answers with this error."""

    def ask(_: Transaction) -> None:
        raise Neo4jError._hydrate_neo4j(code=code, message=SAID)

    connection = Connection(settings)
    try:
        with pytest.raises(WunderkammerError) as told:
            connection.look(ask)
    finally:
        connection.close()
    return told.value


@pytest.mark.parametrize("code", CODES)
def test_a_database_that_wants_to_be_started_again_says_so(store_target: Settings, code: str) -> None:
    """As Neo4j answers from the moment when its disk was full (`bench.straits disk --engine neo4j`)."""
    error = refused(store_target, f"Neo.DatabaseError.Transaction.{code}")
    if not store_target.neo4j_uri:
        # The embedded one is started again by the program itself, and its full disk is looked at.
        assert isinstance(error, QueryFailed)
        return
    assert isinstance(error, DatabaseHalted) and store_target.neo4j_uri in str(error)
    assert "start it again" in error.text("en") and "starten Sie sie neu" in error.text("de")
    assert SAID[:70] in str(error) and len(str(error)) < 500


def test_any_other_error_is_what_could_not_be_done(store_target: Settings) -> None:
    assert type(refused(store_target, "Neo.ClientError.Statement.SyntaxError")) is QueryFailed
