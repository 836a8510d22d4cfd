"""What an import may spend and has spent: the fields for its limits, and both in words."""

from __future__ import annotations

import streamlit as st

from graph.errors import WunderkammerError
from graph.jobs import HALTED, Job, JobState, Limits
from graph.roles import Role
from graph.work import Progress
from pages.language import current, duration, money, number, say
from pages.parts import spending
from pages.parts.cabinet import Cabinet
from pages.parts.click import safely
from pages.parts.plain import escaped, label

WIDTH = 230


def fields(key: str, priced: bool, limits: Limits) -> Limits:
    """The two fields; that of money is closed where a price is not known, and says so."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        usd = st.number_input(
            say("limit.usd"), 0.01, value=limits.usd, step=0.5, format="%.2f", key=f"{key}.usd", width=WIDTH,
            placeholder=say("limit.none"), disabled=not priced,
        )  # fmt: skip
        calls = st.number_input(
            say("limit.calls"), 1, value=limits.calls, step=10, key=f"{key}.calls", width=WIDTH,
            placeholder=say("limit.none"),
        )  # fmt: skip
    about = say("limit.about") if priced else say("limit.unpriced")
    st.html(f'<p class="wk-soft">{escaped(about)}</p>')
    return Limits(usd if priced else None, calls)


def spent(job: Job) -> str:
    """What a job has used so far, against its limits; empty where it used nothing and has none."""
    use, limits = job.use, job.limits
    if not use.calls and not limits:
        return ""
    calls = number(use.calls)
    if limits.calls is not None:
        calls = say("spent.of", used=calls, most=number(limits.calls))
    usd = money(use.usd)
    if limits.usd is not None:
        usd = say("spent.of", used=usd, most=money(limits.usd))
    elif use.unpriced:
        usd = say("plan.unknown") if use.unpriced == use.calls else say("spent.more", usd=usd)
    return f"{say('plan.calls')}: {calls} · {say('plan.cost')}: {usd}"


def pace(progress: Progress) -> str:
    """How fast it goes and how long it still takes, as far as that is known."""
    if progress.finished or progress.job.state in HALTED:
        return ""
    speed, left = progress.per_minute, progress.seconds_left
    said = [
        "" if speed is None else say("pace.speed", n=max(1, round(speed))),
        say("pace.unknown")
        if left is None
        else say("pace.at_least" if progress.at_least else "pace.left", time=duration(left)),
    ]
    return " · ".join(filter(None, said))


def line(progress: Progress) -> None:
    """Pace and spending on a soft line under a bar; nothing where there is nothing to say."""
    if said := " · ".join(filter(None, (pace(progress), spent(progress.job)))):
        st.html(f'<p class="wk-soft">{escaped(said[:1].upper() + said[1:])}</p>')


def why(job: Job) -> str:
    """Why a job does not go on."""
    return say("halted.limit" if job.state is JobState.LIMIT else "halted.paused")


def go_on(cabinet: Cabinet, job: Job) -> None:
    """The button that makes a halted job go on, with fields for other limits where it has some, and that to stop it."""
    if not cabinet.may(Role.EDITOR):
        return
    wanted = None
    if job.limits or job.state is JobState.LIMIT:
        wanted = fields(f"resume.{job.id}", job.limits.usd is not None or not job.use.unpriced, job.limits)
    with st.container(horizontal=True, gap="small"):
        clicked = st.button(say("add.resume"), key=f"resume.{job.id}", icon=":material/play_arrow:", type="primary")
        cancel(cabinet, job)
    if clicked:
        resume(cabinet, job, wanted)


def cancel(cabinet: Cabinet, job: Job) -> None:
    """The button that stops a job for good."""
    if not cabinet.may(Role.EDITOR):
        return
    st.button(say("add.cancel"), icon=":material/stop:", on_click=safely(cabinet.store.queue.cancel), args=(job.id,))


def pause(cabinet: Cabinet, job: Job) -> None:
    """Begin nothing more of a job."""
    cabinet.store.queue.pause(job.id)


def resume(cabinet: Cabinet, job: Job, limits: Limits | None = None) -> None:
    """Go on with a job, or say why not."""
    from ingest.limits import resume as go
    from ingest.worker import ensure_worker

    try:
        if job.model:
            limits = spending.within(cabinet, job.limits if limits is None else limits, job.use)
        go(cabinet.store, cabinet.settings, job, limits)
    except WunderkammerError as problem:
        st.warning(label(problem.text(current()), 400), icon=":material/warning:")
        return
    ensure_worker(cabinet.settings)
    st.rerun()
