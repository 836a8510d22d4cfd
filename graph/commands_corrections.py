"""`python -m graph rename | retype | alias | identify | split | retract | claim | claims | history | undo`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import cli
import settings as configuration
from graph.commands_here import add_collection, opened
from graph.commands_merges import entity_data, make_vectors, named
from graph.correction import BadRegion, Correction, NewClaim
from graph.store import Store
from graph.types import Region

SHORT = 8
"""Letters of an id that are shown: enough to name it."""


def rename(given: argparse.Namespace) -> int:
    """Call a person, place or thing otherwise; the name it had stays as a further one."""
    return _correct(
        given, lambda store, who: store.corrections.rename(named(store, given.name).id, given.new, who, given.note)
    )


def retype(given: argparse.Namespace) -> int:
    """Say of what kind something is, such as Person, Place, Object."""
    return _correct(
        given, lambda store, who: store.corrections.retype(named(store, given.name).id, given.kind, who, given.note)
    )


def alias(given: argparse.Namespace) -> int:
    """Give something a further name to be found by, or with --remove take one away."""

    def do(store: Store, who: str) -> Correction:
        change = store.corrections.remove_alias if given.remove else store.corrections.add_alias
        return change(named(store, given.name).id, given.further, who, given.note)

    return _correct(given, do)


def identify(given: argparse.Namespace) -> int:
    """Say which entry of an authority file is the same, by its address, or with --remove that it is not."""

    def do(store: Store, who: str) -> Correction:
        change = store.corrections.unidentify if given.remove else store.corrections.identify
        return change(named(store, given.name).id, given.address, who, given.note)

    return _correct(given, do)


def split(given: argparse.Namespace) -> int:
    """Give claims and passages to somebody or something else; `claims NAME` tells their ids."""

    def do(store: Store, who: str) -> Correction:
        entity = named(store, given.name)
        claims = [_whole(each, [c.id for c in store.explore.statements_of(entity.id, 10_000)]) for each in given.claim]
        here = [m.chunk.id for m in store.explore.mentions_of(entity.id, 10_000)] if given.passage else []
        passages = [_whole(each, here) for each in given.passage]
        return store.corrections.split(entity.id, given.new, who, claims, passages, given.note)

    return _correct(given, do)


def retract(given: argparse.Namespace) -> int:
    """Take a claim out, by its id: no answer has it any more, also when it is found again."""
    return _correct(given, lambda store, who: store.corrections.retract(given.claim, who, given.note))


def claim(given: argparse.Namespace) -> int:
    """Add a claim, with the document, page and words, or part of the page, where it is to be read."""

    def do(store: Store, who: str) -> Correction:
        document = store.documents.find(given.document, store.here)
        wanted = NewClaim(
            named(store, given.subject).id, given.relation, given.object, document.id, given.page, given.quote,
            _region(given.region), given.kind,
        )  # fmt: skip
        return store.corrections.add(wanted, who, given.note)

    return _correct(given, do)


def claims(given: argparse.Namespace) -> int:
    """What is claimed of something, and where it is named, with the ids of claims and passages."""
    with opened(given) as store:
        entity = named(store, given.name)
        found = store.explore.statements_of(entity.id, given.limit)
        passages = store.explore.mentions_of(entity.id, given.limit)
    data = {
        "entity": entity_data(entity),
        "claims": [{"id": c.id, "text": c.text, "predicate": c.predicate} for c in found],
        "passages": [
            {"id": m.chunk.id, "title": m.title, "page": m.chunk.page, "times": m.count, "text": m.chunk.text}
            for m in passages
        ],
    }
    lines = [f"{c.id}  {c.text}" for c in found]
    lines += [f"{m.chunk.id}  {m.title}, {' '.join(m.chunk.text.split())[:80]}" for m in passages]
    cli.show(given, data, "\n".join(lines) or "nothing is claimed of it")
    return cli.DONE


def history(given: argparse.Namespace) -> int:
    """What was corrected, by whom and when, the latest first; of one person, place or thing where it is named."""
    with opened(given) as store:
        entity = named(store, given.name).id if given.name else ""
        found = store.corrections.history(store.here, entity, given.rules, given.limit)
    text = "\n".join(map(_text, found)) or "nothing was corrected"
    cli.show(given, {"corrections": [_data(each) for each in found]}, text)
    return cli.DONE


def undo(given: argparse.Namespace) -> int:
    """Take a correction back, by its id or the beginning of it."""
    return _correct(given, lambda store, who: store.corrections.undo(store.corrections.find(given.id, store.here), who))


def add_commands(commands: Any) -> None:
    """Give the parser these commands."""
    ends = {
        rename: ("name", "new"),
        retype: ("name", "kind"),
        alias: ("name", "further"),
        identify: ("name", "address"),
        split: ("name", "new"),
        retract: ("claim",),
        claim: ("subject", "relation", "object"),
        claims: ("name",),
        history: (),
        undo: ("id",),
    }
    for command, names in ends.items():
        sub = add_collection(
            cli.add_json(commands.add_parser(command.__name__, help=command.__doc__, description=command.__doc__))
        )
        for name in names:
            sub.add_argument(name, metavar=name.upper())
        if command in (claims, history):
            sub.add_argument("--limit", type=cli.whole(1), default=200, metavar="N", help="show at most N (200)")
        elif command is not undo:
            sub.add_argument("--note", default="", metavar="WORDS", help="why; it stands in the history")
        _options(sub, command)
        sub.set_defaults(command=command)


def _options(sub: argparse.ArgumentParser, command: cli.Command) -> None:
    if command in (alias, identify):
        sub.add_argument("--remove", action="store_true", help="take it away instead")
    elif command is split:
        for name in ("claim", "passage"):
            sub.add_argument(
                f"--{name}", action="append", default=[], metavar="ID", help=f"a {name}; as often as needed"
            )
    elif command is claim:
        sub.add_argument("--document", required=True, metavar="DOCUMENT", help="id, title or address")
        sub.add_argument("--page", type=cli.whole(1), metavar="N")
        sub.add_argument("--quote", default="", metavar="WORDS", help="the words as they stand there")
        sub.add_argument("--region", default="", metavar="X,Y,W,H", help="part of the page, in its pixels")
        sub.add_argument("--kind", default="Thing", metavar="KIND", help="of the object, where that is new")
    elif command is history:
        sub.add_argument("name", metavar="NAME", nargs="?", default="", help="exact name, or id")
        sub.add_argument("--rules", action="store_true", help="also what was merged without asking")


def _correct(given: argparse.Namespace, do: Callable[[Store, str], Correction]) -> int:
    settings = configuration.read()
    with opened(given, settings) as store:
        made = do(store, settings.person)
        make_vectors(store)
    undone = "undone: " if made.undone_at or given.command is undo else ""
    way_back = "" if undone else f"\nundo: python -m graph undo {made.id[:SHORT]}"
    cli.show(given, _data(made), f"{undone}{_text(made)}{way_back}")
    return cli.DONE


def _whole(beginning: str, ids: list[str]) -> str:
    """The id that begins so, where only one does."""
    found = [each for each in ids if each.startswith(beginning)]
    return found[0] if len(found) == 1 else beginning


def _region(text: str) -> Region | None:
    try:
        return Region.parse(text) if text else None
    except ValueError:
        raise BadRegion() from None


def _data(made: Correction) -> dict[str, Any]:
    names = ("id", "kind", "before", "after", "who", "at", "note", "undone_at", "undone_by")
    entity = {"entity": {"id": made.entity, "name": made.name}, "other": made.other or None}
    blocked = {"blocked_by": made.blocked.id if made.blocked else None}
    return {name: getattr(made, name) for name in names} | entity | blocked


def _text(made: Correction) -> str:
    undone = f"  undone by {made.undone_by}, {made.undone_at[:16]}" if made.undone_at else ""
    blocked = f"  (undo {made.blocked.id[:SHORT]} first)" if made.blocked else ""
    note = f"  “{made.note}”" if made.note else ""
    return f"{made.id[:SHORT]}  {made.at[:16]}  {made.who}  {made.kind}: {made.told}{note}{undone}{blocked}"
