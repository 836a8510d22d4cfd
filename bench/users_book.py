"""What people did in `bench.users`, and how long each thing took; their browsers' connections; how long they think."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field

import httpx

PATIENCE = 30.0
"""Seconds after which somebody has waited too long."""


@dataclass(frozen=True, slots=True)
class Took:
    """Something that was done, the second of the run at which it began, how long it took, and what went wrong."""

    what: str
    at: float
    seconds: float
    error: str = ""
    page: bool = False
    """Whether a page or a part of it ran because somebody did something."""


@dataclass(slots=True)
class Book:
    """What all visits did."""

    began: float = field(default_factory=time.monotonic)
    done: list[Took] = field(default_factory=list)

    def note(self, what: str, since: float, error: str = "", page: bool = False) -> None:
        """Write down something that began at `since`, a time of `time.monotonic`."""
        self.done.append(Took(what, since - self.began, time.monotonic() - since, error, page))


class Gone(Exception):
    """The connection of a visit was closed by the other side, or never opened."""


def browser(url: str) -> httpx.AsyncClient:
    """The connections of one browser to one server."""
    return httpx.AsyncClient(
        base_url=url, timeout=PATIENCE, limits=httpx.Limits(max_connections=6),
        headers={"accept-encoding": "gzip", "accept-language": "en-GB", "user-agent": "wunderkammer-bench"},
    )  # fmt: skip


def thinking(dice: random.Random, mean: float) -> float:
    """Seconds until somebody does the next thing: mostly few, sometimes many."""
    return min(dice.expovariate(1 / mean), 6 * mean)
