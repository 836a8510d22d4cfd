"""The pages of an imported manifest as images: fetched when first wanted, then kept beside the manifest.

`bring` is the only step that uses the network; `ingest.images` serves what it has brought.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from graph.types import Region
from ingest.errors import NoSuchPage
from ingest.files import FileStore
from ingest.iiif_canvas import Painting
from ingest.iiif_errors import CanvasRestricted, CanvasUnreachable
from ingest.iiif_fetch import Fetch, on_canvas, picture
from ingest.iiif_json import load
from ingest.iiif_manifest import canvas_nodes, canvases
from ingest.iiif_service import ImageService
from ingest.images import LONGEST_SIDE
from ingest.pictures import fit
from ingest.sources.base import Limits
from ingest.sources.iiif import manifest_in

_QUALITY: Final = 85
PART: Final = 1400
"""Of the image of a part of a page, in pixels a side."""
_VERSION: Final = 1
"""Of what is written down about the canvases of a manifest."""
_ANY: Final = Limits(max_file_mb=100_000)
"""The import has refused what is larger than the settings allow."""


@dataclass(frozen=True, slots=True)
class PageSource:
    """Where the image of a page comes from, and the size that its regions count in (0 where it is not known)."""

    width: int
    height: int
    painting: Painting | None
    restricted: bool


def bring(files: FileStore, sha256: str, page: int, fetch: Fetch, max_megapixels: int) -> Path:
    """The image of a page in our files, fetched unless it is there.

    Raises `NoSuchPage`, `CanvasRestricted`, `CanvasUnreachable`, what `fetch` raises, and what damaged images raise.
    """
    kept = files.page_image_path(sha256, page)
    if files.here(kept):
        return kept
    source = source_of(files, sha256, page)
    if source.restricted:
        raise CanvasRestricted(page=page)
    if source.painting is None:
        raise CanvasUnreachable(page=page)
    size = source.width, source.height
    found = picture(source.painting, size, fetch, kept.name, max_megapixels, LONGEST_SIDE)
    out = io.BytesIO()
    fit(on_canvas(found, source.painting, size, LONGEST_SIDE), LONGEST_SIDE).save(out, "JPEG", quality=_QUALITY)
    return files.offer(files.write_here(kept, out.getvalue()))


def bring_part(
    files: FileStore, sha256: str, page: int, part: Region, fetch: Fetch, max_megapixels: int, longest: int = PART
) -> Path:
    """The image of a part of a page (pixels of its canvas) in our files, cut and scaled by its institution's server.

    Where the part cannot be asked for by itself, the whole page is fetched. Raises as `bring` does.
    """
    whole, kept = files.page_image_path(sha256, page), files.part_path(sha256, page, part)
    for each in (whole, kept):
        if files.here(each):
            return each
    source = source_of(files, sha256, page)
    painting, size = source.painting, (source.width, source.height)
    if source.restricted or painting is None or painting.service is None or painting.place or not all(size):
        return bring(files, sha256, page, fetch, max_megapixels)
    found = picture(painting, size, fetch, kept.name, max_megapixels, longest, part)
    out = io.BytesIO()
    fit(found, longest).save(out, "JPEG", quality=_QUALITY)
    return files.offer(files.write_here(kept, out.getvalue()))


def source_of(files: FileStore, sha256: str, page: int) -> PageSource:
    """Where the image of a page comes from; raises `NoSuchPage` and `CopyMissing`."""
    original = files.original(sha256)
    sources = _sources(files, sha256, original.stat().st_mtime_ns)
    if not 1 <= page <= len(sources):
        raise NoSuchPage(page=page, pages=len(sources))
    return sources[page - 1]


def keep_sources(files: FileStore, sha256: str) -> None:
    """Write down where the images of all pages come from: to read a large manifest again takes seconds."""
    original = files.original(sha256)
    manifest = manifest_in(load(original, original.name, _ANY), original.name)
    found = [
        PageSource(each.width, each.height, each.painting, each.restricted)
        for each in canvases(manifest, canvas_nodes(manifest))
    ]
    told = {"version": _VERSION, "pages": [asdict(each) for each in found]}
    files.write_here(_kept_sources(original), json.dumps(told, separators=(",", ":")).encode())


def _kept_sources(original: Path) -> Path:
    return original.with_name("canvases.json")


@lru_cache(maxsize=4)
def _sources(files: FileStore, sha256: str, changed: int) -> tuple[PageSource, ...]:
    kept = _kept_sources(files.original(sha256))
    told = json.loads(kept.read_bytes()) if kept.exists() else {}
    if told.get("version") != _VERSION:
        keep_sources(files, sha256)
        told = json.loads(kept.read_bytes())
    return tuple(_source(each) for each in told["pages"])


def _source(told: dict[str, Any]) -> PageSource:
    painting = told["painting"]
    if painting is not None:
        place, service = painting["place"], painting["service"]
        if service is not None:
            service = ImageService(**service | {"sizes": tuple((w, h) for w, h in service["sizes"])})
        painting = Painting(**painting | {"place": place and Region(**place), "service": service})
    return PageSource(**told | {"painting": painting})
