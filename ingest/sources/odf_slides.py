"""OpenDocument presentations: a slide is a page, its title the heading; notes are marked `[Notes]`."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.errors import TooManyPages
from ingest.office_errors import SlideWithoutText
from ingest.sources.base import BlockKind, Limits
from ingest.sources.blocks import Writer, one_line
from ingest.sources.elements import Element, attribute, child, inside, local
from ingest.sources.odf_styles import OdfStyles
from ingest.sources.odf_text import Inline, OdfText, read_inline
from ingest.sources.package import Package

_LEFT_OUT = {"date-time", "footer", "page-number", "header", "page"}


def write_slides(package: Package, part: str, writer: Writer, limits: Limits) -> None:
    """Write all slides; raises `TooManyPages`."""
    styles = OdfStyles(package, part)
    for slide in package.children(part, "presentation"):
        if local(slide) != "page":
            continue
        if writer.page > limits.max_pages:
            raise TooManyPages(name=package.name, pages=writer.page, limit=limits.max_pages)
        before = len(writer.blocks)
        hidden = styles.is_hidden(attribute(slide, "style-name"))
        _slide(slide, OdfText(styles, writer, limits, package.name), writer, hidden)
        failure = None
        if len(writer.blocks) == before and any(local(inner) == "image" for inner in slide.iter()):
            failure = SlideWithoutText(page=writer.page).failure()
        writer.close_headings()
        writer.end_page(failure=failure)
    if not writer.pages:
        writer.end_page()


def _slide(slide: Element, text: OdfText, writer: Writer, hidden: bool) -> None:
    shapes = list(_shapes(slide))
    title = next((s for s in shapes if attribute(s, "class") == "title" and _words(s)), None)
    if title is not None:
        writer.heading(_words(title) + (" [hidden]" if hidden else ""), 1)
    elif hidden:
        writer.add("[hidden]")
    for shape in shapes:
        if shape is not title and attribute(shape, "class") not in _LEFT_OUT:
            text.block(shape)
    notes = [_words(s) for s in _shapes(child(slide, "notes")) if attribute(s, "class") not in _LEFT_OUT]
    said = "\n".join(note for note in notes if note)
    if said:
        writer.add(f"[Notes] {said}", BlockKind.PARAGRAPH)


def _shapes(slide: Element | None) -> Iterator[Element]:
    """The shapes of a slide in its own order, groups opened."""
    for inner in inside(slide):
        if local(inner) == "g":
            yield from _shapes(inner)
        elif local(inner) != "notes":
            yield inner


def _words(shape: Element) -> str:
    inline = Inline()
    read_inline(shape, inline)
    while inline.boxes:
        read_inline(inline.boxes.pop(0), inline)
    return one_line(inline.text)
