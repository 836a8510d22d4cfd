"""Memory that is free here, against what a model takes: known before it is loaded, refused with numbers."""

from __future__ import annotations

import gc
import importlib.util
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import psutil

from graph.confined import confined
from llm.errors import NotEnoughMemory
from llm.spec import Local

GB: Final = 10**9
_KEPT_FREE: Final = GB // 2
"""Of main memory: what everything else needs to go on."""
_ASK_AGAIN: Final = 5.0
_LEAST_GPU: Final = 2 * GB
"""A graphics card with less in all is not used."""
_OUT_OF_MEMORY: Final = ("can't allocate memory", "not enough memory", "out of memory", "alloc_failed")


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of main memory and of the graphics card: what a model takes, or what could be given back."""

    ram: int = 0
    gpu: int = 0

    def __add__(self, other: Room) -> Room:
        return Room(self.ram + other.ram, self.gpu + other.gpu)


NO_ROOM: Final = Room()


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

    @property
    def taken(self) -> Room:
        """The bytes it takes, where it takes them."""
        return Room(gpu=self.needed) if self.device == "cuda" else Room(ram=self.needed)

    def numbers(self, memory: Memory) -> dict[str, float]:
        """What it needs, and what is free and there in all where it goes, in gigabytes, for an error that says so."""
        on_card = self.device == "cuda"
        free, total = (memory.gpu_free, memory.gpu_total) if on_card else (memory.ram_free, memory.ram_total)
        return {"needed": gigabytes(self.needed), "free": gigabytes(free), "total": gigabytes(total)}

    @property
    def rank(self) -> int:
        """0 for the best kind of place, more for one that answers slower or less exactly."""
        return 2 if self.device == "cpu" else int(self.bits == 4)


def here(reclaimable: Room = NO_ROOM) -> Memory:
    """The memory of this machine, or of the container it is; `reclaimable` of it could be given back by us."""
    machine = psutil.virtual_memory()
    free, total = machine.available, machine.total
    limit = confined()
    if limit is not None and limit.limit < total:
        free, total = min(free, limit.free), limit.limit
    name, gpu_free, gpu_total = _gpu()
    gpu_free = min(gpu_total, gpu_free + reclaimable.gpu)
    return Memory(max(0, free - _KEPT_FREE) + reclaimable.ram, total, gpu_free, gpu_total, name)


def here_for_torch(reclaimable: Room = NO_ROOM) -> Memory:
    """The same, without a card that the torch which is installed cannot use."""
    memory = here(reclaimable)
    return memory if memory.gpu is None or _torch_uses_cards() else replace(memory, gpu_free=0, gpu_total=0, gpu=None)


def place_for_torch(spec: Local, reclaimable: Room = NO_ROOM, four_bit: bool = False) -> Placement:
    """The best place for a model of torch that is about to be loaded; raises NotEnoughMemory.

    Torch is woken on the card where the model goes there, so that what it takes for itself is counted as taken.
    """
    found = placement(spec, here_for_torch(reclaimable), four_bit)
    if found.device == "cpu":
        return found
    import torch

    torch.cuda.mem_get_info(0)
    return placement(spec, here_for_torch(reclaimable), four_bit)


def four_bit() -> bool:
    """Whether models can be put on the card with 4 bits a weight."""
    return importlib.util.find_spec("bitsandbytes") is not None


def look_again() -> None:
    """Ask the card anew what is free: a model was put there or taken away."""
    global _asked
    _asked = (float("-inf"), _asked[1])


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


def give_back() -> None:
    """Let the card have what torch keeps there for its next tensors; only what nothing points to any more goes."""
    import torch

    gc.collect()
    cuda: Any = torch.cuda
    if cuda.is_initialized():
        cuda.empty_cache()


def is_out_of_memory(problem: BaseException) -> bool:
    """Whether torch, or Python itself, says that there is no memory left, on the card or off it."""
    if isinstance(problem, MemoryError) or type(problem).__name__ == "OutOfMemoryError":
        return True
    return isinstance(problem, RuntimeError) and any(words in str(problem).lower() for words in _OUT_OF_MEMORY)


def gigabytes(size: int) -> float:
    """Bytes as gigabytes (10^9) with one decimal, for people."""
    return round(size / GB, 1)


_asked: tuple[float, tuple[str | None, int, int]] = (float("-inf"), (None, 0, 0))


def _gpu() -> tuple[str | None, int, int]:
    """Name, free and total bytes of the first NVIDIA card: of torch where it uses the card, else of nvidia-smi.

    Torch is not asked before that: the question alone would take half a gigabyte there.
    """
    global _asked
    if found := _gpu_by_torch():
        return found if found[2] >= _LEAST_GPU else (None, 0, 0)
    if time.monotonic() - _asked[0] < _ASK_AGAIN:
        return _asked[1]
    found = _gpu_by_program()
    if found[2] < _LEAST_GPU:
        found = (None, 0, 0)
    _asked = (time.monotonic(), found)
    return found


def _gpu_by_torch() -> tuple[str | None, int, int] | None:
    if "torch" not in sys.modules:
        return None
    import torch

    cuda: Any = torch.cuda
    if not cuda.is_initialized():
        return None
    free, total = cuda.mem_get_info(0)
    # What torch keeps for its next tensors is free for them.
    kept = cuda.memory_reserved(0) - cuda.memory_allocated(0)
    return cuda.get_device_name(0), free + kept, total


def _torch_uses_cards() -> bool:
    if "torch" in sys.modules:
        import torch

        return torch.cuda.is_available()
    return _torch_built_for_cards()


@cache
def _torch_built_for_cards() -> bool:
    """What torch's own file of its version says, read without importing torch: that takes seconds."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return False
    try:
        text = Path(found.origin).with_name("version.py").read_text(encoding="utf-8")
    except OSError:
        return True
    return re.search(r"^(cuda|hip)\b[^=\n]*=\s*['\"]", text, re.MULTILINE) is not None


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
