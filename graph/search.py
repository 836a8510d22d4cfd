"""Finding by words and by meaning: chunks, statements, entities. Every search names the collections it may see."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from graph import cypher
from graph.connection import Connection, Row
from graph.rows import to_chunk, to_entity, to_source
from graph.types import Chunk, Entity, Source, SourcedStatement, normalise

_SPARE = 300
"""So many more than wanted are asked of a vector index, at most as many again: of twice as many it overlooks next to
none among the first half (3 of 10,000 where a whole comparison finds them, measured), of just as many 6 of 1,000."""
_MORE, _MOST = 8, 50_000
"""Indexes span all collections: where too much of what came belongs elsewhere, so many times as much is asked for."""
_FEW = 5_000
"""Passages of a cabinet that are compared one by one where a larger one is in the way."""
_COMPLETED = 4
"""So many times as many names are looked at as are offered while one is typed."""

_WORD = re.compile(r"\w+", re.UNICODE)
_SEARCHED = {"Chunk": "text", "__Entity__": "search", "Statement": "text"}
"""The property of each label in which words are looked for."""
_MAX_WORDS = 64
_MOST_CLAIMS = 300
"""Whose vectors are read to tell which are nearest."""

Found = list[tuple[str, float]]
"""Ids with scores, best first."""


@dataclass(frozen=True, slots=True)
class Triple:
    """A statement with the names of both ends."""

    id: str
    text: str
    predicate: str
    subject: Entity
    object: Entity


@dataclass(frozen=True, slots=True)
class FoundChunk:
    """A chunk with what its document is called and of what kind it is."""

    chunk: Chunk
    title: str
    media_type: str


class Search:
    """Searches over full-text and vector indexes."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def chunks_by_words(self, text: str, limit: int, collections: Sequence[str]) -> Found:
        """Chunks that share words with the text (BM25)."""
        return self._words("Chunk", text, limit, collections)

    def statements_by_words(self, text: str, limit: int, collections: Sequence[str]) -> Found:
        """Statements that share words with the text (BM25)."""
        return self._words("Statement", text, limit, collections)

    def claims_near(self, vector: Sequence[float], chunk_ids: Sequence[str], limit: int) -> dict[str, list[str]]:
        """For each chunk that makes claims the texts of those nearest to a vector, nearest first."""
        rows = self._db.read(cypher.VECTORS_OF_CLAIMS, ids=list(chunk_ids), limit=_MOST_CLAIMS)
        wanted = np.asarray(vector)
        near = sorted((-float(np.asarray(row["vector"]) @ wanted), row["text"], row["chunk"]) for row in rows)
        found: dict[str, list[str]] = {}
        for _, text, chunk in near:
            same = found.setdefault(chunk, [])
            if len(same) < limit and text not in same:
                same.append(text)
        return found

    def entities_by_words(self, text: str, limit: int, collections: Sequence[str]) -> Found:
        """Entities whose name or other form shares words with the text."""
        return self._words("__Entity__", text, limit, collections)

    def chunks_by_meaning(self, vector: Sequence[float], limit: int, collections: Sequence[str]) -> Found:
        """Chunks nearest to a query vector (cosine, 0 to 1)."""
        return self._vector("Chunk", vector, limit, collections)

    def statements_by_meaning(self, vector: Sequence[float], limit: int, collections: Sequence[str]) -> Found:
        """Statements nearest to a query vector (cosine, 0 to 1)."""
        return self._vector("Statement", vector, limit, collections)

    def chunks_near(
        self, vector: Sequence[float], limit: int, collections: Sequence[str], documents: Collection[str]
    ) -> Found:
        """The chunks of these documents nearest to a vector, as `chunks_by_meaning` scores them: each is compared."""
        return self._near(cypher.CHUNKS_NEAR, vector, limit, collections, documents)

    def statements_near(
        self, vector: Sequence[float], limit: int, collections: Sequence[str], documents: Collection[str]
    ) -> Found:
        """What these documents state that is nearest to a vector, as `statements_by_meaning` scores it."""
        return self._near(cypher.STATEMENTS_NEAR, vector, limit, collections, documents)

    def complete(self, text: str, limit: int, collections: Sequence[str]) -> list[Entity]:
        """Entities for a search box: those whose name begins with the text first, then by score."""
        words = _words(text)
        if not words:
            return []
        query = " ".join([*words[:-1], words[-1], f"{words[-1]}*"])
        found = self._fulltext("__Entity__", query, limit * _COMPLETED, collections)
        entities = self.entities([id_ for id_, _ in found])
        start = normalise(text)
        order = {id_: rank for rank, (id_, _) in enumerate(found)}
        entities.sort(key=lambda e: (not normalise(e.name).startswith(start), order[e.id]))
        return entities[:limit]

    def entities(self, ids: Sequence[str]) -> list[Entity]:
        """Entities by id, in that order; unknown ids are left out."""
        rows = self._db.read(cypher.ENTITIES_BY_ID, ids=list(ids))
        by_id = {row["entity"]["id"]: to_entity(row["entity"]) for row in rows}
        return [by_id[id_] for id_ in ids if id_ in by_id]

    def chunks(self, ids: Sequence[str]) -> list[FoundChunk]:
        """Chunks by id, in that order; unknown ids are left out."""
        rows = self._db.read(cypher.CHUNKS_BY_ID, ids=list(ids))
        by_id = {
            row["chunk"]["id"]: FoundChunk(to_chunk(row["chunk"]), row["title"], row["media_type"]) for row in rows
        }
        return [by_id[id_] for id_ in ids if id_ in by_id]

    def texts(self, ids: Sequence[str]) -> dict[str, str]:
        """What is searched of chunks: title, heading and text in one, by id; unknown ids are left out."""
        rows = self._db.read(cypher.TEXTS_OF_CHUNKS, ids=list(ids))
        return {row["id"]: f"{row['title']} {row['heading'] or ''} {row['text']}" for row in rows}

    def without_vector(self, ids: Sequence[str]) -> set[str]:
        """Those of these chunks that have no vector yet, so that no search by meaning finds them."""
        return {row["id"] for row in self._db.read(cypher.CHUNKS_WITHOUT_VECTOR, ids=list(ids))}

    def triples(self, ids: Sequence[str]) -> list[Triple]:
        """Statements by id with both entities, in that order."""
        by_id = {row["id"]: to_triple(row) for row in self._db.read(cypher.TRIPLES_OF_STATEMENTS, ids=list(ids))}
        return [by_id[id_] for id_ in ids if id_ in by_id]

    def sources(self, statement_ids: Sequence[str]) -> dict[str, list[Source]]:
        """The sources of statements: chunk, quote and its place."""
        found: dict[str, list[Source]] = {}
        for row in self._db.read(cypher.SOURCES_OF_STATEMENT_IDS, ids=list(statement_ids)):
            same = found.setdefault(row["statement"], [])
            # Two names of a merged entity may have made the same claim of the same words.
            if (source := to_source(row)) not in same:
                same.append(source)
        return found

    def sourced(self, triples: Sequence[Row]) -> list[SourcedStatement]:
        """Statements as they are shown, each with all its sources, in two queries."""
        sources = self.sources([row["id"] for row in triples])
        chunks = {
            found.chunk.id: found for found in self.chunks(sorted({s.chunk for many in sources.values() for s in many}))
        }
        return [
            SourcedStatement(
                id=row["id"],
                subject=row["subject_name"],
                predicate=row["predicate"],
                object=row["object_name"],
                text=row["text"],
                model=row["model"],
                confidence=row["confidence"],
                sources=tuple(
                    (source, chunks[source.chunk].chunk, chunks[source.chunk].title)
                    for source in sources.get(row["id"], ())
                    if source.chunk in chunks
                ),
            )
            for row in triples
        ]

    def _words(self, label: str, text: str, limit: int, collections: Sequence[str]) -> Found:
        words = _words(text)
        return self._fulltext(label, " ".join(words), limit, collections) if words else []

    def _fulltext(self, label: str, query: str, limit: int, collections: Sequence[str]) -> Found:
        index = self._db.dialect.fulltext_index(label, _SEARCHED[label])
        return self._seen(cypher.FULLTEXT_SEARCH, limit, limit, collections, index=index, query=query)

    def _vector(self, label: str, vector: Sequence[float], limit: int, collections: Sequence[str]) -> Found:
        index, wanted = self._db.dialect.vector_index(label), [float(x) for x in vector]
        most = limit + min(limit, _SPARE)
        found, crowded = self._look(cypher.VECTOR_SEARCH, limit, most, collections, index=index, vector=wanted)
        if not crowded:
            return found
        if (documents := self._few(collections)) is not None:
            near = cypher.CHUNKS_NEAR if label == "Chunk" else cypher.STATEMENTS_NEAR
            return self._near(near, vector, limit, collections, documents)
        return self._seen(cypher.VECTOR_SEARCH, limit, most * _MORE, collections, index=index, vector=wanted)

    def _few(self, collections: Sequence[str]) -> list[str] | None:
        """The documents of these collections where all their passages can be compared, none of empty ones; or None."""
        names = list(collections)
        if self._db.read(cypher.PASSAGES_OF, collections=names)[0]["n"] > _FEW:
            return None
        return [row["id"] for row in self._db.read(cypher.DOCUMENTS_OF, collections=names)]

    def _near(
        self,
        query: str,
        vector: Sequence[float],
        limit: int,
        collections: Sequence[str],
        documents: Collection[str],
    ) -> Found:
        wanted, names = [float(x) for x in vector], list(collections)
        row = self._db.read(query, vector=wanted, limit=limit, collections=names, documents=sorted(documents))[0]
        nearness = self._db.dialect.nearness
        return [(id_, nearness(score)) for id_, score in zip(row["ids"], row["scores"], strict=True)]

    def _seen(self, search: str, limit: int, most: int, collections: Sequence[str], **what: object) -> Found:
        """The best of these collections among so many of an index; among more where others are in the way."""
        while True:
            found, crowded = self._look(search, limit, most, collections, **what)
            if not crowded or most >= _MOST:
                return found
            most *= _MORE

    def _look(
        self, search: str, limit: int, most: int, collections: Sequence[str], **what: object
    ) -> tuple[Found, bool]:
        """The best of these collections among so many of an index, and whether others were in the way."""
        row = self._db.read(search, k=most, collections=list(collections), **what)[0]
        hits = zip(row["ids"], row["scores"], row["seen"], strict=True)
        found = [(id_, float(score)) for id_, score, seen in hits if seen][:limit]
        return found, len(found) < limit and len(row["ids"]) >= most


def _words(text: str) -> list[str]:
    """Words for a Lucene query; in small letters, so that none of them is read as AND, OR or NOT."""
    return [word.casefold() for word in _WORD.findall(text)][:_MAX_WORDS]


def to_triple(row: Row) -> Triple:
    """A statement with both entities from a row."""
    return Triple(
        row["id"],
        row["text"],
        row["predicate"],
        Entity(row["subject"], row["subject_name"], type=row["subject_type"] or "Thing"),
        Entity(row["object"], row["object_name"], type=row["object_type"] or "Thing"),
    )
