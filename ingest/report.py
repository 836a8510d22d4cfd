"""What the command line says of plans, progress and coverage: as data for `--json`, and as lines for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any, Final

from graph.documents import Refusal
from graph.schema import Meta
from graph.schemas import StoredSchema
from graph.types import Coverage, Document, Searched, State
from graph.wording import many, money
from graph.work import Job, JobState, Progress, Work
from ingest.fetch import is_address
from ingest.known import Standing
from ingest.plan import Plan

PASSAGES: Final = {
    State.PENDING: "still to read",
    State.RUNNING: "being read",
    State.DONE: "read",
    State.EMPTY: "without anything found",
    State.FAILED: "failed",
    State.WAITING: "waiting for a model",
    State.SKIPPED: "skipped",
}
"""How it stands with passages, in words."""
NONE_HALTED: Mapping[str, JobState] = {}


def one_line(text: str) -> str:
    """A stranger's text on a terminal: one line, nothing that moves the cursor."""
    return "".join(c if c.isprintable() else " " for c in text)


def progress_line(progress: Progress) -> str:
    """One line on how far a job is."""
    documents = sum(progress.documents.values())
    chunks = sum(progress.chunks.values())
    read = documents - progress.work.get(Work.READ, 0)
    done = chunks - progress.to_extract
    line = (
        f"read {read} of {many(documents, 'document')}, extracted {done} of {many(chunks, 'passage')}, "
        f"findable by meaning {progress.embedded}" + (" (searchable)" if progress.searchable else "")
    )
    speed, left = progress.per_minute, progress.seconds_left
    about = "at least" if progress.at_least else "about"
    said = [
        line,
        "" if speed is None else f"{speed:.0f} a minute" if speed >= 10 else f"{speed:.1f} a minute",
        "" if progress.finished else "time left not known yet" if left is None else f"{about} {duration(left)} left",
        used_line(progress.job),
    ]
    return ", ".join(filter(None, said))


def duration(seconds: float) -> str:
    """A time in the unit that reads best."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def used_line(job: Job) -> str:
    """What a job has used so far, against its limits; nothing where it has used none and has none."""
    use, limits = job.use, job.limits
    if not use.calls and not limits:
        return ""
    calls = many(use.calls, "call") if limits.calls is None else f"{use.calls} of at most {many(limits.calls, 'call')}"
    usd = money(use.usd) if limits.usd is None else f"{money(use.usd)} of at most {money(limits.usd)}"
    if use.unpriced and limits.usd is None:
        usd = (
            "price unknown" if use.unpriced == use.calls else f"{usd} and {many(use.unpriced, 'call')} of unknown price"
        )
    return f"{calls}, {usd}"


def halted_line(job: Job) -> str:
    """Why a job does not go on, and what makes it; nothing where it does."""
    go_on = f"`python -m ingest resume {job.id[:8]}"
    if job.state is JobState.PAUSED:
        return f"the import is paused; {go_on}` goes on"
    if job.state is JobState.LIMIT:
        return (
            f"limit reached: the next call could go over it ({used_line(job)}); what is read stays. "
            f"{go_on} --limit-calls N`, `--limit-usd USD` or `--no-limit` goes on"
        )
    return ""


def job_data(job: Job) -> dict[str, Any]:
    """A job as data, with what it used of each model."""
    return {
        "job": job.id,
        "state": job.state.value,
        "extractor": job.extractor,
        "model": job.model,
        "created_at": job.created_at,
        "limits": {"usd": job.limits.usd, "calls": job.limits.calls},
        "used": asdict(job.use),
        "models": [{"for": p.purpose.value, "model": p.model} | asdict(use) for p, use in job.spent],
    }


def jobs_text(jobs: Sequence[Job]) -> str:
    """Jobs that are not over, as lines; nothing where there are none."""
    return "".join(f"\nimport {job.id[:8]} {job.state.value}: {used_line(job) or 'nothing used'}" for job in jobs)


def in_part(coverage: Coverage) -> bool:
    """Whether something of a document failed."""
    return coverage.document.state is State.FAILED or bool(coverage.chunks.get(State.FAILED))


def document_data(document: Document) -> dict[str, Any]:
    """A document as data."""
    return {
        "id": document.id,
        "title": document.title,
        "uri": document.uri,
        "media_type": document.media_type,
        "state": document.state.value,
        "error": document.failure.text if document.failure else None,
        "pages": document.pages,
        "pages_failed": document.pages_failed,
        "pages_waiting": document.pages_waiting,
        "left_out": list(document.left_out),
        "characters": document.characters,
        "language": document.language,
        "extractor": document.extractor,
        "schema": document.schema,
    }


def coverage_data(coverage: Coverage) -> dict[str, Any]:
    """A document and how far it is, as data."""
    return document_data(coverage.document) | {
        "chunks": {state.value: n for state, n in coverage.chunks.items()},
        "embedded": coverage.embedded,
        "statements": coverage.statements,
        "unsupported": coverage.unsupported,
        "entities": coverage.entities,
        "refused": coverage.refused,
    }


def halted(document: Document, jobs: Mapping[str, JobState]) -> str | None:
    """Why nobody works on a document that is not finished, out of the jobs that are halted: paused, or limit."""
    state = jobs.get(document.job or "") if document.state in (State.PENDING, State.RUNNING) else None
    return state.value if state else None


def named(document: Document) -> str:
    """A document's title, with the name of its file behind it where the title does not tell that."""
    name = one_line(document.uri.replace("\\", "/").rsplit("/", 1)[-1])
    title = one_line(document.title)
    told = not name or is_address(document.uri) or PurePath(name).stem.casefold() in title.casefold()
    return title if told else f"{title} ({name})"


def coverage_text(coverage: Sequence[Coverage], jobs: Mapping[str, JobState] = NONE_HALTED) -> str:
    """Documents and how far they are, as lines; `jobs` are those that are halted."""
    lines = []
    for c in coverage:
        if c.document.failure and c.document.failure.no_document and not c.document.sha256:
            lines.append(f"not taken in: {one_line(c.document.failure.text)}")
            continue
        why = halted(c.document, jobs)
        state = "waiting" if why else c.document.state.value
        read = "".join(f", {n} {PASSAGES[state]}" for state, n in sorted(c.chunks.items()))
        passages = many(sum(c.chunks.values()), "passage") + read
        lines.append(
            f"{c.document.id[:8]}  {state:8} {named(c.document)}: {many(c.document.pages, 'page')}, {passages}, "
            f"{many(c.entities, 'name')}, {many(c.statements, 'claim')}"
            + (f", {many(c.refused, 'answer')} not kept" if c.refused else "")
        )
        if why:
            lines.append("          its import is paused" if why == JobState.PAUSED else "          limit reached")
        if c.document.failure:
            lines.append(f"          {one_line(c.document.failure.text)}")
    return "\n".join(lines) or "no documents yet; `python -m ingest add FOLDER` imports some"


def refusal_data(refusal: Refusal) -> dict[str, Any]:
    """What a model answered that was not kept, as data: subject, predicate and object where it was a claim."""
    ends = dict(zip(("subject", "predicate", "object", "more"), refusal.what, strict=False))
    found: dict[str, Any] = {"chunk": refusal.chunk, "page": refusal.page, "why": refusal.why}
    return found | (ends if len(ends) > 2 else {"what": " | ".join(refusal.what)})


def refused_text(refused: Sequence[Refusal]) -> str:
    """The same as lines."""
    return "".join(f"\n  page {r.page}: not kept, {r.why}: {' | '.join(r.what)}" for r in refused)


def schemas_data(schemas: Mapping[str, StoredSchema]) -> dict[str, Any]:
    """Kinds and relations by id, as data."""
    return {id_: json.loads(schema.content) for id_, schema in schemas.items()}


def vectors_data(meta: Meta, searched: Searched) -> dict[str, Any]:
    """Which model the vectors are of, and how many passages have one, as data."""
    return {
        "model": meta.embedding_model,
        "wanted": meta.wanted_model,
        "chunks": searched.chunks,
        "embedded": searched.chunks - searched.unembedded,
    }


def vectors_text(vectors: dict[str, Any]) -> str:
    """The same as a line; nothing where every passage has its vector."""
    if vectors["embedded"] == vectors["chunks"] and not vectors["wanted"]:
        return ""
    model = vectors["wanted"] or vectors["model"] or "none yet"
    return f"\nvectors ({model}): {vectors['embedded']} of {vectors['chunks']} passages; words find all of them"


_STANDING = {
    Standing.NEW: "new",
    Standing.CHANGED: "changed",
    Standing.AGAIN: "here already, read in another way",
    Standing.REST: "here already, read to the end now",
    Standing.KNOWN: "here already and unchanged",
    Standing.TWICE: "twice among these",
}


def plan_data(planned: Plan) -> dict[str, Any]:
    """A plan as data."""
    return {
        "documents": [
            {
                "name": d.name,
                "media_type": d.kind,
                "size": d.size,
                "pages": d.pages,
                "pictures": d.pictures,
                "chunks": d.chunks,
                "waiting": d.waiting,
                "ocr_pages": d.ocr_pages,
                "described": d.described,
                "error": d.failure.text if d.failure else None,
                "standing": None if d.failure else d.standing.value,
            }
            for d in planned.documents
        ],
        "totals": {
            "documents": len(planned.documents),
            "failed": len(planned.failed),
            "standing": {each.value: planned.counted(each) for each in Standing},
            "pages": planned.pages,
            "pictures": planned.pictures,
            "ocr_pages": planned.ocr_pages,
            "described": planned.described,
            "chunks": planned.chunks,
            "calls": planned.calls,
            "tokens_in": planned.tokens_in,
            "tokens_out": planned.tokens_out,
            "cost": planned.cost,
            "seconds": round(planned.seconds, 1),
        },
    }


def plan_text(planned: Plan) -> str:
    """A plan as lines."""
    cost = "price unknown" if planned.cost is None else f"about {money(planned.cost)}"
    lines = [
        f"{many(len(planned.documents), 'document')}, {many(planned.pages, 'page')}, "
        f"{many(planned.pictures, 'picture')}, {many(planned.chunks, 'passage')}",
        f"{many(planned.calls, 'model call')}, {many(planned.tokens_in + planned.tokens_out, 'token')}, {cost}, "
        f"about {duration(planned.seconds)}",
    ]
    if said := [f"{n} {words}" for each, words in _STANDING.items() if (n := planned.counted(each))]:
        lines.append(", ".join(said))
    if planned.replaces:
        lines.append("the claims that were found in these before go, and those found now take their place")
    if planned.ocr_pages:
        lines.append(f"to be read by a model, for want of text: {many(planned.ocr_pages, 'page')}")
    if planned.described:
        lines.append(f"to be described: {many(planned.described, 'picture')}")
    lines += [f"cannot be read: {d.name}: {d.failure.text}" for d in planned.failed if d.failure]
    return "\n".join(lines)
