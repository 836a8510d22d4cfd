"""All that is known about one person, place or thing: names, claims with their sources, where it is mentioned."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from graph.explore import Mentioned
from graph.types import Chunk, Entity, SourcedStatement
from pages.language import count, kind, say
from pages.parts import claim_lines, correct, correct_claim, identified, same
from pages.parts.cabinet import Cabinet
from pages.parts.glyphs import mark
from pages.parts.links import link, place_of, where
from pages.parts.plain import escaped, shortened

CLAIMS = 40
MENTIONS = 20


def show(cabinet: Cabinet, entity: Entity, narrowed: bool = False) -> None:
    """The panel of an entity; `narrowed`: what is drawn beside it is not all."""
    others = [alias for alias in entity.aliases if alias != entity.name]
    st.html(
        f'<h2 class="wk-name">{mark(entity.type)}{escaped(entity.name)}</h2>'
        f'<div class="wk-soft">{escaped(kind(entity.type))}'
        + (f" · {escaped(say('entity.also', names=', '.join(others[:8])))}" if others else "")
        + "</div>"
        + (f"<p>{escaped(entity.description)}</p>" if entity.description else "")
    )
    identified.show(cabinet, entity)
    correct.menu(cabinet, entity)
    same.of_entity(cabinet, entity)
    statements = cabinet.store.explore.statements_of(entity.id, limit=CLAIMS)
    mentions = cabinet.store.explore.mentions_of(entity.id, limit=MENTIONS)
    if statements:
        st.subheader(count("held.statements", len(statements)))
        if narrowed:
            st.html(f'<p class="wk-soft">{escaped(say("entity.all"))}</p>')
        if all(statement.model == "hand" for statement in statements):
            st.html(f'<p class="wk-soft">{escaped(say("claim.by_hand"))}</p>')
        with st.container(height=430 if len(statements) > 5 else "content", border=False, gap="small"):
            for statement in statements:
                _claim(cabinet, statement)
    if mentions:
        st.subheader(say("entity.mentioned"))
        with st.container(gap="xsmall", key="entity-mentions"):
            for chunk, title, times in _by_page(mentions):
                page = f", {where(chunk)}" if where(chunk) else ""
                often = f" ({count('times', times)})" if times else ""
                text = f"{shortened(title, 60)}{page}{often}"
                link("library", text, ":material/menu_book:", place_of(chunk))


def _by_page(mentions: Sequence[Mentioned]) -> list[tuple[Chunk, str, int]]:
    """Mentions with those of one page taken together: the first passage, the document's title, how often in all."""
    pages: dict[tuple[str, int | None], tuple[Chunk, str, int]] = {}
    for mention in mentions:
        key = (mention.chunk.document, mention.chunk.page)
        chunk, title, times = pages.get(key, (mention.chunk, mention.title, 0))
        pages[key] = (chunk, title, times + mention.count)
    return list(pages.values())


def _claim(cabinet: Cabinet, statement: SourcedStatement) -> None:
    with st.container(gap="xxsmall"):
        claim_lines.words(statement)
        with st.container(horizontal=True, vertical_alignment="top", gap="small"):
            with st.container(gap="xxsmall"):
                claim_lines.sources(statement)
            correct_claim.offer(cabinet, statement)
