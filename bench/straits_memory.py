"""App, worker and database together in so little memory: whether they do their work, and how much they take.

A control group of Linux limits them; no swap. The browser that opens a page is outside it, as it is on another machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import settings as configuration
from bench.faults import make_texts
from bench.outages import Asking
from graph.confined import GROUPS
from graph.embedded import stop_server
from graph.errors import WunderkammerError
from graph.store import Store
from ingest.submit import Options, submit
from ingest.worker import ensure_worker, stop_worker

LONGEST = 900.0
ROOT = Path(__file__).resolve().parents[1]


@dataclass(slots=True)
class Small:
    """What was done in this memory (megabytes), what it took at most, and what was killed for want of it."""

    megabytes: int
    peak: int = 0
    killed: int = 0
    page_seconds: float | None = None
    """Until the first page could be used; None where it did not come."""
    finished: bool = False
    questions: dict[str, int] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    refused: str = ""
    """The error with a reason that ended it, if one did."""
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """All done, or refused with a reason before anything was lost."""
        return not self.unclear and bool(self.finished or self.refused)


@dataclass(frozen=True, slots=True)
class Group:
    """A control group of memory, of either version."""

    folder: Path
    first: bool

    def join(self) -> None:
        """Put this process into it, and what it starts."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def numbers(self) -> tuple[int, int]:
        """Megabytes used at most, and how many processes were killed."""
        peak = "memory.max_usage_in_bytes" if self.first else "memory.peak"
        events = "memory.oom_control" if self.first else "memory.events"
        lines = dict(line.split() for line in (self.folder / events).read_text().splitlines())
        return int((self.folder / peak).read_text()) // 10**6, int(lines.get("oom_kill", 0))


@contextmanager
def limited(megabytes: int) -> Iterator[Group]:
    """A control group with so much memory and no swap; needs root."""
    first = (GROUPS / "memory").is_dir()
    folder = (GROUPS / "memory" if first else GROUPS) / f"wunderkammer-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / ("memory.limit_in_bytes" if first else "memory.max")).write_text(str(megabytes * 10**6))
        swap = folder / ("memory.memsw.limit_in_bytes" if first else "memory.swap.max")
        if swap.is_file():
            swap.write_text(str(megabytes * 10**6) if first else "0")
        yield Group(folder, first)
    finally:
        for _ in range(50):
            for pid in (folder / "cgroup.procs").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
            try:
                folder.rmdir()
                break
            except OSError:
                time.sleep(0.1)


def small(megabytes: int, documents: int, seed: int) -> Small:
    """Open a page, import texts and ask meanwhile, all in this memory."""
    report = Small(megabytes)
    with tempfile.TemporaryDirectory(prefix="wunderkammer-small-") as folder, limited(megabytes) as group:
        home, texts = Path(folder) / "home", Path(folder) / "texts"
        make_texts(texts, documents, seed)
        environment = dict(os.environ) | {"WUNDERKAMMER_HOME": str(home), "NEO4J_URI": "", "PORT": "8599"}
        environment["STREAMLIT_SERVER_HEADLESS"] = "true"
        log = (Path(folder) / "app.out").open("wb")
        app = subprocess.Popen(
            [sys.executable, "-m", "scripts.app"], cwd=ROOT, env=environment, preexec_fn=group.join, stdout=log
        )
        try:
            report.page_seconds = _page("http://localhost:8599")
            inside = [sys.executable, "-m", "bench.straits_memory", str(texts)]
            done = subprocess.run(
                inside, cwd=ROOT, env=environment, preexec_fn=group.join, stdout=subprocess.PIPE, check=False
            )
            found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}
            for name, value in found.items():
                setattr(report, name, value)
            if not found:
                report.unclear.append(f"the importing program ended with {done.returncode}")
            if app.poll() is not None:
                report.unclear.append(f"the app ended with {app.returncode}")
        finally:
            report.peak, report.killed = group.numbers()
            app.send_signal(signal.SIGINT)
            app.wait(30)
    return report


def _page(address: str) -> float | None:
    from playwright.sync_api import Error, sync_playwright

    from bench.start import open_page
    from scripts import chromium

    began = time.monotonic()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        try:
            open_page(browser, address)
        except Error:
            return None
        finally:
            browser.close()
    return round(time.monotonic() - began, 1)


def inside(texts: Path) -> dict[str, Any]:
    """Import and ask, in the memory that this process was given."""
    settings, began = configuration.read(), time.monotonic()
    try:
        with Store(settings) as store:
            submit(store, settings, [texts], Options())
            asking = Asking(settings)
            asking.start()
            while store.queue.left() and time.monotonic() - began < LONGEST:
                ensure_worker(settings)
                time.sleep(0.2)
            asking.over.set()
            asking.join(60)
            found = {"finished": not store.queue.left(), "questions": dict(asking.came), "unclear": asking.unclear[:5]}
    except WunderkammerError as error:
        found = {"refused": f"{type(error).__name__}: {error}"}
    finally:
        stop_worker(settings)
        stop_server(settings)
    return found | {"seconds": round(time.monotonic() - began, 1)}


if __name__ == "__main__":
    print(json.dumps(inside(Path(sys.argv[1]))))
