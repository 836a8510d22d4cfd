"""Small pictures for entities that a picture shows, cut from the region that a claim names."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from graph.errors import SourceError
from graph.storage_errors import NotAtHand
from graph.surroundings import Depiction
from pages.parts.cabinet import Cabinet

if TYPE_CHECKING:
    from ingest.files import FileStore

MOST = 80
_SIDE = 112
_PATCH = 60
"""Pixels: a smaller region shows nothing at the size of a node; the whole page is taken then."""


def of(cabinet: Cabinet, entity_ids: Sequence[str]) -> tuple[dict[str, str], int]:
    """Data addresses of JPEGs by entity, at most `MOST`, and how many more are shown by pictures.

    None for pages that would have to be fetched first.
    """
    found = cabinet.store.surroundings.depictions(entity_ids)
    depicted = [id_ for id_ in entity_ids if id_ in found]
    made: dict[str, str] = {}
    for n, id_ in enumerate(depicted):
        if len(made) == MOST:
            return made, len(depicted) - n
        if address := _address(cabinet, found[id_]):
            made[id_] = address
    return made, 0


def _address(cabinet: Cabinet, seen: Depiction) -> str:
    region = seen.chunk.region
    box = (region.x, region.y, region.w, region.h) if region and min(region.w, region.h) >= _PATCH else None
    root, page = str(cabinet.settings.files), seen.chunk.page or 1
    try:
        return _small(cabinet.files, root, seen.sha256, seen.media_type, page, box)
    except NotAtHand:
        return ""


@st.cache_data(show_spinner=False, max_entries=2_000)
def _small(
    _files: FileStore, root: str, sha256: str, media_type: str, page: int, box: tuple[int, int, int, int] | None
) -> str:
    from graph.types import Region
    from ingest.images import crop, is_here, thumbnail

    files = _files
    try:
        if not is_here(files, sha256, media_type, page):
            return ""
        if box:
            opened = Image.open(io.BytesIO(crop(files, sha256, media_type, page, Region(*box))))
        else:
            opened = Image.open(thumbnail(files, sha256, media_type, page))
    except SourceError:
        # What cannot be drawn is told where the document is shown.
        return ""
    with opened as picture:
        small = picture.convert("RGB")
    small.thumbnail((2 * _SIDE, 2 * _SIDE))
    side = min(small.size)
    left, top = (small.width - side) // 2, (small.height - side) // 2
    out = io.BytesIO()
    small.crop((left, top, left + side, top + side)).resize((_SIDE, _SIDE)).save(out, "JPEG", quality=82)
    return "data:image/jpeg;base64," + b64encode(out.getvalue()).decode()
