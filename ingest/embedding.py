"""Giving documents their vectors, as many texts in one request as its server likes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from ingest.vectors import passages
from llm.embed import Embedder

EMBED_BATCH = 64
"""Texts of one call of a model that runs here."""
REMOTE_BATCH = 128
"""Texts of one request."""

Around = Callable[[Sequence[str]], AbstractContextManager[object]]
"""What is done around a request for the vectors of these texts."""


def embed_document(
    store: Store,
    embedder: Embedder,
    document_id: str,
    stopped: Callable[[], bool] = lambda: False,
    paid: Around = nullcontext,
) -> bool:
    """Give every chunk and statement of a document its vector; False when stopped before the end.

    Raises OtherEmbeddingModel where the database has vectors of another model.
    """
    while not embed_some(store, embedder, [document_id], paid)[document_id]:
        if stopped():
            return False
    return True


def embed_some(
    store: Store, embedder: Embedder, document_ids: Sequence[str], paid: Around = nullcontext
) -> dict[str, bool]:
    """Give documents vectors, in order, as many as fit into one request; by id, whether a document has all of its own.

    Raises OtherEmbeddingModel where the database has vectors of another model.
    """
    store.embeddings.use_model(embedder.spec.id, embedder.spec.dimensions)
    most = EMBED_BATCH if embedder.spec.here else REMOTE_BATCH
    pieces: list[tuple[str, str]] = []
    claims: list[tuple[str, str]] = []
    whole: dict[str, bool] = dict.fromkeys(document_ids, False)
    for id_ in document_ids:
        if (room := most - len(pieces) - len(claims)) <= 0:
            break
        more_pieces = store.embeddings.chunks_left(id_, room)
        more_claims = store.embeddings.statements_left(id_, room - len(more_pieces)) if room > len(more_pieces) else []
        whole[id_] = len(more_pieces) + len(more_claims) < room
        pieces += more_pieces
        claims += more_claims
    if pieces or claims:
        # In one go: a server answers one long request sooner than two short ones.
        texts = [text for _, text in (*pieces, *claims)]
        with paid(texts):
            vectors = [vector.tolist() for vector in passages(embedder, texts)]
        store.embeddings.put_chunks(_paired(pieces, vectors[: len(pieces)]), embedder.spec.id)
        store.embeddings.put_statements(_paired(claims, vectors[len(pieces) :]), embedder.spec.id)
    return whole


def _paired(texts: Sequence[tuple[str, str]], vectors: Sequence[list[float]]) -> list[tuple[str, list[float]]]:
    """(id, vector) of each; a statement of two documents is there twice."""
    return list({id_: (id_, vector) for (id_, _), vector in zip(texts, vectors, strict=True)}.values())


def embed_all(store: Store, embedder: Embedder, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> None:
    """Give everything in these collections its vector."""
    for document in store.documents.every(collections):
        embed_document(store, embedder, document.id)
