"""Cypher of merging: which names were found to be one thing, moving what was said of one to another, suggestions.

`form` on a mention, `of`, `subject` and `object` on a source are the ids that the passage's own words give; they stand
there only where they differ from the entity or statement that the edge hangs on.
"""

from __future__ import annotations

# --- following merges -------------------------------------------------------------------------------------------

REDIRECTS = """
UNWIND $ids AS id MATCH (m:Merge {absorbed: id}) WHERE m.undone_at IS NULL
RETURN id, m.kept AS kept"""

ABSORBED_BY = """
UNWIND $ids AS id MATCH (m:Merge {kept: id}) WHERE m.undone_at IS NULL
RETURN id, m.absorbed AS absorbed"""

# --- merges -----------------------------------------------------------------------------------------------------

PUT_MERGE = "CREATE (m:Merge {id: $id}) SET m += $properties"

MERGE = "MATCH (m:Merge {id: $id}) RETURN m AS merge"

END_MERGE = "MATCH (m:Merge {id: $id}) SET m.undone_at = $at, m.undone_by = $by"

FORGET_MERGE = "MATCH (m:Merge {id: $id}) DELETE m"

MERGES = """
MATCH (m:Merge) WHERE m.collection IN $collections AND m.correction IS NULL AND ($undone OR m.undone_at IS NULL)
RETURN m AS merge ORDER BY m.at DESC, m.id SKIP $skip LIMIT $limit"""

FIND_MERGES = """
MATCH (m:Merge) WHERE m.collection IN $collections AND m.id STARTS WITH $text AND m.correction IS NULL
RETURN m AS merge ORDER BY m.at DESC LIMIT 2"""

MERGES_INTO = """
UNWIND $ids AS id MATCH (m:Merge {kept: id}) WHERE m.undone_at IS NULL AND m.correction IS NULL
RETURN m AS merge ORDER BY m.at, m.id"""

# One query for each end: with OR between them no engine would use the index.
RULE_MERGES_OF = tuple(
    f"""
UNWIND $ids AS id MATCH (m:Merge {{{end}: id}}) WHERE m.by = 'rule' AND m.undone_at IS NULL
RETURN m AS merge"""
    for end in ("absorbed", "kept")
)

# --- moving what was said ---------------------------------------------------------------------------------------

MENTIONS_TO_MOVE = """
MATCH (e:__Entity__ {id: $source})-[m:FROM_CHUNK]->(c:Chunk) WHERE coalesce(m.form, e.id) IN $forms
RETURN c.id AS chunk, c.pairs AS pairs, properties(m) AS mention"""

DROP_MENTIONS = """
MATCH (e:__Entity__ {id: $source})-[m:FROM_CHUNK]->(:Chunk) WHERE coalesce(m.form, e.id) IN $forms
WITH collect(m) AS gone UNWIND gone AS each DELETE each"""

_SOURCES_OF_FORMS = """
MATCH (e:__Entity__ {id: $source})<-[:SUBJECT|OBJECT]-(s:Statement)
WITH DISTINCT s
MATCH (s)-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
MATCH (s)-[q:STATED_IN]->(c:Chunk)
WHERE coalesce(q.subject, a.id) IN $forms OR coalesce(q.object, b.id) IN $forms
"""

SOURCES_TO_MOVE = f"""{_SOURCES_OF_FORMS}
RETURN s.id AS statement, s.predicate AS predicate, a.id AS subject, b.id AS object, c.id AS chunk,
       properties(q) AS source"""

DROP_SOURCES = f"""{_SOURCES_OF_FORMS}
WITH collect(DISTINCT q) AS gone UNWIND gone AS each DELETE each"""

QUEUE_VECTORS = """
UNWIND $ids AS id
MATCH (s:Statement {id: id})-[:STATED_IN]->(c:Chunk) WHERE s.embedded = false AND c.embedded = true
WITH DISTINCT c.document AS document
MATCH (d:Document {id: document}) WHERE d.work = 'none'
SET d.work = 'embed'"""

FORMS_LEFT = """
UNWIND $rows AS row
MATCH (e:__Entity__ {id: row.entity})-[m:FROM_CHUNK]->(:Chunk) WHERE coalesce(m.form, e.id) = row.form
RETURN DISTINCT row.form AS form"""

FORMS_OF_CHUNKS = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[m:FROM_CHUNK]-(e:__Entity__)
RETURN DISTINCT coalesce(m.form, e.id) AS form"""

# --- what merging would do --------------------------------------------------------------------------------------

WEIGHT = """
UNWIND $ids AS id MATCH (e:__Entity__ {id: id})-[m:FROM_CHUNK]->(c:Chunk)
RETURN id, count(DISTINCT c) AS passages, count(DISTINCT c.document) AS documents, sum(m.count) AS times"""

TRIPLES_AROUND = """
UNWIND $ids AS id
MATCH (e:__Entity__ {id: id})<-[:SUBJECT|OBJECT]-(s:Statement)
MATCH (s)-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN DISTINCT id, s.text AS text, a.id AS subject, s.predicate AS predicate, b.id AS object ORDER BY text"""

NEIGHBOURS = """
UNWIND $ids AS id
MATCH (e:__Entity__ {id: id})-[:CO_OCCURS]-(o:__Entity__)
RETURN id, collect(DISTINCT o.id)[0..200] AS around"""

# --- candidates and suggestions ---------------------------------------------------------------------------------

UNRESOLVED = """
MATCH (c:Chunk {document: $document})<-[:FROM_CHUNK]-(e:__Entity__) WHERE e.resolved IS NULL
RETURN DISTINCT e AS entity LIMIT $limit"""

MARK_RESOLVED = "UNWIND $ids AS id MATCH (e:__Entity__ {id: id}) SET e.resolved = true"

LIKE = """
UNWIND $rows AS row
CALL db.index.fulltext.queryNodes($index, row.query) YIELD node, score
WITH row, node, score WHERE node.collection = row.collection AND node.id <> row.id
WITH row, node, score ORDER BY score DESC
RETURN row.id AS id, collect(node)[0..$limit] AS found"""

PUT_SUGGESTIONS = """
UNWIND $rows AS row
MERGE (s:Suggestion {id: row.id})
ON CREATE SET s += row.properties"""

DECIDE_SUGGESTION = """
MERGE (s:Suggestion {id: $id})
ON CREATE SET s += $properties
SET s.state = $state, s.by = $by, s.decided_at = $at"""

ACCEPT_SUGGESTION = "MATCH (s:Suggestion {id: $id}) SET s.before = s.state, s.state = 'accepted'"

RESTORE_SUGGESTION = "MATCH (s:Suggestion {id: $id}) WHERE s.state = 'accepted' SET s.state = s.before, s.before = null"

REOPEN_SUGGESTION = """
MATCH (s:Suggestion {id: $id}) WHERE s.state = 'dismissed'
SET s.state = 'open', s.by = null, s.decided_at = null
RETURN s.id AS id"""

OPEN_SUGGESTIONS = """
MATCH (s:Suggestion) WHERE s.collection IN $collections AND s.state = 'open'
RETURN s AS suggestion ORDER BY s.score DESC, s.id LIMIT $limit"""

SUGGESTIONS_OF = tuple(
    f"""
UNWIND $ids AS id MATCH (s:Suggestion {{{end}: id}}) WHERE s.state = $state
RETURN s AS suggestion"""
    for end in ("a", "b")
)


ENTITIES_WITHOUT_KEYS = "MATCH (e:__Entity__) WHERE e.keys IS NULL RETURN e AS entity LIMIT $limit"

SET_KEYS = "UNWIND $rows AS row MATCH (e:__Entity__ {id: row.id}) SET e.keys = row.keys"
