"""Addresses of clusters: the driver finds the members, and what was written is seen by whoever is asked next."""

from __future__ import annotations

import uuid
from dataclasses import replace

from graph import cypher
from graph.connection import Connection
from graph.store import Store
from graph.types import Collection
from settings import Settings
from tests import graph_samples as samples


def test_each_question_waits_for_what_was_written_before(neo4j_server: Settings) -> None:
    here = uuid.uuid4().hex
    routed = replace(neo4j_server, neo4j_uri=(neo4j_server.neo4j_uri or "").replace("bolt://", "neo4j://"))
    with Store(routed) as store:
        marks = store._db._bookmarks
        assert marks is not None
        before = set(marks.get_bookmarks())
        store.documents.put_collection(Collection(here, here))
        written = set(marks.get_bookmarks())
        assert written and written != before, "the write left a mark"
        of = samples.put_random(store, here, "one.txt")
        with store._db.session(store._db.driver, read_only=True) as session:
            session.run("RETURN 1").consume()
            assert session.last_bookmarks().raw_values, "a new session begins where the last write ended"
        assert [each.id for each in store.documents.listed([here])] == [of.id]
        rows = store.reader.rows("MATCH (d:Document) RETURN d.title AS title", here)
        assert [list(row) for row in rows.table.rows] == [[of.title]]


def test_one_server_needs_none(neo4j_server: Settings) -> None:
    connection = Connection(neo4j_server)
    try:
        assert connection._bookmarks is None and connection.read(cypher.META) is not None
    finally:
        connection.close()
