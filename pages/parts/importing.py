"""One import: what is happening to each document while it runs, and at the end what was read and what was not."""

from __future__ import annotations

import streamlit as st

from graph.jobs import HALTED, Job, JobState
from graph.roles import Role
from graph.types import Coverage, State
from graph.work import Progress
from pages.language import count, current, say
from pages.parts import limits, refusals, rest, tray
from pages.parts.apart import told_apart
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.links import link
from pages.parts.plain import escaped, label, shortened
from pages.parts.shelf import bar, in_words, parts

SHOWN = 60
"""Documents of one import that are listed; the library has all."""


def show(cabinet: Cabinet, job: Job) -> None:
    """The import, live while it runs."""
    progress = cabinet.store.queue.progress(job)
    if job.state in HALTED and not progress.finished:
        _halted(cabinet, progress)
        return
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
    if progress is None or progress.finished or progress.job.state in HALTED:
        st.rerun()
    share, text = tray.how_far(progress)
    st.progress(share, text=text)
    limits.line(progress)


@st.fragment(run_every="1s")
def _live(cabinet: Cabinet, job_id: str) -> None:
    job = cabinet.store.queue.job(job_id)
    progress = cabinet.store.queue.progress(job) if job else None
    if job is None or progress is None or job.state is not JobState.RUNNING or progress.searchable:
        st.rerun()
    share, text = tray.how_far(progress)
    st.progress(share, text=text)
    limits.line(progress)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if cabinet.may(Role.EDITOR):
            st.button(say("add.pause"), icon=":material/pause:", on_click=safely(limits.pause), args=(cabinet, job))
        limits.cancel(cabinet, job)
        st.html(f'<span class="wk-soft">{escaped(say("add.closing"))}</span>', width="content")
    _documents(cabinet, job)


def _halted(cabinet: Cabinet, progress: Progress) -> None:
    """An import that is paused or has reached its limit: why, what it has used, and how it goes on."""
    job = progress.job
    with st.container(border=True, key="outcome"):
        st.html(f'<p class="wk-lead">{escaped(limits.why(job))}</p>')
        _still(cabinet, job.id, job.state)
        limits.go_on(cabinet, job)
    _still_listed(cabinet, job)


@st.fragment(run_every="2s")
def _still(cabinet: Cabinet, job_id: str, state: JobState) -> None:
    """How far it is: what was on its way still comes in, and it may be resumed elsewhere."""
    job = cabinet.store.queue.job(job_id)
    if job is None or job.state is not state:
        st.rerun()
    progress = cabinet.store.queue.progress(job)
    share, text = tray.how_far(progress)
    st.progress(share, text=text)
    limits.line(progress)


@st.fragment(run_every="2s")
def _still_listed(cabinet: Cabinet, job: Job) -> None:
    """The documents, drawn as often as the line above them, so that both tell the same."""
    _documents(cabinet, job)


def _ended(cabinet: Cabinet, progress: Progress) -> None:
    job = progress.job
    covered = _coverage(cabinet, job)
    sums = [parts(coverage) for coverage in covered]
    failed = [coverage for coverage in covered if coverage.document.state is State.FAILED]
    cancelled = job.state is JobState.CANCELLED
    with st.container(border=True, key="outcome"):
        waiting = sum(coverage.document.state is State.WAITING for coverage in covered)
        read = count("outcome.read", len(covered) - len(failed) - waiting) if covered else say("outcome.nothing")
        st.html(f'<p class="wk-lead">{escaped(say("outcome.cancelled") if cancelled else read)}</p>')
        arrivals = job.arrivals
        facts = [
            count("outcome.updated", arrivals.changed) if arrivals.changed else "",
            count("outcome.again", arrivals.again) if arrivals.again else "",
            count("outcome.unchanged", arrivals.unchanged) if arrivals.unchanged else "",
            count("outcome.refused", len(arrivals.refused)) if arrivals.refused else "",
            count("outcome.failed", len(failed)) if failed else "",
            count("outcome.waiting", waiting) if waiting else "",
            count("coverage.failed", sum(p.failed for p in sums)) if any(p.failed for p in sums) else "",
            count("coverage.waiting", sum(p.waiting for p in sums)) if any(p.waiting for p in sums) else "",
        ]
        facts.append(say("outcome.spent", what=spent) if (spent := limits.spent(job)) else "")
        for fact in filter(None, facts):
            st.html(f'<p class="wk-soft">{escaped(fact[:1].upper() + fact[1:].removesuffix("."))}.</p>')
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            link("ask", say("add.ask"), ":material/search:")
            link("library", say("add.library"), ":material/menu_book:")
            if cabinet.may(Role.EDITOR) and (failed or any(p.failed for p in sums)):
                st.button(
                    say("library.retry_all"),
                    icon=":material/refresh:",
                    on_click=safely(_retry),
                    args=(cabinet, covered),
                )
            if st.button(say("add.more"), icon=":material/add_circle:", type="tertiary"):
                st.query_params.pop("job", None)
                st.rerun()
    _documents(cabinet, job, ended=True)


def _retry(cabinet: Cabinet, covered: list[Coverage]) -> None:
    from ingest.rest import retry
    from ingest.worker import ensure_worker

    again = sum(
        len(retry(cabinet.store, coverage.document.id, cabinet.here))
        for coverage in covered
        if coverage.document.state is State.FAILED or parts(coverage).failed
    )
    ensure_worker(cabinet.settings)
    st.toast(count("library.retried", again), icon=":material/refresh:")


def _coverage(cabinet: Cabinet, job: Job) -> list[Coverage]:
    documents = cabinet.store.documents.listed(cabinet.here, job=job.id, limit=1000)
    return cabinet.store.documents.coverage(documents)


def _has_reasons(coverage: Coverage) -> bool:
    of = parts(coverage)
    return bool(of.failed or of.skipped)


def _documents(cabinet: Cabinet, job: Job, ended: bool = False) -> None:
    """What was not taken in, and each document of the import with its state."""
    for refused in job.arrivals.refused[:SHOWN]:
        st.warning(label(refused.failure.say(current()), 400), icon=":material/block:")
    if (more := len(job.arrivals.refused) - SHOWN) > 0:
        st.caption(count("more", more))
    documents = cabinet.store.documents.listed(cabinet.here, job=job.id, limit=SHOWN)
    apart = told_apart(documents)
    left = cabinet.store.queue.left_off([d.id for d in documents])
    for coverage in cabinet.store.documents.coverage(documents):
        document = coverage.document
        with st.container(key=f"progress-{document.id}", gap="xxsmall"):
            st.html(
                f"<strong>{escaped(document.title)}</strong> "
                f'<span class="wk-soft">{escaped(shortened(apart.get(document.id, ""), 100))}</span>{bar(coverage)}'
                f'<div class="wk-soft">{escaped(in_words(coverage, left.get(document.id)))}</div>'
            )
            for chunk in cabinet.store.documents.problems(document.id, limit=3) if _has_reasons(coverage) else []:
                if chunk.failure and chunk.state is not State.WAITING:
                    st.caption(label(chunk.failure.say(current()), 300))
            if ended:
                refusals.offer(cabinet, coverage)
                if document.id in left:
                    rest.offer(cabinet, coverage)
    total = cabinet.store.documents.count(cabinet.here, job=job.id)
    if total > SHOWN:
        st.caption(count("more", total - SHOWN))
