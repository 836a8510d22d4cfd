"""The Chromium that is installed here, for the browser tests and for `bench.start`."""

from __future__ import annotations

import shutil

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
