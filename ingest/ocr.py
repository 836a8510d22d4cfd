"""Pages without text, read by a service of `llm.ocr`: their words become the document's, with their places on the page.

Only those pages leave this computer. What was read of a page is kept beside the file, so that a document that failed
in the middle is not paid for twice.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, replace
from pathlib import Path
from typing import Final, TypeVar

from graph.errors import SourceError
from graph.jobs import Paid, Purpose, Use
from graph.types import Document, Region, State
from ingest.budget import Budget
from ingest.files import FileStore
from ingest.iiif_fetch import from_web
from ingest.iiif_json import IIIF
from ingest.iiif_pages import bring
from ingest.images import LONGEST_SIDE, draw
from ingest.language import guess_language
from ingest.pdfium import cut_out
from ingest.pictures import fit, within
from ingest.sources.base import Block, BlockKind, Line, PageText, ReadDocument
from llm.ocr import OcrBlock, OcrPage, OcrSpec, cost, find_ocr, read_pages
from settings import Settings

AT_ONCE: Final = 8
"""Pages in one request."""
MISSED: Final = 5
"""After so many images in a row that could not be fetched, the server is taken to be away."""
_GAP: Final = "\n\n"
_QUALITY: Final = 90
PDF: Final = "application/pdf"
_Placed = TypeVar("_Placed", Block, Line)


def waiting_pages(content: ReadDocument) -> tuple[int, ...]:
    """The pages that a service could read: those that wait for something that can see."""
    return tuple(page.page for page in content.pages if page.state is State.WAITING)


def with_ocr(
    content: ReadDocument,
    document: Document,
    files: FileStore,
    settings: Settings,
    stopped: Callable[[], bool],
    budget: Budget,
) -> ReadDocument | None:
    """The document with the words of its waiting pages; None when stopped before the end.

    A page on which no words were found, or of which no image could be fetched, waits on. Raises Halted where the import
    is, the errors of `llm.errors`, and what keeps every image from being fetched; then nothing has changed.
    """
    assert document.sha256 is not None and document.ocr is not None
    spec = find_ocr(document.ocr)

    def paid(pages: int) -> AbstractContextManager[object]:
        usd = cost(spec, pages, settings)
        use = Use(calls=1, usd=usd or 0.0, unpriced=int(usd is None))
        return budget.call(document.job, Paid(Purpose.PAGES, spec.id), use, stopped=stopped)

    reading = _Reading(spec, document.sha256, content.media_type, files, settings, paid)
    found: dict[int, OcrPage] = {}
    missed = 0
    for part in reading.parts(waiting_pages(content)):
        if stopped():
            return None
        try:
            found |= {page.page: page for page in reading.read(part)}
            missed = 0
        except SourceError:
            # Where images are fetched page by page, one that does not come leaves its page waiting, no more.
            missed += 1
            if content.media_type != IIIF or missed > MISSED:
                raise
    return merged(content, found, spec.id)


class _Reading:
    """The pages of one file, from what is kept of them or from the service."""

    def __init__(
        self,
        spec: OcrSpec,
        sha256: str,
        media_type: str,
        files: FileStore,
        settings: Settings,
        paid: Callable[[int], AbstractContextManager[object]],
    ) -> None:
        """`paid` asks and counts a request of so many pages around it."""
        self._spec, self._sha256, self._media_type = spec, sha256, media_type
        self._files, self._settings, self._paid = files, settings, paid

    def parts(self, pages: Sequence[int]) -> list[Sequence[int]]:
        """Pages of one request each; a picture is sent by itself."""
        size = AT_ONCE if self._media_type == PDF else 1
        return [pages[start : start + size] for start in range(0, len(pages), size)]

    def read(self, pages: Sequence[int]) -> list[OcrPage]:
        kept = {page: found for page in pages if (found := self._kept(page)) is not None}
        missing = [page for page in pages if page not in kept]
        if missing:
            data, media_type = self._sent(missing)
            numbers = range(1, len(missing) + 1)
            with self._paid(len(missing)):
                read = read_pages(self._spec, data, media_type, numbers, self._settings)
            for page, found in zip(missing, read, strict=True):
                kept[page] = replace(found, page=page)
                self._keep(kept[page])
        return [kept[page] for page in pages]

    def _sent(self, pages: Sequence[int]) -> tuple[bytes, str]:
        """The pages as they are sent: those of a PDF as a PDF of their own, a picture as people see it."""
        original = self._files.original(self._sha256)
        if self._media_type == PDF:
            return cut_out(original, original.name, pages), PDF
        if self._media_type == IIIF:
            bring(self._files, self._sha256, pages[0], from_web(self._settings), self._settings.max_megapixels)
        out = io.BytesIO()
        fit(draw(original, self._media_type, pages[0]), LONGEST_SIDE).save(out, "JPEG", quality=_QUALITY)
        return out.getvalue(), "image/jpeg"

    def _path(self, page: int) -> Path:
        return self._files.folder(self._sha256) / "ocr" / self._spec.id / f"{page:04d}.json"

    def _keep(self, page: OcrPage) -> None:
        self._files.write(self._path(page.page), json.dumps([astuple(block) for block in page.blocks]).encode())

    def _kept(self, page: int) -> OcrPage | None:
        path = self._path(page)
        try:
            rows = json.loads(path.read_bytes() if self._files.here(path) else b"")
            return OcrPage(page, tuple(OcrBlock(kind, text, tuple(box) if box else None) for kind, text, box in rows))
        except (OSError, ValueError, TypeError):
            return None


def merged(content: ReadDocument, found: dict[int, OcrPage], reader: str) -> ReadDocument:
    """The document with these pages' words after whatever else stands on them; all offsets are those of its text."""
    its_blocks, its_lines = _by_page(content.blocks), _by_page(content.lines)
    text, pages = "", list[PageText]()
    blocks, lines = list[Block](), list[Line]()
    position = 0
    for page in content.pages:
        text += content.text[position : page.end]
        shift = len(text) - page.end
        position = page.end
        blocks += [_moved(each, shift) for each in its_blocks.get(page.page, ())]
        lines += [_moved(each, shift) for each in its_lines.get(page.page, ())]
        read = found.get(page.page)
        if read is None or not read.blocks:
            pages.append(replace(page, start=page.start + shift, end=page.end + shift))
            continue
        start = page.start + shift if page.start < page.end else None
        for block in read.blocks:
            text += _GAP if text else ""
            start = len(text) if start is None else start
            text += block.text
            placed = _block(block, len(text) - len(block.text), len(text), page)
            blocks.append(replace(placed, read_by=reader))
        pages.append(replace(page, start=start or 0, end=len(text), state=State.DONE, failure=None))
        if position == 0 and content.text:
            # What follows was the first of the text and had nothing before it.
            text += _GAP
    text += content.text[position:]
    return replace(
        content,
        text=text,
        pages=tuple(pages),
        blocks=tuple(blocks),
        lines=tuple(lines),
        language=content.language or guess_language(text),
    )


def _by_page(all_: Sequence[_Placed]) -> dict[int, list[_Placed]]:
    found: dict[int, list[_Placed]] = {}
    for each in all_:
        found.setdefault(each.page, []).append(each)
    return found


def _moved(each: _Placed, shift: int) -> _Placed:
    return replace(each, start=each.start + shift, end=each.end + shift)


def _block(block: OcrBlock, start: int, end: int, page: PageText) -> Block:
    whole = Region(0, 0, page.width, page.height)
    region = whole
    if block.box and page.width and page.height:
        left, top, right, bottom = block.box
        x, y = round(left * page.width), round(top * page.height)
        exact = Region(x, y, round(right * page.width) - x, round(bottom * page.height) - y)
        region = within(exact, (page.width, page.height)) if exact.w > 0 and exact.h > 0 else whole
    return Block(start, end, page.page, BlockKind(block.kind), region=region, ocr=True)
