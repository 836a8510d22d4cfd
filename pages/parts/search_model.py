"""The model that finds passages by their meaning: which it is, where words go, and changing it for the cabinet."""

from __future__ import annotations

import streamlit as st

from graph.roles import Role
from llm.embed import DEFAULT_EMBEDDING, EmbeddingSpec, embeddings, find_embedding, readiness, where
from pages.language import current, money, number, say
from pages.parts import downloads, family_card
from pages.parts.cabinet import Cabinet
from pages.parts.loaded import gigabytes
from pages.parts.plain import escaped


def show(cabinet: Cabinet) -> None:
    """The whole card."""
    meta = cabinet.store.embeddings.meta()
    used = find_embedding(meta.wanted_model or meta.embedding_model or DEFAULT_EMBEDDING)
    state = readiness(used, cabinet.settings)
    with st.container(border=True, key="family-search", gap="small"):
        family_card.heading(say("models.search"), "ready" if state.ready else "missing")
        st.html(f'<p class="wk-soft">{escaped(say("models.search.about"))}</p>')
        _facts(cabinet, used)
        if not state.ready:
            st.html(f'<p class="wk-note">{escaped(say("models.search.missing"))}</p>')
            st.html(f'<p class="wk-soft">{escaped(state.todo.say(current()))}</p>')
        _progress(cabinet)
        _change(cabinet, used)


def _facts(cabinet: Cabinet, spec: EmbeddingSpec) -> None:
    from llm.endpoint import endpoint

    server = "" if spec.here else endpoint(spec.family, cabinet.settings).name
    rows = [
        (say("models.model"), spec.title),
        (say("models.where"), say(f"models.where.{where(spec, cabinet.settings)}", server=server)),
    ]
    if spec.price_in:
        rows.append((say("models.cost"), say("search.price", read=money(spec.price_in))))
    if spec.weights:
        rows.append((say("models.size"), gigabytes(spec.weights.size)))
    html = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in rows)
    st.html(f'<dl class="wk-facts wk-small">{html}</dl>')


def _progress(cabinet: Cabinet) -> None:
    """How many passages can be found by meaning, where that is not all of them."""
    searched = cabinet.store.documents.searched(cabinet.here)
    if not searched.unembedded:
        return
    done = searched.chunks - searched.unembedded
    st.progress(done / searched.chunks, text=say("search.progress", done=number(done), total=number(searched.chunks)))


def _change(cabinet: Cabinet, used: EmbeddingSpec) -> None:
    """Choosing another model: what that means stands before the button."""
    if not cabinet.may(Role.HOST):
        return
    with st.expander(say("search.change"), type="compact"):
        specs = {each.id: each for each in embeddings()}
        chosen = st.selectbox(
            say("models.model"),
            list(specs),
            index=list(specs).index(used.id) if used.id in specs else 0,
            format_func=lambda id_: specs[id_].title,
            key="search.model",
        )
        spec = specs[chosen]
        state = readiness(spec, cabinet.settings)
        if spec.about.say(current()):
            st.html(f'<p class="wk-soft">{escaped(spec.about.say(current()))}</p>')
        if spec.id != used.id:
            _facts(cabinet, spec)
        if state.missing == "weights":
            downloads.show(cabinet, spec)
        elif not state.ready:
            st.html(f'<p class="wk-soft">{escaped(state.todo.say(current()))}</p>')
        elif spec.id != used.id:
            st.html(f'<p class="wk-soft">{escaped(say("search.change.about"))}</p>')
        if st.button(say("search.change.do"), disabled=not state.ready or spec.id == used.id, key="search.change.do"):
            _start(cabinet, spec)


def _start(cabinet: Cabinet, spec: EmbeddingSpec) -> None:
    from ingest.worker import ensure_worker
    from llm.embed import open_embedder

    with st.spinner(say("search.change.trying")):
        embedder = open_embedder(spec.id, cabinet.settings)
        # One question before the old vectors go: a wrong key or a missing model shows now.
        embedder.query("ready?")
        cabinet.store.embeddings.start_anew(embedder.spec.id, embedder.spec.dimensions)
        ensure_worker(cabinet.settings)
    st.rerun()
