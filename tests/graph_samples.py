"""Small graphs for tests of the store: documents, chunks and what was found in them, in a collection of their own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from graph.store import Store
from graph.types import (
    DEFAULT_COLLECTION,
    Chunk,
    CoOccurrence,
    Document,
    Entity,
    Extraction,
    Mention,
    Region,
    Source,
    State,
    Statement,
    make_id,
)
from graph.when import When
from ingest.submit import remove_document
from settings import Settings

NAMES = (
    "Ole Worm",
    "OLE WORM",
    "Rudolf II",
    "Prague",
    "prague",
    "Ambras",
    "narwhal tusk",
    "山田",
    "Μίνως",
    "Müller",
    "Möller",
)
WHEN = (None, When("1599", "1599", 15990101, 15991231), When("vor 1612", "../1612", None, 16121231), When("einst"))
TYPES = (("Thing", 0), ("Person", 1), ("Place", 1), ("Person", 2), ("Collection", 3))


def entity(collection: str, name: str, type_: str = "Thing", trust: int = 0, *aliases: str) -> Entity:
    return Entity(Entity.make_id(collection, name), name, collection, type_, trust, tuple(sorted(aliases)))


def empty(store: Store) -> None:
    """Remove all documents, as people do, so that tests may share a server."""
    for each in store.documents.listed([DEFAULT_COLLECTION], limit=1000):
        remove_document(store, store.settings, each.id)


def clear(settings: Settings) -> None:
    """Empty a database of whatever labels it holds, at once; its collections stay and count a change, for caches."""
    with Store(settings) as store:
        store._db.run("MATCH (c:Collection) SET c.stamp = coalesce(c.stamp, 0) + 1")
        # An entity of the type Collection carries that label too.
        while store._db.run(
            "MATCH (n) WHERE n:__Entity__ OR NOT (n:Meta OR n:Collection) "
            "WITH n LIMIT 1000 DETACH DELETE n RETURN count(*) AS n"
        )[0]["n"]:
            pass


def alone(store: Store) -> None:
    """Take out what other files of tests have left in the database that they share, and end their imports."""
    every = [each.id for each in store.cabinets.listed()]
    for job in store.queue.open_jobs(every):
        store.queue.cancel(job.id)
    store.archived.wipe([id_ for id_ in every if id_ != DEFAULT_COLLECTION])
    empty(store)


def document(collection: str, name: str) -> Document:
    return Document(
        make_id("document", collection, name), name, f"{name}.txt", "text/plain", collection, added_at=f"2026-{name}"
    )


def chunks(of: Document, texts: Sequence[str]) -> list[Chunk]:
    made, at = [], 0
    for index, text in enumerate(texts):
        made.append(
            Chunk(
                make_id("chunk", of.id, index),
                of.id,
                index,
                text,
                at,
                at + len(text),
                of.collection,
                page=1,
                region=Region(10, 20 * index, 100, 20),
            )
        )
        at += len(text) + 1
    return made


def statement(
    chunk: Chunk, subject: Entity, predicate: str, object_: Entity, when: When | None = None, **more: Any
) -> Statement:
    source = Source(chunk.id, chunk.text[:10], chunk.start, chunk.start + 10, True, when, "Prague" if when else None)
    text = f"{subject.name} {predicate} {object_.name}"
    return Statement(subject, predicate, object_, text, source, chunk.collection, **more)


def random_extraction(chunk: Chunk, seed: str) -> Extraction:
    """Mentions, statements and co-occurrences that overlap much between chunks: names, types and claims repeat."""
    dice = random.Random(seed)
    named = [entity(chunk.collection, name, *dice.choice(TYPES)) for name in dice.sample(NAMES, 4)]
    by_id = {e.id: e for e in named}
    mentions = tuple(Mention(chunk.id, e, dice.randint(1, 3)) for e in by_id.values())
    claims = tuple(
        statement(
            chunk,
            dice.choice(named),
            dice.choice(("LIVED_IN", "owned a", "BORN_IN")),
            dice.choice(named),
            dice.choice(WHEN),
            confidence=dice.choice((0.5, 0.9)),
            model=dice.choice(("hand", "gpt-4o-mini")),
        )
        for _ in range(3)
    )
    ids = sorted(by_id)
    pairs = tuple(CoOccurrence(a, b, dice.randint(1, 2)) for a, b in pairwise(ids))
    return Extraction(chunk.id, mentions, claims, pairs)


def put(store: Store, of: Document, pieces: Sequence[Chunk], found: Sequence[Extraction]) -> int:
    """Store a document with all that was found in it, as an import does; returns how many chunks were open."""
    store.documents.put([of], "read")
    store.documents.put_chunks(of, pieces, "read", "none")
    return store.claims.put(found, of.collection)


def put_random(store: Store, collection: str, name: str, count: int = 4) -> Document:
    of = document(collection, name)
    pieces = chunks(of, [f"Passage {i} of {name} on Ole Worm." for i in range(count)])
    put(store, of, pieces, [random_extraction(piece, f"{name}{piece.index}") for piece in pieces])
    return of


def dump(store: Store, collection: str) -> dict[str, list[Any]]:
    """Everything stored in a collection in a comparable form, relationship by relationship; times of work left out."""
    nodes = store.query(
        "MATCH (n) WHERE n.collection = $c AND NOT 'Job' IN labels(n) RETURN labels(n) AS labels, n AS node",
        c=collection,
    )
    edges = store.query(
        "MATCH (a)-[r]->(b) WHERE a.collection = $c RETURN a.id AS a, type(r) AS type, properties(r) AS r, b.id AS b",
        c=collection,
    )
    return {
        "nodes": sorted(str((sorted(row["labels"]), sorted(_said(row["node"]).items(), key=str))) for row in nodes),
        "edges": sorted(str((row["a"], row["type"], sorted(row["r"].items(), key=str), row["b"])) for row in edges),
    }


def _said(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if name not in ("finished_at", "embedded_at")}


def states(store: Store, of: Document) -> list[State]:
    return [chunk.state for chunk in store.documents.all_chunks(of.id)]
