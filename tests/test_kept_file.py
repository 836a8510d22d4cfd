"""The matrix and the claims of a large collection are kept on disk, for exactly the state that they were read in."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph import apart, cypher, kept, kept_file, long_read, rank
from graph.claim_graph import Claim, ClaimGraph, Stated
from graph.claimed import Claimed
from graph.claimed_file import from_arrays, to_arrays
from graph.kept_file import packed
from graph.rank import RankGraph, Ranking
from graph.store import Store
from graph.types import Collection
from settings import Settings
from tests import graph_samples as samples


@dataclass(frozen=True)
class Kind:
    """Something that is kept: its reader, how it is asked for, compared, and how a file of it is wrong."""

    name: str
    reader: type
    ask: Callable[[Store, str], Any]
    same: Callable[[Any, Any], bool]
    wrong: Callable[[dict[str, Any]], list[dict[str, Any]]]


def same_matrix(a: RankGraph, b: RankGraph) -> bool:
    alike = a.ids == b.ids and a.index == b.index and a.entities == b.entities
    arrays = ((a.strength, b.strength), (a.chunk_counts, b.chunk_counts))
    return alike and (a.adjacency != b.adjacency).nnz == 0 and all(np.array_equal(*pair) for pair in arrays)


def same_claims(a: ClaimGraph, b: ClaimGraph) -> bool:
    return list(a.claims.items()) == list(b.claims.items()) and list(a.together) == list(b.together)


def wrong_matrix(parts: dict[str, Any]) -> list[dict[str, Any]]:
    """An edge to no node; half of the ids; ids that are none; objects that Python would have to make."""
    astray = parts["indices"].copy()
    astray[0] = 10**6
    few, none = {"ids": packed(["a"])}, {"ids": np.frombuffer(b'{"a": 1}', np.uint8)}
    return [{"indices": astray}, few, none, {"ids": np.array([{}], dtype=object)}]


def wrong_claims(parts: dict[str, Any]) -> list[dict[str, Any]]:
    """An end that is not there; fewer ids than claims; sources of no claim; a part too few."""
    astray = parts["ends"].copy()
    astray[0, 0] = 10**6
    return [{"ends": astray}, {"ids": packed(["a"])}, {"stated": parts["stated"][::-1]}, {"dates": parts["dates"][1:]}]


KINDS = (
    Kind("rank", Ranking, lambda store, here: store.ranking.graph([here]), same_matrix, wrong_matrix),
    Kind("claims", Claimed, lambda store, here: store.claimed.graph([here]), same_claims, wrong_claims),
)
Opened = Callable[[], Any]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
def here() -> str:
    """A collection of its own."""
    return uuid.uuid4().hex


@pytest.fixture
def settings(store_target: Settings, here: str, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A database with a document in this collection, of which anything is large enough to be kept."""
    monkeypatch.setattr(long_read, "LARGE", 1)
    for old in store_target.cache.glob(f"{kind.name}-*"):
        old.unlink()
    with Store(store_target) as store:
        store.documents.put_collection(Collection(here, here))
        samples.put_random(store, here, "one.txt")
    return store_target


@pytest.fixture
def unread(settings: Settings, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """How often it was read from the database."""
    times: list[str] = []
    read = kind.reader._read  # type: ignore[attr-defined]

    def counted(self: Any, names: list[str]) -> Any:
        times.append(names[0])
        return read(self, names)

    monkeypatch.setattr(kind.reader, "_read", counted)
    yield times


@pytest.fixture
def opened(settings: Settings, here: str, kind: Kind) -> Opened:
    """What a program finds that begins only now."""

    def opened() -> Any:
        with Store(settings) as store:
            return kind.ask(store, here)

    return opened


def files(settings: Settings, kind: Kind) -> list[Path]:
    return sorted(settings.cache.glob(f"{kind.name}-*.npz"))


def test_the_next_program_reads_the_file_until_something_changes(
    settings: Settings, here: str, kind: Kind, opened: Opened, unread: list[str]
) -> None:
    first = opened()
    (kept,) = files(settings, kind)
    assert kept.stat().st_mode & 0o077 == 0
    assert kind.same(opened(), first) and len(unread) == 1
    with Store(settings) as store:
        samples.put_random(store, here, "two.txt")
    grown = opened()
    assert not kind.same(grown, first) and len(unread) == 2
    assert kind.same(opened(), grown) and len(unread) == 2 and files(settings, kind) == [kept]


def test_of_a_database_begun_anew_nothing_is_taken(settings: Settings, opened: Opened, unread: list[str]) -> None:
    opened()
    with Store(settings) as store:
        known = store.embeddings._db.read(cypher.META)[0]["meta"]["database"]
        assert len(known) == 32
        store.embeddings._db.run(cypher.SET_META, properties={"database": "another"})
        try:
            opened()
            assert len(unread) == 2
        finally:
            store.embeddings._db.run(cypher.SET_META, properties={"database": known})


@pytest.mark.parametrize("kind", KINDS[:1], indirect=True, ids=["rank"])
def test_a_matrix_of_other_weights_is_another(
    settings: Settings, kind: Kind, opened: Opened, unread: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opened()
    seeds = {first.ids[0]: 1.0}
    assert np.array_equal(opened().pagerank(seeds), first.pagerank(seeds))
    monkeypatch.setattr(rank, "_MATRIX", replace(rank._MATRIX, made_by="otherwise"))
    opened()
    assert len(unread) == 2 and len(files(settings, kind)) == 1


def test_a_damaged_file_is_passed_over_and_written_anew(
    settings: Settings, kind: Kind, opened: Opened, unread: list[str]
) -> None:
    first = opened()
    (kept,) = files(settings, kind)
    whole = kept.read_bytes()
    with np.load(kept) as held:
        parts = dict(held)
    for number, content in enumerate((b"", whole[: len(whole) // 2], b"PK\x03\x04" + bytes(500), b"no file at all")):
        kept.write_bytes(content)
        assert kind.same(opened(), first) and len(unread) == number + 2
        assert kept.read_bytes() == whole
    for changed in (*kind.wrong(parts), {"of": np.array("another state")}):
        before = len(unread)
        np.savez(kept, **(parts | changed))
        assert kind.same(opened(), first) and len(unread) == before + 1


def test_where_nothing_can_be_written_it_is_read_each_time(
    settings: Settings, kind: Kind, opened: Opened, unread: list[str]
) -> None:
    in_the_way = settings.cache.with_name("in the way")
    if settings.cache.exists():
        settings.cache.rename(in_the_way)
    settings.cache.write_text("in the way")
    try:
        assert kind.same(opened(), opened()) and len(unread) == 2
    finally:
        settings.cache.unlink()
        if in_the_way.exists():
            in_the_way.rename(settings.cache)


def test_files_of_few_collections_are_kept(tmp_path: Path) -> None:
    for number in range(7):
        kept_file.KeptFile(tmp_path / "cache" / f"rank-{number}.npz", "one").write({"a": np.arange(3)})
    kept_file.KeptFile(tmp_path / "cache" / "claims-0.npz", "one").write({})
    names = sorted(path.name for path in (tmp_path / "cache").iterdir())
    assert names == ["claims-0.npz", *(f"rank-{n}.npz" for n in range(3, 7))]


def test_claims_of_any_shape_come_back_as_they_were() -> None:
    stated = (Stated("c1", "d1", True, None, 15991231), Stated("c2", "d1", False, -440101, None))
    claims = [
        Claim("a\n\u2028", "山田", "x", ("Person", "Thing"), 0.25, stated),
        Claim("b", "x", "x", ("Thing", "Thing"), 0.0, ()),
        Claim("c", "x", "山田", ("Thing", "Person"), 1.0, stated[:1]),
    ]
    for graph in (ClaimGraph({c.id: c for c in claims}, [("x", "nobody else", 3)]), ClaimGraph({})):
        again = from_arrays(to_arrays(graph))
        assert same_claims(again, graph)
        assert all(isinstance(source.supported, bool) for claim in again.claims.values() for source in claim.sources)


@pytest.fixture
def many(settings: Settings, here: str, kind: Kind, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """What people find at a program that many of them use, of a database that counts as large."""
    monkeypatch.setattr(kept, "SMALL", 0)

    def opened() -> Any:
        with Store(settings, many=True) as store:
            return kind.ask(store, here)

    return opened


def test_where_many_ask_another_process_reads(kind: Kind, opened: Opened, many: Opened, unread: list[str]) -> None:
    found = many()
    assert not unread and kind.same(found, opened()) and len(unread) == 1


@pytest.mark.parametrize("ends", ["import os; os.kill(os.getpid(), 9)", "print('no arrays')", "raise SystemExit(1)"])
def test_where_the_other_process_breaks_it_is_read_here(
    kind: Kind, opened: Opened, many: Opened, unread: list[str], monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    monkeypatch.setattr(apart, "_COMMAND", (sys.executable, "-c", ends))
    found = many()
    assert len(unread) == 1 and kind.same(found, opened())
