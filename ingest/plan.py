"""What an import would take, before it runs: pages, pictures, calls, tokens, money and time. Calls no model."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.errors import Failure, SourceError
from graph.origins import is_place
from graph.store import Store
from graph.types import Chunk, ChunkKind, Document, State
from ingest import forecast
from ingest.chunk import chunk
from ingest.collect import Candidate, collect
from ingest.extractors import check_named
from ingest.files import FileStore
from ingest.forecast import Measured
from ingest.images import has_images
from ingest.known import Standing, compare
from ingest.limits import check_limits
from ingest.looks import pictures_beside_text
from ingest.ocr import AT_ONCE, PDF, waiting_pages
from ingest.sources import read
from ingest.sources.base import Limits
from ingest.submit import Options, check_paths, document_of, schema_id
from llm.ocr import is_service
from settings import Settings

NOTHING_MEASURED = Measured()
_UNREAD = (State.PENDING, State.RUNNING, State.WAITING)
CHUNKS_PER_PAGE = 3
CHARACTERS_PER_PAGE = 2400
"""Of a page that is only a picture: how much stands on it is not known yet, so it is taken for a full one."""
CHUNKS_PER_PICTURE, CHARACTERS_PER_PICTURE = 2, 600
"""Of a described picture: what is seen, and the writing in it; its parts need no more asking."""


@dataclass(frozen=True, slots=True)
class PlannedDocument:
    """One file of a plan; `failure` says why it could not be imported.

    What the graph has already costs nothing and is not read for a plan. An upload has no place at which it could be
    found again: `earlier` is the document that was sent under its name before, with other content.
    """

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
    """Pages without text that the chosen OCR or vision model would read."""
    described: int = 0
    """Pictures that the chosen vision model would describe."""
    uri: str = ""
    standing: Standing = Standing.NEW
    earlier: Document | None = None
    only_looked_at: bool = False
    """Whether the text stays as it is, and only its pictures and scans are looked at."""
    read: frozenset[int] = frozenset()
    """Of a document that was not read to its end: which of its passages are done, by their place in it."""

    @property
    def stays_out(self) -> bool:
        """Whether nothing is to be done with it."""
        return self.failure is not None or self.standing in (Standing.KNOWN, Standing.TWICE)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan and its sums; `cost` is in US dollars, None where a price is not known, 0 where nothing is paid.

    `calls` and tokens are those of all models that are asked: for claims, for pages, and for vectors from a server.
    """

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
    def described(self) -> int:
        return sum(d.described for d in self.documents)

    @property
    def failed(self) -> tuple[PlannedDocument, ...]:
        return tuple(d for d in self.documents if d.failure)

    @property
    def replaces(self) -> bool:
        """Whether the claims of documents that are here already go, since they are read in another way."""
        return any(d.standing is Standing.AGAIN and not d.only_looked_at and not d.failure for d in self.documents)

    def counted(self, standing: Standing) -> int:
        """How many of the files that can be read stand so to what is there already."""
        return sum(d.standing is standing and d.failure is None for d in self.documents)


def plan(
    paths: Sequence[Path | str],
    settings: Settings,
    options: Options,
    measured: Measured = NOTHING_MEASURED,
    store: Store | None = None,
) -> Plan:
    """Read the files as an import would, into a temporary folder, and sum up; with a store, what it has costs nothing.

    Raises NothingGiven, NoModelNamed, and what `check_limits` raises; that a model is not ready yet keeps nobody from
    planning.

    `measured` is what `forecast.measured` knows of earlier imports.
    """
    check_paths(paths)
    check_named(options.extractor, options.model)
    check_limits(options.limits, options.asks, None, settings)
    planned: list[PlannedDocument] = []
    with tempfile.TemporaryDirectory(prefix="wunderkammer-plan-") as folder:
        files = FileStore(Path(folder))
        known = _Known(store, options, schema_id(store, options)) if store else None
        for candidate in collect(paths, files, settings):
            base = PlannedDocument(
                candidate.name, candidate.media_type, candidate.size, failure=candidate.failure, uri=candidate.uri
            )
            base = known.placed(base, candidate) if known else base
            planned.append(base if base.stays_out else _planned(base, candidate, files, settings, options))
            if candidate.sha256 and not candidate.claims:
                files.remove(candidate.sha256)
    return _summed(tuple(planned), settings, options, measured)


@dataclass(slots=True)
class _Known:
    """Says of one file after the other how it stands to what the graph has, and to those before it."""

    store: Store
    options: Options
    schema: str | None
    seen: set[str] = field(default_factory=set)

    def placed(self, planned: PlannedDocument, candidate: Candidate) -> PlannedDocument:
        """The file with its standing."""
        if candidate.failure:
            return planned
        document = document_of(candidate, None, self.options, self.schema)
        if document.id in self.seen:
            return replace(planned, standing=Standing.TWICE)
        self.seen.add(document.id)
        found = compare(self.store, document.collection, [document], {}, self.options.quick_again)
        standing, earlier = found.standing(document), None
        if standing is Standing.NEW and not is_place(document.uri):
            earlier = self.store.origins.latest_upload(document.collection, document.uri)
        if standing is Standing.REST:
            return replace(planned, standing=standing, read=self._read(document.id))
        return replace(planned, standing=standing, earlier=earlier, only_looked_at=document.id not in found.new)

    def _read(self, document_id: str) -> frozenset[int]:
        chunks = self.store.documents.all_chunks(document_id)
        return frozenset(each.index for each in chunks if each.state not in _UNREAD)


def _planned(
    base: PlannedDocument, candidate: Candidate, files: FileStore, settings: Settings, options: Options
) -> PlannedDocument:
    if candidate.sha256 is None:
        return base
    try:
        content = read(files.original(candidate.sha256), candidate.name, Limits.of(settings))
    except SourceError as error:
        return replace(base, failure=error.failure())
    document = Document(candidate.sha256, content.title, candidate.uri, content.media_type, sha256=candidate.sha256)
    chunks = [each for each in chunk(content, document) if each.index not in base.read]
    scans, pictures = _looks(files, document, chunks, waiting_pages(content), options)
    if base.only_looked_at:
        # Its words are read and asked about already.
        chunks = [each for each in chunks if each.state is State.WAITING]
    return replace(
        base,
        kind=content.media_type,
        pages=len(content.pages),
        pictures=sum(c.kind is ChunkKind.CAPTION for c in chunks),
        chunks=sum(c.state is State.PENDING for c in chunks),
        waiting=sum(c.state is State.WAITING for c in chunks),
        characters=sum(len(c.text) for c in chunks),
        ocr_pages=scans,
        described=pictures,
    )


def _looks(
    files: FileStore, document: Document, chunks: list[Chunk], waiting: Sequence[int], options: Options
) -> tuple[int, int]:
    """How many pages would be read, and how many pictures described; a picture that is described is not read as well.

    A scan on which few words are found is described too, which nobody knows before.
    """
    if not options.caption_model or not has_images(document.media_type):
        return (len(waiting) if options.ocr else 0), 0
    beside = len(pictures_beside_text(files, document, chunks))
    if not options.ocr or (document.media_type.startswith("image/") and not is_service(options.ocr)):
        return 0, len(waiting) + beside
    return len(waiting), beside + (len(waiting) if document.media_type.startswith("image/") else 0)


def _summed(documents: tuple[PlannedDocument, ...], settings: Settings, options: Options, measured: Measured) -> Plan:
    scans, pictures = sum(d.ocr_pages for d in documents), sum(d.described for d in documents)
    chunks = sum(d.chunks for d in documents) + scans * CHUNKS_PER_PAGE + pictures * CHUNKS_PER_PICTURE
    characters = sum(d.characters for d in documents)
    characters += scans * CHARACTERS_PER_PAGE + pictures * CHARACTERS_PER_PICTURE
    model = None if options.extractor == "quick" else options.model or ""
    takes = forecast.vectors(chunks, characters, model is not None, measured.embedding, settings)
    if model is not None:
        asked = forecast.claims(chunks, characters, model, settings, measured.claims)
        # Vectors are made beside the claims: the slower of the two says how long both take.
        both = takes + asked
        takes = replace(both, seconds=max(takes.seconds, asked.seconds))
    if options.caption_model:
        takes += forecast.looks(pictures, options.caption_model, forecast.CAPTION_TOKENS, settings)
    if options.ocr and not is_service(options.ocr):
        takes += forecast.looks(scans, options.ocr, forecast.PAGE_TOKENS, settings)
    elif options.ocr:
        pages = tuple((d.ocr_pages, AT_ONCE if d.kind == PDF else 1) for d in documents if d.ocr_pages)
        takes += forecast.pages(pages, options.ocr, settings)
    seconds = takes.seconds + chunks / forecast.PASSAGES_READ_PER_SECOND
    return Plan(documents, takes.calls, takes.tokens_in, takes.tokens_out, takes.usd, seconds)
