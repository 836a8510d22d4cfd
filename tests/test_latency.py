"""The cabinet that questions are timed in: written quickly in the form of an import, and asked every way."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench import latency, latency_bulk
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
def test_what_neo4j_takes_in_at_once_is_what_is_written_bit_by_bit(tmp_path: Path) -> None:
    dumps = []
    for at_once in (True, False):
        home = tmp_path / str(at_once)
        home.mkdir()
        if at_once:
            latency_bulk.fill(home, Cabinet(SMALL), {})
        with latency.opened("neo4j", home, {}) as (settings, _), Store(settings) as store:
            if not at_once:
                database = Connection(settings)
                Filler(database, Cabinet(SMALL)).fill()
                database.close()
            assert set(store.check().values()) == {0} and not store.documents.searched(["default"]).unembedded
            found = samples.dump(store, "default")
            found["indexes"] = store.query("SHOW INDEXES YIELD name, state RETURN name, state ORDER BY name")
            dumps.append(found)
    # Its vectors have five digits, and they come before what tells two claims apart.
    for dump in dumps:
        dump["nodes"] = sorted(re.sub(r"\('embedding', \[[^]]*\]\)", "", each) for each in dump["nodes"])
    assert dumps[0] == dumps[1]


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
