"""A message as plain data, for a service of one's own that takes JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from share.message import Message


def data(message: Message) -> dict[str, Any]:
    """The whole body: the parts of the message by their names, text as it is."""
    told = asdict(message)
    told["facts"] = [{"name": name, "value": value} for name, value in message.facts]
    return {"source": "wunderkammer", "version": 1} | told
