"""Models: what can answer, what is missing and what to type, where words go, what it costs."""

from __future__ import annotations

import os
from typing import Literal

import streamlit as st

from llm.catalog import FAMILIES, Family, ModelSpec, models, readiness, server_name, where
from pages import page
from pages.language import current, money, say
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped
from settings import VARIABLES

KEY = VARIABLES["openai_api_key"]


def main(cabinet: Cabinet) -> None:
    """The whole page."""
    st.title(say("models.title"))
    st.html(f'<p class="wk-lead">{escaped(say("models.lead"))}</p>')
    left, right = st.columns(2, gap="medium")
    here = [family for family in FAMILIES if family.available]
    with left:
        for family in here:
            _family(cabinet, family)
    with right:
        _search_model(cabinet)
    st.subheader(say("models.planned"))
    with st.grid(4, min_column_width=200, gap="small"):
        for family in FAMILIES:
            if family not in here:
                _family(cabinet, family)


def _family(cabinet: Cabinet, family: Family) -> None:
    with st.container(border=True, key=f"family-{family.id}", height="content" if family.available else "stretch"):
        known = [spec for spec in models() if spec.family == family.id]
        ready = any(readiness(spec, cabinet.settings).ready for spec in known)
        _heading(_title(family), "ready" if ready else "missing" if family.available else "later")
        about = family.about.say(current())
        st.html(f'<p class="wk-soft">{escaped(about)}</p>')
        for spec in known:
            _model(cabinet, spec)
        gaps = [status for spec in known if not (status := readiness(spec, cabinet.settings)).ready]
        if gaps:
            st.html(f'<p class="wk-soft">{escaped(gaps[0].todo.say(current()))}</p>')
            if gaps[0].missing == KEY:
                _key()


def _title(family: Family) -> str:
    return say("family.openai") if family.id == "openai" else family.title


def _heading(title: str, state: str) -> None:
    colours: dict[str, Literal["green", "orange", "gray"]] = {"ready": "green", "missing": "orange", "later": "gray"}
    icon = {"ready": ":material/check:", "missing": ":material/key:", "later": ":material/schedule:"}[state]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(f'<strong class="wk-card">{escaped(title)}</strong>', width="content")
        st.badge(say(f"models.{state}"), icon=icon, color=colours[state])


def _model(cabinet: Cabinet, spec: ModelSpec) -> None:
    place = where(spec, cabinet.settings)
    price = say("models.price_unknown")
    if place == "here":
        price = say("models.free")
    elif spec.price_in is not None and spec.price_out is not None and place == "provider":
        price = say("models.price", read=money(spec.price_in), written=money(spec.price_out))
    facts = [
        (say("models.good_for"), spec.good_for.say(current())),
        (say("models.where"), say(f"models.where.{place}", server=server_name(cabinet.settings))),
        (say("models.cost"), price),
    ]
    rows = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in facts)
    st.html(f'<p><strong>{escaped(spec.title)}</strong></p><dl class="wk-facts">{rows}</dl>')


def _key() -> None:
    """A field for the key; it is kept in this process until it ends, and never shown again."""
    with st.form("key", border=False, clear_on_submit=True):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            given = st.text_input(say("models.key"), type="password", key="models.key", autocomplete="off")
            sent = st.form_submit_button(say("models.key.use"))
        st.html(f'<p class="wk-soft">{escaped(say("models.key.kept"))}</p>')
    if sent and given and given.strip():
        os.environ[KEY] = given.strip()
        st.rerun()


def _search_model(cabinet: Cabinet) -> None:
    """The model that finds passages by meaning: it needs no choice, but people may ask where their words go."""
    from llm.embed import DEFAULT_EMBEDDING, find_embedding

    with st.container(border=True, key="family-search"):
        ready = cabinet.embedder() is not None
        _heading(say("models.search"), "ready" if ready else "missing")
        spec = find_embedding(cabinet.store.embeddings.meta().embedding_model or DEFAULT_EMBEDDING)
        st.html(f'<p class="wk-soft">{escaped(say("models.search.about" if ready else "models.search.missing"))}</p>')
        place = "here" if spec.here else "server"
        facts = [
            (say("models.model"), spec.name),
            (say("models.where"), say(f"models.where.{place}", server=server_name(cabinet.settings))),
        ]
        rows = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in facts)
        st.html(f'<dl class="wk-facts">{rows}</dl>')


with page("models") as opened:
    main(opened)
