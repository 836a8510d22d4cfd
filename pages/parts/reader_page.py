"""A page in the reader as a picture that can be zoomed into, with its places; its words beside it or instead of it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import streamlit as st

from graph.errors import SourceError
from graph.explore import ClaimOfChunk
from graph.storage_errors import NotAtHand
from graph.types import Chunk, Document, Region
from pages.language import current, say
from pages.parts import beside, closer, pictures, reader_text, spots, turning, viewer
from pages.parts.cabinet import Cabinet
from pages.parts.here import in_address
from pages.parts.links import place, place_of
from pages.parts.passages import Span
from pages.parts.place import Place
from pages.parts.plain import label
from pages.parts.rights import credit
from pages.parts.turning import BOTH, TEXT

_MISSED = "reader.missed"
"""Session state: the page whose image did not come, until when it is not asked for again, and why it did not."""
_PEACE = 60.0


def show(cabinet: Cabinet, document: Document, at: Place) -> None:
    """The page at the place, its claims and names; the address says whether as a picture, as words or as both."""
    pages = max(1, document.pages)
    page = min(max(1, at.page or 1), pages)
    chunks = cabinet.store.documents.chunks_of_page(document.id, page)
    claims = beside.claims_of(cabinet, chunks)
    span = at.span or _span_of(claims, at.claim)
    view = turning.view()
    main, aside = (st.container(), st.container()) if view == BOTH else st.columns([7, 4], gap="large")
    with main:
        turning.controls(document, page, pages)
        if view == BOTH:
            left, right = st.columns(2, gap="medium")
            with left:
                _picture(cabinet, document, page, chunks, claims, at, span)
            with right:
                reader_text.of_one_page(cabinet, document, page, chunks, span)
        elif view == TEXT or not _picture(cabinet, document, page, chunks, claims, at, span):
            reader_text.of_one_page(cabinet, document, page, chunks, span)
    with aside:
        beside.show(cabinet, document, page, chunks, claims, at, wide=view == BOTH)


def _span_of(claims: Sequence[ClaimOfChunk], claim: str | None) -> Span | None:
    """The words that make a claim, where they are known."""
    for made in claims if claim else ():
        source = made.source
        if made.statement == claim and source.start is not None and source.end is not None:
            return source.start, source.end
    return None


def _picture(
    cabinet: Cabinet,
    document: Document,
    page: int,
    chunks: Sequence[Chunk],
    claims: Sequence[ClaimOfChunk],
    at: Place,
    span: Span | None,
) -> bool:
    """The page with its places; False where its image does not come, which is said with what can be done."""
    try:
        _bring(cabinet, document, page)
        sheet = viewer.sheet_of(cabinet.files, document, page)
        drawn = spots.drawn(cabinet, document, sheet, page, chunks, claims, span, at.region, at.claim)
    except (SourceError, NotAtHand) as problem:
        st.warning(label(problem.text(current()), 700), icon=":material/warning:")
        st.button(say("error.again"), icon=":material/refresh:", key="reader.again", on_click=_forget)
        return False
    pages = max(1, document.pages)
    viewer.show(
        sheet,
        f"{document.title}, {say('page', n=page)}" if pages > 1 else document.title,
        key="reader.viewer",
        spots=drawn.spots,
        fit=drawn.fit,
        chosen=drawn.chosen,
        credit=credit(document, _host(cabinet, document, page)),
        page=page,
        pages=pages,
        turned=turning.turner(document, pages),
        picked=lambda spot: _pick(document, page, chunks, claims, spot),
    )
    closer.show(cabinet, document, page, chunks, at.region)
    return True


def _bring(cabinet: Cabinet, document: Document, page: int) -> None:
    """Have the image here; a server that did not give it is left in peace for a while, or each click would wait for it.

    Raises what `pictures.bring` raises.
    """
    missed: tuple[str, int, float, SourceError] | None = st.session_state.get(_MISSED)
    if missed is not None and missed[:2] == (document.id, page) and time.monotonic() < missed[2]:
        raise missed[3]
    try:
        pictures.bring(cabinet.settings, cabinet.files, document, page)
    except SourceError as problem:
        st.session_state[_MISSED] = document.id, page, time.monotonic() + _PEACE, problem
        raise


def _forget() -> None:
    st.session_state.pop(_MISSED, None)


def _host(cabinet: Cabinet, document: Document, page: int) -> str:
    """Whom finer detail of this page is asked of."""
    from ingest.iiif_detail import host_of
    from ingest.iiif_json import IIIF
    from pages.parts.image_address import image_of

    return host_of(cabinet.files, image_of(document, page)) if document.media_type == IIIF else ""


def _pick(document: Document, page: int, chunks: Sequence[Chunk], claims: Sequence[ClaimOfChunk], spot: str) -> None:
    """Put what was clicked on the page into the address: a claim with its words, or a part."""
    chosen = None
    if spot.startswith(spots.PART):
        chosen = place(document.id, page, Region.parse(spot.removeprefix(spots.PART)))
    by_id = {chunk.id: chunk for chunk in chunks}
    for made in claims:
        if spot == f"{spots.CLAIM}{made.statement}":
            source = made.source
            chosen = place_of(by_id[made.chunk], source.start, source.end) | {"claim": made.statement}
            break
    if chosen is not None:
        st.query_params.from_dict(in_address() | chosen | turning.as_asked())
