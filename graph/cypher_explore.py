"""All Cypher of what is drawn and listed around entities, each query bounded by the ids it is given or by a limit.

Each MATCH after the first begins with what is bound already: the embedded engine begins where the pattern does, and
from `(a:__Entity__)` would walk through all entities.
"""

from __future__ import annotations

_CLAIM = """s.id AS id, s.text AS text, s.predicate AS predicate, s.model AS model, s.confidence AS confidence,
       a.id AS subject, a.name AS subject_name, a.type AS subject_type,
       b.id AS object, b.name AS object_name, b.type AS object_type"""

CLAIMS_OF_ENTITY = f"""
MATCH (e:__Entity__ {{id: $id}})<-[:SUBJECT|OBJECT]-(s:Statement)
WITH DISTINCT s ORDER BY s.confidence DESC, s.id LIMIT $limit
MATCH (s)-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN {_CLAIM}"""

CLAIM_COUNTS = """
UNWIND $ids AS id
MATCH (e:__Entity__ {id: id})<-[:SUBJECT|OBJECT]-(s:Statement)
RETURN id, count(DISTINCT s) AS n"""

CLAIM_IDS = """
UNWIND $ids AS id
MATCH (e:__Entity__ {id: id})<-[:SUBJECT|OBJECT]-(s:Statement)
RETURN id, collect(DISTINCT s.id) AS claims"""

PAIRS_IN_DOCUMENTS = """
MATCH (:__Entity__ {id: $id})-[:FROM_CHUNK]->(c:Chunk)-[:FROM_DOCUMENT]->(d:Document)
WHERE d.id IN $documents AND c.pairs IS NOT NULL
RETURN c.pairs AS pairs ORDER BY c.id LIMIT $limit"""

MOST_NAMED_IN = """
UNWIND $documents AS id
MATCH (:Document {id: id})<-[:FROM_DOCUMENT]-(c:Chunk)<-[:FROM_CHUNK]-(e:__Entity__)
WHERE $kinds = [] OR e.type IN $kinds
RETURN e.id AS id, count(c) AS n ORDER BY n DESC, id LIMIT $limit"""

CLAIMS_AMONG = f"""
UNWIND $ids AS id
MATCH (a:__Entity__ {{id: id}})<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(b:__Entity__)
WHERE b.id IN $ids
RETURN {_CLAIM} ORDER BY id LIMIT $limit"""

CLAIMS_BETWEEN = f"""
MATCH (:__Entity__ {{id: $a}})<-[:SUBJECT|OBJECT]-(s:Statement)-[:SUBJECT|OBJECT]->(:__Entity__ {{id: $b}})
WITH DISTINCT s ORDER BY s.confidence DESC, s.id LIMIT $limit
MATCH (s)-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN {_CLAIM}"""

CLAIMS_BY_ID = f"""
UNWIND $ids AS id
MATCH (s:Statement {{id: id}})
MATCH (s)-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN {_CLAIM}"""

NAMES = "UNWIND $ids AS id MATCH (e:__Entity__ {id: id}) RETURN e.id AS id, e.name AS name, e.type AS type"

DEPICTIONS = """
UNWIND $ids AS id
MATCH (e:__Entity__ {id: id})<-[:SUBJECT|OBJECT]-(s:Statement)
WHERE s.predicate = 'DEPICTS'
MATCH (s)-[:STATED_IN]->(c:Chunk)-[:FROM_DOCUMENT]->(d:Document)
WHERE c.image_uri IS NOT NULL
RETURN id, c AS chunk, d.sha256 AS sha256, d.media_type AS media_type ORDER BY id, c.id LIMIT $limit"""

DATES_OF_CLAIMS = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[q:STATED_IN]->(:Chunk)
WHERE q.earliest IS NOT NULL OR q.latest IS NOT NULL
RETURN DISTINCT id, q.dated AS dated, q.edtf AS edtf, q.earliest AS earliest, q.latest AS latest"""

OF_KIND = """
MATCH (e:__Entity__)-[m:FROM_CHUNK]->(:Chunk) WHERE e.collection IN $collections AND ($kind = '' OR e.type = $kind)
RETURN e AS entity, count(m) AS n ORDER BY n DESC, e.id SKIP $skip LIMIT $limit"""

ENTRIES = """
UNWIND $ids AS id MATCH (e:__Entity__ {id: id}) WHERE e.sameAs IS NOT NULL
RETURN id, e.sameAs AS same_as"""
