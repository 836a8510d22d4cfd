"""Word lists, one file each: words apart by white space, `_` for a space, `#` begins a comment, `[name]` a section."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def sections(name: str) -> dict[str, frozenset[str]]:
    """The sections of a list; words before the first section are in the section ""."""
    found: dict[str, set[str]] = {"": set()}
    section = ""
    for line in (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            section = line.strip("[]")
            found.setdefault(section, set())
        else:
            found[section].update(word.replace("_", " ") for word in line.split())
    return {key: frozenset(value) for key, value in found.items()}


@cache
def words(name: str) -> frozenset[str]:
    """All words of a list."""
    return frozenset[str]().union(*sections(name).values())
