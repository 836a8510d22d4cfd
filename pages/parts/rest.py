"""Reading the rest of a document whose import was stopped: at once, or, where a model is asked, with a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from graph.errors import WunderkammerError
from graph.jobs import NO_LIMITS, Limits
from graph.roles import Role
from graph.types import Coverage
from pages.language import count, current, say
from pages.parts import limits
from pages.parts.cabinet import Cabinet
from pages.parts.plain import label

if TYPE_CHECKING:
    from ingest.rest import Unfinished


def offer(cabinet: Cabinet, coverage: Coverage) -> None:
    """The button; a model that costs something is asked only after a second one."""
    if not cabinet.may(Role.EDITOR):
        return
    from ingest.rest import unfinished

    document = coverage.document
    key = f"rest-{document.id}"
    if not st.button(say("library.rest"), key=key, icon=":material/play_arrow:", type="tertiary"):
        return
    left = unfinished(cabinet.store, document.id, cabinet.here)
    if left.asks_models:
        _confirm(cabinet, document.id, left)
    elif left.documents:
        _go_on(cabinet, document.id, left, NO_LIMITS)


def _confirm(cabinet: Cabinet, document_id: str, left: Unfinished) -> None:
    from ingest.limits import unpriced

    @st.dialog(say("library.rest"))
    def ask() -> None:
        name = label(", ".join(left.asks), 200)
        about = say("library.rest.unknown", name=name)
        st.write(count("library.rest.about", left.passages, name=name) if left.passages else about)
        embedding = cabinet.store.embeddings.meta().embedding_model
        priced = unpriced(left.asks, embedding, cabinet.settings) is None
        wanted = limits.fields("rest", priced, NO_LIMITS)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(say("cancel")):
                st.rerun()
            if st.button(say("library.rest"), key="rest.do", type="primary", icon=":material/play_arrow:"):
                _go_on(cabinet, document_id, left, wanted)

    ask()


def _go_on(cabinet: Cabinet, document_id: str, left: Unfinished, wanted: Limits) -> None:
    from ingest.rest import job_for, retry
    from ingest.worker import ensure_worker

    try:
        retry(cabinet.store, document_id, cabinet.here, job=job_for(cabinet.store, cabinet.settings, left, wanted))
    except WunderkammerError as problem:
        st.warning(label(problem.text(current()), 400), icon=":material/warning:")
        return
    ensure_worker(cabinet.settings)
    st.rerun()
