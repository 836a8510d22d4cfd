"""Addresses that people type: they may not lead into private networks unless the operator has said so.

Whoever reaches the pages could otherwise make this computer ask its neighbours. Addresses from the environment and
`.env` are the operator's own and are not asked about.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Final
from urllib.parse import urlsplit

from graph.errors import WrongUse
from settings import Settings, within

LOOK_UP_SECONDS: Final = 3.0
_EMBEDDED: Final = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses in IPv6 (NAT64)."""


class NotAnAddress(WrongUse):
    en = "That is not the address of a server. It looks like https://models.example.org/v1, with its key apart from it."
    de = "Das ist keine Adresse eines Servers. Sie sieht aus wie https://models.example.org/v1, der Schlüssel extra."


class NoSuchHost(WrongUse):
    en = "There is no computer of the name {host}. Check the spelling, or whether this computer is online."
    de = "Einen Rechner namens {host} gibt es nicht. Prüfen Sie die Schreibweise und ob dieser Rechner online ist."


class PrivateAddress(WrongUse):
    en = (
        "{host} is in a private network. Whoever runs this program can allow that: WUNDERKAMMER_ALLOW_PRIVATE=1, "
        "or set MODEL_SERVER_URL in the environment or in .env."
    )
    de = (
        "{host} liegt in einem privaten Netz. Wer das Programm betreibt, kann das erlauben: "
        "WUNDERKAMMER_ALLOW_PRIVATE=1, oder MODEL_SERVER_URL in der Umgebung oder in .env setzen."
    )


def check_address(url: str, settings: Settings) -> str:
    """The address as it is used, without a final slash. Raises NotAnAddress, NoSuchHost, PrivateAddress.

    Passwords in an address are refused, so that none is ever shown. Looking the name up takes at most three seconds.
    """
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotAnAddress() from None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or not url.isprintable() or " " in url:
        raise NotAnAddress()
    nothing: tuple[str, ...] = ()
    found = within(LOOK_UP_SECONDS, lambda: resolve(host, port or 443), nothing)
    if not found:
        raise NoSuchHost(host=host)
    if not settings.allow_private and not all(is_public(each) for each in found):
        raise PrivateAddress(host=host)
    return url


def resolve(host: str, port: int) -> tuple[str, ...]:
    """All addresses a name has now; none where there is no such name."""
    try:
        return tuple(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return ()


def is_public(address: str) -> bool:
    """Whether an address is one of the internet at large, also inside of another."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _EMBEDDED:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast
