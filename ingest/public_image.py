"""The public address of a picture of a place: where an institution serves the page, and serves it to everybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from graph.errors import SourceError, StoreError
from graph.finding import Piece
from graph.types import Region
from ingest.files import FileStore
from ingest.iiif_fetch import within_image
from ingest.iiif_json import IIIF
from ingest.iiif_pages import source_of
from ingest.iiif_service import address

LONGEST: Final = 800
"""Pixels of the longer side: as wide as a message is."""
_MOST: Final = 2000


def public_images(files: FileStore, pieces: Iterable[Piece]) -> dict[int, str]:
    """https addresses by the number of the evidence; what needs a login, or is only here, has none."""
    found: dict[int, str] = {}
    for piece in pieces:
        if piece.media_type == IIIF and piece.sha256 and piece.page and (url := _address(files, piece)):
            found[piece.n] = url
    return found


def _address(files: FileStore, piece: Piece) -> str | None:
    try:
        source = source_of(files, piece.sha256 or "", piece.page or 0)
    except (SourceError, StoreError):
        return None
    painting = source.painting
    if source.restricted or painting is None:
        return None
    service = painting.service
    if service is None or painting.place is not None:
        url = painting.url
    elif service.level == 0 or not (service.width and service.height):
        url = address(service, None, LONGEST).url
    else:
        whole = Region(0, 0, source.width, source.height)
        part = within_image(service, piece.region or whole, (source.width, source.height))
        url = address(service, part, LONGEST).url
    return url if _open(url) else None


def _open(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and len(url) <= _MOST
