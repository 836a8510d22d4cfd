"""The Cypher of jobs and leases; the rules of `graph.cypher` hold here too."""

from __future__ import annotations

PUT_JOB = "MERGE (j:Job {id: $id}) ON CREATE SET j += $properties"

JOB = "MATCH (j:Job {id: $id}) RETURN j AS job"

JOBS = "MATCH (j:Job) WHERE j.collection IN $collections RETURN j AS job ORDER BY j.created_at DESC LIMIT $limit"

JOBS_IN_STATES = """
MATCH (j:Job) WHERE j.state IN $states AND j.collection IN $collections
RETURN j AS job ORDER BY j.created_at DESC"""

JOBS_WITH_MODEL = "MATCH (j:Job) WHERE j.model = $model RETURN j AS job ORDER BY j.created_at DESC LIMIT $limit"

HALTED_JOBS = "MATCH (j:Job) WHERE j.state IN $states RETURN j.id AS id"

SET_JOB_STATE = """
MATCH (j:Job {id: $id}) WHERE j.state IN $before
SET j.state = $state, j.turned_at = $now RETURN j.id AS id"""

SET_JOB_RUNNING = """
MATCH (j:Job {id: $id}) WHERE j.state IN $before
SET j.state = $state, j.running_since = $now RETURN j.id AS id"""

SET_ARRIVALS = "MATCH (j:Job {id: $id}) SET j += $figures"

SET_LIMITS = "MATCH (j:Job {id: $id}) SET j.limit_usd = $usd, j.limit_calls = $calls"

# Writing first makes two who count at once come one after the other: what is read then is what the other left.
HOLD_JOB = "MATCH (j:Job {id: $id}) SET j.turn = coalesce(j.turn, 0) + 1 RETURN j AS job"

SET_SPENT = "MATCH (j:Job {id: $id}) SET j.spent = $spent, j.held = $held, j.state = $state"

JOBS_WITH_HOLDS = "MATCH (j:Job) WHERE j.held <> $none RETURN j.id AS id"

JOB_PROGRESS = """
MATCH (d:Document {job: $job})
RETURN d.state AS state, d.work AS work, count(d) AS n"""

JOB_CHUNKS = """
MATCH (d:Document {job: $job})<-[:FROM_DOCUMENT]-(c:Chunk)
RETURN c.state AS state, c.embedded AS embedded, count(c) AS n,
       sum(CASE WHEN c.finished_at > $since THEN 1 ELSE 0 END) AS finished,
       min(CASE WHEN c.finished_at > $since THEN c.finished_at ELSE null END) AS finished_first,
       max(CASE WHEN c.finished_at > $since THEN c.finished_at ELSE null END) AS finished_last,
       sum(CASE WHEN c.embedded_at > $since THEN 1 ELSE 0 END) AS given,
       min(CASE WHEN c.embedded_at > $since THEN c.embedded_at ELSE null END) AS given_first,
       max(CASE WHEN c.embedded_at > $since THEN c.embedded_at ELSE null END) AS given_last"""

DROP_WORK_OF_JOB = """
MATCH (d:Document {job: $job}) WHERE d.work <> 'none'
SET d.work = 'none', d.state = CASE WHEN d.work IN ['resolve', 'embed'] THEN d.state ELSE 'pending' END
RETURN count(d) AS n"""

# Vectors come in while a document waits for them, and its figures are counted only at the end.
VECTORS_OF_JOB_ON_THEIR_WAY = """
MATCH (d:Document {job: $job}) WHERE d.work = 'embed' AND d.lease_owner IS NOT NULL
RETURN d.id AS id"""

LEFT_OFF = """
UNWIND $ids AS id
MATCH (d:Document {id: id})
WHERE d.work = 'none' AND (d.state IN ['pending', 'running'] OR d.state <> 'failed' AND coalesce(d.unembedded, 0) > 0)
RETURN d.id AS id, d.state IN ['pending', 'running'] AS unread, d.chunks IS NOT NULL AS chunked"""

# Whoever still had it in hand when its job was stopped has lost it.
TAKE_UP = """
MATCH (d:Document {id: $id}) WHERE d.work = 'none'
SET d += $properties, d.work = $work, d.lease_owner = null, d.lease_until = null
RETURN d.id AS id"""

# Those that this owner has in hand already are many, and would leave no room for others.
DOCUMENTS_WITH_WORK = """
UNWIND $kinds AS kind
MATCH (d:Document {work: kind.work})
WHERE NOT coalesce(d.job, '') IN $halted
  AND (d.lease_owner IS NULL OR d.lease_owner <> $owner OR d.lease_until < $now)
RETURN d.id AS id, d.work AS work, d.lease_owner AS owner, d.lease_until AS until
ORDER BY kind.place, d.added_at, d.id LIMIT $limit"""

# Without an owner it is nobody's, whatever its time says: a beat may come just after a document was given back.
LEASE_DOCUMENT = """
MATCH (d:Document {id: $id})
WHERE d.work = $work
  AND (d.lease_owner IS NULL OR d.lease_until IS NULL OR d.lease_until < $now OR d.lease_owner IN $dead)
SET d.attempts = CASE WHEN d.lease_owner IS NULL THEN coalesce(d.attempts, 0) ELSE coalesce(d.attempts, 0) + 1 END,
    d.lease_owner = $owner, d.lease_until = $until
RETURN d AS document, d.attempts AS attempts"""

# A lease is kept while what is on its way comes to its end, also where its job is halted.
RENEW_LEASES = """
UNWIND $leases AS lease
MATCH (d:Document {id: lease.id}) WHERE d.lease_owner = $owner AND d.work = lease.work
SET d.lease_until = $until
WITH d OPTIONAL MATCH (j:Job {id: d.job})
RETURN d.id AS id, j.state AS state"""

RELEASE = """
MATCH (d:Document {id: $id}) WHERE d.lease_owner = $owner
SET d.lease_owner = null, d.lease_until = null"""

WORK_LEFT = """
MATCH (d:Document) WHERE d.work IN ['read', 'caption', 'extract', 'resolve', 'embed'] AND ($job IS NULL OR d.job = $job)
  AND NOT coalesce(d.job, '') IN $besides
RETURN d.work AS work, count(d) AS n"""

HELD_UNTIL = "MATCH (d:Document) WHERE d.lease_owner IS NOT NULL RETURN max(d.lease_until) AS until"

SPENT = "MATCH (j:Job) RETURN j.state AS state, j.spent AS spent"
