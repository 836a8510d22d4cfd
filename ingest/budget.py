"""What an import spends while it runs: each call of a model is asked for here before, and counted here after it.

    with budget.call(document.job, Paid(Purpose.PAGES, "mistral-ocr"), Use(calls=1, usd=0.04)) as call:
        ...                                   # the call itself
        call.used(Use(calls=1, usd=0.04))     # what it really used, where that is told

Chat models are watched by `ingest.metering` and need none of that. Counting is told to the database about twice a
second, so that many calls at once cost it nothing; what is on its way stands there too, and a crash loses nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from graph.errors import WunderkammerError
from graph.jobs import HALTED, JobState, Paid, Use, Uses
from graph.spending import Flying, Spending, Wish
from ingest.cluster_errors import NodeLost

_OFTEN: Final = 0.5
"""Seconds between two times that the database is told."""
_AHEAD: Final = 16
"""Calls that are asked for at once."""
_PATIENCE: Final = 0.2
_NOTHING: Final = Wish()


class Halted(WunderkammerError):
    """The job is paused or has reached its limit: nothing is begun, and nothing has failed."""

    en = "The import is halted. It goes on when it is resumed."
    de = "Der Import ist angehalten. Er läuft weiter, sobald er fortgesetzt wird."


class NotNow(Halted):
    """All that is left is held by calls on their way; when they cost less than they might, there is more."""


@dataclass(slots=True, eq=False)
class Call:
    """A call on its way."""

    paid: Paid
    expected: Use
    most_usd: float
    result: Use | None = None

    def used(self, use: Use) -> None:
        """What it really used; `Use()` where it was not answered and costs nothing."""
        self.result = use


@dataclass(slots=True)
class _Account:
    """What is known of one job here."""

    state: JobState = JobState.RUNNING
    flying: list[Call] = field(default_factory=list)
    untold: Uses = field(default_factory=dict)
    granted: int = 0
    """Calls that may still be begun without asking the database."""
    granted_usd: float = 0.0
    """The most that each of them may cost."""
    told: float = 0.0
    refused: bool = False
    """Nothing more fitted; so it stays until a call ends."""


class Budget:
    """The accounts of all jobs that this process works on; safe to use from several threads."""

    def __init__(self, spending: Spending, owner: str) -> None:
        self._spending, self._owner = spending, owner
        self._accounts: dict[str, _Account] = {}
        self._lock = threading.RLock()

    def begin(self, job: str | None, paid: Paid, expected: Use, most_usd: float | None = None) -> Call:
        """Ask for a call before it is made; `end` must follow. Raises Halted, or NotNow where it may be asked again.

        `most_usd` is what it may cost at most, where that is more than what is expected.
        """
        call = Call(paid, expected, max(expected.usd, most_usd or 0.0))
        if job is None:
            return call
        with self._lock:
            account = self._accounts.setdefault(job, _Account())
            if not self._fits(account, call) or time.monotonic() - account.told > 2 * _OFTEN:
                self._ask(job, account, call)
            account.granted -= call.expected.calls
            account.flying.append(call)
        return call

    def end(self, job: str | None, call: Call) -> None:
        """Count a call that has ended: as it said by `used`, otherwise as it was expected."""
        if job is None:
            return
        with self._lock:
            account = self._accounts[job]
            account.flying.remove(call)
            account.refused = False
            use = call.expected if call.result is None else call.result
            if use != Use():
                account.untold[call.paid] = account.untold.get(call.paid, Use()) + use

    @contextmanager
    def call(
        self,
        job: str | None,
        paid: Paid,
        expected: Use,
        most_usd: float | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[Call]:
        """A call from its beginning to its end; waits where there is nothing left just now. Raises Halted.

        What raises inside counts as not answered, unless `used` was told.
        """
        call = self._waited(job, paid, expected, most_usd, stopped)
        try:
            yield call
        except NodeLost:
            # Only its answer is lost: it counts as it was expected.
            raise
        except BaseException:
            call.result = call.result or Use()
            raise
        finally:
            self.end(job, call)
            self.tend(job)

    def _waited(
        self, job: str | None, paid: Paid, expected: Use, most_usd: float | None, stopped: Callable[[], bool]
    ) -> Call:
        while True:
            try:
                return self.begin(job, paid, expected, most_usd)
            except NotNow:
                if stopped():
                    raise Halted() from None
                time.sleep(_PATIENCE)

    def tend(self, job: str | None = None) -> None:
        """Tell the database what was counted: of one job now, of all where it is time. Raises what it raises."""
        with self._lock:
            for name, account in list(self._accounts.items()):
                due = time.monotonic() - account.told > _OFTEN
                if name == job or (job is None and due and (account.untold or account.flying or account.granted)):
                    # While calls are on their way others will follow: they need not ask one by one.
                    more = account.flying and account.granted_usd > 0
                    self._tell(name, account, Wish(_AHEAD, account.granted_usd) if more else _NOTHING)

    def close(self) -> None:
        """Tell the database all that was counted, in the end."""
        for name in list(self._accounts):
            self.tend(name)

    def halted(self, job: str | None) -> bool:
        """Whether nothing of a job is to be begun, as far as the database said when it was asked last."""
        with self._lock:
            return job is not None and job in self._accounts and self._accounts[job].state in HALTED

    def forget(self, job: str | None) -> None:
        """Ask the database again about a job before its next call: it was resumed, as its work was given out again."""
        with self._lock:
            if job is not None and job in self._accounts:
                self._accounts[job].state, self._accounts[job].told = JobState.RUNNING, float("-inf")

    @staticmethod
    def _fits(account: _Account, call: Call) -> bool:
        return account.granted >= call.expected.calls and call.most_usd <= account.granted_usd

    def _ask(self, job: str, account: _Account, call: Call) -> None:
        """Have room for a call, or raise."""
        if time.monotonic() - account.told <= _OFTEN:
            # It was asked a moment ago, and many ask at once.
            if account.state in HALTED:
                raise Halted()
            if account.refused:
                raise NotNow()
        self._tell(job, account, Wish(_AHEAD, call.most_usd))
        if account.state in HALTED:
            raise Halted()
        if not self._fits(account, call):
            account.refused = True
            raise NotNow()

    def _tell(self, job: str, account: _Account, wish: Wish = _NOTHING) -> None:
        expected: Uses = {}
        for call in account.flying:
            expected[call.paid] = expected.get(call.paid, Use()) + call.expected
        flying = Flying(expected, sum(call.most_usd for call in account.flying))
        told = self._spending.settle(job, self._owner, account.untold, flying, wish)
        account.untold = {}
        account.told = time.monotonic()
        # A job that was removed has no limit and nobody who asks.
        account.state = told.state if told else JobState.RUNNING
        account.granted, account.granted_usd = (told.granted, wish.most_usd) if told else (_AHEAD, float("inf"))
