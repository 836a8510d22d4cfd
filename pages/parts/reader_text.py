"""Words in the reader: a document without page images in parts, or the words of one page; what is cited is marked."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.types import Chunk, ChunkKind, Document
from pages.language import say
from pages.parts import beside, sheet, turning
from pages.parts.cabinet import Cabinet
from pages.parts.passages import Span, moved, of_page, pieces, window_of
from pages.parts.place import Place
from pages.parts.plain import merged
from pages.parts.sheet import Note
from pages.parts.whose import notes

_GAP = "\n\n"


def show(cabinet: Cabinet, document: Document, at: Place) -> None:
    """A document without page images: a part of its text with the span marked, and what is said and named in it."""
    left, right = st.columns([7, 4], gap="large")
    with left:
        chunks = _part(cabinet, document, at)
    with right:
        beside.show(cabinet, document, at.page or 1, chunks, beside.claims_of(cabinet, chunks), at)


def _part(cabinet: Cabinet, document: Document, at: Place) -> list[Chunk]:
    from ingest.texts import document_text

    text = document_text(cabinet.files, document)
    every = list(cabinet.store.documents.all_chunks(document.id))
    if not text:
        st.info(say("reader.no_text"), icon=":material/info:")
        return every[:1]
    parts = pieces(text, every)
    number = window_of(parts, at.span[0]) if at.span else min(at.page or 1, len(parts)) - 1
    start, end = parts[number]
    turning.controls(document, number + 1, len(parts), part=len(parts) != document.pages)
    sheet.show_text(
        text[start:end],
        merged([(at.span[0] - start, at.span[1] - start)] if at.span else [], end - start),
        document.title,
        key="reader.sheet",
        language=document.language,
        notes=notes(every, start, end),
        page=number + 1,
        pages=len(parts),
        turned=turning.turner(document, len(parts)),
    )
    return [c for c in every if c.start < end and c.end > start]


def of_one_page(cabinet: Cabinet, document: Document, page: int, chunks: Sequence[Chunk], span: Span | None) -> None:
    """The words of a page of a document that has page images, and whose they are."""
    from ingest.texts import document_text

    written = [chunk for chunk in chunks if chunk.text]
    if all(chunk.kind is ChunkKind.METADATA for chunk in written):
        st.info(say("reader.no_words"), icon=":material/info:")
        return
    whole = document_text(cabinet.files, document)
    # Where our copy is gone, the database still has the passages.
    parts = of_page(whole, written) if whole else [(chunk.start, chunk.end) for chunk in written]
    text = _GAP.join(whole[start:end] for start, end in parts) if whole else _GAP.join(each.text for each in written)
    sheet.show_text(
        text,
        merged(moved(span, parts, len(_GAP)) if span else [], len(text)),
        document.title,
        key="reader.sheet",
        language=document.language,
        notes=_notes(written, parts),
        page=page,
        pages=max(1, document.pages),
        turned=turning.turner(document, max(1, document.pages)),
    )


def _notes(chunks: Sequence[Chunk], parts: Sequence[Span]) -> list[Note]:
    """Where somebody else's words begin, in the text of the parts one after the other."""
    found: list[Note] = []
    at = 0
    for start, end in parts:
        found += [Note(at + note.at, note.words) for note in notes(chunks, start, end)]
        at += end - start + len(_GAP)
    return found
