"""Imports as jobs: what state each is in, what it may spend, what it has spent on which model."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from graph import cypher_jobs
from graph.connection import Connection, Row, Transaction
from graph.errors import Failure
from graph.figures import recount


class JobState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    LIMIT = "limit"
    """Stopped because the next call could have gone over a limit of money or calls; goes on when that is raised."""
    CANCELLED = "cancelled"
    DONE = "done"


HALTED = (JobState.PAUSED, JobState.LIMIT)
"""States in which nothing is begun, and from which a job goes on where it was."""
OPEN = (JobState.RUNNING, *HALTED)


class Purpose(StrEnum):
    """What a model was asked for."""

    CLAIMS = "claims"
    PAGES = "pages"
    PICTURES = "pictures"
    VECTORS = "vectors"


class Paid(NamedTuple):
    """What calls are counted under: what for, and the id of the model."""

    purpose: Purpose
    model: str


@dataclass(frozen=True, slots=True)
class Use:
    """What calls used. `usd` leaves out the `unpriced` calls, `estimated` ones are those whose tokens nobody told.

    `seconds` are those of all calls together, `characters` those of the words that were sent.
    """

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: float = 0.0
    seconds: float = 0.0
    characters: int = 0
    estimated: int = 0
    unpriced: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


Uses = dict[Paid, Use]


def summed(uses: Mapping[Paid, Use]) -> Use:
    """All of it together."""
    return sum(uses.values(), Use())


@dataclass(frozen=True, slots=True)
class Limits:
    """What an import may spend: US dollars and calls of models; None is no limit."""

    usd: float | None = None
    calls: int | None = None

    def __bool__(self) -> bool:
        return self.usd is not None or self.calls is not None


NO_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Refused:
    """What was named and is no document: what it was called, where it was to be, and why it was not taken in."""

    name: str
    uri: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What became of what was named, besides new documents: `again` counts those that are read in another way."""

    unchanged: int = 0
    changed: int = 0
    again: int = 0
    refused: tuple[Refused, ...] = ()


NO_ARRIVALS: Final = Arrivals()
MOST_REFUSED: Final = 500
"""Refusals of one import that are kept; a folder may hold more that is no document."""


@dataclass(frozen=True, slots=True)
class Job:
    """One request to import: which documents it brought is written on the documents."""

    id: str
    collection: str
    extractor: str
    created_at: str
    model: str | None = None
    state: JobState = JobState.RUNNING
    limits: Limits = NO_LIMITS
    spent: tuple[tuple[Paid, Use], ...] = ()
    arrivals: Arrivals = NO_ARRIVALS
    running_since: float = 0.0
    """When it was last made to go on, in seconds of the epoch; 0 where it never had to be."""

    @property
    def use(self) -> Use:
        """All that it has used so far."""
        return summed(dict(self.spent))


class Jobs:
    """Jobs as they are stored."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put_job(self, job: Job) -> None:
        """Store a job; one that exists is left as it is."""
        properties: Row = {
            "id": job.id,
            "collection": job.collection,
            "extractor": job.extractor,
            "model": job.model,
            "created_at": job.created_at,
            "state": job.state.value,
            "limit_usd": job.limits.usd,
            "limit_calls": job.limits.calls,
        }
        self._db.run(cypher_jobs.PUT_JOB, id=job.id, properties=properties)

    def jobs(self, collections: Sequence[str], limit: int = 20) -> list[Job]:
        """The latest jobs."""
        rows = self._db.read(cypher_jobs.JOBS, collections=list(collections), limit=limit)
        return [to_job(row["job"]) for row in rows]

    def open_jobs(self, collections: Sequence[str]) -> list[Job]:
        """The jobs that run, are paused or have reached a limit, latest first."""
        states = [state.value for state in OPEN]
        rows = self._db.read(cypher_jobs.JOBS_IN_STATES, collections=list(collections), states=states)
        return [to_job(row["job"]) for row in rows]

    def job(self, job_id: str) -> Job | None:
        """The job, or None."""
        rows = self._db.read(cypher_jobs.JOB, id=job_id)
        return to_job(rows[0]["job"]) if rows else None

    def with_model(self, model: str, limit: int = 50) -> list[Job]:
        """The latest jobs that were to be read by this model: what they used tells what the next will use."""
        return [to_job(row["job"]) for row in self._db.read(cypher_jobs.JOBS_WITH_MODEL, model=model, limit=limit)]

    def cancel(self, job_id: str) -> None:
        """Stop a job: what is stored stays, what was not begun is not begun."""
        self._turn(job_id, JobState.CANCELLED, *OPEN, JobState.DONE)

        def drop(tx: Transaction) -> None:
            uncounted = tx.run(cypher_jobs.VECTORS_OF_JOB_ON_THEIR_WAY, job=job_id)
            tx.run(cypher_jobs.DROP_WORK_OF_JOB, job=job_id)
            for row in uncounted:
                recount(tx, row["id"])

        self._db.write(drop)

    def finish(self, job_id: str) -> None:
        """Mark a job as done; one that was cancelled meanwhile stays so."""
        self._turn(job_id, JobState.DONE, *OPEN)

    def reopen(self, job_id: str) -> None:
        """Mark a job that has ended as running: some of its documents are tried once more. A paused one stays so."""
        self._turn(job_id, JobState.RUNNING, JobState.DONE, JobState.CANCELLED)

    def pause(self, job_id: str) -> bool:
        """Begin nothing more until `resume`; what is on its way comes to its end. False where it does not run."""
        return self._turn(job_id, JobState.PAUSED, JobState.RUNNING)

    def resume(self, job_id: str) -> bool:
        """Go on where a paused job, or one that reached a limit, was; False where it is neither."""
        return self._turn(job_id, JobState.RUNNING, *HALTED)

    def arrived(self, job_id: str, arrivals: Arrivals) -> None:
        """Keep what became of what was named in a request."""
        refused = [[r.name, r.uri, r.failure.code, r.failure.text, r.failure.params] for r in arrivals.refused]
        figures = {
            "unchanged": arrivals.unchanged,
            "changed": arrivals.changed,
            "again": arrivals.again,
            "refused": json.dumps(refused[:MOST_REFUSED]),
        }
        self._db.run(cypher_jobs.SET_ARRIVALS, id=job_id, figures=figures)

    def set_limits(self, job_id: str, limits: Limits) -> None:
        """Give a job other limits; this alone does not make it go on."""
        self._db.note(cypher_jobs.SET_LIMITS, id=job_id, usd=limits.usd, calls=limits.calls)

    def _turn(self, job_id: str, state: JobState, *before: JobState) -> bool:
        states = [each.value for each in before]
        query = cypher_jobs.SET_JOB_RUNNING if state is JobState.RUNNING else cypher_jobs.SET_JOB_STATE
        return bool(self._db.note(query, id=job_id, state=state.value, before=states, now=time.time()))


def to_job(row: Mapping[str, Any]) -> Job:
    """A job from its node's properties."""
    return Job(
        id=row["id"],
        collection=row["collection"],
        extractor=row["extractor"],
        created_at=row["created_at"],
        model=row.get("model"),
        state=JobState(row["state"]),
        limits=Limits(row.get("limit_usd"), row.get("limit_calls")),
        spent=tuple(to_uses(json.loads(row.get("spent") or "[]")).items()),
        arrivals=_to_arrivals(row),
        running_since=row.get("running_since") or 0.0,
    )


def _to_arrivals(row: Mapping[str, Any]) -> Arrivals:
    refused = tuple(
        Refused(name, uri, Failure(code, text, params))
        for name, uri, code, text, params in json.loads(row.get("refused") or "[]")
    )
    return Arrivals(row.get("unchanged") or 0, row.get("changed") or 0, row.get("again") or 0, refused)


def to_uses(rows: Sequence[Sequence[Any]]) -> Uses:
    """What is stored of uses: a row of purpose, model and the numbers for each."""
    return {Paid(Purpose(purpose), model): Use(*numbers) for purpose, model, *numbers in rows}


def from_uses(uses: Mapping[Paid, Use]) -> list[list[Any]]:
    """The same rows, to be stored."""
    return [[paid.purpose.value, paid.model, *astuple(use)] for paid, use in uses.items()]
