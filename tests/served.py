"""Our routes as a server of their own on loopback, as the app has them."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute


@contextmanager
def served(routes: Sequence[BaseRoute], middleware: Sequence[Middleware] = ()) -> Iterator[str]:
    """The address of a running server with these routes, which listens as Streamlit's does."""
    app = Starlette(routes=routes, middleware=middleware)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    # Of a socket that is made so, asyncio does not know that it is one of TCP.
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)
