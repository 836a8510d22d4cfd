"""The one door to pdfium, which is not safe in several threads: everything that touches it holds `LOCK`."""

from __future__ import annotations

import ctypes
import io
import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.types import PAGE_DPI
from ingest.errors import PageDamaged, PageTooLarge, PdfDamaged, PdfEncrypted, PdfWithoutPages
from ingest.files import clean_name

LOCK = threading.RLock()
SCALE = PAGE_DPI / 72
LARGEST_SIDE = 200 * PAGE_DPI
_FINE = 1000
_PASSWORD, _SECURITY = 4, 5

Pdf = Any
Page = Any
"""pypdfium2 has no types; its documents and pages go no further than this file, `images` and `sources.pdf*`."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """How a page's own coordinates become pixels of its image: turned and cropped as it is shown."""

    width: int
    height: int
    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def box(self, left: float, bottom: float, right: float, top: float) -> tuple[float, float, float, float]:
        """A rectangle in page coordinates as (x0, y0, x1, y1) in pixels, origin top left."""
        x0, y0 = self.a * left + self.c * bottom + self.e, self.b * left + self.d * bottom + self.f
        x1, y1 = self.a * right + self.c * top + self.e, self.b * right + self.d * top + self.f
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


@contextmanager
def open_pdf(path: Path, name: str) -> Iterator[Pdf]:
    """Open a PDF under the lock; raises `PdfEncrypted` (not for an empty password), `PdfDamaged`, `PdfWithoutPages`."""
    import pypdfium2

    shown = clean_name(name)
    with LOCK:
        try:
            pdf = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as problem:
            if getattr(problem, "err_code", None) in {_PASSWORD, _SECURITY} or "assword" in str(problem):
                raise PdfEncrypted(name=shown) from None
            raise PdfDamaged(name=shown) from None
        try:
            if len(pdf) == 0:
                raise PdfWithoutPages(name=shown)
            yield pdf
        finally:
            pdf.close()


def cut_out(path: Path, name: str, pages: Sequence[int]) -> bytes:
    """A PDF of these pages alone (from 1); raises `PageDamaged` for one that cannot be copied, else as `open_pdf`."""
    with open_pdf(path, name) as pdf:
        return _copied(pdf, pages)


def cut_page(pdf: Pdf, page: int) -> bytes:
    """A PDF of one page (from 1) of an open one; raises `PageDamaged`. The caller holds the lock."""
    return _copied(pdf, [page])


def _copied(pdf: Pdf, pages: Sequence[int]) -> bytes:
    import pypdfium2

    part = pypdfium2.PdfDocument.new()
    try:
        for page in pages:
            try:
                part.import_pages(pdf, [page - 1])
            except (pypdfium2.PdfiumError, IndexError):
                raise PageDamaged(page=page) from None
        out = io.BytesIO()
        part.save(out)
        return out.getvalue()
    finally:
        part.close()


@contextmanager
def open_page(pdf: Pdf, index: int) -> Iterator[Page | None]:
    """A page by its index from 0, closed afterwards; None when it is damaged."""
    import pypdfium2

    try:
        page = pdf[index]
    except pypdfium2.PdfiumError:
        yield None
        return
    try:
        yield page
    finally:
        page.close()


def size_in_pixels(page: Page) -> tuple[int, int]:
    """Width and height of the page's image at `PAGE_DPI`."""
    return math.ceil(page.get_width() * SCALE), math.ceil(page.get_height() * SCALE)


def check_page_size(page: int, width: int, height: int) -> None:
    """Raise `PageTooLarge` for a page beyond the 200 inches that PDF allows, which no drawing can show."""
    if max(width, height) > LARGEST_SIDE:
        raise PageTooLarge(page=page, width=width, height=height)


def geometry(page: Page) -> Geometry:
    """The page's size in pixels and the way from its coordinates to them."""
    from pypdfium2 import raw

    width, height = size_in_pixels(page)
    x, y = ctypes.c_int(), ctypes.c_int()
    # pdfium answers in whole pixels: a page small enough to be drawn a thousand times larger gives fractions.
    fine = max(1, min(_FINE, (2**31 - 1) // (4 * max(width, height, 1))))

    def device(px: float, py: float) -> tuple[float, float]:
        raw.FPDF_PageToDevice(page.raw, 0, 0, width * fine, height * fine, 0, px, py, ctypes.byref(x), ctypes.byref(y))
        return x.value / fine, y.value / fine

    (e, f), (ax, ay), (cx, cy) = device(0, 0), device(100, 0), device(0, 100)
    return Geometry(width, height, (ax - e) / 100, (ay - f) / 100, (cx - e) / 100, (cy - f) / 100, e, f)
