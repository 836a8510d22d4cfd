"""What a job has spent and may still spend, kept in the database by whoever asks models for it; several may at once.

Each of them holds a part of what is left: what its calls on their way may use at most, and some that it is about to
make. So a limit holds whoever asks, and what one that died had on its way is counted as spent, since it is paid for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graph import cypher_jobs
from graph.connection import Connection, Transaction
from graph.jobs import HALTED, Job, JobState, Limits, Paid, Use, Uses, from_uses, summed, to_job, to_uses
from graph.work import is_dead

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Flying:
    """Calls on their way: what they are expected to use, and the dollars that they may cost at most."""

    expected: Mapping[Paid, Use] = field(default_factory=dict)
    most_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Wish:
    """Calls that somebody is about to make, and the dollars that each may cost at most."""

    calls: int = 0
    most_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Account:
    """How a job stands after somebody told what it used: its state, and how many calls more it may make now."""

    state: JobState
    granted: int = 0


@dataclass(frozen=True, slots=True)
class _Hold:
    calls: int
    usd: float
    flying: Uses


class Spending:
    """The accounts of jobs."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def settle(
        self, job_id: str, owner: str, used: Mapping[Paid, Use], flying: Flying = Flying(), wish: Wish = Wish()
    ) -> Account | None:
        """Count what was used, say what is on its way, and ask for more; None where there is no such job.

        Where no call more fits and nothing is on its way that may yet cost less, the job has reached its limit.
        """

        def count(tx: Transaction) -> Account | None:
            rows = tx.run(cypher_jobs.HOLD_JOB, id=job_id)
            if not rows:
                return None
            return _Counted(tx, rows[0]["job"], owner, used).settled(flying, wish)

        return self._db.write(count)

    def bury_dead(self, owner: str) -> None:
        """Count what those that died had on their way, in every job."""
        for row in self._db.read(cypher_jobs.JOBS_WITH_HOLDS, none="{}"):
            self.settle(row["id"], owner, {})


class _Counted:
    """A job's account inside a transaction: with what was used, without the holds of those that died."""

    def __init__(self, tx: Transaction, row: Mapping[str, Any], owner: str, used: Mapping[Paid, Use]) -> None:
        self._tx, self._owner = tx, owner
        self._job: Job = to_job(row)
        self._spent: Uses = dict(self._job.spent)
        self._others: dict[str, _Hold] = {}
        self._add(used)
        for name, hold in _holds(row).items():
            if name != owner and is_dead(name):
                self._add(hold.flying)
            elif name != owner:
                self._others[name] = hold

    def _add(self, used: Mapping[Paid, Use]) -> None:
        for paid, use in used.items():
            self._spent[paid] = self._spent.get(paid, Use()) + use

    def settled(self, flying: Flying, wish: Wish) -> Account:
        state = self._job.state
        calls = summed(flying.expected).calls
        granted = wish.calls
        if state is JobState.RUNNING:
            granted = min(granted, self._room(calls, flying.most_usd, wish.most_usd))
        # One that has ended has no limit any more: only vectors may be made anew for its documents.
        if state in HALTED:
            granted = 0
        elif wish.calls and not granted and not calls and not any(hold.calls for hold in self._others.values()):
            state = JobState.LIMIT
        holds = dict(self._others)
        if calls or granted:
            usd = flying.most_usd + granted * wish.most_usd
            holds[self._owner] = _Hold(calls + granted, usd, dict(flying.expected))
        self._tx.run(
            cypher_jobs.SET_SPENT,
            id=self._job.id,
            spent=json.dumps(from_uses(self._spent)),
            held=json.dumps({name: [hold.calls, hold.usd, from_uses(hold.flying)] for name, hold in holds.items()}),
            state=state.value,
        )
        return Account(state, granted)

    def _room(self, calls: int, usd: float, each: float) -> int:
        """How many calls more fit beside so many on their way, each of which may cost so much."""
        limits: Limits = self._job.limits
        spent = summed(self._spent)
        most = 10**9
        if limits.calls is not None:
            most = limits.calls - spent.calls - calls - sum(hold.calls for hold in self._others.values())
        if limits.usd is not None:
            left = limits.usd - spent.usd - usd - sum(hold.usd for hold in self._others.values()) + _ROUNDING
            # What costs nothing, such as a model that runs here, may go on until the limit is overdrawn.
            most = min(most, int(left / each) if each > 0 else most if left >= 0 else 0)
        return max(0, most)


def _holds(row: Mapping[str, Any]) -> dict[str, _Hold]:
    stored = json.loads(row.get("held") or "{}")
    return {name: _Hold(calls, usd, to_uses(flying)) for name, (calls, usd, flying) in stored.items()}
