"""What tests of sources share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.sources.base import Limits, ReadDocument

LIMITS = Limits()


def kinds(content: ReadDocument) -> list[tuple[str, str]]:
    """(kind, text) of each block."""
    return [(block.kind.value, content.text[block.start : block.end]) for block in content.blocks]


def check(content: ReadDocument) -> None:
    """What is promised of everything that is read."""
    position = 0
    for block in content.blocks:
        assert position <= block.start < block.end
        assert not content.text[position : block.start].strip()
        position = block.end
    assert not content.text[position:].strip()
    for line in content.lines:
        page = content.pages[line.page - 1]
        assert page.start <= line.start < line.end <= page.end
        assert line.region.x >= 0 and line.region.x + line.region.w <= page.width
        assert line.region.y >= 0 and line.region.y + line.region.h <= page.height


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without the rights of root, whom no permission stops."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if before == 0:
            os.seteuid(0)


def let_in(folder: Path) -> Path:
    """The folder, opened for users without rights: those that pytest makes are closed to others."""
    for step in (folder, *folder.parents):
        if step.stat().st_uid != os.geteuid() or step.stat().st_mode & 0o001:
            break
        step.chmod(step.stat().st_mode | 0o011)
    return folder
