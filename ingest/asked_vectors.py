"""Vectors from a server, those of several documents in one request.

Small documents wait while a request is on its way and go together with the next, as Nagle's algorithm does it for
small packets (RFC 896): two thousand letters are a hundred requests and not two thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from graph.errors import StoreError
from ingest.asked import Asked, failure
from ingest.budget import Halted
from ingest.steps import Steps
from llm.errors import SAME_FOR_ALL, WORTH_RETRYING

VECTORS: Final = "vectors"
"""Stands for the one piece that is out of a document."""
DOCUMENTS: Final = 32
"""Documents that are leased for their vectors at once."""
TOGETHER: Final = 16
"""Documents of one request."""
AT_ONCE: Final = 4
"""Requests at once: each has many texts."""
ENOUGH: Final = 40_000
"""Characters of documents whose passages and claims fill a request, about."""


class VectorsTogether:
    """The requests for vectors that are out; each is known by the first of its documents."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._out: dict[str, list[Asked]] = {}

    @property
    def _most(self) -> int:
        """Requests at once; where they are computed elsewhere, one for each processor there."""
        return max(AT_ONCE, self._steps.hands.places()) if self._steps.hands.elsewhere else AT_ONCE

    def feed(self, waiting: Sequence[Asked]) -> None:
        """Send as many requests as are worth it; `waiting` are documents of which nothing is out.

        Where the server is asked for nothing else, there is nothing to wait for.
        """
        left = list(waiting)
        while left and len(self._out) < self._most:
            group = _together(left)
            more_may_come = len(group[0].calls) > len(self._out)
            if self._out and more_may_come and len(group) < TOGETHER and _characters(group) < ENOUGH:
                return
            left = [each for each in left if each not in group]
            self._send(group)

    def _send(self, group: list[Asked]) -> None:
        first = group[0].document.id
        for each in group:
            each.more = False
            each.out.add(VECTORS)
        self._out[first] = group
        documents = [each.document for each in group]
        group[0].calls.add((first, VECTORS), lambda: self._steps.embed_together(documents))

    def came(self, first: str, result: object) -> None:
        """Tell of each document whether it has its vectors, why not, or that it is asked again for the rest.

        Raises what the database raised.
        """
        group = self._out.pop(first, [])
        for each in group:
            each.out.discard(VECTORS)
        if isinstance(result, StoreError):
            raise result
        if isinstance(result, Halted):
            for each in group:
                each.again(VECTORS)
            return
        wanted = [each for each in group if not each.held.lost]
        for each in wanted:
            if isinstance(result, dict):
                if result[each.document.id]:
                    self._steps.embedded(each.document)
                else:
                    # One request more, as a call of its own: so it can be late, and others have their turn.
                    each.more = True
            elif len(group) > 1 and not isinstance(result, (*SAME_FOR_ALL, *WORTH_RETRYING)):
                each.more = each.alone = True
            else:
                self._steps.fail(each.lease, failure(result))


def _together(waiting: Sequence[Asked]) -> list[Asked]:
    """The documents of the next request: those of a job that ask one server, unless the first must be alone."""
    first = waiting[0]
    group = [first]
    if first.alone:
        return group
    job = first.document.job
    for each in waiting[1:]:
        if len(group) == TOGETHER or _characters(group) >= ENOUGH:
            break
        if each.calls is first.calls and each.document.job == job and not each.alone:
            group.append(each)
    return group


def _characters(group: Sequence[Asked]) -> int:
    return sum(each.document.characters for each in group)
