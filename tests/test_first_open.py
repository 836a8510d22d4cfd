"""An empty database that several open for the first time at once: the app, its worker, a command."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from graph.embedded import stop_server
from graph.schema import MIGRATIONS
from graph.store import Store
from settings import Settings


def test_several_open_an_empty_database_at_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")

    def opened(_: int) -> tuple[int, str]:
        with Store(settings) as store:
            return store.meta.version, store.meta.id

    try:
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(opened, range(6)))
    finally:
        stop_server(settings)
    assert {version for version, _ in found} == {len(MIGRATIONS)}
    assert len({id_ for _, id_ in found}) == 1 and found[0][1]
