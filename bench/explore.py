"""How long people wait for graphs: time to usable in a browser, beside others; and for pages over a large database.

`python -m bench.explore [--json] [--rounds 3] [--entities 100000] [--only drawing|pages]`. Usable: the graph is painted
and the page answers within two frames. Our canvas, streamlit-agraph and, where it is installed, pyvis draw the same
graphs in the same run. A way that took more than half a minute is not tried with larger ones.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.start import temporary_home
from scripts import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
SIZES = (50, 500, 1_000, 3_000, 20_000)
GOALS = {("canvas", 1_000): 2.0, ("canvas", 3_000): 3.0}
WAYS = {"canvas": "streamlit", "agraph": "streamlit_agraph", "pyvis": "pyvis"}
LARGEST = {"agraph": 3_000, "pyvis": 3_000}
PATIENCE = 120.0
SLOW = 30.0
"""Seconds after which a way is not tried with larger graphs."""
_SCRIPT = """import streamlit as st
from starlette.middleware import Middleware

from bench.explore_app import main
from pages.parts.assets import Assets

if __name__ == "__main__":
    main()
else:
    app = st.App(__file__, middleware=[Middleware(Assets)])
"""
"""Served as `streamlit_app.py` is."""
_PAINTED = """async () => {
  const canvases = [];
  const collect = (root) => {
    canvases.push(...root.querySelectorAll("canvas"));
    for (const each of root.querySelectorAll("*")) if (each.shadowRoot) collect(each.shadowRoot);
  };
  collect(document);
  const small = new OffscreenCanvas(48, 48).getContext("2d", { willReadFrequently: true });
  const painted = canvases.some((canvas) => {
    if (canvas.width < 50 || canvas.height < 50) return false;
    small.clearRect(0, 0, 48, 48);
    small.drawImage(canvas, 0, 0, 48, 48);
    return small.getImageData(0, 0, 48, 48).data.some((value, n) => n % 4 === 3 && value > 0);
  });
  if (!painted) return false;
  const begin = performance.now();
  for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
  return performance.now() - begin < 200;
}"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Seconds from opening the page until its graph can be used, each round; none where it never could."""

    by: str
    size: int
    rounds: tuple[float, ...]
    goal: float | None = None

    @property
    def median(self) -> float | None:
        return statistics.median(self.rounds) if self.rounds else None


def measure(browser: Browser, address: str, rounds: int) -> Iterator[Drawn]:
    """Every way with every size that is worth trying."""
    for by, package in WAYS.items():
        if importlib.util.find_spec(package) is None:
            print(f"{by} is not measured: it is not installed.", file=sys.stderr)
            continue
        for size in SIZES:
            if size > LARGEST.get(by, size):
                continue
            taken = [_usable(browser, f"{address}/?by={by}&n={size}") for _ in range(rounds)]
            rounds_ = tuple(round(each, 2) for each in taken if each is not None)
            yield Drawn(by, size, rounds_, GOALS.get((by, size)))
            if len(rounds_) < rounds or max(rounds_) > SLOW:
                break


def _usable(browser: Browser, address: str) -> float | None:
    """Seconds until the graph can be used; None where that took longer than `PATIENCE`."""
    from playwright.sync_api import Error

    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        begin = time.perf_counter()
        page.goto(address)
        while time.perf_counter() - begin < PATIENCE:
            try:
                if _painted(page):
                    return time.perf_counter() - begin
            except Error:
                # A frame that is being replaced answers nobody.
                continue
            finally:
                time.sleep(0.02)
        return None


def _painted(page: Page) -> bool:
    return any(frame.evaluate(_PAINTED) for frame in page.frames)


@contextmanager
def bench_app(folder: Path) -> Iterator[str]:
    """The page of `bench.explore_app`, beside our static files; yields its address when it answers."""
    for name in ("static", ".streamlit"):
        (folder / name).symlink_to(ROOT / name)
    script = folder / "app.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    options = {"PYTHONPATH": path, "STREAMLIT_SERVER_ENABLE_STATIC_SERVING": "true"}
    options |= {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false", "STREAMLIT_SERVER_HEADLESS": "true"}
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    process = subprocess.Popen(
        [*command, "--server.address=127.0.0.1"],
        cwd=folder,
        env=os.environ | options,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def drawings(rounds: int) -> list[Drawn]:
    """All drawings measured in one browser."""
    path = chromium.find()
    if path is None or importlib.util.find_spec("playwright") is None:
        print("Drawings are not measured: playwright or Chromium is missing.", file=sys.stderr)
        return []
    from playwright.sync_api import sync_playwright

    with temporary_home() as folder, bench_app(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        # The first page of all loads Streamlit itself.
        _usable(browser, f"{address}/?by=canvas&n=50")
        found = []
        for drawn in measure(browser, address, rounds):
            found.append(drawn)
            print(_line(drawn), file=sys.stderr)
        browser.close()
    return found


def _line(drawn: Drawn) -> str:
    median = "none" if drawn.median is None else f"{drawn.median:.2f}"
    goal = f"   goal {drawn.goal}" if drawn.goal else ""
    return f"{drawn.by:8} {drawn.size:6} entities   usable after {median:>6} s{goal}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry of the command."""
    parser = argparse.ArgumentParser(prog="python -m bench.explore", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--only", choices=("drawing", "pages"))
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    found = [] if given.only == "pages" else drawings(given.rounds)
    pages = []
    if given.only != "drawing":
        from bench import explore_pages

        with temporary_home() as home:
            for rerun in explore_pages.measure(home, given.entities):
                pages.append(rerun)
                print(
                    f"{rerun.page:20} first {rerun.first:7.3f} s   again {rerun.again:6.3f} s   goal {rerun.goal}",
                    file=sys.stderr,
                )
    if given.json:
        drawn = [asdict(each) | {"median": each.median} for each in found]
        print(json.dumps({"drawings": drawn, "pages": [asdict(each) for each in pages]}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
