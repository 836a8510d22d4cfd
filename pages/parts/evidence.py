"""Evidence as cards: document, page, the words themselves on the page's image or as text, why it was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from graph.finding import Stating
from graph.types import Chunk, ChunkKind, Document, Evidence, Retrieved, Source
from pages.language import count, say
from pages.parts import claims as claims_list
from pages.parts import elsewhere, pictures
from pages.parts.apart import told_apart
from pages.parts.cabinet import Cabinet
from pages.parts.links import link, place_of, where
from pages.parts.passages import QUOTE, Span, body_start, card_spans, excerpts
from pages.parts.plain import escaped, in_lines, shortened
from pages.parts.plain import quoted as quoted_html
from pages.parts.whose import words_of

FIRST = 4
"""Cards that stand open; the others are folded unless an answer rests on one of them."""
NEAREST = 5
"""Claims so near to the question that their words are marked, rather than the sentence that shares most words."""
_KNOWN_WHY = frozenset({"words", "meaning", "graph", "query", "checked"})


def cards(
    cabinet: Cabinet, retrieved: Retrieved, cited: Mapping[int, list[Span]], said: Sequence[Stating] = ()
) -> None:
    """All pieces of evidence in order; `cited` gives for some numbers the spans that the answer rests on.

    `said` is what is stated beside the cards: they mark its words, and links lead to each.
    """
    evidence = retrieved.evidence
    near = {id_: rank for rank, id_ in enumerate(retrieved.nearest)}
    made = cabinet.store.explore.claims_of_chunks([e.chunk.id for e in evidence])
    claims: dict[str, list[Source]] = {}
    for claim in sorted(made, key=lambda claim: near.get(claim.statement, len(near))):
        claims.setdefault(claim.chunk, []).append(claim.source)
    answers = {claim.chunk for claim in made if claim.statement in retrieved.nearest[:NEAREST]}
    documents = cabinet.store.documents.by_ids(list({e.chunk.document for e in evidence}))

    named = claims_list.quotes(said)
    marked_words: dict[int, list[Span]] = {}
    for piece in evidence:
        spans = cited.get(piece.n) or []
        if not spans:
            sources = claims.get(piece.chunk.id, ())
            first = piece.chunk.id in answers
            spans = card_spans(piece.chunk, retrieved.question, named.get(piece.n, ()), sources, first)
        marked_words[piece.n] = spans
    shown = [(documents.get(piece.chunk.document), piece.chunk, marked_words[piece.n]) for piece in evidence]
    lacking = elsewhere.bring_parts(cabinet, [(d, chunk, spans) for d, chunk, spans in shown if d is not None])

    apart = told_apart([*documents.values()])

    def draw(piece: Evidence) -> None:
        document = documents.get(piece.chunk.document)
        from_ = apart.get(piece.chunk.document, "")
        names = {span: claims_list.quote_name(piece.n, *span) for span in named.get(piece.n, ())}
        _card(cabinet, piece, marked_words[piece.n], document, lacking.get(piece.chunk.id, ""), from_, names)

    for piece in evidence[:FIRST]:
        draw(piece)
    if rest := evidence[FIRST:]:
        with st.expander(
            count("evidence.more", len(rest)), expanded=any(piece.n in cited or piece.n in named for piece in rest)
        ):
            for piece in rest:
                draw(piece)


def _card(
    cabinet: Cabinet,
    piece: Evidence,
    spans: list[Span],
    document: Document | None,
    lacking: str,
    apart: str,
    names: Mapping[Span, str],
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
        if crop and document:
            pictured(cabinet, document, chunk, spans, names, crop, quoted(piece, spans) or piece.title)
        if not crop or chunk.kind is not ChunkKind.TEXT:
            st.html(f'<div class="wk-quote">{excerpt(chunk, spans, names)}</div>')
        if lacking and not crop:
            st.html(f'<div class="wk-soft">{escaped(say("evidence.no_picture", why=lacking))}</div>')
        with st.container(
            horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="xsmall"
        ):
            why = " · ".join(filter(None, (words_of(chunk), reasons(piece.why))))
            st.html(f'<div class="wk-soft">{escaped(why)}</div>', width="content")
            first = spans[0] if spans else (None, None)
            link("library", say("evidence.open"), ":material/menu_book:", place_of(chunk, *first))


def pictured(
    cabinet: Cabinet,
    document: Document,
    chunk: Chunk,
    spans: Sequence[Span],
    names: Mapping[Span, str],
    crop: bytes,
    alt: str,
) -> None:
    """The part of the page on which the spans stand; a link can lead to those that have names."""
    with st.container(gap=None, key=f"crop-{chunk.id}"):
        if names:
            st.html(pictures.over(cabinet.files, document, chunk, spans, names))
        st.image(crop, width="stretch", alt=shortened(alt, 300))


def quoted(piece: Evidence, spans: list[Span]) -> str:
    """The marked words alone, or the beginning of the passage."""
    chunk = piece.chunk
    if not spans:
        return chunk.text
    return " … ".join(chunk.text[max(0, a - chunk.start) : b - chunk.start] for a, b in spans)


def excerpt(chunk: Chunk, spans: Sequence[Span], names: Mapping[Span, str] | None = None, limit: int = QUOTE) -> str:
    """HTML of the parts of a passage in which the spans stand, marked; a link can lead to those that have names."""
    inside = [(a - chunk.start, b - chunk.start) for a, b in spans]
    known = {(a - chunk.start, b - chunk.start): name for (a, b), name in (names or {}).items()}
    parts = excerpts(chunk.text, inside, limit)
    html = " … ".join(
        in_lines(
            quoted_html(
                chunk.text[left:right],
                [(a - left, b - left) for a, b in inside],
                {(a - left, b - left): name for (a, b), name in known.items()},
            )
        )
        for left, right in parts
    )
    before, after = parts[0][0] > body_start(chunk.text), parts[-1][1] < len(chunk.text)
    return ("… " if before else "") + html + (" …" if after else "")


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
