"""`python -m ingest retry [DOCUMENT]`: what failed, and what an import that was stopped left; said before it costs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import cli
import settings as configuration
from graph.commands_here import add_collection, opened
from graph.errors import WrongUse
from graph.jobs import HALTED, Job
from graph.store import Store
from graph.wording import many, money
from ingest import forecast, report
from ingest.commands_jobs import add_limits, limits_of, wait
from ingest.limits import check_limits
from ingest.rest import Unfinished, job_for, retry, unfinished
from settings import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction


class NotConfirmed(WrongUse):
    en = "This import calls a model. Look at the plan above, then run it again with --yes."
    de = "Dieser Import ruft ein Modell auf. Bitte den Plan oben ansehen und mit --yes erneut starten."


def confirm(plan: str, question: str = "Import?") -> None:
    """Show what is about to be done by a model and ask; raises NotConfirmed unless somebody says yes."""
    cli.say(plan)
    if not sys.stdin.isatty():
        raise NotConfirmed()
    cli.say(f"{question} [y/N]")
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "j", "ja"}:
        raise NotConfirmed()


def retry_command(given: argparse.Namespace) -> int:
    """Try again what failed and go on with what was stopped, of one document or of all."""
    settings = configuration.read()
    limits = limits_of(given)
    with opened(given, settings) as store:
        document = store.documents.find(given.document, store.here).id if given.document else None
        left = unfinished(store, document, store.here)
        check_limits(limits, left.asks, store.embeddings.meta().embedding_model, settings)
        if left.asks_models and not given.yes:
            confirm(_plan(store, settings, left, "" if limits else _limits_that_hold(store, left)), "Try again?")
        job = job_for(store, settings, left, limits) if limits and left.documents else None
        again = retry(store, document, store.here, job)
        wait(store, settings, job.id if job else None)
        documents = list(store.documents.by_ids(again).values())
        coverage = store.documents.coverage(documents)
        halted = _halted(store, {each.job for each in documents if each.job})
    failed = [c for c in coverage if report.in_part(c)]
    text = f"tried again: {many(len(again), 'document')}" + (f"\n{report.coverage_text(failed)}" if failed else "")
    for each in left.out:
        text += f"\nleft out: {report.one_line(each.title)}: it was never taken in, so it must be added again"
        text += f"\n          {report.one_line(each.failure.text)}" if each.failure else ""
    text += "".join(f"\n{report.halted_line(each)}" for each in halted)
    data = {
        "retried": len(again),
        "failed": [c.document.id for c in failed],
        "left_out": [report.document_data(each) for each in left.out],
        "halted": [each.id for each in halted],
    }
    cli.show(given, data, text)
    return cli.IN_PART if failed or halted else cli.DONE


def _plan(store: Store, settings: Settings, left: Unfinished, limits: str) -> str:
    """What trying again takes, in a line or two."""
    said = f"to be tried again: {many(len(left.documents), 'document')}, {many(left.passages, 'passage')}"
    if left.unknown:
        said += f", and what is in {many(left.unknown, 'document')} that could not be read yet"
    asked = f"asked: {', '.join(left.asks)}, {_cost(store, settings, left)}"
    return "\n".join(filter(None, (said, asked, limits)))


def _cost(store: Store, settings: Settings, left: Unfinished) -> str:
    """About what it costs, where one model is asked and it is known what about."""
    models = {each.model for each in left.documents}
    (model, *others) = left.asks
    if others or left.unknown or models != {model}:
        return "the price is not known before"
    measured = forecast.measured(store, model).claims
    usd = forecast.claims(left.passages, left.characters, model, settings, measured).usd
    return "price unknown" if usd is None else f"about {money(usd)}"


def _limits_that_hold(store: Store, left: Unfinished) -> str:
    jobs = [store.queue.job(id_) for id_ in dict.fromkeys(each.job for each in left.documents) if id_]
    return "\n".join(f"the limit of its import holds: {report.used_line(job)}" for job in jobs if job and job.limits)


def _halted(store: Store, ids: set[str]) -> list[Job]:
    """Those imports that stopped before all was tried again."""
    jobs = (store.queue.job(id_) for id_ in sorted(ids))
    return [job for job in jobs if job is not None and job.state in HALTED]


def add_retry(commands: _SubParsersAction[argparse.ArgumentParser], document: str) -> None:
    """Put the command among the others; `document` says how one is named."""
    told = retry_command.__doc__
    sub = add_collection(cli.add_json(commands.add_parser("retry", help=told, description=told)))
    sub.add_argument("document", nargs="?", metavar="DOCUMENT", help=f"{document}; without it, all")
    add_limits(sub)
    sub.add_argument("--yes", action="store_true", help="begin without asking, also where models are paid")
    sub.set_defaults(command=retry_command)
