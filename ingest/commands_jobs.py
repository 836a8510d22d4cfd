"""`python -m ingest pause | resume | cancel [JOB]`, and waiting for an import with its progress on stderr."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import cli
import settings as configuration
from graph.errors import WrongUse
from graph.jobs import HALTED, NO_LIMITS, Job, JobState, Limits
from graph.store import Store
from graph.wording import many
from ingest import report
from ingest.limits import NothingHalted, resume
from ingest.worker import ensure_worker, keep_worker
from settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

POLL_SECONDS = 0.25
TELL_SECONDS = 1.0


class NoSuchJob(WrongUse):
    en = "There is no import {name!r} that is not over. `python -m ingest status` lists them."
    de = "Es gibt keinen offenen Import {name!r}. `python -m ingest status` zählt sie auf."


class NothingRuns(WrongUse):
    en = "No import is running. `python -m ingest status` shows what there is."
    de = "Es läuft kein Import. `python -m ingest status` zeigt, was es gibt."


def add_commands(commands: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands of this file, and their options."""
    for name, command in (("pause", pause_command), ("resume", resume_command), ("cancel", cancel_command)):
        sub = cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__))
        sub.add_argument(
            "job", nargs="?", metavar="JOB", help="id of an import, or its beginning; without it, the latest"
        )
        if command is resume_command:
            add_limits(sub)
            sub.add_argument("--no-limit", action="store_true", help="go on without any limit")
        sub.set_defaults(command=command)


def add_limits(parser: argparse.ArgumentParser) -> None:
    """The options that limit an import."""
    parser.add_argument(
        "--limit-usd", type=cli.number(0), metavar="USD", help="stop before models cost more than that, in US dollars"
    )
    parser.add_argument(
        "--limit-calls", type=cli.whole(0), metavar="N", help="stop before models are asked more often than that"
    )


def limits_of(given: argparse.Namespace) -> Limits:
    """The limits that were given."""
    return Limits(given.limit_usd, given.limit_calls)


def pause_command(given: argparse.Namespace) -> int:
    """Pause an import: what models are being asked is still kept, nothing more is begun; `resume` goes on."""
    with Store(configuration.read()) as store:
        job = _found(store, given.job, (JobState.RUNNING,), NothingRuns)
        store.queue.pause(job.id)
        return _told(given, store, job, "paused; `python -m ingest resume` goes on")


def resume_command(given: argparse.Namespace) -> int:
    """Go on with an import that is paused or reached a limit; a limit that is given takes the place of the old one."""
    settings = configuration.read()
    with Store(settings) as store:
        job = _found(store, given.job, HALTED, NothingHalted)
        wanted = limits_of(given)
        # Of two limits the one that is not named stays as it is.
        usd = job.limits.usd if wanted.usd is None else wanted.usd
        calls = job.limits.calls if wanted.calls is None else wanted.calls
        limits = NO_LIMITS if given.no_limit else Limits(usd, calls) if wanted else None
        resume(store, settings, job, limits)
        ensure_worker(settings)
        return _told(given, store, job, "goes on in the background; `python -m ingest status` shows how far it is")


def cancel_command(given: argparse.Namespace) -> int:
    """Stop an import for good: what is stored stays; `retry` takes up what was not begun."""
    with Store(configuration.read()) as store:
        job = _found(store, given.job, (JobState.RUNNING, *HALTED), NothingRuns)
        store.queue.cancel(job.id)
        return _told(given, store, job, "stopped; what was read before stays")


def _found(store: Store, name: str | None, states: tuple[JobState, ...], none: type[WrongUse]) -> Job:
    """The job of that name, or the latest in one of these states."""
    jobs = store.queue.open_jobs([each.id for each in store.cabinets.listed()])
    if name is None:
        jobs = [job for job in jobs if job.state in states]
        if not jobs:
            raise none()
        return jobs[0]
    named = [job for job in jobs if job.id.startswith(name)]
    if len(named) != 1:
        raise NoSuchJob(name=name)
    if named[0].state not in states:
        raise none()
    return named[0]


def _told(given: argparse.Namespace, store: Store, job: Job, said: str) -> int:
    after = store.queue.job(job.id) or job
    cli.show(given, report.job_data(after), f"{job.id[:8]}: {said}")
    return cli.DONE


def wait(store: Store, settings: Settings, job_id: str | None) -> Job | None:
    """Wait until nothing is left or the job is halted, keeping a worker alive and telling the progress on stderr.

    The job as it is then; without one, None.
    """
    shown, told = "", 0.0
    if store.queue.left(job_id):
        ensure_worker(settings)
    while left := store.queue.left(job_id):
        job = store.queue.job(job_id) if job_id else None
        if job and job.state in HALTED:
            break
        keep_worker(settings)
        if time.monotonic() - told >= TELL_SECONDS:
            number = many(sum(left.values()), "document")
            line = report.progress_line(store.queue.progress(job)) if job else f"left: {number}"
            if line != shown:
                cli.say(line)
            shown, told = line, time.monotonic()
        time.sleep(POLL_SECONDS)
    job = store.queue.job(job_id) if job_id else None
    if job and (said := report.halted_line(job)):
        cli.say(said)
    return job
