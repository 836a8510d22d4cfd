"""Pictures on the pages of a PDF that have text as well: where they stand, so that a model can describe them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from graph.types import Region
from ingest.errors import PdfDamaged
from ingest.pdfium import Geometry, Page, geometry, open_page, open_pdf
from ingest.pictures import within

MOST_ON_A_PAGE: Final = 6
SCARCE: Final = 400
"""Characters below which a page that is drawn upon is a plate with its caption."""
_LEAST_SHARE: Final = 0.04
"""Of the page's area: smaller ones are ornaments, logos and letters."""
_LEAST_SIDE: Final = 60
_WHOLE: Final = 0.85
_MANY: Final = 30
"""Lines and shapes that make a drawing; fewer are rules and frames."""


def plates(original: Path, characters: Mapping[int, int]) -> Iterator[tuple[int, Region]]:
    """(page, region) of the pictures on these pages, whose count of characters is given; none of scans with text."""
    if not characters:
        return
    try:
        with open_pdf(original, original.name) as pdf:
            for number in sorted(characters):
                if number > len(pdf):
                    return
                with open_page(pdf, number - 1) as page:
                    if page is not None:
                        yield from ((number, region) for region in _on_page(page, characters[number]))
    except PdfDamaged:
        # It could be read when it was imported; what is damaged since then has no plates.
        return


def _on_page(page: Page, characters: int) -> list[Region]:
    from pypdfium2 import raw

    shape = geometry(page)
    size = shape.width, shape.height
    found: list[Region] = []
    drawn = 0
    for each in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH), max_depth=4):
        if each.type == raw.FPDF_PAGEOBJ_PATH:
            drawn += 1
        elif (region := _region(each.get_bounds(), shape)) is not None:
            found.append(region)
    area = shape.width * shape.height
    if any(each.w * each.h >= _WHOLE * area for each in found):
        return [Region(0, 0, *size)] if characters < SCARCE else []
    if not found and drawn >= _MANY and characters < SCARCE:
        return [Region(0, 0, *size)]
    large = [each for each in _joined(found) if each.w * each.h >= _LEAST_SHARE * area]
    large = [each for each in large if min(each.w, each.h) >= _LEAST_SIDE]
    return sorted(sorted(large, key=lambda each: -each.w * each.h)[:MOST_ON_A_PAGE], key=lambda each: (each.y, each.x))


def _region(bounds: tuple[float, float, float, float], shape: Geometry) -> Region | None:
    x0, y0, x1, y1 = shape.box(*bounds)
    if not (x1 > 0 and y1 > 0 and x0 < shape.width and y0 < shape.height):
        return None
    exact = Region(round(x0), round(y0), max(1, round(x1 - x0)), max(1, round(y1 - y0)))
    return within(exact, (shape.width, shape.height))


def _joined(regions: list[Region]) -> list[Region]:
    """Regions that overlap as one: a picture is often printed in strips."""
    joined: list[Region] = []
    for region in regions:
        while (other := next((each for each in joined if _touch(each, region)), None)) is not None:
            joined.remove(other)
            region = region.union(other)
        joined.append(region)
    return joined


def _touch(a: Region, b: Region) -> bool:
    return a.x <= b.x + b.w + 1 and b.x <= a.x + a.w + 1 and a.y <= b.y + b.h + 1 and b.y <= a.y + a.h + 1
