"""What a manifest only points to, fetched: images of canvases or parts of them, annotations that stand elsewhere.

Whatever is fetched goes through a function that is passed in, so that addresses from a manifest, which is a stranger's
text, are checked like those that people type (`from_web`).
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from PIL import Image

from graph.errors import SourceError
from graph.types import Region
from ingest.fetch import fetch as fetch_from_web
from ingest.iiif_canvas import Painting
from ingest.iiif_errors import JsonWithoutIiif
from ingest.iiif_json import MAX_MB, Node, first, id_of, listed, node, nodes, parse
from ingest.iiif_manifest import canvas_nodes, is_collection, is_manifest
from ingest.iiif_service import ImageService, address, service_of
from ingest.pictures import fit, open_picture, upright, within
from settings import Settings

Fetch = Callable[[str, int], bytes]
"""The bytes at an address, at most so many MB; raises subclasses of SourceError."""
IMAGE_MB: Final = 60
INFO_MB: Final = 1
TEXTS: Final = 1000
"""Annotation lists that are fetched for one manifest, unless another limit is asked for."""
SECONDS: Final = 60.0
AT_ONCE: Final = 4
"""Lists that are asked for at once: institutions' servers are often small."""


def from_web(settings: Settings, seconds: float = SECONDS) -> Fetch:
    """Fetching from the web, never from private networks unless the settings allow it."""

    def fetch(url: str, max_mb: int) -> bytes:
        limit = min(max_mb, settings.max_file_mb)
        with fetch_from_web(url, settings, accept=("*/*",), max_mb=limit, seconds=seconds) as found:
            return found.path.read_bytes()

    return fetch


def picture(
    painting: Painting,
    size: tuple[int, int],
    fetch: Fetch,
    name: str,
    max_megapixels: int,
    longest: int = 0,
    region: Region | None = None,
) -> Image.Image:
    """The image painted on a canvas of this size, or what lies under a region of the canvas, at most `longest` a side.

    The service is asked how large the image is; one that does not answer is left out, and the image itself fetched.
    Raises what `fetch` raises, `PictureTooLarge` and `PictureDamaged`.
    """
    frame = painting.place or Region(0, 0, *size)
    service = described(painting.service, fetch)
    if service is None:
        whole = _decoded(fetch(painting.url, IMAGE_MB), name, max_megapixels)
        return fit(_cut(whole, _within(region, frame, whole.size)), longest or max(whole.size))
    part = _within(region, frame, (service.width, service.height))
    return _of_service(service, part, fetch, name, max_megapixels, longest)


def part_of_service(
    service: ImageService,
    region: Region,
    size: tuple[int, int],
    fetch: Fetch,
    name: str,
    max_megapixels: int,
    longest: int,
) -> Image.Image:
    """A region of the image of a service whose sides are known, in pixels of a page of this size that it fills.

    Raises as `picture` does.
    """
    return _of_service(service, within_image(service, region, size), fetch, name, max_megapixels, longest)


def within_image(service: ImageService, region: Region, size: tuple[int, int]) -> Region | None:
    """A region of a page of this size in the pixels of the image that fills it; None where that is not known."""
    return _within(region, Region(0, 0, *size), (service.width, service.height))


def _of_service(
    service: ImageService, part: Region | None, fetch: Fetch, name: str, max_megapixels: int, longest: int
) -> Image.Image:
    where = address(service, part, longest)
    found = _decoded(fetch(where.url, IMAGE_MB), name, max_megapixels)
    if part is not None and where.whole:
        found = _cut(found, _within(part, Region(0, 0, service.width, service.height), found.size))
    return fit(found, longest or max(found.size))


def described(service: ImageService | None, fetch: Fetch) -> ImageService | None:
    """The service with its size, limits and level as it says them itself; None where it does not."""
    if service is None:
        return None
    try:
        told = node(parse(fetch(f"{service.id}/info.json", INFO_MB), "info.json"))
    except SourceError:
        return service if service.width and service.height else None
    found = service_of(told)
    if not (found.width and found.height):
        return None
    # The address stays that of the manifest: an `info.json` behind a proxy often names another.
    return replace(found, id=service.id, version=found.version if "@context" in told else service.version)


def _within(region: Region | None, frame: Region, size: tuple[int, int]) -> Region | None:
    """A region of the canvas in the pixels of an image of this size that fills the frame."""
    if region is None or not (frame.w and frame.h):
        return None
    across, down = size[0] / frame.w, size[1] / frame.h
    left, top = round((region.x - frame.x) * across), round((region.y - frame.y) * down)
    return within(Region(left, top, max(1, round(region.w * across)), max(1, round(region.h * down))), size)


def _cut(image: Image.Image, part: Region | None) -> Image.Image:
    return image if part is None else image.crop((part.x, part.y, part.x + part.w, part.y + part.h))


def _decoded(data: bytes, name: str, max_megapixels: int) -> Image.Image:
    with open_picture(io.BytesIO(data), name, max_megapixels) as opened:
        return upright(opened)


def on_canvas(found: Image.Image, painting: Painting, size: tuple[int, int], longest: int) -> Image.Image:
    """The page: the image itself, or, where it covers only a part of its canvas, a white canvas with it."""
    place = painting.place
    if place is None:
        return found
    scale = min(1.0, longest / max(size))
    page = Image.new("RGB", (max(1, round(size[0] * scale)), max(1, round(size[1] * scale))), "white")
    part = found.resize((max(1, round(place.w * scale)), max(1, round(place.h * scale))))
    page.paste(part, (round(place.x * scale), round(place.y * scale)))
    return page


def manifest_at(url: str, fetch: Fetch, name: str, texts: int = TEXTS) -> bytes:
    """The manifest or collection at an address as a file to keep, a manifest with the texts that stand elsewhere.

    Raises what `fetch` raises, `JsonTooLarge`, `JsonDamaged`, `JsonWithoutIiif`.
    """
    raw = fetch(url, MAX_MB)
    content = node(parse(raw, name))
    if is_manifest(content) and with_texts(content, fetch, texts):
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if not is_manifest(content) and not is_collection(content):
        raise JsonWithoutIiif(name=name)
    return raw


def with_texts(manifest: Node, fetch: Fetch, limit: int = TEXTS, seconds: float = SECONDS) -> int:
    """Put annotations that the manifest only names into it, at most so many lists; how many were put there.

    A list that cannot be fetched in the given time stays a name, and its page says so when it is read.
    """
    wanted: list[tuple[list[object], int, str]] = []
    for canvas in canvas_nodes(manifest):
        for part in ("annotations", "otherContent"):
            held = listed(canvas.get(part))
            wanted += [(held, number, where) for number, each in enumerate(held) if (where := _wanted(each))]
            if held:
                canvas[part] = held
    until = time.monotonic() + seconds
    put = 0
    with ThreadPoolExecutor(AT_ONCE, "iiif") as pool:
        lists = pool.map(lambda each: _fetched(each[2], fetch, until), wanted[:limit])
        for (held, number, _), found in zip(wanted, lists, strict=False):
            if found:
                put += 1
                named = held[number]
                held[number] = {**(named if isinstance(named, dict) else {}), **found}
    return put


def _wanted(each: object) -> str:
    held = isinstance(each, dict) and first(each, "items", "resources", "body", "resource") is not None
    where = first(each, "id", "@id") if isinstance(each, dict) else each
    usable = isinstance(where, str) and where.startswith(("http://", "https://")) and bool(id_of(where))
    return where if usable and not held and isinstance(where, str) else ""


def _fetched(where: str, fetch: Fetch, until: float) -> Node:
    if time.monotonic() > until:
        return {}
    try:
        found = node(parse(fetch(where, MAX_MB), "annotations.json"))
    except SourceError:
        return {}
    return found if any(nodes(first(found, "items", "resources"))) else {}
