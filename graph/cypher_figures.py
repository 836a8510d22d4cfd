"""Cypher for the figures that a document keeps of itself: how much of it was read, and what a search can see.

They are counted when a step of a document ends, over its own passages, so that a question need not count all of them.
"""

FIGURES_OF_CHUNKS = """
MATCH (c:Chunk {document: $document})
RETURN sum(CASE WHEN c.text <> '' THEN 1 ELSE 0 END) AS chunks,
       sum(CASE WHEN c.text <> '' AND c.state = 'failed' THEN 1 ELSE 0 END) AS chunks_failed,
       sum(CASE WHEN c.text <> '' AND c.embedded = false THEN 1 ELSE 0 END) AS unembedded,
       sum(CASE WHEN c.text = '' AND c.state = 'waiting' THEN 1 ELSE 0 END) AS waiting"""

UNREAD_PAGES = """
MATCH (c:Chunk {document: $document}) WHERE c.text = '' AND c.state IN ['failed', 'waiting', 'skipped']
RETURN DISTINCT c.page AS page, c.state AS state"""

PAGES_WITH_WORDS = """
MATCH (c:Chunk {document: $document}) WHERE c.text <> '' AND c.kind <> 'metadata' AND c.page IN $pages
RETURN DISTINCT c.page AS page"""

SET_FIGURES = "MATCH (d:Document {id: $document}) SET d += $figures"

_SEEN = """
RETURN d.state = 'failed' AND coalesce(d.chunks, 0) = 0 AS failed, count(d) AS documents,
       sum(coalesce(d.pages, 0)) - sum(coalesce(d.pages_skipped, 0)) AS pages,
       sum(coalesce(d.pages_failed, 0)) AS pages_failed, sum(coalesce(d.pages_waiting, 0)) AS pages_waiting,
       sum(coalesce(d.waiting, 0)) AS waiting, sum(coalesce(d.chunks, 0)) AS chunks,
       sum(coalesce(d.chunks_failed, 0)) AS chunks_failed, sum(coalesce(d.unembedded, 0)) AS unembedded,
       sum(CASE WHEN d.work = 'none' AND d.state IN ['pending', 'running'] THEN 1 ELSE 0 END) AS left_off"""

SEARCHED = f"""
MATCH (d:Document) WHERE d.collection IN $collections{_SEEN}"""

SEARCHED_AMONG = f"""
UNWIND $documents AS id
MATCH (d:Document {{id: id}}) WHERE d.collection IN $collections{_SEEN}"""

# From the document to its passages: asked for passages whose `document` is its id, the embedded engine begins to look
# at all there are before it knows whether there is any such document.
EMBEDDED_MEANWHILE = """
MATCH (d:Document {work: 'embed'}) WHERE d.collection IN $collections AND d.lease_owner IS NOT NULL
MATCH (d)<-[:FROM_DOCUMENT]-(c:Chunk) WHERE c.embedded = true AND c.text <> ''
RETURN d.id AS document, d.chunks - d.unembedded AS known, count(c) AS embedded"""

FORGET_EMBEDDED = "MATCH (d:Document) SET d.unembedded = d.chunks"

ALL_DOCUMENTS = "MATCH (d:Document) RETURN d.id AS document"
COUNTED_DOCUMENTS = "MATCH (d:Document) WHERE d.chunks IS NOT NULL RETURN d.id AS document"

QUEUED_FOR_VECTORS = "MATCH (d:Document) WHERE d.work = 'embed' RETURN d.id AS document"
