"""The evidence of a finding: each passage as it was kept, with the place it opens as far as it is still there."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from graph.finding import Finding, Piece, Standing
from graph.types import Chunk, ChunkKind, Document, Source
from pages.language import count, say
from pages.parts import evidence, pictures
from pages.parts.cabinet import Cabinet
from pages.parts.claims import quote_name, quotes
from pages.parts.evidence import FIRST, excerpt
from pages.parts.links import link, place
from pages.parts.passages import Span, card_spans
from pages.parts.plain import escaped, shortened
from pages.parts.rights import licence
from pages.parts.whose import words_of


def cards(cabinet: Cabinet, finding: Finding, standing: Mapping[str, Standing]) -> None:
    """All pieces of evidence in order."""
    ids = sorted({each.document for each in finding.evidence if standing.get(each.chunk) is not Standing.GONE})
    documents = cabinet.store.documents.by_ids(ids)
    cited = _marked(finding)
    names = {n: {span: quote_name(n, *span) for span in spans} for n, spans in quotes(finding.stated).items()}
    for piece in finding.evidence[:FIRST]:
        _card(cabinet, piece, cited.get(piece.n, []), documents, standing, names)
    if rest := finding.evidence[FIRST:]:
        with st.expander(
            count("evidence.more", len(rest)), expanded=any(piece.n in (names or cited) for piece in rest)
        ):
            for piece in rest:
                _card(cabinet, piece, cited.get(piece.n, []), documents, standing, names)


def _marked(finding: Finding) -> dict[int, list[Span]]:
    """For each number the words that the answer rests on; of what it does not cite, what a claim rests on."""
    spans: dict[int, list[Span]] = {}
    for said in finding.said:
        for each in said.citations:
            if each.supported and each.start is not None and each.end is not None:
                spans.setdefault(each.n, []).append((each.start, each.end))
    if finding.stated and not finding.said:
        found, numbered = quotes(finding.stated), [(piece.n, piece) for piece in finding.evidence]
        return {
            n: card_spans(as_chunk(piece), finding.question, found.get(n, ()), _sources(finding, piece.chunk))
            for n, piece in numbered
        }
    number = {piece.chunk: piece.n for piece in finding.evidence}
    for claim in finding.claims:
        for source in claim.sources:
            n = number.get(source.chunk, 0)
            if n and n not in spans and source.supported and source.start is not None and source.end is not None:
                spans[n] = [(source.start, source.end)]
    return spans


def _sources(finding: Finding, chunk: str) -> list[Source]:
    """Where the claims of the graph are made in a passage, in the order of its text."""
    made = [each for claim in finding.claims for each in claim.sources if each.chunk == chunk]
    found = [Source(each.chunk, each.quote, each.start, each.end, each.supported) for each in made]
    return sorted(found, key=lambda source: source.start or 0)


def _card(
    cabinet: Cabinet,
    piece: Piece,
    spans: list[Span],
    documents: Mapping[str, Document],
    standing: Mapping[str, Standing],
    names: Mapping[int, Mapping[Span, str]],
) -> None:
    now = standing.get(piece.chunk, Standing.GONE)
    document = documents.get(piece.document)
    chunk = as_chunk(piece)
    page = say("page", n=piece.page) if piece.page and pictured(piece) else ""
    with st.container(border=True, key=f"evidence-{piece.n}", gap="xsmall"):
        st.html(
            f'<div class="wk-head" id="evidence-{piece.n}"><span class="wk-n">{piece.n}</span>'
            f"<strong>{escaped(shortened(piece.title, 90))}</strong>"
            f'<span class="wk-soft">{escaped(page)}</span></div>'
        )
        crop = pictures.crop_of(cabinet.files, document, chunk, spans) if document and now is Standing.HERE else None
        if crop and document:
            alt = piece.quote or piece.title
            evidence.pictured(cabinet, document, chunk, spans, names.get(piece.n, {}), crop, alt)
        if not crop or chunk.kind is not ChunkKind.TEXT:
            st.html(f'<div class="wk-quote">{excerpt(chunk, spans, names.get(piece.n))}</div>')
        credit = " · ".join(filter(None, (words_of(chunk), piece.attribution, licence(piece.rights or ""))))
        if credit:
            st.html(f'<div class="wk-soft">{escaped(shortened(credit, 300))}</div>')
        _way(piece, spans, now, document is not None)


def _way(piece: Piece, spans: list[Span], now: Standing, document: bool) -> None:
    """The way to the place, or why there is none."""
    if now is Standing.HERE:
        start, end = spans[0] if spans else (piece.start, piece.end)
        at = place(piece.document, piece.page, piece.region, start, end)
        link("library", say("finding.here"), ":material/menu_book:", at)
        return
    st.html(f'<div class="wk-soft">{escaped(say(f"finding.place.{now.value}"))}</div>')
    if document:
        at = place(piece.document, piece.page)
        link("library", say("finding.place.document"), ":material/menu_book:", at)


def pictured(piece: Piece) -> bool:
    """Whether its pages are pages that can be seen, rather than the one page of a text or a picture."""
    return piece.media_type == "application/pdf" or piece.canvas is not None


def as_chunk(piece: Piece) -> Chunk:
    """The passage as it was."""
    kind = ChunkKind(piece.kind) if piece.kind in set(ChunkKind) else ChunkKind.TEXT
    return Chunk(
        piece.chunk,
        piece.document,
        0,
        piece.quote,
        piece.start,
        piece.end,
        kind=kind,
        page=piece.page,
        canvas=piece.canvas,
        region=piece.region,
        written_by=piece.written_by,
    )
