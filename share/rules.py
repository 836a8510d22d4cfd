"""What is sent without being asked: when a collection has finished importing, and new findings once a day.

A message of a rule has an id made of what it tells of, so that two programs that look at once queue it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from graph.delivery import Delivery, Rule, When
from graph.errors import WunderkammerError
from graph.ids import make_id
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from graph.watches import here
from graph.work import now
from settings import Settings
from share.channels import Channel, channel
from share.compose import delivery, links
from share.message import MOST_LISTED, Message, of_digest, of_import
from share.targets import TARGETS, body


def rule(
    settings: Settings,
    when: When,
    channel_: Channel,
    language: str,
    hour: int = 8,
    collection: str = DEFAULT_COLLECTION,
) -> Rule:
    """A rule of this computer that begins now; what was before is nobody's news."""
    return Rule(when, channel_.name, collection, here(), hour, now(), settings.person, language)


def follow(
    store: Store, settings: Settings, collections: Sequence[str] | None = None, at: datetime | None = None
) -> list[str]:
    """Queue what the rules of these collections, or of all, want to be sent now (`at` this moment); the ids of that.

    What a rule cannot do is noted with it and keeps the others from nothing. Raises what the database raises.
    """
    queued: list[str] = []
    here_ = [each.id for each in store.cabinets.listed()] if collections is None else collections
    for each in store.outbox.rules(here_):
        moment = (at or datetime.now(UTC)).astimezone(UTC)
        try:
            to = channel(settings, each.channel)
        except WunderkammerError as error:
            if each.failure != error.failure():
                store.outbox.looked(each, each.since, error.failure())
            continue
        looked = _digest if each.when is When.DIGEST else _imports
        queued += looked(store, settings, each, to, moment)
    return queued


def _imports(store: Store, settings: Settings, each: Rule, to: Channel, _: datetime) -> list[str]:
    queued: list[str] = []
    since = datetime.fromisoformat(each.since).timestamp()
    for imported in store.outbox.imported(each.collection, since):
        ended = datetime.fromtimestamp(imported.at, UTC).isoformat(timespec="microseconds")
        if imported.documents:
            told = of_import(imported, _name(store, each.collection), each, links(settings))
            queued += _put(store, each, to, told, f"{imported.job.id} {imported.at}")
        store.outbox.looked(each, max(ended, each.since))
    return queued


def _digest(store: Store, settings: Settings, each: Rule, to: Channel, moment: datetime) -> list[str]:
    due = _last_due(each.hour, moment)
    if datetime.fromisoformat(each.since) >= due:
        return []
    here_ = (each.collection,)
    found = store.findings.listed(here_, after=each.since, limit=MOST_LISTED)
    queued: list[str] = []
    if found:
        total = store.findings.count(here_, after=each.since)
        told = of_digest(found, total, each, links(settings))
        queued = _put(store, each, to, told, due.isoformat())
    latest = max((one.created_at for one in found), default=each.since)
    store.outbox.looked(each, max(latest, moment.isoformat(timespec="microseconds")))
    return queued


def _last_due(hour: int, moment: datetime) -> datetime:
    """The last time that the clock of this computer showed this hour."""
    local = moment.astimezone()
    due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return due if due <= local else due - timedelta(days=1)


def _put(store: Store, each: Rule, to: Channel, told: Message, about: str) -> list[str]:
    sent = body(TARGETS[to.target], told)
    made: Delivery = delivery(to, told.title, sent, each.collection, each.who, now())
    made = replace(made, id=make_id("delivery", each.id, about), rule=each.id)
    return [made.id] if store.outbox.put(made) else []


def _name(store: Store, collection: str) -> str:
    return next((each.name for each in store.cabinets.listed() if each.id == collection), collection)
