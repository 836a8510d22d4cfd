"""The matrix of a large collection is kept on disk, for exactly the state that it was read in."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from graph import cypher, rank
from graph.rank import Ranking
from graph.store import Store
from graph.types import Collection
from settings import Settings
from tests import graph_samples as samples

Opened = Callable[[], rank.RankGraph]


@pytest.fixture
def here() -> str:
    """A collection of its own."""
    return uuid.uuid4().hex


@pytest.fixture
def settings(store_target: Settings, here: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database with a document in this collection, of which any matrix is large enough to be kept."""
    monkeypatch.setattr(rank, "LARGE", 1)
    for old in store_target.cache.glob("rank-*"):
        old.unlink()
    with Store(store_target) as store:
        store.documents.put_collection(Collection(here, here))
        samples.put_random(store, here, "one.txt")
    return store_target


@pytest.fixture
def unread(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """How often the matrix was read from the database."""
    times: list[str] = []
    read = Ranking._read

    def counted(self: Ranking, names: list[str]) -> rank.RankGraph:
        times.append(names[0])
        return read(self, names)

    monkeypatch.setattr(Ranking, "_read", counted)
    yield times


@pytest.fixture
def opened(settings: Settings, here: str) -> Callable[[], rank.RankGraph]:
    """The matrix as a program finds it that begins only now."""

    def opened() -> rank.RankGraph:
        with Store(settings) as store:
            return store.ranking.graph([here])

    return opened


def files(settings: Settings) -> list[Path]:
    return sorted(settings.cache.glob("rank-*.npz"))


def same(a: rank.RankGraph, b: rank.RankGraph) -> bool:
    alike = a.ids == b.ids and a.index == b.index and a.entities == b.entities
    arrays = ((a.strength, b.strength), (a.chunk_counts, b.chunk_counts))
    return alike and (a.adjacency != b.adjacency).nnz == 0 and all(np.array_equal(*pair) for pair in arrays)


def test_the_next_program_reads_the_file_until_something_changes(
    settings: Settings, here: str, opened: Opened, unread: list[str]
) -> None:
    first = opened()
    (kept,) = files(settings)
    assert kept.stat().st_mode & 0o077 == 0
    assert same(opened(), first) and len(unread) == 1
    seeds = {first.ids[0]: 1.0}
    assert np.array_equal(opened().pagerank(seeds), first.pagerank(seeds))
    with Store(settings) as store:
        samples.put_random(store, here, "two.txt")
    grown = opened()
    assert len(grown.ids) > len(first.ids) and len(unread) == 2
    assert same(opened(), grown) and len(unread) == 2 and files(settings) == [kept]


def test_of_a_database_begun_anew_and_of_other_weights_nothing_is_taken(
    settings: Settings, opened: Opened, unread: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened()
    monkeypatch.setattr(rank, "Weights", lambda: "otherwise")
    opened()
    assert len(unread) == 2 and len(files(settings)) == 1
    with Store(settings) as store:
        known = store.embeddings._db.read(cypher.META)[0]["meta"]["database"]
        store.embeddings._db.run(cypher.SET_META, properties={"database": "another"})
        assert len(known) == 32
        try:
            opened()
            assert len(unread) == 3
        finally:
            store.embeddings._db.run(cypher.SET_META, properties={"database": known})


def test_a_damaged_file_is_passed_over_and_written_anew(
    settings: Settings, here: str, opened: Opened, unread: list[str]
) -> None:
    first = opened()
    (kept,) = files(settings)
    whole = kept.read_bytes()
    with np.load(kept) as held:
        parts = dict(held)
    for number, content in enumerate((b"", whole[: len(whole) // 2], b"PK\x03\x04" + bytes(500), b"no file at all")):
        kept.write_bytes(content)
        assert same(opened(), first) and len(unread) == number + 2
        assert kept.read_bytes() == whole
    # An edge to a node that is not there; half of the ids; objects that Python would have to make.
    wrong = parts["indices"].copy()
    wrong[0] = 10**6
    for changed in ({"indices": wrong}, {"ids": parts["ids"][:1]}, {"ids": np.array([{}], dtype=object)}):
        before = len(unread)
        np.savez(kept, **(parts | changed))
        assert same(opened(), first) and len(unread) == before + 1


def test_where_nothing_can_be_written_it_is_read_each_time(
    settings: Settings, here: str, opened: Opened, unread: list[str]
) -> None:
    for old in files(settings):
        old.unlink()
    if settings.cache.is_dir():
        settings.cache.rmdir()
    settings.cache.write_text("in the way")
    try:
        assert same(opened(), opened()) and len(unread) == 2
    finally:
        settings.cache.unlink()
