"""The app as a process of its own on a home of its own, and a browser that reports what should not happen."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect, sync_playwright

from graph.embedded import release_server, stop_server
from graph.record import ends
from scripts import chromium
from settings import VARIABLES, Settings
from tests.authority_server import Authorities, authorities
from tests.page_homes import sample_home

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [*chromium.FLAGS, "--process-per-site"]
"""One process for all pages of an app in a window: each new one reads all of Streamlit's scripts."""
WAIT = 90_000
"""Milliseconds that a step may take: enough for a busy machine, where a first question loads what asks the models."""
expect.set_options(timeout=WAIT)


@dataclass(frozen=True, slots=True)
class App:
    """A running app."""

    url: str
    settings: Settings


@dataclass(slots=True)
class Watched:
    """A page with what it did that no page should: asked other machines, broke in its own scripts."""

    page: Page
    outside: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running_app(home: Path, variables: dict[str, str] | None = None) -> Iterator[App]:
    """Start the app on a fresh home, with these settings alone; afterwards nothing of it runs any more."""
    port = _free_port()
    hidden = dict.fromkeys(VARIABLES.values(), "")
    environment = os.environ | hidden | {"WUNDERKAMMER_HOME": str(home)} | (variables or {})
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless=true"]
    options = ["--server.address=127.0.0.1", f"--server.port={port}"]
    settings = Settings(home=home)
    with (home.parent / "app.out").open("wb") as out:
        process = subprocess.Popen([*command, *options], cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
        yield App(f"http://127.0.0.1:{port}", settings)
    finally:
        process.terminate()
        process.wait(20)
        _end_worker(home)
        stop_server(settings)
        release_server(settings)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


def _end_worker(home: Path) -> None:
    """The app's worker outlives it on purpose; the one of this home is ended by its id."""
    for process in psutil.process_iter():
        try:
            if "ingest.worker" in process.cmdline() and process.environ().get("WUNDERKAMMER_HOME") == str(home):
                process.terminate()
                assert ends(process, 10)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue


@pytest.fixture(scope="session")
def authority() -> Iterator[Authorities]:
    """A service that knows authority files, which the app is told of as one's own."""
    with authorities() as running:
        yield running


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, authority: Authorities) -> Iterator[App]:
    """One app with the sample for all journeys but that of the newcomer, who opens the sample."""
    near = {"WUNDERKAMMER_AUTHORITY": authority.url(), "WUNDERKAMMER_ALLOW_PRIVATE": "1"}
    home = tmp_path_factory.mktemp("browser") / "home"
    sample_home(tmp_path_factory, home)
    with running_app(home, near) as running:
        yield running


@pytest.fixture
def cold_app(tmp_path: Path) -> Iterator[App]:
    """An app that nobody has asked for anything yet."""
    with running_app(tmp_path / "home") as running:
        yield running


@pytest.fixture(scope="package")
def browser(browser_path: str) -> Iterator[Browser]:
    """A headless Chromium with an empty profile; ended after this folder, since it keeps an event loop running."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        yield started
        started.close()


@dataclass(slots=True)
class Windows:
    """Browsers of people who differ in their language and screen, each with the tabs of one test after the other."""

    browser: Browser
    opened: dict[tuple[str, int, bool], BrowserContext] = field(default_factory=dict)
    held: set[tuple[BrowserContext, str]] = field(default_factory=set)

    def tab(self, address: str, locale: str, width: int, touch: bool) -> Page:
        """A new tab in the window that is so."""
        size = ViewportSize(width=width, height=800)
        context = self.opened.get((locale, width, touch))
        if context is None:
            context = self.browser.new_context(locale=locale, viewport=size, has_touch=touch, is_mobile=touch)
            self.opened[locale, width, touch] = context
        host = "/".join(address.split("/")[:3])
        if (context, host) not in self.held:
            # This tab stays, and with it the process that has read the scripts.
            self.held.add((context, host))
            context.new_page().goto(f"{host}/healthz")
        return context.new_page()

    def forget(self) -> None:
        """What pages have kept in these windows is gone, as in new ones."""
        for context in self.opened.values():
            context.clear_cookies()
            for page in context.pages:
                page.evaluate("localStorage.clear()")


@pytest.fixture(scope="package")
def windows(browser: Browser) -> Windows:
    """Windows that all tests share."""
    return Windows(browser)


@pytest.fixture
def visit(windows: Windows) -> Iterator[Callable[..., Page]]:
    """Opens an address in a new tab (`locale`, `width`, `touch`); no page may have asked another machine."""
    watched: list[Watched] = []

    def open_page(address: str, locale: str = "en-GB", width: int = 1280, touch: bool = False) -> Page:
        page = windows.tab(address, locale, width, touch)
        page.set_default_timeout(WAIT)
        watching = Watched(page)
        page.on("request", lambda request: _note_outside(request.url, address, watching))
        page.on("pageerror", lambda error: watching.broken.append(str(error)))
        page.on("console", lambda message: note_policy(message, watching.broken))
        watched.append(watching)
        page.goto(address)
        return page

    yield open_page
    for each in watched:
        each.page.close()
    windows.forget()
    assert [address for each in watched for address in each.outside] == []
    assert [error for each in watched for error in each.broken] == []


def note_policy(message: ConsoleMessage, broken: list[str]) -> None:
    """Note what the page was kept from by its policy: our own pages never try it."""
    if "Content Security Policy" in message.text or "Permissions policy" in message.text:
        broken.append(message.text)


def _note_outside(requested: str, opened: str, watching: Watched) -> None:
    host = "/".join(opened.split("/")[:3])
    if not requested.startswith((host, "data:", "blob:")):
        watching.outside.append(requested)
