"""Evidence as cards: document, page, the words themselves on the page's image or as text, why it was found."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.types import ChunkKind, Document, Evidence, Retrieved, Source
from pages.language import count, say
from pages.parts import elsewhere, pictures
from pages.parts.apart import told_apart
from pages.parts.cabinet import Cabinet
from pages.parts.links import link, place_of, where
from pages.parts.passages import Span, answering_span, around, body_start
from pages.parts.plain import escaped, in_lines, marked, shortened
from pages.parts.whose import words_of

FIRST = 4
"""Cards that stand open; the others are folded unless an answer rests on one of them."""
NEAREST = 5
"""Claims so near to the question that their words are marked, rather than the sentence that shares most words."""
_KNOWN_WHY = frozenset({"words", "meaning", "graph", "query", "checked"})


def cards(cabinet: Cabinet, retrieved: Retrieved, cited: dict[int, list[Span]]) -> None:
    """All pieces of evidence in order; `cited` gives for some numbers the spans that the answer rests on."""
    evidence = retrieved.evidence
    near = {id_: rank for rank, id_ in enumerate(retrieved.nearest)}
    made = cabinet.store.explore.claims_of_chunks([e.chunk.id for e in evidence])
    claims: dict[str, list[Source]] = {}
    for claim in sorted(made, key=lambda claim: near.get(claim.statement, len(near))):
        claims.setdefault(claim.chunk, []).append(claim.source)
    answers = {claim.chunk for claim in made if claim.statement in retrieved.nearest[:NEAREST]}
    documents = cabinet.store.documents.by_ids(list({e.chunk.document for e in evidence}))

    marked_words: dict[int, list[Span]] = {}
    for piece in evidence:
        spans = cited.get(piece.n) or []
        if not spans:
            sources = claims.get(piece.chunk.id, ())
            found = answering_span(piece.chunk, retrieved.question, sources, first=piece.chunk.id in answers)
            spans = [found] if found else []
        marked_words[piece.n] = spans
    shown = [(documents.get(piece.chunk.document), piece.chunk, marked_words[piece.n]) for piece in evidence]
    lacking = elsewhere.bring_parts(cabinet, [(d, chunk, spans) for d, chunk, spans in shown if d is not None])

    apart = told_apart([*documents.values()])

    def draw(piece: Evidence) -> None:
        document = documents.get(piece.chunk.document)
        from_ = apart.get(piece.chunk.document, "")
        _card(cabinet, piece, marked_words[piece.n], document, lacking.get(piece.chunk.id, ""), from_)

    for piece in evidence[:FIRST]:
        draw(piece)
    if rest := evidence[FIRST:]:
        with st.expander(count("evidence.more", len(rest)), expanded=any(piece.n in cited for piece in rest)):
            for piece in rest:
                draw(piece)


def _card(
    cabinet: Cabinet, piece: Evidence, spans: list[Span], document: Document | None, lacking: str = "", apart: str = ""
) -> None:
    chunk = piece.chunk
    page = " · ".join(filter(None, (where(chunk), shortened(apart, 80))))
    with st.container(border=True, key=f"evidence-{piece.n}", gap="xsmall"):
        st.html(
            f'<div class="wk-head" id="evidence-{piece.n}"><span class="wk-n">{piece.n}</span>'
            f"<strong>{escaped(shortened(piece.title, 90))}</strong>"
            f'<span class="wk-soft">{escaped(page)}</span></div>'
        )
        crop = pictures.crop_of(cabinet.files, document, chunk, spans) if document else None
        if crop:
            st.image(crop, width="stretch", alt=shortened(quoted(piece, spans), 300) or piece.title)
        if not crop or chunk.kind is not ChunkKind.TEXT:
            st.html(f'<div class="wk-quote">{_quote(piece, spans)}</div>')
        if lacking and not crop:
            st.html(f'<div class="wk-soft">{escaped(say("evidence.no_picture", why=lacking))}</div>')
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="xsmall"
        ):
            why = " · ".join(filter(None, (words_of(chunk), reasons(piece.why))))
            st.html(f'<div class="wk-soft">{escaped(why)}</div>', width="content")
            first = spans[0] if spans else (None, None)
            link("library", say("evidence.open"), ":material/menu_book:", place_of(chunk, *first))


def quoted(piece: Evidence, spans: list[Span]) -> str:
    """The marked words alone, or the beginning of the passage."""
    chunk = piece.chunk
    if not spans:
        return chunk.text
    return " … ".join(chunk.text[max(0, a - chunk.start) : b - chunk.start] for a, b in spans)


def _quote(piece: Evidence, spans: list[Span]) -> str:
    chunk = piece.chunk
    inside = [(a - chunk.start, b - chunk.start) for a, b in spans]
    left, right = around(chunk.text, inside[0] if inside else None)
    html = in_lines(marked(chunk.text[left:right], [(a - left, b - left) for a, b in inside]))
    return ("… " if left > body_start(chunk.text) else "") + html + (" …" if right < len(chunk.text) else "")


def reasons(why: Sequence[str]) -> str:
    """Why a passage was found, in words; reasons that name a claim or an entity end with that name."""
    said: list[str] = []
    for reason in why:
        key, _, detail = reason.partition(": ")
        if key in ("claim", "entity") and detail:
            said.append(say(f"why.{key}", name=shortened(detail, 80)))
        elif key in _KNOWN_WHY:
            said.append(say(f"why.{key}"))
    return " · ".join(dict.fromkeys(said))
