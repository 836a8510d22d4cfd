"""`python -m graph merges | suggestions | merge | unmerge`: which names are one, from the command line."""

from __future__ import annotations

import argparse
from typing import Any, Final

import cli
import settings as configuration
from graph.commands_here import add_collection, opened
from graph.identifiers import in_order
from graph.merges import Merge, NoSuchEntity, OneAlready, Pair
from graph.moving import RULE
from graph.store import Store
from graph.types import Entity
from ingest.worker import ensure_worker

REASONS: Final = {
    "same": "they share a name",
    "variant": "the same name in forms of two languages",
    "spelling": "the same name in two spellings",
    "script": "the same name from another alphabet",
    "latin": "one is the Latin form of the other",
    "scan": "they differ as misread letters do",
    "short": "one is an abbreviation of the other",
    "loose": "they sound alike and are spelled differently",
    "letters": "they differ by one letter",
    "more": "one name says more than the other",
    "shared": "the names partly agree, and the same others stand beside them",
    "hand": "somebody decided so",
}
"""Why two names may be one, in words."""


def merges(given: argparse.Namespace) -> int:
    """Which names were made one, the latest first; `unmerge` undoes each by its id."""
    with opened(given) as store:
        found = store.resolution.merges(store.here, given.undone, given.skip, given.limit)
    text = "\n".join(map(_merge_text, found)) or "nothing was merged"
    cli.show(given, {"merges": [_merge_data(merge) for merge in found]}, text)
    return cli.DONE


def suggestions(given: argparse.Namespace) -> int:
    """Pairs of names that may be one person, place or thing, the likeliest first, and why; `merge` makes them one."""
    with opened(given) as store:
        found = store.resolution.suggestions(store.here, given.limit)
    text = "\n".join(map(_pair_text, found)) or "no two names look as if they were one"
    cli.show(given, {"suggestions": [_pair_data(pair) for pair in found]}, text)
    return cli.DONE


def merge(given: argparse.Namespace) -> int:
    """Make two names one: it is called as the first, and the second becomes a further form of its name."""
    settings = configuration.read()
    with opened(given, settings) as store:
        kept, absorbed = named(store, given.kept), named(store, given.absorbed)
        if kept.id == absorbed.id:
            raise OneAlready(a=given.kept, b=given.absorbed)
        made = store.resolution.merge(kept.id, absorbed.id, who=settings.person)
        make_vectors(store)
    cli.show(given, _merge_data(made), f"{_merge_text(made)}\nundo: python -m graph unmerge {made.id[:8]}")
    return cli.DONE


def unmerge(given: argparse.Namespace) -> int:
    """Undo a merge, by its id or the beginning of it."""
    settings = configuration.read()
    with opened(given, settings) as store:
        undone = store.resolution.undo(store.resolution.find(given.merge, store.here).id, settings.person)
        make_vectors(store)
    cli.show(given, _merge_data(undone), f"undone: {_merge_text(undone)}")
    return cli.DONE


def dismiss(given: argparse.Namespace) -> int:
    """Say that two names are not the same: they are not suggested again, and never merged without asking."""
    settings = configuration.read()
    with opened(given, settings) as store:
        a, b = named(store, given.a), named(store, given.b)
        store.resolution.dismiss(a.id, b.id, settings.person)
    cli.show(given, {"apart": [entity_data(a), entity_data(b)]}, f"not the same: {a.name} | {b.name}")
    return cli.DONE


def add_commands(commands: Any) -> None:
    """Give the parser these commands."""
    for name, command in (("merges", merges), ("suggestions", suggestions)):
        sub = add_collection(cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__)))
        sub.add_argument("--limit", type=cli.whole(1), default=200, metavar="N", help="show at most N (200)")
        if command is merges:
            sub.add_argument("--skip", type=cli.whole(0), default=0, metavar="N", help="leave out the first N")
            sub.add_argument("--undone", action="store_true", help="show also what was undone")
        sub.set_defaults(command=command)
    for name, command, ends in (("merge", merge, ("kept", "absorbed")), ("apart", dismiss, ("a", "b"))):
        sub = add_collection(cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__)))
        for end in ends:
            sub.add_argument(end, metavar="NAME", help="exact name, or id")
        sub.set_defaults(command=command)
    sub = add_collection(
        cli.add_json(commands.add_parser("unmerge", help=unmerge.__doc__, description=unmerge.__doc__))
    )
    sub.add_argument("merge", metavar="ID", help="id of the merge, or its beginning")
    sub.set_defaults(command=unmerge)


def named(store: Store, text: str) -> Entity:
    """The entity of this id or name, or what it was merged into."""
    for id_ in (text, *(Entity.make_id(collection, text) for collection in store.here)):
        if found := store.explore.entity(id_):
            return found
    raise NoSuchEntity(name=text)


def make_vectors(store: Store) -> None:
    if store.queue.left():
        ensure_worker(store.settings)


def _merge_data(made: Merge) -> dict[str, Any]:
    return {
        "id": made.id,
        "kept": {"id": made.kept, "name": made.kept_name},
        "absorbed": {"id": made.absorbed, "name": made.absorbed_name},
        "reason": made.reason,
        "score": made.score,
        "by": made.by,
        "at": made.at,
        "undone_at": made.undone_at,
    }


def _merge_text(made: Merge) -> str:
    undone = f"  undone {made.undone_at[:16]}" if made.undone_at else ""
    return (
        f"{made.id[:8]}  {made.absorbed_name} -> {made.kept_name}  "
        f"({_why(made.reason)}; by {'the rules' if made.by == RULE else 'a person'}, {made.at[:16]}){undone}"
    )


def _pair_data(pair: Pair) -> dict[str, Any]:
    return {"a": entity_data(pair.a), "b": entity_data(pair.b), "score": pair.score, "reason": pair.reason}


def _pair_text(pair: Pair) -> str:
    return f"{pair.score:4.0%}  {_name(pair.a)} | {_name(pair.b)}: {_why(pair.reason)}"


def _name(entity: Entity) -> str:
    return f"“{entity.name}” ({entity.type})"


def _why(reason: str) -> str:
    return REASONS.get(reason, reason)


def entity_data(entity: Entity) -> dict[str, Any]:
    """An entity as JSON tells it."""
    names = {"id": entity.id, "name": entity.name, "type": entity.type, "aliases": list(entity.aliases)}
    return names | {"same_as": in_order(entity.same_as)}
