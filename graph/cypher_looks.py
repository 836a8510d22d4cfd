"""Cypher of pictures and scans that models look at; see `graph.cypher` for how queries are written."""

from __future__ import annotations

HOLD_LOOKED_AT = """
MATCH (d:Document {id: $id}) WHERE d.work = $step
SET d.characters = $characters, d.text_sha256 = $text_sha256
RETURN d.id AS id"""

WAITING_CHUNKS = """
MATCH (c:Chunk {document: $document}) WHERE c.state = 'waiting' AND c.page IS NOT NULL
RETURN c AS chunk ORDER BY c.index LIMIT $limit"""

PUT_LOOKED_AT = """
UNWIND $rows AS row
MATCH (d:Document {id: row.document})
MERGE (c:Chunk {id: row.id})
SET c += row.properties, c.embedding = null, c.embedded = false
MERGE (c)-[:FROM_DOCUMENT]->(d)"""

FAIL_WAITING_CHUNK = """
MATCH (c:Chunk {id: $id}) WHERE c.state = 'waiting'
SET c.state = 'failed', c += $properties"""

FAIL_WAITING_CHUNKS = """
MATCH (c:Chunk {document: $document}) WHERE c.state = 'waiting' AND c.page IS NOT NULL
SET c.state = 'failed', c += $properties"""

REOPEN_FAILED_PICTURES = """
MATCH (c:Chunk {document: $document}) WHERE c.state = 'failed' AND c.text = '' AND c.page IS NOT NULL
SET c.state = 'waiting', c.error = null, c.error_code = null, c.error_params = null
RETURN count(c) AS n"""

END_OF_TEXT = """
MATCH (c:Chunk {document: $document})
RETURN max(c.end) AS end, max(c.index) AS last"""
