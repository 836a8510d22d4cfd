"""Cypher of exports: the ids of all that is taken out, and each page of it, asked for by ids.

As in `graph.cypher` values are parameters, and the same text runs on both databases. `{label}` is a name of ours.
"""

from __future__ import annotations

# One row that holds a list: a row for each id takes ten times the memory.
ALL_IDS = "MATCH (n:{label}) WHERE n.collection IN $collections RETURN collect(n.id) AS ids"

CLAIMS_AMONG = """
UNWIND $ids AS id
MATCH (a:__Entity__ {id: id})<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(b:__Entity__)
RETURN s.id AS id, b.id AS object"""

CLAIMS_OF_PASSAGES = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})<-[:STATED_IN]-(s:Statement)
RETURN DISTINCT s.id AS id"""

ENTITIES_OF_PASSAGES = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})<-[:FROM_CHUNK]-(e:__Entity__)
RETURN DISTINCT e.id AS id"""

ENDS_OF_CLAIMS = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN id, a.id AS subject, b.id AS object"""

PASSAGES_OF_CLAIMS = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[:STATED_IN]->(c:Chunk)
RETURN DISTINCT c.id AS id"""

PASSAGES_OF_DOCUMENTS = "UNWIND $ids AS id MATCH (c:Chunk {document: id}) RETURN c.id AS id"

DOCUMENTS_OF_PASSAGES = "UNWIND $ids AS id MATCH (c:Chunk {id: id}) RETURN DISTINCT c.document AS id"

CLAIMS = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN s.id AS id, s.text AS text, s.predicate AS predicate, s.model AS model, s.confidence AS confidence,
       s.collection AS collection, s.earliest AS earliest, s.latest AS latest, a.id AS subject,
       a.name AS subject_name, b.id AS object, b.name AS object_name"""

SOURCES = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[q:STATED_IN]->(c:Chunk)
RETURN id, c.id AS chunk, q.quote AS quote, q.start AS start, q.end AS end, q.supported AS supported,
       q.dated AS dated, q.edtf AS edtf, q.earliest AS earliest, q.latest AS latest, q.place AS place,
       q.region AS region, q.text AS text, q.model AS model, q.confidence AS confidence, q.correction AS correction,
       c.document AS document, c.page AS page, c.canvas AS canvas, c.region AS passage_region"""

MENTIONS = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})<-[m:FROM_CHUNK]-(e:__Entity__)
RETURN c.id AS chunk, e.id AS entity, m.name AS name, m.count AS count"""

ORDER_OF_PASSAGES = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})-[:NEXT_CHUNK]->(n:Chunk)
RETURN c.id AS id, n.id AS next"""

CORRECTIONS = """
MATCH (k:Correction) WHERE k.collection IN $collections
RETURN k AS correction ORDER BY k.at, k.id SKIP $skip LIMIT $limit"""

# --- annotations ------------------------------------------------------------------------------------------------

PAGES_OF_CANVASES = """
MATCH (d:Document) WHERE d.collection IN $collections
MATCH (d)<-[:FROM_DOCUMENT]-(c:Chunk) WHERE c.canvas IN $canvases AND c.page IS NOT NULL
RETURN DISTINCT c.canvas AS canvas, c.document AS document, c.page AS page"""

DOCUMENTS_STATING = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[:STATED_IN]->(c:Chunk)
RETURN DISTINCT id, c.document AS document"""
