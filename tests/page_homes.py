"""Homes that pages are opened on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from graph.embedded import stop_server
from settings import Settings


@contextmanager
def page_home(folder: Path) -> Iterator[Settings]:
    """The settings of a home; afterwards no page holds it open, and its database is stopped."""
    settings = Settings(home=folder / "home")
    yield settings
    st.cache_resource.clear()
    stop_server(settings)
