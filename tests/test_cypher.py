"""Queries from outside: what only reads runs within one collection, and all else is refused before it runs."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.cypher_read import checked
from graph.cypher_words import QueryForbidden, QueryNotUnderstood, QueryTooBroad, QueryWithoutKind
from graph.errors import WrongUse
from graph.reader import QueryStopped
from graph.store import Store
from settings import Settings
from tests import graph_samples as samples

HERE = "queried"
REFUSED = [
    "CREATE (n:Chunk {id: 'x'}) RETURN n",
    "MATCH (n:Chunk) SET n.text = 'x' RETURN n",
    "MATCH (n:Chunk) DETACH DELETE n",
    "MATCH (n:Chunk) DELETE n RETURN 1",
    "MATCH (n:Chunk) REMOVE n.text RETURN n",
    "MERGE (n:Chunk {id: 'x'}) RETURN n",
    "MATCH (n:Chunk) /* harmless */ SET n.text = '' RETURN n",
    "MATCH (n:Chunk) // RETURN n\nDELETE n",
    "MATCH (n:Chunk) RETURN n /* */ ; MATCH (m:Chunk) DELETE m",
    "MATCH (n:Chunk) RETURN n; DROP INDEX wk_chunk_id",
    "MATCH (n:Chunk) FOREACH (x IN [1] | SET n.text = '') RETURN n",
    "CALL db.labels()",
    "CALL dbms.components() YIELD name RETURN name",
    "MATCH (n:Chunk) CALL { WITH n DELETE n } RETURN 1",
    "MATCH (n:Chunk) CALL apoc.cypher.doIt('DELETE n', {}) YIELD value RETURN value",
    "MATCH (n:Chunk) RETURN apoc.text.join(['a'], '')",
    "MATCH (n:Chunk) RETURN apoc.load.json('http://example.org')",
    "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
    "MATCH (n:Chunk) LOAD CSV FROM 'http://x' AS l RETURN l",
    "MATCH (n:Chunk) WHERE EXISTS { MATCH (m:Chunk) DELETE m } RETURN n",
    "MATCH (n:Chunk) RETURN COUNT { (n)--() }",
    "MATCH (n:Chunk) RETURN [(n)-[r]-(m) | m.text]",
    "MATCH (n:Chunk) WHERE (n)-[]-() RETURN n",
    "MATCH (n:Chunk) WHERE (n)--(n) RETURN n",
    "MATCH (n:Chunk) WHERE (n)<-[:STATED_IN]-(n) RETURN n",
    "MATCH (n:Chunk) WHERE n < -1 RETURN n",
    "MATCH (n) RETURN n",
    "MATCH (n:Job) RETURN n",
    "MATCH (n:Meta) RETURN n",
    "MATCH (n:`Chunk`) RETURN n",
    "MATCH (n:Chunk {collection: 'other'}) DELETE n",
    "MATCH (a:Chunk), (b:Chunk) RETURN a, b",
    "MATCH (a:Chunk) MATCH (b:Chunk) RETURN count(*)",
    "MATCH (a:Chunk) WITH count(a) AS n MATCH (a:Chunk) RETURN a",
    "MATCH (a:Chunk) WITH a.id AS a MATCH (a) RETURN a",
    "MATCH (a:__Entity__)-[*]-(b:__Entity__) RETURN a",
    "MATCH (a:__Entity__)-[*1..30]-(b:__Entity__) RETURN a",
    "MATCH p = shortestPath((a:Chunk)-[*]-(b:Chunk)) RETURN p",
    "MATCH (a:Chunk) RETURN range(1, 1000000000)",
    "UNWIND range(1, 1000000000) AS x RETURN x",
    "MATCH (a:Chunk) UNWIND [1, 2] AS x RETURN x",
    "MATCH (a:Chunk) RETURN reduce(t = 0, x IN [1] | t + x)",
    "MATCH (a:Chunk) WHERE a.text =~ '(a+)+$' RETURN a",
    "MATCH (a:Chunk) RETURN a UNION MATCH (b:Job) RETURN b",
    "USE system MATCH (a:Chunk) RETURN a",
    "EXPLAIN MATCH (a:Chunk) RETURN a",
    "SHOW USERS",
    "MATCH (a:Chunk) RETURN $collection",
    "MATCH (a:Chunk) RETURN a.text ＣＡＬＬ",
    "MATCH (a:Chunk) \\u0044ELETE a",
    "MATCH (a:Chunk)\u200b RETURN a",
    "MATCH (a:Chunk) RETURN a\u2028DELETE a",
    "MATCH (a:Chunk {text: 'x\\u0027}) DELETE a //'}) RETURN a",
    "MATCH (a:Chunk) RETURN 'open",
    "MATCH (a:Chunk) RETURN " + "(" * 60 + "1" + ")" * 60,
    "MATCH (a:Chunk) RETURN " + " + ".join("1" for _ in range(400)),
    "MATCH (a:Chunk)" + "-[]-(b:Chunk)" * 9 + " RETURN a",
    "MATCH (a:Chunk) RETURN a LIMIT 1 SET a.text = ''",
    "RETURN 1",
    "",
]


@pytest.mark.parametrize("query", REFUSED)
def test_what_could_do_more_than_read_here_is_refused(query: str) -> None:
    with pytest.raises((QueryForbidden, QueryNotUnderstood, QueryTooBroad, QueryWithoutKind)) as refused:
        checked(query, HERE, {"Person"}, 100)
    assert refused.value.text("de") != refused.value.text("en")


def test_what_is_understood_is_written_anew_with_texts_as_parameters_and_a_limit() -> None:
    done = checked(
        "match (p:Person {name: \"Ole's\"})<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(o:Entity) WHERE o.name CONTAINS 'x' "
        "RETURN DISTINCT s.text AS said, count(*) ORDER BY said DESC LIMIT 5000;",
        HERE,
        {"Person"},
        101,
    )
    assert done.text == (
        "MATCH (p:__Entity__ {collection: $collection, type: $p1 , name : $p2 } ) <-[ :SUBJECT ]- (s:Statement "
        "{collection: $collection } ) -[ :OBJECT ]-> (o:__Entity__ {collection: $collection } ) WHERE o.name CONTAINS "
        "$p3 RETURN DISTINCT s.text AS said , count ( * ) ORDER BY said DESC LIMIT 101"
    )
    assert done.parameters == {"collection": HERE, "p1": "Person", "p2": "Ole's", "p3": "x"}


@given(st.text(max_size=200))
def test_no_text_at_all_is_more_than_refused(text: str) -> None:
    for query in (text, f"MATCH (a:Chunk) {text}", f"MATCH (a:Chunk) WHERE a.text = {text} RETURN a"):
        try:
            done = checked(query, HERE, (), 100)
        except WrongUse:
            continue
        assert done.text.isascii() and "'" not in done.text and done.text.startswith("MATCH (")


@pytest.fixture(scope="module")
def store(store_target: Settings) -> Iterator[Store]:
    with Store(store_target) as opened:
        made = [samples.put_random(opened, where, f"q{n}", 6) for where in (HERE, "secret") for n in range(3)]
        yield opened
        for of in made:
            opened.removal.remove(of.id, of.collection)


def test_rows_come_from_one_collection_with_their_ids(store: Store) -> None:
    found = store.reader.rows("MATCH (s:Statement)-[q:STATED_IN]->(c:Chunk) RETURN s, c.id AS passage, q, 1.5", HERE)
    assert found.table.columns[:3] == ("s", "passage", "q") and found.table.rows
    known = {row["id"] for row in store.query("MATCH (n) WHERE n.collection = $c RETURN n.id AS id", c=HERE)}
    assert found.ids and set(found.ids) <= known
    everybody = "MATCH (e:Entity)-[m:FROM_CHUNK]->(c:Chunk)-[:FROM_DOCUMENT]->(d:Document) RETURN e.name, d.title"
    few = store.reader.rows(everybody, HERE, most=2)
    assert len(few.table.rows) == 2 and few.table.more
    people = store.reader.rows("MATCH (e:Person) WITH e MATCH (e)-[:FROM_CHUNK]->(c:Chunk) RETURN e", HERE, {"Person"})
    persons = {row["n"] for row in store.query("MATCH (e:__Entity__ {type: 'Person'}) RETURN e.name AS n")}
    assert {row[0] for row in people.table.rows} <= persons
    assert store.reader.rows("MATCH (c:Chunk) RETURN c", "nowhere").table.rows == ()


def test_a_query_that_takes_too_long_is_ended(store: Store) -> None:
    step = "-[:FROM_CHUNK]->(c{0}:Chunk)<-[:FROM_CHUNK]-(e{0}:Entity)"
    walk = "MATCH (e:Entity)" + "".join(step.format(n) for n in range(4))
    # Long enough that a busy machine gets round to ending it.
    said = "toLower(e.name + c0.text + c1.text + c2.text + c3.text + e3.name) CONTAINS 'nowhere{0}'"
    walk += f" WHERE {' OR '.join(said.format(n) for n in range(12))} RETURN count(*)"
    began = time.monotonic()
    with pytest.raises(QueryStopped):
        store.reader.rows(walk, HERE, seconds=0.05)
    assert time.monotonic() - began < 60
    assert store.reader.rows("MATCH (c:Chunk) RETURN count(c)", HERE).table.rows == (("18",),)
