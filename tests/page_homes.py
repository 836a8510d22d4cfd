"""Homes that pages are opened on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import streamlit as st
from filelock import FileLock

from graph import arcade
from graph.embedded import ensure_server, release_server, stop_server
from graph.store import Store
from ingest.sample import submit_sample
from ingest.worker import stop_worker, work
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
        if each in (settings.database, settings.run, settings.logs):
            continue
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
    WARM.taken.append(folder)
    try:
        yield settings
    finally:
        WARM.taken.clear()
        st.cache_resource.clear()
        stop_worker(settings)


def sample_home(factory: pytest.TempPathFactory, home: Path) -> None:
    """Make a home with the sample in it; the first of all processes of this run imports it, the others copy."""
    root = factory.getbasetemp()
    shared = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    kept, partial = shared / "sample-home", shared / "sample-home.part"
    with FileLock(shared / "sample-home.lock"):
        if not kept.exists():
            settings = Settings(home=partial)
            with Store(settings) as store:
                submit_sample(store, settings)
                work(settings, idle=0.1)
            stop_server(settings)
            release_server(settings)
            partial.rename(kept)
    for name in ("db", "files", "looks", "cache"):
        if (kept / name).exists():
            shutil.copytree(kept / name, home / name)


@contextmanager
def taken_back(settings: Settings) -> Iterator[Store]:
    """The graph behind pages; what is corrected meanwhile is undone at the end."""
    with Store(settings) as store:
        yield store
        while left := [c for c in store.corrections.history(["default"]) if not c.undone_at and not c.blocked]:
            store.corrections.undo(left[0].id, "test")
