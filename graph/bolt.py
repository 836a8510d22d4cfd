"""The official driver, imported without pandas: it would take a second of every command, and we hand it no data frames.

In the app, where Streamlit brings pandas along in other threads, nothing is hidden from anybody.
"""

from __future__ import annotations

import sys

_HIDE = "pandas" not in sys.modules and "streamlit" not in sys.modules
if _HIDE:
    sys.modules["pandas"] = None  # type: ignore[assignment]

import neo4j  # noqa: E402
from neo4j import exceptions  # noqa: E402

if _HIDE:
    del sys.modules["pandas"]

__all__ = ["exceptions", "neo4j"]
