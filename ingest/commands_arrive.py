"""`python -m ingest list` and `watch`, and what `add` says and takes of collections and versions."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.commands_here import add_collection
from graph.commands_here import opened as opened_store
from graph.errors import WrongUse
from graph.jobs import HALTED
from graph.store import Store
from graph.types import Document, State
from graph.wording import many
from ingest import report
from ingest.collect import named
from ingest.commands_jobs import wait
from ingest.fetch import is_address
from ingest.iiif_choice import Missed, expanded, opened, walk
from ingest.iiif_collection import Entry, Listing
from ingest.submit import Options, Submitted
from ingest.watch import Looked, Watcher, folder_to_watch
from ingest.web_errors import NoWebAddress
from ingest.worker import ensure_worker
from settings import Settings

SHOWN = 100


class EmptyName(WrongUse):
    en = "An empty name was given. Name a file, a folder or a web address; is a variable in your script empty?"
    de = "Ein leerer Name wurde angegeben. Bitte Datei, Ordner oder Webadresse nennen; ist eine Variable leer?"


INTERVAL = 10.0


class NothingFound(WrongUse):
    en = "There is no file in it. Folders are searched with all folders in them; hidden files are left out."
    de = "Darin ist keine Datei. Ordner werden mit allen Unterordnern durchsucht; verborgene Dateien bleiben außen vor."


def list_command(given: argparse.Namespace) -> int:
    """What is in a IIIF collection: its manifests and the collections in it, by address or from a file."""
    settings = configuration.read()
    (source,) = _named([given.source])
    missed: list[Missed] = []
    if given.all:
        until = None if given.limit is None else given.skip + given.limit
        entries = tuple(islice(walk(source, settings, missed), given.skip, until))
        listing, address = Listing("", entries, len(entries)), str(source)
    else:
        found = opened(source, settings)
        listing, address = found.listing, found.address
        entries = listing.entries[given.skip : given.skip + given.limit if given.limit is not None else None]
    data = {
        "address": address,
        "label": listing.label,
        "total": listing.total,
        "entries": [{"label": e.label, "type": e.type, "address": e.id, "count": e.count} for e in entries],
        "next": listing.next_page,
        "missed": _missed(missed),
    }
    cli.show(given, data, _listed(listing, entries, str(given.source)))
    return cli.IN_PART if missed else cli.DONE


def _missed(missed: Sequence[Missed]) -> list[dict[str, str]]:
    """What could not be had of a collection, as data; it is told on stderr too."""
    for each in missed:
        cli.say(f"could not be opened: {report.one_line(each.address)}: {report.one_line(str(each.why))}")
    return [{"address": each.address, "error": str(each.why)} for each in missed]


def _listed(listing: Listing, entries: tuple[Entry, ...], source: str) -> str:
    lines = [f"{report.one_line(listing.label) or source}: {many(listing.total, 'entry', 'entries')}"]
    for each in entries[:SHOWN]:
        what = ("page",) if each.type == "Manifest" else ("entry", "entries")
        inside = "" if each.count is None else f", {many(each.count, *what)}"
        lines.append(
            f"{each.type.lower():10}  {report.one_line(each.label)}{inside}\n            {report.one_line(each.id)}"
        )
    if len(entries) > SHOWN:
        lines.append(f"… and {len(entries) - SHOWN} more; --json lists all, --skip and --limit a part")
    if listing.next_page:
        lines.append(f"it goes on at {report.one_line(listing.next_page)}")
    if [(each.type, each.path) for each in listing.entries] == [("Manifest", ())]:
        lines.append(f"`python -m ingest add {source}` adds it")
        return "\n".join(lines)
    if listing.next_page or any(each.type == "Collection" for each in listing.entries):
        lines.append(f"`python -m ingest list {source} --all` lists the manifests in all its parts")
    lines.append(f"`python -m ingest add {source} --all` adds all its manifests, `--limit 20` the first 20")
    return "\n".join(lines)


def sources_of(given: argparse.Namespace, settings: Settings) -> tuple[list[Path | str], list[dict[str, str]]]:
    """What was named, collections replaced by their manifests where `--all` or `--limit` asks for that.

    And what could not be had of these, told already.
    """
    paths = _named(given.paths)
    if not given.all and given.limit is None:
        return paths, []
    missed: list[Missed] = []
    found = expanded(paths, settings, given.limit, missed)
    cli.say(f"to be read: {many(len(found), 'source')}")
    return found, _missed(missed)


def _named(texts: Sequence[str]) -> list[Path | str]:
    """What somebody typed as sources; raises EmptyName, where the working folder would be taken, and NoWebAddress."""
    for text in texts:
        if not text.strip():
            raise EmptyName()
        if "://" in text and not is_address(text) and not os.path.lexists(text):
            raise NoWebAddress(name=text)
    return named(texts)


def changes(submitted: Submitted) -> dict[str, Any]:
    """What an import changes, as data: documents added, updated, left as they are."""
    updated = set(submitted.updated)
    return {
        "added": [id_ for id_ in submitted.queued if id_ not in updated],
        "updated": list(submitted.updated),
        "unchanged": list(submitted.unchanged),
    }


def changes_text(submitted: Submitted, failed: Collection[str] = ()) -> str:
    """The same as a line; what could not be read, of which `failed` has the ids, counts apart."""
    refused = len(submitted.failed) + len(submitted.refused)
    told = [f"{len(set(ids) - set(failed))} {name}" for name, ids in changes(submitted).items()]
    unread = len(set(failed) & {*submitted.queued, *submitted.unchanged})
    return ", ".join([*told, *([f"{unread} failed"] if unread else []), f"{refused} refused"])


def add_choice(parser: argparse.ArgumentParser) -> None:
    """How much of a collection `plan` and `add` take."""
    parser.add_argument("--all", action="store_true", help="of a IIIF collection: add all its manifests")
    parser.add_argument("--limit", type=cli.whole(1), metavar="N", help="of a IIIF collection: add its first N")


def watch_command(given: argparse.Namespace) -> int:
    """Import what is new or changed in a folder, again and again until Ctrl+C, or once."""
    settings = configuration.read()
    folder = folder_to_watch(given.folder, settings)
    with opened_store(given, settings) as store:
        options = replace(given.options(given), collection=store.here[0])
        watcher = Watcher(store, settings, folder, options, given.remove_missing)
        # What is watched for longer is agreed to before, whatever arrives.
        if (fresh := watcher.fresh()) or not given.once:
            given.agreed(given, fresh or [folder], settings, options)
        if given.once:
            return _looked_once(given, store, settings, watcher.look(patient=True))
        cli.say(f"watching {folder}; end with Ctrl+C")
        before: Looked | None = None
        while True:
            looked = watcher.look()
            if looked.changed:
                ensure_worker(settings)
            if looked != before and (looked.changed or looked.missing or looked.waiting or before is None):
                cli.show(given, _looked_data(looked), _looked_text(looked))
            before = looked
            time.sleep(given.interval)


def _looked_once(given: argparse.Namespace, store: Store, settings: Settings, looked: Looked) -> int:
    """Wait until what was taken in can be found; done in part where something could not be read."""
    job = looked.submitted.job.id if looked.submitted else None
    ended = wait(store, settings, job) if job else None
    halted = ended is not None and ended.state in HALTED
    failed: list[Document] = []
    if looked.submitted:
        found = store.documents.by_ids([*looked.submitted.queued, *looked.submitted.failed])
        failed = [c.document for c in store.documents.coverage([*found.values()]) if report.in_part(c)]
    text = _looked_text(looked) + "".join(
        f"\ncould not be read: {report.one_line(_why(store, each))}" for each in failed
    )
    cli.show(given, _looked_data(looked) | {"failed": [each.id for each in (*failed, *_refused(looked))]}, text)
    return cli.IN_PART if failed or _refused(looked) or looked.waiting or halted else cli.DONE


def _why(store: Store, document: Document) -> str:
    """A document and why it, or its first passage that could not be read, failed."""
    failed = (c.failure for c in store.documents.problems(document.id) if c.state is State.FAILED)
    failure = document.failure or next(failed, None)
    return f"{document.title} ({document.id[:8]})" + (f": {failure.text}" if failure else "")


def _looked_data(looked: Looked) -> dict[str, Any]:
    found = changes(looked.submitted) if looked.submitted else {"added": [], "updated": [], "unchanged": []}
    return found | {
        "failed": [*looked.submitted.failed, *(d.id for d in looked.submitted.refused)] if looked.submitted else [],
        "files": looked.files,
        "waiting": list(looked.waiting),
        "missing": list(looked.missing),
        "removed": list(looked.removed),
    }


def _refused(looked: Looked) -> tuple[Document, ...]:
    return looked.submitted.refused if looked.submitted else ()


def _looked_text(looked: Looked) -> str:
    lines = [
        f"{many(looked.files, 'file')}: " + (changes_text(looked.submitted) if looked.submitted else "nothing new")
    ]
    lines += [f"not taken in: {report.one_line(d.failure.text)}" for d in _refused(looked)[:SHOWN] if d.failure]
    lines += [f"still growing: {report.one_line(path)}" for path in looked.waiting[:SHOWN]]
    lines += [f"missing: {report.one_line(path)}" for path in looked.missing[:SHOWN]]
    if looked.missing:
        lines.append("their documents stay; --remove-missing removes them")
    lines += [f"removed: {report.one_line(title)}" for title in looked.removed[:SHOWN]]
    return "\n".join(lines)


def register(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    how: Callable[[argparse.ArgumentParser], None],
    options: Callable[[argparse.Namespace], Options],
    agreed: Callable[[argparse.Namespace, Sequence[Path | str], Settings, Options], None],
) -> None:
    """Put the commands of this file among the others; `how` adds the arguments that `options` makes options of.

    `agreed` asks whoever has not said --yes before a model is asked.
    """
    sub = cli.add_json(commands.add_parser("list", help=list_command.__doc__, description=list_command.__doc__))
    sub.add_argument("source", metavar="ADDRESS", help="the address of a IIIF collection or manifest, or a file")
    sub.add_argument("--all", action="store_true", help="all its manifests, also those in the collections in it")
    sub.add_argument("--skip", type=cli.whole(0), default=0, metavar="N", help="leave out the first N entries")
    sub.add_argument("--limit", type=cli.whole(1), metavar="N", help="list at most N entries")
    sub.set_defaults(command=list_command)
    about = watch_command.__doc__
    sub = add_collection(cli.add_json(commands.add_parser("watch", help=about, description=about)))
    sub.add_argument("folder", metavar="FOLDER", help="the folder; those in it are looked at too")
    sub.add_argument("--once", action="store_true", help="look once, wait until all is read, and end")
    told = f"seconds between two looks ({INTERVAL:.0f})"
    sub.add_argument("--interval", type=cli.number(1), default=INTERVAL, metavar="S", help=told)
    sub.add_argument("--remove-missing", action="store_true", help="remove documents whose files are gone")
    told = "begin without asking, also where models are paid; limits hold for each look that finds something"
    sub.add_argument("--yes", action="store_true", help=told)
    how(sub)
    sub.set_defaults(command=watch_command, options=options, agreed=agreed)
