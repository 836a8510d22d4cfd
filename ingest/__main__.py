"""`python -m ingest plan | add | list | watch | sample | status | retry | remove | text | embed | files ...`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.commands_here import add_collection, opened
from graph.jobs import HALTED
from graph.store import Store
from graph.types import Coverage, State
from graph.wording import many
from ingest import commands_arrive, report
from ingest.commands_annotations import add_annotations
from ingest.commands_arrive import NothingFound
from ingest.commands_authority import add_authority
from ingest.commands_embed import add_embed
from ingest.commands_files import add_files
from ingest.commands_jobs import add_commands, add_limits, limits_of, wait
from ingest.commands_retry import add_retry, confirm
from ingest.commands_schema import add_schema, schema_given
from ingest.extractors import EXTRACTORS, QUICK
from ingest.files import FileStore
from ingest.forecast import measured
from ingest.plan import Plan, plan
from ingest.sample import submit_sample
from ingest.sources.codes import chosen_language
from ingest.submit import Options, Submitted, remove_document, submit
from ingest.texts import document_text
from settings import Settings

ABOUT = (
    "Brings documents into the cabinet, tells how far each is read, and takes them out again, as the pages Add and "
    "Library do. Begin with `plan FOLDER`, which imports nothing, or `add FOLDER`; COMMAND --help explains each."
)
DOCUMENT = "a document: its id or the beginning of it, its address or its title"
NOTHING: Mapping[str, Any] = {}


def plan_command(given: argparse.Namespace) -> int:
    """What an import would take: pages, calls of models, money, time. Nothing is imported, no model is asked."""
    settings = configuration.read()
    options = _options(given)
    sources, missed = commands_arrive.sources_of(given, settings)
    result = _planned(given, sources, settings, options)
    if not result.documents:
        raise NothingFound()
    cli.show(given, report.plan_data(result) | {"missed": missed}, report.plan_text(result))
    return _exit_code(len(result.documents), len(result.failed)) or (cli.IN_PART if missed else cli.DONE)


def add_command(given: argparse.Namespace) -> int:
    """Import files, folders and web addresses, and wait until everything can be found."""
    settings = configuration.read()
    options = _options(given)
    paths, missed = commands_arrive.sources_of(given, settings)
    _agreed(given, paths, settings, options)
    with opened(given, settings) as store:
        submitted = submit(store, settings, paths, replace(options, collection=store.here[0]))
        if not (submitted.queued or submitted.unchanged or submitted.failed or submitted.refused):
            raise NothingFound()
        code = _see_through(given, store, settings, submitted, {"missed": missed})
    return code or (cli.IN_PART if missed else cli.DONE)


def sample_command(given: argparse.Namespace) -> int:
    """Import the sample: texts, plates and claims on cabinets of curiosities, to try everything with."""
    settings = configuration.read()
    with opened(given, settings) as store:
        return _see_through(given, store, settings, submit_sample(store, settings, store.here[0]))


def _see_through(
    given: argparse.Namespace, store: Store, settings: Settings, submitted: Submitted, more: Mapping[str, Any] = NOTHING
) -> int:
    """Wait until everything can be found, then tell what became of each document."""
    try:
        job = wait(store, settings, submitted.job.id) or submitted.job
    except KeyboardInterrupt:
        cli.say("the import goes on in the background; `python -m ingest status` shows how far it is")
        return cli.IN_PART
    concerned = [*submitted.queued, *submitted.failed, *submitted.unchanged]
    # What an import that was broken off handed in before may still be read.
    for document in store.documents.by_ids(submitted.unchanged).values():
        if document.state in (State.PENDING, State.RUNNING) and document.job:
            wait(store, settings, document.job)
    found = store.documents.by_ids(concerned)
    coverage = store.documents.coverage([found[id_] for id_ in concerned if id_ in found])
    # What is no document was stored nowhere; it is told of all the same.
    coverage += [Coverage(document) for document in submitted.refused]
    failed = [c for c in coverage if report.in_part(c)]
    data = {
        **report.job_data(job),
        "documents": [report.coverage_data(c) for c in coverage],
        "failed": [c.document.id for c in failed],
    }
    unread = {c.document.id for c in coverage if c.document.state is State.FAILED}
    cli.say(commands_arrive.changes_text(submitted, unread))
    halted = {job.id: job.state} if job.state in HALTED else {}
    cli.show(given, {**data, **commands_arrive.changes(submitted), **more}, report.coverage_text(coverage, halted))
    return cli.IN_PART if job.state in HALTED else _exit_code(len(coverage), len(failed))


def status_command(given: argparse.Namespace) -> int:
    """How far the documents are read, what failed and why, and which imports are not over."""
    with opened(given) as store:
        if given.document:
            documents = [store.documents.find(given.document, store.here)]
        else:
            documents = store.documents.listed(store.here, skip=given.skip, limit=given.limit)
        coverage = store.documents.coverage(documents)
        jobs = store.queue.open_jobs(store.here)
        halted = {job.id: job.state for job in jobs if job.state in HALTED}
        data: dict[str, Any] = {
            "documents": [report.coverage_data(c) | {"halted": report.halted(c.document, halted)} for c in coverage],
            "total": store.documents.count(store.here),
            "work": {work.value: n for work, n in store.queue.left().items()},
            "schemas": report.schemas_data(store.schemas.by_ids([d.schema for d in documents if d.schema])),
            "jobs": [report.job_data(job) for job in jobs],
            "vectors": report.vectors_data(store.embeddings.meta(), store.documents.searched(store.here)),
        }
        text = report.coverage_text(coverage, halted) + report.vectors_text(data["vectors"]) + report.jobs_text(jobs)
        if given.document:
            problems = store.documents.problems(documents[0].id)
            data["problems"] = [
                {"chunk": c.id, "page": c.page, "state": c.state.value, "error": c.failure.text if c.failure else None}
                for c in problems
            ]
            text += "".join(
                f"\n  page {c.page}: {c.state.value}: {c.failure.text if c.failure else ''}" for c in problems
            )
            refused = store.documents.refused(documents[0].id)
            data["refused"] = [report.refusal_data(each) for each in refused]
            text += report.refused_text(refused)
    cli.show(given, data, text)
    return cli.DONE


def remove_command(given: argparse.Namespace) -> int:
    """Remove a document, and every claim and name that stands in no other."""
    settings = configuration.read()
    with opened(given, settings) as store:
        document = store.documents.find(given.document, store.here)
        removed = remove_document(store, settings, document.id)
    data = {
        "document": document.id,
        "chunks": removed.chunks,
        "statements": removed.statements,
        "entities": removed.entities,
    }
    cli.show(
        given,
        data,
        f"removed “{document.title}”: {many(removed.chunks, 'passage')}, {many(removed.statements, 'claim')}, "
        f"{many(removed.entities, 'name')}",
    )
    return cli.DONE


def text_command(given: argparse.Namespace) -> int:
    """Print a document's text as it was read; `start` and `end` of evidence count its characters."""
    settings = configuration.read()
    with opened(given, settings) as store:
        document = store.documents.find(given.document, store.here)
    text = document_text(FileStore.of(settings), document)
    if given.json:
        cli.show(given, {"document": document.id, "text": text}, "")
    else:
        # Exactly the text, without a newline added or translated, so that offsets hold for whoever reads it.
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()
    return cli.DONE


def _how(parser: argparse.ArgumentParser) -> None:
    """How documents are read."""
    told = (
        "how documents are read: quick finds names by rules and asks no model, and is the default (named, it also "
        "replaces what a model has read before); "
        "statements has --model find claims, each with the words that make it; transformer does it as LangChain's "
        "LLMGraphTransformer does, without words"
    )
    parser.add_argument("--extractor", choices=EXTRACTORS, help=told)
    told = "language model that reads for claims; `python -m llm models` lists them"
    parser.add_argument("--model", metavar="ID", help=told)
    add_schema(parser)
    parser.add_argument("--caption-model", metavar="ID", help="model that sees, to describe pictures; else they wait")
    told = "who reads scanned pages: mistral-ocr, or a model that sees; else they wait"
    parser.add_argument("--ocr", metavar="ID", help=told)
    told = "language of the documents where you know it, such as de or la; else it is recognised"
    parser.add_argument("--language", metavar="CODE", help=told)
    add_limits(parser)


def _options(given: argparse.Namespace) -> Options:
    return Options(
        given.extractor or QUICK,
        given.model,
        given.caption_model,
        chosen_language(given.language),
        ocr=given.ocr,
        schema=schema_given(given),
        limits=limits_of(given),
        quick_again=given.extractor == QUICK,
    )


def _planned(given: argparse.Namespace, sources: Sequence[Path | str], settings: Settings, options: Options) -> Plan:
    """The plan, with what the database knows; a plan alone makes none."""
    if settings.neo4j_uri is None and not settings.database.exists() and not given.collection:
        return plan(sources, settings, options)
    with opened(given, settings) as store:
        options = replace(options, collection=store.here[0])
        return plan(sources, settings, options, measured(store, options.model), store)


def _agreed(given: argparse.Namespace, sources: Sequence[Path | str], settings: Settings, options: Options) -> None:
    """Where a model is asked, or its work replaced, show the plan and ask first, unless --yes was given.

    Raises NotConfirmed.
    """
    if given.yes or not (options.asks or options.quick_again):
        return
    planned = _planned(given, sources, settings, options)
    if options.asks or planned.replaces:
        confirm(report.plan_text(planned))


def _exit_code(all_: int, failed: int) -> int:
    """Done, done in part, or bad input when nothing at all could be done."""
    if not failed:
        return cli.DONE
    return cli.WRONG_USE if failed == all_ else cli.IN_PART


def main(arguments: list[str] | None = None) -> int:
    """Entry of the command."""
    parser: argparse.ArgumentParser = cli.Parser(prog="python -m ingest", description=ABOUT)
    commands = parser.add_subparsers()
    for name, command in (("plan", plan_command), ("add", add_command)):
        sub = add_collection(cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__)))
        sub.add_argument("paths", nargs="+", metavar="PATH", help="files, folders with all in them, web addresses")
        _how(sub)
        told = argparse.SUPPRESS if command is plan_command else "begin without asking, also where models are paid"
        sub.add_argument("--yes", action="store_true", help=told)
        commands_arrive.add_choice(sub)
        sub.set_defaults(command=command)
    about = status_command.__doc__
    sub = add_collection(cli.add_json(commands.add_parser("status", help=about, description=about)))
    sub.add_argument("document", nargs="?", metavar="DOCUMENT", help=f"{DOCUMENT}; without it, all")
    sub.add_argument("--skip", type=cli.whole(0), default=0, metavar="N", help="leave out the first N documents")
    sub.add_argument("--limit", type=cli.whole(1), default=1000, metavar="N", help="show at most N (1000)")
    sub.set_defaults(command=status_command)
    add_retry(commands, DOCUMENT)
    for name, command in (("remove", remove_command), ("text", text_command)):
        sub = add_collection(cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__)))
        sub.add_argument("document", metavar="DOCUMENT", help=DOCUMENT)
        sub.set_defaults(command=command)
    add_embed(commands)
    add_files(commands)
    add_authority(commands)
    add_annotations(commands)
    about = sample_command.__doc__
    sub = add_collection(cli.add_json(commands.add_parser("sample", help=about, description=about)))
    sub.set_defaults(command=sample_command)
    commands_arrive.register(commands, _how, _options, _agreed)
    add_commands(commands)
    return cli.run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
