"""Cypher of archives: everything of some collections as it is stored, read and written a page at a time.

`{label}`, `{start}`, `{type}` and `{end}` are names of `graph.archived`; values are parameters.
"""

from __future__ import annotations

IDS = "MATCH (n:{label}) WHERE n.collection IN $collections RETURN collect(n.id) AS ids"

COLLECTION_IDS = "MATCH (n:Collection) WHERE n.id IN $collections RETURN collect(n.id) AS ids"

# Without the vector: reading that too would take ten times as long.
NODES = "UNWIND $ids AS id MATCH (n:{label} {id: id}) RETURN n {.*, embedding: null} AS properties"

EDGES = """
UNWIND $ids AS id MATCH (a:{start} {id: id})-[r:{type}]->(b:{end})
RETURN id AS a, b.id AS b, properties(r) AS r"""

VECTORS = """
UNWIND $ids AS id MATCH (n:{label} {id: id}) WHERE n.embedding IS NOT NULL
RETURN id, n.embedding AS vector"""

PUT_NODES = "UNWIND $rows AS row MERGE (n:{label} {id: row.id}) SET n += row"

PUT_EDGES = """
UNWIND $rows AS row
MATCH (a:{start} {id: row.a}) MATCH (b:{end} {id: row.b})
CREATE (a)-[r:{type}]->(b)
SET r = row.r
RETURN count(r) AS n"""

TRIPLES = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN id, a.id AS subject, s.predicate AS predicate, b.id AS object"""

COUNT = "MATCH (n:{label}) WHERE n.collection IN $collections RETURN count(n) AS n"

WIPE = """
MATCH (n:{label}) WHERE n.collection IN $collections
WITH n LIMIT $limit
DETACH DELETE n
RETURN count(*) AS n"""

OPENING = "MATCH (m:Meta {id: 'opening'}) RETURN m.collections AS collections"

BEGIN_OPENING = "MERGE (m:Meta {id: 'opening'}) SET m.collections = $collections"

END_OPENING = "MATCH (m:Meta {id: 'opening'}) DELETE m"
