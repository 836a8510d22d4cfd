"""`python -m graph export`: the graph, or a part of it, in the formats of other programs and as a report."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import cli
import settings as configuration
from graph.errors import WrongUse
from graph.export import FORMATS, Exported, counts_of
from graph.finding import Finding
from graph.store import Store
from graph.taken import Selection
from graph.types import Collection
from graph.wording import many
from settings import Settings
from share.offers import part_of
from share.report import Report, of_finding, of_taken, with_pictures
from share.report_file import FORMATS as REPORTS
from share.report_file import write_report

WORDS: Final = {
    "documents": ("document", None),
    "passages": ("passage", None),
    "entities": ("person, place or thing", "persons, places and things"),
    "claims": ("claim", None),
}


class NoSuchCollection(WrongUse):
    en = "There is no collection “{name}”. There are: {known}."
    de = "Es gibt keine Sammlung „{name}“. Es gibt: {known}."


def export(given: argparse.Namespace) -> int:
    """Write the graph for other programs, a bibliography of its documents, or a report of what it says."""
    settings = configuration.read()
    with Store(settings) as store:
        finding = store.findings.find(given.finding).finding if given.finding else None
        selection = part_of(finding) if finding else selected(store, given.collection, given.document)
        if given.format in REPORTS:
            written = _report(store, settings, selection, finding, given)
        else:
            written = store.exports.write(selection, FORMATS[given.format], given.out, given.force)
    counted = ", ".join(many(n, *WORDS[name]) for name, n in written.counts.items())
    cli.show(given, {"file": str(given.out), "format": given.format, **asdict(written)}, f"{given.out}: {counted}")
    return cli.DONE


def _report(
    store: Store, settings: Settings, selection: Selection, finding: Finding | None, given: argparse.Namespace
) -> Exported:
    from ingest.crops import Crops

    taken = store.exports.take(selection)
    report: Report = of_finding(finding) if finding else of_taken(taken, selection.title or "Wunderkammer")
    write_report(with_pictures(report, Crops(store, settings)), given.format, given.out, given.force)
    return Exported(counts_of(taken), given.out.stat().st_size if given.out.is_file() else 0)


def selected(store: Store, names: Sequence[str], documents: Sequence[str]) -> Selection:
    """What is to be exported: collections by name or id (all of them where none is named), or documents of them.

    Raises NoSuchCollection, NoSuchDocument.
    """
    known = store.cabinets.listed()
    wanted = [_collection(name, known) for name in names] or list(known)
    ids = tuple(each.id for each in wanted)
    found = [store.documents.find(name, ids) for name in documents]
    title = ", ".join(each.title for each in found) or ", ".join(each.name for each in wanted)
    return Selection(ids, documents=tuple(each.id for each in found), title=title)


def _collection(name: str, known: Sequence[Collection]) -> Collection:
    for each in known:
        if name in (each.id, each.name):
            return each
    raise NoSuchCollection(name=name, known=", ".join(each.name for each in known))


def add_command(commands: Any) -> None:
    """Give the command line its `export`."""
    sub = cli.add_json(commands.add_parser("export", help=export.__doc__, description=export.__doc__))
    sub.add_argument(
        "out", type=Path, metavar="OUT", help="the file to write; csv and markdown: a folder, or a file NAME.zip"
    )
    sub.add_argument("--format", required=True, choices=(*FORMATS, *REPORTS), help="how: %(choices)s")
    sub.add_argument("--collection", action="append", default=[], metavar="NAME", help="only this collection")
    sub.add_argument("--document", action="append", default=[], metavar="DOCUMENT", help="only what it says")
    sub.add_argument("--finding", metavar="FINDING", help="only this finding")
    sub.add_argument("--force", action="store_true", help="replace a file that is there already")
    sub.set_defaults(command=export)
