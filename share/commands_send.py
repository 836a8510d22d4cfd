"""`python -m share teams | channels | queue | rules`: findings sent to channels, and what became of them."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from typing import Any, Final

import cli
import settings as configuration
from graph.delivery import Delivery, DeliveryState, Rule, When
from graph.errors import WrongUse
from graph.store import Store
from llm.plain import one_line
from settings import Settings
from share.channels import Channel, add, channel, channels, remove
from share.compose import message, queue_finding, queue_test
from share.rules import follow, rule
from share.sender import Sender, lock, send_now
from share.targets import TARGETS, body

_PATIENCE: Final = 30
_SAID: Final = {
    DeliveryState.WAITING: "waits, and is tried again by the app or by `python -m share queue --send 60`",
    DeliveryState.SENDING: "is being sent",
    DeliveryState.ACCEPTED: "queued there: the channel took it, and posts it by itself",
    DeliveryState.REFUSED: "refused",
    DeliveryState.FAILED: "given up after many tries",
    DeliveryState.UNKNOWN: "unknown: may have arrived",
    DeliveryState.CANCELLED: "cancelled",
}


class NoSuchRule(WrongUse):
    en = "There is no rule “{name}”. `python -m share rules` lists them."
    de = "Eine Regel „{name}“ gibt es nicht. `python -m share rules` zeigt alle."


def add_teams(commands: Any) -> None:
    """Give the parser its `teams`."""
    about = teams_command.__doc__
    parser = cli.add_json(commands.add_parser("teams", help=about, description=about))
    parser.add_argument("finding", metavar="FINDING", help="its id, the beginning of it, or its title")
    parser.add_argument("--channel", metavar="NAME", help="where to; needed only where there are several")
    parser.add_argument("--dry-run", action="store_true", help="show what would be sent, and send nothing")
    told = f"seconds to wait for the channel's answer ({_PATIENCE}); what is not sent by then waits"
    parser.add_argument("--wait", type=cli.whole(0, 3600), default=_PATIENCE, metavar="S", help=told)
    parser.set_defaults(command=teams_command)


def teams_command(given: argparse.Namespace) -> int:
    """Send a finding to a channel (Teams, or another that was set up), and say what the channel answered."""
    settings = configuration.read()
    with Store(settings) as store:
        kept = store.findings.find(given.finding)
        if given.dry_run and not channels(settings):
            to = Channel("Teams", "teams", "")
        else:
            to = channel(settings, given.channel)
        if given.dry_run:
            sent = body(TARGETS[to.target], message(settings, kept))
            data = {"finding": kept.id, "channel": to.name, "target": to.target, "bytes": len(sent.encode())}
            shown = json.dumps(json.loads(sent), ensure_ascii=False, indent=2)
            cli.show(given, data | {"state": None, "body": json.loads(sent)}, shown)
            return cli.DONE
        done = send_now(store, settings, queue_finding(store, settings, kept, to).id, float(given.wait))
    cli.show(given, _data(done), _line(done))
    return _code(done)


def _code(done: Delivery) -> int:
    if done.state is DeliveryState.ACCEPTED:
        return cli.DONE
    return cli.MISSING if done.state in (DeliveryState.REFUSED, DeliveryState.FAILED) else cli.IN_PART


def _data(each: Delivery) -> dict[str, Any]:
    return {
        "id": each.id,
        "finding": each.finding,
        "title": each.title,
        "channel": each.channel,
        "target": each.target,
        "state": each.state.value,
        "said": _SAID[each.state],
        "attempts": each.attempts,
        "status": each.status,
        "error": each.failure.text if each.failure else None,
        "created_at": each.created_at,
        "bytes": len(each.body.encode()),
    }


def _line(each: Delivery) -> str:
    why = f": {one_line(each.failure.text)}" if each.failure else ""
    return f"{each.id[:8]}  {each.channel}  {one_line(each.title)[:60]}  {_SAID[each.state]}{why}"


def add_channels(commands: Any) -> None:
    """Give the parser its `channels`."""
    about = channels_command.__doc__
    parser = cli.add_json(commands.add_parser("channels", help=about, description=about))
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--add", metavar="NAME", help="set up a channel; its address is asked for, or read from stdin")
    does.add_argument("--remove", metavar="NAME", help="forget a channel and its address")
    does.add_argument("--test", metavar="NAME", help="send a test message to a channel")
    parser.add_argument("--kind", choices=[*TARGETS], default="teams", help="with --add: what it is (teams)")
    parser.set_defaults(command=channels_command)


def channels_command(given: argparse.Namespace) -> int:
    """The channels of this computer; their addresses are secrets and never shown."""
    settings = configuration.read()
    if given.test is not None:
        return _test(given, settings)
    if given.add is not None:
        made = add(settings, given.add, given.kind, _asked_for())
        cli.say(f"“{made.name}” is set up; its address is in the {made.place}")
    if given.remove is not None:
        remove(settings, given.remove)
    known = channels(settings).values()
    rows = [{"name": c.name, "kind": c.target, "address": c.masked, "in": c.place} for c in known]
    lines = [f"{c.name:20} {TARGETS[c.target].title}, {c.masked}, kept in the {c.place}" for c in known]
    cli.show(given, {"channels": rows}, "\n".join(lines) or "no channels")
    return cli.DONE


def _asked_for() -> str:
    """The address, typed unseen or piped in: on the command line others could read it."""
    return getpass.getpass("Address of the channel: ") if sys.stdin.isatty() else sys.stdin.readline()


def _test(given: argparse.Namespace, settings: Settings) -> int:
    to = channel(settings, given.test)
    with Store(settings) as store:
        done = send_now(store, settings, queue_test(store, settings, to, "en").id, _PATIENCE)
    cli.show(given, _data(done), _line(done))
    return _code(done)


def add_queue(commands: Any) -> None:
    """Give the parser its `queue`."""
    about = queue_command.__doc__
    parser = cli.add_json(commands.add_parser("queue", help=about, description=about))
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--again", metavar="ID", help="send once more what did not arrive, or may not have")
    does.add_argument("--cancel", metavar="ID", help="do not send what still waits")
    told = "follow the rules, and send what is due within so many seconds"
    does.add_argument("--send", type=cli.whole(0, 86_400), metavar="SECONDS", help=told)
    parser.add_argument("--limit", type=cli.whole(1, 10_000), default=50, metavar="N", help="at most so many (50)")
    parser.set_defaults(command=queue_command)


def queue_command(given: argparse.Namespace) -> int:
    """The messages that were sent or wait, the latest first, with what became of each."""
    settings = configuration.read()
    done = True
    with Store(settings) as store:
        if given.again is not None:
            done = store.outbox.again(store.outbox.find(given.again).id)
        elif given.cancel is not None:
            done = store.outbox.cancel(store.outbox.find(given.cancel).id)
        elif given.send is not None:
            with lock(settings).acquire(timeout=-1):
                follow(store, settings)
                Sender(store, settings).drain(float(given.send))
        found = store.outbox.listed(limit=given.limit)
        states = {state.value: n for state, n in store.outbox.states().items()}
    if not done:
        cli.say("nothing changed: it was taken already, or is not in a state for that")
    cli.show(given, {"messages": [_data(e) for e in found], "states": states}, "\n".join(map(_line, found)) or "none")
    return cli.DONE if done else cli.IN_PART


def add_rules(commands: Any) -> None:
    """Give the parser its `rules`."""
    about = rules_command.__doc__
    parser = cli.add_json(commands.add_parser("rules", help=about, description=about))
    does = parser.add_mutually_exclusive_group()
    told = "import: when an import has finished; digest: once a day, where there are new findings"
    does.add_argument("--add", choices=[each.value for each in When], help=told)
    does.add_argument("--remove", metavar="ID", help="follow a rule no more")
    parser.add_argument("--channel", metavar="NAME", help="with --add: where to")
    parser.add_argument("--hour", type=cli.whole(0, 23), default=8, metavar="H", help="of the digest, 0 to 23 (8)")
    parser.add_argument("--language", choices=["en", "de"], default="en", help="of the messages (en)")
    parser.set_defaults(command=rules_command)


def rules_command(given: argparse.Namespace) -> int:
    """What is sent without being asked; the app, the worker and `queue --send` follow these rules."""
    settings = configuration.read()
    with Store(settings) as store:
        if given.add is not None:
            to = channel(settings, given.channel)
            store.outbox.put_rule(rule(settings, When(given.add), to, given.language, given.hour))
        if given.remove is not None:
            known = [each for each in store.outbox.rules() if given.remove and each.id.startswith(given.remove)]
            if len(known) != 1:
                raise NoSuchRule(name=given.remove[:80])
            store.outbox.drop_rule(known[0].id)
        found = store.outbox.rules()
    cli.show(given, {"rules": [_rule(each) for each in found]}, "\n".join(map(_rule_line, found)) or "no rules")
    return cli.DONE


def _rule(each: Rule) -> dict[str, Any]:
    return {
        "id": each.id,
        "when": each.when.value,
        "channel": each.channel,
        "hour": each.hour if each.when is When.DIGEST else None,
        "since": each.since,
        "error": each.failure.text if each.failure else None,
    }


def _rule_line(each: Rule) -> str:
    when = f"daily at {each.hour}:00" if each.when is When.DIGEST else "after each import"
    return f"{each.id[:8]}  {when}, to {each.channel}" + (f": {each.failure.text}" if each.failure else "")
