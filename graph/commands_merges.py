"""`python -m graph merges | suggestions | merge | unmerge`: which names are one, from the command line."""

from __future__ import annotations

import argparse
from typing import Any

import cli
import settings as configuration
from graph.merges import Merge, NoSuchEntity, Pair
from graph.store import Store
from graph.types import DEFAULT_COLLECTION, Entity
from ingest.worker import ensure_worker

COLLECTIONS = (DEFAULT_COLLECTION,)


def merges(given: argparse.Namespace) -> int:
    """What was merged, the latest first; each can be undone by its id."""
    with Store(configuration.read()) as store:
        found = store.resolution.merges(COLLECTIONS, given.undone, given.skip, given.limit)
    cli.show(given, {"merges": [_merge_data(merge) for merge in found]}, "\n".join(map(_merge_text, found)))
    return cli.DONE


def suggestions(given: argparse.Namespace) -> int:
    """Pairs that may be one, the likeliest first; nothing is merged before somebody says so."""
    with Store(configuration.read()) as store:
        found = store.resolution.suggestions(COLLECTIONS, given.limit)
    cli.show(given, {"suggestions": [_pair_data(pair) for pair in found]}, "\n".join(map(_pair_text, found)))
    return cli.DONE


def merge(given: argparse.Namespace) -> int:
    """Make two one, called as the first; the second one's names stay as its further forms."""
    settings = configuration.read()
    with Store(settings) as store:
        made = store.resolution.merge(_entity(store, given.kept).id, _entity(store, given.absorbed).id)
        _make_vectors(store)
    cli.show(given, _merge_data(made), f"{_merge_text(made)}\nundo: python -m graph unmerge {made.id[:8]}")
    return cli.DONE


def unmerge(given: argparse.Namespace) -> int:
    """Undo a merge, by its id or the beginning of it."""
    settings = configuration.read()
    with Store(settings) as store:
        undone = store.resolution.undo(store.resolution.find(given.merge, COLLECTIONS).id)
        _make_vectors(store)
    cli.show(given, _merge_data(undone), f"undone: {_merge_text(undone)}")
    return cli.DONE


def dismiss(given: argparse.Namespace) -> int:
    """Say that two are not the same: they are not suggested again, and never merged without asking."""
    with Store(configuration.read()) as store:
        a, b = _entity(store, given.a), _entity(store, given.b)
        store.resolution.dismiss(a.id, b.id)
    cli.show(given, {"apart": [_entity_data(a), _entity_data(b)]}, f"not the same: {a.name} | {b.name}")
    return cli.DONE


def add_commands(commands: Any) -> None:
    """Give the parser these commands."""
    for name, command in (("merges", merges), ("suggestions", suggestions)):
        sub = cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__))
        sub.add_argument("--limit", type=int, default=200)
        if command is merges:
            sub.add_argument("--skip", type=int, default=0)
            sub.add_argument("--undone", action="store_true", help="those that were undone, too")
        sub.set_defaults(command=command)
    for name, command, ends in (("merge", merge, ("kept", "absorbed")), ("apart", dismiss, ("a", "b"))):
        sub = cli.add_json(commands.add_parser(name, help=command.__doc__, description=command.__doc__))
        for end in ends:
            sub.add_argument(end, help="exact name or id")
        sub.set_defaults(command=command)
    sub = cli.add_json(commands.add_parser("unmerge", help=unmerge.__doc__, description=unmerge.__doc__))
    sub.add_argument("merge", help="id of the merge, or its beginning")
    sub.set_defaults(command=unmerge)


def _entity(store: Store, text: str) -> Entity:
    """The entity of this id or name, or what it was merged into."""
    for id_ in (text, *(Entity.make_id(collection, text) for collection in COLLECTIONS)):
        if found := store.explore.entity(id_):
            return found
    raise NoSuchEntity(name=text)


def _make_vectors(store: Store) -> None:
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
        f"({made.reason} {made.score:.2f}, by {made.by}, {made.at[:16]}){undone}"
    )


def _pair_data(pair: Pair) -> dict[str, Any]:
    return {"a": _entity_data(pair.a), "b": _entity_data(pair.b), "score": pair.score, "reason": pair.reason}


def _pair_text(pair: Pair) -> str:
    return f"{pair.score:.2f}  {pair.reason:10}  {pair.a.name} ({pair.a.type}) | {pair.b.name} ({pair.b.type})"


def _entity_data(entity: Entity) -> dict[str, Any]:
    return {"id": entity.id, "name": entity.name, "type": entity.type, "aliases": list(entity.aliases)}
