"""What a run of `bench.users` says: times of each action, errors, memory, processor time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.users_book import Took
from bench.users_watch import Watched

GOAL = 1.5
"""Seconds within which 95 of 100 page actions are done."""
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Action:
    """Seconds of one kind of action."""

    n: int
    p50: float
    p95: float
    most: float
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of a process after the warm-up and at the end, and how much it grew in ten minutes, all told by USS."""

    start: float
    end: float
    slope: float
    pss: float
    rss: float
    threads: int
    cpu: float
    """Of one core, on average."""


@dataclass(frozen=True, slots=True)
class Report:
    """All of it."""

    engine: str
    users: int
    minutes: float
    think: float
    documents: tuple[int, int]
    """In the cabinet at the beginning and at the end."""
    load: tuple[float, float, float]
    pages: Action
    actions: dict[str, Action]
    beside: dict[str, Action]
    """What browsers loaded, and the ticks of timers."""
    errors: dict[str, int]
    memory: dict[str, Memory]
    bench_cpu: float
    notes: list[str] = field(default_factory=list)

    @property
    def met(self) -> bool:
        """Whether the goal was met: quick, and without an error."""
        return self.pages.p95 <= GOAL and not self.errors


def action(done: Sequence[Took]) -> Action:
    """Figures of things that were done."""
    times = np.array([each.seconds for each in done] or [0.0])
    p50, p95 = (round(float(np.percentile(times, p)), 3) for p in (50, 95))
    return Action(len(done), p50, p95, round(float(times.max()), 3), sum(bool(each.error) for each in done))


def by_name(done: Sequence[Took]) -> dict[str, Action]:
    """Figures by what was done, in alphabetical order."""
    names = sorted({each.what for each in done})
    return {name: action([each for each in done if each.what == name]) for name in names}


def errors(done: Sequence[Took]) -> dict[str, int]:
    """What went wrong, and how often."""
    return dict(Counter(each.error for each in done if each.error).most_common())


def memory(watched: Watched, seconds: float, warm: float) -> Memory | None:
    """Of a process; None where it was never seen."""
    samples = [each for each in watched.samples if each.at >= warm] or watched.samples
    if not samples:
        return None
    slope = 0.0
    if len(samples) > 2:
        slope = float(np.polyfit([each.at for each in samples], [each.uss for each in samples], 1)[0]) * 600
    first, last = samples[0], samples[-1]
    return Memory(
        round(first.uss), round(last.uss), round(slope, 1), round(last.pss), round(max(s.rss for s in samples)),
        max(s.threads for s in samples), round(watched.cpu / seconds, 2),
    )  # fmt: skip


def lines(report: Report) -> Iterator[str]:
    """The report for people."""
    yield (
        f"{report.users} people, {report.minutes:g} minutes, {report.think:g} s to think, {report.engine}; documents "
        f"{report.documents[0]} → {report.documents[1]}; load average {' '.join(f'{n:.1f}' for n in report.load)}"
    )
    yield from _table("page action", {**report.actions, "all": report.pages})
    yield from _table("beside", report.beside)
    yield f"{'process':28} {'start':>7} {'end':>7} {'/10 min':>8} {'PSS':>7} {'RSS':>7} {'threads':>7} {'cores':>6}"
    for name, m in report.memory.items():
        grown = f"{m.start:7.0f} {m.end:7.0f} {m.slope:+8.1f}"
        yield f"{name:28} {grown} {m.pss:7.0f} {m.rss:7.0f} {m.threads:7} {m.cpu:6.2f}"
    yield f"the bench itself: {report.bench_cpu:.2f} cores"
    for error, n in list(report.errors.items())[:_EXAMPLES]:
        yield f"error, {n} times: {error}"
    yield from report.notes
    mark, wrong = "✓" if report.met else "✗", sum(report.errors.values())
    yield f"{mark} p95 {report.pages.p95:.2f} s (goal {GOAL}), {wrong} errors"


def _table(title: str, actions: Mapping[str, Action]) -> Iterator[str]:
    yield f"{title:28} {'n':>6} {'p50':>7} {'p95':>7} {'max':>7} {'errors':>6}"
    for name, each in actions.items():
        yield f"{name:28} {each.n:6} {each.p50:7.3f} {each.p95:7.3f} {each.most:7.3f} {each.errors:6}"
