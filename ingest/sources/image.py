"""Pictures: PNG, JPEG, TIFF (page by page), WebP, GIF (first frame), BMP; their text is what they say of themselves.

Regions are pixels of the upright original, also where the page image that people see is smaller.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from graph.types import Region, State
from ingest.errors import PictureDamaged, PictureTooLarge, PictureWithoutCaption, TooManyPages
from ingest.files import clean_name, open_source
from ingest.language import guess_language
from ingest.pictures import MEDIA_TYPES, check_megapixels, open_picture, page_count, upright_size
from ingest.sources.base import Block, BlockKind, Limits, PageText, ReadDocument
from ingest.sources.image_about import About, about

MAX_PAGES = 500


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A picture whose pages wait for a description; raises `PictureTooLarge` before decoding, `PictureDamaged`."""
    with (
        open_source(path, name, limits.max_file_mb) as file,
        open_picture(file, name, limits.max_megapixels) as picture,
    ):
        told = about(picture)
        count = page_count(picture)
        if count > MAX_PAGES:
            raise TooManyPages(name=clean_name(name), pages=count, limit=MAX_PAGES)
        pages = tuple(_page(picture, number, len(told.text), name, limits) for number in range(1, count + 1))
        media_type = MEDIA_TYPES[picture.format or ""]
    return ReadDocument(
        title=told.title or Path(clean_name(name)).stem,
        media_type=media_type,
        text=told.text,
        pages=pages,
        blocks=_blocks(told, pages[0]),
        language=guess_language(told.text),
        rights=told.rights,
        attribution=told.attribution,
    )


def _page(picture: Image.Image, number: int, length: int, name: str, limits: Limits) -> PageText:
    """One page, decoded once to see that it is whole; a later page that is damaged or too large fails alone."""
    start = 0 if number == 1 else length
    try:
        if number > 1:
            picture.seek(number - 1)
        check_megapixels(picture.size, clean_name(name), limits.max_megapixels)
        width, height = upright_size(picture)
        # JPEG can be decoded at an eighth of its size: a damaged file shows, the memory is spared.
        picture.draft("RGB", (max(1, width // 8), max(1, height // 8)))
        picture.load()
    except PictureTooLarge as problem:
        if number == 1:
            raise
        return PageText(number, start, length, state=State.FAILED, failure=problem.failure())
    except (OSError, SyntaxError, ValueError, EOFError):
        if number == 1:
            raise
        return PageText(
            number, start, length, state=State.FAILED, failure=PictureDamaged(name=clean_name(name)).failure()
        )
    return PageText(number, start, length, width, height, State.WAITING, PictureWithoutCaption().failure())


def _blocks(told: About, page: PageText) -> tuple[Block, ...]:
    if not told.text:
        return ()
    return (Block(0, len(told.text), 1, BlockKind.METADATA, region=Region(0, 0, page.width, page.height)),)
