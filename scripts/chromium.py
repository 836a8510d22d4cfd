"""The Chromium that is installed here, for the browser tests and for `bench.start`."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""No request of its own, and it starts as root in a container too."""


def find() -> str | None:
    """The path of the browser, None when there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def until(page: Page, expression: str, argument: Any = None, wait: float = 90_000) -> None:
    """Wait until an expression, or a function of `argument`, is true on a page; raises TimeoutError.

    Playwright's own `wait_for_function` lets the page itself evaluate a string, which our policy forbids it.
    """
    deadline = time.monotonic() + wait / 1000
    while not page.evaluate(expression, argument):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{page.url}: not in {wait / 1000:.0f} s: {expression[:300]}")
        page.wait_for_timeout(50)
