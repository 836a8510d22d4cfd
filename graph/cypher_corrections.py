"""Cypher of corrections: what people changed, what they said of single claims and passages, and what follows from it.

`said` on a mention, `said_subject` and `said_object` on a source are the ids that the passage's own words give, where
a split gave it to another entity; `copy` marks a mention that a split added; `correction` what a person added.
"""

from __future__ import annotations

TOUCH = """
MERGE (c:Collection {id: $id})
ON CREATE SET c.name = $id, c.stamp = 1, c.corrected = 1
ON MATCH SET c.stamp = c.stamp + 1, c.corrected = coalesce(c.corrected, 0) + 1"""

# --- corrections --------------------------------------------------------------------------------------------------

PUT_CORRECTION = "CREATE (k:Correction {id: $id}) SET k += $properties"

CORRECTION = "MATCH (k:Correction {id: $id}) RETURN k AS correction"

END_CORRECTION = "MATCH (k:Correction {id: $id}) SET k.undone_at = $at, k.undone_by = $who"

FIELDS = """
UNWIND $ids AS id MATCH (k:Correction {entity: id}) WHERE k.undone_at IS NULL AND k.field IS NOT NULL
RETURN id, k.field AS field, k.value AS value, k.at AS at, k.id AS correction ORDER BY at, correction"""

LATER_OF_FIELD = """
MATCH (k:Correction {entity: $entity}) WHERE k.field = $field AND k.at > $at AND k.undone_at IS NULL
RETURN k AS correction ORDER BY k.at DESC LIMIT 1"""

# One query for each end: with OR between them no engine would use the index.
NAMING = tuple(
    f"UNWIND $ids AS id MATCH (k:Correction {{{end}: id}}) WHERE k.undone_at IS NULL RETURN k AS correction"
    for end in ("entity", "other")
)

MERGES_NAMING = tuple(
    f"""
UNWIND $ids AS id MATCH (m:Merge {{{end}: id}}) WHERE m.undone_at IS NULL AND m.correction IS NULL
RETURN m AS merge"""
    for end in ("kept", "absorbed")
)

NAMING_EVER = tuple(
    f"UNWIND $ids AS id MATCH (k:Correction {{{end}: id}}) RETURN k AS correction" for end in ("entity", "other")
)

MERGES_EVER = tuple(
    f"UNWIND $ids AS id MATCH (m:Merge {{{end}: id}}) WHERE m.correction IS NULL RETURN m AS merge"
    for end in ("kept", "absorbed")
)

ENTITIES = "UNWIND $ids AS id MATCH (e:__Entity__ {id: id}) RETURN e AS entity"

MERGE_OF_CORRECTION = """
MATCH (m:Merge {absorbed: $absorbed}) WHERE m.correction = $correction AND m.undone_at IS NULL
RETURN m AS merge"""

# --- history ------------------------------------------------------------------------------------------------------

CORRECTIONS = """
MATCH (k:Correction) WHERE k.collection IN $collections
RETURN k AS correction ORDER BY k.at DESC, k.id LIMIT $limit"""

MERGES = """
MATCH (m:Merge) WHERE m.collection IN $collections AND m.correction IS NULL AND ($rules OR m.by <> 'rule')
RETURN m AS merge ORDER BY m.at DESC, m.id LIMIT $limit"""

# A split also says that the two are not the same, so that no rule puts them together again.
SAY_APART = """
MERGE (s:Suggestion {id: $id})
ON CREATE SET s += $properties
SET s.before_split = coalesce(s.state, 'none'), s.state = 'dismissed', s.correction = $correction, s.by = $who,
    s.decided_at = $at"""

SAY_APART_NO_MORE = """
MATCH (s:Suggestion {correction: $correction}) WHERE s.before_split <> 'none'
SET s.state = s.before_split, s.before_split = null, s.correction = null, s.by = null, s.decided_at = null"""

DROP_PAIR_OF_SPLIT = "MATCH (s:Suggestion {correction: $correction}) DELETE s"

SAID_APART = """
MATCH (s:Suggestion) WHERE s.collection IN $collections AND s.state = 'dismissed' AND s.correction IS NULL
RETURN s AS suggestion ORDER BY s.decided_at DESC, s.id LIMIT $limit"""

FIND = """
MATCH (n:{label}) WHERE n.collection IN $collections AND n.id STARTS WITH $text
RETURN n.id AS id LIMIT 2"""

HELD_NOW = """
UNWIND $ids AS id MATCH (r:Ruling {correction: id})-[:HELD_IN]->(c:Chunk)
RETURN id, count(c) AS n"""

# --- rulings ------------------------------------------------------------------------------------------------------

ANY_RULING = "MATCH (r:Ruling {collection: $collection}) RETURN r.id AS id LIMIT 1"

PUT_RULINGS = "UNWIND $rows AS row MERGE (r:Ruling {id: row.id}) SET r += row.properties"

RULINGS = "UNWIND $keys AS key MATCH (r:Ruling {key: key}) RETURN r AS ruling"

RULINGS_ABOUT = tuple(
    f"UNWIND $keys AS key MATCH (r:Ruling {{{end}: key}}) RETURN r AS ruling" for end in ("subject", "object")
)

CHUNKS_HELD_BY = "UNWIND $ids AS id MATCH (r:Ruling {id: id})-[:HELD_IN]->(c:Chunk) RETURN DISTINCT c.id AS id"

CHUNKS_STATING = "UNWIND $ids AS id MATCH (s:Statement {id: id})-[:STATED_IN]->(c:Chunk) RETURN DISTINCT c.id AS id"

RULINGS_OF = "MATCH (r:Ruling {correction: $correction}) RETURN r AS ruling"

RULINGS_IN = "MATCH (r:Ruling {document: $document}) RETURN r AS ruling"

CHUNKS_HELD = "MATCH (r:Ruling {correction: $correction})-[:HELD_IN]->(c:Chunk) RETURN DISTINCT c.id AS id"

DROP_HELD_OF = """
MATCH (r:Ruling {correction: $correction})-[h:HELD_IN]->(:Chunk)
WITH collect(h) AS gone UNWIND gone AS each DELETE each"""

DROP_RULINGS = "MATCH (r:Ruling {correction: $correction}) DELETE r"

# --- what passages say --------------------------------------------------------------------------------------------

PASSAGES = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})
RETURN id, c.text AS text, c.pairs AS pairs, c.collection AS collection"""

MENTIONS = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[m:FROM_CHUNK]-(e:__Entity__)
RETURN id, e.id AS entity, properties(m) AS properties"""

SOURCES = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[q:STATED_IN]-(s:Statement)
MATCH (s)-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN id, s.id AS statement, s.predicate AS predicate, a.id AS subject, b.id AS object, properties(q) AS properties"""

HELD = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[h:HELD_IN]-(r:Ruling)
RETURN id, r.id AS ruling, r.subject AS subject, r.predicate AS predicate, r.object AS object,
       properties(h) AS properties"""

DROP_HELD = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[h:HELD_IN]-(:Ruling)
WITH collect(h) AS gone UNWIND gone AS each DELETE each"""

DROP_MENTIONS = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[m:FROM_CHUNK]-(:__Entity__)
WITH collect(m) AS gone UNWIND gone AS each DELETE each"""

DROP_SOURCES = """
UNWIND $ids AS id MATCH (c:Chunk {id: id})<-[q:STATED_IN]-(:Statement)
WITH collect(q) AS gone UNWIND gone AS each DELETE each"""

SET_PAIRS = "UNWIND $rows AS row MATCH (c:Chunk {id: row.id}) SET c.pairs = row.pairs"

CREATE_HELD = """
UNWIND $rows AS row
MATCH (r:Ruling {id: row.ruling}) MATCH (c:Chunk {id: row.chunk})
CREATE (r)-[h:HELD_IN]->(c)
SET h = row.properties"""

GIVEN_BY_SPLIT = """
MATCH (e:__Entity__ {id: $id})-[m:FROM_CHUNK]->(c:Chunk) WHERE m.said IS NOT NULL
RETURN DISTINCT c.id AS id"""

# --- what a claim is made of, what an entity is called by itself --------------------------------------------------

CLAIM = """
MATCH (s:Statement {id: $id})-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
RETURN s AS statement, a AS subject, b AS object"""

SOURCES_OF_CLAIMS = """
UNWIND $ids AS id MATCH (s:Statement {id: id})-[:SUBJECT]->(a:__Entity__)
MATCH (s)-[:OBJECT]->(b:__Entity__)
MATCH (s)-[q:STATED_IN]->(c:Chunk)
RETURN id, c.id AS chunk, s.predicate AS predicate, a.id AS subject, b.id AS object, properties(q) AS properties"""

MENTIONS_OF = """
UNWIND $chunks AS chunk MATCH (e:__Entity__ {id: $id})-[m:FROM_CHUNK]->(c:Chunk {id: chunk})
RETURN chunk, c.text AS text, properties(m) AS properties"""
