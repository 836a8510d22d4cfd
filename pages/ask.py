"""Ask: a question; left the answer or what the sources state, right the evidence, below the graph that connects it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from graph.finding import Stating
from graph.types import Mode, Retrieved, Searched
from llm.answer import Answer
from pages import page
from pages.language import count, decimal, say
from pages.parts import (
    answering,
    asking,
    checking,
    claims,
    conversation,
    evidence,
    glyphs,
    graph_view,
    keep,
    metrics,
    narrowing,
    querying,
    ways,
    welcome,
)
from pages.parts.asking import NO_MODEL, Asked
from pages.parts.cabinet import Cabinet
from pages.parts.links import go, link
from pages.parts.plain import escaped
from pages.parts.shelf import UNREAD

if TYPE_CHECKING:
    from llm.checked import Checker


def main(cabinet: Cabinet) -> None:
    """The whole page."""
    if not cabinet.store.tallies.documents(cabinet.here):
        welcome.empty_cabinet(cabinet)
        return
    st.title(say("ask.title"))
    asked = asking.from_address()
    if asked.question:
        conversation.make_whole(cabinet)
        conversation.earlier(asked)
    asking.form(cabinet, asked)
    if not asked.question:
        welcome.suggestions(cabinet, cabinet.counts)
        return
    if asked.mode is Mode.CYPHER:
        querying.show(cabinet, asked)
        return
    conversation.note(asked)
    retrieved = _retrieve(cabinet, asked)
    if retrieved.evidence:
        _found(cabinet, asked, retrieved)
    else:
        answering.remember(cabinet, asked, retrieved)
        _not_found(cabinet, asked, retrieved)
        keep.answer(cabinet, asked, retrieved, None)
        conversation.follow_up(asked)


def _retrieve(cabinet: Cabinet, asked: Asked) -> Retrieved:
    """Evidence for the question, looked up once per session as long as the cabinet holds the same."""
    from llm.competing import with_competing
    from llm.modes import find

    by_model = checking.wanted(asked)
    key = (
        asked.question,
        asked.mode,
        asked.narrowed,
        cabinet.store.tallies.state(cabinet.here),
        by_model and asked.model,
    )
    kept: tuple[object, Retrieved] | None = st.session_state.get("ask.retrieved")
    if kept and kept[0] == key:
        return kept[1]
    embedder = cabinet.embedder()

    def look(checker: Checker | None = None) -> Retrieved:
        filters = asked.narrowed.filters()
        found = find(cabinet.store, embedder, asked.question, asked.mode, 8, cabinet.here, filters, checker)
        return with_competing(cabinet.store, found)

    if by_model and (checked := checking.looked_through(cabinet, asked, look)):
        retrieved = checked
    else:
        with st.spinner(say("ask.searching")):
            retrieved = look()
    st.session_state["ask.retrieved"] = (key, retrieved)
    metrics.retrieved(cabinet.settings, retrieved.mode, sum(retrieved.timings.values()))
    return retrieved


def _found(cabinet: Cabinet, asked: Asked, retrieved: Retrieved) -> None:
    left, right = st.columns([5, 6], gap="large")
    below = st.container()
    answer = answering.kept_answer(asked)
    with right:
        st.subheader(say("ask.evidence"))
        said = claims.of_evidence(cabinet, retrieved) if asked.model == NO_MODEL else ()
        evidence.cards(cabinet, retrieved, answering.spans_of(answer), said)
    with below:
        _graph(retrieved)
        _details(retrieved, answer)
    with left:
        if asked.model == NO_MODEL:
            _without_model(retrieved, said)
            answering.remember(cabinet, asked, retrieved)
        else:
            answering.show(cabinet, asked, retrieved)
            claims.disagreeing(retrieved)
            if ways.found(retrieved):
                st.subheader(say(f"ways.{retrieved.mode.value}"))
                ways.show(ways.summarised(cabinet, asked, retrieved))
        _looked(cabinet, asked, retrieved)
        keep.answer(cabinet, asked, retrieved, answering.kept_answer(asked))
        conversation.follow_up(asked)


def _without_model(retrieved: Retrieved, said: Sequence[Stating]) -> None:
    if ways.found(retrieved):
        st.subheader(say(f"ways.{retrieved.mode.value}"))
        ways.show(retrieved)
        _evidence_only()
        return
    st.subheader(say("ask.stated"))
    claims.listed(said, {piece.n: piece.chunk for piece in retrieved.evidence})
    # Where nothing is about the question, no contradiction is either.
    if said:
        claims.disagreeing(retrieved)
    _evidence_only()


def _evidence_only() -> None:
    with st.container(gap=None):
        st.html(f'<span class="wk-soft">{escaped(say("ask.evidence_only"))}</span>')
        link("models", say("ask.choose_model"), ":material/memory:")


def _graph(retrieved: Retrieved) -> None:
    graph = retrieved.subgraph
    if not graph.nodes:
        return
    st.subheader(say("ask.connections"))
    st.html(glyphs.legend({node.type for node in graph.nodes}))
    graph_view.draw(
        graph, "ask.graph", lambda id_: go("explore", entity=id_), canvas=graph_view.Canvas(440, aspect=2.1)
    )
    st.caption(say("ask.connections.hint"))


def _looked(cabinet: Cabinet, asked: Asked, retrieved: Retrieved) -> None:
    """How and why it was looked for, what it was narrowed to, and how much was searched."""
    mode, model = say(f"mode.{asked.mode.value}"), asking.model_names([asked.model])[asked.model]
    st.html(f'<div class="wk-soft">{escaped(say("ask.made", what=mode, name=model))}</div>')
    if why := ways.why(retrieved.way):
        st.html(f'<div class="wk-soft">{escaped(why)}</div>')
    narrowing.said(cabinet, asked.narrowed)
    _partial(retrieved.searched)


def _partial(searched: Searched) -> None:
    """How much was searched; what could not be, with the way to it in the Library."""
    missing = [
        count(f"searched.{what}", n)
        for what, n in (
            ("pages_failed", searched.pages_failed),
            ("documents_failed", searched.documents_failed),
            ("waiting", searched.waiting),
            ("left_off", searched.left_off),
        )
        if n
    ]
    said = [
        say(
            "searched.pages",
            read=searched.pages,
            all=count("pages.of", searched.pages_total),
            documents=count("documents.in", searched.documents),
        ),
        *missing,
        *([count("searched.unembedded", searched.unembedded)] if searched.unembedded else ()),
    ]
    with st.container(gap=None):
        st.html(f'<div class="wk-soft">{escaped(" · ".join(said))}</div>')
        if missing or searched.unembedded:
            link("library", say("searched.look"), ":material/menu_book:", {"show": UNREAD})


def _not_found(cabinet: Cabinet, asked: Asked, retrieved: Retrieved) -> None:
    st.subheader(say("ask.not_found"))
    if retrieved.mode is not Mode.PATH:
        said = say("narrow.nothing" if asked.narrowed else "ask.not_found.searched")
        st.html(f'<p class="wk-lead">{escaped(said)}</p>')
    _looked(cabinet, asked, retrieved)


def _details(retrieved: Retrieved, answer: Answer | None) -> None:
    with st.expander(say("details"), type="compact"):
        facts = [
            (say("details.mode"), say(f"mode.{retrieved.mode.value}")),
            (say("details.searched"), count("passages", retrieved.searched.chunks)),
            (say("details.time"), f"{decimal(sum(retrieved.timings.values()), 2)} s"),
            *(answering.facts(answer) if answer else ()),
        ]
        rows = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in facts)
        st.html(f'<dl class="wk-facts">{rows}</dl>')


with page("ask") as opened:
    main(opened)
