"""`--collection NAME` of the command lines, the cabinet they work in; `python -m graph cabinets | audit`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from itertools import islice
from typing import Any

import cli
import settings as configuration
from graph.store import Store
from ingest.cabinets import remove_cabinet
from settings import Settings


def add_collection(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Give a command its `--collection`."""
    told = "the cabinet to work in, by name or id; without it the first one"
    parser.add_argument("--collection", metavar="NAME", help=told)
    return parser


def opened(given: argparse.Namespace, settings: Settings | None = None) -> Store:
    """The store, in the cabinet that was named; raises NoSuchCabinet."""
    store = Store(settings or configuration.read())
    if given.collection:
        try:
            store.here = (store.cabinets.find(given.collection).id,)
        except BaseException:
            store.close()
            raise
    return store


def cabinets(given: argparse.Namespace) -> int:
    """The cabinets: list them, or make, rename or delete one."""
    settings = configuration.read()
    with Store(settings) as store:
        if given.make is not None:
            store.cabinets.make(given.make, settings.person)
        elif given.rename:
            store.cabinets.rename(store.cabinets.find(given.rename[0]).id, given.rename[1])
        elif given.delete:
            remove_cabinet(store, settings, store.cabinets.find(given.delete).id, given.with_all)
        rows = [
            {"id": each.id, "name": each.name, "documents": store.tallies.documents((each.id,))}
            for each in store.cabinets.listed()
        ]
    lines = [f"{row['id']:<14}{row['documents']:>8,} documents  {row['name']}" for row in rows]
    cli.show(given, {"cabinets": rows}, "\n".join(lines))
    return cli.DONE


def audit(given: argparse.Namespace) -> int:
    """What was done on the pages, by whom and when, the latest first: models asked, documents, corrections, members."""
    with opened(given) as store:
        found = list(islice(store.journal.every(store.here if given.collection else None), given.limit))
    lines = [
        f"{each.at[:16]}  {each.who}  {each.did}: {each.question or ' '.join(filter(None, (each.about, each.subject)))}"
        + (f"  ({each.model}, {each.tokens_in:,} + {each.tokens_out:,} tokens)" if each.model else "")
        for each in found
    ]
    cli.show(given, {"entries": [asdict(each) for each in found]}, "\n".join(lines) or "nothing was done")
    return cli.DONE


def add_commands(commands: Any) -> None:
    """Give the parser its `cabinets` and `audit`."""
    sub = add_collection(cli.add_json(commands.add_parser("audit", help=audit.__doc__, description=audit.__doc__)))
    sub.add_argument("--limit", type=cli.whole(1), default=10_000, metavar="N", help="show at most N (10,000)")
    sub.set_defaults(command=audit)
    sub = cli.add_json(commands.add_parser("cabinets", help=cabinets.__doc__, description=cabinets.__doc__))
    one = sub.add_mutually_exclusive_group()
    one.add_argument("--make", metavar="NAME", help="a new, empty one")
    one.add_argument("--rename", nargs=2, metavar=("NAME", "NEW"), help="its id and all links stay")
    one.add_argument("--delete", metavar="NAME", help="one that is empty")
    sub.add_argument("--with-all", action="store_true", help="with --delete: also where it is not empty; it is gone")
    sub.set_defaults(command=cabinets)
