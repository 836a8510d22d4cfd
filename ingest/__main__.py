"""`python -m ingest plan | add | status | retry | remove | text | embed`: importing without a browser."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.errors import WrongUse
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Coverage, Document, State
from graph.work import Progress, Work
from ingest.files import FileStore
from ingest.plan import Plan, plan
from ingest.submit import Options, remove_document, retry, submit
from ingest.texts import document_text
from ingest.worker import ensure_worker
from settings import Settings

COLLECTIONS = (DEFAULT_COLLECTION,)
POLL_SECONDS = 0.25


class NotConfirmed(WrongUse):
    en = "This import calls a model. Look at the plan above, then run it again with --yes."
    de = "Dieser Import ruft ein Modell auf. Bitte den Plan oben ansehen und mit --yes erneut starten."


def plan_command(given: argparse.Namespace) -> int:
    """What an import would cost; calls nothing."""
    result = plan([Path(p) for p in given.paths], configuration.read(), _options(given))
    cli.show(given, _plan_data(result), _plan_text(result))
    return _exit_code(len(result.documents), len(result.failed))


def add_command(given: argparse.Namespace) -> int:
    """Import files and folders, and wait until everything can be found."""
    settings = configuration.read()
    options = _options(given)
    paths = [Path(p) for p in given.paths]
    if not given.yes and options.extractor != "quick":
        _confirm(plan(paths, settings, options))
    with Store(settings) as store:
        submitted = submit(store, settings, paths, options)
        try:
            _wait(store, settings, submitted.job.id)
        except KeyboardInterrupt:
            cli.say("the import goes on in the background; `python -m ingest status` shows how far it is")
            return cli.IN_PART
        concerned = [*submitted.queued, *submitted.failed, *submitted.unchanged]
        found = store.documents.by_ids(concerned)
        coverage = store.documents.coverage([found[id_] for id_ in concerned if id_ in found])
    failed = [c for c in coverage if _in_part(c)]
    data = {
        "job": submitted.job.id,
        "documents": [_coverage_data(c) for c in coverage],
        "unchanged": list(submitted.unchanged),
        "failed": [c.document.id for c in failed],
    }
    cli.show(given, data, _coverage_text(coverage))
    return _exit_code(len(coverage), len(failed))


def status_command(given: argparse.Namespace) -> int:
    """Documents, their passages by state, and failures with their reasons."""
    with Store(configuration.read()) as store:
        if given.document:
            documents = [store.documents.find(given.document, COLLECTIONS)]
        else:
            documents = store.documents.listed(COLLECTIONS, skip=given.skip, limit=given.limit)
        coverage = store.documents.coverage(documents)
        data: dict[str, Any] = {
            "documents": [_coverage_data(c) for c in coverage],
            "total": store.documents.count(COLLECTIONS),
            "work": {work.value: n for work, n in store.queue.left().items()},
        }
        text = _coverage_text(coverage)
        if given.document:
            problems = store.documents.problems(documents[0].id)
            data["problems"] = [
                {"chunk": c.id, "page": c.page, "state": c.state.value, "error": c.failure.text if c.failure else None}
                for c in problems
            ]
            text += "".join(
                f"\n  page {c.page}: {c.state.value}: {c.failure.text if c.failure else ''}" for c in problems
            )
    cli.show(given, data, text)
    return cli.DONE


def retry_command(given: argparse.Namespace) -> int:
    """Try again what failed, of one document or of all."""
    settings = configuration.read()
    with Store(settings) as store:
        document = store.documents.find(given.document, COLLECTIONS).id if given.document else None
        count = retry(store, document)
        _wait(store, settings, None)
    cli.show(given, {"retried": count}, f"tried again: {count}")
    return cli.DONE


def remove_command(given: argparse.Namespace) -> int:
    """Remove a document and all that only it said."""
    settings = configuration.read()
    with Store(settings) as store:
        document = store.documents.find(given.document, COLLECTIONS)
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
        f"removed “{document.title}”: {removed.chunks} passages, {removed.statements} claims, "
        f"{removed.entities} entities",
    )
    return cli.DONE


def text_command(given: argparse.Namespace) -> int:
    """Print a document's text, in which `start` and `end` count characters."""
    settings = configuration.read()
    with Store(settings) as store:
        document = store.documents.find(given.document, COLLECTIONS)
    text = document_text(FileStore(settings.files), document)
    if given.json:
        cli.show(given, {"document": document.id, "text": text}, "")
    else:
        # Exactly the text, without a newline added or translated, so that offsets hold for whoever reads it.
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()
    return cli.DONE


def embed_command(given: argparse.Namespace) -> int:
    """Make all vectors anew, by another model if one is named; can be interrupted and goes on where it was."""
    from llm.embed import DEFAULT_EMBEDDING, find_embedding

    settings = configuration.read()
    spec = find_embedding(given.model or DEFAULT_EMBEDDING)
    with Store(settings) as store:
        store.embeddings.start_anew(spec.id, spec.dimensions)
        _wait(store, settings, None)
        stats = store.documents.searched(COLLECTIONS)
    data = {"model": spec.id, "chunks": stats.chunks, "unembedded": stats.unembedded}
    cli.show(given, data, f"{stats.chunks - stats.unembedded} of {stats.chunks} passages have vectors of {spec.id}")
    return cli.DONE if not stats.unembedded else cli.IN_PART


def _options(given: argparse.Namespace) -> Options:
    return Options(given.extractor, given.model, given.caption_model, given.language)


def _confirm(planned: Plan) -> None:
    cli.say(_plan_text(planned))
    if not sys.stdin.isatty():
        raise NotConfirmed()
    cli.say("Import? [y/N]")
    if sys.stdin.readline().strip().lower() not in {"y", "yes", "j", "ja"}:
        raise NotConfirmed()


def _wait(store: Store, settings: Settings, job_id: str | None) -> None:
    """Wait until nothing is left, keeping a worker alive and telling the progress on stderr."""
    shown = ""
    while left := store.queue.left(job_id):
        ensure_worker(settings)
        job = store.queue.job(job_id) if job_id else None
        line = _progress_line(store.queue.progress(job)) if job else f"left: {sum(left.values())} documents"
        if line != shown:
            cli.say(line)
            shown = line
        time.sleep(POLL_SECONDS)


def _progress_line(progress: Progress) -> str:
    documents = sum(progress.documents.values())
    chunks = sum(progress.chunks.values())
    read = documents - progress.work.get(Work.READ, 0)
    done = chunks - progress.chunks.get(State.PENDING, 0) - progress.chunks.get(State.RUNNING, 0)
    return (
        f"read {read}/{documents} documents, extracted {done}/{chunks} passages, "
        f"vectors {progress.embedded}/{chunks}" + (" (searchable)" if progress.searchable else "")
    )


def _in_part(coverage: Coverage) -> bool:
    return coverage.document.state is State.FAILED or bool(coverage.chunks.get(State.FAILED))


def _exit_code(all_: int, failed: int) -> int:
    if not failed:
        return cli.DONE
    return cli.WRONG_USE if failed == all_ else cli.IN_PART


def _document_data(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "uri": document.uri,
        "media_type": document.media_type,
        "state": document.state.value,
        "error": document.failure.text if document.failure else None,
        "pages": document.pages,
        "characters": document.characters,
        "language": document.language,
        "extractor": document.extractor,
    }


def _coverage_data(coverage: Coverage) -> dict[str, Any]:
    return _document_data(coverage.document) | {
        "chunks": {state.value: n for state, n in coverage.chunks.items()},
        "embedded": coverage.embedded,
        "statements": coverage.statements,
        "unsupported": coverage.unsupported,
        "entities": coverage.entities,
    }


def _coverage_text(coverage: list[Coverage]) -> str:
    lines = []
    for c in coverage:
        states = ", ".join(f"{n} {state.value}" for state, n in sorted(c.chunks.items()))
        lines.append(
            f"{c.document.id[:8]}  {c.document.state.value:8} {c.document.title}: {c.document.pages} pages, "
            f"{states or 'no passages'}, {c.entities} entities, {c.statements} claims"
        )
        if c.document.failure:
            lines.append(f"          {c.document.failure.text}")
    return "\n".join(lines) or "no documents yet; `python -m ingest add FOLDER` imports some"


def _plan_data(planned: Plan) -> dict[str, Any]:
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
                "error": d.failure.text if d.failure else None,
            }
            for d in planned.documents
        ],
        "totals": {
            "documents": len(planned.documents),
            "failed": len(planned.failed),
            "pages": planned.pages,
            "pictures": planned.pictures,
            "chunks": planned.chunks,
            "calls": planned.calls,
            "tokens_in": planned.tokens_in,
            "tokens_out": planned.tokens_out,
            "cost": planned.cost,
            "seconds": round(planned.seconds, 1),
        },
    }


def _plan_text(planned: Plan) -> str:
    cost = "price unknown" if planned.cost is None else f"about ${planned.cost:.2f}"
    lines = [
        f"{len(planned.documents)} documents, {planned.pages} pages, {planned.pictures} pictures, "
        f"{planned.chunks} passages",
        f"{planned.calls} model calls, {planned.tokens_in + planned.tokens_out:,} tokens, {cost}, "
        f"about {planned.seconds:.0f} s",
    ]
    lines += [f"cannot be read: {d.name}: {d.failure.text}" for d in planned.failed if d.failure]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__)
    commands = parser.add_subparsers()
    for name, command in (("plan", plan_command), ("add", add_command)):
        sub = cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__))
        sub.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")
        sub.add_argument("--extractor", choices=("quick", "statements"), default="quick")
        sub.add_argument("--model", help="chat model for --extractor statements")
        sub.add_argument("--caption-model", help="vision model for pictures")
        sub.add_argument("--language", help="language of the documents where it is known, such as de")
        sub.add_argument("--yes", action="store_true", help="do not ask")
        sub.set_defaults(command=command)
    for name, command in (("status", status_command), ("retry", retry_command)):
        sub = cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__))
        sub.add_argument("document", nargs="?", help="id, its beginning, address or title")
        sub.add_argument("--skip", type=int, default=0)
        sub.add_argument("--limit", type=int, default=1000)
        sub.set_defaults(command=command)
    for name, command in (("remove", remove_command), ("text", text_command)):
        sub = cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__))
        sub.add_argument("document", help="id, its beginning, address or title")
        sub.set_defaults(command=command)
    sub = cli.add_json(commands.add_parser("embed", help=embed_command.__doc__, description=embed_command.__doc__))
    sub.add_argument("--model", help="embedding model")
    sub.set_defaults(command=embed_command)
    return cli.run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
