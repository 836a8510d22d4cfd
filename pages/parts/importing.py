"""One import: what is happening to each document while it runs, and at the end what was read and what was not."""

from __future__ import annotations

import streamlit as st

from graph.types import Coverage, State
from graph.work import Job, JobState, Progress
from pages.language import count, current, say
from pages.parts import refusals, tray
from pages.parts.cabinet import COLLECTIONS, Cabinet
from pages.parts.links import link
from pages.parts.plain import escaped, label
from pages.parts.shelf import bar, in_words, parts

SHOWN = 60
"""Documents of one import that are listed; the library has all."""


def show(cabinet: Cabinet, job: Job) -> None:
    """The import, live while it runs."""
    progress = cabinet.store.queue.progress(job)
    if job.state is JobState.RUNNING and not progress.searchable:
        _live(cabinet, job.id)
        return
    if job.state is JobState.RUNNING and not progress.finished:
        _still_preparing(cabinet, job.id)
    _ended(cabinet, progress)


@st.fragment(run_every="1s")
def _still_preparing(cabinet: Cabinet, job_id: str) -> None:
    """All is read and can be asked about; only the search by meaning is not complete yet."""
    job = cabinet.store.queue.job(job_id)
    progress = cabinet.store.queue.progress(job) if job else None
    if progress is None or progress.finished:
        st.rerun()
    share, text = tray.how_far(progress)
    st.progress(share, text=text)


@st.fragment(run_every="1s")
def _live(cabinet: Cabinet, job_id: str) -> None:
    job = cabinet.store.queue.job(job_id)
    progress = cabinet.store.queue.progress(job) if job else None
    if job is None or progress is None or job.state is not JobState.RUNNING or progress.searchable:
        st.rerun()
    share, text = tray.how_far(progress)
    st.progress(share, text=text)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(say("add.cancel"), icon=":material/stop:", on_click=cabinet.store.queue.cancel, args=(job.id,))
        st.html(f'<span class="wk-soft">{escaped(say("add.closing"))}</span>', width="content")
    _documents(cabinet, job)


def _ended(cabinet: Cabinet, progress: Progress) -> None:
    job = progress.job
    covered = _coverage(cabinet, job)
    sums = [parts(coverage) for coverage in covered]
    failed = [coverage for coverage in covered if coverage.document.state is State.FAILED]
    cancelled = job.state is JobState.CANCELLED
    with st.container(border=True, key="outcome"):
        waiting = sum(coverage.document.state is State.WAITING for coverage in covered)
        read = count("outcome.read", len(covered) - len(failed) - waiting)
        st.html(f'<p class="wk-lead">{escaped(say("outcome.cancelled") if cancelled else read)}</p>')
        _unchanged(job)
        facts = [
            count("outcome.failed", len(failed)) if failed else "",
            count("coverage.failed", sum(p.failed for p in sums)) if any(p.failed for p in sums) else "",
            count("coverage.waiting", sum(p.waiting for p in sums)) if any(p.waiting for p in sums) else "",
        ]
        for fact in filter(None, facts):
            st.html(f'<p class="wk-soft">{escaped(fact[:1].upper() + fact[1:].removesuffix("."))}.</p>')
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            link("ask", say("add.ask"), ":material/search:")
            link("library", say("add.library"), ":material/menu_book:")
            if failed or any(p.failed for p in sums):
                st.button(say("library.retry_all"), icon=":material/refresh:", on_click=_retry, args=(cabinet, covered))
            if st.button(say("add.more"), icon=":material/add_circle:", type="tertiary"):
                st.query_params.pop("job", None)
                st.rerun()
    _documents(cabinet, job, ended=True)


def _unchanged(job: Job) -> None:
    id_, unchanged, updated = st.session_state.get("add.unchanged", ("", 0, 0))
    for key, n in (("outcome.updated", updated), ("outcome.unchanged", unchanged)):
        if id_ == job.id and n:
            st.html(f'<p class="wk-soft">{escaped(count(key, n))}</p>')


def _retry(cabinet: Cabinet, covered: list[Coverage]) -> None:
    from ingest.submit import retry
    from ingest.worker import ensure_worker

    again = sum(
        retry(cabinet.store, coverage.document.id)
        for coverage in covered
        if coverage.document.state is State.FAILED or parts(coverage).failed
    )
    ensure_worker(cabinet.settings)
    st.toast(count("library.retried", again), icon=":material/refresh:")


def _coverage(cabinet: Cabinet, job: Job) -> list[Coverage]:
    documents = cabinet.store.documents.listed(COLLECTIONS, job=job.id, limit=1000)
    return cabinet.store.documents.coverage(documents)


def _documents(cabinet: Cabinet, job: Job, ended: bool = False) -> None:
    """Each document of the import with its state."""
    documents = cabinet.store.documents.listed(COLLECTIONS, job=job.id, limit=SHOWN)
    for coverage in cabinet.store.documents.coverage(documents):
        document = coverage.document
        with st.container(key=f"progress-{document.id}", gap="xxsmall"):
            st.html(
                f"<strong>{escaped(document.title)}</strong>{bar(coverage)}"
                f'<div class="wk-soft">{escaped(in_words(coverage))}</div>'
            )
            for chunk in cabinet.store.documents.problems(document.id, limit=3) if parts(coverage).failed else []:
                if chunk.failure:
                    st.caption(label(chunk.failure.say(current()), 300))
            if ended:
                refusals.offer(cabinet, coverage)
    total = cabinet.store.documents.count(COLLECTIONS, job=job.id)
    if total > SHOWN:
        st.caption(count("more", total - SHOWN))
