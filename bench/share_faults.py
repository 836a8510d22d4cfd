"""Kills senders and the database at random moments while messages go out, and counts what was lost or came twice.

`python -m bench.share_faults [--messages 500] [--kills 40] [--seed 1] [--json]`: several channels whose other side, a
real server on loopback, now and then wants fewer requests, fails, hangs, resets the connection, or takes a message and
never says so. What it posted is compared with what the database says of each message.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import settings as configuration
from graph.delivery import OPEN, Delivery, DeliveryState
from graph.embedded import server_status, stop_server
from graph.store import Store
from graph.work import now
from settings import Settings, as_variables
from share.channels import add, channels
from share.compose import delivery
from share.message import Message
from share.targets import TARGETS, body
from tests.teams_server import Teams, Turn, teams

ROOT = Path(__file__).resolve().parents[1]
CHANNELS = 4
PATIENCE = 2.0
"""Seconds that a sender waits for an answer here; what hangs, hangs longer."""
LONGEST = 1_800.0
_SENDER = (
    "import settings; from graph.store import Store; from share.sender import Sender; s = settings.read()\n"
    f"with Store(s) as store: Sender(store, s, {PATIENCE}).drain(20)"
)


@dataclass(frozen=True, slots=True)
class Report:
    """What happened. `lost`: accepted and not posted, or without an end; `doubled`: posted more than once."""

    messages: int
    sender_kills: int
    database_kills: int
    states: dict[str, int]
    posted: int
    lost: int
    doubled: int
    untrue: int
    """Posted although the database says that it was not."""
    unknown_posted: int
    """Of those whose end is not known, how many had arrived."""
    died_in_the_middle: int
    """Messages that a sender had in hand when it died."""
    most_in_a_second: int
    seconds: float

    @property
    def sound(self) -> bool:
        return not (self.lost or self.doubled or self.untrue) and self.most_in_a_second < 4


def faults(dice: random.Random) -> Iterator[Turn]:
    """What happens to each request: four of five go well, and take a moment, so that senders die in the middle."""
    kinds = (
        Turn(429, (("Retry-After", "1"),)),
        Turn(503),
        Turn(400),
        Turn(None, takes=True),
        Turn(None),
        Turn(early=True),
        Turn(hangs=PATIENCE + 1),
        Turn(502, takes=True),
    )
    while True:
        yield dice.choice(kinds) if dice.random() < 0.2 else Turn(hangs=dice.uniform(0.0, 0.5))


def queue(store: Store, settings: Settings, count: int, dice: random.Random) -> list[str]:
    """Messages for all channels, each with a title of its own; their ids."""
    known = list(channels(settings).values())
    made: list[Delivery] = []
    for n in range(count):
        to = dice.choice(known)
        title = f"message {n}"
        sent = body(TARGETS[to.target], Message("test", title, remark="x" * dice.randint(0, 5000)))
        made.append(delivery(to, title, sent, "default", "bench", now()))
    for each in made:
        store.outbox.put(each)
    return [each.id for each in made]


def run(count: int, kills: int, seed: int) -> Report:
    """Queue, disturb, let the rest go out undisturbed, and compare."""
    dice = random.Random(seed)
    began = time.monotonic()
    done = Counter[str]()
    with tempfile.TemporaryDirectory(prefix="wunderkammer-share-") as folder, ExitStack() as stack:
        settings = configuration.read({"WUNDERKAMMER_HOME": folder, "WUNDERKAMMER_ALLOW_PRIVATE": "1"})
        servers = [stack.enter_context(teams()) for _ in range(CHANNELS)]
        for n, server in enumerate(servers):
            add(settings, f"channel {n}", "teams", server.url)
            server.endless(faults(random.Random(seed + n)))
        stack.callback(stop_server, settings)
        with Store(settings) as store:
            ids = queue(store, settings, count, dice)
            _disturbed(store, settings, kills, dice, done, began)
            return _report(store, ids, servers, done, began)


def _disturbed(
    store: Store, settings: Settings, kills: int, dice: random.Random, done: Counter[str], began: float
) -> None:
    """Run senders one after the other; the first so many die, and the database with every tenth."""
    environment = os.environ | as_variables(settings)
    while store.outbox.states().keys() & set(OPEN) and time.monotonic() - began < LONGEST:
        sender = subprocess.Popen([sys.executable, "-c", _SENDER], cwd=ROOT, env=environment)
        if sum(done.values()) < kills:
            time.sleep(dice.uniform(2.0, 6.0))
            if done["sender"] % 10 == 9 and (status := server_status(settings)).server:
                os.kill(status.server.pid, signal.SIGKILL)
                done["database"] += 1
            sender.send_signal(signal.SIGKILL)
            done["sender"] += 1
        sender.wait()


def _report(store: Store, ids: Sequence[str], servers: Sequence[Teams], done: Counter[str], began: float) -> Report:
    posted = Counter(each["attachments"][0]["content"]["fallbackText"] for server in servers for each in server.posted)
    ended = [store.outbox.get(id_) for id_ in ids]
    states = Counter(each.state for each in ended)
    never = (DeliveryState.REFUSED, DeliveryState.FAILED)
    return Report(
        len(ids),
        done["sender"],
        done["database"],
        {state.value: n for state, n in states.items()},
        sum(posted.values()),
        sum(not posted[each.title] for each in ended if each.state is DeliveryState.ACCEPTED)
        + sum(each.state in OPEN for each in ended),
        sum(n > 1 for n in posted.values()),
        sum(bool(posted[each.title]) for each in ended if each.state in never),
        sum(bool(posted[each.title]) for each in ended if each.state is DeliveryState.UNKNOWN),
        sum(each.failure is not None and each.failure.code == "SenderDied" for each in ended),
        max(server.most_in_a_second() for server in servers),
        round(time.monotonic() - began, 1),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command; 1 when anything was lost, came twice, or came too fast."""
    parser = argparse.ArgumentParser(prog="python -m bench.share_faults", description=__doc__)
    parser.add_argument("--messages", type=int, default=500)
    parser.add_argument("--kills", type=int, default=40, help="of senders; the database dies with every tenth")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report = run(given.messages, given.kills, given.seed)
    print(json.dumps(asdict(report) | {"sound": report.sound}) if given.json else report)
    return 0 if report.sound else 1


if __name__ == "__main__":
    sys.exit(main())
