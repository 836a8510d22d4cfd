"""How long people wait for a start: the embedded server, and the app's first page in a browser. `--json` for machines.

cold: a home that does not exist yet; again: one whose server was stopped; shared: another process has it running.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from graph.embedded import ensure_server, server_status, stop_server
from scripts import chromium
from settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
USABLE = '[data-testid="stApp"][data-test-script-state="notRunning"] [data-testid="stMain"] button:enabled'
SERVER = (
    ("server, cold", 3.0),
    ("server, again", 3.0),
    ("server, shared (a whole process)", 0.5),
    ("server, memory when idle (MB)", 300.0),
    ("server, stop", 1.0),
)
PAGE = (
    ("first page, cold", 8.0),
    ("first page, again", 5.0),
    ("first page, in a second browser", 3.0),
)
"""What is measured, with the number it should stay below."""
CLIENT = (
    "import sys; from pathlib import Path; from settings import Settings; from graph.embedded import ensure_server;"
    "ensure_server(Settings(home=Path(sys.argv[1])))"
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds (megabytes for memory) of one thing, each round and their median."""

    name: str
    goal: float
    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def measure_server(rounds: int) -> list[Measured]:
    """The embedded server: started in an empty home, started again, found by a new process, stopped."""
    return [
        Measured(name, goal, values)
        for (name, goal), values in zip(
            SERVER, zip(*(_server_round() for _ in range(rounds)), strict=True), strict=True
        )
    ]


def _server_round() -> tuple[float, ...]:
    with temporary_home() as home:
        settings = Settings(home=home)
        cold = timed(lambda: ensure_server(settings))
        stop_server(settings)
        again = timed(lambda: ensure_server(settings))
        shared = timed(lambda: subprocess.run([sys.executable, "-c", CLIENT, home], cwd=ROOT, check=True))
        memory = server_status(settings).memory / 1e6
        return cold, again, shared, memory, timed(lambda: stop_server(settings))


def measure_page(rounds: int, path: str) -> list[Measured]:
    """The first page in a running browser, from the command to the moment when its buttons work.

    Then the same page for a second reader, whose browser has nothing of it either.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        rows = [_page_round(browser) for _ in range(rounds)]
        browser.close()
    return [Measured(name, goal, values) for (name, goal), values in zip(PAGE, zip(*rows, strict=True), strict=True)]


def _page_round(browser: Browser) -> tuple[float, ...]:
    with temporary_home() as home:
        with app(home) as address:
            cold = timed(lambda: open_page(browser, address))
            second = timed(lambda: open_page(browser, address))
        stop_server(Settings(home=home))
        with app(home) as address:
            again = timed(lambda: open_page(browser, address))
        return cold, again, second


def open_page(browser: Browser, address: str) -> None:
    """Open a page with an empty cache, as soon as the app takes connections, and wait until it can be used."""
    port = urlsplit(address).port
    deadline = time.monotonic() + 60
    with browser.new_context() as context:
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port or 0)) == 0:
                    break
            time.sleep(0.02)
        view = context.new_page()
        view.goto(address)
        view.wait_for_selector(USABLE, timeout=60_000)


@contextmanager
def app(home: Path) -> Iterator[str]:
    """The app as `make run` starts it, for a home; yields its address at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {**os.environ, "WUNDERKAMMER_HOME": str(home), "PORT": port, "STREAMLIT_SERVER_HEADLESS": "true"}
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.app"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A home of its own, removed with its server afterwards."""
    home = Path(tempfile.mkdtemp(prefix="wunderkammer-bench-"))
    try:
        yield home
    finally:
        stop_server(Settings(home=home))
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.start", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = measure_server(options.rounds)
    path = chromium.find()
    if path and importlib.util.find_spec("playwright"):
        results += measure_page(options.rounds, path)
    else:
        print("The page is not measured: playwright or Chromium is missing.", file=sys.stderr)
    if options.json:
        print(json.dumps([{**asdict(result), "median": result.median} for result in results], indent=1))
        return
    for result in results:
        print(f"{result.name:42} {result.median:7.2f}   goal {result.goal:5.1f}   {len(result.rounds)} rounds")


if __name__ == "__main__":
    main()
