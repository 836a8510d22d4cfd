"""Cutting a document into passages: by structure, then by sentence; never across pages, nothing lost between them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.errors import Failure
from graph.types import Chunk, ChunkKind, Document, Region, State, make_id
from ingest.files import page_image_uri
from ingest.images import has_images
from ingest.lines import LineIndex, union
from ingest.sentences import sentences
from ingest.sources.base import Block, BlockKind, PageText, ReadDocument

MAX_CHARS = 900
"""About 200 tokens: one thought, small enough that several fit into the prompt of a small local model."""
_BY_LINE = {BlockKind.LIST, BlockKind.TABLE, BlockKind.CODE}


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, a list item, a heading: what is not cut unless it alone is too long."""

    start: int
    end: int
    block: Block
    opens: bool
    """The first unit of its block."""


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    page: int
    kind: ChunkKind
    heading: tuple[str, ...]
    region: Region | None
    read_by: str | None = None


def chunk(read: ReadDocument, document: Document, max_chars: int = MAX_CHARS) -> list[Chunk]:
    """The passages of a document in order, `index` from 0.

    Each `text` is `read.text[start:end]`, at most `max_chars` long, on one page; only white space lies between them.
    A page that waits, failed or is skipped, and a picture, is one passage without text whose failure says what to do.
    """
    index = LineIndex(read.lines)
    by_page: dict[int, list[Block]] = {}
    for block in read.blocks:
        by_page.setdefault(block.page, []).append(block)
    chunks: list[Chunk] = []
    for page in read.pages:
        for span in _spans(read.text, by_page.get(page.page, []), max_chars, index):
            chunks.append(_chunk(read, document, span, len(chunks), page))
        missing = _missing(read, page)
        if missing:
            chunks.append(_chunk(read, document, missing, len(chunks), page, page.state, page.failure))
    return chunks


def _missing(read: ReadDocument, page: PageText) -> _Span | None:
    """The empty passage that stands for what a model has to look at, for what could not be read, or is not."""
    if page.state not in {State.WAITING, State.FAILED, State.SKIPPED}:
        return None
    kind = ChunkKind.CAPTION if read.media_type.startswith("image/") else ChunkKind.OCR
    region = Region(0, 0, page.width, page.height) if page.width and page.height else None
    return _Span(page.end, page.end, page.page, kind, (), region)


def _chunk(
    read: ReadDocument,
    document: Document,
    span: _Span,
    index: int,
    page: PageText,
    state: State = State.PENDING,
    failure: Failure | None = None,
) -> Chunk:
    has_image = page.width > 0 and document.sha256 is not None and has_images(read.media_type)
    return Chunk(
        id=make_id("chunk", document.id, span.start, span.end, span.kind, span.page),
        document=document.id,
        index=index,
        text=read.text[span.start : span.end],
        start=span.start,
        end=span.end,
        collection=document.collection,
        kind=span.kind,
        page=span.page,
        region=span.region,
        image_uri=page_image_uri(document.sha256, span.page) if has_image and document.sha256 else None,
        heading=" › ".join(span.heading) or None,
        state=state,
        failure=failure,
        written_by=span.read_by,
    )


def _spans(text: str, blocks: list[Block], max_chars: int, index: LineIndex) -> Iterator[_Span]:
    """The passages of one page."""
    run: list[Block] = []
    for block in blocks:
        if run and (block.kind is BlockKind.METADATA) != (run[0].kind is BlockKind.METADATA):
            yield from _packed(text, run, max_chars, index)
            run = []
        run.append(block)
    yield from _packed(text, run, max_chars, index)


def _packed(text: str, blocks: list[Block], max_chars: int, index: LineIndex) -> Iterator[_Span]:
    """Units packed into passages, full ones where the structure allows it."""
    packed: list[_Unit] = []
    for unit in _units(text, blocks, max_chars):
        if packed and _closes(packed, unit, max_chars):
            yield _span(packed, index)
            packed = []
        packed.append(unit)
    if packed:
        yield _span(packed, index)


def _closes(packed: list[_Unit], unit: _Unit, max_chars: int) -> bool:
    """Whether a passage ends before this unit."""
    start = packed[0].start
    if unit.end - start > max_chars:
        return True
    if packed[-1].block.kind is BlockKind.HEADING:
        return False
    if unit.opens and unit.block.kind is BlockKind.HEADING:
        return packed[-1].end - start > max_chars / 4
    # A paragraph that would not fit in whole begins a new passage, unless this one is still short.
    return unit.opens and unit.block.end - start > max_chars and packed[-1].end - start > max_chars / 2


def _span(packed: list[_Unit], index: LineIndex) -> _Span:
    start, end = packed[0].start, packed[-1].end
    blocks = list(dict.fromkeys(unit.block for unit in packed))
    body = next((block for block in blocks if block.kind is not BlockKind.HEADING), blocks[0])
    region = index.locate(start, end) or union([block.region for block in blocks if block.region])
    kind = ChunkKind.OCR if body.ocr else ChunkKind.TEXT
    if body.kind is BlockKind.METADATA:
        kind = ChunkKind.METADATA
    return _Span(start, end, body.page, kind, body.heading, region, body.read_by)


def _units(text: str, blocks: Iterable[Block], max_chars: int) -> Iterator[_Unit]:
    for block in blocks:
        opens = True
        for start, end in _pieces(text, block):
            for begin, stop in _cut(text, start, end, max_chars):
                yield _Unit(begin, stop, block, opens)
                opens = False


def _pieces(text: str, block: Block) -> Iterator[tuple[int, int]]:
    if block.kind not in _BY_LINE:
        yield from sentences(text, block.start, block.end)
        return
    position = block.start
    for line in text[block.start : block.end].split("\n"):
        if line.strip():
            yield position + len(line) - len(line.lstrip()), position + len(line.rstrip())
        position += len(line) + 1


def _cut(text: str, start: int, end: int, max_chars: int) -> Iterator[tuple[int, int]]:
    """A unit in parts of at most `max_chars`, cut at a line end, a comma or a space where there is one."""
    while end - start > max_chars:
        stop = _cut_at(text, start, start + max_chars)
        yield start, start + len(text[start:stop].rstrip())
        start = stop
        while start < end and text[start].isspace():
            start += 1
    if end > start:
        yield start, end


def _cut_at(text: str, start: int, limit: int) -> int:
    half = start + (limit - start) // 2
    for sign in ("\n", "; ", ", ", " "):
        found = text.rfind(sign, half, limit)
        if found > 0:
            return found + len(sign)
    # Without a space to cut at, at least an accent stays with its letter.
    while limit > half and unicodedata.combining(text[limit]):
        limit -= 1
    return max(limit, start + 1)
