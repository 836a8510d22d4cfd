"""`python -m graph export`: the graph, or a part of it, in the formats of other programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import cli
import settings as configuration
from graph.errors import WrongUse
from graph.export import FORMATS
from graph.store import Store
from graph.taken import Selection
from graph.types import Collection
from graph.wording import many

WORDS: Final = {"documents": "document", "passages": "passage", "entities": "person, place or thing", "claims": "claim"}


class NoSuchCollection(WrongUse):
    en = "There is no collection “{name}”. There are: {known}."
    de = "Es gibt keine Sammlung „{name}“. Es gibt: {known}."


def export(given: argparse.Namespace) -> int:
    """Write the graph for other programs: JSON-LD, GraphML, GEXF, CSV for Neo4j, Cypher, a bibliography."""
    with Store(configuration.read()) as store:
        selection = selected(store, given.collection, given.document)
        written = store.exports.write(selection, FORMATS[given.format], given.out, given.force)
    counted = ", ".join(many(n, WORDS[name], _MORE.get(name)) for name, n in written.counts.items())
    cli.show(given, {"file": str(given.out), "format": given.format, **asdict(written)}, f"{given.out}: {counted}")
    return cli.DONE


_MORE: Final = {"entities": "persons, places and things"}


def selected(store: Store, names: Sequence[str], documents: Sequence[str]) -> Selection:
    """What is to be exported: collections by name or id (all of them where none is named), or documents of them.

    Raises NoSuchCollection, NoSuchDocument.
    """
    known = store.documents.collections()
    wanted = [_collection(name, known).id for name in names] or [each.id for each in known]
    found = [store.documents.find(name, wanted).id for name in documents]
    return Selection(tuple(wanted), documents=tuple(found))


def _collection(name: str, known: Sequence[Collection]) -> Collection:
    for each in known:
        if name in (each.id, each.name):
            return each
    raise NoSuchCollection(name=name, known=", ".join(each.name for each in known))


def add_command(commands: argparse._SubParsersAction[cli.Parser]) -> None:
    """Give the command line its `export`."""
    sub = cli.add_json(commands.add_parser("export", help=export.__doc__, description=export.__doc__))
    sub.add_argument("out", type=Path, metavar="OUT", help="the file to write; csv: a folder, or a file NAME.zip")
    sub.add_argument("--format", required=True, choices=FORMATS, help="how: %(choices)s")
    sub.add_argument("--collection", action="append", default=[], metavar="NAME", help="only this collection")
    sub.add_argument("--document", action="append", default=[], metavar="DOCUMENT", help="only what it says")
    sub.add_argument("--force", action="store_true", help="replace a file that is there already")
    sub.set_defaults(command=export)
