"""Messages on their way out as they are stored: taken by one sender at a time, never sent twice by a crash.

A try is written down before its request is made, and its end afterwards. What a sender left behind that died in
between is `unknown`: it may have arrived, and only a person sends it again.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from graph import cypher_outbox as cypher
from graph.connection import Connection, Row
from graph.delivery import AGAIN, LEASE_SECONDS, Delivery, DeliveryState, NoSuchDelivery, Rule, When
from graph.errors import Failure, WunderkammerError
from graph.jobs import Job, to_job
from graph.rows import failure_properties, to_failure
from graph.types import DEFAULT_COLLECTION
from graph.watches import here
from graph.work import is_dead

_LOOKED_AT: Final = 50


class SenderDied(WunderkammerError):
    en = "The program ended while this was sent: it may have arrived. Look there before you send it again."
    de = (
        "Das Programm endete, während dies gesendet wurde: Es ist vielleicht angekommen. "
        "Bitte dort nachsehen, bevor Sie es erneut senden."
    )


@dataclass(frozen=True, slots=True)
class Imported:
    """A finished import: its job, when it ended (seconds of the epoch), what came of it."""

    job: Job
    at: float
    documents: int
    pages: int
    failed: int


class Outbox:
    """The messages of all collections; a sender sees those of its own computer."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def put(self, delivery: Delivery) -> bool:
        """Queue a message; False where one of this id is there already, which stays as it is."""
        rows = self._db.note(cypher.PUT_DELIVERY, id=delivery.id, properties=_properties(delivery))
        return bool(rows[0]["new"])

    def get(self, delivery_id: str, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> Delivery:
        """The message; raises NoSuchDelivery."""
        rows = self._db.read(cypher.DELIVERY, id=delivery_id, collections=list(collections))
        if not rows:
            raise NoSuchDelivery(name=delivery_id[:80])
        return to_delivery(rows[0]["delivery"])

    def find(self, text: str, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> Delivery:
        """The message whose id begins so; raises NoSuchDelivery, also where several do."""
        wanted = text.strip()
        rows = self._db.read(cypher.FIND_DELIVERIES, text=wanted, collections=list(collections)) if wanted else []
        if len(rows) != 1:
            raise NoSuchDelivery(name=text[:80])
        return self.get(rows[0]["id"], collections)

    def listed(
        self,
        collections: Sequence[str] = (DEFAULT_COLLECTION,),
        finding: str | None = None,
        states: Collection[DeliveryState] | None = None,
        skip: int = 0,
        limit: int = 50,
    ) -> list[Delivery]:
        """Messages, the latest first; those of one finding, those in some states."""
        wanted = None if states is None else [state.value for state in states]
        rows = self._db.read(
            cypher.DELIVERIES, collections=list(collections), finding=finding, states=wanted, skip=skip, limit=limit
        )
        return [to_delivery(row["delivery"]) for row in rows]

    def states(
        self, collections: Sequence[str] = (DEFAULT_COLLECTION,), finding: str | None = None
    ) -> dict[DeliveryState, int]:
        """How many messages there are in each state."""
        rows = self._db.read(cypher.COUNT_STATES, collections=list(collections), finding=finding)
        return {DeliveryState(row["state"]): row["n"] for row in rows}

    def anything(self) -> bool:
        """Whether a sender on this computer would have something to do: a message that is not over, or a rule."""
        return any(self._db.read(query, host=here()) for query in cypher.ANYTHING_TO_SEND)

    # --- what a sender does ---

    def take(self, owner: str, ready: Mapping[str, float]) -> Delivery | None:
        """Take the next message that is due, for one try, which is counted now; None when none is due.

        `ready` has the channels that can be sent to, and from when on, in seconds of the epoch.
        """
        now = time.time()
        rows = self._db.read(cypher.DUE, host=here(), channels=sorted(ready), limit=_LOOKED_AT)
        for row in rows:
            if row["next_at"] > now or ready[row["channel"]] > now:
                continue
            taken = self._db.note(cypher.TAKE, id=row["id"], now=now, owner=owner, until=now + LEASE_SECONDS)
            if taken:
                return to_delivery(taken[0]["delivery"])
        return None

    def next_at(self, channels: Collection[str]) -> float | None:
        """When the next message that waits for these channels is due, in seconds of the epoch; None when none waits."""
        rows = self._db.read(cypher.DUE, host=here(), channels=sorted(channels), limit=1)
        return float(rows[0]["next_at"]) if rows else None

    def accepted(self, taken: Delivery, status: int) -> bool:
        """The other side took it."""
        return self._settle(taken, DeliveryState.ACCEPTED, status, None)

    def refused(self, taken: Delivery, status: int | None, failure: Failure) -> bool:
        """It will not be taken, however often it is tried."""
        return self._settle(taken, DeliveryState.REFUSED, status, failure)

    def failed(self, taken: Delivery, status: int | None, failure: Failure) -> bool:
        """It was tried as often as it is tried."""
        return self._settle(taken, DeliveryState.FAILED, status, failure)

    def unknown(self, taken: Delivery, failure: Failure) -> bool:
        """It may have arrived or not."""
        return self._settle(taken, DeliveryState.UNKNOWN, None, failure)

    def later(self, taken: Delivery, seconds: float, status: int | None, failure: Failure) -> bool:
        """It certainly was not taken, and is tried again after so many seconds."""
        return self._settle(taken, DeliveryState.WAITING, status, failure, time.time() + seconds)

    def delay(self, channel: str, seconds: float) -> None:
        """Send nothing to a channel for so many seconds: it wants fewer messages."""
        self._db.note(cypher.DELAY_CHANNEL, host=here(), channel=channel, until=time.time() + seconds)

    def recover(self) -> list[str]:
        """Say `unknown` of what senders had in hand that died; the ids of these messages."""
        now, lost = time.time(), []
        for row in self._db.read(cypher.SENDING):
            if (row["until"] or 0.0) < now or is_dead(row["owner"] or "?/0/0"):
                properties = {"state": DeliveryState.UNKNOWN.value, "done_at": now, "status": None}
                properties |= failure_properties(SenderDied().failure())
                lost += self._db.note(cypher.LOSE, id=row["id"], attempt=row["attempt"], properties=properties)
        return [row["id"] for row in lost]

    def last_attempts(self, seconds: float) -> dict[str, float]:
        """When each channel was last sent to, within so many seconds."""
        rows = self._db.read(cypher.LAST_ATTEMPTS, host=here(), since=time.time() - seconds)
        return {row["channel"]: row["at"] for row in rows}

    def _settle(
        self,
        taken: Delivery,
        state: DeliveryState,
        status: int | None,
        failure: Failure | None,
        next_at: float | None = None,
    ) -> bool:
        properties: Row = {"state": state.value, "status": status} | failure_properties(failure)
        properties |= {"done_at": time.time()} if next_at is None else {"next_at": next_at}
        return bool(self._db.note(cypher.SETTLE, id=taken.id, attempt=taken.attempts, properties=properties))

    # --- what people do ---

    def again(self, delivery_id: str, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> bool:
        """Send once more what did not arrive, or may not have; False where it waits or was taken."""
        before = [state.value for state in AGAIN]
        query = cypher.AGAIN
        return bool(self._db.note(query, id=delivery_id, collections=list(collections), before=before, now=time.time()))

    def cancel(self, delivery_id: str, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> bool:
        """Do not send what still waits; False where it does not."""
        return bool(self._db.note(cypher.CANCEL, id=delivery_id, collections=list(collections), now=time.time()))

    def forget(self, finding: str) -> None:
        """Remove the messages of a finding, also those that wait; one that is on its way stays."""
        self._db.note(cypher.DROP_DELIVERIES, finding=finding)

    # --- rules ---

    def put_rule(self, rule: Rule) -> None:
        """Follow a rule from now on, or in another way than before."""
        self._db.note(cypher.PUT_RULE, id=rule.id, properties=_rule_properties(rule))

    def rules(self, collections: Sequence[str] = (DEFAULT_COLLECTION,)) -> list[Rule]:
        """The rules of this computer."""
        return [
            _to_rule(row["rule"]) for row in self._db.read(cypher.RULES, collections=list(collections), host=here())
        ]

    def looked(self, rule: Rule, since: str, failure: Failure | None = None) -> bool:
        """Note up to when a rule has been followed; False where it is followed no more."""
        properties = {"since": since} | failure_properties(failure)
        return bool(self._db.note(cypher.UPDATE_RULE, id=rule.id, properties=properties))

    def drop_rule(self, rule_id: str) -> None:
        """Follow a rule no more."""
        self._db.note(cypher.DROP_RULE, id=rule_id)

    def imported(self, collection: str, since: float, limit: int = 20) -> list[Imported]:
        """The imports of a collection that were finished since then (seconds of the epoch), earliest first."""
        found: list[Imported] = []
        for row in self._db.read(cypher.JOBS_DONE_SINCE, collection=collection, since=since, limit=limit):
            job = to_job(row["job"])
            figures = self._db.read(cypher.FIGURES_OF_JOB, job=job.id)[0]
            found.append(Imported(job, row["at"], figures["documents"], figures["pages"], figures["failed"]))
        return found


def _properties(delivery: Delivery) -> Row:
    names = (
        *("channel", "target", "title", "body", "host", "finding", "rule", "collection", "who", "created_at"),
        *("attempts", "tries", "next_at", "attempt_at", "done_at", "status"),
    )
    plain: Row = {name: getattr(delivery, name) for name in names}
    return plain | {"state": delivery.state.value} | failure_properties(delivery.failure)


def to_delivery(row: Mapping[str, Any]) -> Delivery:
    """A message from its node's properties."""
    return Delivery(
        id=row["id"],
        channel=row["channel"],
        target=row["target"],
        title=row["title"],
        body=row["body"],
        host=row["host"],
        finding=row.get("finding"),
        rule=row.get("rule"),
        collection=row["collection"],
        who=row.get("who") or "",
        created_at=row["created_at"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        tries=row["tries"],
        next_at=row["next_at"],
        attempt_at=row.get("attempt_at"),
        done_at=row.get("done_at"),
        status=row.get("status"),
        failure=to_failure(row),
    )


def _rule_properties(rule: Rule) -> Row:
    return {
        "when": rule.when.value,
        "channel": rule.channel,
        "collection": rule.collection,
        "host": rule.host,
        "hour": rule.hour,
        "since": rule.since,
        "who": rule.who,
        "language": rule.language,
    } | failure_properties(rule.failure)


def _to_rule(row: Mapping[str, Any]) -> Rule:
    rule = Rule(When(row["when"]), row["channel"], row["collection"], row["host"], row["hour"], row["since"])
    return replace(rule, who=row.get("who") or "", language=row.get("language") or "en", failure=to_failure(row))
