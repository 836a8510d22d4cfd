"""All Cypher of the ways in which a question is answered besides search: claims as a graph, and what it is made of."""

from __future__ import annotations

# A row for each name and for each passage, with one list: reading a row for each claim takes several times as long. And
# in no order: to put 300,000 claims in one the embedded database needs more memory than it has.
CLAIMS = """
MATCH (a:__Entity__)<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(b:__Entity__) WHERE s.collection IN $collections
WITH a, s, b LIMIT $limit
WITH a, collect([s.id, b.id, coalesce(b.type, 'Thing'), coalesce(s.confidence, 0.0)]) AS said
RETURN a.id AS subject, coalesce(a.type, 'Thing') AS type, said"""

CLAIM_SOURCES = """
MATCH (s:Statement)-[q:STATED_IN]->(c:Chunk) WHERE s.collection IN $collections
WITH s, q, c LIMIT $limit
WITH c, collect([s.id, coalesce(q.supported, false), q.earliest, q.latest]) AS said
RETURN c.id AS chunk, c.document AS document, said"""

TOGETHER = """
MATCH (a:__Entity__)-[r:CO_OCCURS]->(b:__Entity__) WHERE a.collection IN $collections
WITH a, r, b LIMIT $limit
WITH a, collect([b.id, r.weight]) AS others
RETURN a.id AS a, others"""

PASSAGES_OF_ENTITIES = """
UNWIND $ids AS id
MATCH (e:__Entity__ {id: id})-[:FROM_CHUNK]->(c:Chunk)
WITH c, count(DISTINCT e) AS named ORDER BY named DESC, c.id LIMIT $limit
RETURN c.id AS chunk, c.document AS document"""

_IN_TIME = """(NOT $dated OR (q.earliest IS NOT NULL OR q.latest IS NOT NULL)
  AND ($latest IS NULL OR q.earliest IS NULL OR q.earliest <= $latest)
  AND ($earliest IS NULL OR q.latest IS NULL OR q.latest >= $earliest))"""

_OF_A_KIND = "MATCH (s)-[:SUBJECT|OBJECT]->(e:__Entity__) WHERE size($types) = 0 OR coalesce(e.type, 'Thing') IN $types"

CHUNKS_OF_DOCUMENTS = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id}) WHERE c.document IN $documents
RETURN id"""

CHUNKS_OF_A_TIME = f"""
UNWIND $ids AS id
MATCH (c:Chunk {{id: id}})<-[q:STATED_IN]-(s:Statement) WHERE {_IN_TIME}
{_OF_A_KIND}
RETURN DISTINCT id"""

CHUNKS_NAMING_A_KIND = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})<-[:FROM_CHUNK]-(e:__Entity__) WHERE coalesce(e.type, 'Thing') IN $types
RETURN DISTINCT id"""

FITTING_CLAIMS = f"""
UNWIND $ids AS id
MATCH (s:Statement {{id: id}})-[q:STATED_IN]->(c:Chunk)
WHERE ($documents IS NULL OR c.document IN $documents) AND {_IN_TIME}
{_OF_A_KIND}
RETURN DISTINCT id"""

DOCUMENTS_IN_LANGUAGE = """
MATCH (d:Document) WHERE d.collection IN $collections AND d.language STARTS WITH $language
RETURN d.id AS id"""

LANGUAGES = """
MATCH (d:Document) WHERE d.collection IN $collections AND d.language IS NOT NULL
RETURN DISTINCT d.language AS language ORDER BY language"""

KINDS = """
MATCH (e:__Entity__) WHERE e.collection IN $collections
RETURN e.type AS type, count(e) AS n ORDER BY n DESC, type LIMIT $limit"""

USED_PREDICATES = """
MATCH (s:Statement) WHERE s.collection IN $collections
RETURN s.predicate AS predicate, count(s) AS n ORDER BY n DESC, predicate LIMIT $limit"""
