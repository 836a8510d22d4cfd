"""JSON files on their way in: encodings, what is no manifest, what is damaged or too large."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.errors import TooManyPages
from ingest.iiif_errors import CollectionGiven, JsonDamaged, JsonTooLarge, JsonWithoutIiif, ManifestWithoutPages
from ingest.iiif_json import MAX_VALUES
from ingest.sources import identify, read
from ingest.sources.base import Limits
from tests.make_iiif import canvas2, canvas3, manifest2, manifest3, write
from tests.reading import LIMITS


def test_no_control_characters_and_no_halves_of_characters(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps(manifest3(canvas3(1), label="A\u0000\u202eB \ud800 C")))
    content = read(path, "m.json", LIMITS)
    assert content.title == "A B \ufffd C"
    assert content.text.encode()


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b'{"a": 1', JsonDamaged),
        (b"Text", JsonDamaged),
        (b"[" * 100_000, JsonDamaged),
        (b'{"a": ' + b"9" * 5000 + b"}", JsonDamaged),
        (b'{"type": "FeatureCollection", "features": []}', JsonWithoutIiif),
        (b"[]", JsonWithoutIiif),
        (b"null", JsonWithoutIiif),
        (b'"text"', JsonWithoutIiif),
        (b'{"type": "Manifest", "items": []}', ManifestWithoutPages),
        (b'{"type": "Collection", "items": [{"id": "https://e.org/m", "type": "Manifest"}]}', CollectionGiven),
        (b"[" + b"[]," * MAX_VALUES + b"[]]", JsonTooLarge),
    ],
)
def test_bad_json_says_what_it_is(tmp_path: Path, raw: bytes, error: type[Exception]) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(raw)
    with pytest.raises(error):
        read(path, "bad.json", LIMITS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_json_in_many_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "m.json"
    path.write_bytes(json.dumps(manifest3(canvas3(1), label="Größe’s"), ensure_ascii=False).encode(encoding))
    assert read(path, "m.json", LIMITS).title == "Größe’s"


def test_recognised_by_content_and_not_taken_for_other_kinds(tmp_path: Path) -> None:
    path = write(tmp_path / "manifest", manifest3(canvas3(1)))
    assert identify(path, "manifest", LIMITS).kind == "iiif"
    assert identify(write(path, manifest2(canvas2(1))), "manifest.txt", LIMITS).kind == "iiif"
    path.write_text('{"subject": "Worm", "document": "x.md"}')
    assert identify(path, "claims.jsonl", LIMITS).kind == "statements"
    assert identify(path, "notes.txt", LIMITS).kind == "text"
    path.write_text('{"subject": "http://iiif.io/api/presentation/3"}')
    assert identify(path, "claims.jsonl", LIMITS).kind == "statements"
    path.write_text("[IIIF](https://iiif.io/api/presentation/3.0/) erklärt")
    assert identify(path, "notes.md", LIMITS).kind == "markdown"


def test_more_pages_than_are_taken(tmp_path: Path) -> None:
    path = write(tmp_path / "m.json", manifest3(*(canvas3(n) for n in range(9))))
    with pytest.raises(TooManyPages):
        read(path, "m.json", Limits(max_pages=2))
    assert len(read(path, "m.json", Limits(max_pages=3)).pages) == 9
