"""Cypher of messages on their way out, and of the rules that make them; see `graph.cypher`."""

from __future__ import annotations

PUT_DELIVERY = """
MERGE (m:Delivery {id: $id})
ON CREATE SET m += $properties
RETURN m.created_at = $properties.created_at AS new"""

DELIVERY = "MATCH (m:Delivery {id: $id}) WHERE m.collection IN $collections RETURN m AS delivery"

DELIVERIES = """
MATCH (m:Delivery) WHERE m.collection IN $collections AND ($finding IS NULL OR m.finding = $finding)
  AND ($states IS NULL OR m.state IN $states)
RETURN m AS delivery ORDER BY m.created_at DESC, m.id SKIP $skip LIMIT $limit"""

COUNT_STATES = """
MATCH (m:Delivery) WHERE m.collection IN $collections AND ($finding IS NULL OR m.finding = $finding)
RETURN m.state AS state, count(m) AS n"""

FIND_DELIVERIES = """
MATCH (m:Delivery) WHERE m.collection IN $collections AND m.id STARTS WITH $text
RETURN m.id AS id LIMIT 2"""

DUE = """
MATCH (m:Delivery {state: 'waiting'}) WHERE m.host = $host AND m.channel IN $channels
RETURN m.id AS id, m.channel AS channel, m.next_at AS next_at ORDER BY m.next_at, m.created_at, m.id LIMIT $limit"""

# The try is written down before anything is sent: whoever dies in between leaves a trace of it.
TAKE = """
MATCH (m:Delivery {id: $id}) WHERE m.state = 'waiting'
SET m.state = 'sending', m.attempts = m.attempts + 1, m.tries = m.tries + 1, m.attempt_at = $now,
    m.lease_owner = $owner, m.lease_until = $until
RETURN m AS delivery"""

# Also from `unknown`: whoever was slow, and not dead, knows what became of it after all.
SETTLE = """
MATCH (m:Delivery {id: $id}) WHERE m.attempts = $attempt AND m.state IN ['sending', 'unknown']
SET m += $properties, m.lease_owner = null, m.lease_until = null
RETURN m.state AS state"""

SENDING = """
MATCH (m:Delivery {state: 'sending'})
RETURN m.id AS id, m.attempts AS attempt, m.lease_owner AS owner, m.lease_until AS until"""

LOSE = """
MATCH (m:Delivery {id: $id}) WHERE m.attempts = $attempt AND m.state = 'sending'
SET m += $properties, m.lease_owner = null, m.lease_until = null
RETURN m.id AS id"""

AGAIN = """
MATCH (m:Delivery {id: $id}) WHERE m.collection IN $collections AND m.state IN $before
SET m.state = 'waiting', m.tries = 0, m.next_at = $now, m.done_at = null
RETURN m.id AS id"""

CANCEL = """
MATCH (m:Delivery {id: $id}) WHERE m.collection IN $collections AND m.state = 'waiting'
SET m.state = 'cancelled', m.done_at = $now
RETURN m.id AS id"""

DELAY_CHANNEL = """
MATCH (m:Delivery {state: 'waiting'}) WHERE m.host = $host AND m.channel = $channel AND m.next_at < $until
SET m.next_at = $until"""

LAST_ATTEMPTS = """
MATCH (m:Delivery) WHERE m.host = $host AND m.attempt_at > $since
RETURN m.channel AS channel, max(m.attempt_at) AS at"""

DROP_DELIVERIES = "MATCH (m:Delivery {finding: $finding}) WHERE m.state <> 'sending' DELETE m"

PUT_RULE = "MERGE (r:Rule {id: $id}) SET r += $properties"

RULES = "MATCH (r:Rule) WHERE r.collection IN $collections AND r.host = $host RETURN r AS rule ORDER BY r.since, r.id"

UPDATE_RULE = "MATCH (r:Rule {id: $id}) SET r += $properties RETURN r.id AS id"

DROP_RULE = "MATCH (r:Rule {id: $id}) DELETE r"

ANYTHING_TO_SEND = (
    "MATCH (m:Delivery {state: 'waiting'}) WHERE m.host = $host RETURN m.id AS id LIMIT 1",
    "MATCH (m:Delivery {state: 'sending'}) WHERE m.host = $host RETURN m.id AS id LIMIT 1",
    "MATCH (r:Rule) WHERE r.host = $host RETURN r.id AS id LIMIT 1",
)

JOBS_DONE_SINCE = """
MATCH (j:Job) WHERE j.collection = $collection AND j.state = 'done' AND j.turned_at > $since
RETURN j AS job, j.turned_at AS at ORDER BY j.turned_at, j.id LIMIT $limit"""

FIGURES_OF_JOB = """
MATCH (d:Document {job: $job})
RETURN count(d) AS documents, sum(coalesce(d.pages, 0)) AS pages,
       sum(CASE WHEN d.state = 'failed' THEN 1 ELSE 0 END) AS failed"""
