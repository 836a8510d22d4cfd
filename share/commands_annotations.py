"""`python -m share annotations`: a finding, or what a document says, as Web Annotations."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.findings import NoSuchFinding
from graph.store import Store
from graph.taken import Selection
from graph.types import DEFAULT_COLLECTION
from graph.whole_file import whole_file
from graph.wording import many
from share.annotations import Note, annotation_page, notes_of, notes_of_finding


def add_annotations(commands: Any) -> None:
    """Give the parser its `annotations`."""
    about = annotations_command.__doc__
    parser = cli.add_json(commands.add_parser("annotations", help=about, description=about))
    parser.add_argument("what", metavar="FINDING|DOCUMENT", help="by its id, the beginning of one, or its title")
    parser.add_argument("out", type=Path, metavar="OUT", help="the file to write, such as annotations.json")
    parser.add_argument("--iiif", action="store_true", help="as IIIF Presentation 3; otherwise W3C Web Annotations")
    parser.add_argument("--base", default="", metavar="ADDRESS", help="where pages of own documents are published")
    parser.add_argument("--force", action="store_true", help="replace a file that is there already")
    parser.set_defaults(command=annotations_command)


def annotations_command(given: argparse.Namespace) -> int:
    """Write a finding, or all that a document says, as Web Annotations: the words, and the place on the page."""
    with Store(configuration.read()) as store:
        title, notes = _notes(store, given.what)
        with whole_file(given.out, given.force) as path, path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(annotation_page(notes, title, given.iiif, given.base))
    counted = {"file": str(given.out), "title": title, "annotations": len(notes)}
    cli.show(given, counted, f"{given.out}: {many(len(notes), 'annotation')}")
    return cli.DONE


def _notes(store: Store, what: str) -> tuple[str, list[Note]]:
    try:
        finding = store.findings.find(what).finding
    except NoSuchFinding:
        document = store.documents.find(what, (DEFAULT_COLLECTION,))
        selection = Selection((document.collection,), documents=(document.id,))
        return document.title, list(notes_of(store.exports.take(selection), document.id))
    return finding.title, list(notes_of_finding(finding))
