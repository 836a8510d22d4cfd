"""Our code for the computers of a cluster: so all of them run what the worker runs, whatever lies on their disks.

Only code and prompts go there, out of the folder of the program: no `.env`, no documents, no keys.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PARTS: Final = ("graph", "llm", "ingest")
_KINDS: Final = (".py", ".md", ".json", ".txt", ".csv")


def put_into(folder: Path) -> Path:
    """Copy what a node needs into an empty folder; the folder."""
    for file in ROOT.glob("settings*.py"):
        shutil.copy(file, folder)
    for part in PARTS:
        for file in (ROOT / part).rglob("*"):
            if file.suffix in _KINDS and file.is_file():
                target = folder / file.relative_to(ROOT)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, target)
    return folder
