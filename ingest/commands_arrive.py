"""`python -m ingest list` and `watch`, and what `add` says and takes of collections and versions."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.store import Store
from ingest import report
from ingest.collect import named
from ingest.commands_jobs import wait
from ingest.iiif_choice import expanded, opened, walk
from ingest.iiif_collection import Entry
from ingest.submit import Options, Submitted
from ingest.watch import Looked, Watcher, folder_to_watch
from ingest.worker import ensure_worker
from settings import Settings

SHOWN = 100
INTERVAL = 10.0


def list_command(given: argparse.Namespace) -> int:
    """What is in a IIIF collection: its manifests and the collections in it, by address or from a file."""
    settings = configuration.read()
    (source,) = named([given.source])
    if given.all:
        entries = tuple(islice(walk(source, settings), given.limit))
        label, total, more, address = "", len(entries), None, str(source)
    else:
        found = opened(source, settings)
        listing, address = found.listing, found.address
        entries = listing.entries[given.skip : given.skip + given.limit if given.limit is not None else None]
        label, total, more = listing.label, listing.total, listing.next_page
    data = {
        "address": address,
        "label": label,
        "total": total,
        "entries": [{"label": e.label, "type": e.type, "address": e.id, "count": e.count} for e in entries],
        "next": more,
    }
    cli.show(given, data, _listed(label, total, entries, more, str(given.source)))
    return cli.DONE


def _listed(label: str, total: int, entries: tuple[Entry, ...], more: str | None, source: str) -> str:
    lines = [f"{label or source}: {total} entries"]
    for each in entries[:SHOWN]:
        inside = "" if each.count is None else f", {each.count} {'pages' if each.type == 'Manifest' else 'entries'}"
        lines.append(f"{each.type.lower():10}  {_line(each.label)}{inside}\n            {_line(each.id)}")
    if len(entries) > SHOWN:
        lines.append(f"… and {len(entries) - SHOWN} more; --json lists all, --skip and --limit a part")
    if more:
        lines.append(f"it goes on at {_line(more)}")
    lines.append(f"`python -m ingest add {source} --all` adds all its manifests, `--limit 20` the first 20")
    return "\n".join(lines)


def _line(text: str) -> str:
    """A stranger's text on a terminal: one line, nothing that moves the cursor."""
    return "".join(c if c.isprintable() else " " for c in text)


def sources_of(given: argparse.Namespace, settings: Settings) -> list[Path | str]:
    """What was named, collections replaced by their manifests where `--all` or `--limit` asks for that."""
    paths = named(given.paths)
    if not given.all and given.limit is None:
        return paths
    found = expanded(paths, settings, given.limit)
    cli.say(f"{len(found)} sources")
    return found


def changes(submitted: Submitted) -> dict[str, Any]:
    """What an import changes, as data: documents added, updated, left as they are."""
    updated = set(submitted.updated)
    return {
        "added": [id_ for id_ in submitted.queued if id_ not in updated],
        "updated": list(submitted.updated),
        "unchanged": list(submitted.unchanged),
    }


def changes_text(submitted: Submitted) -> str:
    """The same as a line."""
    found = changes(submitted)
    return ", ".join(f"{len(ids)} {name}" for name, ids in found.items()) + f", {len(submitted.failed)} refused"


def add_choice(parser: argparse.ArgumentParser) -> None:
    """How much of a collection `plan` and `add` take."""
    parser.add_argument("--all", action="store_true", help="of a IIIF collection: all its manifests")
    parser.add_argument("--limit", type=int, metavar="N", help="of a IIIF collection: its first N manifests")


def watch_command(given: argparse.Namespace) -> int:
    """Take in what is new or changed in a folder, again and again until stopped, or once."""
    settings = configuration.read()
    folder = folder_to_watch(given.folder, settings)
    with Store(settings) as store:
        watcher = Watcher(store, settings, folder, given.options(given), given.remove_missing)
        if given.once:
            return _looked_once(given, store, settings, watcher.look(patient=True))
        cli.say(f"watching {folder}; stop with Ctrl+C")
        before: Looked | None = None
        while True:
            looked = watcher.look()
            if looked.changed:
                ensure_worker(settings)
            if looked != before and (looked.changed or looked.missing or looked.waiting or before is None):
                cli.show(given, _looked_data(looked), _looked_text(looked))
            before = looked
            time.sleep(max(1.0, given.interval))


def _looked_once(given: argparse.Namespace, store: Store, settings: Settings, looked: Looked) -> int:
    """Wait until what was taken in can be found; done in part where something could not be read."""
    job = looked.submitted.job.id if looked.submitted else None
    if job:
        wait(store, settings, job)
    failed: list[str] = []
    if looked.submitted:
        found = store.documents.by_ids([*looked.submitted.queued, *looked.submitted.failed])
        failed = [c.document.id for c in store.documents.coverage([*found.values()]) if report.in_part(c)]
    text = _looked_text(looked) + "".join(f"\ncould not be read: {id_}" for id_ in failed)
    cli.show(given, _looked_data(looked) | {"failed": failed}, text)
    return cli.IN_PART if failed or looked.waiting else cli.DONE


def _looked_data(looked: Looked) -> dict[str, Any]:
    found = changes(looked.submitted) if looked.submitted else {"added": [], "updated": [], "unchanged": []}
    return found | {
        "failed": list(looked.submitted.failed) if looked.submitted else [],
        "files": looked.files,
        "waiting": list(looked.waiting),
        "missing": list(looked.missing),
        "removed": list(looked.removed),
    }


def _looked_text(looked: Looked) -> str:
    lines = [f"{looked.files} files: " + (changes_text(looked.submitted) if looked.submitted else "nothing new")]
    lines += [f"still growing: {_line(path)}" for path in looked.waiting[:SHOWN]]
    lines += [f"missing: {_line(path)}" for path in looked.missing[:SHOWN]]
    if looked.missing:
        lines.append("their documents stay; --remove-missing removes them")
    lines += [f"removed: {_line(title)}" for title in looked.removed[:SHOWN]]
    return "\n".join(lines)


def register(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    how: Callable[[argparse.ArgumentParser], None],
    options: Callable[[argparse.Namespace], Options],
) -> None:
    """Put the commands of this file among the others; `how` adds the arguments that `options` makes options of."""
    sub = cli.add_json(commands.add_parser("list", help=list_command.__doc__, description=list_command.__doc__))
    sub.add_argument("source", metavar="ADDRESS", help="the address of a IIIF collection or manifest, or a file")
    sub.add_argument("--all", action="store_true", help="manifests only, also of all its pages and collections in it")
    sub.add_argument("--skip", type=int, default=0)
    sub.add_argument("--limit", type=int, metavar="N")
    sub.set_defaults(command=list_command)
    sub = cli.add_json(commands.add_parser("watch", help=watch_command.__doc__, description=watch_command.__doc__))
    sub.add_argument("folder", metavar="FOLDER")
    sub.add_argument("--once", action="store_true", help="look once, wait until all is read, and end")
    sub.add_argument("--interval", type=float, default=INTERVAL, metavar="S", help="seconds between two looks")
    sub.add_argument("--remove-missing", action="store_true", help="remove documents whose files are gone")
    how(sub)
    sub.set_defaults(command=watch_command, options=options)
