"""Add: drop files, see what importing them takes before anything runs, start, watch; at the end, what was read."""

from __future__ import annotations

import streamlit as st

from pages import page
from pages.language import say
from pages.parts import importing, intake
from pages.parts.cabinet import Cabinet
from pages.parts.plain import escaped


def main(cabinet: Cabinet) -> None:
    """An import that the address names, otherwise the way to start one."""
    st.title(say("add.title"))
    job = cabinet.store.queue.job(st.query_params.get("job", "")) if st.query_params.get("job") else None
    if job:
        importing.show(cabinet, job)
        return
    st.html(f'<p class="wk-lead">{escaped(say("add.lead"))}</p>')
    intake.show(cabinet)


with page("add") as opened:
    main(opened)
