"""`python -m graph`: what is in the graph, whether it is sound, and correcting it, without a browser."""

from __future__ import annotations

import argparse
import sys
from typing import Final

import cli
import settings as configuration
from graph import commands_corrections, commands_export, commands_here, commands_merges
from graph.embedded import stop_server
from graph.errors import WrongUse
from graph.store import Store

ABOUT: Final = (
    "What is in the cabinet's graph, whether it is sound, which names are one person, place or thing; correcting it. "
    "COMMAND --help explains each."
)
WORDS: Final = {"chunks": "passages", "entities": "persons, places and things", "statements": "claims"}
PROMISES: Final = {
    "entities that no chunk mentions": "persons, places and things that no passage names",
    "statements without a source": "claims without a source",
    "statements without subject or object": "claims that say nothing of anything",
    "chunks without a document": "passages without a document",
    "spent co-occurrences": "names tied to each other that no passage names together",
    "readable edges that differ from statements": "claims that differ from what is drawn of them",
}
"""What is counted and what is checked, in words."""


class NoEmbeddedServer(WrongUse):
    en = "NEO4J_URI is set: the graph is on a server of yours, which `stop` leaves alone."
    de = "NEO4J_URI ist gesetzt: Der Graph liegt auf einem eigenen Server, den `stop` nicht anrührt."


def stats(given: argparse.Namespace) -> int:
    """How many documents, passages, names and claims there are."""
    with Store(configuration.read()) as store:
        collections = [c.id for c in store.cabinets.listed()]
        total = store.stats(collections)
        data = {
            "engine": store.engine,
            "total": total,
            "collections": {name: store.stats([name]) for name in collections},
            "embedding_model": store.embeddings.meta().embedding_model,
        }
    cli.show(given, data, "\n".join(f"{count:>10,} {WORDS.get(name, name)}" for name, count in total.items()))
    return cli.DONE


def check(given: argparse.Namespace) -> int:
    """Look whether anything in the graph is broken or left over; ends with 1 where something is."""
    with Store(configuration.read()) as store:
        found = store.check()
    sound = not any(found.values())
    lines = [f"{count or 'ok':>10} {PROMISES.get(name, name)}" for name, count in found.items()]
    cli.show(given, {"sound": sound, "violations": found}, "\n".join(lines))
    return cli.DONE if sound else cli.IN_PART


def stop(given: argparse.Namespace) -> int:
    """Stop the database that came with Wunderkammer; it starts by itself when it is needed again."""
    settings = configuration.read()
    if settings.neo4j_uri:
        raise NoEmbeddedServer()
    stopped = stop_server(settings)
    cli.show(given, {"stopped": stopped}, "stopped" if stopped else "it was not running")
    return cli.DONE


def main(arguments: list[str] | None = None) -> int:
    """Entry of the command."""
    parser = cli.Parser(prog="python -m graph", description=ABOUT)
    commands = parser.add_subparsers()
    for name, command in (("stats", stats), ("check", check), ("stop", stop)):
        sub = cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__))
        sub.set_defaults(command=command)
    commands_here.add_commands(commands)
    commands_export.add_command(commands)
    commands_merges.add_commands(commands)
    commands_corrections.add_commands(commands)
    return cli.run(parser, arguments)


if __name__ == "__main__":
    sys.exit(main())
