"""Memory that is free here, against what a model takes: known before it is loaded, refused with numbers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import psutil

from llm.errors import NotEnoughMemory
from llm.spec import Local

GB: Final = 10**9
_KEPT_FREE: Final = GB // 2
"""Of main memory: what everything else needs to go on."""
_ASK_AGAIN: Final = 5.0
_CGROUP: Final = Path("/sys/fs/cgroup")
_LEAST_GPU: Final = 2 * GB
"""A graphics card with less in all is not used."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of main memory and, where there is one, of the graphics card."""

    ram_free: int
    ram_total: int
    gpu_free: int = 0
    gpu_total: int = 0
    gpu: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a model goes, with how many bits a weight, and how many bytes it takes of how many that are free."""

    device: Literal["cpu", "cuda"]
    bits: Literal[16, 4]
    needed: int
    free: int


def here(reclaimable: int = 0) -> Memory:
    """The memory of this machine, or of the container it is; `reclaimable` bytes of it could be given back by us."""
    machine = psutil.virtual_memory()
    free, total = machine.available, machine.total
    limit, used = _cgroup("memory.max"), _cgroup("memory.current")
    if limit is not None and limit < total:
        # What a container has read from files counts as used, but is given back when it is asked for.
        free, total = min(free, limit - (used or 0) + (_cgroup_cache() or 0)), limit
    name, gpu_free, gpu_total = _gpu()
    return Memory(max(0, free - _KEPT_FREE) + reclaimable, total, gpu_free, gpu_total, name)


def placement(spec: Local, memory: Memory, four_bit: bool = False) -> Placement:
    """The best place that has room: the card with 16 bits, with 4 where `four_bit` can be done, main memory.

    Raises NotEnoughMemory with the numbers where none has.
    """
    weights = spec.weights
    assert weights is not None, f"{spec.id} does not run here"
    if weights.gpu and weights.gpu <= memory.gpu_free:
        return Placement("cuda", 16, weights.gpu, memory.gpu_free)
    if four_bit and weights.gpu_4bit and weights.gpu_4bit <= memory.gpu_free:
        return Placement("cuda", 4, weights.gpu_4bit, memory.gpu_free)
    if weights.ram <= memory.ram_free:
        return Placement("cpu", 16, weights.ram, memory.ram_free)
    raise NotEnoughMemory(
        model=spec.title,
        needed=gigabytes(weights.ram),
        free=gigabytes(memory.ram_free),
        total=gigabytes(memory.ram_total),
    )


def gigabytes(size: int) -> float:
    """Bytes as gigabytes (10^9) with one decimal, for people."""
    return round(size / GB, 1)


def _cgroup(name: str) -> int | None:
    """A number of the container's own limits (cgroup v2); None where there is none."""
    try:
        return int((_CGROUP / name).read_text())
    except (OSError, ValueError):
        return None


def _cgroup_cache() -> int | None:
    try:
        lines = (_CGROUP / "memory.stat").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, ValueError, StopIteration):
        return None


_asked: tuple[float, tuple[str | None, int, int]] = (float("-inf"), (None, 0, 0))


def _gpu() -> tuple[str | None, int, int]:
    """Name, free and total bytes of the first NVIDIA card; asked of torch where it is loaded, else of nvidia-smi."""
    global _asked
    if time.monotonic() - _asked[0] < _ASK_AGAIN:
        return _asked[1]
    found = _gpu_by_torch() if "torch" in sys.modules else _gpu_by_program()
    if found[2] < _LEAST_GPU:
        found = (None, 0, 0)
    _asked = (time.monotonic(), found)
    return found


def _gpu_by_torch() -> tuple[str | None, int, int]:
    import torch

    if not torch.cuda.is_available():
        return None, 0, 0
    free, total = torch.cuda.mem_get_info(0)
    return torch.cuda.get_device_name(0), free, total


def _gpu_by_program() -> tuple[str | None, int, int]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return None, 0, 0
    query = "--query-gpu=name,memory.free,memory.total"
    try:
        told = subprocess.run(
            [program, query, "--format=csv,noheader,nounits"], capture_output=True, text=True, timeout=5, check=True
        ).stdout
        name, free, total = (part.strip() for part in told.splitlines()[0].rsplit(",", 2))
        return name, int(free) << 20, int(total) << 20
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        # A driver that does not answer is as good as no card.
        return None, 0, 0
