"""How much memory the system lets this process have: the limit of its control group, of a container or of a service.

Linux control groups of both versions (kernel documentation: admin-guide/cgroup-v2, admin-guide/cgroup-v1/memory). Every
group above a process limits it too, so the smallest limit on the way up counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

GROUPS = Path("/sys/fs/cgroup")
MEMBER = Path("/proc/self/cgroup")
_V2 = ("memory.max", "memory.current", "inactive_file ")
_V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file ")


@dataclass(frozen=True, slots=True)
class Confined:
    """Bytes: what the group may use at most, what it uses, and what of that is given back when it is asked for."""

    limit: int
    used: int
    cache: int

    @property
    def free(self) -> int:
        """What it may still take."""
        return max(0, self.limit - self.used + self.cache)


def confined() -> Confined | None:
    """The tightest limit on this process's memory; None where there is none, or on a system without control groups."""
    found = [_read(folder, names) for folder, names in _folders()]
    return min((each for each in found if each is not None), key=lambda each: each.limit, default=None)


def _folders() -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """The groups that this process is in, each with the names of its files."""
    # In a container the group's own path means nothing: the container sees its group as the root.
    yield GROUPS, _V2
    yield GROUPS / "memory", _V1
    try:
        lines = MEMBER.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        root, names = (GROUPS, _V2) if not controllers else (GROUPS / "memory", _V1)
        if not controllers or "memory" in controllers.split(","):
            inside = PurePosixPath(path.lstrip("/"))
            for group in (inside, *inside.parents):
                yield root / group, names


def _read(folder: Path, names: tuple[str, str, str]) -> Confined | None:
    limit, used, cache = names
    most = _number(folder / limit)
    # Version 1 writes a number beyond any memory where there is no limit.
    if most is None or most >= 1 << 60:
        return None
    return Confined(most, _number(folder / used) or 0, _line(folder / "memory.stat", cache))


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _line(path: Path, begin: str) -> int:
    try:
        return next((int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith(begin)), 0)
    except (OSError, ValueError):
        return 0
