"""From a finding, an import or a digest to a message that waits to be sent."""

from __future__ import annotations

from dataclasses import replace

from graph.delivery import OPEN, Delivery
from graph.finding import Kept
from graph.ids import make_id
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from graph.watches import here
from graph.work import now
from settings import Settings
from share.channels import Channel
from share.message import Links, Message, of_finding, of_test
from share.targets import TARGETS, body


def links(settings: Settings) -> Links:
    """Addresses that lead back to the app."""
    return Links(settings.address)


def message(settings: Settings, kept: Kept) -> Message:
    """A finding as a message."""
    return of_finding(kept, links(settings))


def queue_finding(store: Store, settings: Settings, kept: Kept, channel: Channel) -> Delivery:
    """Let a finding wait to be sent to a channel; the same one that waits already is not queued twice."""
    sent = body(TARGETS[channel.target], message(settings, kept))
    for each in store.outbox.listed((kept.finding.collection,), kept.id, OPEN):
        if (each.channel, each.body) == (channel.name, sent):
            return each
    moment = now()
    made = delivery(channel, kept.finding.title, sent, kept.finding.collection, settings.person, moment)
    made = replace(made, id=make_id("delivery", kept.id, channel.name, here(), moment), finding=kept.id)
    store.outbox.put(made)
    return made


def queue_test(
    store: Store, settings: Settings, channel: Channel, language: str, collection: str = DEFAULT_COLLECTION
) -> Delivery:
    """Let a message wait that shows whether a channel is set up."""
    told = of_test(language, links(settings))
    sent = body(TARGETS[channel.target], told)
    made = delivery(channel, told.title, sent, collection, settings.person, now())
    store.outbox.put(made)
    return made


def delivery(channel: Channel, title: str, sent: str, collection: str, who: str, moment: str) -> Delivery:
    """A message for a channel of this computer, made at this moment."""
    id_ = make_id("delivery", channel.name, here(), title, moment)
    return Delivery(
        id_, channel.name, channel.target, title, sent, here(), collection=collection, who=who, created_at=moment
    )
