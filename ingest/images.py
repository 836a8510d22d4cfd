"""What pages look like: drawn when first asked for, then kept. Safe in several threads and processes at once.

Sizes and regions are pixels of the page at `PAGE_DPI` (PDF), of the upright original (pictures), of the canvas (IIIF).
The kept page image of a very large one is smaller; scale a region by `page image width / page_size width` to draw it
there. Pages of a manifest are fetched by `ingest.iiif_pages.bring` and served here: nothing here uses the network.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from graph.types import Region
from ingest.errors import NoPageImage, NoSuchPage, PageDamaged
from ingest.files import FileStore
from ingest.iiif_errors import CanvasNotFetched
from ingest.iiif_json import IIIF
from ingest.pdfium import SCALE, check_page_size, open_page, open_pdf, size_in_pixels
from ingest.pictures import fit, go_to, open_picture, upright, upright_size, within

LONGEST_SIDE = 3000
"""Of a kept page image, in pixels."""
THUMBNAIL = 512
CROP = 2000
QUALITY = 80
MAX_MEGAPIXELS = 1000
"""Only a last guard: the import has refused what is larger than the settings allow."""


def has_images(media_type: str) -> bool:
    """Whether documents of this media type have page images."""
    return media_type in {"application/pdf", IIIF} or media_type.startswith("image/")


def is_here(files: FileStore, sha256: str, media_type: str, page: int) -> bool:
    """Whether the image of a page can be shown without fetching it first."""
    return media_type != IIIF or files.here(files.page_image_path(sha256, page))


def page_image(files: FileStore, sha256: str, media_type: str, page: int) -> Path:
    """The JPEG of a page, drawn on first use.

    Raises `NoPageImage`, `NoSuchPage`, `PageTooLarge`, `CopyMissing`, and `CanvasNotFetched` for a page of a manifest
    that nobody has looked at yet.
    """
    kept = files.page_image_path(sha256, page)
    if media_type == IIIF:
        if not files.here(kept):
            raise CanvasNotFetched(page=page)
    elif not kept.exists():
        drawn = _draw(files, sha256, media_type, page)
        files.write_here(kept, _jpeg(fit(drawn, LONGEST_SIDE)))
    return kept


def thumbnail(files: FileStore, sha256: str, media_type: str, page: int = 1) -> Path:
    """A JPEG of a page with at most `THUMBNAIL` pixels a side, drawn on first use; raises as `page_image` does."""
    kept = files.thumbnail_path(sha256, page)
    if not files.here(kept):
        with Image.open(page_image(files, sha256, media_type, page)) as image:
            files.write_here(kept, _jpeg(fit(image.convert("RGB"), THUMBNAIL)))
        # Without it, a shelf of covers on another machine would fetch every original.
        files.offer(kept)
    return kept


def page_size(files: FileStore, sha256: str, media_type: str, page: int) -> tuple[int, int]:
    """Width and height of a page in the pixels that regions count; nothing is drawn."""
    original = files.original(sha256)
    if media_type == "application/pdf":
        with open_pdf(original, original.name) as pdf:
            _check_page(page, len(pdf))
            with open_page(pdf, page - 1) as opened:
                if opened is None:
                    raise PageDamaged(page=page)
                return size_in_pixels(opened)
    if media_type == IIIF:
        return _canvas_size(files, sha256, page)
    _check_kind(media_type)
    with open_picture(original, original.name, MAX_MEGAPIXELS) as picture:
        go_to(picture, page)
        return upright_size(picture)


def crop(files: FileStore, sha256: str, media_type: str, page: int, region: Region, margin: int = 0) -> bytes:
    """A JPEG of a region with a margin around it, cut to the page, at most `CROP` a side."""
    if media_type in {"application/pdf", IIIF}:
        with Image.open(page_image(files, sha256, media_type, page)) as image:
            width, _ = page_size(files, sha256, media_type, page)
            return _cut(image.convert("RGB"), region, margin, image.width / width)
    return _cut(_draw(files, sha256, media_type, page), region, margin, 1.0)


def _cut(image: Image.Image, region: Region, margin: int, scale: float) -> bytes:
    scaled = Region(*(round(value * scale) for value in (region.x, region.y, region.w, region.h)))
    box = within(scaled, image.size, round(margin * scale))
    return _jpeg(fit(image.crop((box.x, box.y, box.x + box.w, box.y + box.h)), CROP))


def _draw(files: FileStore, sha256: str, media_type: str, page: int) -> Image.Image:
    return draw(files.original(sha256), media_type, page)


def draw(original: Path, media_type: str, page: int, larger: float = 1.0) -> Image.Image:
    """A page of a file, upright; a picture in full resolution, a page of a PDF so many times `PAGE_DPI`.

    Raises as `page_image` does.
    """
    if media_type == "application/pdf":
        return _draw_pdf(original, page, larger)
    if media_type == IIIF:
        kept = beside(original, page)
        with open_picture(kept, kept.name, MAX_MEGAPIXELS) as picture:
            return upright(picture)
    _check_kind(media_type)
    with open_picture(original, original.name, MAX_MEGAPIXELS) as picture:
        go_to(picture, page)
        return upright(picture)


def beside(manifest: Path, page: int) -> Path:
    """The image of a page of a manifest that lies in our files; raises `CanvasNotFetched` where it is not there."""
    kept = manifest.parent / "pages" / f"{page:04d}.jpg"
    if not kept.exists():
        raise CanvasNotFetched(page=page)
    return kept


def _draw_pdf(original: Path, page: int, larger: float = 1.0) -> Image.Image:
    with open_pdf(original, original.name) as pdf:
        _check_page(page, len(pdf))
        with open_page(pdf, page - 1) as opened:
            if opened is None:
                raise PageDamaged(page=page)
            width, height = size_in_pixels(opened)
            check_page_size(page, width, height)
            bitmap = opened.render(scale=SCALE * min(larger, LONGEST_SIDE / max(width, height)), rev_byteorder=True)
            try:
                drawn: Image.Image = bitmap.to_pil().convert("RGB").copy()
            finally:
                bitmap.close()
            return drawn


def _canvas_size(files: FileStore, sha256: str, page: int) -> tuple[int, int]:
    """The size of a canvas; of one that gives none that of its image, in which nothing can have a region."""
    # Only here: nobody who shows a PDF need know manifests.
    from ingest.iiif_pages import source_of

    source = source_of(files, sha256, page)
    if source.width and source.height:
        return source.width, source.height
    with Image.open(page_image(files, sha256, IIIF, page)) as image:
        return image.size


def _check_page(page: int, pages: int) -> None:
    if not 1 <= page <= pages:
        raise NoSuchPage(page=page, pages=pages)


def _check_kind(media_type: str) -> None:
    if not has_images(media_type):
        raise NoPageImage(media_type=media_type)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
