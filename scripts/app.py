"""Start the app on the first free port from `PORT` (8501) on, and the embedded server beside it."""

from __future__ import annotations

import importlib
import os
import runpy
import socket
import sys
import threading
import time
import urllib.request
import webbrowser
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


def has_screen() -> bool:
    """Whether a browser can be opened here and is wanted."""
    if os.environ.get("STREAMLIT_SERVER_HEADLESS", "").lower() in {"1", "true"}:
        return False
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_browser(url: str, patience: float = 60.0) -> bool:
    """Open the browser once the app answers; Streamlit does so for a script only, not for an app with its own routes.

    False where there is no screen, or the app does not answer in so many seconds.
    """
    until = time.monotonic() + patience
    while has_screen() and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return webbrowser.open(url)
        except OSError:
            time.sleep(0.1)
    return False


def main() -> None:
    """Run Streamlit in this process; Ctrl-C stops it."""
    port = free_port(int(os.environ.get("PORT") or 8501))
    try:
        configured = settings.read()
    except ValueError as error:
        sys.exit(f"✗ {error}")
    if configured.oidc_url or configured.oidc_client or configured.oidc_secret or configured.owners:
        # Only then: it takes a second that who works alone need not wait.
        from pages.parts.sign_in import HalfSetUp, for_streamlit

        try:
            for_streamlit(configured)
        except HalfSetUp as problem:
            sys.exit(f"✗ {problem}")
    threading.Thread(target=warm_up, args=[configured], daemon=True).start()
    threading.Thread(target=open_browser, args=[f"http://localhost:{port}"], daemon=True).start()
    print(f"✓ Wunderkammer opens in your browser: http://localhost:{port} (Ctrl-C stops it)", flush=True)
    os.chdir(ROOT)
    sys.argv = ["streamlit", "run", "streamlit_app.py", "--server.address=localhost", f"--server.port={port}"]
    runpy.run_module("streamlit", run_name="__main__")


if __name__ == "__main__":
    main()
