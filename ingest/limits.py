"""Limits of an import: whether they can be kept, and going on after one was reached."""

from __future__ import annotations

from collections.abc import Sequence

from graph.errors import WrongUse
from graph.jobs import Job, JobState, Limits
from graph.store import Store
from ingest.vectors import vectors_cost
from llm.catalog import family, find_model
from llm.cost import cost
from llm.embed import DEFAULT_EMBEDDING, find_embedding
from llm.ocr import cost as ocr_cost
from llm.ocr import find_ocr, is_service
from llm.spec import ModelSpec
from settings import Settings


class PriceUnknown(WrongUse):
    en = "What {name} costs is not known here, so a limit of money cannot be kept. Set a limit of calls instead."
    de = "Was {name} kostet, ist hier nicht bekannt, eine Geldgrenze also nicht einzuhalten. Begrenzen Sie die Aufrufe."


class BadLimit(WrongUse):
    en = "A limit must be more than nothing. Leave it out to have none; to see what it would cost, make a plan."
    de = "Eine Grenze muss größer als null sein. Ohne Grenze: weglassen; was es kosten würde, sagt ein Plan."


class NothingHalted(WrongUse):
    en = "No import is paused or stopped at a limit."
    de = "Kein Import ist angehalten oder hat seine Grenze erreicht."


class StillAtLimit(WrongUse):
    en = (
        "This import has used {usd:$} and {calls:call|calls}, and its limit leaves no room for more. Raise it: "
        "`python -m ingest resume {job} --limit-calls N` or `--limit-usd USD`, or --no-limit."
    )
    de = (
        "Dieser Import hat {usd:$} und {calls:Aufruf|Aufrufe} verbraucht, seine Grenze lässt keine weiteren zu. "
        "Erhöhen Sie sie: `python -m ingest resume {job} --limit-calls N` oder `--limit-usd USD`, oder --no-limit."
    )


def price(spec: ModelSpec, tokens_in: int, tokens_out: int) -> float | None:
    """US dollars for a call: nothing for a model that runs here, None where the price is not known."""
    return 0.0 if family(spec.family).here else cost(spec, tokens_in, tokens_out)


def unpriced(asks: Sequence[str], embedding: str | None, settings: Settings) -> str | None:
    """The name of something an import asks whose price is not known; None where all prices are."""
    for id_ in asks:
        if is_service(id_):
            if ocr_cost(find_ocr(id_), 1, settings) is None:
                return find_ocr(id_).title
        elif price(spec := find_model(id_, settings), 1, 1) is None:
            return spec.title
    vectors = find_embedding(embedding or DEFAULT_EMBEDDING)
    return vectors.title if vectors_cost(vectors, 1, settings) is None else None


def check_limits(limits: Limits, asks: Sequence[str], embedding: str | None, settings: Settings) -> None:
    """Raises BadLimit, or PriceUnknown where a limit of money could not be kept."""
    if any(limit is not None and not limit > 0 for limit in (limits.usd, limits.calls)):
        raise BadLimit()
    if limits.usd is not None and (name := unpriced(asks, embedding, settings)):
        raise PriceUnknown(name=name)


def resume(store: Store, settings: Settings, job: Job, limits: Limits | None = None) -> None:
    """Go on with a job that is halted, with other limits where some are given.

    Raises NothingHalted, PriceUnknown, BadLimit, and StillAtLimit where no call more would fit.
    """
    if limits is not None:
        first = next(iter(store.documents.listed((job.collection,), job=job.id, limit=1)), None)
        eyes = (first.caption_model, first.ocr) if first else ()
        asks = tuple(id_ for id_ in (job.model if job.extractor != "quick" else None, *eyes) if id_)
        check_limits(limits, asks, store.embeddings.meta().embedding_model, settings)
    wanted = job.limits if limits is None else limits
    used = job.use
    both = ((wanted.usd, used.usd), (wanted.calls, used.calls))
    spent = any(limit is not None and so_far >= limit for limit, so_far in both)
    if spent or (job.state is JobState.LIMIT and limits is None):
        raise StillAtLimit(usd=used.usd, calls=used.calls, job=job.id[:8])
    if limits is not None:
        store.queue.set_limits(job.id, limits)
    if not store.queue.resume(job.id):
        raise NothingHalted()
