"""What a person may use up in a cabinet in one day, and what they have: calls of models, money, megabytes brought.

A day is one of UTC. What owners set wins over what the environment says; what is set for one person wins over both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from graph import cypher_team as cypher
from graph.connection import Connection
from graph.errors import WrongUse
from graph.ids import make_id
from graph.jobs import to_job
from graph.work import now


class CallsUsedUp(WrongUse):
    en = (
        "You have used up your {limit} calls of models for today in this cabinet. They begin anew at midnight (UTC); "
        "evidence without a model costs none. An owner of the cabinet can raise the limit."
    )
    de = (
        "Ihre {limit} Modellaufrufe für heute sind in diesem Kabinett verbraucht. Um Mitternacht (UTC) gibt es neue; "
        "Belege ohne Modell kosten keine. Wem das Kabinett gehört, kann die Grenze anheben."
    )


class MoneyUsedUp(WrongUse):
    en = (
        "You have used up the {limit:.2f} US dollars that you may spend on models today in this cabinet. It begins "
        "anew at midnight (UTC); evidence without a model costs nothing. An owner of the cabinet can raise the limit."
    )
    de = (
        "Die {limit:.2f} US-Dollar, die Sie heute in diesem Kabinett für Modelle ausgeben dürfen, sind verbraucht. Um "
        "Mitternacht (UTC) gibt es neue; Belege ohne Modell kosten nichts. Wem es gehört, kann die Grenze anheben."
    )


class UploadsUsedUp(WrongUse):
    en = "With {name} you would bring more than {limit} MB into this cabinet today. Bring it tomorrow, or ask an owner."
    de = (
        "Mit {name} brächten Sie heute mehr als {limit} MB in dieses Kabinett. Bringen Sie es morgen, oder bitten Sie "
        "jemanden, dem es gehört, um mehr."
    )


class TooFast(WrongUse):
    en = "That was more than {limit} questions in a minute. Wait a moment, then ask again."
    de = "Das waren mehr als {limit} Fragen in einer Minute. Bitte einen Moment warten und dann erneut fragen."


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may be used up in a day: US dollars, calls, megabytes; None is no limit."""

    usd: float | None = None
    calls: int | None = None
    mb: float | None = None

    def over(self, other: Allowance) -> Allowance:
        """This one, and where it says nothing the other."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(other, **told)


NOTHING_SAID = Allowance()


@dataclass(frozen=True, slots=True)
class Used:
    """What was used up in a day."""

    usd: float = 0.0
    calls: int = 0
    mb: float = 0.0


@dataclass(frozen=True, slots=True)
class Allowed:
    """What owners have set for a cabinet: for everybody, and for some by address."""

    everybody: Allowance
    exceptions: Mapping[str, Allowance]


class Allowances:
    """Limits and use of all people in all cabinets."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def allowed(self, collection: str) -> Allowed:
        """What owners have set."""
        rows = self._db.read(cypher.CABINET_LIMITS, id=collection)
        told = json.loads(rows[0]["limits"] or "{}") if rows else {}
        people = {email: _allowance(each) for email, each in told.get("people", {}).items()}
        return Allowed(_allowance(told.get("everybody", {})), people)

    def allow(self, collection: str, allowance: Allowance, email: str = "") -> None:
        """Set what everybody may use up in a day, or what one person may; nothing set takes an exception away."""
        now_ = self.allowed(collection)
        everybody, people = now_.everybody, dict(now_.exceptions)
        if email:
            people[email] = allowance
        else:
            everybody = allowance
        told = {
            "everybody": asdict(everybody),
            "people": {name: asdict(each) for name, each in people.items() if each != NOTHING_SAID},
        }
        self._db.run(cypher.SET_CABINET_LIMITS, id=collection, limits=json.dumps(told, sort_keys=True))

    def used(self, collection: str, email: str) -> Used:
        """What somebody has used up today, imports of today among it."""
        day = _day()
        rows = self._db.read(cypher.USED, id=_id(collection, email, day))
        jobs = self._db.read(cypher.USED_BY_IMPORTS, collection=collection, email=email, day=day)
        uses = [to_job(row["job"]).use for row in jobs]
        own = rows[0] if rows else {"usd": 0.0, "calls": 0, "mb": 0.0}
        usd, calls = sum(use.usd for use in uses), sum(use.calls for use in uses)
        return Used(float(own["usd"]) + usd, int(own["calls"]) + calls, float(own["mb"]))

    def count(self, collection: str, email: str, used: Used) -> None:
        """Add to what somebody has used up today."""
        day = _day()
        self._db.note(
            cypher.COUNT_USE, id=_id(collection, email, day), collection=collection, email=email, day=day,
            **asdict(used),
        )  # fmt: skip

    def left(self, collection: str, email: str, otherwise: Allowance) -> Allowance:
        """What somebody may still use up today; `otherwise` holds where owners have said nothing."""
        may, used = self.of(collection, email, otherwise), self.used(collection, email)
        left = {
            name: max(0, limit - getattr(used, name)) if (limit := getattr(may, name)) is not None else None
            for name in ("usd", "calls", "mb")
        }
        return Allowance(**left)

    def of(self, collection: str, email: str, otherwise: Allowance) -> Allowance:
        """What somebody may use up in a day."""
        set_ = self.allowed(collection)
        return set_.exceptions.get(email, NOTHING_SAID).over(set_.everybody).over(otherwise)


def _day() -> str:
    return now()[:10]


def _id(collection: str, email: str, day: str) -> str:
    return make_id("day", collection, email, day)


def _allowance(told: Mapping[str, Any]) -> Allowance:
    return Allowance(**{each.name: told.get(each.name) for each in fields(Allowance)})
