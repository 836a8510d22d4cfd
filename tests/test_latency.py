"""The cabinet that questions are timed in: written quickly in the form of an import, and asked every way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import latency
from bench.latency_cabinet import Cabinet, fill
from bench.latency_fill import Filler
from graph.connection import Connection
from graph.store import Store
from tests import graph_samples as samples
from tests.page_homes import page_home

SMALL = 120


def test_what_is_written_quickly_is_what_an_import_writes(tmp_path: Path) -> None:
    dumps = []
    for quickly in (True, False):
        with page_home(tmp_path) as settings, Store(settings) as store:
            database = Connection(settings)
            if quickly:
                Filler(database, Cabinet(SMALL)).fill()
            else:
                fill(store, Cabinet(SMALL))
            database.close()
            assert set(store.check().values()) == {0} and not store.documents.searched(["default"]).unembedded
            dumps.append(samples.dump(store, "default"))
    assert dumps[0]["nodes"] == dumps[1]["nodes"]
    assert dumps[0]["edges"] == dumps[1]["edges"]


@pytest.mark.slow
def test_each_way_is_timed_and_its_growth_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--sizes", "60", str(SMALL), "--questions", "20", "--keep", str(tmp_path), "--json"]
    assert latency.main(given) == 0
    told = json.loads(capsys.readouterr().out)
    small, large = told["measured"]
    assert large["stats"]["chunks"] == SMALL and large["stats"]["entities"] == SMALL // 2
    assert small["ways"].keys() == {"graph", "hybrid", "by words", "path", "narrowed"} == told["growth"].keys()
    graph = large["ways"]["graph"]
    assert graph["found"] > 4 and graph["p50"] <= graph["p95"] <= graph["most"]
    assert large["database_mb"] > 50 < large["python_mb"]
    assert (tmp_path / f"embedded-{SMALL}" / "filled.json").exists(), "kept, and used again"
