"""How long each page takes to run again with many entities in the database; part of `bench.explore`."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from streamlit.testing.v1 import AppTest

from bench.store import fill
from graph.store import Store
from graph.types import DEFAULT_COLLECTION
from settings import Settings

ENTRY = Path(__file__).resolve().parents[1] / "streamlit_app.py"
GOAL = 0.3
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Rerun:
    """Seconds of the first run of a page in a new session, and the median of its next ones."""

    page: str
    first: float
    again: float
    goal: float = GOAL


def measure(home: Path, entities: int) -> Iterator[Rerun]:
    """Fill a home, then open each page and run it again."""
    settings = Settings(home=home)
    with Store(settings) as store:
        fill(store, entities, 0)
        busiest = store.explore.most_connected([DEFAULT_COLLECTION], 1)[0].id
    with mock.patch.dict(os.environ, {"WUNDERKAMMER_HOME": str(home), "NEO4J_URI": ""}):
        for page in "ask compare add library explore findings history describe models cabinets".split():
            yield timed(page, page)
        yield timed("explore, an entity", "explore", entity=busiest)
        yield timed("explore, the whole", "explore", view="groups")


def timed(name: str, page: str, view: str = "", **parameters: str) -> Rerun:
    """A page in a session of its own, run for the first time and again."""
    app = AppTest.from_file(str(ENTRY), default_timeout=600)
    app.run()
    if page != "ask":
        app.switch_page(f"pages/{page}.py")
    for key, value in parameters.items():
        app.query_params[key] = value
    if view:
        app.session_state["explore.view"] = view
    first = _seconds(app)
    again = statistics.median(_seconds(app) for _ in range(ROUNDS))
    if app.exception or app.error:
        raise RuntimeError(f"{name}: {[*app.exception, *app.error]}")
    return Rerun(name, round(first, 3), round(again, 3))


def _seconds(app: AppTest) -> float:
    begin = time.perf_counter()
    app.run()
    return time.perf_counter() - begin
