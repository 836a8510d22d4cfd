"""Homes that pages are opened on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from graph import arcade
from graph.embedded import ensure_server, stop_server
from ingest.worker import stop_worker
from settings import Settings


@dataclass(slots=True)
class Warm:
    """A home whose server runs on while one file of tests after the other finds it empty."""

    settings: Settings | None = None
    taken: list[Path] = field(default_factory=list)


WARM = Warm()


@contextmanager
def page_home(folder: Path) -> Iterator[Settings]:
    """The settings of an empty home; afterwards no page holds it open, and no worker works for it.

    All of one process have the same server, each with a new database: one that begins has to warm up anew. Who asks
    for a second home beside the first gets one of its own in `folder`.
    """
    if WARM.taken or WARM.settings is None:
        settings = Settings(home=folder / "home")
        yield settings
        st.cache_resource.clear()
        stop_worker(settings)
        stop_server(settings)
        return
    settings = WARM.settings
    server = ensure_server(settings)
    arcade.command(server, f"drop database {server.database}")
    arcade.command(server, f"create database {server.database}")
    for each in settings.home.iterdir():
        if each.is_dir() and each not in (settings.database, settings.run, settings.logs):
            shutil.rmtree(each)
    WARM.taken.append(folder)
    try:
        yield settings
    finally:
        WARM.taken.clear()
        st.cache_resource.clear()
        stop_worker(settings)
