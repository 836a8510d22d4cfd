"""Add: drop files, see what importing them takes before anything runs, start, watch; at the end, what was read."""

from __future__ import annotations

import streamlit as st

from graph.roles import Role
from graph.work import JobState
from pages import page
from pages.language import count, date, say
from pages.parts import importing, intake, watching, welcome
from pages.parts.cabinet import Cabinet
from pages.parts.links import go
from pages.parts.plain import escaped


def main(cabinet: Cabinet) -> None:
    """An import that the address names, otherwise the way to start one."""
    st.title(say("add.title"))
    job = cabinet.store.queue.job(st.query_params.get("job", "")) if st.query_params.get("job") else None
    if job:
        importing.show(cabinet, job)
        return
    if not cabinet.may(Role.EDITOR):
        st.html(f'<p class="wk-lead">{escaped(say("add.reader"))}</p>')
        return
    st.html(f'<p class="wk-lead">{escaped(say("add.lead"))}</p>')
    _last(cabinet)
    options = intake.show(cabinet)
    watching.show(cabinet, options)
    welcome.offer_sample(cabinet)


def _last(cabinet: Cabinet) -> None:
    """The way back to the import that was begun last, for whoever closed the page."""
    last = next(iter(cabinet.store.queue.jobs(cabinet.here)), None)
    if last is None:
        return
    total = cabinet.store.documents.count(cabinet.here, job=last.id)
    running = last.state is JobState.RUNNING
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = count("add.last.running" if running else "add.last", total, date=date(last.created_at))
        if not total:
            said = say("add.last.none", date=date(last.created_at))
        st.html(f'<span class="wk-soft">{escaped(said)}</span>', width="content")
        if st.button(say("add.last.see"), key="add.last", type="tertiary", icon=":material/history:"):
            go("add", job=last.id)


with page("add") as opened:
    main(opened)
