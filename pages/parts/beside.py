"""Beside a page: the claims it makes, each a way to its words, and the people, places and things it names."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.explore import ClaimOfChunk
from graph.types import Chunk, Document, Entity
from pages.language import count, say
from pages.parts.cabinet import Cabinet
from pages.parts.dated import when_where
from pages.parts.glyphs import rank
from pages.parts.links import link, place_of
from pages.parts.plain import escaped, shortened
from pages.parts.whose import claims_of

CLAIMS = 12
ENTITIES = 30


def show(cabinet: Cabinet, document: Document, chunks: Sequence[Chunk]) -> None:
    """Claims and entities of these chunks."""
    ids = [chunk.id for chunk in chunks]
    by_id = {chunk.id: chunk for chunk in chunks}
    made = cabinet.store.explore.claims_of_chunks(ids) if ids else []
    named = cabinet.store.explore.entities_of_chunks(ids) if ids else {}
    st.subheader(say("beside.claims"))
    if made:
        _claims(made, by_id)
    else:
        st.html(f'<p class="wk-soft">{escaped(say("beside.no_claims"))}</p>')
    entities = list({entity.id: entity for many in named.values() for entity in many}.values())
    if entities:
        st.subheader(say("beside.named"))
        _entities(entities)


def _claims(made: Sequence[ClaimOfChunk], chunks: dict[str, Chunk]) -> None:
    with st.container(gap="small", key="beside.claims"):
        for n, claim in enumerate(made):
            if n == CLAIMS:
                st.html(f'<p class="wk-soft">{escaped(count("more", len(made) - CLAIMS))}</p>')
                break
            source, seen = claim.source, claims_of(chunks[claim.chunk])
            link(
                "library",
                " · ".join(filter(None, (shortened(claim.text, 140), when_where(claim.text, [source]), seen))),
                ":material/format_quote:" if source.supported else ":material/help:",
                place_of(chunks[claim.chunk], source.start, source.end, source.region),
                stretch=True,
            )


def _entities(entities: Sequence[Entity]) -> None:
    known = sorted(entities, key=lambda entity: rank(entity.type))[:ENTITIES]
    with st.container(horizontal=True, gap="small", key="beside.named"):
        for entity in known:
            link("explore", entity.name, parameters={"entity": entity.id})
