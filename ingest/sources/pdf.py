"""PDF: text in reading order with the box of every line; pages without text wait for a model that can see."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import Failure
from graph.types import State
from ingest.errors import PageDamaged, PageTooLarge, PageWithoutText, PdfCutOff, TooManyPages
from ingest.files import clean_name, open_source
from ingest.language import guess_language
from ingest.pdfium import Page, Pdf, check_page_size, geometry, open_page, open_pdf
from ingest.sources.base import BlockKind, Limits, PageText, ReadDocument, tidy
from ingest.sources.hyphens import Words
from ingest.sources.layout import reading_order, without_running_heads
from ingest.sources.pdf_blocks import Group, Writer, groups
from ingest.sources.pdf_content import draws
from ingest.sources.pdf_notes import apart
from ingest.sources.pdf_page import Piece, pieces
from ingest.sources.pdf_tables import Rules, borders, rules, with_tables

_NO_TITLE = re.compile(
    r"untitled|unbenannt|about:blank|https?://\S+|microsoft \w+ - .*|.*\.(?:docx?|pdf|tex|indd|odt|qxd|pages)"
    r"|\(anonymous\)|\W*",
    re.I,
)
_NOBODY = re.compile(r"\(?(?:anonymous|unknown|unbekannt|unspecified|user|admin(?:istrator)?)?\)?", re.I)
"""What programs write where nobody said who made a file."""
_MOST_LEFT_OUT = 50
"""Running heads that are told: of a book with more the others are like these."""


@dataclass(slots=True)
class _RawPage:
    pieces: list[Piece] = field(default_factory=list)
    width: int = 0
    height: int = 0
    state: State = State.DONE
    failure: Failure | None = None
    rules: Rules = field(default_factory=Rules)


def read(path: Path, name: str, limits: Limits) -> ReadDocument:
    """A PDF with pages, blocks and lines; raises `PdfEncrypted`, `PdfDamaged`, `PdfWithoutPages`, `TooManyPages`.

    A single damaged page fails alone. A file that is cut off gives what is left of it, with `failure` set.
    """
    whole = _is_whole(path, name, limits)
    with open_pdf(path, name) as pdf:
        count = len(pdf)
        if count > limits.max_pages:
            raise TooManyPages(name=clean_name(name), pages=count, limit=limits.max_pages)
        raw = [_read_page(pdf, index, whole) for index in range(count)]
        about = {key: tidy(value) for key, value in pdf.get_metadata_dict(skip_empty=True).items()}
    body = _body_size([page.pieces for page in raw])
    kept, left_out = without_running_heads([page.pieces for page in raw], [page.height for page in raw], body)
    words = Words()
    for page_pieces in kept:
        words.learn(piece.text for piece in page_pieces)
    writer = Writer(words)
    pages: list[PageText] = []
    first_groups: list[Group] = []
    for number, (page, page_pieces) in enumerate(zip(raw, kept, strict=True), start=1):
        text, notes = apart(with_tables(page_pieces, page.rules), body, page.height)
        found = groups(reading_order(text), body) + groups(reading_order(notes), body)
        first_groups = first_groups or found
        begin = len(writer.blocks)
        for group in found:
            writer.add(group, number, page.width, page.height)
        start = writer.blocks[begin].start if found else writer.length
        pages.append(PageText(number, start, writer.length, page.width, page.height, page.state, page.failure))
    whole_text = writer.text
    return ReadDocument(
        title=_title(about.get("Title"), first_groups, name),
        media_type="application/pdf",
        text=whole_text,
        pages=tuple(pages),
        blocks=tuple(writer.blocks),
        lines=tuple(writer.lines),
        language=guess_language(whole_text),
        attribution=None if _NOBODY.fullmatch(about.get("Author") or "") else about.get("Author"),
        failure=None if whole else PdfCutOff(name=clean_name(name), pages=count).failure(),
        left_out=left_out[:_MOST_LEFT_OUT],
    )


def _is_whole(path: Path, name: str, limits: Limits) -> bool:
    """Whether the file has its end; pdfium opens what is left of a cut file without a word."""
    with open_source(path, name, limits.max_file_mb) as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 2048))
        return b"%%EOF" in file.read()


def _read_page(pdf: Pdf, index: int, whole: bool) -> _RawPage:
    with open_page(pdf, index) as page:
        if page is None:
            return _RawPage(state=State.FAILED, failure=PageDamaged(page=index + 1).failure())
        shape = geometry(page)
        lines = rules(page, shape)
        found = pieces(page, shape, borders(lines))
        # Sideways text is turned to be read, and the lines are not.
        result = _RawPage(found, shape.width, shape.height, rules=Rules() if any(p.box for p in found) else lines)
        if not any(c.isalnum() for piece in found for c in piece.text):
            result.pieces = []
            result.state, result.failure = _without_text(pdf, page, index + 1, result, whole)
        return result


def _without_text(pdf: Pdf, page: Page, number: int, size: _RawPage, whole: bool) -> tuple[State, Failure | None]:
    """What becomes of a page without letters: nothing if it is blank, otherwise a model has to look at it."""
    from pypdfium2 import raw

    if raw.FPDFPage_CountObjects(page.raw) == 0:
        if not whole or _stands_in(page) or draws(pdf, number):
            return State.FAILED, PageDamaged(page=number).failure()
        return State.EMPTY, None
    try:
        check_page_size(number, size.width, size.height)
    except PageTooLarge as problem:
        return State.FAILED, problem.failure()
    return State.WAITING, PageWithoutText(page=number).failure()


def _stands_in(page: Page) -> bool:
    """Whether this is the blank page that pdfium shows in place of one that it cannot find."""
    return page.get_mediabox(fallback_ok=False) is None and page.get_size() == (612, 792)


def _body_size(pages: Sequence[Sequence[Piece]]) -> float:
    """The height of letters that most of the text has, in pixels."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for piece in page:
            sizes[round(piece.size * 2) / 2] += len(piece.text)
    return max(sizes.most_common(1)[0][0], 1.0) if sizes else 1.0


def _title(given: str | None, first: Sequence[Group], name: str) -> str:
    """The title in the file's description if it is one, else its largest first heading, else the file name."""
    if given and not _NO_TITLE.fullmatch(given) and given.casefold() != clean_name(name).casefold():
        return given
    headings = [group for group in first if group.kind is BlockKind.HEADING and len(group.text) >= 3]
    if headings:
        size = max(group.first.size for group in headings)
        title = tidy(next(group.text for group in headings if group.first.size == size))
        if title:
            return title
    return Path(clean_name(name)).stem
