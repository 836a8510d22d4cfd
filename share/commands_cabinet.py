"""`python -m share snapshot | open`: a whole cabinet as one file, and back."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cli
import settings as configuration
from graph.store import Store
from graph.whole_file import whole_file
from graph.wording import many
from ingest.crops import Crops
from settings import Settings
from share.alone import to_page
from share.cabinet import write_cabinet
from share.cabinet_open import open_cabinet
from share.report import of_finding, with_pictures


def add_snapshot(commands: Any) -> None:
    """Give the parser its `snapshot`."""
    about = snapshot.__doc__
    parser = cli.add_json(commands.add_parser("snapshot", help=about, description=about))
    parser.add_argument("out", type=Path, metavar="OUT", help="the file to write, such as cabinet.zip")
    parser.add_argument(
        "--html", nargs="+", metavar="FINDING", help="instead, these findings as one page that any browser shows"
    )
    parser.add_argument("--vectors", action="store_true", help="take the vectors along; otherwise they are made anew")
    parser.add_argument("--force", action="store_true", help="replace a file that is there already")
    parser.set_defaults(command=snapshot)


def add_open(commands: Any) -> None:
    """Give the parser its `open`."""
    about = open_command.__doc__
    parser = cli.add_json(commands.add_parser("open", help=about, description=about))
    parser.add_argument("file", type=Path, metavar="FILE", help="what `python -m share snapshot` wrote")
    parser.set_defaults(command=open_command)


def snapshot(given: argparse.Namespace) -> int:
    """Write the whole cabinet, documents and graph and findings, as one file that another Wunderkammer opens."""
    settings = configuration.read()
    if given.html:
        return _page(given, settings)
    with Store(settings) as store:
        written = write_cabinet(store, settings, given.out, given.vectors, given.force)
    text = f"{given.out}: {_told(written.counts)}, {written.size / 1e6:,.1f} MB"
    lines = [text, *(f"its file is gone, only its words are in: {title}" for title in written.missing)]
    cli.show(given, {"file": str(given.out), **asdict(written)}, "\n".join(lines))
    return cli.IN_PART if written.missing else cli.DONE


def _page(given: argparse.Namespace, settings: Settings) -> int:
    with Store(settings) as store:
        findings = [store.findings.find(each).finding for each in given.html]
        crops = Crops(store, settings)
        reports = [with_pictures(of_finding(each), crops) for each in findings]
        with whole_file(given.out, given.force) as path, path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(to_page(reports, findings[0].language))
    told = {"file": str(given.out), "findings": len(findings), "size": given.out.stat().st_size}
    cli.show(given, told, f"{given.out}: {many(len(findings), 'finding')}")
    return cli.DONE


def open_command(given: argparse.Namespace) -> int:
    """Open the archive of a cabinet in an empty one."""
    settings = configuration.read()
    with Store(settings) as store:
        opened = open_cabinet(store, settings, given.file)
    done = "opened" if opened.new else "all of it is here already"
    cli.show(given, asdict(opened), f"{done}: {_told(opened.counts)}")
    if opened.new and not opened.vectors:
        cli.say("passages are found by words now, and by meaning when their vectors are made: python -m ingest embed")
    return cli.DONE


def _told(counts: dict[str, int]) -> str:
    names = (("Document", "document"), ("Statement", "claim"), ("Correction", "correction"), ("Finding", "finding"))
    return ", ".join(many(counts.get(label, 0), word) for label, word in names)
