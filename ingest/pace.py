"""How many calls of one model run at once: more while all goes well, fewer when the server asks to slow down.

Additive increase, multiplicative decrease, as TCP does it (Chiu and Jain 1989): several programs share a server's limit
without knowing of each other. Like TCP's CUBIC (RFC 9438) it comes back quickly to just below where it was refused, and
feels its way from there: other calls come and go, and most refusals are over in a moment.
"""

from __future__ import annotations

import statistics
from collections import deque
from typing import Final

_LEAST: Final = 1.0
_FEWER: Final = 0.7
_CROWD: Final = 0.4
"""So large a part of the calls of one round, refused, means that there are too many of them."""
_BACK: Final = 4.0
"""How many more a round, at most, on the way back to where it was refused."""
_REMEMBERED: Final = 60
_ENOUGH: Final = 8
"""Answers after which it is known how long one takes."""
_LATE: Final = 1.5
"""So many times what all but one in twenty take is late: a hundredth of the calls, about, is asked twice."""
_LATE_AT_THE_END: Final = 1.3
"""The same where places are free and nothing waits for one: all wait for the last then, as for the stragglers of
MapReduce (Dean and Ghemawat, OSDI 2004), and asking again takes nobody's turn."""
_SOONEST: Final = 1.0
"""Seconds before which nothing is late."""


class Pace:
    """Told how each call went; says whether one more may start. Times are seconds of one clock; not for threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.not_before = 0.0
        """Until then no call may start: what the server asked for."""
        self._limit = float(most)
        self._slowed = float("-inf")
        self._refused_at = 0.0
        self._took: deque[float] = deque(maxlen=_REMEMBERED)
        self._refused: deque[bool] = deque(maxlen=_REMEMBERED)
        """Of the last calls, whether each was refused."""

    @property
    def limit(self) -> int:
        """How many calls may run at once now."""
        return int(self._limit)

    def may_start(self, running: int, now: float) -> bool:
        """Whether one more call may start while so many run."""
        return running < self.limit and now >= self.not_before

    def went_well(self, took: float) -> None:
        """A call was answered after so many seconds."""
        self._took.append(took)
        self._refused.append(False)
        more = min(_BACK, max(1.0, self._refused_at - 1.0 - self._limit))
        self._limit = min(float(self.most), self._limit + more / self._limit)

    def slow_down(self, started: float, now: float, wait: float) -> None:
        """A call that began at `started` was refused for being one too many; `wait` is what the server asks for.

        Where many of one round are refused, all wait, and fewer start. Of calls that were on their way together only
        the first such crowd counts: they all say the same.
        """
        if started <= self._slowed:
            self.not_before = max(self.not_before, now + wait)
            return
        self._refused.append(True)
        latest = list(self._refused)[-self.limit :]
        if sum(latest) < _CROWD * self.limit:
            return
        self.not_before = max(self.not_before, now + wait)
        self._refused_at, self._slowed = self._limit, now
        self._limit = max(_LEAST, self._limit * _FEWER)
        self._refused.clear()

    def late_after(self, at_the_end: bool = False) -> float | None:
        """Seconds after which a call is slower than its size can explain; None while that is not known.

        `at_the_end` says that nothing waits for the places that are free.
        None too where one call runs at a time: a second one would only wait for the first.
        """
        if self.most == 1 or len(self._took) < _ENOUGH:
            return None
        usual = statistics.quantiles(self._took, n=20, method="inclusive")[-1]
        return max(_SOONEST, (_LATE_AT_THE_END if at_the_end else _LATE) * usual)
