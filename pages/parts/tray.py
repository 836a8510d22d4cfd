"""Imports that are not over, in the sidebar of every page; the timer ticks only while there is one."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field

import streamlit as st

from graph.jobs import HALTED, Job, JobState
from graph.roles import Role
from graph.types import State
from graph.work import Progress, Work
from pages.language import count, say
from pages.parts import limits
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.links import go
from pages.parts.plain import escaped

SHOWN = 3
"""Imports that the tray has room for."""
EVERY = 2.0
"""Seconds between two looks of a tray."""


def unfinished(cabinet: Cabinet) -> list[Progress]:
    """The progress of the jobs that run, are paused or have reached a limit, latest first."""
    progress = [cabinet.store.queue.progress(job) for job in cabinet.store.queue.open_jobs(cabinet.here)]
    return [each for each in progress if not each.finished]


def running(cabinet: Cabinet) -> list[Progress]:
    """Those of them that run."""
    return [progress for progress in unfinished(cabinet) if progress.job.state is JobState.RUNNING]


@dataclass(slots=True)
class _Look:
    """What all trays of one cabinet show."""

    found: list[Progress] = field(default_factory=list)
    at: float = -math.inf
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_now(self, found: list[Progress], at: float) -> list[Progress]:
        """Note what somebody has just seen; returns it."""
        self.found, self.at = found, at
        return found


_looks: dict[tuple[str, str | None, str], _Look] = {}


def _look(cabinet: Cabinet) -> _Look:
    key = (str(cabinet.settings.home), cabinet.settings.neo4j_uri, cabinet.collection)
    return _looks.setdefault(key, _Look())


def _lately(cabinet: Cabinet) -> list[Progress]:
    """As `unfinished`, half a look old at most: the trays of all who are here tick, and ask the database once."""
    # What others have asked for is shown to nobody whose role was taken away meanwhile.
    cabinet.require(Role.READER)
    look = _look(cabinet)
    with look.lock:
        now = time.monotonic()
        return look.found if now - look.at < EVERY / 2 else look.is_now(unfinished(cabinet), now)


def draw(cabinet: Cabinet) -> None:
    """Show the imports that are not over, if any, and see to it that somebody works on them."""
    now = time.monotonic()
    found = _look(cabinet).is_now(unfinished(cabinet), now)
    if not found:
        return
    if all(progress.job.state in HALTED for progress in found):
        _at_rest(cabinet)
        return
    from ingest.worker import keep_worker

    keep_worker(cabinet.settings)
    _live(cabinet)


@st.fragment(run_every=EVERY)
def _at_rest(cabinet: Cabinet) -> None:
    """Imports that are paused: what was on its way still comes in."""
    with st.container(border=True, key="tray"):
        _show(cabinet, _lately(cabinet))


@st.fragment(run_every=EVERY)
def _live(cabinet: Cabinet) -> None:
    found = _lately(cabinet)
    with st.container(border=True, key="tray"):
        if found:
            _show(cabinet, found)
        else:
            # No rerun of the page: it would close a dialog or stop an answer that is being written.
            st.html(f'<span class="wk-soft">{escaped(say("tray.done"))}</span>')


def _show(cabinet: Cabinet, found: list[Progress]) -> None:
    for progress in found[:SHOWN]:
        _one(cabinet, progress)
    if len(found) > SHOWN:
        st.caption(count("more", len(found) - SHOWN))


def _one(cabinet: Cabinet, progress: Progress) -> None:
    job = progress.job
    share, text = how_far(progress)
    st.progress(share, text=text)
    if job.state in HALTED:
        # The page of the import says more.
        st.html(f'<p class="wk-soft">{escaped(say(f"tray.{job.state.value}"))}</p>')
    limits.line(progress)
    with st.container(gap=None):
        if job.state is JobState.RUNNING and cabinet.may(Role.EDITOR):
            st.button(
                say("add.pause"), key=f"tray.pause.{job.id}", type="tertiary", icon=":material/pause:",
                on_click=safely(_pause), args=(cabinet, job),
            )  # fmt: skip
        elif (
            cabinet.may(Role.EDITOR)
            and job.state is JobState.PAUSED
            and st.button(say("add.resume"), key=f"tray.resume.{job.id}", type="tertiary", icon=":material/play_arrow:")
        ):
            limits.resume(cabinet, job)
        # A link to the page that one is on would not be followed.
        if st.button(
            say("tray.details"), key=f"tray.details.{job.id}", type="tertiary", icon=":material/arrow_forward:"
        ):
            go("add", job=job.id)


def _pause(cabinet: Cabinet, job: Job) -> None:
    limits.pause(cabinet, job)
    # Who has clicked sees it at once.
    _look(cabinet).at = -math.inf


def how_far(progress: Progress) -> tuple[float, str]:
    """The share that is done, 0 to 1, of the step that is under way, and that step in words."""
    total = sum(progress.documents.values())
    if not progress.searchable and not progress.work.get(Work.READ) and progress.to_extract:
        # As the list of documents counts them: what waits for a model, or is not read, is no part of either.
        done = progress.chunks.get(State.DONE, 0) + progress.chunks.get(State.EMPTY, 0)
        passages = done + progress.to_extract + progress.chunks.get(State.FAILED, 0)
        return _share(passages - progress.to_extract, passages), say("progress.passages", done=done, total=passages)
    if not progress.searchable:
        left = progress.work.get(Work.READ, 0) + progress.work.get(Work.EXTRACT, 0)
        return _share(total - left, total), say("progress.reading", done=total - left, total=total)
    if not progress.finished:
        chunks = progress.embedded + progress.to_embed
        return _share(progress.embedded, chunks), say("progress.meaning", done=progress.embedded, total=chunks)
    return 1.0, count("progress.done", total)


def _share(done: int, total: int) -> float:
    return min(1.0, max(0.0, done / total)) if total else 0.0
