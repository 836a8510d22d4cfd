"""Pictures and files that Streamlit gives out for pages, below `/media/`: only to those on whose own page they are.

Their addresses are made of their content, so whoever has the content, or somebody else's address of it, could ask.
Streamlit knows which session shows which file; we know whose session that is, and which cabinet is open there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import PurePosixPath
from typing import Final

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

ROOT: Final = "/media/"
_REMEMBERED: Final = 60.0
"""Seconds for which a file counts as shown after it was: a page that runs again shows nothing for a moment."""
_PATIENCE: Final = 1.5
"""Seconds that every refusal takes, in which the page may get to where it shows the file."""
_PAUSE: Final = 0.1
_MOST: Final = 20_000

_sessions: dict[str, tuple[str, str]] = {}
"""Whose a session is, and the cabinet that is open in it."""


def opened(email: str, collection: str) -> None:
    """Note that the page that runs now is this person's, in this cabinet."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return
    if len(_sessions) > _MOST:
        for each in list(_sessions):
            if not runtime.get_instance().is_active_session(each):
                _sessions.pop(each, None)
    _sessions[context.session_id] = email, collection


class Media:
    """Knows who may be given which file; for one event loop."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], dict[str, float]] = {}

    async def may(self, email: str, path: str, member: Callable[[str, str], Awaitable[bool]]) -> bool:
        """Whether a person is given the file at a path below `ROOT`; `member` knows who is in which cabinet."""
        file, deadline = PurePosixPath(path).stem, time.monotonic() + _PATIENCE
        while True:
            for collection in self._in(email, file):
                if await member(email, collection):
                    return True
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(_PAUSE)

    def _in(self, email: str, file: str) -> list[str]:
        """The cabinets in which a page of this person shows a file, or did a moment ago."""
        now = time.monotonic()
        for each, collection in _files_of(email):
            self._shown.setdefault((email, each), {})[collection] = now
        if len(self._shown) > _MOST:
            fresh = {key: at for key, at in self._shown.items() if max(at.values()) > now - _REMEMBERED}
            self._shown = fresh
        return [each for each, at in self._shown.get((email, file), {}).items() if at > now - _REMEMBERED]


def _files_of(email: str) -> set[tuple[str, str]]:
    """The files on this person's pages now, each with the cabinet of its page."""
    if not runtime.exists():
        return set()
    # Streamlit says nowhere else whose files they are; tests/browser/test_team.py tells when this changes.
    manager = runtime.get_instance().media_file_mgr
    mine = [(session, collection) for session, (who, collection) in list(_sessions.items()) if who == email]
    with manager._lock:
        held = manager._files_by_session_and_coord
        return {(file, collection) for session, collection in mine for file in held.get(session, {}).values()}
