"""Jobs and who works on what: leases with a heartbeat, so that a dead worker's documents are taken up again.

A document's `work` says what is next for it: `read` (file to chunks), `extract` (chunks to claims), `embed` (vectors),
`none`. A worker leases one document for one step. A lease ends when it is released, when it is not renewed in time,
or at once when its owner was a process of this machine that no longer lives.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

import psutil

from graph import cypher
from graph.connection import Connection, Row
from graph.rows import to_document
from graph.types import Document, State

LEASE_SECONDS = 30.0


class Work(StrEnum):
    """The next step of a document."""

    READ = "read"
    EXTRACT = "extract"
    EMBED = "embed"
    NONE = "none"


ORDER = (Work.EXTRACT, Work.READ, Work.EMBED)
"""In which order steps are taken up: what was read is extracted first, so that models need not wait until all is read;
vectors last."""


class JobState(StrEnum):
    RUNNING = "running"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Job:
    """One request to import: which documents it brought is written on the documents."""

    id: str
    collection: str
    extractor: str
    created_at: str
    model: str | None = None
    state: JobState = JobState.RUNNING


@dataclass(frozen=True, slots=True)
class Lease:
    """A document taken for one step. `attempts` counts how many workers died over it before."""

    document: Document
    work: Work
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `searchable` when nothing is left but vectors, `finished` when nothing is left at all."""

    job: Job
    documents: dict[State, int] = field(default_factory=dict)
    work: dict[Work, int] = field(default_factory=dict)
    chunks: dict[State, int] = field(default_factory=dict)
    embedded: int = 0

    @property
    def searchable(self) -> bool:
        return not self.work.get(Work.READ) and not self.work.get(Work.EXTRACT)

    @property
    def finished(self) -> bool:
        return self.searchable and not self.work.get(Work.EMBED)


def now() -> str:
    """This moment as ISO 8601 in UTC, with microseconds: it orders documents of one batch."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def owner_name() -> str:
    """This process as an owner of leases: host, process id and start time, so that a reused id is not mistaken."""
    return f"{platform.node()}/{os.getpid()}/{psutil.Process().create_time():.2f}"


def is_dead(owner: str) -> bool:
    """Whether the owner was a process of this machine and no longer lives."""
    host, pid, started = owner.rsplit("/", 2)
    if host != platform.node():
        return False
    try:
        return abs(psutil.Process(int(pid)).create_time() - float(started)) > 1
    except psutil.NoSuchProcess:
        return True


class Queue:
    """Jobs and leases."""

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
        }
        self._db.run(cypher.PUT_JOB, id=job.id, properties=properties)

    def jobs(self, collections: Sequence[str], limit: int = 20) -> list[Job]:
        """The latest jobs."""
        rows = self._db.read(cypher.JOBS, collections=list(collections), limit=limit)
        return [_to_job(row["job"]) for row in rows]

    def job(self, job_id: str) -> Job | None:
        """The job, or None."""
        rows = self._db.read(cypher.JOB, id=job_id)
        return _to_job(rows[0]["job"]) if rows else None

    def progress(self, job: Job) -> Progress:
        """How far a job is, in two queries."""
        documents: dict[State, int] = {}
        work: dict[Work, int] = {}
        for row in self._db.read(cypher.JOB_PROGRESS, job=job.id):
            state, step = State(row["state"]), Work(row["work"])
            documents[state] = documents.get(state, 0) + row["n"]
            work[step] = work.get(step, 0) + row["n"]
        chunks: dict[State, int] = {}
        embedded = 0
        for row in self._db.read(cypher.JOB_CHUNKS, job=job.id):
            state = State(row["state"])
            chunks[state] = chunks.get(state, 0) + row["n"]
            embedded += row["n"] if row["embedded"] else 0
        return Progress(job, documents, work, chunks, embedded)

    def cancel(self, job_id: str) -> None:
        """Stop a job: what is stored stays, what was not begun is not begun."""
        self._db.run(cypher.SET_JOB_STATE, id=job_id, state=JobState.CANCELLED.value)
        self._db.run(cypher.DROP_WORK_OF_JOB, job=job_id)

    def finish(self, job_id: str) -> None:
        """Mark a job as done."""
        self._db.run(cypher.SET_JOB_STATE, id=job_id, state=JobState.DONE.value)

    def reopen(self, job_id: str) -> None:
        """Mark a job as running again: some of its documents are tried once more."""
        self._db.run(cypher.SET_JOB_STATE, id=job_id, state=JobState.RUNNING.value)

    def left(self, job_id: str | None = None) -> dict[Work, int]:
        """How many documents wait for each step."""
        return {Work(row["work"]): row["n"] for row in self._db.read(cypher.WORK_LEFT, job=job_id)}

    def lease(self, owner: str, kinds: Sequence[Work] = ORDER, seconds: float = LEASE_SECONDS) -> Lease | None:
        """Take the next document that nobody works on, for one of these kinds of work; None when there is none."""
        for work in kinds:
            rows = self._db.read(cypher.DOCUMENTS_WITH_WORK, work=work.value, limit=50)
            dead = sorted({row["owner"] for row in rows if row["owner"] and is_dead(row["owner"])})
            for row in rows:
                moment = time.time()
                if row["owner"] and row["owner"] not in dead and (row["until"] or 0) >= moment:
                    continue
                taken = self._db.run(
                    cypher.LEASE_DOCUMENT,
                    id=row["id"],
                    work=work.value,
                    now=moment,
                    dead=dead,
                    owner=owner,
                    until=moment + seconds,
                )
                if taken:
                    return Lease(to_document(taken[0]["document"]), work, taken[0]["attempts"])
        return None

    def renew(self, lease: Lease, owner: str, seconds: float = LEASE_SECONDS) -> bool:
        """Keep a lease; False when it was lost, the job cancelled or the document removed: the work must stop."""
        until = time.time() + seconds
        return bool(
            self._db.run(cypher.RENEW_LEASES, id=lease.document.id, work=lease.work.value, owner=owner, until=until)
        )

    def release(self, document_id: str, owner: str) -> None:
        """Give a lease back."""
        self._db.run(cypher.RELEASE, id=document_id, owner=owner)


def _to_job(row: Row) -> Job:
    return Job(
        id=row["id"],
        collection=row["collection"],
        extractor=row["extractor"],
        created_at=row["created_at"],
        model=row.get("model"),
        state=JobState(row["state"]),
    )
