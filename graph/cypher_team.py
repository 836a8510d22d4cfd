"""Cypher for cabinets as separate spaces, who may do what in them, what they used up, and what was done."""

from __future__ import annotations

# On Neo4j the type of an entity is a label too, and "Collection" is one.
CABINETS = """
MATCH (c:Collection) WHERE NOT c:__Entity__
RETURN c.id AS id, c.name AS name ORDER BY c.name, c.id"""

CABINET_LIMITS = "MATCH (c:Collection {id: $id}) WHERE NOT c:__Entity__ RETURN c.limits AS limits"

MAKE_CABINET = """
MERGE (c:Collection {id: $id})
ON CREATE SET c.name = $name, c.stamp = 0, c.made_at = $at, c.made_by = $by
RETURN c.id AS id"""

RENAME_CABINET = "MATCH (c:Collection {id: $id}) WHERE NOT c:__Entity__ SET c.name = $name RETURN c.id AS id"

SET_CABINET_LIMITS = "MATCH (c:Collection {id: $id}) WHERE NOT c:__Entity__ SET c.limits = $limits RETURN c.id AS id"

DELETE_CABINET = "MATCH (c:Collection {id: $id}) WHERE NOT c:__Entity__ DETACH DELETE c"

HELD = "MATCH (n:{label}) WHERE n.collection = $collection RETURN count(n) AS n"

HOMES = "UNWIND $ids AS id MATCH (n:{label} {id: id}) RETURN id, n.collection AS collection"

# --- members ------------------------------------------------------------------------------------------------------

_MEMBER = "m {.id, .collection, .email, .role, .by, .at, .limits} AS member"

PUT_MEMBER = f"""
MERGE (m:Membership {{id: $id}})
SET m += $properties
RETURN {_MEMBER}"""

MEMBER = f"MATCH (m:Membership {{id: $id}}) RETURN {_MEMBER}"

FIRST_HOST = f"""
MERGE (m:Membership {{id: $id}})
ON CREATE SET m += $properties
RETURN {_MEMBER}"""

MEMBERS = f"MATCH (m:Membership) WHERE m.collection = $collection RETURN {_MEMBER} ORDER BY m.email"

MEMBERSHIPS = f"MATCH (m:Membership) WHERE m.email = $email RETURN {_MEMBER}"

DROP_MEMBER = "MATCH (m:Membership {id: $id}) DETACH DELETE m"

# --- what people use up --------------------------------------------------------------------------------------------

USED = "MATCH (u:DayUse {id: $id}) RETURN u.usd AS usd, u.calls AS calls, u.mb AS mb"

USED_BY_IMPORTS = """
MATCH (l:LogEntry) WHERE l.day = $day AND l.collection = $collection AND l.who = $email AND l.did = 'import'
MATCH (j:Job {id: l.subject})
RETURN DISTINCT j AS job"""

COUNT_USE = """
MERGE (u:DayUse {id: $id})
ON CREATE SET u.collection = $collection, u.email = $email, u.day = $day, u.usd = $usd, u.calls = $calls, u.mb = $mb
ON MATCH SET u.usd = u.usd + $usd, u.calls = u.calls + $calls, u.mb = u.mb + $mb"""

# --- what was done -------------------------------------------------------------------------------------------------

PUT_ENTRY = "CREATE (l:LogEntry {id: $id}) SET l += $properties"

ENTRIES = """
MATCH (l:LogEntry) WHERE ($collections IS NULL OR l.collection IN $collections)
  AND (l.at < $before OR (l.at = $before AND l.id > $after))
RETURN l {.*} AS entry ORDER BY l.at DESC, l.id LIMIT $limit"""
