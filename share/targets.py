"""The table of what a channel may be: how a message looks there, and what its answers mean. A target is one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from share import messagecard, slack, teams, webhook
from share.message import Message

LIMIT: Final = 20_000
"""Bytes of a body at most: Teams takes 28 KB, counted after it has put more around it."""
_STEPS: Final = (
    *((10_000, 500, 24), (6_000, 400, 12), (4_000, 300, 10)),
    *((2_500, 220, 8), (1_500, 160, 6), (800, 100, 4), (300, 60, 2)),
)
"""Characters of the answer, of each quote, and pieces of evidence: the first that fit."""
_SMALLEST: Final = (80, 40, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of channel. `build` gives the body; `took` says whether a 2xx answer with this text means yes."""

    id: str
    title: str
    build: Callable[[Message], dict[str, Any]]
    took: Callable[[str], bool] = lambda text: True
    example: str = "https://example.org/hook"


def _connector_took(text: str) -> bool:
    """Connectors answered 200 also where they failed, and said so in words."""
    return "error" not in text.lower()


TARGETS: Final[dict[str, Target]] = {
    target.id: target
    for target in (
        Target("teams", "Microsoft Teams (Workflows)", teams.envelope,
               example="https://….environment.api.powerplatform.com/…"),
        Target("teams-card", "Microsoft Teams, a flow that takes the card alone", teams.card,
               example="https://….environment.api.powerplatform.com/…"),
        Target("messagecard", "MessageCard (older Teams, gateways)", messagecard.card, _connector_took,
               "https://….webhook.office.com/webhookb2/…"),
        Target("slack", "Slack (incoming webhook)", slack.blocks, example="https://hooks.slack.com/services/…"),
        Target("webhook", "JSON, to a service of your own", webhook.data),
    )
}  # fmt: skip


def body(target: Target, message: Message) -> str:
    """The body as JSON, smaller than `LIMIT`: a long answer is cut after a sentence, and evidence left out, visibly."""
    for step in _STEPS:
        made = _encoded(target, message.fitted(*step))
        if len(made.encode()) < LIMIT:
            return made
    return _encoded(target, message.fitted(*_SMALLEST))


def _encoded(target: Target, message: Message) -> str:
    return json.dumps(target.build(message), ensure_ascii=False, separators=(",", ":"))
