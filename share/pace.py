"""How often a channel is sent to: fewer than four requests a second, also across programs that end in between."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from share.channels import Channel

SECONDS_BETWEEN: Final = 0.42
"""Between the beginnings of two requests to one address: four take longer than a second, also with some delayed."""


class Pace:
    """From when on each channel may be sent to; channels of one address count as one."""

    def __init__(self, last: Mapping[str, float]) -> None:
        self._next = {name: at + SECONDS_BETWEEN for name, at in last.items()}

    def sent(self, channel: Channel, known: Mapping[str, Channel]) -> None:
        """A request to this channel begins now."""
        for name, each in known.items():
            if each.address == channel.address:
                self._next[name] = time.time() + SECONDS_BETWEEN

    def ready(self, known: Mapping[str, Channel]) -> dict[str, float]:
        """When each of these channels may be sent to next, in seconds of the epoch."""
        return {name: self._next.get(name, 0.0) for name in known}
