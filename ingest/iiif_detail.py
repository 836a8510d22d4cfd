"""Details of a page of a manifest that our copy of its image is too coarse for, asked of its institution's server.

They come through the same door as all that is fetched: the addresses in a manifest are a stranger's, so they are
checked, and the browser asks nobody but us. What came is kept in memory only; a server that does not answer is left in
peace for a while, and whoever looks sees our copy.
"""

from __future__ import annotations

import time
from typing import Final
from urllib.parse import urlsplit

from PIL import Image

from graph.errors import SourceError
from graph.types import Region
from ingest.decoded import Decoded
from ingest.files import FileStore
from ingest.iiif_fetch import Fetch, described, part_of_service
from ingest.iiif_pages import source_of
from ingest.iiif_service import ImageService
from ingest.zoom import PageOf, Zoom

PEACE: Final = 60.0
"""Seconds for which a server is not asked again after it failed."""
KEPT_MEGAPIXELS: Final = 40
KEPT: Final = 600.0
"""Seconds for which what nobody looks at is kept: institutions should not be asked twice for one look."""
_SERVICES: Final = 200


class Details:
    """The details that were fetched last, and the servers that failed; safe in several threads."""

    def __init__(self) -> None:
        self._kept = Decoded(KEPT_MEGAPIXELS, KEPT)
        self._services: dict[PageOf, ImageService | None] = {}
        self._peace: dict[str, float] = {}

    def part(
        self,
        files: FileStore,
        page: PageOf,
        zoom: Zoom,
        region: Region,
        longest: int,
        fetch: Fetch,
        max_megapixels: int,
    ) -> Image.Image | None:
        """A region of a page in pixels of `zoom`, at most `longest` a side; None where our copy has to do."""
        key = (page, region, longest)
        host = host_of(files, page)
        kept = self._kept.find(key)
        if kept is not None or not host or self._peace.get(host, 0.0) > time.monotonic():
            return kept
        try:
            service = self._service(files, page, fetch)
            if service is None:
                return None
            size = zoom.width, zoom.height
            found = part_of_service(service, region, size, fetch, f"{page.page:04d}", max_megapixels, longest)
        except SourceError:
            self._peace[host] = time.monotonic() + PEACE
            return None
        return self._kept.put(key, found)

    def _service(self, files: FileStore, page: PageOf, fetch: Fetch) -> ImageService | None:
        """The service as it describes itself, asked once; None where it cannot cut or does not say how large it is."""
        if page not in self._services:
            named = _service(files, page)
            found = described(named, fetch) if named is not None else None
            if len(self._services) >= _SERVICES:
                self._services.clear()
            self._services[page] = found if found is not None and found.level > 0 else None
        return self._services.get(page)


def finest_width(files: FileStore, page: PageOf) -> int:
    """The width of the institution's image of a page, as the manifest says; 0 where details of it cannot be had."""
    service = _service(files, page)
    painting = source_of(files, page.sha256, page.page).painting
    if service is None or painting is None:
        return 0
    return service.width or painting.width


def host_of(files: FileStore, page: PageOf) -> str:
    """The host of the server that details of a page come from; empty where there are none to be had."""
    service = _service(files, page)
    return (urlsplit(service.id).hostname or "") if service is not None else ""


def _service(files: FileStore, page: PageOf) -> ImageService | None:
    """The service of a page that can be asked for parts: open to all, and of an image that fills its canvas."""
    source = source_of(files, page.sha256, page.page)
    painting = source.painting
    if source.restricted or painting is None or painting.place is not None:
        return None
    return painting.service if painting.service is not None and painting.service.level > 0 else None
