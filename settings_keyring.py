"""The keyring of the operating system, which may be absent, locked or slow; and waiting no longer than that."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def has_keyring() -> bool:
    """Whether this computer has a keyring that keeps keys safely; there is none in a container."""
    if sys.platform.startswith("linux") and not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        # All keyrings there are reached over the bus; importing them to learn that takes a tenth of a second.
        return False
    try:
        import keyring
    except ImportError:
        return False
    # Files in plain text and the backend that only fails say less than 1 of themselves.
    return bool(keyring.get_keyring().priority >= 1)


def ask_keyring(do: str, *what: str) -> str | None:
    """What a method of the keyring answers; None where there is none, it is locked, or its owner said no."""
    if not has_keyring():
        return None
    import keyring
    import keyring.errors

    try:
        answer: str | None = getattr(keyring, do)(*what)
        return answer
    except (keyring.errors.KeyringError, OSError, RuntimeError):
        return None


def within(seconds: float, ask: Callable[[], T], otherwise: T) -> T:
    """What `ask` answers, or `otherwise` where it takes longer; it is then left behind. What it raises is raised."""
    answers: list[T] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(ask())
        except BaseException as problem:  # noqa: BLE001 - raised again where it was asked for
            problems.append(problem)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if problems:
        raise problems[0]
    return answers[0] if answers else otherwise
