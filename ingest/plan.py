"""What an import would take, before it runs: pages, pictures, calls, tokens, money and time. Calls no model."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graph.errors import Failure, SourceError
from graph.types import ChunkKind, Document, State
from ingest.chunk import chunk
from ingest.collect import Candidate, collect
from ingest.files import FileStore
from ingest.ocr import waiting_pages
from ingest.sources import read
from ingest.sources.base import Limits
from ingest.submit import Options, check_paths
from llm.catalog import find_model
from llm.cost import CHARACTERS_PER_TOKEN, cost
from llm.ocr import cost as ocr_cost
from llm.ocr import find_ocr
from settings import Settings

PROMPT_TOKENS = 700
ANSWER_TOKENS = 350
SECONDS_PER_CALL = 4.0
SECONDS_PER_OCR_PAGE = 1.0
CALLS_AT_ONCE = 4
CHUNKS_PER_PAGE = 3
CHUNKS_READ_PER_SECOND = 150.0
CHUNKS_EMBEDDED_PER_SECOND = 6.0


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """One file of a plan; `failure` says why it could not be imported."""

    name: str
    kind: str
    size: int
    pages: int = 0
    pictures: int = 0
    chunks: int = 0
    waiting: int = 0
    characters: int = 0
    failure: Failure | None = None
    ocr_pages: int = 0
    """Pages without text that the chosen OCR would read."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan and its sums; `cost` is in US dollars, None where the model's price is not known, 0 without a model."""

    documents: tuple[PlannedDocument, ...]
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = 0.0
    seconds: float = 0.0

    @property
    def pages(self) -> int:
        return sum(d.pages for d in self.documents)

    @property
    def pictures(self) -> int:
        return sum(d.pictures for d in self.documents)

    @property
    def chunks(self) -> int:
        return sum(d.chunks for d in self.documents)

    @property
    def ocr_pages(self) -> int:
        return sum(d.ocr_pages for d in self.documents)

    @property
    def failed(self) -> tuple[PlannedDocument, ...]:
        return tuple(d for d in self.documents if d.failure)


def plan(paths: Sequence[Path | str], settings: Settings, options: Options) -> Plan:
    """Read the files as an import would, into a temporary folder, and sum up; raises NothingGiven."""
    check_paths(paths)
    planned: list[PlannedDocument] = []
    with tempfile.TemporaryDirectory(prefix="wunderkammer-plan-") as folder:
        files = FileStore(Path(folder))
        for candidate in collect(paths, files, settings):
            planned.append(_planned(candidate, files, settings, options))
            if candidate.sha256 and not candidate.claims:
                files.remove(candidate.sha256)
    return _summed(tuple(planned), settings, options)


def _planned(candidate: Candidate, files: FileStore, settings: Settings, options: Options) -> PlannedDocument:
    base = PlannedDocument(candidate.name, candidate.media_type, candidate.size, failure=candidate.failure)
    if candidate.failure or candidate.sha256 is None:
        return base
    try:
        content = read(files.original(candidate.sha256), candidate.name, Limits.of(settings))
    except SourceError as error:
        return replace(base, failure=error.failure())
    document = Document(candidate.sha256, content.title, candidate.uri, content.media_type, sha256=candidate.sha256)
    chunks = chunk(content, document)
    return replace(
        base,
        kind=content.media_type,
        pages=len(content.pages),
        pictures=sum(c.kind is ChunkKind.CAPTION for c in chunks),
        chunks=sum(c.state is State.PENDING for c in chunks),
        waiting=sum(c.state is State.WAITING for c in chunks),
        characters=sum(len(c.text) for c in chunks),
        ocr_pages=len(waiting_pages(content)) if options.ocr else 0,
    )


def _summed(documents: tuple[PlannedDocument, ...], settings: Settings, options: Options) -> Plan:
    # How much stands on a page that is only a picture is not known yet: it is taken for a full one.
    chunks = sum(d.chunks + d.ocr_pages * CHUNKS_PER_PAGE for d in documents)
    seconds = chunks / CHUNKS_READ_PER_SECOND + chunks / CHUNKS_EMBEDDED_PER_SECOND
    pages = sum(d.ocr_pages for d in documents)
    reading = ocr_cost(find_ocr(options.ocr), pages, settings) if options.ocr else 0.0
    seconds += pages * SECONDS_PER_OCR_PAGE
    if options.extractor == "quick":
        return Plan(documents, cost=reading, seconds=seconds)
    spec = find_model(options.model or "", settings)
    tokens_in = chunks * PROMPT_TOKENS + int(sum(d.characters for d in documents) / CHARACTERS_PER_TOKEN)
    tokens_out = chunks * ANSWER_TOKENS
    seconds += chunks * SECONDS_PER_CALL / CALLS_AT_ONCE
    answers = cost(spec, tokens_in, tokens_out)
    money = None if answers is None or reading is None else answers + reading
    return Plan(documents, chunks, tokens_in, tokens_out, money, seconds)
