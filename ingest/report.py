"""What the command line says of plans, progress and coverage: as data for `--json`, and as lines for people."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from graph.documents import Refusal
from graph.schema import Meta
from graph.schemas import StoredSchema
from graph.types import Coverage, Document, Searched, State
from graph.work import Progress, Work
from ingest.plan import Plan


def progress_line(progress: Progress) -> str:
    """One line on how far a job is."""
    documents = sum(progress.documents.values())
    chunks = sum(progress.chunks.values())
    read = documents - progress.work.get(Work.READ, 0)
    done = chunks - progress.chunks.get(State.PENDING, 0) - progress.chunks.get(State.RUNNING, 0)
    return (
        f"read {read}/{documents} documents, extracted {done}/{chunks} passages, "
        f"vectors {progress.embedded}/{chunks}" + (" (searchable)" if progress.searchable else "")
    )


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


def coverage_text(coverage: Sequence[Coverage]) -> str:
    """Documents and how far they are, as lines."""
    lines = []
    for c in coverage:
        states = ", ".join(f"{n} {state.value}" for state, n in sorted(c.chunks.items()))
        lines.append(
            f"{c.document.id[:8]}  {c.document.state.value:8} {c.document.title}: {c.document.pages} pages, "
            f"{states or 'no passages'}, {c.entities} entities, {c.statements} claims"
            + (f", {c.refused} answers not kept" if c.refused else "")
        )
        if c.document.failure:
            lines.append(f"          {c.document.failure.text}")
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
                "error": d.failure.text if d.failure else None,
            }
            for d in planned.documents
        ],
        "totals": {
            "documents": len(planned.documents),
            "failed": len(planned.failed),
            "pages": planned.pages,
            "pictures": planned.pictures,
            "ocr_pages": planned.ocr_pages,
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
    cost = "price unknown" if planned.cost is None else f"about ${planned.cost:.2f}"
    lines = [
        f"{len(planned.documents)} documents, {planned.pages} pages, {planned.pictures} pictures, "
        f"{planned.chunks} passages",
        f"{planned.calls} model calls, {planned.tokens_in + planned.tokens_out:,} tokens, {cost}, "
        f"about {planned.seconds:.0f} s",
    ]
    if planned.ocr_pages:
        lines.append(f"{planned.ocr_pages} pages without text are sent out to be read")
    lines += [f"cannot be read: {d.name}: {d.failure.text}" for d in planned.failed if d.failure]
    return "\n".join(lines)
