"""Start the app on the first free port from `PORT` (8501) on, and the embedded server beside it."""

from __future__ import annotations

import importlib
import os
import runpy
import socket
import sys
import threading
from pathlib import Path

import settings
from graph.embedded import ensure_server
from graph.errors import StoreError
from settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def free_port(wanted: int) -> int:
    """The wanted port of the loopback address, or the next one that is free."""
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            if os.name != "nt":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    sys.exit(f"✗ No port from {wanted} to {wanted + 99} is free. Choose another: make run PORT=9000")


def warm_up(configured: Settings) -> None:
    """Have the server running and the slowest modules imported by the time the browser asks for the first page."""
    try:
        if not configured.neo4j_uri:
            ensure_server(configured)
    except StoreError:
        # The page finds the same and says it.
        return
    importlib.import_module("graph.store")


def main() -> None:
    """Run Streamlit in this process; Ctrl-C stops it."""
    port = free_port(int(os.environ.get("PORT") or 8501))
    try:
        configured = settings.read()
    except ValueError as error:
        sys.exit(f"✗ {error}")
    threading.Thread(target=warm_up, args=[configured], daemon=True).start()
    print(f"✓ Wunderkammer opens in your browser: http://localhost:{port} (Ctrl-C stops it)", flush=True)
    os.chdir(ROOT)
    sys.argv = ["streamlit", "run", "streamlit_app.py", "--server.address=localhost", f"--server.port={port}"]
    runpy.run_module("streamlit", run_name="__main__")


if __name__ == "__main__":
    main()
