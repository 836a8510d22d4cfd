"""A question as a query: written by a model on a click or by hand, shown, changed, run again; its rows as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from graph.errors import WunderkammerError
from pages.language import count, current, say
from pages.parts import asking, evidence, narrowing, spending
from pages.parts.asking import NO_MODEL, QUERY, Asked
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped, label

if TYPE_CHECKING:
    from graph.types import Retrieved
    from graph.ways import Table

_TEXT = "ask.query.text"
_OF = "ask.query.of"
"""Session state: the question and model whose query stands in the field."""
_ROWS = 12
LONGEST = 3000


def show(cabinet: Cabinet, asked: Asked) -> None:
    """The query, its rows, and the evidence among them; raises nothing that people can mend themselves."""
    _write(cabinet, asked)
    query = st.query_params.get(QUERY, "")[:LONGEST]
    if st.session_state.get(_TEXT) is None or st.session_state.get("ask.query.address") != query:
        st.session_state[_TEXT] = query
        st.session_state["ask.query.address"] = query
    with st.form("ask.query", border=False):
        st.text_area(say("query.field"), key=_TEXT, height=140, max_chars=LONGEST, placeholder=say("query.example"))
        st.form_submit_button(say("query.run"), icon=":material/play_arrow:", on_click=_run)
    if not query:
        st.html(f'<p class="wk-soft">{escaped(say("query.by_hand" if asked.model == NO_MODEL else "query.none"))}</p>')
        return
    try:
        retrieved = _rows(cabinet, asked, query)
    except WunderkammerError as error:
        st.error(label(error.text(current()), 700), icon=":material/error:")
        return
    if retrieved.way.table:
        _table(retrieved.way.table)
    narrowing.said(cabinet, asked.narrowed)
    if retrieved.evidence:
        st.subheader(say("ask.evidence"))
        evidence.cards(cabinet, retrieved, {})


def _run() -> None:
    st.query_params[QUERY] = st.session_state[_TEXT].strip()


def _rows(cabinet: Cabinet, asked: Asked, query: str) -> Retrieved:
    from llm.queries import rows

    with st.spinner(say("query.running")):
        return rows(cabinet.store, asked.question, query, 8, cabinet.here, asked.narrowed.filters())


def _table(table: Table) -> None:
    if not table.rows:
        st.html(f'<p class="wk-lead">{escaped(say("query.no_rows"))}</p>')
        return
    st.html(f'<p class="wk-soft">{escaped(count("query.rows", len(table.rows)))}</p>')
    named = {f"{name} " * (name in table.columns[:n]) or name: n for n, name in enumerate(table.columns)}
    shown = {name: [row[n] for row in table.rows] for name, n in named.items()}
    st.dataframe(shown, hide_index=True, height="content" if len(table.rows) <= _ROWS else 460)
    if table.more:
        st.html(f'<p class="wk-soft">{escaped(say("query.more"))}</p>')


def _write(cabinet: Cabinet, asked: Asked) -> None:
    """Let the model write the query: after a click, once for each question."""
    if asked.model == NO_MODEL or st.session_state.get(_OF) == (asked.question, asked.model):
        return
    if st.session_state.get(asking.CLICKED) != asked:
        # An address can come from anywhere; asking may cost money.
        name = asking.model_names([asked.model])[asked.model]
        st.button(
            label(say("query.write", name=name), 90),
            key="query.write",
            icon=":material/auto_awesome:",
            on_click=asking.ask,
            args=(asked.question, asked.model, asked.mode, asked.narrowed),
        )
        return
    from llm.catalog import find_model, open_chat
    from llm.queries import write_query

    try:
        with st.spinner(say("query.writing")):
            chat = open_chat(find_model(asked.model, cabinet.settings), spending.asking(cabinet, asked.question))
            filters = asked.narrowed.filters()
            written = write_query(chat, cabinet.store, asked.question, cabinet.here, filters)
            st.query_params[QUERY] = written[:LONGEST]
    except WunderkammerError as error:
        # Asked again only by another click.
        st.session_state.pop(asking.CLICKED, None)
        st.error(label(error.text(current()), 700), icon=":material/error:")
        return
    st.session_state[_OF] = (asked.question, asked.model)
