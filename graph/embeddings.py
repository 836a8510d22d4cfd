"""Vectors of chunks and statements: what is still to be embedded, and storing it. One model per database."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from graph import cypher
from graph.connection import Connection, Transaction
from graph.dialect import VECTOR
from graph.figures import count_queued, forget_embedded
from graph.schema import Meta, OtherEmbeddingModel, read_meta, use_embedding_model

Vectors = Iterable[tuple[str, Sequence[float]]]
"""(id, vector) pairs."""

BATCH = 500


class Embeddings:
    """Reads what has no vector yet and stores vectors; a document's chunks and statements apart."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def meta(self) -> Meta:
        """Which model the vectors are of, None before the first."""
        return read_meta(self._db)

    def use_model(self, name: str, dimensions: int) -> None:
        """Make or check the vector indexes; raises OtherEmbeddingModel where the stored vectors are another model's."""
        use_embedding_model(self._db, name, dimensions)

    def start_anew(self, name: str, dimensions: int) -> None:
        """Queue every document for vectors of this model; where it is the stored model already, only what is missing.

        Another model's vectors and indexes are dropped first, so they never mix. An interruption at any point is made
        good by `resume`, which the worker calls.
        """
        meta = read_meta(self._db)
        if meta.wanted_model is None and meta.embedding_model in (None, name):
            use_embedding_model(self._db, name, dimensions)
            self._db.run(cypher.QUEUE_EMBEDDING)
            return
        wanted = {"wanted_model": name, "wanted_dimensions": dimensions}

        def begin(tx: Transaction) -> None:
            tx.run(cypher.SET_META, properties=wanted)
            tx.run(cypher.QUEUE_EMBEDDING)

        self._db.write(begin)
        self.resume()

    def resume(self) -> Meta:
        """Finish a change of model that was begun; what the database then says of itself. Cheap where there is none."""
        meta = read_meta(self._db)
        if meta.wanted_model is None or meta.wanted_dimensions is None:
            return meta
        # From here on nobody can store a vector: what is forgotten below does not come back.
        self._db.run(cypher.SET_META, properties={"embedding_model": None, "dimensions": None})
        self._db.dialect.drop_vector_indexes(self._db.driver, self._db.database)
        for label in ("Chunk", "Statement"):
            while self._db.run(cypher.FORGET_VECTORS.replace("{label}", label), limit=BATCH * 10)[0]["n"]:
                pass
        forget_embedded(self._db)
        self._db.run(cypher.QUEUE_EMBEDDING)
        self._db.dialect.create_vector_indexes(self._db.driver, self._db.database, meta.wanted_dimensions)
        done = {"embedding_model": meta.wanted_model, "dimensions": meta.wanted_dimensions}
        self._db.run(cypher.SET_META, properties=done | {"wanted_model": None, "wanted_dimensions": None})
        return read_meta(self._db)

    def ask_indexes(self) -> None:
        """Search each vector index once, however long it takes: an engine may make it ready inside the first search."""
        meta = read_meta(self._db)
        if meta.dimensions is None:
            return
        vector = [1.0, *[0.0] * (meta.dimensions - 1)]
        for label in VECTOR:
            index = self._db.dialect.vector_index(label)
            self._db.read(cypher.VECTOR_SEARCH, index=index, vector=vector, k=1, collections=[])

    def stop(self) -> int:
        """Leave what has no vector yet without one; how many documents were waiting. `start_anew` goes on later."""
        count_queued(self._db)
        return int(self._db.run(cypher.STOP_EMBEDDING)[0]["n"])

    def chunks_left(self, document_id: str, limit: int = 64) -> list[tuple[str, str]]:
        """(id, text) of some chunks of a document without a vector."""
        rows = self._db.read(cypher.CHUNKS_TO_EMBED, document=document_id, limit=limit)
        return [(row["id"], row["text"]) for row in rows]

    def statements_left(self, document_id: str, limit: int = 64) -> list[tuple[str, str]]:
        """(id, text) of some statements that a document makes, without a vector."""
        rows = self._db.read(cypher.STATEMENTS_TO_EMBED, document=document_id, limit=limit)
        return [(row["id"], row["text"]) for row in rows]

    def put_chunks(self, vectors: Vectors, model: str) -> None:
        """Store the vectors of chunks; raises OtherEmbeddingModel where the database wants another model's by now."""
        self._put(cypher.SET_CHUNK_EMBEDDINGS, vectors, model)

    def put_statements(self, vectors: Vectors, model: str) -> None:
        """Store the vectors of statements; raises OtherEmbeddingModel as `put_chunks` does."""
        self._put(cypher.SET_STATEMENT_EMBEDDINGS, vectors, model)

    def _put(self, query: str, vectors: Vectors, model: str) -> None:
        rows = [{"id": id_, "vector": [float(x) for x in vector]} for id_, vector in vectors]

        def store(tx: Transaction) -> None:
            # It writes to what a change of model writes to: of the two, one comes wholly before the other.
            if not tx.run(cypher.HOLD_EMBEDDING_MODEL, model=model):
                meta = read_meta(self._db)
                raise OtherEmbeddingModel(stored=meta.wanted_model or meta.embedding_model or "?", wanted=model)
            tx.batches(query, rows, BATCH, now=time.time())

        self._db.write(store)
