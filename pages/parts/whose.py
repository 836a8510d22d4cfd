"""Whose words a passage is: the source's own, what a model says of a picture or read in it, what the file says."""

from __future__ import annotations

from collections.abc import Iterable

from graph.types import Chunk, ChunkKind
from pages.language import say
from pages.parts.plain import shortened
from pages.parts.sheet import Note

_LONGEST = 60


def words_of(chunk: Chunk) -> str:
    """Whose words a passage is, to be said beside it; empty for the source's own."""
    if chunk.kind is ChunkKind.METADATA:
        return say("whose.file")
    if not chunk.written_by:
        return ""
    return say("whose.read" if chunk.kind is ChunkKind.OCR else "evidence.written_by", name=_name(chunk))


def claims_of(chunk: Chunk) -> str:
    """The same of a claim that a passage makes: who saw in a picture what is claimed, or read it there."""
    if not chunk.written_by:
        return ""
    return say("whose.read" if chunk.kind is ChunkKind.OCR else "whose.seen", name=_name(chunk))


def notes(chunks: Iterable[Chunk], start: int, end: int) -> list[Note]:
    """Where in a part of a document's text somebody else's words begin; nothing where all are the source's own."""
    found: list[Note] = []
    before = ""
    for chunk in sorted(chunks, key=lambda chunk: chunk.start):
        if not chunk.text or chunk.start >= end or chunk.end <= start:
            continue
        now = words_of(chunk)
        if now != before:
            found.append(Note(max(chunk.start, start) - start, now or say("whose.source")))
        before = now
    return found


def _name(chunk: Chunk) -> str:
    return shortened(chunk.written_by or "", _LONGEST)
