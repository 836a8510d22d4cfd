"""Pictures in messages: only where an institution serves them to everybody over https."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from graph.finding import Piece
from graph.types import Region
from ingest.files import FileStore
from ingest.iiif_json import IIIF
from ingest.public_image import public_images
from tests.make_findings import finding
from tests.make_iiif import Made, canvas3, image3, manifest3

SERVICE: Made = {
    "id": "https://img.example.org/iiif/plate", "type": "ImageService3", "profile": "level2", "width": 2000,
    "height": 4000,
}  # fmt: skip
LOGIN = {"@context": "http://iiif.io/api/auth/1/context.json", "profile": "http://iiif.io/api/auth/1/login"}


PLACE = Region(100, 200, 300, 100)


def addresses(folder: Path, body: Made) -> str | None:
    files = FileStore(folder / "files")
    sha256 = files.put(io.BytesIO(json.dumps(manifest3(canvas3(1, body=body))).encode()), "m.json").sha256
    first = finding().evidence[0]
    piece: Piece = replace(first, media_type=IIIF, sha256=sha256, page=1, canvas="c", region=PLACE)
    return public_images(files, [piece]).get(1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (image3(service=[SERVICE]), "https://img.example.org/iiif/plate/200,400,600,200/max/0/default.jpg"),
        (
            image3(service=[SERVICE | {"profile": "level0"}]),
            "https://img.example.org/iiif/plate/full/max/0/default.jpg",
        ),
        (image3("https://img.example.org/a.jpg"), "https://img.example.org/a.jpg"),
        (image3("http://img.example.org/a.jpg"), None),
        (image3(service=[SERVICE | {"id": "http://img.example.org/iiif/plate"}]), None),
        (image3(service=[SERVICE | {"service": [LOGIN]}]), None),
        (image3("https://a:b@img.example.org/a.jpg"), None),
    ],
)
def test_addresses_of_places(tmp_path: Path, body: Made, expected: str | None) -> None:
    assert addresses(tmp_path, body) == expected


def test_what_is_only_here_has_none(tmp_path: Path) -> None:
    files = FileStore(tmp_path / "files")
    first, second = finding().evidence
    gone = replace(second, media_type=IIIF, sha256="1" * 64, page=1)
    assert public_images(files, [first, gone]) == {}
