"""The Cypher of how sources arrive: the places documents were found at, new versions of them, folders that are watched.

As in `graph.cypher` values are parameters, nothing is spliced, and the same text runs on both databases.
"""

from __future__ import annotations

# --- places: a file or web address, and the document that was found there last -----------------------------------

DOCUMENTS_AT = """
UNWIND $ids AS id
MATCH (o:Origin {id: id})-[:HOLDS]->(d:Document)
RETURN o.uri AS uri, d.id AS document"""

PUT_ORIGINS = """
UNWIND $rows AS row
MERGE (o:Origin {id: row.id})
SET o.uri = row.uri, o.collection = row.collection"""

DROP_HOLDS = """
UNWIND $rows AS row
MATCH (o:Origin {id: row.id})-[h:HOLDS]->(:Document)
WITH collect(h) AS gone UNWIND gone AS each DELETE each"""

PUT_HOLDS = """
UNWIND $rows AS row
MATCH (o:Origin {id: row.id}) MATCH (d:Document {id: row.document})
MERGE (o)-[:HOLDS]->(d)"""

ORIGINS_OF_DOCUMENTS = """
UNWIND $ids AS id
MATCH (o:Origin)-[:HOLDS]->(d:Document {id: id})
RETURN d.id AS document, o.uri AS uri ORDER BY uri"""

DROP_UNMARKED_ORIGINS = """
MATCH (o:Origin)-[:HOLDS]->(d:Document {id: $id}) WHERE o.mark IS NULL
WITH collect(o) AS gone UNWIND gone AS each DETACH DELETE each"""

UNHELD_WITH_URI = """
MATCH (d:Document) WHERE d.uri = $uri AND d.collection = $collection AND NOT (d)<-[:HOLDS]-(:Origin)
RETURN d AS document ORDER BY d.added_at DESC LIMIT 1"""

SET_URI = "MATCH (d:Document {id: $id}) SET d.uri = $uri"

MARKS_BELOW = """
MATCH (o:Origin) WHERE o.collection = $collection AND o.uri STARTS WITH $prefix
OPTIONAL MATCH (o)-[:HOLDS]->(d:Document)
RETURN o.uri AS uri, o.mark AS mark, d.id AS document ORDER BY uri"""

SET_MARKS = """
UNWIND $rows AS row
MERGE (o:Origin {id: row.id})
SET o.uri = row.uri, o.collection = row.collection, o.mark = row.mark"""

DROP_ORIGINS = "UNWIND $ids AS id MATCH (o:Origin {id: id}) DETACH DELETE o"

ALL_DOCUMENTS = """
MATCH (d:Document) RETURN d.id AS id, d.uri AS uri, d.collection AS collection ORDER BY d.added_at, id"""

# --- versions ---------------------------------------------------------------------------------------------------

PUT_REPLACES = """
UNWIND $rows AS row
MATCH (n:Document {id: row.new}) MATCH (o:Document {id: row.old})
MERGE (n)-[:REPLACES]->(o)"""

DROP_REPLACES = """
MATCH (:Document {id: $new})-[r:REPLACES]->(:Document {id: $old})
WITH collect(r) AS gone UNWIND gone AS each DELETE each"""

REPLACED_BY = """
UNWIND $ids AS id
MATCH (n:Document {id: id})-[:REPLACES]->(o:Document)
RETURN n.id AS new, o.id AS old ORDER BY new, o.added_at, old"""

READ_AND_REPLACING = """
MATCH (n:Document)-[:REPLACES]->(:Document) WHERE n.work <> 'read' AND n.state <> 'failed' AND n.state <> 'pending'
RETURN DISTINCT n.id AS id ORDER BY id"""

CARRY_VECTORS = """
UNWIND $rows AS row
MATCH (a:Chunk {id: row.old}) MATCH (b:Chunk {id: row.new})
WHERE a.embedded = true AND b.embedded = false
SET b.embedding = a.embedding, b.embedded = true
RETURN b.id AS id"""

FINDINGS_OF_CHUNKS = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id}) WHERE c.state IN ['done', 'empty']
RETURN c.id AS id, c.state AS state, c.pairs AS pairs, c.refused AS refused"""

MENTIONS_IN_CHUNKS = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})<-[m:FROM_CHUNK]-(e:__Entity__)
RETURN id, e.id AS entity, properties(m) AS properties"""

SOURCES_IN_CHUNKS = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})<-[q:STATED_IN]-(s:Statement)
RETURN id, s.id AS statement, properties(q) AS properties"""

# --- watched folders --------------------------------------------------------------------------------------------

PUT_WATCH = "MERGE (w:Watch {id: $id}) SET w += $properties"

WATCHES = """
MATCH (w:Watch) WHERE w.collection IN $collections AND w.host = $host
RETURN w AS watch ORDER BY w.folder"""

UPDATE_WATCH = "MATCH (w:Watch {id: $id}) SET w += $properties RETURN w.id AS id"

DROP_WATCH = "MATCH (w:Watch {id: $id}) DETACH DELETE w"
