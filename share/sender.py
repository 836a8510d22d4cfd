"""Sends what waits: one message after the other, each try written down before it is made.

What is certainly not taken is tried again, later and later; what may have arrived is not, unless a person says so. One
sender works for a home at a time; it may die at any moment.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

import filelock

from graph.delivery import MOST_TRIES, Delivery, DeliveryState
from graph.errors import WunderkammerError
from graph.record import private
from graph.store import Store
from graph.work import owner_name
from settings import Settings
from share.channels import Channel, channels
from share.errors import (
    AddressExpired,
    AnswerMissing,
    CardRefused,
    ChannelBusy,
    ChannelDeleted,
    ChannelRefused,
    ChannelUnreachable,
    MessageTooLarge,
    NotTaken,
)
from share.pace import SECONDS_BETWEEN, Pace
from share.post import SECONDS, Answered, NotSent, Unclear, post
from share.targets import TARGETS

FIRST_WAIT, LONGEST_WAIT = 2.0, 3_600.0
_LONGEST_ASKED: Final = 24 * 3_600.0
"""So long a channel may ask us to wait; what asks for more is tried after a day."""
_TICK: Final = 0.1
_REFUSALS: Final[dict[int, type[NotTaken]]] = {
    400: CardRefused,
    401: AddressExpired,
    403: AddressExpired,
    404: ChannelDeleted,
    410: ChannelDeleted,
    413: MessageTooLarge,
}
_BUSY: Final = frozenset({408, 425, 429, 500, 503})
"""What says that nothing was taken, and that it may be later."""
_GATEWAYS: Final = frozenset({502, 504})
"""What says only that whoever stands in between got no answer."""


def wait_after(tries: int) -> float:
    """Seconds until the next try: three times as long each time, a little by chance, an hour at most."""
    return min(LONGEST_WAIT, FIRST_WAIT * 3.0 ** max(0, tries - 1)) * random.uniform(0.8, 1.2)


class Sender:
    """Sends the messages of this computer. `with sending(...)` gives one, where no other works."""

    def __init__(self, store: Store, settings: Settings, seconds: float = SECONDS) -> None:
        self._outbox, self._settings, self._seconds = store.outbox, settings, seconds
        self._owner = owner_name()
        self._pace = Pace(self._outbox.last_attempts(2 * SECONDS_BETWEEN))
        self._outbox.recover()

    def step(self) -> bool:
        """Send one message that is due; False when none is. Raises what the database raises, and ChannelsUnreadable.

        What is for a channel that is not known here waits: another program of this home may know it.
        """
        known = channels(self._settings)
        taken = self._outbox.take(self._owner, self._pace.ready(known))
        if taken is None:
            return False
        channel = known[taken.channel]
        self._pace.sent(channel, known)
        self._tell(taken, self._sent(taken, channel))
        return True

    def until(self, over: Callable[[], bool], seconds: float) -> None:
        """Send what is due until `over` says so, or so many seconds have passed."""
        end = time.monotonic() + seconds
        while not over() and time.monotonic() < end:
            if not self.step():
                time.sleep(_TICK)

    def drain(self, seconds: float) -> None:
        """Send all that is due within so many seconds; what has to wait longer is left."""
        end = time.time() + seconds
        names = channels(self._settings)
        while (due := self._outbox.next_at(names)) is not None and max(due, time.time()) < end:
            if not self.step():
                time.sleep(_TICK)

    def _sent(self, taken: Delivery, channel: Channel) -> Answered | NotSent | Unclear:
        allowed = self._settings.allow_private or channel.trusted
        return post(channel.address, taken.body, allowed, self._seconds)

    def _tell(self, taken: Delivery, came: Answered | NotSent | Unclear) -> None:
        """Write down what came of a try."""
        name = taken.channel
        if isinstance(came, Unclear):
            self._outbox.unknown(taken, AnswerMissing(channel=name, why=came.why.value).failure())
            # The next one of this channel would wait as long, and those of others behind it.
            self._outbox.delay(name, FIRST_WAIT)
        elif isinstance(came, NotSent):
            if came.private:
                self._outbox.refused(taken, None, ChannelRefused(channel=name, status="–").failure())
            else:
                self._later(taken, ChannelUnreachable(channel=name, why=came.why.value), None, 0.0)
        elif 200 <= came.status < 300 and TARGETS[taken.target].took(came.text):
            self._outbox.accepted(taken, came.status)
        elif came.status in _GATEWAYS:
            self._outbox.unknown(taken, AnswerMissing(channel=name, why=str(came.status)).failure())
        elif came.status in _BUSY or (came.status < 300 and "429" in came.text):
            self._later(taken, ChannelBusy(channel=name, status=came.status), came.status, came.retry_after)
        else:
            kind = _REFUSALS.get(came.status, ChannelRefused)
            self._outbox.refused(taken, came.status, kind(channel=name, status=came.status).failure())

    def _later(self, taken: Delivery, error: WunderkammerError, status: int | None, asked: float | None) -> None:
        if taken.tries >= MOST_TRIES:
            self._outbox.failed(taken, status, error.failure())
            return
        seconds = max(wait_after(taken.tries), min(asked or 0.0, _LONGEST_ASKED))
        self._outbox.later(taken, seconds, status, error.failure())
        if asked is not None or status == 429:
            # What one message is told holds for the others too.
            self._outbox.delay(taken.channel, seconds)


def lock(settings: Settings) -> filelock.FileLock:
    """Held by the one sender of a home."""
    return filelock.FileLock(private(settings.run) / "sender.lock")


def send_now(store: Store, settings: Settings, delivery_id: str, seconds: float) -> Delivery:
    """Send a message that waits, by this program or by the sender that works already; how far it came in that time."""

    def over() -> bool:
        return store.outbox.get(delivery_id).state not in (DeliveryState.WAITING, DeliveryState.SENDING)

    end = time.monotonic() + seconds
    while not over() and time.monotonic() < end:
        try:
            with lock(settings).acquire(timeout=_TICK):
                Sender(store, settings).until(over, end - time.monotonic())
        except filelock.Timeout:
            continue
    return store.outbox.get(delivery_id)
