"""Cypher of findings; see `graph.cypher` for how queries are written."""

from __future__ import annotations

PUT_FINDING = """
MERGE (f:Finding {id: $id})
ON CREATE SET f += $properties"""

_FOUND = "MATCH (f:Finding {id: $id}) WHERE f.collection IN $collections"

FINDING = f"{_FOUND} RETURN f AS finding"

_LINE = """f.id AS id, f.title AS title, f.question AS question, f.outcome AS outcome, f.note AS note,
       f.model AS model, f.mode AS mode, f.who AS who, f.created_at AS created_at, f.edited_at AS edited_at,
       f.sentences AS sentences, f.unsupported AS unsupported, f.evidence AS evidence, f.nodes AS nodes"""

_WANTED = """
MATCH (f:Finding) WHERE f.collection IN $collections AND ($after IS NULL OR f.created_at > $after)
  AND all(word IN $words WHERE f.words CONTAINS word)"""

FINDINGS = f"{_WANTED} RETURN {_LINE} ORDER BY f.created_at DESC, f.id SKIP $skip LIMIT $limit"

COUNT_FINDINGS = f"{_WANTED} RETURN count(f) AS n"

FIND_FINDINGS = """
MATCH (f:Finding) WHERE f.collection IN $collections AND (f.id STARTS WITH $text OR f.title = $text)
RETURN f.id AS id, f.title = $text AS titled ORDER BY f.created_at DESC LIMIT 2"""

EDIT_FINDING = f"""{_FOUND}
SET f.title = $title, f.note = $note, f.words = $words, f.edited_at = $at
RETURN f.id AS id"""

DROP_FINDING = f"{_FOUND} DETACH DELETE f RETURN $id AS id"

FINDINGS_QUOTING = """
MATCH (f:Finding) WHERE f.collection IN $collections AND $document IN f.documents
RETURN count(f) AS n"""

CHUNKS_HERE = "UNWIND $ids AS id MATCH (c:Chunk {id: id}) RETURN c.id AS id"

DOCUMENTS_HERE = "UNWIND $ids AS id MATCH (d:Document {id: id}) RETURN d.id AS id"
