"""What a person may still use up today, asked before a model is; and the log of what was asked and done."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from graph.allowances import Allowance, CallsUsedUp, MoneyUsedUp, TooFast, UploadsUsedUp, Used
from graph.jobs import Limits, Use
from graph.journal import Entry, noted
from graph.store import Store
from graph.types import Retrieved
from settings import Settings

if TYPE_CHECKING:
    from pages.parts.cabinet import Cabinet

_MINUTE: Final = 60.0
_DEEDS: Final[Mapping[str, tuple[str, str]]] = {
    "queue.put_job": ("import", "job"),
    "queue.cancel": ("import cancelled", "job_id"),
    "removal.remove": ("document removed", "document_id"),
    "findings.put": ("finding kept", "finding"),
    "findings.edit": ("finding edited", "finding_id"),
    "findings.remove": ("finding deleted", "finding_id"),
    "outbox.put": ("message", "delivery"),
    "members.put": ("member", "email"),
    "members.drop": ("member removed", "email"),
    "allowances.allow": ("limits", "email"),
    "cabinets.make": ("cabinet made", "name"),
    "cabinets.rename": ("cabinet renamed", "name"),
    "cabinets.remove": ("cabinet deleted", "collection"),
    "embeddings.start_anew": ("vectors anew", "name"),
    "watches.put": ("folder watched", "watch"),
    "watches.stop": ("folder not watched", "watch_id"),
}
"""What is noted of the actions of a store: a word, and the argument that says what was done to."""
_CHANGES: Final = ("corrections.", "resolution.")
_asked: dict[str, deque[float]] = {}
_lock = threading.Lock()


def otherwise(settings: Settings) -> Allowance:
    """What holds where owners have said nothing."""
    return Allowance(settings.daily_usd, settings.daily_calls, settings.daily_mb)


def note(store: Store, who: str, collection: str, action: str, given: Mapping[str, Any], result: Any) -> None:
    """Note what somebody did, where it is to be noted."""
    did, subject = _DEEDS.get(action, ("", ""))
    about = ""
    if not did and action.startswith(_CHANGES) and (made := _change(action, given)):
        did, about = made
        subject_ = str(given.get("entity_id") or given.get("statement_id") or given.get("correction_id") or "")
    elif not did:
        return
    else:
        subject_ = _named(given.get(subject))
    if action == "members.put":
        about = str(given.get("role", ""))
    elif action == "allowances.allow":
        about = str(given.get("allowance"))
    store.journal.put(Entry(who, did, collection, subject_, about))


def exported(cabinet: Cabinet, what: str, title: str, format_: str) -> None:
    """Note that somebody had something written into a file, and in which format."""
    told = Entry(cabinet.settings.person, "export", cabinet.collection, f"{what}: {title}", format_)
    cabinet.whole.journal.put(told)


def _change(action: str, given: Mapping[str, Any]) -> tuple[str, str] | None:
    from graph.permits import PERMITS
    from graph.roles import Role

    if PERMITS[action] is not Role.EDITOR:
        return None
    name = action.partition(".")[2].replace("_", " ")
    told = [str(given[key]) for key in ("name", "type_", "alias", "uri", "kept", "absorbed", "a", "b") if key in given]
    return f"corrected: {name}", " · ".join(told)


def _named(value: Any) -> str:
    if isinstance(value, str) or value is None:
        return value or ""
    if documents := getattr(value, "documents", None):
        return " ".join(map(str, documents))[:2_000]
    return str(getattr(value, "id", "") or getattr(value, "title", "") or "")


@dataclass(frozen=True, slots=True)
class PageMeter:
    """Counts the calls of one person in one cabinet, and notes each with what it was asked about."""

    store: Store
    settings: Settings
    who: str
    collection: str
    limited: bool
    question: str = ""
    documents: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()

    def before(self, model: str) -> None:
        """Raises CallsUsedUp, MoneyUsedUp; a call that may be made is counted at once, so that none slips through."""
        if self.limited:
            may = self.store.allowances.of(self.collection, self.who, otherwise(self.settings))
            used = self.store.allowances.used(self.collection, self.who)
            if may.calls is not None and used.calls >= may.calls:
                raise CallsUsedUp(limit=may.calls)
            if may.usd is not None and used.usd >= may.usd:
                raise MoneyUsedUp(limit=may.usd)
        self.store.allowances.count(self.collection, self.who, Used(calls=1))

    def after(self, model: str, tokens_in: int, tokens_out: int, usd: float | None) -> None:
        """Counts the money, and notes the call."""
        if usd:
            self.store.allowances.count(self.collection, self.who, Used(usd=usd))
        question = noted(self.question, self.settings.log_questions) if self.question else None
        asked = Entry(self.who, "model asked", self.collection, model=model, question=question, usd=usd)
        used = replace(asked, documents=self.documents, passages=self.passages)
        self.store.journal.put(replace(used, tokens_in=tokens_in, tokens_out=tokens_out))


def asking(cabinet: Cabinet, question: str, retrieved: Retrieved | None = None) -> Settings:
    """The settings to ask a model with, so that the log says what it was asked and which passages it was sent."""
    meter = cabinet.settings.meter
    if not isinstance(meter, PageMeter):
        return cabinet.settings
    evidence = retrieved.evidence if retrieved else ()
    documents = tuple(dict.fromkeys(each.chunk.document for each in evidence))
    passages = tuple(each.chunk.id for each in evidence)
    return replace(cabinet.settings, meter=replace(meter, question=question, documents=documents, passages=passages))


def question(cabinet: Cabinet) -> None:
    """One question more; raises TooFast where somebody who signed in asks faster than they may."""
    most = cabinet.settings.questions_a_minute
    if not cabinet.person.signed_in or not most:
        return
    with _lock:
        times = _asked.setdefault(cabinet.person.email, deque())
        now = time.monotonic()
        while times and now - times[0] > _MINUTE:
            times.popleft()
        if len(times) >= most:
            raise TooFast(limit=most)
        times.append(now)


def within(cabinet: Cabinet, limits: Limits, already: Use | None = None) -> Limits:
    """The limits of an import, no higher than what its person may still use up today beside what it has used.

    Raises CallsUsedUp, MoneyUsedUp where nothing is left.
    """
    if not cabinet.person.signed_in:
        return limits
    who, already = cabinet.person.email, already or Use()
    left = cabinet.whole.allowances.left(cabinet.collection, who, otherwise(cabinet.settings))
    may = cabinet.whole.allowances.of(cabinet.collection, who, otherwise(cabinet.settings))
    if left.calls == 0:
        raise CallsUsedUp(limit=may.calls or 0)
    if left.usd == 0:
        raise MoneyUsedUp(limit=may.usd or 0.0)
    usd = None if left.usd is None else left.usd + already.usd
    calls = None if left.calls is None else left.calls + already.calls
    return Limits(
        min((each for each in (limits.usd, usd) if each is not None), default=None),
        min((each for each in (limits.calls, calls) if each is not None), default=None),
    )


def bring(cabinet: Cabinet, name: str, size: int) -> None:
    """A file more; raises UploadsUsedUp where it would be more than somebody may bring today."""
    if not cabinet.person.signed_in:
        return
    allowances, who = cabinet.whole.allowances, cabinet.person.email
    may = allowances.of(cabinet.collection, who, otherwise(cabinet.settings))
    mb = size / 1_000_000
    if may.mb is not None and allowances.used(cabinet.collection, who).mb + mb > may.mb:
        raise UploadsUsedUp(name=name, limit=round(may.mb))
    allowances.count(cabinet.collection, who, Used(mb=mb))
