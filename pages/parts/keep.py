"""Saving what a page shows as a finding: a dialog for title and note, and the way to what was kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from graph.drafts import with_images
from graph.finding import LONGEST_NOTE, LONGEST_TITLE, Finding
from graph.roles import Role
from graph.types import Retrieved, Subgraph
from llm.answer import Answer
from llm.saving import with_answer
from pages.language import current, say
from pages.parts import claims, correct_deed, exporting
from pages.parts.asking import Asked
from pages.parts.cabinet import Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped, shortened
from share.offers import of_canvas

KEPT = "keep.kept"
"""Session state: what was kept last, by what it was kept from."""


def answer(cabinet: Cabinet, asked: Asked, retrieved: Retrieved, written: Answer | None) -> None:
    """The button below an answer, or below the evidence alone."""

    def draft(title: str) -> Finding:
        return answered(cabinet, asked, retrieved, written, title)

    _offer(cabinet, str((asked, written and written.text)), shortened(asked.question, LONGEST_TITLE), draft)


def drawn(cabinet: Cabinet, graph: Subgraph) -> None:
    """The buttons below a drawing of the graph, which is called after what the address names."""
    if not graph.nodes:
        return
    name = next((node.label for node in graph.nodes if node.id == st.query_params.get("entity")), "")

    def draft(title: str) -> Finding:
        return cabinet.store.drafts.drawn(graph, title, current())

    title = say("keep.drawn", name=shortened(name, 80)) if name else ""
    ids = sorted(node.id for node in graph.nodes)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _offer(cabinet, str(ids), title, draft, "keep.about.graph")
        exporting.offer(cabinet, of_canvas(cabinet.here, ids, title or say("export.canvas")), "canvas")


def answered(cabinet: Cabinet, asked: Asked, retrieved: Retrieved, written: Answer | None, title: str) -> Finding:
    """A question with what it found and what was written, as a finding that is not stored yet."""
    made = cabinet.store.drafts.of(retrieved, title, current(), asked.narrowed.filters())
    said = claims.of_evidence(cabinet, retrieved) if written is None else ()
    return with_answer(made, written, sum(retrieved.timings.values()), said)


def store(cabinet: Cabinet, made: Finding, note: str = "") -> str:
    """Store a finding of the person at this page; its id."""
    from ingest.public_image import public_images

    made = with_images(made, public_images(cabinet.files, made.evidence))
    return cabinet.store.findings.put(replace(made, note=note, who=correct_deed.who(cabinet)))


def _offer(cabinet: Cabinet, what: str, title: str, draft: Callable[[str], Finding], about: str = "keep.about") -> None:
    if not cabinet.may(Role.EDITOR):
        return
    kept: tuple[str, str] = st.session_state.get(KEPT, ("", ""))
    if kept[0] == what:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f'<span class="wk-soft" role="status">{escaped(say("keep.done"))}</span>', width="content")
            link("findings", say("findings.open"), ":material/bookmark:", {"finding": kept[1]})
        return
    st.button(
        say("keep.do"), key="keep.do", icon=":material/bookmark_add:", on_click=correct_deed.open_, args=("keep", what)
    )
    if correct_deed.opened(what) != "keep":
        return

    @st.dialog(say("keep.do"), on_dismiss=correct_deed.close)
    def ask() -> None:
        st.html(f'<p class="wk-soft">{escaped(say(about))}</p>')
        given = st.text_input(say("keep.title"), title, key="keep.title", max_chars=LONGEST_TITLE)
        note = st.text_area(say("keep.note"), key="keep.note", max_chars=LONGEST_NOTE)
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(say("cancel"), key="keep.cancel"):
                correct_deed.close()
                st.rerun()
            if st.button(
                say("keep.save"), key="keep.save", type="primary", icon=":material/bookmark_add:",
                disabled=not (given or "").strip(),
            ):  # fmt: skip
                st.session_state[KEPT] = (what, store(cabinet, draft(given), note or ""))
                # Last: where another click ends this run before, the dialog still stands, and saving again is the same.
                correct_deed.close()
                st.rerun()

    ask()
