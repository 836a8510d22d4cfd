"""Cypher for the kinds and relations that claims were asked for with; see `graph.schemas`."""

from __future__ import annotations

PUT_SCHEMA = """
MERGE (s:ClaimSchema {id: $id})
ON CREATE SET s.collection = $collection, s.name = $name, s.content = $content"""

SCHEMA = "MATCH (s:ClaimSchema {id: $id}) RETURN s.id AS id, s.name AS name, s.content AS content"

SCHEMAS = """
UNWIND $ids AS id
MATCH (s:ClaimSchema {id: id}) RETURN s.id AS id, s.name AS name, s.content AS content"""

SET_DEFAULT_SCHEMA = "MATCH (c:Collection {id: $collection}) SET c.schema = $schema"

DEFAULT_SCHEMA = """
MATCH (c:Collection {id: $collection}) MATCH (s:ClaimSchema {id: c.schema})
RETURN s.id AS id, s.name AS name, s.content AS content"""
