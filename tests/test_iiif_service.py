"""Addresses of images and their parts, and places written as fragments and as SVG."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.types import Region
from ingest.iiif_region import fragment, region_of
from ingest.iiif_service import ImageService, address, image_service
from tests.make_iiif import Made

ID = "https://i.example/a%2Fb"
PART = Region(100, 200, 400, 300)


def service(version: int = 2, level: int = 2, width: int = 4000, height: int = 3000, **more: Any) -> ImageService:
    return ImageService(ID, version, level, width, height, **more)


@pytest.mark.parametrize(
    ("found", "region", "longest", "path"),
    [
        (service(2), None, 0, "full/full/0/default"),
        (service(3), None, 0, "full/max/0/default"),
        (service(1, native=True), None, 0, "full/full/0/native"),
        (service(2, 1), None, 1000, "full/1000,/0/default"),
        (service(3, 1), None, 1000, "full/1000,/0/default"),
        (service(3, 2), None, 1000, "full/1000,750/0/default"),
        (service(2), None, 9000, "full/full/0/default"),
        (service(3), None, 9000, "full/max/0/default"),
        (service(2, 1), PART, 0, "100,200,400,300/full/0/default"),
        (service(3, 2), PART, 200, "100,200,400,300/200,150/0/default"),
        (service(3, max_width=1000, max_height=1000), None, 0, "full/1000,750/0/default"),
        (service(2, max_width=2000, max_height=300), None, 1000, "full/400,/0/default"),
        (service(3, max_area=1_000_000), None, 0, "full/1154,866/0/default"),
        (service(2, 1, 0, 0), None, 800, "full/800,/0/default"),
        (service(2, 2, 0, 0), None, 800, "full/!800,800/0/default"),
    ],
)
def test_addresses_of_images(found: ImageService, region: Region | None, longest: int, path: str) -> None:
    where = address(found, region, longest)
    assert where.url == f"{ID}/{path}.jpg"
    assert where.whole is (region is None)


def test_level_0_has_whole_images_in_its_own_sizes_only() -> None:
    plain = service(2, 0)
    assert address(plain, PART, 100).url == f"{ID}/full/full/0/default.jpg"
    assert address(plain, PART, 100).whole
    sized = service(3, 0, sizes=((1000, 750), (2000, 1500)))
    assert address(sized, None, 800).url == f"{ID}/full/1000,750/0/default.jpg"
    # A part of 400 pixels is to be 200 large: the whole has to be at least 2000 large.
    assert address(sized, PART, 200).url == f"{ID}/full/2000,1500/0/default.jpg"
    assert address(sized, None, 3000).url == f"{ID}/full/max/0/default.jpg"


SAID: list[tuple[object, int, int]] = [
    ({"@id": ID, "profile": "http://iiif.io/api/image/2/level1.json"}, 2, 1),
    ({"@id": ID, "profile": ["http://iiif.io/api/image/2/level2.json", {"maxWidth": 900}]}, 2, 2),
    ({"@id": ID, "profile": {"@id": "x", "maxWidth": 900}, "protocol": "http://iiif.io/api/image"}, 2, 1),
    ({"id": ID + "/", "type": "ImageService3", "profile": "level0"}, 3, 0),
    ([None, "https://i.example/x", {"id": ID, "type": "ImageService3", "profile": "level2"}], 3, 2),
    ({"@id": ID, "@type": "ImageService2", "profile": "level2"}, 2, 2),
    ({"@id": ID, "profile": "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level2"}, 1, 2),
    ({"@context": "http://iiif.io/api/image/2/context.json", "@id": ID, "profile": 7}, 2, 1),
]


@pytest.mark.parametrize(("said", "version", "level"), SAID)
def test_services_in_every_shape(said: object, version: int, level: int) -> None:
    found = image_service(said)
    assert found is not None
    assert (found.id, found.version, found.level) == (ID, version, level)


def test_limits_of_a_service_wherever_it_says_them() -> None:
    head: Made = {"@id": ID, "protocol": "http://iiif.io/api/image", "width": "4000", "height": 3000}
    in_profile = image_service(head | {"profile": ["http://iiif.io/api/image/2/level2.json", {"maxWidth": "900"}]})
    at_head = image_service(
        {"id": ID, "type": "ImageService3", "maxWidth": 900, "maxHeight": 500, "maxArea": 10_000_000}
    )
    assert in_profile is not None and at_head is not None
    assert (in_profile.width, in_profile.max_width, in_profile.max_height) == (4000, 900, 900)
    assert (at_head.max_width, at_head.max_height, at_head.max_area) == (900, 500, 10_000_000)


@pytest.mark.parametrize(
    "said", [None, 3, "https://i.example/a", {}, {"id": ID, "type": "SearchService2"}, {"type": "ImageService3"},
             {"id": "file:///etc/passwd", "type": "ImageService3"}]
)  # fmt: skip
def test_what_is_no_image_service(said: object) -> None:
    assert image_service(said) is None


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("xywh=10,20,30,40", Region(10, 20, 30, 40)),
        ("xywh=pixel:10,20,30,40", Region(10, 20, 30, 40)),
        ("xywh=percent:10,10,50,50", Region(100, 200, 500, 1000)),
        ("t=1,2&xywh=1.4,2.6,3,4", Region(1, 2, 4, 5)),
        ("xywh=-10,-10,30,30", Region(0, 0, 20, 20)),
        ("xywh=900,1900,500,500", Region(900, 1900, 100, 100)),
        ("xywh=5000,5000,10,10", None),
        ("xywh=1,2,0,4", None),
        ("xywh=a,b,c,d", None),
        ("xywh=1.1.1,2,3,4", None),
        ("", None),
    ],
)
def test_fragments(text: str, region: Region | None) -> None:
    assert fragment(text, 1000, 2000) == region


@pytest.mark.parametrize(
    ("svg", "region"),
    [
        ('<path d="M10,20 L110,20 L110,220 Z"/>', Region(10, 20, 100, 200)),
        ("<svg:path d='m10 20h100v200h-100z'/>", Region(10, 20, 100, 200)),
        ('<path d="M10.5.5l10,10"/>', Region(10, 0, 11, 11)),
        ('<path d="M0 0C0,100 200,100 200,0"/>', Region(0, 0, 200, 100)),
        ('<path d="M10 10a5 5 0 0 1 90 90"/>', Region(10, 10, 90, 90)),
        ('<polygon points="10,20 110,20 60,220"/>', Region(10, 20, 100, 200)),
        ('<rect x="10" y="20" width="100" height="200"/>', Region(10, 20, 100, 200)),
        ('<circle cx="50" cy="60" r="10"/>', Region(40, 50, 20, 20)),
        ('<ellipse cx="50" cy="60" rx="10" ry="20"/>', Region(40, 40, 20, 40)),
        ('<g transform="rotate(3)"><rect x="1" y="2" width="3" height="4"/></g>', None),
        ('<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><text>&e;</text>', None),
        ("not at all", None),
    ],
)
def test_shapes_of_svg(svg: str, region: Region | None) -> None:
    target = {"source": "https://example.org/c", "selector": {"type": "SvgSelector", "value": f"<svg>{svg}</svg>"}}
    assert region_of(target, 1000, 2000) == region


@given(text=st.text("<path rect d='=\"M1.,- 5eZzlLaA>xywh&#", max_size=120), width=st.integers(0, 50))
def test_any_place_lies_on_its_canvas(text: str, width: int) -> None:
    for target in (f"c#{text}", {"selector": {"value": text}}, {"selector": [{"value": f"<path d='{text}'/>"}]}):
        found = region_of(target, width, width)
        if found is not None:
            assert found.x >= 0 and found.y >= 0 and found.w > 0 and found.h > 0
            assert not width or (found.x + found.w <= width and found.y + found.h <= width)
