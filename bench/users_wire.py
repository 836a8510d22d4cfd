"""The websocket between a browser and the app, in Streamlit's protocol: what a browser keeps is not sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import httpx
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.users_book import PATIENCE, Gone

XSRF = "_streamlit_xsrf"
_KEPT_RUNS = 2
"""Runs for which a browser keeps a message that was not sent again."""


class Wire:
    """An open connection; `hear` gets each message, `lost` is called when the other side closes."""

    def __init__(
        self, socket: websockets.ClientConnection, hear: Callable[[str, ForwardMsg], None], lost: Callable[[], None]
    ) -> None:
        self._socket, self._hear, self._lost = socket, hear, lost
        self._cache: dict[str, tuple[ForwardMsg, int]] = {}
        self._runs = 0
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls, url: str, cookies: httpx.Cookies, hear: Callable[[str, ForwardMsg], None], lost: Callable[[], None]
    ) -> Wire:
        """Connect as a browser does that has loaded the page. Raises Gone."""
        token = cookies.get(XSRF) or "PLACEHOLDER_AUTH_TOKEN"
        said = "; ".join(f"{name}={value}" for name, value in cookies.items())
        try:
            socket = await websockets.connect(
                url.replace("http", "ws", 1) + "/_stcore/stream", subprotocols=["streamlit", token], origin=url,  # type: ignore[list-item, arg-type]
                additional_headers={"Cookie": said}, compression=None, max_size=None, open_timeout=PATIENCE,
                ping_interval=None,
            )  # fmt: skip
        except (OSError, TimeoutError, websockets.exceptions.WebSocketException) as error:
            raise Gone(f"no connection: {error}") from error
        return cls(socket, hear, lost)

    @property
    def kept(self) -> Sequence[str]:
        """Hashes of the messages that need not be sent again."""
        return list(self._cache)

    async def give(self, message: BackMsg) -> None:
        """Send a message. Raises Gone."""
        try:
            await self._socket.send(message.SerializeToString())
        except websockets.exceptions.ConnectionClosed as error:
            raise Gone("connection closed") from error

    def ran(self) -> None:
        """The page has run once more: what was not sent for some runs is forgotten."""
        self._runs += 1
        self._cache = {key: kept for key, kept in self._cache.items() if self._runs - kept[1] < _KEPT_RUNS}

    async def close(self) -> None:
        """Close it from this side."""
        self._reader.cancel()
        await self._socket.close()

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                assert isinstance(data, bytes), "Streamlit sends no text"
                message = ForwardMsg.FromString(data)
                if message.WhichOneof("type") == "ref_hash":
                    message = self._whole(message)
                elif message.metadata.cacheable:
                    self._cache[message.hash] = message, self._runs
                self._hear(message.WhichOneof("type") or "", message)
        except websockets.exceptions.ConnectionClosed:
            pass
        self._lost()

    def _whole(self, message: ForwardMsg) -> ForwardMsg:
        """A message that the browser has, in its new place."""
        whole = ForwardMsg()
        whole.CopyFrom(self._cache[message.ref_hash][0])
        whole.metadata.CopyFrom(message.metadata)
        self._cache[message.ref_hash] = whole, self._runs
        return whole
