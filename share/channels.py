"""The channels of this computer: names for addresses that are secrets, kept in the keyring or in a file of mode 0600.

`TEAMS_WEBHOOK_URL` is a channel too. An address is read when something is sent, and shown nowhere: not in a list, a
log, an error or the database.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

import settings as configuration
from graph.record import private, write_private
from llm.addresses import LOOK_UP_SECONDS, is_public, resolve
from settings import Settings, within
from share.errors import (
    ChannelsUnreadable,
    ChannelUnclear,
    NoChannel,
    NoSuchChannel,
    NotAChannelName,
    NotAWebhook,
    WebhookPrivate,
    WebhookUnknownHost,
)
from share.targets import TARGETS

FROM_ENVIRONMENT: Final = "Teams"
"""The name of the channel that `TEAMS_WEBHOOK_URL` sets."""
_LONGEST_NAME, _LONGEST_ADDRESS = 60, 2_000


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel; `trusted` where the operator named its address, which may then be a private one."""

    name: str
    target: str
    address: str = field(repr=False)
    place: str = "file"
    """Where the address is kept: environment, keyring or file."""

    @property
    def trusted(self) -> bool:
        return self.place == "environment"

    @property
    def masked(self) -> str:
        """What may be shown of the address: the end of its host."""
        host = urlsplit(self.address).hostname or ""
        parts = host.split(".")
        named = len(parts) > 3 and not parts[-1].isdecimal()
        return f"…{'.'.join(parts[-3:])}/…" if named else f"{host}/…"


class _Entry(BaseModel):
    name: str
    target: str
    address: str | None = None
    key: str | None = None
    """What the keyring calls the address, where it has it: another name for each address that is ever kept."""


class _File(BaseModel):
    channels: list[_Entry] = []


def channels(settings: Settings) -> dict[str, Channel]:
    """All channels by name, the one of the environment first. Raises ChannelsUnreadable."""
    found: dict[str, Channel] = {}
    if settings.teams_webhook_url:
        found[FROM_ENVIRONMENT] = Channel(FROM_ENVIRONMENT, "teams", settings.teams_webhook_url, "environment")
    for each in _read(settings).channels:
        place, address = "file", each.address
        if address is None and each.key:
            place, address = "keyring", configuration.from_keyring(each.key)
        if address and each.target in TARGETS:
            found.setdefault(each.name, Channel(each.name, each.target, address, place))
    return found


def channel(settings: Settings, name: str | None = None) -> Channel:
    """The channel of this name; without one the only channel, or that of the environment.

    Raises NoChannel, NoSuchChannel, ChannelUnclear.
    """
    known = channels(settings)
    if not known:
        raise NoChannel()
    if name is None:
        if len(known) > 1 and FROM_ENVIRONMENT not in known:
            raise ChannelUnclear(known=_names(known))
        return next(iter(known.values()))
    found = known.get(name) or next((each for each in known.values() if _key(each.name) == _key(name)), None)
    if found is None:
        raise NoSuchChannel(name=name[:80], known=_names(known))
    return found


def add(settings: Settings, name: str, target: str, address: str) -> Channel:
    """Set up a channel and keep its address; raises NotAChannelName, and what an address may not be.

    The address goes into the keyring of the system where there is one, else into a file that only its owner can read.
    """
    name, address = " ".join(name.split()), address.strip()
    taken = {_key(each) for each in channels(settings)} | {_key(FROM_ENVIRONMENT)}
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable() or _key(name) in taken:
        raise NotAChannelName()
    check(address, settings)
    key = f"channel {secrets.token_hex(8)}"
    in_keyring = configuration.to_keyring(key, address)
    kept = {"key": key} if in_keyring else {"address": address}
    entry = _Entry(name=name, target=TARGETS[target].id, **kept)
    _write(settings, [*_read(settings).channels, entry])
    return Channel(name, target, address, "keyring" if in_keyring else "file")


def remove(settings: Settings, name: str) -> None:
    """Forget a channel and its address; that of the environment stays. Raises NoSuchChannel."""
    kept = _read(settings).channels
    left = [each for each in kept if each.name != name]
    if len(left) == len(kept):
        raise NoSuchChannel(name=name[:80], known=_names(channels(settings)))
    for each in kept:
        if each.name == name and each.key:
            configuration.to_keyring(each.key, None)
    _write(settings, left)


def check(address: str, settings: Settings) -> None:
    """Raise NotAWebhook, WebhookUnknownHost or WebhookPrivate for an address that nothing may be sent to."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotAWebhook() from None
    schemes = {"https", "http"} if settings.allow_private else {"https"}
    sound = address.isascii() and address.isprintable() and " " not in address and len(address) <= _LONGEST_ADDRESS
    if not sound or parts.scheme not in schemes or not host or "@" in parts.netloc:
        raise NotAWebhook()
    nothing: tuple[str, ...] = ()
    found = within(LOOK_UP_SECONDS, lambda: resolve(host, port or 443), nothing)
    if not found:
        raise WebhookUnknownHost()
    if not settings.allow_private and not all(is_public(each) for each in found):
        raise WebhookPrivate(variable=configuration.VARIABLES["allow_private"])


def path(settings: Settings) -> Path:
    """The file with the names of the channels, and with addresses where there is no keyring; in a folder of its own."""
    return settings.home / "secrets" / "channels.json"


def _read(settings: Settings) -> _File:
    file = path(settings)
    try:
        return _File.model_validate_json(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return _File()
    except ValidationError:
        # Its message would quote the file.
        raise ChannelsUnreadable(path=str(file), detail="its content is damaged") from None
    except (OSError, ValueError) as problem:
        detail = getattr(problem, "strerror", None) or "it is no text"
        raise ChannelsUnreadable(path=str(file), detail=detail) from None


def _write(settings: Settings, entries: list[_Entry]) -> None:
    file = path(settings)
    try:
        private(file.parent)
        write_private(file, json.dumps({"channels": [each.model_dump() for each in entries]}))
    except OSError as problem:
        raise ChannelsUnreadable(path=str(file), detail=problem.strerror or "not written") from None


def _key(name: str) -> str:
    return name.casefold()


def _names(known: dict[str, Channel]) -> str:
    return ", ".join(f"“{name}”" for name in known) or "none"
