"""What `bench.gpu` reports with, the numbers of the card, and a card that is smaller than it is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from llm.memory import GB


@dataclass(slots=True)
class Report:
    """What was seen, printed as it comes."""

    failed: list[str] = field(default_factory=list)
    share: float = 1.0
    """How much of each question and answer is asked for: less in a rehearsal."""

    def say(self, what: str, **numbers: object) -> None:
        shown = " ".join(f"{name}={_short(value)}" for name, value in numbers.items())
        print(f"{what}: {shown}", flush=True)

    def check(self, what: str, fine: bool, detail: object = "") -> None:
        print(f"{'ok  ' if fine else 'FAIL'} {what} {detail}", flush=True)
        if not fine:
            self.failed.append(what)

    @contextmanager
    def part(self, what: str) -> Iterator[None]:
        """A part that may break without taking the rest with it: this is a bench, and a card is lent for minutes."""
        began = time.perf_counter()
        try:
            yield
        except Exception as problem:  # noqa: BLE001 - one part that breaks must not end the others
            self.check(what, False, f"{type(problem).__name__}: {str(problem)[:600]}")
        print(f"     {what}: {time.perf_counter() - began:.1f} s", flush=True)


def _short(value: object) -> object:
    return round(value, 2) if isinstance(value, float) else value


def used() -> float:
    """GB that are taken on the card, by all programs, as nvidia-smi tells; 0 without a card."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return 0.0
    query = [program, "--query-gpu=memory.used", "--format=csv,noheader,nounits"]
    told = subprocess.run(query, capture_output=True, text=True, check=True)
    return int(told.stdout.split()[0]) * 2**20 / GB


def peak() -> float:
    """GB that torch has held on the card at most since `forget_peak`."""
    torch: Any = sys.modules.get("torch")
    return torch.cuda.max_memory_reserved() / GB if torch and torch.cuda.is_available() else 0.0


def forget_peak() -> None:
    """Begin to look for the most memory anew; what torch keeps is given back."""
    torch: Any = sys.modules.get("torch")
    if torch and torch.cuda.is_available():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


@contextmanager
def only_free(gigabytes: float) -> Iterator[None]:
    """The card as a smaller one: all but so much of what is free is taken."""
    import torch

    if not torch.cuda.is_available():
        yield
        return
    torch.cuda.empty_cache()
    size = torch.cuda.mem_get_info()[0] - int(gigabytes * GB)
    taken = torch.empty(max(0, size), dtype=torch.uint8, device="cuda")
    try:
        yield
    finally:
        del taken
        torch.cuda.empty_cache()
