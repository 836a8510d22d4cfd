"""Manifests as they are out there, collections as large as they get, and both damaged in every way."""

from __future__ import annotations

import copy
import json
import math
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import SourceError, WunderkammerError
from graph.types import Document
from ingest import iiif_errors
from ingest.chunk import chunk
from ingest.iiif_collection import Entry, TooManyManifests, addresses, listed_file, listing
from ingest.iiif_errors import CollectionEmpty, CollectionGiven
from ingest.iiif_json import load, node, parse
from ingest.sources import read
from tests.make_iiif import P2, P3, Made, canvas2, canvas3, image3, manifest2, manifest3, notes3, said, write
from tests.reading import LIMITS, check

REAL = Path(os.environ.get("IIIF_FILES", Path(__file__).parents[2] / "shared" / "data" / "iiif-dev"))
"""Manifests of institutions, which are not ours to copy into the project."""
NAMES = sorted(path.name for path in REAL.glob("*.json")) if REAL.is_dir() else []
COLLECTIONS = {
    "chemistdruggist.json": 258,
    "deephierarchymiddle.json": 2,
    "empty-collection.json": 0,
    "members-collection.json": 2,
    "members.json": 4,
    "potterselectric.json": 8,
    "pres3-collection2.json": 3,
    "pres3-collection3.json": 3,
}
real = pytest.mark.skipif(not NAMES, reason="no folder of real manifests here: name one as IIIF_FILES")


def read_or_refused(path: Path) -> bool:
    """Whether a file is a document, all promises kept; False where it says why it is none."""
    try:
        content = read(path, path.name, LIMITS)
    except SourceError as problem:
        assert problem.text("en") and problem.text("de") and "{" not in problem.text("de")
        return False
    check(content)
    chunks = chunk(content, Document("d", "t", "u", content.media_type, sha256="ab" * 32))
    assert len({each.id for each in chunks}) == len(chunks)
    for each in chunks:
        assert each.text == content.text[each.start : each.end]
        each.text.encode()
    return True


@real
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_real_files_are_a_document_or_a_collection(name: str) -> None:
    if name not in COLLECTIONS:
        assert read_or_refused(REAL / name)
        return
    with pytest.raises(CollectionGiven if COLLECTIONS[name] else CollectionEmpty):
        read(REAL / name, name, LIMITS)
    assert listing(node(load(REAL / name, name, LIMITS))).total == COLLECTIONS[name]


MEASURED = """
import sys, time
from pathlib import Path
from graph.types import Document
from ingest.chunk import chunk
from ingest.sources import read
from ingest.sources.base import Limits
start = time.monotonic()
path = Path(sys.argv[1])
content = read(path, path.name, Limits())
chunks = chunk(content, Document("d", "t", "u", content.media_type, sha256="ab" * 32))
# Not ru_maxrss: a child begins with what its parent had.
status = Path("/proc/self/status").read_text()
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(len(content.pages), len(chunks), time.monotonic() - start, peak)
"""


@real
def test_the_largest_manifest_in_bounded_time_and_memory() -> None:
    command = [sys.executable, "-c", MEASURED, str(REAL / "riksarkivetscblarge.json")]
    root = Path(__file__).parents[1]
    out = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=120).stdout.split()
    pages, chunks, seconds, megabytes = int(out[0]), int(out[1]), float(out[2]), float(out[3])
    assert (pages, chunks) == (8970, 17940)
    assert seconds < 20 and megabytes < 500


@real
def test_the_largest_file_is_listed_as_one_entry() -> None:
    begin = time.monotonic()
    page = listed_file(REAL / "riksarkivetscblarge.json", "r.json", LIMITS)
    assert time.monotonic() - begin < 3
    (entry,) = page.entries
    assert (entry.type, entry.count, entry.id) == ("Manifest", 8970, "http://localhost:58982/arkis!B0002305/manifest")


@real
def test_the_largest_collection_is_listed_at_once() -> None:
    begin = time.monotonic()
    collection = node(load(REAL / "chemistdruggist.json", "c.json", LIMITS))
    page = listing(collection)
    inside = listing(collection, page.entries[0].path)
    assert time.monotonic() - begin < 3
    assert len(page.entries) == 100 and page.total == 258
    assert page.entries[0] == Entry(
        "Volume 1, 1859", "https://wellcomelibrary.org/iiif/collection/b19974760-volume1", "Collection",
        page.entries[0].count, (0,), True,
    )  # fmt: skip
    assert page.entries[0].count == inside.total == len(inside.entries)
    assert {entry.type for entry in inside.entries} == {"Manifest"}


def manifests(first: int, last: int) -> list[Made]:
    return [
        {"id": f"https://e.org/{n}", "type": "Manifest", "label": {"de": [f"Band {n}"]}} for n in range(first, last)
    ]


def test_a_collection_page_by_page() -> None:
    made: Made = {
        "@context": P3,
        "type": "Collection",
        "label": {"de": ["Alle"], "en": ["All"]},
        "items": manifests(0, 250),
    }
    page = listing(made, start=200)
    assert (page.label, page.total, page.start, len(page.entries)) == ("Alle", 250, 200, 50)
    assert page.entries[0] == Entry("Band 200", "https://e.org/200", "Manifest", None, (200,))
    assert (
        listing(made, start=900).entries
        == listing(made, path=(7, 3)).entries
        == listing(made, path=(-1,)).entries
        == ()
    )


@pytest.mark.parametrize(
    ("made", "next_page", "count"),
    [
        ({"type": "Collection", "first": "https://e.org/p1"}, "https://e.org/p1", 0),
        ({"type": "Collection", "first": {"id": "https://e.org/p1", "type": "CollectionPage"}}, "https://e.org/p1", 0),
        (
            {"type": "Collection", "first": {"items": manifests(0, 2), "next": "https://e.org/p2"}},
            "https://e.org/p2",
            2,
        ),
        (
            {"type": "CollectionPage", "items": manifests(0, 2), "next": {"id": "https://e.org/p3"}},
            "https://e.org/p3",
            2,
        ),
        ({"@context": P2, "@type": "sc:Collection", "manifests": ["https://e.org/a"], "next": 3}, None, 1),
    ],
)
def test_where_a_collection_goes_on(made: Made, next_page: str | None, count: int) -> None:
    page = listing(made)
    assert (page.next_page, page.total) == (next_page, count)


def test_chosen_manifests_by_address_with_a_limit() -> None:
    entries = listing({"type": "Collection", "items": [*manifests(0, 3), *manifests(2, 4), {"label": "x"}]}).entries
    assert addresses(entries, 4) == tuple(f"https://e.org/{n}" for n in range(4))
    with pytest.raises(TooManyManifests):
        addresses(entries, 3)


RICH = [
    manifest3(
        canvas3(1, summary={"en": ["x"]}, annotations=notes3(1, said("Wort", "1,2,3,4"), said("<b>x", "5,6,7,8"))),
        canvas3(
            2, body={"type": "Choice", "items": [image3(service={"id": "https://i.e/1", "type": "ImageService3"})]}
        ),
        structures=[{"id": "r", "type": "Range", "label": "R", "items": [{"id": "https://example.org/canvas/1"}]}],
        metadata=[{"label": {"de": ["a"]}, "value": {"de": ["b"], "en": ["c"]}}],
    ),
    manifest2(
        canvas2(1, otherContent=[{"resources": [{"resource": {"chars": "x"}, "on": "c#xywh=1,2,3,4"}]}]),
        structures=[{"@id": "r", "label": "R", "ranges": ["r"], "canvases": ["https://example.org/canvas/1"]}],
        service=[{"@id": "s", "profile": "http://iiif.io/api/auth/1/login"}],
    ),
    {"type": "Collection", "label": "x", "items": manifests(0, 3), "first": {"id": "https://e.org/p"}},
]
POISON: list[object] = [
    None, 0, -1, 1e308, math.inf, math.nan, 10**30, True, "", "x", "\ud800", "\x00", "xywh=1,2,3,4", "http://[::1",
    "https://example.org/canvas/1", "r", [], {}, [[]], [None], {"@value": None}, {"de": 1}, {"id": {}}, {"type": []},
    "<" * 50, "<svg><path d='M1e9,9'/>", {"items": [{"items": []}]},
]  # fmt: skip


def places(made: object) -> list[tuple[Any, Any]]:
    """(container, key) of every value in a piece of JSON."""
    found: list[tuple[Any, Any]] = []
    waiting = [made]
    while waiting:
        each = waiting.pop()
        keys = list(each) if isinstance(each, dict) else range(len(each)) if isinstance(each, list) else ()
        for key in keys:
            found.append((each, key))
            waiting.append(each[key])  # type: ignore[index]
    return found


def damaged(made: object, dice: random.Random) -> object:
    """The same with a few values changed for others, missing, or for other parts of it."""
    made = copy.deepcopy(made)
    for _ in range(dice.randint(1, 6)):
        every = places(made)
        if not every:
            break
        holder, key = dice.choice(every)
        other, where = dice.choice(every)
        if dice.random() < 0.15 and isinstance(holder, dict):
            del holder[key]
        else:
            # Copied, or a list put into itself would have no end.
            holder[key] = copy.deepcopy(dice.choice([dice.choice(POISON), other[where]]))
    return made


@settings(max_examples=100, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(which=st.sampled_from(RICH), seed=st.integers(0, 2**32))
def test_damaged_manifests_are_read_or_refused(tmp_path: Path, which: object, seed: int) -> None:
    try_damaged(tmp_path, which, seed)


@real
@settings(max_examples=60, deadline=5000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([name for name in NAMES if (REAL / name).stat().st_size < 70_000] or [""]),
    seed=st.integers(0, 2**32),
)
def test_damaged_real_manifests_are_read_or_refused(tmp_path: Path, name: str, seed: int) -> None:
    try_damaged(tmp_path, parse((REAL / name).read_bytes(), name), seed)


def try_damaged(folder: Path, made: object, seed: int) -> None:
    path = folder / "f.json"
    path.write_text(json.dumps(damaged(made, random.Random(seed))))
    read_or_refused(path)
    listing(node(parse(path.read_bytes(), "f.json")))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "@type", "id", "items", "label", "sequences", "canvases", "body"]), inner
        )
    ),
    max_leaves=25,
)


@settings(max_examples=100, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(inner=json_values, kind=st.sampled_from(["Manifest", "sc:Manifest", "Collection", None]))
def test_any_json_is_read_or_refused(tmp_path: Path, inner: object, kind: str | None) -> None:
    read_or_refused(write(tmp_path / "f.json", {"type": kind, "items": inner, "structures": inner, "metadata": inner}))


def test_ranges_and_services_that_name_each_other_a_thousand_times_take_no_time(tmp_path: Path) -> None:
    ids = [f"r{n}" for n in range(1000)]
    circle = [{"@id": each, "label": each, "ranges": ids, "canvases": ["https://example.org/canvas/1"]} for each in ids]
    logins = [{"@id": f"https://a.e/{n}", "profile": "http://iiif.io/api/auth/1/login"} for n in range(3000)]
    pages = [canvas2(n, service=["https://a.e/1"]) for n in range(1000)]
    begin = time.monotonic()
    assert read_or_refused(write(tmp_path / "f.json", manifest2(*pages, structures=circle, service=logins)))
    assert time.monotonic() - begin < 20


def test_a_text_without_a_full_stop_is_cut_in_no_time(tmp_path: Path) -> None:
    body = {"type": "TextualBody", "value": "wort " * 2_000_000}
    begin = time.monotonic()
    assert read_or_refused(write(tmp_path / "f.json", manifest3(canvas3(1, annotations=notes3(1, {"body": body})))))
    assert time.monotonic() - begin < 15


@pytest.mark.parametrize(
    "kind",
    [kind for kind in vars(iiif_errors).values() if isinstance(kind, type) and kind.__module__ == iiif_errors.__name__],
    ids=lambda kind: kind.__name__,
)
def test_each_error_speaks_both_languages_with_the_same_values(kind: type[WunderkammerError]) -> None:
    import string

    fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in (kind.en, kind.de)]
    assert fields[0] == fields[1] and kind.en != kind.de
    assert WunderkammerError.known[kind.__name__] is kind
