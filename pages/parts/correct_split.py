"""Saying that some claims and passages are about somebody or something else."""

from __future__ import annotations

import re

import streamlit as st

from graph.correction import LONGEST_NAME
from graph.types import Entity
from pages.language import count, say
from pages.parts import correct_deed as deed
from pages.parts.cabinet import Cabinet
from pages.parts.links import where
from pages.parts.plain import escaped, label, shortened

_HEADING = re.compile(r"^#{1,6}\s+", re.MULTILINE)
MOST = 80
"""Claims, and passages, to choose from."""


def split(cabinet: Cabinet, entity: Entity) -> None:
    """Choose what is about another, and how that is called."""

    @st.dialog(say("correct.split"), width="large", on_dismiss=deed.close)
    def ask() -> None:
        st.html(f'<p class="wk-soft">{escaped(say("correct.split.about", name=entity.name))}</p>')
        name = st.text_input(say("correct.split.name"), key=f"correct.split.{entity.id}", max_chars=LONGEST_NAME) or ""
        claims = _claims(cabinet, entity)
        passages = _passages(cabinet, entity)
        _foreseen(cabinet, entity, name, len(claims), len(passages))
        why = deed.note()
        if deed.confirmed(say("correct.split"), ":material/call_split:"):
            change = cabinet.store.corrections.split
            deed.done(cabinet, lambda who: change(entity.id, name, who, claims, passages, why))

    ask()


def _claims(cabinet: Cabinet, entity: Entity) -> list[str]:
    found = cabinet.store.explore.statements_of(entity.id, MOST)
    if not found:
        return []
    st.html(f"<strong>{escaped(say('correct.split.claims'))}</strong>")
    with st.container(height=200 if len(found) > 5 else "content", border=False, gap="xxsmall"):
        return [
            claim.id
            for claim in found
            if st.checkbox(label(claim.text, 200), key=f"split-{entity.id}-claim-{claim.id}")
        ]


def _passages(cabinet: Cabinet, entity: Entity) -> list[str]:
    found = cabinet.store.explore.mentions_of(entity.id, MOST)
    st.html(f"<strong>{escaped(say('correct.split.passages'))}</strong>")
    chosen: list[str] = []
    with st.container(height=240 if len(found) > 3 else "content", border=False, gap="xxsmall"):
        for mention in found:
            page = f", {where(mention.chunk)}" if where(mention.chunk) else ""
            said = label(_HEADING.sub("", mention.chunk.text), 170)
            text = f"**{label(shortened(mention.title, 50) + page, 90)}** {said}"
            if st.checkbox(text, key=f"split-{entity.id}-passage-{mention.chunk.id}"):
                chosen.append(mention.chunk.id)
    return chosen


def _foreseen(cabinet: Cabinet, entity: Entity, name: str, claims: int, passages: int) -> None:
    """What would change, in words."""
    if not claims and not passages:
        return
    there = cabinet.store.explore.entity(Entity.make_id(entity.collection, name)) if name.strip() else None
    parts = [count("held.statements", claims), count("passages", passages)]
    joins = say("correct.split.joins", name=shortened(there.name, 80)) if there and there.id != entity.id else ""
    st.html(f'<p role="status">{escaped(say("correct.split.goes", what=", ".join(parts)))} {escaped(joins)}</p>')
