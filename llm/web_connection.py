"""Connections that go only where they may: the name is looked up once, and what was checked is what is connected to."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from graph.errors import WunderkammerError
from llm.addresses import LOOK_UP_SECONDS, NoSuchHost, PrivateAddress, is_public, resolve
from settings import within

Resolver = Callable[[str, int], tuple[str, ...]]
"""All addresses that a name has, as numbers; none where it has none."""


def look_up(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name, asked of the system; none also where that takes too long."""
    nothing: tuple[str, ...] = ()
    return within(LOOK_UP_SECONDS, lambda: resolve(host, port), nothing)


class CheckedNetwork(httpcore.NetworkBackend):
    """Connects to public addresses only, unless private ones are allowed, and to nothing after the deadline.

    A name of which any address is private is refused: the others would only decide when. What is raised then are
    `unknown` and `private`, each with the name of the host.
    """

    unknown: type[WunderkammerError] = NoSuchHost
    private: type[WunderkammerError] = PrivateAddress

    def __init__(self, resolver: Resolver, allow_private: bool, deadline: float) -> None:
        self._resolver, self._allow_private, self._deadline = resolver, allow_private, deadline
        self._network = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first checked address that answers."""
        addresses = self._resolver(host, port)
        if not addresses:
            raise self.unknown(host=host)
        if not self._allow_private and not all(is_public(address) for address in addresses):
            raise self.private(host=host)
        problem: Exception | None = None
        for address in addresses:
            try:
                stream = self._network.connect_tcp(
                    address, port, _left(self._deadline, timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as found:
                problem = problem or found
            else:
                return _Stream(stream, self._deadline)
        assert problem is not None
        raise problem


class _Stream(httpcore.NetworkStream):
    """A connection that ends at the deadline, also where single bytes come in time for ever."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Stream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    """Seconds that may still pass; raises httpcore's ReadTimeout where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("deadline")
    return left if timeout is None else min(left, timeout)
