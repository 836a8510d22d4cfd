"""`python -m ingest annotations`: what others noted of pages that are here."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.commands_here import add_collection, opened
from graph.wording import many
from ingest.annotations import take_in


def add_annotations(commands: Any) -> None:
    """Give the parser its `annotations`."""
    about = annotations_command.__doc__
    parser = add_collection(cli.add_json(commands.add_parser("annotations", help=about, description=about)))
    parser.add_argument("file", type=Path, metavar="FILE", help="a page of Web Annotations, W3C or IIIF Presentation 3")
    parser.add_argument("--document", metavar="DOCUMENT", help="what those are about whose canvas is not here")
    parser.set_defaults(command=annotations_command)


def annotations_command(given: argparse.Namespace) -> int:
    """Take in annotations of others: each becomes a passage of its document, at its place, with its claim."""
    settings = configuration.read()
    with opened(given, settings) as store:
        of = store.documents.find(given.document, store.here).id if given.document else None
        taken = take_in(store, settings, given.file, store.here[0], of)
    lines = [f"{many(taken.new, 'new annotation')}, {many(taken.claims, 'claim')}; {taken.known:,} were here already"]
    lines += [f"not taken: {each.id}: {each.reason}" for each in taken.refused]
    cli.show(given, asdict(taken), "\n".join(lines))
    return cli.IN_PART if taken.refused else cli.DONE
