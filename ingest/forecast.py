"""What passages will take of a model: calls, tokens, money and time, from what was measured, here where it was.

Where earlier imports used the model, their tokens and seconds count. Otherwise: a provider's small model answers a
passage in about 4 s; a model that runs here without a graphics card writes and reads as fast as its size lets it
(Llama 3.2 3B, 2 GB, on two cores: 40 tokens read and 7 written a second).
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Final

from graph.jobs import Paid, Purpose, Use
from graph.store import Store
from ingest.claim_schema import ExtractionSchema
from ingest.limits import price
from ingest.vectors import vectors_cost
from llm.catalog import family, find_model
from llm.cost import estimate_tokens
from llm.embed import DEFAULT_EMBEDDING, find_embedding
from llm.ocr import cost as ocr_cost
from llm.ocr import find_ocr
from llm.seeing import PICTURE_TOKENS
from settings import Settings

NO_USE: Final = Use()
ENOUGH: Final = 5
"""Calls of earlier imports from which what they took is believed."""
ANSWER_TOKENS: Final = 350
CONTEXT_CHARACTERS: Final = 400
"""Words before a passage that are shown with it."""
SECONDS_PER_CALL: Final = 4.0
SECONDS_PER_OCR_PAGE: Final = 1.0
LOOK_TOKENS: Final = 700
"""Of the rules and the form that go with a picture."""
CAPTION_TOKENS: Final = 600
PAGE_TOKENS: Final = 1200
SECONDS_PER_LOOK: Final = 8.0
SECONDS_PER_LOCAL_LOOK: Final = 60.0
"""About what a vision model takes on an ordinary processor."""
SECONDS_PER_VECTORS: Final = 1.0
"""Of one request for the vectors of `PASSAGES_PER_REQUEST` passages."""
PASSAGES_PER_REQUEST: Final = 64
REQUESTS_AT_ONCE: Final = 4
PASSAGES_READ_PER_SECOND: Final = 150.0
PASSAGES_EMBEDDED_PER_SECOND: Final = 6.0
CLAIM_CHARACTERS: Final = 300
"""Of the claims of one passage, which get vectors too."""
_LOCAL_READ, _LOCAL_WRITTEN, _LOCAL_SIZE = 40.0, 7.0, 2.0e9


@dataclass(frozen=True, slots=True)
class Measured:
    """What this cabinet knows before an import: which model makes its vectors, what the chosen one used before."""

    embedding: str = DEFAULT_EMBEDDING
    claims: Use = NO_USE


@dataclass(frozen=True, slots=True)
class Taken:
    """What one part of an import takes; `usd` is None where a price is not known."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float | None = 0.0
    seconds: float = 0.0

    def __add__(self, other: Taken) -> Taken:
        usd = None if self.usd is None or other.usd is None else self.usd + other.usd
        return Taken(
            self.calls + other.calls,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            usd,
            self.seconds + other.seconds,
        )


def measured(store: Store, model: str | None) -> Measured:
    """What the database knows."""
    claims = Use()
    for job in store.queue.with_model(model) if model else ():
        claims += dict(job.spent).get(Paid(Purpose.CLAIMS, model or ""), Use())
    return Measured(store.embeddings.meta().embedding_model or DEFAULT_EMBEDDING, claims)


def claims(passages: int, characters: int, model: str, settings: Settings, before: Use) -> Taken:
    """Claims of so many passages with so many characters in all, by a chat model."""
    spec = find_model(model, settings)
    schema = ExtractionSchema()
    sent = passages * (len(schema.instructions()) + CONTEXT_CHARACTERS) + characters
    form = passages * len(json.dumps(schema.json_schema()))
    tokens_in, tokens_out = estimate_tokens(sent + form), passages * ANSWER_TOKENS
    if before.calls >= ENOUGH and before.characters:
        tokens_in = round(sent * before.tokens_in / before.characters)
        tokens_out = round(passages * before.tokens_out / before.calls)
    here = family(spec.family).here
    if before.calls >= ENOUGH:
        each = before.seconds / before.calls
    elif here:
        size = (spec.weights.size if spec.weights else _LOCAL_SIZE) / _LOCAL_SIZE
        each = size * (tokens_in / _LOCAL_READ + tokens_out / _LOCAL_WRITTEN) / max(1, passages)
    else:
        each = SECONDS_PER_CALL
    at_once = 1 if here else settings.calls_at_once
    return Taken(
        passages, tokens_in, tokens_out, price(spec, tokens_in, tokens_out), math.ceil(passages / at_once) * each
    )


def pages(documents: tuple[tuple[int, int], ...], ocr: str, settings: Settings) -> Taken:
    """Reading of pages without text: (pages, pages in one request) of each document."""
    total = sum(pages for pages, _ in documents)
    requests = sum(math.ceil(pages / at_once) for pages, at_once in documents)
    return Taken(requests, usd=ocr_cost(find_ocr(ocr), total, settings), seconds=total * SECONDS_PER_OCR_PAGE)


def looks(pictures: int, id: str, tokens_out: int, settings: Settings) -> Taken:
    """So many pictures or pages shown to a vision model that writes so many tokens about each."""
    spec = find_model(id, settings)
    here = family(spec.family).here
    tokens_in, tokens_out = pictures * (PICTURE_TOKENS + LOOK_TOKENS), pictures * tokens_out
    usd = price(spec, tokens_in, tokens_out) if pictures else 0.0
    each = SECONDS_PER_LOCAL_LOOK if here else SECONDS_PER_LOOK
    at_once = 1 if here else settings.calls_at_once
    return Taken(pictures, tokens_in, tokens_out, usd, math.ceil(pictures / at_once) * each)


def vectors(passages: int, characters: int, with_claims: bool, embedding: str, settings: Settings) -> Taken:
    """Vectors of so many passages with so many characters in all, and of their claims."""
    spec = find_embedding(embedding)
    if spec.here:
        return Taken(seconds=passages / PASSAGES_EMBEDDED_PER_SECOND)
    tokens = estimate_tokens(characters + passages * CLAIM_CHARACTERS * with_claims)
    requests = math.ceil(passages / PASSAGES_PER_REQUEST)
    seconds = math.ceil(requests / REQUESTS_AT_ONCE) * SECONDS_PER_VECTORS
    return Taken(requests, tokens, 0, vectors_cost(spec, tokens, settings), seconds)
