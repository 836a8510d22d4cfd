"""How far a job is, how fast it goes and how long it still takes, from what is stored of its passages."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from graph import cypher_jobs
from graph.connection import Connection
from graph.jobs import Job
from graph.types import State

WINDOW: Final = 300.0
"""Seconds that the speed is taken from: long enough for a model that needs a minute for each passage."""
_FEW, _SOON = 3, 10.0
_MANY, _SOONER = 12, 2.0
"""So many passages in so many seconds tell how fast it goes; one of the two must be given."""
_QUIET: Final = 15.0
"""After so many seconds without any, and three times as long as one takes, nobody knows how fast it goes."""


class Work(StrEnum):
    """The next step of a document."""

    READ = "read"
    CAPTION = "caption"
    EXTRACT = "extract"
    RESOLVE = "resolve"
    EMBED = "embed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Speed:
    """How many passages got through a step since the first of them, within the window; `since` in seconds."""

    passages: int = 0
    since: float = 0.0
    quiet: float = 0.0
    """Seconds since the last of them."""

    @property
    def per_second(self) -> float | None:
        """None while it is not known: too few passages, or too short a time."""
        if self.quiet > max(_QUIET, 3 * self.since / max(self.passages, 1)):
            return None
        known = (self.passages >= _FEW and self.since >= _SOON) or (self.passages >= _MANY and self.since >= _SOONER)
        # The first began before it came: it marks the start and does not count.
        return (self.passages - 1) / self.since if known else None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `searchable` when nothing is left but vectors, `finished` when nothing is left at all."""

    job: Job
    documents: dict[State, int] = field(default_factory=dict)
    work: dict[Work, int] = field(default_factory=dict)
    chunks: dict[State, int] = field(default_factory=dict)
    embedded: int = 0
    extracting: Speed = Speed()
    embedding: Speed = Speed()

    @property
    def searchable(self) -> bool:
        return not any(self.work.get(step) for step in (Work.READ, Work.CAPTION, Work.EXTRACT))

    @property
    def finished(self) -> bool:
        return self.searchable and not any(self.work.get(step) for step in (Work.RESOLVE, Work.EMBED))

    @property
    def to_extract(self) -> int:
        """Passages that are read from their file and wait for their claims."""
        return self.chunks.get(State.PENDING, 0) + self.chunks.get(State.RUNNING, 0)

    @property
    def to_embed(self) -> int:
        """Passages that still get a vector; pages that wait for something get none."""
        none = self.chunks.get(State.WAITING, 0) + self.chunks.get(State.SKIPPED, 0)
        return max(0, sum(self.chunks.values()) - none - self.embedded)

    @property
    def per_minute(self) -> float | None:
        """Passages a minute in the step that is under way; None while that is not known."""
        speed = (self.extracting if not self.searchable else self.embedding).per_second
        return None if speed is None or self.finished else speed * 60

    @property
    def seconds_left(self) -> float | None:
        """How long it still takes, about; None while that is not known."""
        if self.finished:
            return 0.0
        if self.work.get(Work.READ) or self.work.get(Work.CAPTION):
            # Nobody knows yet how many passages documents have that are still closed, or looked at by a model.
            return None
        embedding = self.embedding.per_second
        vectors = None if embedding is None else self.to_embed / embedding
        if self.searchable:
            # Where nothing that is counted is left, what is left takes as long as it takes.
            return vectors or None
        extracting = self.extracting.per_second
        claims = None if extracting is None else self.to_extract / extracting
        if vectors is None and self.to_embed and (claims or 0.0) < _SOON:
            # Nearly all that is left are vectors, of which nobody knows yet how long they take.
            return None
        # Both go on beside each other where claims come from elsewhere, so the longer of the two counts.
        return None if claims is None else max(claims, vectors or 0.0) or None

    @property
    def at_least(self) -> bool:
        """Whether it may take much longer than that: how fast vectors are made is not known yet."""
        return not self.searchable and bool(self.to_embed) and self.embedding.per_second is None


def read_progress(db: Connection, job: Job) -> Progress:
    """How far a job is, in two queries."""
    documents: dict[State, int] = {}
    work: dict[Work, int] = {}
    for row in db.read(cypher_jobs.JOB_PROGRESS, job=job.id):
        state, step = State(row["state"]), Work(row["work"])
        documents[state] = documents.get(state, 0) + row["n"]
        work[step] = work.get(step, 0) + row["n"]
    chunks: dict[State, int] = {}
    embedded = 0
    now = time.time()
    # A pause says nothing about the speed.
    rows = db.read(cypher_jobs.JOB_CHUNKS, job=job.id, since=max(now - WINDOW, job.running_since))
    for row in rows:
        state = State(row["state"])
        chunks[state] = chunks.get(state, 0) + row["n"]
        embedded += row["n"] if row["embedded"] else 0
    # What failed says nothing about how long an answer takes that can be used.
    went_well = [row for row in rows if State(row["state"]) is not State.FAILED]
    extracting, embedding = _speed(went_well, "finished", now), _speed(rows, "given", now)
    return Progress(job, documents, work, chunks, embedded, extracting, embedding)


def _speed(rows: list[dict[str, Any]], step: str, now: float) -> Speed:
    firsts = [row[f"{step}_first"] for row in rows if row[f"{step}_first"] is not None]
    if not firsts:
        return Speed()
    last = max(row[f"{step}_last"] for row in rows if row[f"{step}_last"] is not None)
    return Speed(sum(row[step] for row in rows), now - min(firsts), now - last)
