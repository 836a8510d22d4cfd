"""What programs leave in folders for themselves: previews, settings, locks of open files. It is nobody's document."""

from __future__ import annotations

from typing import Final

_NAMES: Final = frozenset(
    {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information"}
)
_OFFICE_LOCK: Final = "~$"


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name is hidden, or some program's own."""
    return name.startswith((".", _OFFICE_LOCK)) or name.casefold() in _NAMES
