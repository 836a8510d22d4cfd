"""Beside a page: what was chosen on it, the claims it makes, whom and what it names, what models saw on it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.explore import ClaimOfChunk
from graph.types import Chunk, ChunkKind, Document, Entity
from pages.language import count, say
from pages.parts import claim_here, turning
from pages.parts.cabinet import Cabinet
from pages.parts.dated import when_where
from pages.parts.glyphs import rank
from pages.parts.links import link, place_of
from pages.parts.place import Place
from pages.parts.plain import escaped, shortened
from pages.parts.whose import claims_of as seen_by
from pages.parts.whose import words_of

CLAIMS = 12
ENTITIES = 30
CAPTIONS = 4


def claims_of(cabinet: Cabinet, chunks: Sequence[Chunk]) -> list[ClaimOfChunk]:
    """The claims that these passages make, in the order of the text."""
    return cabinet.store.explore.claims_of_chunks([chunk.id for chunk in chunks]) if chunks else []


def show(
    cabinet: Cabinet,
    document: Document,
    page: int,
    chunks: Sequence[Chunk],
    claims: Sequence[ClaimOfChunk],
    at: Place,
    wide: bool = False,
) -> None:
    """Claims and entities of these passages, what was chosen first; `wide`: there is room for two columns."""
    named = cabinet.store.explore.entities_of_chunks([chunk.id for chunk in chunks]) if chunks else {}
    entities = list({entity.id: entity for many in named.values() for entity in many}.values())
    left, right = st.columns(2, gap="large") if wide else (st.container(), st.container())
    with left:
        _claims(claims, {chunk.id: chunk for chunk in chunks}, at)
        if chunks:
            claim_here.show(cabinet, document, page, _most_claimed(entities, claims), at)
    with right:
        if entities:
            st.subheader(say("beside.named"))
            _entities(entities)
            link("explore", say("beside.explore"), ":material/hub:", {"only": document.id})
        _captions([c for c in chunks if c.kind is ChunkKind.CAPTION and c.written_by and c.text], at)


def _claims(made: Sequence[ClaimOfChunk], chunks: dict[str, Chunk], at: Place) -> None:
    st.subheader(say("beside.claims"))
    if not made:
        st.html(f'<p class="wk-soft">{escaped(say("beside.no_claims"))}</p>')
        return
    chosen = [claim for claim in made if _chosen(claim, chunks, at)]
    others = [claim for claim in made if claim not in chosen]
    with st.container(gap="small", key="beside.chosen"):
        for claim in chosen[:CLAIMS]:
            _claim(claim, chunks[claim.chunk])
    with st.container(gap="small", key="beside.claims"):
        for claim in others[:CLAIMS]:
            _claim(claim, chunks[claim.chunk])
    if (rest := others[CLAIMS:]) and st.toggle(count("more", len(rest)), key="beside.more"):
        with st.container(gap="small", key="beside.rest"):
            for claim in rest:
                _claim(claim, chunks[claim.chunk])


def _chosen(claim: ClaimOfChunk, chunks: dict[str, Chunk], at: Place) -> bool:
    """Whether the address names this claim, or, where it names none, the part of the page that makes it."""
    if at.claim:
        return claim.statement == at.claim
    return at.region is not None and not at.span and chunks[claim.chunk].region == at.region


def _claim(claim: ClaimOfChunk, chunk: Chunk) -> None:
    source, seen = claim.source, seen_by(chunk)
    link(
        "library",
        " · ".join(filter(None, (shortened(claim.text, 140), when_where(claim.text, [source]), seen))),
        ":material/format_quote:" if source.supported else ":material/help:",
        place_of(chunk, source.start, source.end, source.region) | {"claim": claim.statement} | turning.as_asked(),
        stretch=True,
    )


def _most_claimed(entities: Sequence[Entity], claims: Sequence[ClaimOfChunk]) -> list[Entity]:
    """What the claims of the page name most often first, so that its subject stays among those that are offered."""
    words = " ".join(claim.text for claim in claims).casefold()
    return sorted(entities, key=lambda each: (-words.count(each.name.casefold()), rank(each.type)))


def _entities(entities: Sequence[Entity]) -> None:
    known = sorted(entities, key=lambda entity: rank(entity.type))[:ENTITIES]
    with st.container(horizontal=True, gap="small", key="beside.named"):
        for entity in known:
            link("explore", entity.name, parameters={"entity": entity.id})


def _captions(told: Sequence[Chunk], at: Place) -> None:
    """What models saw on the page, in their words, with what they were not sure of."""
    if not told:
        return
    st.subheader(say("beside.seen"))
    first = sorted(told, key=lambda chunk: (chunk.region != at.region, chunk.index))
    for chunk in first[:CAPTIONS]:
        lines = "<br>".join(escaped(line) for line in shortened_lines(chunk.text))
        st.html(f'<p class="wk-quote">{lines}</p><p class="wk-soft">{escaped(words_of(chunk))}</p>')
        if chunk.region:
            link("library", say("beside.show"), ":material/center_focus_strong:", place_of(chunk) | turning.as_asked())
    if len(told) > CAPTIONS:
        st.html(f'<p class="wk-soft">{escaped(count("more", len(told) - CAPTIONS))}</p>')


def shortened_lines(text: str, lines: int = 8, length: int = 240) -> list[str]:
    """The first lines of a text, each shortened."""
    return [shortened(line, length) for line in text.splitlines()[:lines]]
