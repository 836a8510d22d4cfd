"""Keys that people type: kept in the keyring of the operating system where there is one, else until the program ends.

`settings.read()` finds them by itself; nothing here ever shows one.
"""

from __future__ import annotations

import os
import re
from typing import Final, Literal

import settings as configuration
from graph.errors import WrongUse
from llm.addresses import check_address

Place = Literal["environment", "file", "keyring", "session"]
_ADDRESS: Final = "MODEL_SERVER_URL"
_KEY: Final = re.compile(r"[!-~]{6,512}")
"""Visible ASCII: what may stand in the header of a request."""


class NotAKey(WrongUse):
    en = "That does not look like a key for {variable}: one line of 6 to 512 letters, digits and signs, without spaces."
    de = "Das sieht nicht wie ein Schlüssel für {variable} aus: eine Zeile, 6 bis 512 Zeichen ohne Leerzeichen."


class NotKept(WrongUse):
    en = "{variable} cannot be set here. Set it in the environment or in .env."
    de = "{variable} lässt sich hier nicht setzen. Setzen Sie es in der Umgebung oder in .env."


def keep(variable: str, value: str) -> Literal["keyring", "session"]:
    """Keep what was typed, and say where; it is used from now on. Raises NotAKey, or what an address may not be.

    Where the environment or `.env` names another, what was typed holds until the program ends.
    """
    value = value.strip()
    _check(variable, value)
    if kept(variable) not in ("environment", "file") and configuration.to_keyring(variable, value):
        configuration.typed.pop(variable, None)
        return "keyring"
    configuration.typed[variable] = value
    return "session"


def forget(variable: str) -> None:
    """Forget what was typed, in the keyring too; what the environment or `.env` says is not touched."""
    configuration.typed.pop(variable, None)
    if configuration.from_keyring(variable) is not None:
        configuration.to_keyring(variable, None)


def kept(variable: str) -> Place | None:
    """Where the value in use comes from; None where there is none."""
    if variable in configuration.typed:
        return "session"
    if variable in os.environ:
        # One that is empty hides all others.
        return "environment" if os.environ[variable] else None
    if variable in configuration.file_values():
        return "file"
    return "keyring" if configuration.from_keyring(variable) else None


def _check(variable: str, value: str) -> None:
    if variable not in configuration.KEPT:
        raise NotKept(variable=variable)
    if variable == _ADDRESS:
        for address in configuration.addresses(value) or (value,):
            check_address(address, configuration.read())
    elif not _KEY.fullmatch(value):
        raise NotAKey(variable=variable)
