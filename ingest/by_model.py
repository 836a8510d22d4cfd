"""Extraction by a chat model, chunk by chunk: a few at once, each stored when it is done, trouble told per chunk."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from graph.errors import ModelError
from graph.store import Store
from graph.types import Chunk, Document, Extraction
from ingest.claim_schema import ExtractionSchema
from ingest.extract import StatementExtractor
from ingest.own_claims import with_own_claims
from llm.catalog import find_model, open_chat
from llm.errors import WORTH_RETRYING, RateLimited
from settings import Settings

CALLS_AT_ONCE = 4
LONGEST_PAUSE = 60.0
FAILED_ROUNDS = 5
"""After so many rounds in which nothing came back, what is open fails with the reason, and can be tried again."""


def extract_by_model(
    store: Store, settings: Settings, document: Document, text: str, stopped: Callable[[], bool]
) -> bool:
    """Extract every open chunk of a document; False when stopped before the end.

    A chunk that the model cannot answer fails with its reason. Trouble that may pass (rate limit, server away) keeps
    chunks open and slows down; when it stays, they fail too. Raises what opening the model raises.
    """
    spec = find_model(document.model or "", settings)
    extractor = StatementExtractor(open_chat(spec, settings), ExtractionSchema(), document.collection, spec.id)

    def one(piece: Chunk) -> Extraction | ModelError:
        try:
            return with_own_claims(extractor.extract(piece, text), document, piece, text)
        except ModelError as error:
            return error

    fruitless = 0
    with ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="extract") as pool:
        while pieces := store.documents.open_chunks(document.id, limit=CALLS_AT_ONCE * 2):
            if stopped():
                return False
            results = list(zip(pieces, pool.map(one, pieces), strict=True))
            passing = [r for _, r in results if isinstance(r, WORTH_RETRYING)]
            fruitless = fruitless + 1 if len(passing) == len(results) else 0
            for piece, result in results:
                if isinstance(result, Extraction):
                    store.claims.put([result], document.collection)
                elif not isinstance(result, WORTH_RETRYING) or fruitless >= FAILED_ROUNDS:
                    store.documents.fail_chunk(piece.id, result.failure())
            if passing and fruitless < FAILED_ROUNDS:
                time.sleep(_pause(passing, fruitless))
    return True


def _pause(errors: list[ModelError], fruitless: int) -> float:
    """As long as the server asks for, otherwise longer each time; never more than a minute."""
    asked = max((error.retry_after for error in errors if isinstance(error, RateLimited)), default=0.0)
    return min(asked or 0.5 * 2**fruitless, LONGEST_PAUSE)
