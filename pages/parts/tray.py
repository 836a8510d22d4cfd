"""Imports that run, in the sidebar of every page; the timer ticks only while there is one."""

from __future__ import annotations

import streamlit as st

from graph.work import JobState, Progress, Work
from pages.language import count, say
from pages.parts.cabinet import COLLECTIONS, Cabinet
from pages.parts.links import go
from pages.parts.plain import escaped


def running(cabinet: Cabinet) -> list[Progress]:
    """The progress of the jobs that are not finished, latest first."""
    jobs = [job for job in cabinet.store.queue.jobs(COLLECTIONS) if job.state is JobState.RUNNING]
    progress = [cabinet.store.queue.progress(job) for job in jobs]
    return [each for each in progress if not each.finished]


def draw(cabinet: Cabinet) -> None:
    """Show the running imports, if any, and see to it that somebody works on them."""
    if not running(cabinet):
        return
    from ingest.worker import ensure_worker

    ensure_worker(cabinet.settings)
    _live(cabinet)


@st.fragment(run_every="1s")
def _live(cabinet: Cabinet) -> None:
    open_jobs = running(cabinet)
    with st.container(border=True, key="tray"):
        if not open_jobs:
            # No rerun of the page: it would close a dialog or stop an answer that is being written.
            st.html(f'<span class="wk-soft">{escaped(say("tray.done"))}</span>')
            return
        for progress in open_jobs:
            share, text = how_far(progress)
            st.progress(share, text=text)
        # A link to the page that one is on would not be followed.
        if st.button(say("tray.details"), key="tray.details", type="tertiary", icon=":material/arrow_forward:"):
            go("add", job=open_jobs[0].job.id)


def how_far(progress: Progress) -> tuple[float, str]:
    """The share that is done, 0 to 1, of the step that is under way, and that step in words."""
    total = sum(progress.documents.values())
    if not progress.searchable:
        left = progress.work.get(Work.READ, 0) + progress.work.get(Work.EXTRACT, 0)
        return _share(total - left, total), say("progress.reading", done=total - left, total=total)
    chunks = sum(progress.chunks.values())
    if not progress.finished:
        return _share(progress.embedded, chunks), say("progress.meaning", done=progress.embedded, total=chunks)
    return 1.0, count("progress.done", total)


def _share(done: int, total: int) -> float:
    return min(1.0, max(0.0, done / total)) if total else 0.0
