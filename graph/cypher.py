"""All Cypher, each query named after what it does or answers. Values are parameters; nothing from outside is spliced.

`{relation}` and `{label}` are the only splices: names from `graph.vocabulary`, checked by `is_identifier`.
Rows come in batches by UNWIND. The same text runs on Neo4j and on the embedded database.
"""

from __future__ import annotations

# --- collections ------------------------------------------------------------------------------------------------

PUT_COLLECTION = """
MERGE (c:Collection {id: $id}) ON CREATE SET c.name = $name, c.stamp = 0
RETURN c.id AS id, c.name AS name"""

# On Neo4j the type of an entity is a label too, and "Collection" is one.
TOUCH_COLLECTION = """
MERGE (c:Collection {id: $id})
ON CREATE SET c.name = $id, c.stamp = 1
ON MATCH SET c.stamp = c.stamp + 1"""

STAMPS = """
MATCH (c:Collection) WHERE c.id IN $collections
RETURN c.id AS id, c.stamp AS stamp, coalesce(c.corrected, 0) AS corrected ORDER BY id"""

# --- documents and chunks ---------------------------------------------------------------------------------------

_CHUNK = """c {.id, .document, .collection, .index, .text, .start, .end, .kind, .page, .canvas, .region, .image_uri,
          .heading, .state, .embedded, .written_by, .error, .error_code, .error_params} AS chunk"""
"""A chunk without its vector: reading that too would take ten times as long."""

PUT_DOCUMENTS = """
UNWIND $rows AS row
MERGE (d:Document {id: row.id})
SET d += row.properties"""

ADVANCE_DOCUMENT = """
MATCH (d:Document {id: $id}) WHERE d.work = $step
SET d += $properties, d.lease_owner = null, d.lease_until = null, d.attempts = 0
RETURN d.id AS id"""

DOCUMENT_AT_STEP = "MATCH (d:Document {id: $id}) WHERE d.work = $step RETURN d.id AS id"

UPDATE_DOCUMENT = "MATCH (d:Document {id: $id}) SET d += $properties RETURN d.id AS id"

DOCUMENT = "MATCH (d:Document {id: $id}) RETURN d AS document"

DOCUMENTS_BY_ID = "UNWIND $ids AS id MATCH (d:Document {id: id}) RETURN d AS document"

_WANTED_DOCUMENTS = """
MATCH (d:Document) WHERE d.collection IN $collections AND ($job IS NULL OR d.job = $job)
  AND (NOT $unread OR d.state = 'failed' OR coalesce(d.waiting, 0) + coalesce(d.pages_failed, 0) > 0
    OR coalesce(d.chunks_failed, 0) + coalesce(d.unembedded, 0) > 0
    OR d.work = 'none' AND d.state IN ['pending', 'running'])
  AND all(word IN $words WHERE toLower(d.title + ' ' + d.uri + ' ' + coalesce(d.attribution, '')) CONTAINS word)
"""

DOCUMENTS = f"""{_WANTED_DOCUMENTS}
RETURN d AS document ORDER BY d.added_at, d.title, d.id SKIP $skip LIMIT $limit"""

TITLES = """
MATCH (d:Document) WHERE d.collection IN $collections
RETURN d.id AS id, d.title AS title, d.uri AS uri ORDER BY d.added_at, title, id LIMIT $limit"""

DOCUMENT_COUNT = f"{_WANTED_DOCUMENTS} RETURN count(d) AS n"

FIND_DOCUMENTS = """
MATCH (d:Document)
WHERE d.collection IN $collections AND (d.id STARTS WITH $text OR d.uri = $text OR d.title = $text)
RETURN d AS document ORDER BY d.added_at LIMIT $limit"""

DOCUMENTS_WITH_CONTENT = "MATCH (d:Document {sha256: $sha256}) RETURN d.id AS id"

PUT_CHUNKS = """
UNWIND $rows AS row
MATCH (d:Document {id: row.document})
MERGE (c:Chunk {id: row.id})
ON CREATE SET c += row.properties
MERGE (c)-[:FROM_DOCUMENT]->(d)"""

LINK_CHUNKS = """
UNWIND $rows AS row
MATCH (a:Chunk {id: row.before}) MATCH (b:Chunk {id: row.after})
MERGE (a)-[:NEXT_CHUNK]->(b)"""

CHUNKS_OF_DOCUMENT = f"""
MATCH (c:Chunk {{document: $document}}) WHERE c.index > $after
RETURN {_CHUNK} ORDER BY c.index LIMIT $limit"""

CHUNKS_OF_PAGE = f"""
MATCH (c:Chunk {{document: $document}}) WHERE c.page = $page
RETURN {_CHUNK} ORDER BY c.index"""

OPEN_CHUNKS = f"""
MATCH (c:Chunk {{document: $document}}) WHERE c.state IN ['pending', 'running']
RETURN {_CHUNK} ORDER BY c.index LIMIT $limit"""

CHUNKS_BY_ID = f"""
UNWIND $ids AS id
MATCH (c:Chunk {{id: id}})-[:FROM_DOCUMENT]->(d:Document)
RETURN {_CHUNK}, d.title AS title, d.media_type AS media_type, d.sha256 AS sha256"""

TEXTS_OF_CHUNKS = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})-[:FROM_DOCUMENT]->(d:Document)
RETURN c.id AS id, d.title AS title, c.heading AS heading, c.text AS text"""

CHUNKS_WITHOUT_VECTOR = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id}) WHERE c.embedded = false
RETURN c.id AS id"""

CLAIM_QUIET_DOCUMENT = """
MATCH (d:Document {id: $id}) WHERE d.work = 'none'
SET d += $properties, d.work = 'embed'
RETURN d.id AS id"""

PUT_CHUNK_ANEW = """
MATCH (d:Document {id: $document})
MERGE (c:Chunk {id: $id})
SET c += $properties, c.embedding = null, c.embedded = false
MERGE (c)-[:FROM_DOCUMENT]->(d)"""

LAST_CHUNK = """
MATCH (c:Chunk {document: $document}) WHERE c.id <> $besides
RETURN c.id AS id ORDER BY c.index DESC LIMIT 1"""

PAIRS_OF_CHUNK = "MATCH (c:Chunk {id: $id}) RETURN c.pairs AS pairs"

# Edges are collected before they are deleted: the embedded engine walks along the very list of edges that deleting
# changes, and may then take another record for an edge.
DROP_MENTIONS_OF_CHUNK = """
MATCH (c:Chunk {id: $id})<-[m:FROM_CHUNK]-(:__Entity__)
WITH collect(m) AS gone UNWIND gone AS each DELETE each"""

DROP_SOURCES_OF_CHUNK = """
MATCH (c:Chunk {id: $id})<-[q:STATED_IN]-(:Statement)
WITH collect(q) AS gone UNWIND gone AS each DELETE each"""

FAIL_CHUNK = """
MATCH (c:Chunk {id: $id}) WHERE c.state IN ['pending', 'running', 'failed']
SET c.state = 'failed', c.finished_at = $now, c += $properties"""

FAIL_OPEN_CHUNKS = """
MATCH (c:Chunk {document: $document}) WHERE c.state IN ['pending', 'running']
SET c.state = 'failed', c += $properties"""

REOPEN_FAILED_CHUNKS = """
MATCH (c:Chunk {document: $document}) WHERE c.state = 'failed' AND c.text <> ''
SET c.state = 'pending', c.error = null, c.error_code = null, c.error_params = null
RETURN count(c) AS n"""

# --- what was found in chunks -----------------------------------------------------------------------------------

FINISH_CHUNKS = """
UNWIND $rows AS row
MATCH (c:Chunk {id: row.id}) WHERE c.state IN ['pending', 'running', 'failed', 'waiting']
SET c.state = row.state, c.finished_at = $now, c.pairs = row.pairs, c.refused = row.refused, c.error = null,
    c.error_code = null, c.error_params = null
RETURN c.id AS id"""

MERGE_ENTITIES = """
UNWIND $rows AS row
MERGE (e:__Entity__ {id: row.id})
ON CREATE SET e += row.properties
ON MATCH SET e.collection = row.properties.collection
RETURN e AS entity"""

SET_ENTITIES = "UNWIND $rows AS row MATCH (e:__Entity__ {id: row.id}) SET e += row.properties"

LABEL_ENTITIES = "UNWIND $ids AS id MATCH (e:__Entity__ {id: id}) SET e:{label}"

UNLABEL_ENTITIES = "UNWIND $ids AS id MATCH (e:__Entity__ {id: id}) REMOVE e:{label}"

CREATE_MENTIONS = """
UNWIND $rows AS row
MATCH (e:__Entity__ {id: row.entity}) MATCH (c:Chunk {id: row.chunk})
CREATE (e)-[m:FROM_CHUNK]->(c)
SET m = row.properties"""

KNOWN_STATEMENTS = "UNWIND $ids AS id MATCH (s:Statement {id: id}) RETURN s AS statement"

CREATE_STATEMENTS = """
UNWIND $rows AS row
MATCH (a:__Entity__ {id: row.subject}) MATCH (b:__Entity__ {id: row.object})
CREATE (s:Statement {id: row.id})
SET s += row.properties
CREATE (s)-[:SUBJECT]->(a)
CREATE (s)-[:OBJECT]->(b)"""

CREATE_READABLE_EDGES = """
UNWIND $rows AS row
MATCH (a:__Entity__ {id: row.subject}) MATCH (b:__Entity__ {id: row.object})
CREATE (a)-[r:{relation}]->(b)
SET r.statement = row.id, r.predicate = row.predicate"""

SET_STATEMENTS = "UNWIND $rows AS row MATCH (s:Statement {id: row.id}) SET s += row.properties"

CREATE_SOURCES = """
UNWIND $rows AS row
MATCH (s:Statement {id: row.statement}) MATCH (c:Chunk {id: row.chunk})
CREATE (s)-[q:STATED_IN]->(c)
SET q = row.properties"""

ADD_CO_OCCURRENCES = """
UNWIND $rows AS row
MATCH (a:__Entity__ {id: row.a}) MATCH (b:__Entity__ {id: row.b})
MERGE (a)-[r:CO_OCCURS]->(b)
ON CREATE SET r.weight = row.weight
ON MATCH SET r.weight = r.weight + row.weight"""

# --- embeddings -------------------------------------------------------------------------------------------------

CHUNKS_TO_EMBED = """
MATCH (c:Chunk {document: $document}) WHERE c.embedded = false AND c.text <> ''
RETURN c.id AS id, c.text AS text LIMIT $limit"""

STATEMENTS_TO_EMBED = """
MATCH (c:Chunk {document: $document})<-[:STATED_IN]-(s:Statement) WHERE s.embedded = false
RETURN DISTINCT s.id AS id, s.text AS text LIMIT $limit"""

HOLD_EMBEDDING_MODEL = """
MATCH (m:Meta {id: 'schema'}) WHERE m.embedding_model = $model
SET m.puts = coalesce(m.puts, 0) + 1
RETURN m.embedding_model AS model"""

SET_CHUNK_EMBEDDINGS = """
UNWIND $rows AS row
MATCH (c:Chunk {id: row.id}) SET c.embedding = row.vector, c.embedded = true, c.embedded_at = $now"""

SET_STATEMENT_EMBEDDINGS = """
UNWIND $rows AS row
MATCH (s:Statement {id: row.id}) SET s.embedding = row.vector, s.embedded = true"""

FORGET_VECTORS = """
MATCH (n:{label}) WHERE n.embedded = true
WITH n LIMIT $limit
SET n.embedding = null, n.embedded = false
RETURN count(n) AS n"""

QUEUE_EMBEDDING = """
MATCH (d:Document) WHERE d.work = 'none' AND d.state IN ['done', 'empty', 'failed', 'waiting']
SET d.work = 'embed'"""

STOP_EMBEDDING = """
MATCH (d:Document) WHERE d.work = 'embed'
SET d.work = 'none', d.lease_owner = null, d.lease_until = null
RETURN count(d) AS n"""

# --- removing ---------------------------------------------------------------------------------------------------

SOME_CHUNKS = "MATCH (c:Chunk {document: $document}) RETURN c.id AS id, c.pairs AS pairs LIMIT $limit"

ENTITIES_OF_CHUNKS = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[:FROM_CHUNK]-(e:__Entity__) RETURN DISTINCT e.id AS id"""

STATEMENTS_OF_CHUNKS = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[:STATED_IN]-(s:Statement) RETURN DISTINCT s.id AS id"""

STATEMENTS_OF_ONE_DOCUMENT = """
MATCH (c:Chunk {document: $document})<-[:STATED_IN]-(s:Statement)
WITH DISTINCT s MATCH (s)-[:STATED_IN]->(c:Chunk)
WITH s, count(CASE WHEN c.document = $document THEN null ELSE 1 END) AS elsewhere
RETURN count(CASE WHEN elsewhere = 0 THEN 1 ELSE null END) AS n"""

ENTITIES_OF_ONE_DOCUMENT = """
MATCH (c:Chunk {document: $document})<-[:FROM_CHUNK]-(e:__Entity__)
WITH DISTINCT e MATCH (e)-[:FROM_CHUNK]->(c:Chunk)
WITH e, count(CASE WHEN c.document = $document THEN null ELSE 1 END) AS elsewhere
RETURN count(CASE WHEN elsewhere = 0 THEN 1 ELSE null END) AS n"""

CHUNK_COUNT_OF_DOCUMENT = "MATCH (c:Chunk {document: $document}) RETURN count(c) AS n"

DELETE_CHUNKS = "UNWIND $ids AS id MATCH (c:Chunk {id: id}) DETACH DELETE c"

SOURCES_OF_STATEMENTS = """
UNWIND $ids AS id MATCH (s:Statement {id: id})-[q:STATED_IN]->(:Chunk)
RETURN id, q.text AS text, q.confidence AS confidence, q.model AS model, q.earliest AS earliest, q.latest AS latest"""

DELETE_READABLE_EDGES = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[:SUBJECT]->(a:__Entity__)-[r]->(b:__Entity__)
WHERE r.statement = id
WITH collect(r) AS gone UNWIND gone AS each DELETE each"""

DELETE_STATEMENTS = "UNWIND $ids AS id MATCH (s:Statement {id: id}) DETACH DELETE s"

SUBTRACT_CO_OCCURRENCES = """
UNWIND $rows AS row
MATCH (a:__Entity__ {id: row.a})-[r:CO_OCCURS]->(b:__Entity__ {id: row.b})
SET r.weight = r.weight - row.weight"""

DELETE_SPENT_CO_OCCURRENCES = """
UNWIND $rows AS row
MATCH (a:__Entity__ {id: row.a})-[r:CO_OCCURS]->(b:__Entity__ {id: row.b})
WHERE r.weight <= 0
WITH collect(r) AS gone UNWIND gone AS each DELETE each"""

MENTIONS_OF_ENTITIES = """
UNWIND $ids AS id MATCH (e:__Entity__ {id: id})-[m:FROM_CHUNK]->(:Chunk)
RETURN DISTINCT id, m.name AS name, m.type AS type, m.trust AS trust, m.aliases AS aliases,
       m.description AS description, m.form AS form, m.said AS said"""

DELETE_ENTITIES = "UNWIND $ids AS id MATCH (e:__Entity__ {id: id}) DETACH DELETE e"

DELETE_DOCUMENT = "MATCH (d:Document {id: $id}) DETACH DELETE d"

# --- coverage and statistics ------------------------------------------------------------------------------------

CHUNK_STATES = """
UNWIND $documents AS document
MATCH (c:Chunk {document: document})
RETURN document, c.state AS state, c.embedded AS embedded, count(c) AS n,
       sum(CASE WHEN c.refused IS NULL THEN 0 ELSE size(c.refused) END) AS refused"""

FAILED_CHUNKS = f"""
MATCH (c:Chunk {{document: $document}}) WHERE c.state IN ['failed', 'waiting', 'skipped']
RETURN {_CHUNK} ORDER BY c.index LIMIT $limit"""

CLAIMS_OF_DOCUMENTS = """
UNWIND $documents AS document
MATCH (c:Chunk {document: document})<-[q:STATED_IN]-(s:Statement)
RETURN document, count(DISTINCT s) AS statements, sum(CASE WHEN q.supported THEN 0 ELSE 1 END) AS unsupported"""

REFUSED_OF_DOCUMENT = """
MATCH (c:Chunk {document: $document}) WHERE c.refused IS NOT NULL AND size(c.refused) > 0
RETURN c.id AS chunk, c.page AS page, c.refused AS refused
ORDER BY c.index LIMIT $limit"""

ENTITIES_OF_DOCUMENTS = """
UNWIND $documents AS document
MATCH (c:Chunk {document: document})<-[:FROM_CHUNK]-(e:__Entity__)
RETURN document, count(DISTINCT e) AS entities"""

COUNTS = {
    "documents": "MATCH (n:Document) WHERE n.collection IN $collections RETURN count(n) AS n",
    "chunks": "MATCH (n:Chunk) WHERE n.collection IN $collections RETURN count(n) AS n",
    "entities": "MATCH (n:__Entity__) WHERE n.collection IN $collections RETURN count(n) AS n",
    "statements": "MATCH (n:Statement) WHERE n.collection IN $collections RETURN count(n) AS n",
}

# Both engines know these numbers without looking.
SIZES = tuple(f"MATCH (n:{label}) RETURN count(n) AS n" for label in ("Chunk", "__Entity__", "Statement"))
SIZES_BY_NAME = {"documents": "MATCH (n:Document) RETURN count(n) AS n"} | dict(
    zip(("passages", "entities", "claims"), SIZES, strict=True)
)

# --- search -----------------------------------------------------------------------------------------------------

_AS_LISTS = """
WITH node.id AS id, score, coalesce(node.collection IN $collections, false) AS seen ORDER BY score DESC
RETURN collect(id) AS ids, collect(score) AS scores, collect(seen) AS seen"""
"""One row that holds lists: reading a row for each hit takes longer than finding it."""

VECTOR_SEARCH = f"""
CALL db.index.vector.queryNodes($index, $k, $vector) YIELD node, score{_AS_LISTS}"""

FULLTEXT_SEARCH = f"""
CALL db.index.fulltext.queryNodes($index, $query, {{limit: $k}}) YIELD node, score{_AS_LISTS}"""

_NEAREST = """
ORDER BY score DESC, id LIMIT $limit
RETURN collect(id) AS ids, collect(score) AS scores"""

CHUNKS_NEAR = f"""
UNWIND $documents AS document
MATCH (c:Chunk {{document: document}}) WHERE c.collection IN $collections AND c.embedding IS NOT NULL
WITH c.id AS id, vector.similarity.cosine(c.embedding, $vector) AS score{_NEAREST}"""

STATEMENTS_NEAR = f"""
UNWIND $documents AS document
MATCH (c:Chunk {{document: document}})<-[:STATED_IN]-(s:Statement)
WHERE c.collection IN $collections AND s.embedding IS NOT NULL
WITH DISTINCT s
WITH s.id AS id, vector.similarity.cosine(s.embedding, $vector) AS score{_NEAREST}"""

PASSAGES_OF = "MATCH (d:Document) WHERE d.collection IN $collections RETURN sum(coalesce(d.chunks, 0)) AS n"

DOCUMENTS_OF = "MATCH (d:Document) WHERE d.collection IN $collections RETURN d.id AS id"

ENTITIES_BY_ID = "UNWIND $ids AS id MATCH (e:__Entity__ {id: id}) RETURN e AS entity"

TRIPLES_OF_STATEMENTS = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN s.id AS id, s.text AS text, s.predicate AS predicate, a.id AS subject, a.name AS subject_name,
       a.type AS subject_type, b.id AS object, b.name AS object_name, b.type AS object_type"""

SOURCE = """c.id AS chunk, q.quote AS quote, q.start AS start, q.end AS end, q.supported AS supported,
       q.dated AS dated, q.edtf AS edtf, q.earliest AS earliest, q.latest AS latest, q.place AS place,
       q.region AS region"""

SOURCES_OF_STATEMENT_IDS = f"""
UNWIND $ids AS id
MATCH (s:Statement {{id: id}})-[q:STATED_IN]->(c:Chunk)
RETURN s.id AS statement, {SOURCE}"""

# --- the whole graph for ranking --------------------------------------------------------------------------------

RANK_MENTIONS = """
MATCH (e:__Entity__)-[:FROM_CHUNK]->(c:Chunk) WHERE e.collection IN $collections
RETURN e.id AS entity, collect(DISTINCT c.id) AS chunks"""

RANK_STATEMENTS = """
MATCH (a:__Entity__)<-[:SUBJECT]-(s:Statement)-[:OBJECT]->(b:__Entity__) WHERE s.collection IN $collections
RETURN a.id AS subject, collect(b.id) AS objects"""

RANK_CO_OCCURRENCES = """
MATCH (a:__Entity__)-[r:CO_OCCURS]->(b:__Entity__) WHERE a.collection IN $collections
RETURN a.id AS a, collect(b.id) AS others, collect(r.weight) AS weights"""

# --- exploring --------------------------------------------------------------------------------------------------

STATEMENTS_AROUND = """
UNWIND $ids AS id
MATCH (e:__Entity__ {id: id})<-[:SUBJECT|OBJECT]-(s:Statement)
WITH DISTINCT s LIMIT $limit
MATCH (s)-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN s.id AS id, s.text AS text, s.predicate AS predicate, s.model AS model, s.confidence AS confidence,
       a.id AS subject, a.name AS subject_name, a.type AS subject_type,
       b.id AS object, b.name AS object_name, b.type AS object_type"""

CO_OCCURRENCES_AROUND = """
UNWIND $ids AS id
MATCH (e:__Entity__ {id: id})-[r:CO_OCCURS]-(o:__Entity__)
RETURN e.id AS a, e.name AS a_name, e.type AS a_type, o.id AS b, o.name AS b_name, o.type AS b_type,
       r.weight AS weight ORDER BY weight DESC, b LIMIT $limit"""

CHUNKS_OF_ENTITY = """
MATCH (e:__Entity__ {id: $id})-[m:FROM_CHUNK]->(c:Chunk)-[:FROM_DOCUMENT]->(d:Document)
RETURN c AS chunk, d.title AS title, sum(m.count) AS n ORDER BY n DESC, c.id LIMIT $limit"""

ENTITIES_OF_CHUNK_IDS = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})<-[m:FROM_CHUNK]-(e:__Entity__)
RETURN c.id AS chunk, e AS entity, sum(m.count) AS n ORDER BY n DESC, e.name"""

STATEMENTS_OF_CHUNK_IDS = f"""
UNWIND $ids AS id
MATCH (c:Chunk {{id: id}})<-[q:STATED_IN]-(s:Statement)
RETURN s.id AS id, s.text AS text, {SOURCE} ORDER BY q.start, s.id"""

VECTORS_OF_CLAIMS = """
UNWIND $ids AS id
MATCH (c:Chunk {id: id})<-[:STATED_IN]-(s:Statement) WHERE s.embedding IS NOT NULL
WITH DISTINCT id, s ORDER BY s.id LIMIT $limit
RETURN id AS chunk, s.text AS text, s.embedding AS vector"""

MOST_CONNECTED = """
MATCH (e:__Entity__)<-[:SUBJECT|OBJECT]-(s:Statement) WHERE e.collection IN $collections
WITH e.id AS id, e.name AS name, count(s) AS n ORDER BY n DESC, name LIMIT $limit
RETURN id"""

MOST_MENTIONED = """
MATCH (e:__Entity__)-[m:FROM_CHUNK]->(:Chunk) WHERE e.collection IN $collections
WITH e.id AS id, e.name AS name, count(m) AS n ORDER BY n DESC, name LIMIT $limit
RETURN id"""

# --- consistency ------------------------------------------------------------------------------------------------

CHECKS = {
    "entities that no chunk mentions": "MATCH (e:__Entity__) WHERE NOT (e)-[:FROM_CHUNK]->() RETURN count(e) AS n",
    "statements without a source": "MATCH (s:Statement) WHERE NOT (s)-[:STATED_IN]->() RETURN count(s) AS n",
    "statements without subject or object": (
        "MATCH (s:Statement) WHERE NOT (s)-[:SUBJECT]->() OR NOT (s)-[:OBJECT]->() RETURN count(s) AS n"
    ),
    "chunks without a document": "MATCH (c:Chunk) WHERE NOT (c)-[:FROM_DOCUMENT]->() RETURN count(c) AS n",
    "spent co-occurrences": "MATCH ()-[r:CO_OCCURS]->() WHERE r.weight <= 0 RETURN count(r) AS n",
}

READABLE_EDGE_COUNT = "MATCH (:__Entity__)-[r]->(:__Entity__) WHERE r.statement IS NOT NULL RETURN count(r) AS n"
STATEMENT_COUNT = "MATCH (s:Statement) RETURN count(s) AS n"

# --- schema -----------------------------------------------------------------------------------------------------

META = "MATCH (m:Meta {id: 'schema'}) RETURN m AS meta"
SET_META = "MERGE (m:Meta {id: 'schema'}) SET m += $properties"

QUIET = "MATCH (m:Meta {id: 'schema'}) RETURN m.quiet_until AS until, m.quiet_for AS by"
ASK_QUIET = """
MATCH (m:Meta {id: 'schema'})
WHERE m.quiet_until IS NULL OR m.quiet_until < $now OR m.quiet_for = $by
SET m.quiet_until = $until, m.quiet_for = $by
RETURN m.id AS id"""
END_QUIET = "MATCH (m:Meta {id: 'schema'}) WHERE m.quiet_for = $by SET m.quiet_until = null, m.quiet_for = null"
