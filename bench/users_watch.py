"""Memory and processor time of the processes that serve people, looked at every few seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psutil

_MB = 2**20


@dataclass(frozen=True, slots=True)
class Sample:
    """Megabytes of one process: its own pages (USS), with its share of what others use too (PSS), and all (RSS)."""

    at: float
    uss: float
    pss: float
    rss: float
    threads: int


@dataclass(slots=True)
class Watched:
    """A process as it was over a run, with the seconds of processor time it took."""

    samples: list[Sample] = field(default_factory=list)
    cpu: float = 0.0
    _last: tuple[int, float] = (0, 0.0)

    def look(self, pid: int, at: float) -> None:
        """Note how a process is now; one that has another id than before counts on."""
        try:
            process = psutil.Process(pid)
            memory, times = process.memory_full_info(), process.cpu_times()
            threads = process.num_threads()
        except psutil.Error:
            return
        spent = times.user + times.system
        if self._last[0] == pid:
            self.cpu += spent - self._last[1]
        elif self.samples:
            self.cpu += spent
        self._last = pid, spent
        self.samples.append(Sample(at, memory.uss / _MB, memory.pss / _MB, memory.rss / _MB, threads))


async def watch(
    processes: Mapping[str, Callable[[], int | None]], watched: Mapping[str, Watched], every: float
) -> None:
    """Look at processes, by name, until cancelled; each is asked for anew, since some come and go."""
    began = time.monotonic()
    while True:
        for name, pid in processes.items():
            if (now := pid()) is not None:
                # Reading all pages of a process takes a while in which nobody else should wait.
                await asyncio.to_thread(watched[name].look, now, time.monotonic() - began)
        await asyncio.sleep(every)
