"""Vectors of chunks and statements: what is still to be embedded, and storing it. One model per database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph import cypher
from graph.connection import Connection
from graph.schema import Meta, read_meta, use_embedding_model

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

        Another model's vectors and indexes are dropped first, so they never mix, and an interruption can be resumed.
        """
        if read_meta(self._db).embedding_model not in (None, name):
            self._db.dialect.drop_vector_indexes(self._db.driver, self._db.database)
            for label in ("Chunk", "Statement"):
                while self._db.run(cypher.FORGET_VECTORS.replace("{label}", label), limit=BATCH * 10)[0]["n"]:
                    pass
            self._db.run(cypher.SET_META, properties={"embedding_model": None, "dimensions": None})
        use_embedding_model(self._db, name, dimensions)
        self._db.run(cypher.QUEUE_EMBEDDING)

    def chunks_left(self, document_id: str, limit: int = 64) -> list[tuple[str, str]]:
        """(id, text) of some chunks of a document without a vector."""
        rows = self._db.read(cypher.CHUNKS_TO_EMBED, document=document_id, limit=limit)
        return [(row["id"], row["text"]) for row in rows]

    def statements_left(self, document_id: str, limit: int = 64) -> list[tuple[str, str]]:
        """(id, text) of some statements that a document makes, without a vector."""
        rows = self._db.read(cypher.STATEMENTS_TO_EMBED, document=document_id, limit=limit)
        return [(row["id"], row["text"]) for row in rows]

    def put_chunks(self, vectors: Vectors) -> None:
        """Store the vectors of chunks."""
        self._put(cypher.SET_CHUNK_EMBEDDINGS, vectors)

    def put_statements(self, vectors: Vectors) -> None:
        """Store the vectors of statements."""
        self._put(cypher.SET_STATEMENT_EMBEDDINGS, vectors)

    def _put(self, query: str, vectors: Vectors) -> None:
        rows = [{"id": id_, "vector": [float(x) for x in vector]} for id_, vector in vectors]
        self._db.write(lambda tx: tx.batches(query, rows, BATCH))
