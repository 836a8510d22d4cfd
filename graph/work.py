"""Jobs and who works on what: leases with a heartbeat, so that a dead worker's documents are taken up again.

A document's `work` says what is next for it: `read` (file to chunks), `caption` (pictures and scans to words),
`extract` (chunks to claims), `resolve` (which names are one), `embed` (vectors), `none`. A worker leases one document
for one step. A lease ends when it is released, when it is not renewed in time, or at once when its owner was a process
of this machine that no longer lives.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from graph import cypher_jobs
from graph.connection import Row, Transaction
from graph.jobs import HALTED, Job, Jobs, JobState
from graph.progress import Progress, Work, read_progress
from graph.rows import document_properties, to_document
from graph.types import Document

__all__ = ["ORDER", "Job", "JobState", "Lease", "Progress", "Queue", "Work", "is_dead", "now", "owner_name"]

LEASE_SECONDS = 30.0
_LOOKED_AT = 200
"""Documents among which one is looked for that nobody else works on."""
ORDER = (Work.EXTRACT, Work.CAPTION, Work.READ, Work.RESOLVE, Work.EMBED)
"""In which order steps are taken up: what was read is looked at and extracted first, so that models need not wait until
all is read; vectors last."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A document taken for one step. `attempts` counts how many workers died over it before."""

    document: Document
    work: Work
    attempts: int = 0


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


def _halted(tx: Transaction) -> list[str]:
    """The jobs of which nothing is begun now."""
    return [row["id"] for row in tx.run(cypher_jobs.HALTED_JOBS, states=[each.value for each in HALTED])]


class Queue(Jobs):
    """Jobs and leases."""

    def progress(self, job: Job) -> Progress:
        """How far a job is, and how fast it goes."""
        return read_progress(self._db, job)

    def left(self, job_id: str | None = None) -> dict[Work, int]:
        """How many documents wait for each step; without a job, those that somebody may begin now."""

        def left(tx: Transaction) -> list[Row]:
            return tx.run(cypher_jobs.WORK_LEFT, job=job_id, besides=[] if job_id else _halted(tx))

        return {Work(row["work"]): row["n"] for row in self._db.look(left)}

    def left_off(self, document_ids: Sequence[str]) -> dict[str, Work]:
        """Of these, the documents that nobody goes on with although they are not finished, and what is next for them.

        An import that was stopped leaves them: unread, read in part, or without vectors. One that failed is none.
        """
        rows = self._db.read(cypher_jobs.LEFT_OFF, ids=list(document_ids))
        return {
            row["id"]: Work.EMBED if not row["unread"] else Work.EXTRACT if row["chunked"] else Work.READ
            for row in rows
        }

    def take_up(self, document: Document, work: Work) -> bool:
        """Go on with a document that was left off, as it is given here; False where somebody else has begun."""
        properties = document_properties(document)
        return bool(self._db.run(cypher_jobs.TAKE_UP, id=document.id, properties=properties, work=work))

    def lease(self, owner: str, kinds: Sequence[Work] = ORDER, seconds: float = LEASE_SECONDS) -> Lease | None:
        """Take the next document that nobody works on, for one of these kinds of work; None when there is none."""
        moment = time.time()
        known: dict[str, bool] = {}

        def free(row: Row) -> bool:
            held_by = row["owner"]
            if not held_by or (row["until"] or 0) < moment:
                return True
            if held_by not in known:
                known[held_by] = is_dead(held_by)
            return known[held_by]

        wanted = [{"work": work.value, "place": place} for place, work in enumerate(kinds)]

        def waiting(tx: Transaction) -> list[Row]:
            halted = _halted(tx)
            return tx.run(
                cypher_jobs.DOCUMENTS_WITH_WORK, kinds=wanted, halted=halted, owner=owner, now=moment, limit=_LOOKED_AT
            )

        for row in filter(free, self._db.look(waiting)):
            taken = self._db.note(
                cypher_jobs.LEASE_DOCUMENT,
                id=row["id"],
                work=row["work"],
                now=moment,
                dead=sorted(name for name, dead in known.items() if dead),
                owner=owner,
                until=time.time() + seconds,
            )
            if taken:
                return Lease(to_document(taken[0]["document"]), Work(row["work"]), taken[0]["attempts"])
        return None

    def renew(self, leases: Sequence[Lease], owner: str, seconds: float = LEASE_SECONDS) -> set[str]:
        """Keep leases; returns the documents that may be worked on further.

        The others were lost or removed, or their job was halted or cancelled: the work must stop. Where the job is
        halted the lease is kept all the same, for what must come to its end; `release` gives it back.
        """
        wanted = [{"id": lease.document.id, "work": lease.work.value} for lease in leases]
        rows = self._db.note(cypher_jobs.RENEW_LEASES, leases=wanted, owner=owner, until=time.time() + seconds)
        return {row["id"] for row in rows if row["state"] not in HALTED}

    def release(self, document_id: str, owner: str) -> None:
        """Give a lease back."""
        self._db.note(cypher_jobs.RELEASE, id=document_id, owner=owner)
