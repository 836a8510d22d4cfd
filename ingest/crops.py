"""The places on their pages where evidence stands, as small pictures for a model that answers and sees."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image

from graph.errors import SourceError, StoreError
from graph.store import Store
from graph.types import Document, Evidence, Region
from ingest.files import FileStore
from ingest.iiif_fetch import from_web
from ingest.iiif_json import IIIF
from ingest.iiif_pages import bring, bring_part, source_of
from ingest.images import crop, has_images, page_size
from ingest.part import shown
from ingest.pictures import fit, within
from llm.crops import Crop
from settings import Settings

LONGEST: Final = 1024
"""Pixels of the longest side: type of a passage can be read, and a picture counts about a thousand tokens."""
MARGIN: Final = 16
"""Pixels of the page around a passage: no model is shown a strip too narrow for it."""
_QUALITY: Final = 85
_PATIENCE: Final = 8.0
"""Seconds that an answer waits for a picture of an institution's server."""
_MISSED: Final = 2
"""So many pictures that could not be had are enough to stop looking for more."""


@dataclass(frozen=True, slots=True)
class Crops:
    """Makes them; a `llm.crops.Cropper`. May be asked in any thread."""

    store: Store
    settings: Settings

    def __call__(self, evidence: Sequence[Evidence], most: int) -> tuple[Crop, ...]:
        """At most `most` pictures of at most 1024 pixels a side; evidence at one place shares its picture."""
        try:
            documents = self.store.documents.by_ids(sorted({piece.chunk.document for piece in evidence}))
        except StoreError:
            return ()
        places: dict[tuple[str, int, Region | None], list[int]] = {}
        for piece in evidence:
            document = documents.get(piece.chunk.document)
            if document and document.sha256 and piece.chunk.page and has_images(document.media_type):
                places.setdefault((document.id, piece.chunk.page, piece.chunk.region), []).append(piece.n)
        made: list[Crop] = []
        missed = 0
        for (id_, page, region), numbers in places.items():
            if len(made) == most or missed == _MISSED:
                break
            try:
                made.append(Crop(tuple(sorted(numbers)), self._jpeg(documents[id_], page, region)))
            except (SourceError, StoreError, OSError):
                missed += 1
        return tuple(made)

    def _jpeg(self, document: Document, page: int, region: Region | None) -> bytes:
        files, sha256 = FileStore.of(self.settings), document.sha256 or ""
        if document.media_type == IIIF:
            image = self._of_canvas(files, sha256, page, region)
        else:
            size = page_size(files, sha256, document.media_type, page)
            image = shown(files, document, page, within(region, size, MARGIN) if region else None, self.settings).image
        out = io.BytesIO()
        fit(image, LONGEST).save(out, "JPEG", quality=_QUALITY)
        return out.getvalue()

    def _of_canvas(self, files: FileStore, sha256: str, page: int, region: Region | None) -> Image.Image:
        """A canvas, or a part of it: out of its image where that is here, else the part alone from its server."""
        fetch, most = from_web(self.settings, _PATIENCE), self.settings.max_megapixels
        source = source_of(files, sha256, page)
        size = source.width, source.height
        if region is None or not all(size):
            return _opened(bring(files, sha256, page, fetch, most).read_bytes())
        part = within(region, size, MARGIN)
        kept = bring_part(files, sha256, page, part, fetch, most)
        whole = kept == files.page_image_path(sha256, page)
        return _opened(crop(files, sha256, IIIF, page, part) if whole else kept.read_bytes())


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")
