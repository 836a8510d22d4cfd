"""What is on its way out of the house: messages with their states, and the rules that make some of them.

waiting ─► sending ─► accepted   the other side took it (for Teams that means: queued there)
   ▲          ├─────► waiting    it could not be reached, was busy or wants fewer: later again, up to `MOST_TRIES`
   │          ├─────► refused    it will not take it, whatever is tried
   │          ├─────► failed     tried as often as it is tried
   │          └─────► unknown    nobody knows whether it arrived: the sender died, or the answer did not come
   └── a person sends it again (refused, failed, unknown, cancelled); `waiting` can be cancelled
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from graph.errors import Failure, WrongUse
from graph.ids import make_id
from graph.types import DEFAULT_COLLECTION

MOST_TRIES: Final = 10
"""Tries of a message, before it is set aside as failed."""
LEASE_SECONDS: Final = 60.0
"""So long one try may take; whoever sends has an answer, or none, well before."""


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


OPEN: Final = (DeliveryState.WAITING, DeliveryState.SENDING)
AGAIN: Final = (DeliveryState.REFUSED, DeliveryState.FAILED, DeliveryState.UNKNOWN, DeliveryState.CANCELLED)
"""States that a person can send again from."""


class NoSuchDelivery(WrongUse):
    en = "There is no message “{name}” to a channel. `python -m share queue` lists them."
    de = "Eine Nachricht „{name}“ an einen Kanal gibt es nicht. `python -m share queue` zeigt alle."


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to a channel. `body` is what is sent, as JSON; the address of the channel is never in it.

    Times are seconds of the epoch; `created_at` is ISO 8601. A message belongs to the computer (`host`) that knows the
    address of its channel.
    """

    id: str
    channel: str
    target: str
    title: str
    body: str
    host: str
    finding: str | None = None
    rule: str | None = None
    collection: str = DEFAULT_COLLECTION
    who: str = ""
    created_at: str = ""
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    """How often it was tried altogether: the number of the try on its way."""
    tries: int = 0
    """The same since a person last said that it should be sent."""
    next_at: float = 0.0
    attempt_at: float | None = None
    done_at: float | None = None
    status: int | None = None
    """What the other side answered last, as HTTP counts."""
    failure: Failure | None = None
    """Why it was not taken, or not yet."""


class When(StrEnum):
    """What a rule sends after."""

    IMPORT = "import"
    """A collection has finished importing."""
    DIGEST = "digest"
    """Once a day, where there are new findings."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is sent to a channel without being asked. `since`: what was before it is nobody's news (ISO 8601).

    `hour` of the day, on the clock of this computer, is that of the digest.
    """

    when: When
    channel: str
    collection: str
    host: str
    hour: int = 8
    since: str = ""
    who: str = ""
    language: str = "en"
    failure: Failure | None = None
    """Why the last look could not do what it says."""

    @property
    def id(self) -> str:
        """One rule of a kind for each channel of a computer."""
        return make_id("rule", self.collection, self.host, self.when.value, self.channel)
