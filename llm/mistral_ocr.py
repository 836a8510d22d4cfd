"""Mistral's OCR: a PDF or picture in, its pages' words with their places out."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from llm.errors import NotUnderstood
from llm.mistral_api import mistral_endpoint, open_client, translated
from llm.ocr import OcrBlock, OcrPage
from llm.patient import PatientClient, timeout
from settings import Settings

SILENCE_SECONDS: Final = 300.0
"""Nothing comes until all pages are read."""
_PICTURE: Final = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_HEADING: Final = re.compile(r"^#{1,6}\s+")
_KINDS: Final = {"title": "heading", "list": "list", "table": "table", "caption": "caption", "code": "code"}
_LEFT_OUT: Final = {"image", "header", "footer", "UNKNOWN"}
"""Pictures have no words; running heads and page numbers stand on every page."""


def read_pages(
    data: bytes, media_type: str, pages: Sequence[int], settings: Settings, model: str = "mistral-ocr-latest"
) -> list[OcrPage]:
    """The pages that were asked for (from 1), in their order; raises the errors of `llm.errors`."""
    at = mistral_endpoint(settings)
    url = f"data:{media_type};base64,{base64.b64encode(data).decode()}"
    document: dict[str, Any] = {"type": "image_url", "image_url": url}
    if media_type == "application/pdf":
        document = {"type": "document_url", "document_url": url}
    with translated(model, at), PatientClient(timeout=timeout(SILENCE_SECONDS)) as http:
        client = open_client(at, http)
        answer = client.ocr.process(model=model, document=document, pages=[page - 1 for page in pages])  # type: ignore[arg-type]
        found = {page.index + 1: OcrPage(page.index + 1, tuple(_blocks(page))) for page in answer.pages}
    if missing := [page for page in pages if page not in found]:
        raise NotUnderstood(model=model, detail=f"page {missing[0]} is missing in the answer")
    return [found[page] for page in pages]


def _blocks(page: Any) -> Iterator[OcrBlock]:
    blocks = getattr(page, "blocks", None)
    size = page.dimensions
    if not blocks:
        if text := _plain(page.markdown):
            yield OcrBlock("paragraph", text)
        return
    for block in blocks:
        if block.type in _LEFT_OUT or not (text := _plain(block.content)):
            continue
        box = None
        if size and size.width > 0 and size.height > 0:
            box = (
                block.top_left_x / size.width,
                block.top_left_y / size.height,
                block.bottom_right_x / size.width,
                block.bottom_right_y / size.height,
            )
        yield OcrBlock(_KINDS.get(block.type, "paragraph"), text, box)


def _plain(markdown: str) -> str:
    """The words without the marks of a heading and without the names of cut-out pictures."""
    lines = (_HEADING.sub("", _PICTURE.sub("", line)).rstrip() for line in markdown.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
